//! Whether records, categories, users and the organization are as their last events left them.

use std::collections::HashMap;

use entity::{audit_event, category, organization, record, user};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::verify::{Findings, PAGE};
use crate::{
    db::{self, Snapshot},
    error::Result,
    state,
};

/// Compares every object with its newest event.
pub(super) async fn check(tx: &Snapshot, findings: &mut Findings<'_>) -> Result<()> {
    macro_rules! check_table {
        ($table:ident, $name:literal, $digest:path) => {
            let mut last = None;
            loop {
                let mut page = $table::Entity::find().order_by_asc($table::Column::Id).limit(PAGE);
                if let Some(last) = last {
                    page = page.filter($table::Column::Id.gt(last));
                }
                let page = page.all(tx).await?;
                let Some(newest) = page.last() else { break };
                last = Some(newest.id);
                let digests: Vec<_> = page.iter().map(|row| (row.id, $digest(row))).collect();
                compare(tx, $name, &digests, findings).await?;
            }
        };
    }
    check_table!(record, "record", state::of_record);
    check_table!(category, "category", state::of_category);
    check_table!(user, "user", state::of_user);
    check_table!(organization, "organization", state::of_organization);
    Ok(())
}

/// Version, event and state.
type Newest = (i32, Uuid, Option<Vec<u8>>);

async fn compare(tx: &Snapshot, kind: &str, objects: &[(Uuid, Vec<u8>)], findings: &mut Findings<'_>) -> Result<()> {
    let ids = objects.iter().map(|(id, _)| *id).collect();
    let events: Vec<(Uuid, i32, Uuid, Option<Vec<u8>>)> = audit_event::Entity::find()
        .select_only()
        .columns([
            audit_event::Column::EntityId,
            audit_event::Column::EntityVersion,
            audit_event::Column::Id,
            audit_event::Column::StateHash,
        ])
        .filter(db::any_of(tx.get_database_backend(), audit_event::Column::EntityId, ids))
        .into_tuple()
        .all(tx)
        .await?;
    let mut newest: HashMap<Uuid, Newest> = HashMap::new();
    for (entity, version, id, state) in events {
        let known = newest.entry(entity).or_insert_with(|| (version, id, state.clone()));
        if (version, id) > (known.0, known.1) {
            *known = (version, id, state);
        }
    }
    for (id, digest) in objects {
        match newest.get(id) {
            None => findings.fault(format!("The {kind} {id} has no event.")),
            // Events of 0.1 do not say what they left.
            Some((_, _, None)) => {}
            Some((_, _, Some(state))) if state == digest => {}
            Some((_, event, Some(_))) => {
                findings.fault(format!("The {kind} {id} is not as its last event, {event}, left it."));
            }
        }
    }
    findings.checked(objects.len());
    Ok(())
}
