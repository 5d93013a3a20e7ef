//! What one new record adds to the totals, as rows to be added with it.

use entity::{
    record,
    total::{Column, Span},
};
use sea_orm::{
    ActiveEnum, ConnectionTrait, DbBackend,
    sea_query::{Expr, ExprTrait, InsertStatement, OnConflict, Query, Value},
};

use super::difference::{Difference, Key, Row};
use crate::change::Change;

/// How many slots there are for writers of one record. Each takes its own: no writer of a server waits for another, and
/// nothing has to be looked for.
pub(super) const OWN_SLOTS: usize = 8;
const SUMS: [Column; 4] = [Column::IncomeMinor, Column::IncomeCount, Column::ExpensesMinor, Column::ExpensesCount];

/// Counts `record` in when `change` ends. Where a row would leave 64 bits, that fails: [`super::apply`] finds another.
pub(crate) fn add(change: &mut Change, record: &record::Model) {
    let backend = change.db().get_database_backend();
    let slot = i16::try_from(change.db().number() % OWN_SLOTS).unwrap_or_default();
    let mut tables: Vec<(&str, Vec<(Key, Row)>)> = Vec::new();
    for (key, mut sums) in Difference::default().plus(record).0 {
        let (table, row) = (table(backend, &key), Row::cut_from(&mut sums));
        match tables.last_mut() {
            Some((last, rows)) if *last == table => rows.push((key, row)),
            _ => tables.push((table, vec![(key, row)])),
        }
    }
    for (table, rows) in tables {
        change.add(insertion(table, slot, rows));
    }
}

/// Where a total is. `PostgreSQL` takes twice as long where it has to find the partition itself.
fn table(backend: DbBackend, key: &Key) -> &'static str {
    match (backend, key.of.category_id(), key.span) {
        (_, None, _) => "currency_totals",
        (DbBackend::Postgres, _, Span::Day) => "day_totals",
        (DbBackend::Postgres, _, Span::Month) => "month_totals",
        (DbBackend::Postgres, _, Span::All) => "all_totals",
        _ => "totals",
    }
}

/// ```sql
/// INSERT INTO day_totals (span, currency, start, category_id, slot, income_minor, …) VALUES ($1, …)
/// ON CONFLICT (span, currency, start, category_id, slot)
/// DO UPDATE SET income_minor = day_totals.income_minor + excluded.income_minor, …
/// ```
fn insertion(table: &'static str, slot: i16, rows: Vec<(Key, Row)>) -> InsertStatement {
    let of_category = rows.first().and_then(|(key, _)| key.of.category_id()).map(|_| Column::CategoryId);
    let key_of = [Column::Span, Column::Currency, Column::Start].into_iter().chain(of_category).chain([Column::Slot]);
    let key_of: Vec<_> = key_of.collect();
    let mut insertion = Query::insert();
    insertion.into_table(table).columns(key_of.iter().copied().chain(SUMS));
    for (Key { of, span, start, currency }, row) in rows {
        let sums = [row.income_minor, row.income_count, row.expenses_minor, row.expenses_count];
        let values = [span.to_value().into(), currency.into(), start.into()].into_iter();
        let values = values.chain(of.category_id().map(Value::from)).chain([slot.into()]);
        insertion.values_panic(values.chain(sums.map(Value::from)).map(Expr::val));
    }
    let added = |column| (column, Expr::col((table, column)).add(Expr::col(("excluded", column))));
    insertion.on_conflict(OnConflict::columns(key_of).values(SUMS.map(added)).to_owned());
    insertion
}
