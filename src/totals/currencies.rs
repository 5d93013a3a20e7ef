//! In which currencies there are records.

use std::collections::HashMap;

use entity::{
    currency_total::{Column, Entity},
    total::Span,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait},
};

use crate::{db, error::Result};

/// How many records there are in each currency, by its code; deleted ones do not count.
pub(crate) type RecordsByCurrency = HashMap<String, i64>;

/// Of all days.
pub(crate) async fn records_by_currency(db: &impl ConnectionTrait) -> Result<RecordsByCurrency> {
    let counts: Vec<(String, i64)> = Entity::find()
        .select_only()
        .column(Column::Currency)
        .column_as(db::sum(Expr::col(Column::IncomeCount).add(Expr::col(Column::ExpensesCount))), "records")
        .filter(Column::Span.eq(Span::Month))
        .group_by(Column::Currency)
        .into_tuple()
        .all(db)
        .await?;
    Ok(counts.into_iter().collect())
}
