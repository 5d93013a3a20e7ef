//! Under which names categories were shown, at any time: as they are now, with what happened since taken back. A time is
//! the id of an event. Events of 0.1 do not count: it removed a category that was merged, and wrote its records anew.

use std::collections::{HashMap, HashSet};

use entity::{
    audit_event::{self, AuditAction},
    category,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{BinOper, Expr, ExprTrait, JoinType},
};
use uuid::Uuid;

use super::changes::{self, Stored};
use crate::{
    db,
    error::{Error, Result},
};

/// Categories, with those that they were merged into, and what happened to all of them.
#[derive(Default)]
pub(super) struct Shown(HashMap<Uuid, Known>);

struct Known {
    /// None where it was deleted.
    now: Option<category::Model>,
    /// Oldest first.
    steps: Vec<Step>,
}

/// A new name, or another category to be shown in.
struct Step {
    event: audit_event::Model,
    change: Stored,
}

impl Known {
    fn merged_into(&self) -> Option<Uuid> {
        self.now.as_ref().and_then(|now| now.merged_into)
    }

    fn add(&mut self, event: &audit_event::Model) -> Result<()> {
        for change in changes::stored(&event.changes)? {
            self.steps.push(Step { event: event.clone(), change });
        }
        Ok(())
    }
}

impl Step {
    fn is_of(&self, field: &str) -> bool {
        self.change.field == field
    }
}

impl Shown {
    /// Those with these ids.
    pub(super) async fn read(db: &impl ConnectionTrait, ids: &HashSet<Uuid>) -> Result<Self> {
        let mut shown = Self::default();
        shown.add(db, ids).await?;
        let merges = shown.0.values().flat_map(|known| known.steps.iter().filter(|step| step.is_of("mergedInto")));
        let roots = merges.flat_map(|step| [step.change.before_id, step.change.after_id]);
        let roots = roots.chain(shown.0.values().map(Known::merged_into)).flatten();
        let roots = roots.filter(|id| !shown.0.contains_key(id)).collect();
        shown.add(db, &roots).await?;
        Ok(shown)
    }

    async fn add(&mut self, db: &impl ConnectionTrait, ids: &HashSet<Uuid>) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let these = db::any_of(db.get_database_backend(), category::Column::Id, ids.iter().copied().collect());
        let mut query = category::Entity::find().filter(these);
        QuerySelect::query(&mut query).join(JoinType::LeftJoin, audit_event::Entity, steps());
        for (now, event) in query.select_also(audit_event::Entity).all(db).await? {
            let known = self.0.entry(now.id).or_insert_with(|| Known { now: Some(now), steps: Vec::new() });
            if let Some(event) = event {
                known.add(&event)?;
            }
        }
        let gone: Vec<_> = ids.iter().filter(|id| !self.0.contains_key(id)).copied().collect();
        if !gone.is_empty() {
            let these = db::any_of(db.get_database_backend(), audit_event::Column::EntityId, gone);
            for event in audit_event::Entity::find().filter(these).filter(is_step()).all(db).await? {
                let known = self.0.entry(event.entity_id).or_insert_with(|| Known { now: None, steps: Vec::new() });
                known.add(&event)?;
            }
        }
        for known in self.0.values_mut() {
            known.steps.sort_by_key(|step| (step.event.entity_version, step.event.id));
        }
        Ok(())
    }

    /// The name under which records of the category `id` were shown at the time `at`.
    pub(super) fn name_at(&self, id: Uuid, at: Uuid) -> Result<String> {
        let root = self.known(self.root_at(id, at)?)?;
        let renamed = root.steps.iter().find(|step| step.event.id > at && step.is_of("name"));
        let name = renamed.and_then(|step| step.change.before.clone());
        let name = name.or_else(|| root.now.as_ref().map(|now| now.name.clone()));
        name.ok_or_else(|| Error::internal("a category had no name any more"))
    }

    /// The category in which records of the category `id` were shown at the time `at`.
    fn root_at(&self, id: Uuid, at: Uuid) -> Result<Uuid> {
        let known = self.known(id)?;
        let moved = known.steps.iter().find(|step| step.event.id > at && step.is_of("mergedInto"));
        Ok(moved.map_or(known.merged_into(), |step| step.change.before_id).unwrap_or(id))
    }

    fn known(&self, id: Uuid) -> Result<&Known> {
        self.0.get(&id).ok_or_else(|| Error::internal(format!("there is no category {id}")))
    }

    /// Every event.
    pub(super) fn events(&self) -> impl Iterator<Item = &audit_event::Model> {
        self.0.values().flat_map(|known| known.steps.iter().map(|step| &step.event))
    }

    /// Whether `event` changed under which name records of the category `id` are shown, or where.
    pub(super) fn concerns(&self, id: Uuid, event: &audit_event::Model) -> Result<bool> {
        if event.action == AuditAction::Updated {
            return Ok(self.root_at(id, event.id)? == event.entity_id);
        }
        Ok(id == event.entity_id)
    }
}

/// What a category is joined with.
fn steps() -> Condition {
    let id = Expr::col((audit_event::Entity, audit_event::Column::EntityId));
    is_step().add(id.equals((category::Entity, category::Column::Id)))
}

/// Whether an event gave a category a new name, or said where it was shown from then on, or that it was gone. Not that
/// another was merged into it.
fn is_step() -> Condition {
    use audit_event::Column;
    let column = |column: Column| Expr::col((audit_event::Entity, column));
    let first = column(Column::Changes).binary(BinOper::Custom("->"), Expr::cust("0"));
    let first_field = first.binary(BinOper::Custom("->>"), Expr::cust("'field'"));
    Condition::all()
        .add(Column::EntityVersion.gt(0))
        .add(Column::Action.is_in([
            AuditAction::Updated,
            AuditAction::Merged,
            AuditAction::Unmerged,
            AuditAction::Deleted,
        ]))
        .add(first_field.is_in(["name", "mergedInto"]))
}
