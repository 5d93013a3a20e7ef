//! `users`: who may sign in, and as what.

use std::fmt;

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// What a user may do. Each role includes the ones below it; `ADMIN` is the highest, `VIEWER` the lowest.
#[derive(async_graphql::Enum, EnumIter, DeriveActiveEnum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Role {
    /// Reads records, categories and the dashboard.
    #[sea_orm(string_value = "VIEWER")]
    Viewer,
    /// Also creates and updates records.
    #[sea_orm(string_value = "ANALYST")]
    Analyst,
    /// Also deletes and restores records, and manages users and categories.
    #[sea_orm(string_value = "ADMIN")]
    Admin,
}

/// As it is written in the database and in the schema; wherever a role is shown, it is this text.
impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_value())
    }
}

/// A row of `users`.
#[derive(DeriveEntityModel, Clone, PartialEq, Eq)]
#[sea_orm(table_name = "users")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Unique; stored lower-case.
    pub email: String,
    /// Display name.
    pub name: String,
    /// bcrypt, of the pre-hashed password.
    pub password_hash: String,
    /// What they may do.
    pub role: Role,
    /// Whether they may sign in.
    pub is_active: bool,
    /// Rises by one with every change.
    pub version: i32,
    /// When the account was created.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// All but the password hash, which no log may hold.
impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("User").field("id", &self.id).field("role", &self.role).finish_non_exhaustive()
    }
}

/// None that the ORM knows of: the store joins by hand.
#[derive(EnumIter, DeriveRelation, Clone, Copy, Debug)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
