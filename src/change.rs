//! The one way to write: a transaction, together with who writes and what happened in it.
//!
//! Rules are plain functions over `&mut Change`, so that they compose: they lock what they need, ask for the instant,
//! write through [`Change::db`], and say what happened with [`Change::record`]. One [`Change::commit`] writes the
//! events down, commits, and has every server forget remembered viewers where a right ended. Nothing else begins or
//! commits a transaction that writes; replays and retries stand around a change, not inside a rule.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{audit_event, outbox, personal_value};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, QueryTrait,
    sea_query::{CommonTableExpression, WithClause},
};
use uuid::Uuid;

use crate::{auth::Author, db::Transaction, error::Result, event::Event, services::Services};

/// The most events that one statement adds.
const BATCH: usize = 500;

/// A transaction that writes. Dropped without [`Change::commit`], it is rolled back.
pub struct Change {
    services: Services,
    tx: Transaction,
    author: Author,
    at: Option<DateTime<Utc>>,
    events: Vec<Event>,
    revokes: bool,
}

impl Services {
    /// Opens a change by `author`.
    ///
    /// # Errors
    /// `UNAVAILABLE` when no connection was free in time.
    pub async fn change(&self, author: Author) -> Result<Change> {
        let tx = self.db.write().await?;
        Ok(Change { services: self.clone(), tx, author, at: None, events: Vec::new(), revokes: false })
    }
}

impl Change {
    /// The transaction, to read and write through.
    #[must_use]
    pub fn db(&self) -> &DatabaseTransaction {
        self.tx.connection()
    }

    /// The signed-in user who makes the change, if there is one.
    #[must_use]
    pub fn author(&self) -> Option<Uuid> {
        self.author.user
    }

    /// The change's instant. Ask for it once the rows are locked: of two changes of one row, the one that waited is
    /// the later.
    pub fn now(&mut self) -> DateTime<Utc> {
        *self.at.get_or_insert_with(|| self.services.clock.now())
    }

    /// The change's instant, moved past `last` where another server's clock was ahead.
    pub fn after(&mut self, last: DateTime<Utc>) -> DateTime<Utc> {
        let at = self.now().max(last + TimeDelta::microseconds(1));
        self.at = Some(at);
        at
    }

    /// Says what happened.
    pub(crate) fn record(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Says that somebody may do less than before, so that no server relies on what it remembers of them.
    pub fn revokes(&mut self) {
        self.revokes = true;
    }

    /// Makes the change permanent, with its events.
    pub async fn commit(mut self) -> Result<()> {
        let has_events = !self.events.is_empty();
        self.write_events().await?;
        let Self { services, tx, revokes, .. } = self;
        if !revokes {
            tx.commit().await?;
            if has_events {
                services.journal.ring();
            }
            return Ok(());
        }
        // Also when the client hangs up while the commit is under way.
        let _forget = services.viewers.forget_on_drop();
        let told = services.viewers.tell_others(tx.connection()).await?;
        tx.commit().await?;
        services.journal.ring();
        if let Some(told) = told {
            told.heard().await;
        }
        Ok(())
    }

    /// The events, each with a place in the outbox, and what is personal in them apart from it.
    async fn write_events(&mut self) -> Result<()> {
        let (at, db) = (self.now(), self.tx.connection());
        let mut events = self.events.drain(..).peekable();
        while events.peek().is_some() {
            let (mut rows, mut values) = (Vec::new(), Vec::new());
            for event in events.by_ref().take(BATCH) {
                let (row, personal) = event.rows(&self.author, at)?;
                rows.push(row);
                values.extend(personal);
            }
            insert_events(db, rows).await?;
            if !values.is_empty() {
                personal_value::Entity::insert_many(values).exec_without_returning(db).await?;
            }
        }
        Ok(())
    }

    /// Undoes the change.
    pub async fn rollback(self) -> Result<()> {
        self.tx.rollback().await
    }
}

/// One statement on PostgreSQL: `WITH added AS (INSERT INTO audit_events …) INSERT INTO outbox …`. SQLite wants two.
async fn insert_events(db: &DatabaseTransaction, rows: Vec<audit_event::ActiveModel>) -> Result<()> {
    let waiting = rows.iter().map(|row| outbox::ActiveModel { event_id: row.id.clone(), ..Default::default() });
    let waiting = outbox::Entity::insert_many(waiting).into_query();
    let events = audit_event::Entity::insert_many(rows).into_query();
    if db.get_database_backend() == DbBackend::Postgres {
        let events = CommonTableExpression::new().table_name("events").query(events).to_owned();
        db.execute(&waiting.with(WithClause::new().cte(events).to_owned())).await?;
    } else {
        db.execute(&events).await?;
        db.execute(&waiting).await?;
    }
    Ok(())
}
