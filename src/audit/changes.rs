//! What became of the fields, as the trail tells it.

use async_graphql::SimpleObject;
use entity::personal_value;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use super::store::Row;
use crate::{
    error::{Error, Result},
    scalars::timestamp,
};

/// How one field changed.
#[derive(SimpleObject, Clone, Debug, PartialEq, Eq)]
pub(crate) struct AuditChange {
    /// Name of the field.
    pub(crate) field: String,
    /// Its value before, as text; null when it had none, and where a person's name or address was erased.
    pub(crate) before: Option<String>,
    /// Its value after, as text; null when it has none, and where a person's name or address was erased.
    pub(crate) after: Option<String>,
}

/// A change as it is stored: a personal value is sealed, and lies apart.
#[derive(Deserialize, Clone, Debug)]
#[serde(rename_all = "camelCase")]
pub(super) struct Stored {
    pub(super) field: String,
    pub(super) before: Option<String>,
    after: Option<String>,
    /// What the values name, where they name a category.
    pub(super) before_id: Option<Uuid>,
    pub(super) after_id: Option<Uuid>,
    sealed: Option<String>,
}

/// The changes as they are stored in `changes`.
pub(super) fn stored(changes: &Value) -> Result<Vec<Stored>> {
    Vec::deserialize(changes).map_err(Error::internal)
}

/// The changes that `row` says.
pub(super) fn of(row: &Row) -> Result<Vec<AuditChange>> {
    Ok(stored(&row.event.changes)?.into_iter().map(|stored| unseal(stored, &row.personal)).collect())
}

fn unseal(stored: Stored, personal: &[personal_value::Model]) -> AuditChange {
    let Stored { field, before, after, before_id: _, after_id: _, sealed } = stored;
    match personal.iter().find(|value| sealed.is_some() && value.field == field) {
        None if field == "deletedAt" => AuditChange { field, before: before.map(instant), after: after.map(instant) },
        None => AuditChange { field, before, after },
        Some(value) => AuditChange { field, before: value.before.clone(), after: value.after.clone() },
    }
}

/// An instant as everywhere in the API: what is stored says `+00:00`, and the chain of the journal holds it to that.
fn instant(stored: String) -> String {
    stored.parse().map(timestamp).unwrap_or(stored)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instant_is_written_as_everywhere() {
        assert_eq!(instant("2026-05-31T10:00:00+00:00".to_owned()), "2026-05-31T10:00:00Z");
        assert_eq!(instant("2026-05-31T10:00:00.120+00:00".to_owned()), "2026-05-31T10:00:00.120Z");
        assert_eq!(instant("of old".to_owned()), "of old");
    }
}
