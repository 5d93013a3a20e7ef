//! `journal`: the order in which changes became visible, without gaps. Rows are only ever added, by whoever holds
//! `journal_head`.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::audit_event::{AuditAction, AuditEntity};

/// A row of `journal`.
#[derive(DeriveEntityModel, Clone, Debug, PartialEq, Eq)]
#[sea_orm(table_name = "journal")]
pub struct Model {
    /// 1, 2, 3 …
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    /// What stands there; unique.
    pub event_id: Uuid,
    /// SHA-256 over the hash before it and the event.
    pub hash: Vec<u8>,
    /// The event's time: here and below, what lists are filtered by.
    pub at: DateTime<Utc>,
    /// Who did it.
    pub actor_id: Option<Uuid>,
    /// What was done.
    pub action: AuditAction,
    /// To what sort of thing.
    pub entity_type: AuditEntity,
    /// To which one.
    pub entity_id: Uuid,
}

/// What the ORM joins.
#[derive(EnumIter, DeriveRelation, Clone, Copy, Debug)]
pub enum Relation {
    /// The event that stands there.
    #[sea_orm(
        belongs_to = "super::audit_event::Entity",
        from = "Column::EventId",
        to = "super::audit_event::Column::Id"
    )]
    Event,
}

impl Related<super::audit_event::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Event.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
