//! Signing in and staying signed in, in the schema.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use axum::http::header::SET_COOKIE;
use entity::Role;
use uuid::Uuid;

use super::{
    SignedIn,
    login::{self, Credentials},
    refresh,
};
use crate::{
    auth::{AccessToken, Password, credential, requires_role, requires_session, role, set_cookie},
    change::Change,
    context::ContextExt,
    error::{Error, Result},
    id::{self, Identified, Kind},
    replay::{self, Done, Outcome, Repeatable},
    scalars::DateTime,
    sessions::{self, Ending},
    top::QueryRoot,
    users::{self, User},
};

/// Who signs in.
#[derive(InputObject)]
struct LoginInput {
    /// The e-mail address; case does not matter.
    email: String,
    /// The password.
    password: String,
    /// Whether the refresh token goes into a cookie that scripts cannot read, instead of into the answer. Only for pages served from the same host, or from an origin of the same site that the server's `CORS_ORIGINS` names; other callers get `FORBIDDEN`. Browsers keep the cookie only over HTTPS; on plain HTTP some make an exception for localhost, others drop it.
    cookie: Option<bool>,
}

/// The tokens that a client needs to act as the user and to renew the session.
#[derive(SimpleObject)]
struct LoginPayload {
    #[graphql(flatten)]
    tokens: Tokens,
}

/// Which session is refreshed.
#[derive(InputObject)]
struct RefreshSessionInput {
    /// The refresh token that `login` or the last `refreshSession` gave. When omitted, the one in the cookie is used, and the next one goes there too; only for the pages that `LoginInput.cookie` is for, other callers get `FORBIDDEN`.
    refresh_token: Option<String>,
}

/// The new tokens of the session.
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
    /// Pass it to `refreshSession`. It lets anyone act for the user: keep it as safe as a password. Null when it went into the cookie.
    refresh_token: Option<String>,
    /// The user who is signed in.
    user: User,
    /// Everything that can be read by whom the access token of this request belongs to: the new token holds from the next request on.
    query: QueryRoot,
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
    fn of(ctx: &Context<'_>, signed_in: SignedIn, keeping: Keeping) -> Result<Self> {
        let services = ctx.services()?;
        let (SignedIn { session, user, refresh_token }, now) = (signed_in, services.clock.now());
        let AccessToken { text, expires_at } = services.tokens.issue(user.id, session.id, now, session.expires_at)?;
        if keeping == Keeping::Cookie {
            ctx.append_http_header(SET_COOKIE, set_cookie(&refresh_token.text(), session.expires_at - now));
        }
        Ok(Self {
            access_token: text,
            access_token_expires_at: DateTime(expires_at),
            refresh_token: (keeping == Keeping::Own).then(|| refresh_token.text()),
            user: User::present(user),
            query: QueryRoot,
        })
    }
}

/// Whose sessions end.
#[derive(InputObject)]
struct EndSessionsInput {
    /// The user.
    user_id: ID,
    #[graphql(flatten)]
    repeatable: Repeatable,
}

/// What `endSessions` did.
#[derive(SimpleObject)]
struct EndSessionsPayload {
    /// How many sessions were ended; on a replay, how many were then.
    ended_count: i32,
    /// The user, who has to sign in again.
    user: User,
    #[graphql(flatten)]
    done: Done,
}

/// Changes of who is signed in.
#[derive(Default)]
pub struct SignInMutation;

#[Object]
impl SignInMutation {
    /// Signs a user in. `INVALID_CREDENTIALS` when the e-mail address or the password is wrong or the user is not active. `RATE_LIMITED` after 5 failures with an e-mail address from one network, for 1 second and then twice as long each time, up to 15 minutes; after as many from anywhere, up to 1 minute, except in networks that its user has signed in from before; and after 20 failures a minute from one address.
    #[graphql(directive = credential::apply(Some(true)))]
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
        let signed_in = login::login(ctx.services()?, ctx.caller()?, credentials).await?;
        Ok(Some(LoginPayload { tokens: Tokens::of(ctx, signed_in, keeping)? }))
    }

    /// Renews a session: exchanges the refresh token for a new access token and the next refresh token. If the same token is sent again within 10 seconds, because the answer was lost or two tabs refreshed at once, it gets the same next token, as long as nobody has used that. Later, or after that was used, the session ends, because two clients hold its tokens. `UNAUTHENTICATED` when the token is not one of the session's, or the session has ended; `RATE_LIMITED` after 20 such tokens a minute from one address.
    #[graphql(directive = credential::apply(Some(true)))]
    async fn refresh_session(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The session's refresh token.")] input: RefreshSessionInput,
    ) -> Result<Option<RefreshSessionPayload>> {
        let (token, keeping) = match &input.refresh_token {
            Some(token) => (Some(token.as_str()), Keeping::Own),
            None => (ctx.caller()?.refresh_cookie.token()?, Keeping::Cookie),
        };
        let signed_in = refresh::refresh(ctx.services()?, ctx.caller()?, token).await?;
        Ok(Some(RefreshSessionPayload { tokens: Tokens::of(ctx, signed_in, keeping)? }))
    }

    /// Ends all sessions of a user at once; they can sign in again, unless they are deactivated.
    #[graphql(guard = "role(Role::Admin).in_session()", directive = requires_role::apply(Role::Admin, None), directive = requires_session::apply())]
    async fn end_sessions(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose sessions end.")] input: EndSessionsInput,
    ) -> Result<Option<EndSessionsPayload>> {
        let parse = |EndSessionsInput { user_id, repeatable: _ }| id::decode("userId", Kind::User, &user_id);
        let (once, user_id) = replay::read(ctx, input, parse)?;
        let rule = async |change: &mut Change| {
            let user = users::find(change.db(), user_id).await?;
            let user = user.ok_or_else(|| Error::not_found("userId", "user"))?;
            Ok((sessions::end(change, user_id, Ending::All).await?, User::from(user)))
        };
        let now = async |ended| Ok(User::find(ctx, user_id).await?.map(|user| (ended, user)));
        let ended = |(ended, _): &(Vec<Uuid>, User)| ended.clone();
        let Outcome { answer: (ended, user), replayed } = replay::carry_out_with(ctx, once, rule, ended, now).await?;
        let ended_count = ended.len().try_into().map_err(Error::internal)?;
        Ok(Some(EndSessionsPayload { ended_count, user, done: Done::of(replayed) }))
    }
}
