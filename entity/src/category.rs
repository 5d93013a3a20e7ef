//! `categories`: what a record is for. One is created when a record first names it. One that
//! was merged into another stays, and says so; one that nothing needs can be deleted.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// A row of `categories`.
#[derive(DeriveEntityModel, Clone, Debug, PartialEq, Eq)]
#[sea_orm(table_name = "categories")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// As it was first written, or last renamed.
    pub name: String,
    /// The name normalised and case-folded; unique among categories that are not merged, so that `Rent` and `rent` are
    /// one.
    pub name_key: String,
    /// When it was first named.
    pub created_at: DateTime<Utc>,
    /// The category that its records are shown in, which is not merged itself; none unless it is merged.
    pub merged_into: Option<Uuid>,
    /// The category that it was merged into, which may have been merged since; none unless it is merged.
    pub merged_parent: Option<Uuid>,
    /// The event of the merge; none unless it is merged.
    pub merged_by: Option<Uuid>,
    /// Rises by one with every change.
    pub version: i32,
}

/// None that the ORM knows of: the store joins by hand.
#[derive(EnumIter, DeriveRelation, Clone, Copy, Debug)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
