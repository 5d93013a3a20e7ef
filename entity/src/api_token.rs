//! `api_tokens`: one row per token that a program signs in with.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::Role;

/// A row of `api_tokens`.
#[derive(DeriveEntityModel, Clone, Debug, PartialEq, Eq)]
#[sea_orm(table_name = "api_tokens")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whom it acts for.
    pub user_id: Uuid,
    /// What it is for.
    pub name: String,
    /// The most that it may do, if its owner may.
    pub role: Role,
    /// SHA-256 of its text.
    pub secret_hash: Vec<u8>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it stops working; never, where there is none.
    pub expires_at: Option<DateTime<Utc>>,
    /// When it was last used, to ten minutes.
    pub last_used_at: Option<DateTime<Utc>>,
    /// The address that it was used from then.
    pub last_used_from: Option<String>,
    /// When it was revoked.
    pub revoked_at: Option<DateTime<Utc>>,
}

/// None that the ORM knows of: the store joins by hand.
#[derive(EnumIter, DeriveRelation, Clone, Copy, Debug)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
