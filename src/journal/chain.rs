//! The chain over the journal: the hash at a position is of the hash before it and of the event, so that no event can
//! be changed, removed or put in without every later hash being another. This format cannot change: a new one takes
//! another first byte, and is used from a position on.

use entity::audit_event;
use sea_orm::ActiveEnum;
use serde_json::Value;

use crate::state::Fields;

/// The hash before the first position.
pub(crate) const GENESIS: [u8; 32] = [0; 32];

/// The hash at `position`, where `event` stands after `before`.
pub(super) fn link(before: &[u8], position: i64, event: &audit_event::Model) -> Vec<u8> {
    let audit_event::Model {
        id,
        at,
        actor_id,
        action,
        entity_type,
        entity_id,
        changes,
        request_id,
        entity_version,
        api_token_id,
        import_id,
        state_hash,
    } = event;
    Fields::of("journal")
        .bytes(before)
        .number(position)
        .bytes(id.as_bytes())
        .number(at.timestamp_micros())
        .optional(*actor_id, |fields, id| fields.bytes(id.as_bytes()))
        .text(action.to_value())
        .text(entity_type.to_value())
        .bytes(entity_id.as_bytes())
        .text(canonical(changes))
        .optional(request_id.as_ref(), Fields::text)
        .number(*entity_version)
        .optional(*api_token_id, |fields, id| fields.bytes(id.as_bytes()))
        .optional(*import_id, |fields, id| fields.bytes(id.as_bytes()))
        .optional(state_hash.as_ref(), |fields, hash| fields.bytes(hash))
        .digest()
}

/// JSON with the keys of each object sorted: PostgreSQL keeps no order of its own.
fn canonical(value: &Value) -> String {
    match value {
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        Value::Object(fields) => {
            let mut fields: Vec<_> = fields.iter().collect();
            fields.sort_by_key(|(name, _)| *name);
            let text =
                |(name, value): &(&String, &Value)| format!("{}:{}", Value::from(name.as_str()), canonical(value));
            format!("{{{}}}", fields.iter().map(text).collect::<Vec<_>>().join(","))
        }
        scalar => scalar.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use entity::audit_event::{AuditAction, AuditEntity};
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::{event::seal, state::hex};

    fn event() -> audit_event::Model {
        audit_event::Model {
            id: Uuid::from_u128(1),
            at: DateTime::from_timestamp_micros(1_767_225_600_000_001).unwrap(),
            actor_id: Some(Uuid::from_u128(2)),
            action: AuditAction::Updated,
            entity_type: AuditEntity::Record,
            entity_id: Uuid::from_u128(3),
            changes: json!([{ "field": "notes", "before": null, "after": "\"é\"\n" }]),
            request_id: Some("r".to_owned()),
            entity_version: 2,
            api_token_id: None,
            import_id: None,
            state_hash: Some(vec![7; 32]),
        }
    }

    #[test]
    fn the_format_is_frozen() {
        assert_eq!(
            hex(&link(&GENESIS, 1, &event())),
            "56be788ecfa3782d8f08a8b1e63e44faf49fe65d4232973207a97cab30b05ab5"
        );
        assert_eq!(
            seal(&[1; 16], None, Some("Ada")),
            "94360f86784b9314048f18a25aa8028b30c47e98c800c2a4b24516cb0b96ea7d"
        );
    }

    #[test]
    fn each_part_of_an_event_counts() {
        let (hash, other) = (link(&GENESIS, 1, &event()), Uuid::from_u128(9));
        assert_ne!(hash, link(&[1; 32], 1, &event()));
        assert_ne!(hash, link(&GENESIS, 2, &event()));
        for changed in [
            audit_event::Model { id: other, ..event() },
            audit_event::Model { at: DateTime::UNIX_EPOCH, ..event() },
            audit_event::Model { actor_id: None, ..event() },
            audit_event::Model { action: AuditAction::Deleted, ..event() },
            audit_event::Model { entity_type: AuditEntity::Category, ..event() },
            audit_event::Model { entity_id: other, ..event() },
            audit_event::Model { changes: json!([]), ..event() },
            audit_event::Model { request_id: None, ..event() },
            audit_event::Model { entity_version: 3, ..event() },
            audit_event::Model { api_token_id: Some(other), ..event() },
            audit_event::Model { import_id: Some(other), ..event() },
            audit_event::Model { state_hash: None, ..event() },
        ] {
            assert_ne!(hash, link(&GENESIS, 1, &changed), "{changed:?}");
        }
    }

    #[test]
    fn the_order_of_keys_does_not_count() {
        let parse = |text| canonical(&serde_json::from_str(text).unwrap());
        assert_eq!(parse(r#"[{"b": 1, "a": {"d": [], "c": null}}]"#), r#"[{"a":{"c":null,"d":[]},"b":1}]"#);
    }
}
