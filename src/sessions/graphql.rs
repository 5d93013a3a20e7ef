//! Sessions in the schema.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use axum::http::header::SET_COOKIE;
use entity::{Role, session};
use uuid::Uuid;

use super::{
    sign_in::{self, Admission, Credentials},
    store,
    token::RefreshToken,
};
use crate::{
    auth::{AccessToken, Ending, Password, clear_cookie, end_sessions, requires_role, role, set_cookie},
    context::ContextExt,
    error::{Error, Result},
    id::{self, Kind},
    scalars::{DateTime, int},
    users::{self, User},
};

/// One sign-in, kept alive by its refresh token. Only its user sees it.
#[derive(Clone, Debug)]
pub struct Session(session::Model);

/// One sign-in of a user, kept alive by its refresh token. Only the user sees it.
#[Object]
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
        Ok(ctx.viewer()?.session_id == self.0.id)
    }
}

/// Queries for sessions.
#[derive(Default)]
pub struct SessionQuery;

#[Object]
impl SessionQuery {
    /// The signed-in user's sessions that are going on, the one used last first; at most 100.
    #[graphql(guard = "role(Role::Viewer)", directive = requires_role::apply(Role::Viewer, None))]
    async fn my_sessions(&self, ctx: &Context<'_>) -> Result<Option<Vec<Session>>> {
        let services = ctx.services()?;
        let found = store::list(services.db.read(), services.clock.now(), ctx.viewer()?.user.id).await?;
        Ok(Some(found.into_iter().map(Session).collect()))
    }
}

/// Who signs in.
#[derive(InputObject)]
struct LoginInput {
    /// The e-mail address; case does not matter.
    email: String,
    /// The password.
    password: String,
    /// Whether the refresh token goes into a cookie that scripts cannot read, and not into the answer. For pages of this server in a browser, or the error is `FORBIDDEN`. Browsers keep the cookie only over HTTPS; on plain HTTP some make an exception for localhost, others drop it.
    cookie: Option<bool>,
}

/// What a client needs to act for a user, and to go on doing so.
#[derive(SimpleObject)]
struct LoginPayload {
    #[graphql(flatten)]
    tokens: Tokens,
}

/// Which session is refreshed.
#[derive(InputObject)]
struct RefreshSessionInput {
    /// The refresh token that `login` or the last `refreshSession` gave. It works once. Without it, the one in the cookie is used, and the next goes there, too: for pages of this server in a browser, or the error is `FORBIDDEN`.
    refresh_token: Option<String>,
}

/// What a client needs to go on acting for a user.
#[derive(SimpleObject)]
struct RefreshSessionPayload {
    #[graphql(flatten)]
    tokens: Tokens,
}

/// The tokens of a session.
#[derive(SimpleObject)]
struct Tokens {
    /// Send it with every request, as `Authorization: Bearer …`.
    access_token: String,
    /// When the access token stops working; use `refreshSession` before.
    access_token_expires_at: DateTime,
    /// Pass it to `refreshSession`, once. Whoever has it can act for the user: keep it as safe as a password. Null when it went into the cookie.
    refresh_token: Option<String>,
    /// The user who is signed in.
    user: User,
}

/// Where a client keeps its refresh token.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keeping {
    /// Wherever it likes: the token stands in the answer.
    Own,
    /// In the cookie.
    Cookie,
}

impl Tokens {
    fn of(ctx: &Context<'_>, admission: Admission, keeping: Keeping) -> Result<Self> {
        let services = ctx.services()?;
        let (Admission { session, user, refresh_token }, now) = (admission, services.clock.now());
        let AccessToken { text, expires_at } = services.tokens.issue(user.id, session.id, now)?;
        if keeping == Keeping::Cookie {
            ctx.append_http_header(SET_COOKIE, set_cookie(&refresh_token.text(), session.expires_at - now));
        }
        Ok(Self {
            access_token: text,
            access_token_expires_at: DateTime(expires_at),
            refresh_token: (keeping == Keeping::Own).then(|| refresh_token.text()),
            user: User::present(user),
        })
    }
}

/// Which sessions end.
#[derive(InputObject)]
struct LogoutInput {
    /// A refresh token of the session; without it, the session is that of the cookie or of the request's access token.
    refresh_token: Option<String>,
    /// Whether all sessions of the session's user end, not only that one.
    everywhere: Option<bool>,
}

/// What `logout` did.
#[derive(SimpleObject)]
struct LogoutPayload {
    /// Whether a session was ended; `false` when it had ended before.
    logged_out: bool,
}

/// Which session ends.
#[derive(InputObject)]
struct RevokeSessionInput {
    /// One of the signed-in user's sessions, from `mySessions`.
    id: ID,
}

/// The session that was ended.
#[derive(SimpleObject)]
struct RevokeSessionPayload {
    /// The session.
    session: Session,
}

/// Whose sessions end.
#[derive(InputObject)]
struct EndSessionsInput {
    /// The user.
    user_id: ID,
}

