//! The totals of the records, kept in the same transaction as the records: per day and per month, for
//! each currency, category and kind.
//!
//! A row whose count came back to zero stays, and counts as nothing.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use chrono::{Datelike, NaiveDate};
use entity::{
    RecordKind, record,
    total::{self, Column, Span},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use uuid::Uuid;

use crate::{
    db::{self, Db},
    error::{Result, sum_too_large},
};

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
pub struct Difference(BTreeMap<Key, Sum>);

/// Minor units, and a count of records.
type Sum = (i128, i64);

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
        let sum = (i128::from(sign) * i128::from(record.amount_minor), sign);
        self.add(&record.currency, record.date, record.category_id, record.kind, sum);
        self
    }

    fn add(&mut self, currency: &str, date: NaiveDate, category_id: Uuid, kind: RecordKind, sum: Sum) {
        for (span, start) in [(Span::Day, date), (Span::Month, month_of(date))] {
            let key = Key { span, currency: currency.to_owned(), start, category_id, kind };
            let (amount, count) = self.0.entry(key).or_default();
            *amount += sum.0;
            *count += sum.1;
        }
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

fn row((key, (amount_minor, record_count)): (Key, Sum)) -> Result<total::ActiveModel> {
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

/// A total that is not what the records add up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    key: Key,
    stored: Sum,
    expected: Sum,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, stored, expected } = self;
        write!(
            f,
            "{:?} {} {} {:?} of category {}: {} minor units in {} records, and the records have {} in {}",
            key.span, key.start, key.currency, key.kind, key.category_id, stored.0, stored.1, expected.0, expected.1
        )
    }
}

/// The totals that differ from what the records add up to, both read at the same moment.
pub async fn verify(db: &Db) -> Result<Vec<Mismatch>> {
    let snapshot = db.snapshot().await?;
    let expected = recompute(&snapshot).await?.0;
    let stored: BTreeMap<Key, Sum> = total::Entity::find()
        .all(&snapshot)
        .await?
        .into_iter()
        .map(|total| {
            let sum = (total.amount_minor.into(), total.record_count);
            (
                Key {
                    span: total.span,
                    currency: total.currency,
                    start: total.start,
                    category_id: total.category_id,
                    kind: total.kind,
                },
                sum,
            )
        })
        .collect();
    snapshot.commit().await?;
    let keys: BTreeSet<_> = expected.keys().chain(stored.keys()).collect();
    let sum = |sums: &BTreeMap<Key, Sum>, key| sums.get(key).copied().unwrap_or_default();
    let mismatches = keys.into_iter().map(|key| Mismatch {
        key: key.clone(),
        stored: sum(&stored, key),
        expected: sum(&expected, key),
    });
    Ok(mismatches.filter(|mismatch| mismatch.stored != mismatch.expected).collect())
}

/// Makes the totals anew from the records. Writers wait meanwhile.
pub async fn rebuild(db: &Db) -> Result<()> {
    let tx = db.write().await?;
    if tx.get_database_backend() == DbBackend::Postgres {
        // From here on no writer can add to the totals; what it wrote before is committed and read below.
        tx.execute_unprepared("LOCK TABLE totals IN EXCLUSIVE MODE").await?;
    }
    let difference = recompute(&*tx).await?;
    total::Entity::delete_many().exec(&*tx).await?;
    apply(&*tx, difference).await?;
    tx.commit().await
}

/// What the totals have to be, from the records themselves.
async fn recompute(db: &impl ConnectionTrait) -> Result<Difference> {
    let days: Vec<(String, NaiveDate, Uuid, RecordKind, i64, i64)> = record::Entity::find()
        .select_only()
        .columns([record::Column::Currency, record::Column::Date, record::Column::CategoryId, record::Column::Kind])
        .expr(db::sum(Expr::col(record::Column::AmountMinor)))
        .expr(record::Column::Id.count())
        .filter(record::Column::DeletedAt.is_null())
        .group_by(record::Column::Currency)
        .group_by(record::Column::Date)
        .group_by(record::Column::CategoryId)
        .group_by(record::Column::Kind)
        .into_tuple()
        .all(db)
        .await?;
    let mut difference = Difference::default();
    for (currency, date, category_id, kind, amount, count) in days {
        difference.add(&currency, date, category_id, kind, (amount.into(), count));
    }
    Ok(difference)
}
