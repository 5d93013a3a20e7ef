//! Users in the schema: types and queries.

use std::sync::Arc;

use async_graphql::{Context, ID, InputObject, Object};
use entity::{Role, user};
use uuid::Uuid;

use super::{input::Filter, store};
use crate::{
    auth::{self, Owner, Viewer, requires_role, role},
    constraint::{Bound, Constraint},
    context::{self, ContextExt},
    error::{Problems, Result},
    id::{self, Identified, Kind},
    page::{Connection, Listed, MAX_SIZE, Ordering, Page, PageArgs, Position},
    scalars::{DateTime, Given, int},
    services::Services,
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
}

impl User {
    /// What is for admins, and for the user.
    fn shown<'a, T>(&'a self, ctx: &Context<'_>, of: impl FnOnce(&'a user::Model) -> T) -> Result<Option<T>> {
        Ok(auth::is_shown(ctx, Role::Admin, self.owner)?.then(|| of(&self.row)))
    }
}

impl Identified for User {
    fn uuid(&self) -> Uuid {
        self.row.id
    }

    /// Everybody sees that there is one; what else, its fields decide.
    async fn find_all(services: &Services, _: &Viewer, ids: Vec<Uuid>) -> Result<Vec<Self>> {
        Ok(store::find_all(services.db.read(), ids).await?.into_iter().map(Self::from).collect())
    }
}

impl Listed for User {}

/// A user account, active or not. Everybody who is signed in sees id and name; the other fields are for admins and for the user, and null for everybody else, without an error.
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
    #[graphql(directive = requires_role::apply(Role::Admin, Some(true)))]
    async fn email(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        self.shown(ctx, |row| row.email.as_str())
    }

    /// What they may do.
    #[graphql(directive = requires_role::apply(Role::Admin, Some(true)))]
    async fn role(&self, ctx: &Context<'_>) -> Result<Option<Role>> {
        self.shown(ctx, |row| row.role)
    }

    /// Whether they may sign in.
    #[graphql(directive = requires_role::apply(Role::Admin, Some(true)))]
    async fn is_active(&self, ctx: &Context<'_>) -> Result<Option<bool>> {
        self.shown(ctx, |row| row.is_active)
    }

    /// Increases by one with every change. Pass it as `expectedVersion` so that you do not overwrite somebody else's change.
    #[graphql(directive = requires_role::apply(Role::Admin, Some(true)))]
    async fn version(&self, ctx: &Context<'_>) -> Result<Option<i32>> {
        self.shown(ctx, |row| row.version)
    }

    /// When the account was created.
    #[graphql(directive = requires_role::apply(Role::Admin, Some(true)))]
    async fn created_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime>> {
        self.shown(ctx, |row| DateTime(row.created_at))
    }

    /// When the account was last changed.
    #[graphql(directive = requires_role::apply(Role::Admin, Some(true)))]
    async fn updated_at(&self, ctx: &Context<'_>) -> Result<Option<DateTime>> {
        self.shown(ctx, |row| DateTime(row.updated_at))
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
    /// The signed-in user; through an API token, with the role that holds for it.
    #[graphql(guard = "role(Role::Viewer)", directive = requires_role::apply(Role::Viewer, None))]
    async fn me(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        let Viewer { user, through } = ctx.viewer()?;
        if context::is_at_top(ctx) {
            return Ok(Some(user.clone().into()));
        }
        // Below a payload, the user may have changed since the request began.
        let found = store::find(ctx.db()?.read(), user.id).await?;
        let role = |now: Role| if through.session().is_some() { now } else { now.min(user.role) };
        Ok(found.map(|row| user::Model { role: role(row.role), ..row }.into()))
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
