//! `currency_totals`: all categories together, for sums that name no category. Sums as in `totals`, per day and per month.

use chrono::NaiveDate;
use sea_orm::entity::prelude::*;

use crate::total::Span;

/// A row of `currency_totals`.
#[derive(DeriveEntityModel, Clone, Debug, PartialEq, Eq)]
#[sea_orm(table_name = "currency_totals")]
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
