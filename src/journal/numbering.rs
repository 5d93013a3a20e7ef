//! Gives events their positions.

use std::time::Duration;

use entity::{audit_event, journal, journal_head, outbox};
use sea_orm::{
    ActiveValue::Set,
    ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockBehavior, LockType},
};

use super::chain::link;
use crate::{
    auth::{Author, announce},
    db,
    error::{Error, Result},
    services::Services,
};

/// The most events that get their positions in one transaction: on SQLite the other writers wait for it.
const BATCH: u64 = 2_000;
/// How long events are gathered, so that writers in a hurry share one transaction.
const GATHERING: Duration = Duration::from_millis(50);
/// How often what another server left behind is looked for.
const PATROL: Duration = Duration::from_secs(1);
/// How long to rest after a failure, unless a change succeeds: each attempt on a read-only database closes connections.
const REST: Duration = Duration::from_secs(10);
/// How often a reader tries to get the head when another server holds it.
const ATTEMPTS: usize = 10;

/// What became of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Nothing waits any more.
    Done,
    /// More may wait.
    More,
    /// Another server holds the head.
    Busy,
}

/// Gives every event its position, soon after its commit, until the process ends.
pub async fn keep_numbering(services: Services) {
    loop {
        services.journal.wait(PATROL).await;
        tokio::time::sleep(GATHERING).await;
        loop {
            match number(&services).await {
                Ok(Outcome::Done) => {
                    look_for_news(&services).await;
                    break;
                }
                Ok(Outcome::More) => {}
                Ok(Outcome::Busy) => tokio::time::sleep(GATHERING).await,
                Err(error) => {
                    tracing::warn!(?error, "events wait for their positions in the journal; they will get them");
                    services.journal.wait(REST).await;
                    break;
                }
            }
        }
    }
}

/// Another process may have given positions without being heard.
async fn look_for_news(services: &Services) {
    if !services.news.is_awaited() {
        return;
    }
    match journal_head::Entity::find().one(services.db.read()).await {
        Ok(head) => head.into_iter().for_each(|head| services.news.tell(head.position)),
        Err(error) => tracing::debug!(?error, "whether the journal has grown is not known"),
    }
}

/// Gives positions to what was committed before a reader asks, so that they find what they have just done. Where it
/// cannot be done at once, they get what has its position already.
pub(crate) async fn catch_up(services: &Services) {
    for _ in 0..ATTEMPTS {
        match number(services).await {
            Ok(Outcome::Done) => return,
            Ok(Outcome::More) => {}
            Ok(Outcome::Busy) => tokio::time::sleep(GATHERING / 4).await,
            Err(error) => return tracing::debug!(?error, "the newest events have no positions yet"),
        }
    }
}

/// How long the oldest event that has no position has been waiting for one.
pub(crate) async fn lag(services: &Services) -> Result<Duration> {
    let oldest = waiting(services.db.read(), 1).await?;
    let age = oldest.first().map(|(_, event)| services.clock.now() - event.at);
    Ok(age.and_then(|age| age.to_std().ok()).unwrap_or_default())
}

async fn number(services: &Services) -> Result<Outcome> {
    if outbox::Entity::find().one(services.db.read()).await?.is_none() {
        return Ok(Outcome::Done);
    }
    let change = services.change(Author::default()).await?;
    let head = journal_head::Entity::find().lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    let Some(head) = head.one(change.db()).await? else { return Ok(Outcome::Busy) };
    let events = waiting(change.db(), BATCH).await?;
    let is_last = (events.len() as u64) < BATCH;
    if !events.is_empty() {
        let position = append(change.db(), head, events).await?;
        announce(change.db(), position).await?;
        change.commit().await?;
        services.news.tell(position);
    }
    Ok(if is_last { Outcome::Done } else { Outcome::More })
}

/// The events that wait longest, in the order in which they were written: an order of times is another where a server's
/// clock is behind.
async fn waiting(db: &impl ConnectionTrait, most: u64) -> Result<Vec<(i64, audit_event::Model)>> {
    let waiting = outbox::Entity::find()
        .inner_join(audit_event::Entity)
        .select_also(audit_event::Entity)
        .order_by_asc(outbox::Column::Sequence)
        .limit(most);
    let rows = waiting.all(db).await?;
    Ok(rows.into_iter().filter_map(|(row, event)| Some((row.sequence, event?))).collect())
}

/// Gives `events` the positions after `head`. The last one of all.
async fn append(
    db: &impl ConnectionTrait,
    head: journal_head::Model,
    events: Vec<(i64, audit_event::Model)>,
) -> Result<i64> {
    let journal_head::Model { mut position, mut hash, .. } = head;
    let (mut rows, mut sequences) = (Vec::with_capacity(events.len()), Vec::with_capacity(events.len()));
    for (sequence, event) in events {
        position += 1;
        hash = link(&hash, position, &event);
        let row = journal::ActiveModel {
            position: Set(position),
            event_id: Set(event.id),
            hash: Set(hash.clone()),
            at: Set(event.at),
            actor_id: Set(event.actor_id),
            action: Set(event.action),
            entity_type: Set(event.entity_type),
            entity_id: Set(event.entity_id),
        };
        rows.push(row);
        sequences.push(sequence);
    }
    let expected = sequences.len() as u64;
    db::insert_many(db, rows).await?;
    let left = db::any_of_many(db.get_database_backend(), outbox::Column::Sequence, sequences)?;
    let left = outbox::Entity::delete_many().filter(left).exec(db).await?;
    if left.rows_affected != expected {
        return Err(Error::internal("an event left the outbox while it was numbered"));
    }
    journal_head::Entity::update_many()
        .col_expr(journal_head::Column::Position, Expr::value(position))
        .col_expr(journal_head::Column::Hash, Expr::value(hash))
        .exec(db)
        .await?;
    Ok(position)
}
