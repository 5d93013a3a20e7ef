//! `throttles`: what was tried too often, counted where every server sees it.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// A row of `throttles`.
#[derive(DeriveEntityModel, Clone, Debug, PartialEq, Eq)]
#[sea_orm(table_name = "throttles")]
pub struct Model {
    /// `account:` and the SHA-256 of an e-mail address, `sign-in:` with that and a network, `address:` or `registration:`
    /// and a network, `password:` and a user's id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// Failures since the last success, or in the window.
    pub failures: i32,
    /// Start of the window that `failures` counts in.
    pub window_start: DateTime<Utc>,
    /// No attempt is looked at before this.
    pub blocked_until: DateTime<Utc>,
}

/// None that the ORM knows of: the store joins by hand.
#[derive(EnumIter, DeriveRelation, Clone, Copy, Debug)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
