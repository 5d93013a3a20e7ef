//! `totals`: what the dashboard reads. Sums of the records that are not deleted, per day and per month.

use chrono::NaiveDate;
use sea_orm::entity::prelude::*;

use crate::RecordKind;

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
}

/// A row of `totals`.
#[derive(DeriveEntityModel, Clone, Debug, PartialEq, Eq)]
#[sea_orm(table_name = "totals")]
pub struct Model {
    /// Day or month.
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
    /// Income or expense.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: RecordKind,
    /// Sum in minor units.
    pub amount_minor: i64,
    /// How many records.
    pub record_count: i64,
}

/// None that the ORM knows of: the store joins by hand.
#[derive(EnumIter, DeriveRelation, Clone, Copy, Debug)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
