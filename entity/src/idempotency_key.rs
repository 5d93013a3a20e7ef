//! `idempotency_keys`: the keys of changes that clients may send again without making them again.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// A row of `idempotency_keys`.
#[derive(DeriveEntityModel, Clone, Debug, PartialEq, Eq)]
#[sea_orm(table_name = "idempotency_keys")]
pub struct Model {
    /// Whose key it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// The client's key for the change.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// The mutation it came with.
    pub mutation: String,
    /// A digest of the input. Its first byte says how it was made.
    pub digest: Vec<u8>,
    /// A JSON list of the ids of what was made.
    pub made: Json,
    /// When it was first used.
    pub created_at: DateTime<Utc>,
}

/// None.
#[derive(EnumIter, DeriveRelation, Clone, Copy, Debug)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
