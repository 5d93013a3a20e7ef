//! `sign_in_networks`: from where each user has signed in, as coarse as it is of use.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// A row of `sign_in_networks`.
#[derive(DeriveEntityModel, Clone, Debug, PartialEq, Eq)]
#[sea_orm(table_name = "sign_in_networks")]
pub struct Model {
    /// Who signed in.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: Uuid,
    /// A /24 of IPv4 or a /48 of IPv6, as text.
    #[sea_orm(primary_key, auto_increment = false)]
    pub network: String,
    /// When they last did, to within a day.
    pub last_at: DateTime<Utc>,
}

/// None that the ORM knows of: the store joins by hand.
#[derive(EnumIter, DeriveRelation, Clone, Copy, Debug)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
