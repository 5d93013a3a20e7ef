//! `organization`: whose books these are, and how they are kept. One row, whose id is always [`ID`].

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::*;

/// The id of the one row.
pub const ID: Uuid = Uuid::from_u128(1);

/// A day of the week.
#[derive(async_graphql::Enum, EnumIter, DeriveActiveEnum, Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum DayOfWeek {
    /// Monday, with which ISO 8601 begins a week.
    #[default]
    #[sea_orm(string_value = "MONDAY")]
    Monday,
    /// Tuesday.
    #[sea_orm(string_value = "TUESDAY")]
    Tuesday,
    /// Wednesday.
    #[sea_orm(string_value = "WEDNESDAY")]
    Wednesday,
    /// Thursday.
    #[sea_orm(string_value = "THURSDAY")]
    Thursday,
    /// Friday.
    #[sea_orm(string_value = "FRIDAY")]
    Friday,
    /// Saturday.
    #[sea_orm(string_value = "SATURDAY")]
    Saturday,
    /// Sunday.
    #[sea_orm(string_value = "SUNDAY")]
    Sunday,
}

/// A row of `organization`.
#[derive(DeriveEntityModel, Clone, Debug, PartialEq, Eq)]
#[sea_orm(table_name = "organization")]
pub struct Model {
    /// Always [`ID`].
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What it is called.
    pub name: String,
    /// The ISO 4217 code of the currency that is meant where none is named.
    pub base_currency: String,
    /// The month and day on which its financial year begins, such as `04-06`. Never 29 February.
    pub financial_year_start: String,
    /// The day on which its weeks begin.
    pub week_start: DayOfWeek,
    /// The last day whose records can no longer be changed; none where all can.
    pub closed_through: Option<NaiveDate>,
    /// Rises by one with every change.
    pub version: i32,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// Who last changed it; nobody where the program made it.
    pub updated_by: Option<Uuid>,
}

/// None that the ORM knows of.
#[derive(EnumIter, DeriveRelation, Clone, Copy, Debug)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
