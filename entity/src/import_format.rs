//! `import_formats`: how files are to be read, saved by name.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// A row of `import_formats`.
#[derive(DeriveEntityModel, Clone, Debug, PartialEq, Eq)]
#[sea_orm(table_name = "import_formats")]
pub struct Model {
    /// The name as it is compared.
    #[sea_orm(primary_key, auto_increment = false)]
    pub name_key: String,
    /// The name as it is shown.
    pub name: String,
    /// The format, as JSON.
    pub format: Json,
    /// Who saved it last.
    pub updated_by: Uuid,
    /// When it was saved last.
    pub updated_at: DateTime<Utc>,
}

/// None.
#[derive(EnumIter, DeriveRelation, Clone, Copy, Debug)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
