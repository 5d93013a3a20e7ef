//! `downloads`: files of records that were offered, each to be fetched once and soon.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// A row of `downloads`.
#[derive(DeriveEntityModel, Clone, Debug, PartialEq, Eq)]
#[sea_orm(table_name = "downloads")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Who asked for it.
    pub user_id: Uuid,
    /// In which session: when that ends, so does the download.
    pub session_id: Uuid,
    /// The input of `exportRecords`: which records, in which order and format.
    pub input: Json,
    /// Until when it can be fetched.
    pub expires_at: DateTime<Utc>,
    /// When it was fetched.
    pub used_at: Option<DateTime<Utc>>,
}

/// None that the ORM knows of: the store joins by hand.
#[derive(EnumIter, DeriveRelation, Clone, Copy, Debug)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
