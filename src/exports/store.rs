//! What was offered, and whether it was fetched. The only writer of `downloads`.

use chrono::{SubsecRound, TimeDelta};
use entity::download::{self, Column, Entity};
use sea_orm::{ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryTrait, sea_query::Expr};
use uuid::Uuid;

use super::ticket::Ticket;
use crate::{
    auth::{Author, Viewer},
    change::Change,
    db,
    error::{Error, ErrorCode, Result},
    services::Services,
};

/// How soon a download has to begin.
const LIFETIME: TimeDelta = TimeDelta::minutes(5);
/// The most that one user is offered at a time.
const MOST_OFFERED: u64 = 100;
/// For how long an expired offer is kept: one that is being written is marked as used at its end.
const KEPT: TimeDelta = TimeDelta::hours(1);

/// Offers what `input` asks for to `viewer`.
///
/// # Errors
/// `RATE_LIMITED` where a hundred were offered to this user within five minutes.
pub(super) async fn offer(change: &mut Change, viewer: &Viewer, input: serde_json::Value) -> Result<Ticket> {
    let now = change.now();
    let offered = Entity::find().filter(Column::UserId.eq(viewer.user.id)).filter(Column::ExpiresAt.gt(now));
    if offered.count(change.db()).await? >= MOST_OFFERED {
        let message = "You asked for too many exports within five minutes. Try again in a moment.";
        return Err(Error::new(ErrorCode::RateLimited, message).with("retryAfter", LIFETIME.num_seconds()));
    }
    let ticket = Ticket { id: Uuid::now_v7(), expires_at: (now + LIFETIME).trunc_subsecs(0) };
    let row = download::ActiveModel {
        id: Set(ticket.id),
        user_id: Set(viewer.user.id),
        session_id: Set(viewer.through.id()),
        input: Set(input),
        expires_at: Set(ticket.expires_at),
        used_at: Set(None),
    };
    change.add(Entity::insert(row).into_query());
    Ok(ticket)
}

/// What was offered with `ticket`.
///
/// # Errors
/// `NOT_FOUND` where it was fetched already, or is forgotten.
pub(super) async fn load(services: &Services, ticket: Ticket) -> Result<download::Model> {
    let found = db::look_up(Entity::find_by_id(ticket.id).one(services.db.read())).await?;
    found.filter(|offer| offer.used_at.is_none()).ok_or_else(used)
}

/// Marks what was offered with `ticket` as fetched. Of several who try, on whichever server, one succeeds.
///
/// # Errors
/// `NOT_FOUND` for the others.
pub(super) async fn use_up(services: &Services, ticket: Ticket) -> Result<()> {
    let mut change = services.change(Author::default()).await?;
    let marked = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(change.now()))
        .filter(Column::Id.eq(ticket.id))
        .filter(Column::UsedAt.is_null())
        .exec(change.db())
        .await?;
    if marked.rows_affected == 0 {
        return Err(used());
    }
    change.commit().await
}

fn used() -> Error {
    Error::new(ErrorCode::NotFound, "This file was downloaded already. Export the records again.")
}

/// Forgets what can no longer be fetched.
pub async fn forget(services: &Services) -> Result<()> {
    let mut change = services.change(Author::default()).await?;
    let old = Column::ExpiresAt.lt(change.now() - KEPT);
    Entity::delete_many().filter(old).exec(change.db()).await?;
    change.commit().await
}
