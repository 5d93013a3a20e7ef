//! What a write does to the totals, and the statement that does it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use entity::{record, total::Span};
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};
use uuid::Uuid;

use super::sums::{Sum, Sums};
use crate::{
    calendar::month_of,
    error::{Error, Result},
};

/// Over how many rows a total is spread at the most because writers meet. A writer takes the first row that no other
/// holds, so that there are as many as once had to be written at the same time, and one is enough for most.
const SLOTS: u32 = 8;
/// How many rows one statement writes at the most: databases bound the number of its parameters.
const CHUNK: usize = 1_000;
/// How often rows are tried for that others filled meanwhile.
const ATTEMPTS: u32 = 16;

/// What a total sums up. Rows are always written in this order, so that two writers cannot wait for each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) span: Span,
    pub(super) start: NaiveDate,
    pub(super) currency: String,
    pub(super) category_id: Uuid,
}

/// What a write does to the totals it touches.
#[derive(Debug, Default)]
pub struct Difference(pub(super) BTreeMap<Key, Sums>);

impl Difference {
    /// Counts `record` in.
    #[must_use]
    pub fn plus(mut self, record: &record::Model) -> Self {
        self.add(&record.currency, record.date, record.category_id, record.into());
        self
    }

    /// Counts `record` out.
    #[must_use]
    pub fn minus(mut self, record: &record::Model) -> Self {
        self.add(&record.currency, record.date, record.category_id, -Sums::from(record));
        self
    }

    pub(super) fn add(&mut self, currency: &str, date: NaiveDate, category_id: Uuid, sums: Sums) {
        for (span, start) in [(Span::Day, date), (Span::Month, month_of(date))] {
            *self.0.entry(Key { span, start, currency: currency.to_owned(), category_id }).or_default() += sums;
        }
    }
}

/// Adds `difference` to the totals.
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
struct Row {
    income_minor: i64,
    income_count: i64,
    expenses_minor: i64,
    expenses_count: i64,
}

impl Row {
    /// Takes as much as a row can hold out of `sums`.
    fn cut_from(sums: &mut Sums) -> Self {
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
        let added = db.query_all_raw(statement(db.get_database_backend(), &rows)).await?;
        if added.len() == rows.len() {
            return Ok(());
        }
        let added = added.iter().map(|row| {
            Ok(Key {
                span: row.try_get("", "span")?,
                start: row.try_get("", "start")?,
                currency: row.try_get("", "currency")?,
                category_id: row.try_get("", "category_id")?,
            })
        });
        let added = added.collect::<Result<BTreeSet<Key>>>()?;
        rows.retain(|(key, _)| !added.contains(key));
    }
    Err(Error::unavailable("others filled every row of a total that was tried"))
}

/// Adds each row to its total: to the first slot that has room and no other transaction holds; else to a new one, of
/// which there are [`SLOTS`] that have room at the most; else it waits for the first.
///
/// ```sql
/// INSERT INTO totals (span, start, currency, category_id, slot,
///                     income_minor, income_count, expenses_minor, expenses_count)
/// SELECT column1, column2, column3, column4,
///        COALESCE((SELECT slot FROM totals WHERE (it is this total) AND (it has room)
///                  ORDER BY slot LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED),
///                 (SELECT CASE WHEN COUNT(*) FILTER (WHERE (it has room)) < 8 THEN COALESCE(MAX(slot) + 1, 0)
///                              ELSE MIN(slot) FILTER (WHERE (it has room)) END
///                  FROM totals WHERE (it is this total))),
///        column5, column6, column7, column8
/// FROM (VALUES ($1, $2, …), …) AS given WHERE TRUE
/// ON CONFLICT (span, start, currency, category_id, slot) DO UPDATE
/// SET income_minor = totals.income_minor + excluded.income_minor, …
/// WHERE (it still has room) RETURNING span, start, currency, category_id
/// ```
fn statement(backend: DbBackend, rows: &[(Key, Row)]) -> Statement {
    let is_total = "span = column1 AND start = column2 AND currency = column3 AND category_id = column4";
    let has_room = |income: &str, expenses: &str| {
        let most = i64::MAX;
        [("income_minor", income), ("expenses_minor", expenses)]
            .map(|(sum, more)| format!("totals.{sum} BETWEEN ABS({more}) - {most} AND {most} - ABS({more})"))
            .join(" AND ")
    };
    let (room, still_room) =
        (has_room("column5", "column7"), has_room("excluded.income_minor", "excluded.expenses_minor"));
    // SQLite has one writer, whom nobody meets.
    let lock = if backend == DbBackend::Postgres { "FOR NO KEY UPDATE SKIP LOCKED" } else { "" };
    let columns = ["income_minor", "income_count", "expenses_minor", "expenses_count"];
    let added = columns.map(|column| format!("{column} = totals.{column} + excluded.{column}")).join(", ");
    let places = |row| (1..=8).map(|n| format!("${}", row * 8 + n)).collect::<Vec<_>>().join(", ");
    let given = (0..rows.len()).map(|row| format!("({})", places(row))).collect::<Vec<_>>().join(", ");
    // Without `WHERE TRUE` SQLite would take `ON CONFLICT` for the condition of a join.
    let sql = format!(
        "INSERT INTO totals (span, start, currency, category_id, slot, {}) \
         SELECT column1, column2, column3, column4, COALESCE(\
         (SELECT slot FROM totals WHERE {is_total} AND {room} ORDER BY slot LIMIT 1 {lock}), \
         (SELECT CASE WHEN COUNT(*) FILTER (WHERE {room}) < {SLOTS} THEN COALESCE(MAX(slot) + 1, 0) \
         ELSE MIN(slot) FILTER (WHERE {room}) END FROM totals WHERE {is_total})), \
         column5, column6, column7, column8 FROM (VALUES {given}) AS given WHERE TRUE \
         ON CONFLICT (span, start, currency, category_id, slot) DO UPDATE SET {added} WHERE {still_room} \
         RETURNING span, start, currency, category_id",
        columns.join(", "),
    );
    Statement::from_sql_and_values(backend, sql, rows.iter().flat_map(values))
}

fn values((key, row): &(Key, Row)) -> [Value; 8] {
    [
        key.span.into(),
        key.start.into(),
        key.currency.clone().into(),
        key.category_id.into(),
        row.income_minor.into(),
        row.income_count.into(),
        row.expenses_minor.into(),
        row.expenses_count.into(),
    ]
}
