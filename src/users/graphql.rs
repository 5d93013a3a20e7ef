//! Users in the schema.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use entity::{Role, user};
use uuid::Uuid;

use super::{
    input::{EMAIL_LENGTH, Filter, NAME_LENGTH, Name, NewUser, UserPatch, parse_password},
    password::{self, Passwords},
    store,
};
use crate::{
    auth::{Attempts, Lane, Owner, Password, credential, requires_role, role},
    config::Registration,
    constraint::{Bound, Constraint},
    context::{self, ContextExt},
    error::{Error, ErrorCode, Problems, Result},
    id::{self, Kind},
    page::{Connection, MAX_SIZE, Ordering, Page, PageArgs, Position},
    scalars::{DateTime, Given, int, read},
    text,
};

const NEWEST_FIRST: Ordering = Ordering { tag: 16, descending: true };

/// A user, and whose they are.
#[derive(Clone, Debug)]
pub struct User {
    row: Arc<user::Model>,
    owner: Owner,
}

impl From<user::Model> for User {
    fn from(row: user::Model) -> Self {
        Arc::new(row).into()
    }
}

impl From<Arc<user::Model>> for User {
    fn from(row: Arc<user::Model>) -> Self {
        Self { owner: Owner::User(row.id), row }
    }
}

impl User {
    /// The user who is asking: they see all of it, though they are not signed in yet.
    #[must_use]
    pub fn present(row: user::Model) -> Self {
        Self { owner: Owner::Present, row: Arc::new(row) }
    }

    /// The user that a global id names, if there is one.
    pub async fn find(ctx: &Context<'_>, id: Uuid) -> Result<Option<Self>> {
        Ok(store::find(ctx.db()?.read(), id).await?.map(Self::from))
    }
}

/// A user account, active or not. Everybody who is signed in sees id and name; the other fields are for admins and for the user, and null with the error `FORBIDDEN` for everybody else.
#[Object]
impl User {
    /// Global id.
    pub async fn id(&self) -> ID {
        id::encode(Kind::User, self.row.id)
    }

    /// Display name, 1 to 100 characters.
    async fn name(&self) -> &str {
        &self.row.name
    }

    /// The e-mail address that they sign in with, lower-case.
    #[graphql(guard = "role(Role::Admin).or_self(self.owner)", directive = requires_role::apply(Role::Admin, Some(true)))]
    async fn email(&self) -> Option<&str> {
        Some(&self.row.email)
    }

    /// What they may do.
    #[graphql(guard = "role(Role::Admin).or_self(self.owner)", directive = requires_role::apply(Role::Admin, Some(true)))]
    async fn role(&self) -> Option<Role> {
        Some(self.row.role)
    }

    /// Whether they may sign in.
    #[graphql(guard = "role(Role::Admin).or_self(self.owner)", directive = requires_role::apply(Role::Admin, Some(true)))]
    async fn is_active(&self) -> Option<bool> {
        Some(self.row.is_active)
    }

    /// Increases by one with every change. Pass it as `expectedVersion` so that you do not overwrite somebody else's change.
    #[graphql(guard = "role(Role::Admin).or_self(self.owner)", directive = requires_role::apply(Role::Admin, Some(true)))]
    async fn version(&self) -> Option<i32> {
        Some(self.row.version)
    }

    /// When the account was created.
    #[graphql(guard = "role(Role::Admin).or_self(self.owner)", directive = requires_role::apply(Role::Admin, Some(true)))]
    async fn created_at(&self) -> Option<DateTime> {
        Some(DateTime(self.row.created_at))
    }

    /// When the account was last changed.
    #[graphql(guard = "role(Role::Admin).or_self(self.owner)", directive = requires_role::apply(Role::Admin, Some(true)))]
    async fn updated_at(&self) -> Option<DateTime> {
        Some(DateTime(self.row.updated_at))
    }
}

/// What the connection of users has besides the standard fields.
pub struct UserTotal {
    filter: Filter,
    /// Read with the page.
    count: Option<i64>,
}

#[Object]
impl UserTotal {
    /// How many users match the filter, on all pages.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32> {
        int(match self.count {
            Some(count) => count,
            None => store::count(ctx.db()?.read(), &self.filter).await?,
        })
    }
}

/// Only users that match all of these conditions.
#[derive(InputObject)]
struct UserFilter {
    /// Only users whose name or e-mail address contains this text, at most 100 characters, taken literally (no wildcards); case is ignored for A to Z.
    #[graphql(directive = Constraint::apply(Bound::AtMost(text::SEARCH_LENGTH)))]
    search: Option<String>,
    /// Only users with this role.
    role: Option<Role>,
    /// Only active, or only inactive users.
    is_active: Option<bool>,
}

impl UserFilter {
    fn parse(self) -> Result<Filter> {
        let Self { search, role, is_active } = self;
        let search = search.map(|text| text::search("search", &text)).transpose()?.flatten();
        Ok(Filter { search, role, is_active })
    }
}

/// Queries for users.
#[derive(Default)]
pub struct UserQuery;

