//! The audit trail: writes who changed what, when, from what to what, in the change's own transaction.
//!
//! Events are only ever added; nothing in the program updates or deletes one. Reading is `audit`'s.

use chrono::{DateTime, Utc};
use entity::audit_event::{self, AuditAction, AuditEntity};
use sea_orm::{ActiveValue::Set, ConnectionTrait, EntityTrait};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::error::Result;

/// On whose behalf, when and by which request something is done.
#[derive(Clone, Debug)]
pub struct Act {
    /// The signed-in user; nobody for the command line and before sign-in.
    pub actor: Option<Uuid>,
    /// The instant of everything that the act writes.
    pub at: DateTime<Utc>,
    /// The request's id; none for the command line.
    pub request_id: Option<String>,
}

/// The fields that really changed, each with what it was and what it is.
#[derive(Debug, Default)]
pub struct Changes(Vec<Value>);

impl Changes {
    /// Notes the field `name`, if it differs. `None` is a value that was not there before, or is no more.
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

/// The most events that one statement adds.
const BATCH: usize = 500;

/// Adds the event that `action` was done to the `entity` with the id `entity_id`.
pub async fn append(
    db: &impl ConnectionTrait,
    act: &Act,
    action: AuditAction,
    entity: (AuditEntity, Uuid),
    changes: Changes,
) -> Result<()> {
    audit_event::Entity::insert(event(act, action, entity, changes)).exec_without_returning(db).await?;
    Ok(())
}

/// Adds the event that `action` was done to each of `entities`.
pub async fn append_each(
    db: &impl ConnectionTrait,
    act: &Act,
    action: AuditAction,
    entities: impl Iterator<Item = (AuditEntity, Uuid, Changes)>,
) -> Result<()> {
    let events: Vec<_> = entities.map(|(kind, id, changes)| event(act, action, (kind, id), changes)).collect();
    for batch in events.chunks(BATCH) {
        audit_event::Entity::insert_many(batch.iter().cloned()).exec_without_returning(db).await?;
    }
    Ok(())
}

fn event(
    act: &Act,
    action: AuditAction,
    (entity, entity_id): (AuditEntity, Uuid),
    changes: Changes,
) -> audit_event::ActiveModel {
    audit_event::ActiveModel {
        id: Set(Uuid::now_v7()),
        at: Set(act.at),
        actor_id: Set(act.actor),
        action: Set(action),
        entity_type: Set(entity),
        entity_id: Set(entity_id),
        changes: Set(Value::Array(changes.0)),
        request_id: Set(act.request_id.clone()),
    }
}
