//! `import_chunks`: the files of imports as they came, cut into pieces.

use sea_orm::entity::prelude::*;

/// A row of `import_chunks`.
#[derive(DeriveEntityModel, Clone, Debug, PartialEq, Eq)]
#[sea_orm(table_name = "import_chunks")]
pub struct Model {
    /// Whose file it is.
    #[sea_orm(primary_key, auto_increment = false)]
    pub import_id: Uuid,
    /// Which upload of it: of two at once, the one that ends last counts.
    #[sea_orm(primary_key, auto_increment = false)]
    pub upload: Uuid,
    /// Which piece, from 0.
    #[sea_orm(primary_key, auto_increment = false)]
    pub number: i32,
    /// What is in it.
    pub bytes: Vec<u8>,
}

/// None.
#[derive(EnumIter, DeriveRelation, Clone, Copy, Debug)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
