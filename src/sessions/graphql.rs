//! Sessions in the schema.

use async_graphql::{Context, Description, ID, InputObject, Object, SimpleObject};
use axum::http::header::SET_COOKIE;
use entity::{Role, session};
use uuid::Uuid;

use super::{
    presented::Presented,
    store::{self, Ending, Standing},
};
use crate::{
    auth::{self, Through, Viewer, clear_cookie, credential, requires_role, requires_session, role},
    change::Change,
    context::ContextExt,
    error::{Error, Result},
    id::{self, Identified, Kind},
    replay::{self, Done, Outcome, Repeatable},
    scalars::DateTime,
    services::Services,
    top::QueryRoot,
};

/// One sign-in of a user, kept alive by its refresh token. Only the user and admins see it; it is removed a week after its end.
#[derive(Clone, Debug, Description)]
pub struct Session(session::Model);

#[Object(use_type_description)]
impl Session {
    /// Global id.
    pub async fn id(&self) -> ID {
        id::encode(Kind::Session, self.0.id)
    }

    /// When the user signed in.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When the session was last refreshed.
    async fn last_used_at(&self) -> DateTime {
        DateTime(self.0.last_used_at)
    }

    /// When the session ends unless it is refreshed before.
    async fn expires_at(&self) -> DateTime {
        DateTime(self.0.expires_at)
    }

    /// What the client called itself at sign-in, at most 255 characters of it; null if it said nothing.
    async fn user_agent(&self) -> Option<&str> {
        self.0.user_agent.as_deref()
    }

    /// Whether this request belongs to it.
    async fn is_current(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(ctx.viewer()?.through == Through::Session(self.0.id))
    }
}

impl Identified for Session {
    fn uuid(&self) -> Uuid {
        self.0.id
    }

    /// Users see their own, admins all; through an API token nobody sees any.
    async fn find_all(services: &Services, viewer: &Viewer, ids: Vec<Uuid>) -> Result<Vec<Self>> {
        if viewer.through.session().is_none() {
            return Ok(Vec::new());
        }
        let is_admin = auth::require(viewer, Role::Admin).is_ok();
        let found = store::find_all(services.db.read(), ids).await?.into_iter();
        Ok(found.filter(|session| is_admin || session.user_id == viewer.user.id).map(Self).collect())
    }
}

/// Queries for sessions.
#[derive(Default)]
pub struct SessionQuery;

#[Object]
impl SessionQuery {
    /// The signed-in user's active sessions, most recently used first; at most 100.
    #[graphql(guard = "role(Role::Viewer).in_session()", directive = requires_role::apply(Role::Viewer, None), directive = requires_session::apply())]
    async fn my_sessions(&self, ctx: &Context<'_>) -> Result<Option<Vec<Session>>> {
        let services = ctx.services()?;
        let found = store::list(services.db.read(), services.clock.now(), ctx.viewer()?.user.id).await?;
        Ok(Some(found.into_iter().map(Session).collect()))
    }
}

/// Which sessions end.
#[derive(InputObject)]
struct LogoutInput {
    /// A refresh token of the session. When omitted, the session is that of the cookie, or of the request's access token.
    refresh_token: Option<String>,
    /// Whether to end all sessions of the session's user, not only that one.
    everywhere: Option<bool>,
}

/// What `logout` did.
#[derive(SimpleObject)]
struct LogoutPayload {
    /// Whether a session was ended; `false` when it had ended before.
    logged_out: bool,
    /// Everything that can be read, as it is after this change.
    query: QueryRoot,
}

/// Which session ends.
#[derive(InputObject)]
struct RevokeSessionInput {
    /// One of the signed-in user's sessions, from `mySessions`.
    id: ID,
    #[graphql(flatten)]
    repeatable: Repeatable,
}

/// The session that was ended.
#[derive(SimpleObject)]
struct RevokeSessionPayload {
    /// The session.
    session: Session,
    /// The session's global id.
    revoked_session_id: ID,
    #[graphql(flatten)]
    done: Done,
}

/// Changes of sessions.
#[derive(Default)]
pub struct SessionMutation;

#[Object]
impl SessionMutation {
    /// Ends a session and its access token at once; with `everywhere`, all sessions of its user. No error when the session has already ended.
    #[graphql(directive = credential::apply(Some(true)))]
    async fn logout(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which sessions end.")] input: LogoutInput,
    ) -> Result<Option<LogoutPayload>> {
        let Some((user_id, session_id)) = held_session(ctx, input.refresh_token.as_deref()).await? else {
            return Ok(Some(LogoutPayload { logged_out: false, query: QueryRoot }));
        };
        let which = if input.everywhere == Some(true) { Ending::All } else { Ending::Only(session_id) };
        let mut change = ctx.change_by(Some(user_id)).await?;
        let ended = store::end(&mut change, user_id, which).await?;
        change.commit().await?;
        Ok(Some(LogoutPayload { logged_out: !ended.is_empty(), query: QueryRoot }))
    }

    /// Ends one of the signed-in user's sessions at once. `NOT_FOUND` when it is not theirs, or has ended.
    #[graphql(guard = "role(Role::Viewer).in_session()", directive = requires_role::apply(Role::Viewer, None), directive = requires_session::apply())]
    async fn revoke_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session.")] input: RevokeSessionInput,
    ) -> Result<Option<RevokeSessionPayload>> {
        let parse = |RevokeSessionInput { id, repeatable: _ }| id::decode("id", Kind::Session, &id);
        let (once, session_id) = replay::read(ctx, input, parse)?;
        let user_id = ctx.viewer()?.user.id;
        let rule = async |change: &mut Change| {
            let ended = store::end(change, user_id, Ending::Only(session_id)).await?;
            let session = store::find(change.db(), session_id).await?.filter(|_| !ended.is_empty());
            session.map(Session).ok_or_else(|| Error::not_found("id", "session"))
        };
        let Outcome { answer: session, replayed } = replay::carry_out(ctx, once, rule).await?;
        let revoked_session_id = id::encode(Kind::Session, session_id);
        Ok(Some(RevokeSessionPayload { session, revoked_session_id, done: Done::of(replayed) }))
    }
}

/// The user and the id of the session that the client shows to hold: by a refresh token, given or in the cookie, or by its access token.
/// A cookie is forgotten, whether or not it was still good.
async fn held_session(ctx: &Context<'_>, refresh_token: Option<&str>) -> Result<Option<(Uuid, Uuid)>> {
    let services = ctx.services()?;
    let cookie = if refresh_token.is_none() { ctx.caller()?.refresh_cookie.token()? } else { None };
    if cookie.is_some() {
        ctx.append_http_header(SET_COOKIE, clear_cookie());
    }
    if let Some(text) = refresh_token.or(cookie) {
        let presented = Presented::read(services, ctx.caller()?, text)?;
        if let Some(session) = find_session(services, &presented).await? {
            return Ok(Some((session.user_id, session.id)));
        }
        presented.failed(services);
    }
    let viewer = ctx.caller()?.viewer.as_ref().ok().and_then(Option::as_ref);
    Ok(viewer.and_then(|viewer| Some((viewer.user.id, viewer.through.session()?))))
}

/// The active session that the token presented was given for, be it the present one or a former one.
async fn find_session(services: &Services, presented: &Presented) -> Result<Option<session::Model>> {
    let Some(token) = &presented.token else { return Ok(None) };
    let keys = services.tokens.refresh_keys();
    let (standing, session) = store::look_up(services.db.read(), services.clock.now(), token, keys).await?;
    Ok(session.filter(|_| !matches!(standing, Standing::Unknown)))
}
