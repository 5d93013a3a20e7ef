//! The life of a session: opened, refreshed, ended. The only writer of `sessions`. Who may open one is decided in
//! `sign_in`.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    audit_event::AuditAction,
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
    auth::{self, Author, DerivedKeys},
    change::Change,
    config::Config,
    db,
    error::{Error, Result},
    event::{Changes, Event},
    services::Services,
};

/// For so long after a refresh, the token before it gets the same successor again, while nobody has used that: an answer
/// was lost, or two tabs refreshed at once.
const GRACE: TimeDelta = TimeDelta::seconds(10);
/// How many sessions a user is shown.
const SHOWN: u64 = 100;
/// For so long after its end, a session stays in the database.
const KEPT: TimeDelta = TimeDelta::days(7);
/// The most characters that are kept of what a client calls itself.
const USER_AGENT_LENGTH: usize = 255;

/// How long sessions last.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lifetimes {
    unused: TimeDelta,
    longest: TimeDelta,
}

impl Lifetimes {
    /// The lifetimes that the settings name.
    pub(crate) fn of(config: &Config) -> Result<Self> {
        let read = |duration: Duration| TimeDelta::from_std(duration).map_err(Error::internal);
        Ok(Self { unused: read(config.refresh_token_ttl)?, longest: read(config.session_ttl)? })
    }
}

/// Where a sign-in comes from, as far as is known.
#[derive(Clone, Debug, Default)]
pub(crate) struct Client {
    /// What it calls itself.
    pub(crate) user_agent: Option<String>,
    /// Its address.
    pub(crate) address: Option<String>,
}

/// A session to open.
pub(crate) struct NewSession {
    /// Whose it is.
    pub(crate) user_id: Uuid,
    /// Who opens it.
    pub(crate) client: Client,
    /// How long it lasts.
    pub(crate) lifetimes: Lifetimes,
}

/// Opens a session, with a refresh token by the first of `keys`.
pub(crate) async fn open(
    change: &mut Change,
    keys: &DerivedKeys,
    new: NewSession,
) -> Result<(session::Model, RefreshToken)> {
    let NewSession { user_id, client, lifetimes } = new;
    let (token, at) = (RefreshToken::new(keys, Uuid::now_v7())?, change.now());
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
    change.record(Event::session(AuditAction::SignedIn, session.id).changes(changes));
    Ok((session, token))
}

/// What a refresh token is to its session.
pub(crate) enum Standing {
    /// The one to refresh with.
    Present,
    /// The one before it, replaced a moment ago by this one, which nobody has used yet.
    JustReplaced(RefreshToken),
    /// An older one that we gave: two clients have the session's tokens.
    Former,
    /// None of its tokens, or the session has ended.
    Unknown,
}

/// What `token` is to the session of its id, as that is now.
pub(crate) async fn look_up(
    db: &impl ConnectionTrait,
    at: DateTime<Utc>,
    token: &RefreshToken,
    keys: &DerivedKeys,
) -> Result<(Standing, Option<session::Model>)> {
    let found = Entity::find_by_id(token.session_id).filter(is_live(at)).one(db).await?;
    let Some(session) = found else { return Ok((Standing::Unknown, None)) };
    let hash = token.hash();
    let is_previous = session.previous_secret_hash.as_ref() == Some(&hash);
    let standing = if session.secret_hash == hash {
        Standing::Present
    } else if is_previous && at < session.rotated_at + GRACE {
        // By whichever key it was made, perhaps on another server.
        let mut successors = keys.iter().map(|key| token.successor(key));
        let given = successors.find(|successor| successor.hash() == session.secret_hash);
        // None where its key was removed meanwhile: the token is refused, and ends nothing.
        given.map_or(Standing::Unknown, Standing::JustReplaced)
    } else if is_previous || token.is_genuine() {
        Standing::Former
    } else {
        Standing::Unknown
    };
    Ok((standing, Some(session)))
}

/// Replaces the refresh token of an active session with its successor, in one statement, so that of two requests with
/// the same token only one does. `None` when the token is not the session's present one.
pub(crate) async fn rotate(
    change: &mut Change,
    token: &RefreshToken,
    next: &RefreshToken,
    lifetimes: Lifetimes,
) -> Result<Option<session::Model>> {
    let at = change.now();
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
        .exec_with_returning(change.db())
        .await?;
    Ok(rotated.pop())
}

/// Ends the session of a former refresh token: a copy of it is going around.
pub(crate) async fn end_reused(change: &mut Change, token: &RefreshToken) -> Result<()> {
    let at = change.now();
    let ended = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(at))
        .filter(Column::Id.eq(token.session_id))
        .filter(Column::RevokedAt.is_null())
        .exec(change.db())
        .await?;
    if ended.rows_affected > 0 {
        change.record(Event::session(AuditAction::RefreshReused, token.session_id));
        change.forgets();
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

/// Ends sessions of the user `user_id` before their time, from the next request on, and gives their ids. Also those that
/// were not refreshed in time: by another server's clock they may not be over yet.
pub async fn end(change: &mut Change, user_id: Uuid, which: Ending) -> Result<Vec<Uuid>> {
    let theirs = Condition::all().add(Column::UserId.eq(user_id));
    end_those(
        change,
        match which {
            Ending::All => theirs,
            Ending::Only(id) => theirs.add(Column::Id.eq(id)),
            Ending::AllBut(id) => theirs.add(Column::Id.ne(id)),
        },
    )
    .await
}

/// Ends the sessions of all users; gives how many.
pub async fn end_everybodys(services: &Services) -> Result<usize> {
    let mut change = services.change(Author::default()).await?;
    let ended = end_those(&mut change, Condition::all()).await?;
    change.commit().await?;
    Ok(ended.len())
}

async fn end_those(change: &mut Change, those: Condition) -> Result<Vec<Uuid>> {
    let at = change.now();
    let update = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(at))
        .filter(those)
        .filter(Column::RevokedAt.is_null())
        .filter(Column::AbsoluteExpiresAt.gt(at));
    let ended = update.exec_with_returning(change.db()).await?;
    for session in &ended {
        change.record(Event::session(AuditAction::Revoked, session.id));
    }
    change.forgets();
    Ok(ended.into_iter().map(|session| session.id).collect())
}

/// The sessions with these ids, in no particular order.
pub(super) async fn find_all(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<session::Model>> {
    Ok(Entity::find().filter(db::any_of(db.get_database_backend(), Column::Id, ids)).all(db).await?)
}

/// The session `id`, ended or not, if there is one.
pub async fn find(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<session::Model>> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// The active sessions of the user `user_id`, most recently used first.
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