/// What `endSessions` did.
#[derive(SimpleObject)]
struct EndSessionsPayload {
    /// How many sessions were ended.
    ended_count: i32,
    /// The user, who has to sign in again.
    user: User,
}

/// Changes of sessions.
#[derive(Default)]
pub struct SessionMutation;

#[Object]
impl SessionMutation {
    /// Signs a user in. `UNAUTHENTICATED` for a wrong e-mail address or password and for a user who is not active; `RATE_LIMITED` after 5 failures with an e-mail address, for 1 s and then twice as long each time up to 15 minutes, and after 20 a minute from one address.
    async fn login(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who signs in.")] input: LoginInput,
    ) -> Result<Option<LoginPayload>> {
        let keeping = if input.cookie == Some(true) { Keeping::Cookie } else { Keeping::Own };
        if keeping == Keeping::Cookie {
            ctx.caller()?.refresh_cookie.check_page()?;
        }
        let credentials = Credentials { email: input.email, password: Password::attempt(input.password) };
        let admission = sign_in::sign_in(ctx.services()?, ctx.caller()?, credentials).await?;
        Ok(Some(LoginPayload { tokens: Tokens::of(ctx, admission, keeping)? }))
    }

    /// Keeps a session alive: gives a new access token, and a new refresh token for the one given. `UNAUTHENTICATED` when that is not the session's last one; if it was used before, the session ends, since two clients have it.
    async fn refresh_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session's refresh token.")] input: RefreshSessionInput,
    ) -> Result<Option<RefreshSessionPayload>> {
        let (token, keeping) = match &input.refresh_token {
            Some(token) => (Some(token.as_str()), Keeping::Own),
            None => (ctx.caller()?.refresh_cookie.token()?, Keeping::Cookie),
        };
        let admission = sign_in::refresh(ctx.services()?, ctx.caller()?.author(None), token).await?;
        Ok(Some(RefreshSessionPayload { tokens: Tokens::of(ctx, admission, keeping)? }))
    }

    /// Ends a session at once, its access token too, or with `everywhere` all sessions of its user. No error when the session has ended already.
    async fn logout(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which sessions end.")] input: LogoutInput,
    ) -> Result<Option<LogoutPayload>> {
        let Some((user_id, session_id)) = held_session(ctx, input.refresh_token.as_deref()).await? else {
            return Ok(Some(LogoutPayload { logged_out: false }));
        };
        let which = if input.everywhere == Some(true) { Ending::All } else { Ending::Only(session_id) };
        let mut change = ctx.change_by(Some(user_id)).await?;
        let ended = end_sessions(&mut change, user_id, which).await?;
        change.commit().await?;
        Ok(Some(LogoutPayload { logged_out: ended > 0 }))
    }

    /// Ends one of the signed-in user's sessions at once. `NOT_FOUND` when it is not theirs, or has ended.
    #[graphql(guard = "role(Role::Viewer)", directive = requires_role::apply(Role::Viewer, None))]
    async fn revoke_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session.")] input: RevokeSessionInput,
    ) -> Result<Option<RevokeSessionPayload>> {
        let session_id = id::decode("id", Kind::Session, &input.id)?;
        let user_id = ctx.viewer()?.user.id;
        let mut change = ctx.change().await?;
        let ended = end_sessions(&mut change, user_id, Ending::Only(session_id)).await?;
        let session = store::find(change.db(), session_id, user_id).await?.filter(|_| ended > 0);
        change.commit().await?;
        let session = session.ok_or_else(|| Error::not_found("id", "session"))?;
        Ok(Some(RevokeSessionPayload { session: Session(session) }))
    }

    /// Ends all sessions of a user at once; they can sign in again, unless they are deactivated.
    #[graphql(guard = "role(Role::Admin)", directive = requires_role::apply(Role::Admin, None))]
    async fn end_sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose sessions end.")] input: EndSessionsInput,
    ) -> Result<Option<EndSessionsPayload>> {
        let user_id = id::decode("userId", Kind::User, &input.user_id)?;
        let mut change = ctx.change().await?;
        let user = users::find(change.db(), user_id).await?.ok_or_else(|| Error::not_found("userId", "user"))?;
        let ended = end_sessions(&mut change, user_id, Ending::All).await?;
        change.commit().await?;
        let ended_count = int(i64::try_from(ended).map_err(Error::internal)?)?;
        Ok(Some(EndSessionsPayload { ended_count, user: user.into() }))
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
    if let Some(token) = refresh_token.or(cookie).and_then(RefreshToken::parse)
        && let Some(session) = store::find_by_token(services.db.read(), services.clock.now(), &token).await?
    {
        return Ok(Some((session.user_id, session.id)));
    }
    let viewer = ctx.caller()?.viewer.as_ref().ok().and_then(Option::as_ref);
    Ok(viewer.map(|viewer| (viewer.user.id, viewer.session_id)))
}
