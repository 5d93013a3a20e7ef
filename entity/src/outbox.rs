//! `outbox`: events that have no position in the journal yet. Written with the event.

use sea_orm::entity::prelude::*;

/// A row of `outbox`.
#[derive(DeriveEntityModel, Clone, Debug, PartialEq, Eq)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    /// Given by the database. Of two events of one object, the later one has the greater.
    #[sea_orm(primary_key)]
    pub sequence: i64,
    /// What waits.
    pub event_id: Uuid,
}

/// What the ORM joins.
#[derive(EnumIter, DeriveRelation, Clone, Copy, Debug)]
pub enum Relation {
    /// What waits.
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
