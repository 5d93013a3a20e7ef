//! `journal_head`: where the journal ends. Whoever locks its one row gives the next positions.

use sea_orm::entity::prelude::*;

/// The row of `journal_head`.
#[derive(DeriveEntityModel, Clone, Debug, PartialEq, Eq)]
#[sea_orm(table_name = "journal_head")]
pub struct Model {
    /// Always 1.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// The last position given; 0 before the first.
    pub position: i64,
    /// The hash there; 32 zero bytes before the first.
    pub hash: Vec<u8>,
}

/// None.
#[derive(EnumIter, DeriveRelation, Clone, Copy, Debug)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
