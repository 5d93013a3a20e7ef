//! Whether the totals are what the records add up to, and making them so.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use chrono::NaiveDate;
use entity::{RecordKind, currency_total, record, total};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr};
use uuid::Uuid;

use super::{
    difference::{Difference, Key, Of, apply},
    sums::{Sum, Sums, whole},
};
use crate::{
    change::Change,
    db::{self, Db},
    error::Result,
};

/// Totals, each the sum of its rows.
pub(super) fn by_key(rows: impl IntoIterator<Item = (Key, Sums)>) -> BTreeMap<Key, Sums> {
    let mut totals: BTreeMap<Key, Sums> = BTreeMap::new();
    for (key, sums) in rows {
        *totals.entry(key).or_default() += sums;
    }
    totals
}

/// What is in a row of `totals`.
pub(super) fn of_category(row: total::Model) -> (Key, Sums) {
    let sums = Sums::from(&row);
    (Key { of: Of::Category(row.category_id), span: row.span, start: row.start, currency: row.currency }, sums)
}

/// What is in a row of `currency_totals`.
pub(super) fn of_all(row: currency_total::Model) -> (Key, Sums) {
    let sums = Sums::from(&row);
    (Key { of: Of::All, span: row.span, start: row.start, currency: row.currency }, sums)
}

/// A total that is not what the records add up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    key: Key,
    stored: Sums,
    expected: Sums,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, stored, expected } = self;
        let text = |Sums { income, expenses }: &Sums| {
            format!(
                "{} minor units of income in {} records and {} of expenses in {}",
                income.minor, income.count, expenses.minor, expenses.count
            )
        };
        let of = match key.of {
            Of::Category(id) => format!("category {id}"),
            Of::All => "all categories".to_owned(),
        };
        let (stored, expected) = (text(stored), text(expected));
        write!(f, "{:?} {} {} of {of}: {stored}, and the records have {expected}", key.span, key.start, key.currency)
    }
}

/// The totals that differ from what the records add up to, both read at the same moment.
pub async fn verify(db: &Db) -> Result<Vec<Mismatch>> {
    let snapshot = db.snapshot().await?;
    snapshot.take_time().await?;
    let expected = recompute(&snapshot).await?.0;
    let ones = total::Entity::find().all(&snapshot).await?.into_iter().map(of_category);
    let together = currency_total::Entity::find().all(&snapshot).await?.into_iter().map(of_all);
    let stored = by_key(ones.chain(together));
    drop(snapshot);
    let keys: BTreeSet<_> = expected.keys().chain(stored.keys()).collect();
    let sums = |totals: &BTreeMap<Key, Sums>, key| totals.get(key).copied().unwrap_or_default();
    let mismatches = keys.into_iter().map(|key| Mismatch {
        key: key.clone(),
        stored: sums(&stored, key),
        expected: sums(&expected, key),
    });
    Ok(mismatches.filter(|mismatch| mismatch.stored != mismatch.expected).collect())
}

/// Makes the totals anew from the records, each in one row. Writers wait meanwhile, and are told so where it takes long.
pub async fn rebuild(change: &Change) -> Result<()> {
    let tx = change.db();
    db::take_time(tx).await?;
    if tx.get_database_backend() == DbBackend::Postgres {
        // From here on no writer can add to the totals; what it wrote before is committed and read below. Most take the
        // whole table first; who adds one record, its partitions, and those in this order.
        let lock = "LOCK TABLE ONLY totals IN EXCLUSIVE MODE; \
                    LOCK TABLE all_totals, month_totals, day_totals IN EXCLUSIVE MODE";
        tx.execute_unprepared(lock).await?;
    }
    let difference = recompute(tx).await?;
    total::Entity::delete_many().exec(tx).await?;
    currency_total::Entity::delete_many().exec(tx).await?;
    apply(tx, difference).await
}

/// What the totals have to be, from the records themselves.
async fn recompute(db: &impl ConnectionTrait) -> Result<Difference> {
    let [high, low] = db::sum_halves(Expr::col(record::Column::AmountMinor));
    // By sign, since a total of all days sums up what amounts are without theirs.
    let sign = record::Column::AmountMinor.lt(0);
    let days: Vec<(String, NaiveDate, Uuid, RecordKind, i64, i64, i64)> = record::Entity::find()
        .select_only()
        .columns([record::Column::Currency, record::Column::Date, record::Column::CategoryId, record::Column::Kind])
        .expr(high)
        .expr(low)
        .expr(record::Column::Id.count())
        .filter(record::Column::DeletedAt.is_null())
        .group_by(record::Column::Currency)
        .group_by(record::Column::Date)
        .group_by(record::Column::CategoryId)
        .group_by(record::Column::Kind)
        .group_by(sign)
        .into_tuple()
        .all(db)
        .await?;
    let mut difference = Difference::default();
    for (currency, date, category_id, kind, high, low, count) in days {
        let sums = Sums::of(kind, Sum { minor: whole(high, low), count });
        difference.add(&currency, date, category_id, sums, sums.unsigned());
    }
    Ok(difference)
}
