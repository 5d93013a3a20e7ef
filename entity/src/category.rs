//! `categories`: what a record is for. One comes into being when a record first names it.

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
    /// The name normalised and case-folded; unique, so that `Rent` and `rent` are one.
    pub name_key: String,
    /// When it was first named.
    pub created_at: DateTime<Utc>,
}

/// None that the ORM knows of: the store joins by hand.
#[derive(EnumIter, DeriveRelation, Clone, Copy, Debug)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
