//! `outbox`: events that have no position in the journal yet. Written with the event.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// A row of `outbox`.
#[derive(DeriveEntityModel, Clone, Debug, PartialEq, Eq)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    /// What waits.
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_id: Uuid,
    /// The event's time. Of two events of one object, the later one has the later time.
    pub at: DateTime<Utc>,
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

impl ActiveModelBehavior for ActiveModel {}
