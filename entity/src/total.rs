//! `totals`: what the dashboard reads. Sums of the records that are not deleted, of each category, per day, per month
//! and of all days.

use chrono::NaiveDate;
use sea_orm::entity::prelude::*;

/// What stretch of time a row sums up.
#[derive(EnumIter, DeriveActiveEnum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum Span {
    /// One calendar day.
    #[sea_orm(string_value = "DAY")]
    Day,
    /// One calendar month; `start` is its first day.
    #[sea_orm(string_value = "MONTH")]
    Month,
    /// All days, and amounts without their signs: no sum of fewer days is more. `start` is the first day that there is,
    /// 1900-01-01.
    #[sea_orm(string_value = "ALL")]
    All,
}

/// A row of `totals`.
#[derive(DeriveEntityModel, Clone, Debug, PartialEq, Eq)]
#[sea_orm(table_name = "totals")]
pub struct Model {
    /// Day, month, or all days.
    #[sea_orm(primary_key, auto_increment = false)]
    pub span: Span,
    /// ISO 4217 code.
    #[sea_orm(primary_key, auto_increment = false)]
    pub currency: String,
    /// First day of the span.
    #[sea_orm(primary_key, auto_increment = false)]
    pub start: NaiveDate,
    /// What the records are for.
    #[sea_orm(primary_key, auto_increment = false)]
    pub category_id: Uuid,
    /// Which part of the total this is: where several writers met, it is spread over a few rows, and is their sum.
    #[sea_orm(primary_key, auto_increment = false)]
    pub slot: i16,
    /// Sum of the income in minor units.
    pub income_minor: i64,
    /// How many records of income.
    pub income_count: i64,
    /// Sum of the expenses in minor units.
    pub expenses_minor: i64,
    /// How many records of expenses.
    pub expenses_count: i64,
}

/// None that the ORM knows of: the store joins by hand.
#[derive(EnumIter, DeriveRelation, Clone, Copy, Debug)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
