//! The life of a session: opened, refreshed, ended. The only writer of `sessions`. Who may open one is decided in
//! `sign_in`.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    audit_event::{AuditAction, AuditEntity},
    session::{self, Column, Entity},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{CaseStatement, Expr, ExprTrait},
};
use uuid::Uuid;

use super::token::RefreshToken;
use crate::{
    auth::{self, Author},
    change::{Change, Changes, Event},
    config::Config,
    error::{Error, Result},
    services::Services,
};

/// For so long after a refresh, the token before it is refused and nothing more: two tabs refreshed at once.
const GRACE: TimeDelta = TimeDelta::seconds(10);
/// How many sessions a user is shown.
const SHOWN: u64 = 100;
/// For so long after its end, a session stays in the database.
const KEPT: TimeDelta = TimeDelta::days(7);
/// The most characters that are kept of what a client calls itself.
const USER_AGENT_LENGTH: usize = 255;

/// How long sessions last.
#[derive(Clone, Copy, Debug)]
pub struct Lifetimes {
    unused: TimeDelta,
    longest: TimeDelta,
}

impl Lifetimes {
    /// The lifetimes that the settings name.
    pub fn of(config: &Config) -> Result<Self> {
        let read = |duration: Duration| TimeDelta::from_std(duration).map_err(Error::internal);
        Ok(Self { unused: read(config.refresh_token_ttl)?, longest: read(config.session_ttl)? })
    }
}

/// Where a sign-in comes from, as far as is known.
#[derive(Clone, Debug, Default)]
pub struct Client {
    /// What it calls itself.
    pub user_agent: Option<String>,
    /// Its address.
    pub address: Option<String>,
}

/// Opens a session for the user `user_id`.
pub async fn open(
    change: &mut Change,
    user_id: Uuid,
    client: Client,
    lifetimes: Lifetimes,
) -> Result<(session::Model, RefreshToken)> {
    let (token, at) = (RefreshToken::new(Uuid::now_v7())?, change.now());
    let absolute_expires_at = at + lifetimes.longest;
    let row = session::ActiveModel {
        id: Set(token.session_id),
        user_id: Set(user_id),
        secret_hash: Set(token.hash()),
        previous_secret_hash: Set(None),
        rotated_at: Set(at),
        created_at: Set(at),
        last_used_at: Set(at),
        expires_at: Set(at + lifetimes.unused.min(lifetimes.longest)),
        absolute_expires_at: Set(absolute_expires_at),
        revoked_at: Set(None),
        user_agent: Set(client.user_agent.map(|text| text.chars().take(USER_AGENT_LENGTH).collect())),
    };
    let session = Entity::insert(row).exec_with_returning(change.db()).await?;
    let changes = Changes::default().field("userAgent", None, session.user_agent.as_ref()).field(
        "address",
        None,
        client.address.as_ref(),
    );
    change.record(Event::new(AuditAction::SignedIn, AuditEntity::Session, session.id).changes(changes));
    Ok((session, token))
}

/// Replaces the refresh token of a session that is going on, in one statement, so that of two that come with
/// the same token only one gets the next. `None` when the token is not the session's present one.
pub async fn rotate(
    db: &impl ConnectionTrait,
    at: DateTime<Utc>,
    token: &RefreshToken,
    lifetimes: Lifetimes,
) -> Result<Option<(session::Model, RefreshToken)>> {
    let next = RefreshToken::new(token.session_id)?;
    let unused = at + lifetimes.unused;
    let absolute = || Expr::col(Column::AbsoluteExpiresAt);
    let expires_at = CaseStatement::new().case(absolute().lt(unused), absolute()).finally(unused);
    let mut rotated = Entity::update_many()
        .col_expr(Column::PreviousSecretHash, Expr::col(Column::SecretHash))
        .col_expr(Column::SecretHash, Expr::value(next.hash()))
        .col_expr(Column::RotatedAt, Expr::value(at))
        .col_expr(Column::LastUsedAt, Expr::value(at))
        .col_expr(Column::ExpiresAt, expires_at.into())
        .filter(Column::Id.eq(token.session_id))
        .filter(Column::SecretHash.eq(token.hash()))
        .filter(is_live(at))
        .exec_with_returning(db)
        .await?;
    Ok(rotated.pop().map(|session| (session, next)))
}

