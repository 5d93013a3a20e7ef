//! `personal_values`: users' names and e-mail addresses in the audit trail, apart from it. The event holds a hash of
//! salt and values: both can be removed, and the chain still holds.

use sea_orm::entity::prelude::*;

/// A row of `personal_values`.
#[derive(DeriveEntityModel, Clone, Debug, PartialEq, Eq)]
#[sea_orm(table_name = "personal_values")]
pub struct Model {
    /// The event whose change it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub event_id: Uuid,
    /// The field that changed.
    #[sea_orm(primary_key, auto_increment = false)]
    pub field: String,
    /// Random bytes.
    pub salt: Vec<u8>,
    /// The value before.
    pub before: Option<String>,
    /// The value after.
    pub after: Option<String>,
}

/// None.
#[derive(EnumIter, DeriveRelation, Clone, Copy, Debug)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
