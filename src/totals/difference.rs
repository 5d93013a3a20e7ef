//! What a write does to the totals, and the statement that does it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use entity::{record, total::Span};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    statement::statement,
    sums::{Sum, Sums},
};
use crate::{
    calendar::{FIRST_DAY, month_of},
    error::{Error, Result},
};

/// How many rows one statement writes at the most: databases bound the number of its parameters.
const CHUNK: usize = 1_000;
/// How often rows are tried for that others filled meanwhile.
const ATTEMPTS: u32 = 16;

/// What a total sums up. Rows are always written in this order, those of categories before those of all together, so
/// that two writers cannot wait for each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) of: Of,
    pub(super) span: Span,
    pub(super) start: NaiveDate,
    pub(super) currency: String,
}

/// Which records of its days and currency a total sums up: what table it is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Of {
    /// Those of a category: `totals`.
    Category(Uuid),
    /// All: `currency_totals`.
    All,
}

impl Of {
    pub(super) fn category_id(self) -> Option<Uuid> {
        match self {
            Self::Category(id) => Some(id),
            Self::All => None,
        }
    }
}

impl From<Option<Uuid>> for Of {
    fn from(category_id: Option<Uuid>) -> Self {
        category_id.map_or(Self::All, Self::Category)
    }
}

/// What a write does to the totals it touches.
#[derive(Debug, Default)]
pub struct Difference(pub(super) BTreeMap<Key, Sums>);

impl Difference {
    /// Counts `record` in.
    #[must_use]
    pub fn plus(mut self, record: &record::Model) -> Self {
        let sums = Sums::from(record);
        self.add(&record.currency, record.date, record.category_id, sums, sums.unsigned());
        self
    }

    /// Counts `record` out.
    #[must_use]
    pub fn minus(mut self, record: &record::Model) -> Self {
        let sums = Sums::from(record);
        self.add(&record.currency, record.date, record.category_id, -sums, -sums.unsigned());
        self
    }

    /// Counts a record out as it was, and in as it is; deleted ones count as nothing.
    #[must_use]
    pub(crate) fn between(self, before: &record::Model, after: &record::Model) -> Self {
        let without = if before.deleted_at.is_none() { self.minus(before) } else { self };
        if after.deleted_at.is_none() { without.plus(after) } else { without }
    }

    /// Counts some records of one day in; `unsigned` is what their amounts come to without their signs.
    pub(super) fn add(&mut self, currency: &str, date: NaiveDate, category_id: Uuid, sums: Sums, unsigned: Sums) {
        let (one, days, months) = (Of::Category(category_id), (Span::Day, date), (Span::Month, month_of(date)));
        for (of, (span, start), sums) in [
            (one, days, sums),
            (one, months, sums),
            (one, (Span::All, FIRST_DAY), unsigned),
            (Of::All, days, sums),
            (Of::All, months, sums),
        ] {
            *self.0.entry(Key { of, span, start, currency: currency.to_owned() }).or_default() += sums;
        }
    }
}

/// Adds `difference` to the totals, now.
///
/// # Errors
/// `UNAVAILABLE` where others fill rows faster than this one finds room.
pub async fn apply(db: &impl ConnectionTrait, difference: Difference) -> Result<()> {
    let mut rest: Vec<_> = difference.0.into_iter().collect();
    loop {
        rest.retain(|(_, sums)| *sums != Sums::default());
        if rest.is_empty() {
            return Ok(());
        }
        // What is past 64 bits takes several rows, and one statement writes each total once.
        let mut rows = Vec::with_capacity(rest.len());
        for (key, sums) in &mut rest {
            let row = Row::cut_from(sums);
            rows.push((key.clone(), row));
        }
        for chunk in rows.chunks(CHUNK) {
            add_all(db, chunk.to_vec()).await?;
        }
    }
}

/// How many rows `sums` take at the least.
pub(super) fn rows_of(mut sums: Sums) -> usize {
    let mut rows = 0;
    while sums != Sums::default() {
        Row::cut_from(&mut sums);
        rows += 1;
    }
    rows.max(1)
}

/// The part of some sums that one row can hold.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) income_minor: i64,
    pub(super) income_count: i64,
    pub(super) expenses_minor: i64,
    pub(super) expenses_count: i64,
}

impl Row {
    /// Takes as much as a row can hold out of `sums`.
    pub(super) fn cut_from(sums: &mut Sums) -> Self {
        let cut = |sum: &mut Sum| {
            let minor = sum.minor.clamp(-i128::from(i64::MAX), i64::MAX.into());
            *sum = Sum { minor: sum.minor - minor, count: 0 };
            i64::try_from(minor).unwrap_or_default()
        };
        let (income_count, expenses_count) = (sums.income.count, sums.expenses.count);
        Self {
            income_minor: cut(&mut sums.income),
            income_count,
            expenses_minor: cut(&mut sums.expenses),
            expenses_count,
        }
    }
}

/// Adds all `rows`. A row that another writer filled, between being chosen and being written, is chosen anew.
async fn add_all(db: &impl ConnectionTrait, mut rows: Vec<(Key, Row)>) -> Result<()> {
    for _ in 0..ATTEMPTS {
        let added = db.query_all_raw(statement(db.get_database_backend(), &rows)?).await?;
        if added.len() == rows.len() {
            return Ok(());
        }
        let added = added.iter().map(|row| {
            Ok(Key {
                of: row.try_get::<Option<Uuid>>("", "category_id")?.into(),
                span: row.try_get("", "span")?,
                start: row.try_get("", "start")?,
                currency: row.try_get("", "currency")?,
            })
        });
        let added = added.collect::<Result<BTreeSet<Key>>>()?;
        rows.retain(|(key, _)| !added.contains(key));
    }
    Err(Error::unavailable("others filled every row of a total that was tried"))
}
