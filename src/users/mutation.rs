//! Users in the schema: changes.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use entity::Role;
use uuid::Uuid;

use super::{
    graphql::User,
    input::{EMAIL_LENGTH, NAME_LENGTH, Name, NewUser, UserPatch, parse_password},
    password::{self, Passwords},
    store,
};
use crate::{
    auth::{Attempts, Lane, Password, credential, requires_role, requires_session, role},
    change::Change,
    config::Registration,
    constraint::{Bound, Constraint},
    context::ContextExt,
    error::{Error, ErrorCode, Problems, Result},
    id::{self, Kind},
    replay::{self, Done, Outcome, Repeatable},
    scalars::{Given, read},
    top::QueryRoot,
};

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
    /// Everything that can be read, as it is after this change.
    query: QueryRoot,
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
    #[graphql(flatten)]
    repeatable: Repeatable,
}

impl CreateUserInput {
    fn parse(self) -> Result<NewUser> {
        let Self { email, name, password, role, repeatable: _ } = self;
        NewUser::parse(&email, &name, password, role.unwrap_or(Role::Viewer))
    }
}

/// The user that was created.
#[derive(SimpleObject)]
struct CreateUserPayload {
    /// The new user.
    user: User,
    #[graphql(flatten)]
    done: Done,
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
    #[graphql(flatten)]
    repeatable: Repeatable,
}

impl UpdateUserInput {
    fn parse(self) -> Result<(Uuid, UserPatch)> {
        let Self { id, expected_version, name, role, is_active, repeatable: _ } = self;
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
    #[graphql(flatten)]
    done: Done,
}

/// The changes to one's own account. Omitted and null fields stay as they are.
#[derive(InputObject)]
struct UpdateProfileInput {
    /// The version you read. If the account has changed since, the error is `VERSION_CONFLICT` and nothing changes.
    expected_version: Option<Given<i32>>,
    /// Your display name, 1 to 100 characters on one line.
    #[graphql(directive = Constraint::apply(Bound::Length(1, NAME_LENGTH)))]
    name: Option<String>,
    #[graphql(flatten)]
    repeatable: Repeatable,
}

impl UpdateProfileInput {
    fn parse(self) -> Result<UserPatch> {
        let Self { expected_version, name, repeatable: _ } = self;
        let mut problems = Problems::default();
        let patch = UserPatch {
            expected_version: problems.read(read(expected_version, "expectedVersion")).flatten(),
            name: problems.read(name.map(|name| Name::parse("name", &name)).transpose()).flatten(),
            ..UserPatch::default()
        };
        problems.finish(Some(patch))
    }
}

/// The changed account.
#[derive(SimpleObject)]
struct UpdateProfilePayload {
    /// The signed-in user.
    user: User,
    #[graphql(flatten)]
    done: Done,
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
    /// Everything that can be read, as it is after this change.
    query: QueryRoot,
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
        Ok(Some(RegisterPayload { user: User::present(user), query: QueryRoot }))
    }

    /// Creates a user. `CONFLICT` when the e-mail address is already taken. With an `idempotencyKey`, the password does not count as a part of the input: sent again with another one, the user keeps the first.
    #[graphql(
        guard = "role(Role::Admin).in_session()",
        directive = requires_role::apply(Role::Admin, None), directive = requires_session::apply(),
        directive = credential::apply(None)
    )]
    async fn create_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user.")] input: CreateUserInput,
    ) -> Result<Option<CreateUserPayload>> {
        // A digest of a password is as good as the password to whoever finds it.
        let (once, new) = replay::read_without(ctx, input, &["password"], CreateUserInput::parse)?;
        let lane = Lane::of(ctx.caller()?.address, &ctx.viewer()?.user.email);
        let hash = ctx.services()?.passwords.hash_in(lane, &new.password).await?;
        let rule = async |change: &mut Change| store::create(change, new, hash).await.map(User::from);
        let Outcome { answer: user, replayed } = replay::carry_out(ctx, once, rule).await?;
        Ok(Some(CreateUserPayload { user, done: Done::of(replayed) }))
    }

    /// Changes a user's name, role or active flag. `CONFLICT` for the last active admin, who can be neither demoted nor deactivated.
    #[graphql(guard = "role(Role::Admin)", directive = requires_role::apply(Role::Admin, None))]
    async fn update_user(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The user and the changes to it.")] input: UpdateUserInput,
    ) -> Result<Option<UpdateUserPayload>> {
        let (once, (id, patch)) = replay::read(ctx, input, UpdateUserInput::parse)?;
        let rule = async |change: &mut Change| store::update(change, id, patch).await.map(User::from);
        let Outcome { answer: user, replayed } = replay::carry_out(ctx, once, rule).await?;
        Ok(Some(UpdateUserPayload { user, done: Done::of(replayed) }))
    }

    /// Changes the signed-in user's own name. `CONFLICT` when it can be mistaken for an admin's.
    #[graphql(
        guard = "role(Role::Viewer).in_session()",
        directive = requires_role::apply(Role::Viewer, None), directive = requires_session::apply()
    )]
    async fn update_profile(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes to your account.")] input: UpdateProfileInput,
    ) -> Result<Option<UpdateProfilePayload>> {
        let (once, patch) = replay::read(ctx, input, UpdateProfileInput::parse)?;
        let id = ctx.viewer()?.user.id;
        let rule = async |change: &mut Change| store::update_own(change, id, patch).await.map(User::present);
        let Outcome { answer: user, replayed } = replay::carry_out(ctx, once, rule).await?;
        Ok(Some(UpdateProfilePayload { user, done: Done::of(replayed) }))
    }

    /// Changes the signed-in user's password, and ends all their sessions but this one. `INVALID_CREDENTIALS` when the current password is wrong, and after 5 such failures `RATE_LIMITED`, for 1 s and then twice as long each time.
    #[graphql(
        guard = "role(Role::Viewer).in_session()",
        directive = requires_role::apply(Role::Viewer, None), directive = requires_session::apply(),
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
        Ok(Some(ChangePasswordPayload { user: user.into(), query: QueryRoot }))
    }
}