/// Ends the session of a refresh token that is not its present one: a copy of it is going around. The session's
/// id alone says so, since nobody but the holder of a token knows it.
pub async fn end_if_reused(change: &mut Change, token: &RefreshToken) -> Result<()> {
    let at = change.now();
    let Some(session) = Entity::find_by_id(token.session_id).filter(is_live(at)).one(change.db()).await? else {
        return Ok(());
    };
    if session.previous_secret_hash == Some(token.hash()) && at < session.rotated_at + GRACE {
        return Ok(());
    }
    let ended = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(at))
        .filter(Column::Id.eq(session.id))
        .filter(Column::RevokedAt.is_null())
        .exec(change.db())
        .await?;
    if ended.rows_affected > 0 {
        change.record(Event::new(AuditAction::RefreshReused, AuditEntity::Session, session.id));
        change.revokes();
    }
    Ok(())
}

/// Which of a user's sessions end.
#[derive(Clone, Copy, Debug)]
pub enum Ending {
    /// All of them.
    All,
    /// This one.
    Only(Uuid),
    /// All but this one.
    AllBut(Uuid),
}

/// Ends active sessions of the user `user_id` before their time, from the next request on, and says how many.
pub async fn end(change: &mut Change, user_id: Uuid, which: Ending) -> Result<usize> {
    let at = change.now();
    let update = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(at))
        .filter(Column::UserId.eq(user_id))
        .filter(Column::RevokedAt.is_null())
        .filter(Column::ExpiresAt.gt(at));
    let update = match which {
        Ending::All => update,
        Ending::Only(id) => update.filter(Column::Id.eq(id)),
        Ending::AllBut(id) => update.filter(Column::Id.ne(id)),
    };
    let ended = update.exec_with_returning(change.db()).await?;
    for session in &ended {
        change.record(Event::new(AuditAction::Revoked, AuditEntity::Session, session.id));
    }
    change.revokes();
    Ok(ended.len())
}

/// The session that a client holds a refresh token of, the present one or the one before it.
pub async fn find_by_token(
    db: &impl ConnectionTrait,
    at: DateTime<Utc>,
    token: &RefreshToken,
) -> Result<Option<session::Model>> {
    let held =
        Condition::any().add(Column::SecretHash.eq(token.hash())).add(Column::PreviousSecretHash.eq(token.hash()));
    Ok(Entity::find_by_id(token.session_id).filter(held).filter(is_live(at)).one(db).await?)
}

/// The session `id` of the user `user_id`, if they have one.
pub async fn find(db: &impl ConnectionTrait, id: Uuid, user_id: Uuid) -> Result<Option<session::Model>> {
    Ok(Entity::find_by_id(id).filter(Column::UserId.eq(user_id)).one(db).await?)
}

/// The sessions of the user `user_id` that are going on, the one used last first.
pub async fn list(db: &impl ConnectionTrait, at: DateTime<Utc>, user_id: Uuid) -> Result<Vec<session::Model>> {
    let live = Entity::find().filter(Column::UserId.eq(user_id)).filter(is_live(at));
    Ok(live.order_by_desc(Column::LastUsedAt).order_by_desc(Column::Id).limit(SHOWN).all(db).await?)
}

fn is_live(at: DateTime<Utc>) -> Condition {
    Condition::all()
        .add(Column::RevokedAt.is_null())
        .add(Column::ExpiresAt.gt(at))
        .add(Column::AbsoluteExpiresAt.gt(at))
}

/// Removes what nobody can use any more: sessions a week after their end, and the counters of failed sign-ins
/// that no longer count. The audit trail keeps what happened.
pub async fn remove_ended(services: &Services) -> Result<()> {
    let mut change = services.change(Author::default()).await?;
    let now = change.now();
    let long_ago = now - KEPT;
    let ended = Condition::any().add(Column::ExpiresAt.lt(long_ago)).add(Column::RevokedAt.lt(long_ago));
    Entity::delete_many().filter(ended).exec(change.db()).await?;
    auth::forget(change.db(), now).await?;
    change.commit().await
}
