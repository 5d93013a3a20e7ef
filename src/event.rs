//! What happened to one object: a row of the audit trail, before it is written.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use entity::{
    audit_event::{self, AuditAction, AuditEntity},
    category, organization, personal_value, record, user,
};
use sea_orm::ActiveValue::Set;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    auth::Author,
    error::{Error, Result},
    state::{self, hex},
};

/// Something that happened to one object, which carries the object's version and the digest of its state after it.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    id: Uuid,
    action: AuditAction,
    entity: AuditEntity,
    entity_id: Uuid,
    version: i32,
    state: Option<Vec<u8>>,
    changes: Changes,
}

impl Event {
    /// That `action` left `record` as it is.
    pub(crate) fn record(action: AuditAction, record: &record::Model) -> Self {
        let state = Some(state::of_record(record));
        Self::new(action, AuditEntity::Record, record.id, record.version, state)
    }

    /// That `action` left `category` as it is.
    pub(crate) fn category(action: AuditAction, category: &category::Model) -> Self {
        let state = Some(state::of_category(category));
        Self::new(action, AuditEntity::Category, category.id, category.version, state)
    }

    /// That `category`, as it was, was deleted.
    pub(crate) fn deleted_category(category: &category::Model) -> Self {
        let state = Some(state::of_nothing(category.id));
        Self::new(AuditAction::Deleted, AuditEntity::Category, category.id, category.version + 1, state)
    }

    /// That `action` left `user` as they are.
    pub(crate) fn user(action: AuditAction, user: &user::Model) -> Self {
        Self::new(action, AuditEntity::User, user.id, user.version, Some(state::of_user(user)))
    }

    /// That `action` left the organization as it is.
    pub(crate) fn organization(action: AuditAction, organization: &organization::Model) -> Self {
        let state = Some(state::of_organization(organization));
        Self::new(action, AuditEntity::Organization, organization.id, organization.version, state)
    }

    /// That `action` was done to the session `id`, which has neither version nor state.
    pub(crate) fn session(action: AuditAction, id: Uuid) -> Self {
        Self::new(action, AuditEntity::Session, id, 0, None)
    }

    /// That `action` was done to the API token `id`, which has neither version nor state.
    pub(crate) fn api_token(action: AuditAction, id: Uuid) -> Self {
        Self::new(action, AuditEntity::ApiToken, id, 0, None)
    }

    fn new(action: AuditAction, entity: AuditEntity, entity_id: Uuid, version: i32, state: Option<Vec<u8>>) -> Self {
        Self { id: Uuid::now_v7(), action, entity, entity_id, version, state, changes: Changes::default() }
    }

    /// With this id of its own: for an object that names the event.
    pub(crate) fn with_id(self, id: Uuid) -> Self {
        Self { id, ..self }
    }

    /// With the fields that changed.
    pub(crate) fn changes(self, changes: Changes) -> Self {
        Self { changes, ..self }
    }

    /// The rows of the event: one in the trail, and one for each personal value.
    pub(crate) fn rows(
        self,
        author: &Author,
        at: DateTime<Utc>,
    ) -> Result<(audit_event::ActiveModel, Vec<personal_value::ActiveModel>)> {
        let event_id = self.id;
        let mut values = Vec::new();
        let mut list = Vec::with_capacity(self.changes.0.len());
        for Change { field, before, after, ids: (before_id, after_id), is_personal } in self.changes.0 {
            if !is_personal {
                let mut change = json!({ "field": field, "before": before, "after": after });
                for (key, id) in [("beforeId", before_id), ("afterId", after_id)] {
                    if let Some(id) = id {
                        change[key] = json!(id);
                    }
                }
                list.push(change);
                continue;
            }
            let mut salt = vec![0; 16];
            getrandom::fill(&mut salt).map_err(Error::internal)?;
            list.push(json!({ "field": field, "sealed": seal(&salt, before.as_deref(), after.as_deref()) }));
            values.push(personal_value::ActiveModel {
                event_id: Set(event_id),
                field: Set(field.to_owned()),
                salt: Set(salt),
                before: Set(before),
                after: Set(after),
            });
        }
        let row = audit_event::ActiveModel {
            id: Set(event_id),
            at: Set(at),
            actor_id: Set(author.user),
            action: Set(self.action),
            entity_type: Set(self.entity),
            entity_id: Set(self.entity_id),
            changes: Set(Value::Array(list)),
            request_id: Set(author.request_id.clone()),
            entity_version: Set(self.version),
            api_token_id: Set(author.api_token),
            import_id: Set(author.import),
            state_hash: Set(self.state),
        };
        Ok((row, values))
    }
}

#[derive(Clone, Debug)]
struct Change {
    field: &'static str,
    before: Option<String>,
    after: Option<String>,
    /// What the values are the names of.
    ids: (Option<Uuid>, Option<Uuid>),
    is_personal: bool,
}

/// The fields that really changed, each with its value before and after.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes(Vec<Change>);

impl Changes {
    /// Notes the field `name`, if it differs. `None` means that it had no value before, or has none after.
    pub(crate) fn field<T: ToString + PartialEq>(
        self,
        name: &'static str,
        before: Option<&T>,
        after: Option<&T>,
    ) -> Self {
        self.note(name, (before, after), false)
    }

    /// As [`Changes::field`], for what says who somebody is: it is kept apart, so that it can be erased.
    pub(crate) fn personal<T: ToString + PartialEq>(
        self,
        name: &'static str,
        before: Option<&T>,
        after: Option<&T>,
    ) -> Self {
        self.note(name, (before, after), true)
    }

    /// As [`Changes::field`], where the values name objects, which may get other names: the trail keeps their ids, too.
    pub(crate) fn named(
        mut self,
        field: &'static str,
        before: Option<(Uuid, &str)>,
        after: Option<(Uuid, &str)>,
    ) -> Self {
        if before != after {
            let text = |value: Option<(Uuid, &str)>| value.map(|(_, name)| name.to_owned());
            let ids = (before.map(|(id, _)| id), after.map(|(id, _)| id));
            self.0.push(Change { field, before: text(before), after: text(after), ids, is_personal: false });
        }
        self
    }

    fn note<T: ToString + PartialEq>(
        mut self,
        field: &'static str,
        (before, after): (Option<&T>, Option<&T>),
        is_personal: bool,
    ) -> Self {
        if before != after {
            let text = |value: Option<&T>| value.map(ToString::to_string);
            self.0.push(Change { field, before: text(before), after: text(after), ids: (None, None), is_personal });
        }
        self
    }

    /// Whether nothing changed.
    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// SHA-256 over a salt and two values, each with its length in front of it, in hexadecimal digits: what an event holds
/// of a personal value. The migration that created the journal has it, too.
pub(crate) fn seal(salt: &[u8], before: Option<&str>, after: Option<&str>) -> String {
    let mut hasher = Sha256::new_with_prefix(salt);
    for value in [before, after] {
        match value {
            None => hasher.update([0]),
            Some(text) => {
                hasher.update([1]);
                hasher.update((text.len() as u64).to_be_bytes());
                hasher.update(text);
            }
        }
    }
    hex(&hasher.finalize())
}

/// Rung when an event was committed, so that it gets its position at once.
#[derive(Clone, Debug, Default)]
pub struct Bell(Arc<Notify>);

impl Bell {
    pub(crate) fn ring(&self) {
        self.0.notify_one();
    }

    /// Waits until it rings, or for `longest`.
    pub(crate) async fn wait(&self, longest: Duration) {
        // Either way there may be something.
        let _ = tokio::time::timeout(longest, self.0.notified()).await;
    }
}
