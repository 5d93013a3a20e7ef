//! `sessions`: one row per sign-in, kept alive by its refresh token.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// A row of `sessions`.
#[derive(DeriveEntityModel, Clone, Debug, PartialEq, Eq)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Whose it is.
    pub user_id: Uuid,
    /// SHA-256 of the refresh token that is valid now.
    pub secret_hash: Vec<u8>,
    /// SHA-256 of the one before it: presenting that late is theft.
    pub previous_secret_hash: Option<Vec<u8>>,
    /// When the refresh token was last replaced.
    pub rotated_at: DateTime<Utc>,
    /// When the user signed in.
    pub created_at: DateTime<Utc>,
    /// When the session was last refreshed.
    pub last_used_at: DateTime<Utc>,
    /// When the refresh token runs out, unless used before.
    pub expires_at: DateTime<Utc>,
    /// When the session ends, however often it is refreshed.
    pub absolute_expires_at: DateTime<Utc>,
    /// When it was ended before that.
    pub revoked_at: Option<DateTime<Utc>>,
    /// What the client called itself at sign-in.
    pub user_agent: Option<String>,
}

/// None that the ORM knows of: the store joins by hand.
#[derive(EnumIter, DeriveRelation, Clone, Copy, Debug)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
