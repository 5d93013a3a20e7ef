//! The totals of the records, kept in the same transaction as the records: per day and per month, for
//! each currency, category and kind.
//!
//! A row whose count came back to zero stays, and counts as nothing.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};
use entity::{
    RecordKind, record,
    total::{self, Column, Span},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use uuid::Uuid;

use crate::error::{Result, sum_too_large};

/// What a row of totals sums up. Rows are always written in this order, so that two writers cannot
/// wait for each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    span: Span,
    currency: String,
    start: NaiveDate,
    category_id: Uuid,
    kind: RecordKind,
}

/// What a write does to the totals: a sum and a count for each row it touches.
#[derive(Debug, Default)]
pub struct Difference(BTreeMap<Key, (i128, i64)>);

impl Difference {
    /// Counts `record` in.
    #[must_use]
    pub fn plus(self, record: &record::Model) -> Self {
        self.change(record, 1)
    }

    /// Counts `record` out.
    #[must_use]
    pub fn minus(self, record: &record::Model) -> Self {
        self.change(record, -1)
    }

    fn change(mut self, record: &record::Model, sign: i64) -> Self {
        for (span, start) in [(Span::Day, record.date), (Span::Month, month_of(record.date))] {
            let key = Key {
                span,
                currency: record.currency.clone(),
                start,
                category_id: record.category_id,
                kind: record.kind,
            };
            let (amount, count) = self.0.entry(key).or_default();
            *amount += i128::from(sign) * i128::from(record.amount_minor);
            *count += sign;
        }
        self
    }
}

/// The first day of `date`'s month.
#[must_use]
pub fn month_of(date: NaiveDate) -> NaiveDate {
    date.with_day(1).unwrap_or(date)
}

/// How many rows one statement writes at the most: databases bound the number of its parameters.
const CHUNK: usize = 1_000;

/// Adds `difference` to the totals.
///
/// # Errors
/// `BAD_USER_INPUT` when a sum would not fit into 64 bits.
pub async fn apply(db: &impl ConnectionTrait, difference: Difference) -> Result<()> {
    let rows: Vec<_> =
        difference.0.into_iter().filter(|(_, change)| *change != (0, 0)).map(row).collect::<Result<_>>()?;
    for chunk in rows.chunks(CHUNK) {
        add(db, chunk.to_vec()).await?;
    }
    Ok(())
}

async fn add(db: &impl ConnectionTrait, rows: Vec<total::ActiveModel>) -> Result<()> {
    let add = |column: Column| Expr::col((total::Entity, column)).add(Expr::col(("excluded", column)));
    total::Entity::insert_many(rows)
        .on_conflict(
            OnConflict::columns([Column::Span, Column::Currency, Column::Start, Column::CategoryId, Column::Kind])
                .value(Column::AmountMinor, add(Column::AmountMinor))
                .value(Column::RecordCount, add(Column::RecordCount))
                .to_owned(),
        )
        .exec_without_returning(db)
        .await?;
    Ok(())
}

fn row((key, (amount_minor, record_count)): (Key, (i128, i64))) -> Result<total::ActiveModel> {
    Ok(total::ActiveModel {
        span: Set(key.span),
        currency: Set(key.currency),
        start: Set(key.start),
        category_id: Set(key.category_id),
        kind: Set(key.kind),
        amount_minor: Set(i64::try_from(amount_minor).map_err(|_| sum_too_large())?),
        record_count: Set(record_count),
    })
}

/// Adds the totals of the category `from` to those of `into`, and removes them.
pub async fn move_category(db: &impl ConnectionTrait, from: Uuid, into: Uuid) -> Result<()> {
    let moving = total::Entity::find().filter(Column::CategoryId.eq(from)).all(db).await?;
    let mut difference = Difference::default();
    for total in moving {
        let key =
            Key { span: total.span, currency: total.currency, start: total.start, category_id: into, kind: total.kind };
        difference.0.insert(key, (total.amount_minor.into(), total.record_count));
    }
    total::Entity::delete_many().filter(Column::CategoryId.eq(from)).exec(db).await?;
    apply(db, difference).await
}
