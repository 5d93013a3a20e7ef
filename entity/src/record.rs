//! `records`: the books. A row is never removed, only marked deleted.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::entity::prelude::*;

/// Which way the money went.
#[derive(async_graphql::Enum, EnumIter, DeriveActiveEnum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum RecordKind {
    /// Money that came in.
    #[sea_orm(string_value = "INCOME")]
    Income,
    /// Money that went out.
    #[sea_orm(string_value = "EXPENSE")]
    Expense,
}

/// A row of `records`.
#[derive(DeriveEntityModel, Clone, Debug, PartialEq, Eq)]
#[sea_orm(table_name = "records")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Income or expense.
    pub kind: RecordKind,
    /// Minor units of `currency`: below zero where money came back, never zero.
    pub amount_minor: i64,
    /// ISO 4217 code.
    pub currency: String,
    /// What it is for.
    pub category_id: Uuid,
    /// The calendar day it is booked on.
    pub date: NaiveDate,
    /// Free text; empty when there is none.
    pub notes: String,
    /// Who was paid, or who paid.
    pub counterparty: Option<String>,
    /// The import that made it.
    pub import_id: Option<Uuid>,
    /// What the row of a file that it was made from is known by, so that it is imported once.
    pub source_key: Option<Vec<u8>>,
    /// What a search looks at: notes and counterparty, folded, with a line break between them.
    pub search_text: String,
    /// Who entered it.
    pub created_by: Uuid,
    /// Who changed it last.
    pub updated_by: Uuid,
    /// Rises by one with every change.
    pub version: i32,
    /// When it was entered.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// When it was deleted, while it is.
    pub deleted_at: Option<DateTime<Utc>>,
    /// Who deleted it, while it is.
    pub deleted_by: Option<Uuid>,
}

/// What the ORM joins.
#[derive(EnumIter, DeriveRelation, Clone, Copy, Debug)]
pub enum Relation {
    /// What the record is for.
    #[sea_orm(belongs_to = "super::category::Entity", from = "Column::CategoryId", to = "super::category::Column::Id")]
    Category,
}

impl Related<super::category::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Category.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
