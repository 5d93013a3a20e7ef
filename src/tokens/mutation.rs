//! API tokens in the schema: changes.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use entity::Role;

use super::{
    graphql::ApiToken,
    store::{self, NAME_LENGTH, NewToken},
};
use crate::{
    auth::{self, requires_role, requires_session, role},
    change::Change,
    constraint::{Bound, Constraint},
    context::ContextExt,
    error::Result,
    id::{self, Kind},
    replay::{self, Done, Outcome, Repeatable},
    scalars::{DateTime, Given},
};

/// A token to make.
#[derive(InputObject)]
struct CreateApiTokenInput {
    /// What it is for, 1 to 100 characters on one line, so that you know later which one to revoke.
    #[graphql(directive = Constraint::apply(Bound::Length(1, NAME_LENGTH)))]
    name: String,
    /// The most that it may do; not more than you.
    role: Role,
    /// When it stops working. When omitted, it works until it is revoked.
    expires_at: Option<Given<DateTime>>,
    #[graphql(flatten)]
    repeatable: Repeatable,
}

/// The new token.
#[derive(SimpleObject)]
struct CreateApiTokenPayload {
    /// Its text, `tallybook_` and 48 more characters, for `Authorization: Bearer …`. It is shown this once: keep it as safe as a password. Null on a replay.
    token: Option<String>,
    /// What is known of it.
    api_token: ApiToken,
    #[graphql(flatten)]
    done: Done,
}

/// The token to revoke.
#[derive(InputObject)]
struct RevokeApiTokenInput {
    /// One of the signed-in user's tokens, or for admins anybody's.
    id: ID,
    #[graphql(flatten)]
    repeatable: Repeatable,
}

/// The token that was revoked.
#[derive(SimpleObject)]
struct RevokeApiTokenPayload {
    /// The token.
    api_token: ApiToken,
    /// The token's global id.
    revoked_api_token_id: ID,
    #[graphql(flatten)]
    done: Done,
}

/// Changes of API tokens.
#[derive(Default)]
pub struct TokenMutation;

#[Object]
impl TokenMutation {
    /// Makes a token that a program can use for the signed-in user. `FORBIDDEN` for a higher role than theirs, `CONFLICT` where they have 100.
    #[graphql(
        guard = "role(Role::Viewer).in_session()",
        directive = requires_role::apply(Role::Viewer, None),
        directive = requires_session::apply()
    )]
    async fn create_api_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token.")] input: CreateApiTokenInput,
    ) -> Result<Option<CreateApiTokenPayload>> {
        let (user, now) = (&ctx.viewer()?.user, ctx.services()?.clock.now());
        let parse = |CreateApiTokenInput { name, role, expires_at, repeatable: _ }| {
            NewToken::parse(&name, role, expires_at, now)
        };
        let (once, new) = replay::read(ctx, input, parse)?;
        auth::require_role(user.role, new.role()).map_err(|error| error.at("role").in_input())?;
        let mut text = None;
        let rule = async |change: &mut Change| {
            let (token, secret) = store::create(change, user.id, new).await?;
            text = Some(secret);
            Ok(ApiToken(token))
        };
        let Outcome { answer: api_token, replayed } = replay::carry_out(ctx, once, rule).await?;
        Ok(Some(CreateApiTokenPayload { token: text, api_token, done: Done::of(replayed) }))
    }

    /// Revokes a token: it stops working at once. `NOT_FOUND` when it is not the signed-in user's, who is no admin, or was revoked already.
    #[graphql(
        guard = "role(Role::Viewer).in_session()",
        directive = requires_role::apply(Role::Viewer, None),
        directive = requires_session::apply()
    )]
    async fn revoke_api_token(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The token.")] input: RevokeApiTokenInput,
    ) -> Result<Option<RevokeApiTokenPayload>> {
        let parse = |RevokeApiTokenInput { id, repeatable: _ }| id::decode("id", Kind::ApiToken, &id);
        let (once, token_id) = replay::read(ctx, input, parse)?;
        let viewer = ctx.viewer()?;
        let owner = auth::require(viewer, Role::Admin).is_err().then_some(viewer.user.id);
        let rule = async |change: &mut Change| store::revoke(change, token_id, owner).await.map(ApiToken);
        let Outcome { answer: api_token, replayed } = replay::carry_out(ctx, once, rule).await?;
        let revoked_api_token_id = id::encode(Kind::ApiToken, token_id);
        Ok(Some(RevokeApiTokenPayload { api_token, revoked_api_token_id, done: Done::of(replayed) }))
    }
}
