//! The one way to write: a transaction, together with who writes and what happened in it.
//!
//! Rules are plain functions over `&mut Change`, so that they compose: they lock what they need, ask for the instant,
//! write through [`Change::db`], and say what happened with [`Change::record`]. One [`Change::commit`] writes the
//! events down, commits, and has every server forget remembered viewers where a right ended. Nothing else begins or
//! commits a transaction that writes; replays and retries stand around a change, not inside a rule.

use chrono::{DateTime, TimeDelta, Utc};
use entity::audit_event::{self, AuditAction, AuditEntity};
use sea_orm::{ActiveValue::Set, DatabaseTransaction, EntityTrait};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{auth::Author, db::Transaction, error::Result, services::Services};

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
    pub fn record(&mut self, event: Event) {
        let at = self.now();
        self.events.push(Event { at, ..event });
    }

    /// Says that somebody may do less than before, so that no server relies on what it remembers of them.
    pub fn revokes(&mut self) {
        self.revokes = true;
    }

    /// Makes the change permanent, with its events.
    pub async fn commit(self) -> Result<()> {
        let Self { services, tx, author, events, revokes, .. } = self;
        for batch in events.chunks(BATCH) {
            let rows = batch.iter().map(|event| event.row(&author));
            audit_event::Entity::insert_many(rows).exec_without_returning(tx.connection()).await?;
        }
        if !revokes {
            return tx.commit().await;
        }
        // Also when the client hangs up while the commit is under way.
        let _forget = services.viewers.forget_on_drop();
        let told = services.viewers.tell_others(tx.connection()).await?;
        tx.commit().await?;
        if let Some(told) = told {
            told.heard().await;
        }
        Ok(())
    }

    /// Undoes the change.
    pub async fn rollback(self) -> Result<()> {
        self.tx.rollback().await
    }
}

/// Something that happened to one object.
#[derive(Debug)]
pub struct Event {
    action: AuditAction,
    entity: AuditEntity,
    id: Uuid,
    changes: Changes,
    at: DateTime<Utc>,
}

impl Event {
    /// That `action` was done to the `entity` with the id `id`.
    #[must_use]
    pub fn new(action: AuditAction, entity: AuditEntity, id: Uuid) -> Self {
        Self { action, entity, id, changes: Changes::default(), at: DateTime::UNIX_EPOCH }
    }

    /// With the fields that changed.
    #[must_use]
    pub fn changes(self, changes: Changes) -> Self {
        Self { changes, ..self }
    }

    fn row(&self, author: &Author) -> audit_event::ActiveModel {
        audit_event::ActiveModel {
            id: Set(Uuid::now_v7()),
            at: Set(self.at),
            actor_id: Set(author.user),
            action: Set(self.action),
            entity_type: Set(self.entity),
            entity_id: Set(self.id),
            changes: Set(Value::Array(self.changes.0.clone())),
            request_id: Set(author.request_id.clone()),
        }
    }
}

/// The fields that really changed, each with its value before and after.
#[derive(Clone, Debug, Default)]
pub struct Changes(Vec<Value>);

impl Changes {
    /// Notes the field `name`, if it differs. `None` means that it had no value before, or has none after.
    #[must_use]
    pub fn field<T: ToString + PartialEq>(mut self, name: &str, before: Option<&T>, after: Option<&T>) -> Self {
        if before != after {
            let text = |value: Option<&T>| value.map(ToString::to_string);
            self.0.push(json!({ "field": name, "before": text(before), "after": text(after) }));
        }
        self
    }

    /// Whether nothing changed.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