#[Object]
impl UserQuery {
    /// The signed-in user.
    #[graphql(guard = "role(Role::Viewer)", directive = requires_role::apply(Role::Viewer, None))]
    async fn me(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        Ok(Some(ctx.viewer()?.user.clone().into()))
    }

    /// One user; null when it does not exist.
    #[graphql(guard = "role(Role::Admin)", directive = requires_role::apply(Role::Admin, None))]
    async fn user(&self, ctx: &Context<'_>, #[graphql(desc = "The user's global id.")] id: ID) -> Result<Option<User>> {
        User::find(ctx, id::decode("id", Kind::User, &id)?).await
    }

    /// Users, the newest first.
    #[graphql(guard = "role(Role::Admin)", directive = requires_role::apply(Role::Admin, None))]
    async fn users(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which users; all when omitted.")] filter: Option<UserFilter>,
        #[graphql(
            desc = "How many users from the start, or after `after`: 0 to 100; 10 when neither `first` nor `last` is given.",
            directive = Constraint::apply(Bound::Range(0, MAX_SIZE))
        )]
        first: Option<Given<i32>>,
        #[graphql(desc = "Only users after this cursor.")] after: Option<String>,
        #[graphql(
            desc = "How many users from the end, or before `before`: 0 to 100; not together with `first`.",
            directive = Constraint::apply(Bound::Range(0, MAX_SIZE))
        )]
        last: Option<Given<i32>>,
        #[graphql(desc = "Only users before this cursor.")] before: Option<String>,
    ) -> Result<Option<Connection<User, UserTotal>>> {
        let mut problems = Problems::default();
        let filter = filter.map(UserFilter::parse).transpose().map_err(|error| error.within("filter"));
        let filter = problems.read(filter).flatten().unwrap_or_default();
        let page = problems.read(Page::parse(PageArgs { first, after, last, before }, NEWEST_FIRST));
        let page = problems.finish(page)?;
        let (rows, count) = if context::selects(ctx, "totalCount") {
            let snapshot = ctx.db()?.snapshot().await?;
            (store::list(&snapshot, &filter, &page).await?, Some(store::count(&snapshot, &filter).await?))
        } else {
            (store::list(ctx.db()?.read(), &filter, &page).await?, None)
        };
        let position = |row: &user::Model| Position { key: row.created_at.timestamp_micros(), id: row.id };
        Ok(Some(page.connection(rows, position, User::from, UserTotal { filter, count })))
    }
}

/// The account to create.
#[derive(InputObject)]
struct RegisterInput {
    /// The e-mail address to sign in with, at most 254 characters; case does not matter.
    #[graphql(directive = Constraint::apply(Bound::AtMost(EMAIL_LENGTH)))]
    email: String,
    /// Your display name, 1 to 100 characters on one line.
    #[graphql(directive = Constraint::apply(Bound::Length(1, NAME_LENGTH)))]
    name: String,
    /// 8 to 128 characters of any kind. The most common passwords are refused, and so are those that contain the e-mail address, the name or `tallybook`.
    #[graphql(directive = Constraint::apply(Bound::Length(*Password::LENGTH.start(), *Password::LENGTH.end())))]
    password: String,
}

/// The account that was created.
#[derive(SimpleObject)]
struct RegisterPayload {
    /// The new user, a viewer.
    user: User,
}

/// The user to create.
#[derive(InputObject)]
struct CreateUserInput {
    /// The e-mail address to sign in with, at most 254 characters; case does not matter.
    #[graphql(directive = Constraint::apply(Bound::AtMost(EMAIL_LENGTH)))]
    email: String,
    /// Display name, 1 to 100 characters on one line.
    #[graphql(directive = Constraint::apply(Bound::Length(1, NAME_LENGTH)))]
    name: String,
    /// 8 to 128 characters of any kind. The most common passwords are refused, and so are those that contain the e-mail address, the name or `tallybook`.
    #[graphql(directive = Constraint::apply(Bound::Length(*Password::LENGTH.start(), *Password::LENGTH.end())))]
    password: String,
    /// Their role; `VIEWER` when omitted.
    role: Option<Role>,
}

/// The user that was created.
#[derive(SimpleObject)]
struct CreateUserPayload {
    /// The new user.
    user: User,
}

/// The changes to a user. Omitted and null fields stay as they are.
#[derive(InputObject)]
struct UpdateUserInput {
    /// The user.
    id: ID,
    /// The version you read. If the user has changed since, the error is `VERSION_CONFLICT` and nothing changes.
    expected_version: Option<Given<i32>>,
    /// Display name, 1 to 100 characters on one line.
    #[graphql(directive = Constraint::apply(Bound::Length(1, NAME_LENGTH)))]
    name: Option<String>,
    /// Their role from their next request on.
    role: Option<Role>,
    /// Whether they may sign in. `false` ends their sessions at once.
    is_active: Option<bool>,
}

