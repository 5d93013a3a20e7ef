//! API tokens in the schema: types and queries.

use async_graphql::{Context, Description, ID, Object, connection::EmptyFields};
use entity::{Role, api_token};
use uuid::Uuid;

use super::store;
use crate::{
    auth::{self, Through, Viewer, requires_role, requires_session, role},
    constraint::{Bound, Constraint},
    context::ContextExt,
    error::{Error, Problems, Result},
    id::{self, Identified, Kind},
    page::{Connection, Listed, MAX_SIZE, Ordering, Page, PageArgs, Position},
    scalars::{DateTime, Given},
    services::Services,
    users::{self, User},
};

const NEWEST_FIRST: Ordering = Ordering { tag: 49, descending: true };

/// A token that a program sends as `Authorization: Bearer …` instead of signing in. It acts for its owner, with its own role or theirs, whichever is the lower one when it is used. It cannot be used for passwords, sessions and API tokens. Only its owner and admins see it.
#[derive(Clone, Debug, Description)]
pub struct ApiToken(pub(super) api_token::Model);

#[Object(use_type_description)]
impl ApiToken {
    /// Global id.
    pub async fn id(&self) -> ID {
        id::encode(Kind::ApiToken, self.0.id)
    }

    /// What it is for, 1 to 100 characters.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// The most that it may do.
    async fn role(&self) -> Role {
        self.0.role
    }

    /// Whom it acts for.
    async fn owner(&self, ctx: &Context<'_>) -> Result<User> {
        users::load(ctx, self.0.user_id).await
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it stops working; null where it works until it is revoked.
    async fn expires_at(&self) -> Option<DateTime> {
        self.0.expires_at.map(DateTime)
    }

    /// When it was last used, to ten minutes; null where it never was.
    async fn last_used_at(&self) -> Option<DateTime> {
        self.0.last_used_at.map(DateTime)
    }

    /// The address that it was used from then.
    async fn last_used_from(&self) -> Option<&str> {
        self.0.last_used_from.as_deref()
    }

    /// When it was revoked; null unless it was.
    async fn revoked_at(&self) -> Option<DateTime> {
        self.0.revoked_at.map(DateTime)
    }
}

impl Identified for ApiToken {
    fn uuid(&self) -> Uuid {
        self.0.id
    }

    /// Users see their own, admins all; through an API token, that one alone.
    async fn find_all(services: &Services, viewer: &Viewer, ids: Vec<Uuid>) -> Result<Vec<Self>> {
        let is_admin = auth::require(viewer, Role::Admin).is_ok();
        let is_shown = |token: &api_token::Model| match viewer.through {
            Through::Session(_) => is_admin || token.user_id == viewer.user.id,
            Through::ApiToken(id) => token.id == id,
        };
        let found = store::find_all(services.db.read(), ids).await?;
        Ok(found.into_iter().filter(is_shown).map(Self).collect())
    }
}

impl Listed for ApiToken {}

/// Queries for API tokens.
#[derive(Default)]
pub struct TokenQuery;

#[Object]
impl TokenQuery {
    /// The signed-in user's API tokens that are not revoked, the newest first.
    #[graphql(
        guard = "role(Role::Viewer).in_session()",
        directive = requires_role::apply(Role::Viewer, None),
        directive = requires_session::apply()
    )]
    async fn api_tokens(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whether those of all users are listed. For admins; others get `FORBIDDEN`.", default)]
        of_everybody: bool,
        #[graphql(
            desc = "How many tokens from the start, or after `after`: 0 to 100; 10 when neither `first` nor `last` is given.",
            directive = Constraint::apply(Bound::Range(0, MAX_SIZE))
        )]
        first: Option<Given<i32>>,
        #[graphql(desc = "Only tokens after this cursor.")] after: Option<String>,
        #[graphql(
            desc = "How many tokens from the end, or before `before`: 0 to 100; not together with `first`.",
            directive = Constraint::apply(Bound::Range(0, MAX_SIZE))
        )]
        last: Option<Given<i32>>,
        #[graphql(desc = "Only tokens before this cursor.")] before: Option<String>,
    ) -> Result<Option<Connection<ApiToken, EmptyFields>>> {
        let viewer = ctx.viewer()?;
        if of_everybody {
            auth::require(viewer, Role::Admin).map_err(|error: Error| error.at("ofEverybody"))?;
        }
        let mut problems = Problems::default();
        let page = problems.read(Page::parse(PageArgs { first, after, last, before }, NEWEST_FIRST));
        let page = problems.finish(page)?;
        let owner = (!of_everybody).then_some(viewer.user.id);
        let rows = store::list(ctx.db()?.read(), owner, &page).await?;
        let position = |row: &api_token::Model| Position { key: row.created_at.timestamp_micros(), id: row.id };
        Ok(Some(page.connection(rows, position, ApiToken, EmptyFields)))
    }
}