impl UpdateUserInput {
    fn parse(self) -> Result<(Uuid, UserPatch)> {
        let Self { id, expected_version, name, role, is_active } = self;
        let mut problems = Problems::default();
        let id = problems.read(id::decode("id", Kind::User, &id));
        let patch = UserPatch {
            expected_version: problems.read(read(expected_version, "expectedVersion")).flatten(),
            name: problems.read(name.map(|name| Name::parse("name", &name)).transpose()).flatten(),
            role,
            is_active,
        };
        problems.finish(id.map(|id| (id, patch)))
    }
}

/// The changed user.
#[derive(SimpleObject)]
struct UpdateUserPayload {
    /// The user.
    user: User,
}

/// The old and the new password.
#[derive(InputObject)]
struct ChangePasswordInput {
    /// The current password.
    current_password: String,
    /// 8 to 128 characters of any kind. The most common passwords are refused, and so are those that contain the e-mail address, the name or `tallybook`.
    #[graphql(directive = Constraint::apply(Bound::Length(*Password::LENGTH.start(), *Password::LENGTH.end())))]
    new_password: String,
}

/// The user whose password changed.
#[derive(SimpleObject)]
struct ChangePasswordPayload {
    /// The signed-in user.
    user: User,
}

/// Changes of users.
#[derive(Default)]
pub struct UserMutation;

#[Object]
impl UserMutation {
    /// Creates an account with the role viewer; sign in with `login` afterwards. `REGISTRATION_CLOSED` where only admins create accounts, `CONFLICT` when the e-mail address is already taken or the name can be mistaken for an admin's, `RATE_LIMITED` after 20 attempts a minute from one address.
    #[graphql(directive = credential::apply(None))]
    async fn register(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The account.")] input: RegisterInput,
    ) -> Result<Option<RegisterPayload>> {
        let services = ctx.services()?;
        if services.config.registration() == Registration::Closed {
            return Err(Error::new(ErrorCode::RegistrationClosed, "Registration is closed. Ask an admin."));
        }
        let RegisterInput { email, name, password } = input;
        let new = NewUser::parse(&email, &name, password, Role::Viewer).map_err(Error::in_input)?;
        if let Some(address) = ctx.caller()?.address {
            let attempts = Attempts::to_register_from(address);
            Attempts::check(services.db.read(), services.clock.now(), &[&attempts]).await?;
            let mut change = ctx.change_by(None).await?;
            let now = change.now();
            attempts.count(change.db(), now).await?;
            change.commit().await?;
        }
        let lane = Lane::of(ctx.caller()?.address, new.email.as_str());
        let registered = store::register(services, ctx.caller()?.author(None), lane, new).await;
        let user = registered.map_err(Error::in_input)?;
        Ok(Some(RegisterPayload { user: User::present(user) }))
    }

    /// Creates a user. `CONFLICT` when the e-mail address is already taken.
    #[graphql(
        guard = "role(Role::Admin)",
        directive = requires_role::apply(Role::Admin, None),
        directive = credential::apply(None)
    )]
    async fn create_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] input: CreateUserInput,
    ) -> Result<Option<CreateUserPayload>> {
        let CreateUserInput { email, name, password, role } = input;
        let new = NewUser::parse(&email, &name, password, role.unwrap_or(Role::Viewer)).map_err(Error::in_input)?;
        let entered = store::enter(ctx.services()?, ctx.author()?, Lane::default(), new).await;
        let user = entered.map_err(Error::in_input)?;
        Ok(Some(CreateUserPayload { user: user.into() }))
    }

    /// Changes a user's name, role or active flag. `CONFLICT` for the last active admin, who can be neither demoted nor deactivated.
    #[graphql(guard = "role(Role::Admin)", directive = requires_role::apply(Role::Admin, None))]
    async fn update_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user and the changes to it.")] input: UpdateUserInput,
    ) -> Result<Option<UpdateUserPayload>> {
        let (id, patch) = input.parse().map_err(Error::in_input)?;
        let mut change = ctx.change().await?;
        let user = store::update(&mut change, id, patch).await.map_err(Error::in_input)?;
        change.commit().await?;
        Ok(Some(UpdateUserPayload { user: user.into() }))
    }

    /// Changes the signed-in user's password, and ends all their sessions but this one. `INVALID_CREDENTIALS` when the current password is wrong, and after 5 such failures `RATE_LIMITED`, for 1 s and then twice as long each time.
    #[graphql(
        guard = "role(Role::Viewer)",
        directive = requires_role::apply(Role::Viewer, None),
        directive = credential::apply(None)
    )]
    async fn change_password(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The old and the new password.")] input: ChangePasswordInput,
    ) -> Result<Option<ChangePasswordPayload>> {
        let viewer = ctx.viewer()?;
        let ChangePasswordInput { current_password, new_password } = input;
        let new = parse_password("newPassword", new_password, &viewer.user.email, &viewer.user.name);
        let passwords = Passwords { current: Password::attempt(current_password), new: new.map_err(Error::in_input)? };
        let changed = password::change_password(ctx.services()?, ctx.caller()?, passwords).await;
        let user = changed.map_err(Error::in_input)?;
        Ok(Some(ChangePasswordPayload { user: user.into() }))
    }
}
