//! The statements that add to totals.

use sea_orm::{DbBackend, DbErr, Statement, Value};

use super::{
    difference::{Key, Row},
    plain::OWN_SLOTS,
};
use crate::db::Rows;

/// Over how many rows a total is spread at the most because writers meet. A writer takes the first row that no other
/// holds, so that there are as many as once had to be written at the same time, and one is enough for most.
const SLOTS: u32 = 8;
/// How many rows are few: those of one record that is changed.
const FEW: usize = 16;
const SUMS: [&str; 4] = ["income_minor", "income_count", "expenses_minor", "expenses_count"];

/// Adds `rows` to both tables, each to its total, and gives the keys of those that it added. `SQLite` takes one text
/// for two statements; on `PostgreSQL` it is one:
///
/// ```sql
/// WITH ones AS (INSERT INTO totals …), together AS (INSERT INTO currency_totals …)
/// SELECT * FROM ones UNION ALL SELECT * FROM together
/// ```
///
/// They run in the order of their results, so that the rows of one are locked before those of the other.
///
/// Those of many rows are of a transaction that holds them for long. They stay out of the slots of [`super::plain`].
pub(super) fn statement(backend: DbBackend, rows: &[(Key, Row)]) -> Result<Statement, DbErr> {
    let lowest = if backend == DbBackend::Postgres && rows.len() > FEW { OWN_SLOTS } else { 0 };
    let (ones, together): (Vec<_>, Vec<_>) = rows.iter().partition(|(key, _)| key.of.category_id().is_some());
    let (mut values, mut parts) = (Vec::new(), Vec::new());
    for (table, rows) in [("totals", ones), ("currency_totals", together)] {
        if rows.is_empty() {
            continue;
        }
        let mut given = Rows::of(backend, table);
        for (key, row) in rows {
            given.push(named(key, row))?;
        }
        parts.push((table, addition(backend, table, &given.select(values.len() + 1), lowest)));
        values.push(given.into_value());
    }
    let sql = match (backend, &parts[..]) {
        (DbBackend::Postgres, [(one, first), (other, second)]) => format!(
            "WITH added_{one} AS ({first}), added_{other} AS ({second}) \
             SELECT * FROM added_{one} UNION ALL SELECT * FROM added_{other}"
        ),
        _ => parts.into_iter().map(|(_, sql)| sql).collect::<Vec<_>>().join("; "),
    };
    Ok(Statement::from_sql_and_values(backend, sql, values))
}

/// Adds each row to its total: to the first slot that has room and no other transaction holds; else to a new one, of
/// which there are [`SLOTS`] that have room at the most; else it waits for the first.
///
/// ```sql
/// WITH given AS MATERIALIZED (SELECT … FROM (the rows))
/// INSERT INTO totals (span, currency, start, category_id, slot,
///                     income_minor, income_count, expenses_minor, expenses_count)
/// SELECT given.span, given.currency, given.start, given.category_id,
///        COALESCE((SELECT slot FROM totals WHERE (it is this total) AND (it has room)
///                  ORDER BY slot LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED),
///                 (SELECT CASE WHEN COUNT(*) FILTER (WHERE (it has room)) < 8 THEN COALESCE(MAX(slot) + 1, 0)
///                              ELSE MIN(slot) FILTER (WHERE (it has room)) END
///                  FROM totals WHERE (it is this total))),
///        given.income_minor, given.income_count, given.expenses_minor, given.expenses_count
/// FROM given WHERE TRUE
/// ON CONFLICT (span, currency, start, category_id, slot) DO UPDATE
/// SET income_minor = totals.income_minor + excluded.income_minor, …
/// WHERE (it still has room) RETURNING span, currency, start, category_id
/// ```
fn addition(backend: DbBackend, table: &str, rows: &str, lowest: usize) -> String {
    let key: &[&str] = match table {
        "totals" => &["span", "currency", "start", "category_id"],
        _ => &["span", "currency", "start"],
    };
    let is_total = key.iter().map(|column| format!("{column} = given.{column}"));
    let is_total = is_total.chain([format!("slot >= {lowest}")]).collect::<Vec<_>>().join(" AND ");
    let has_room = |more: &str| {
        let most = i64::MAX;
        let fits = |sum| format!("{table}.{sum} BETWEEN ABS({more}.{sum}) - {most} AND {most} - ABS({more}.{sum})");
        ["income_minor", "expenses_minor"].map(fits).join(" AND ")
    };
    let (room, still_room) = (has_room("given"), has_room("excluded"));
    // SQLite has one writer, whom nobody meets.
    let lock = if backend == DbBackend::Postgres { "FOR NO KEY UPDATE SKIP LOCKED" } else { "" };
    let added = SUMS.map(|column| format!("{column} = {table}.{column} + excluded.{column}")).join(", ");
    let given =
        |columns: &[&str]| columns.iter().map(|column| format!("given.{column}")).collect::<Vec<_>>().join(", ");
    let category_id = if key.len() == 4 { "category_id" } else { no_category(backend) };
    let key_of = key.join(", ");
    // Without `WHERE TRUE` SQLite would take `ON CONFLICT` for the condition of a join.
    format!(
        "WITH given AS MATERIALIZED ({rows}) INSERT INTO {table} ({key_of}, slot, {}) SELECT {}, COALESCE(\
         (SELECT slot FROM {table} WHERE {is_total} AND {room} ORDER BY slot LIMIT 1 {lock}), \
         (SELECT CASE WHEN COUNT(*) FILTER (WHERE {room}) < {SLOTS} THEN COALESCE(MAX(slot) + 1, {lowest}) \
         ELSE MIN(slot) FILTER (WHERE {room}) END FROM {table} WHERE {is_total})), \
         {} FROM given WHERE TRUE \
         ON CONFLICT ({key_of}, slot) DO UPDATE SET {added} WHERE {still_room} \
         RETURNING span, currency, start, {category_id}",
        SUMS.join(", "),
        given(key),
        given(&SUMS),
    )
}

fn no_category(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "CAST(NULL AS uuid) AS category_id",
        _ => "NULL AS category_id",
    }
}

fn named(key: &Key, row: &Row) -> impl Iterator<Item = (&'static str, Value)> {
    let key_of = [("span", key.span.into()), ("currency", key.currency.clone().into()), ("start", key.start.into())];
    let category_id = key.of.category_id().map(|id| ("category_id", id.into()));
    let sums = [row.income_minor, row.income_count, row.expenses_minor, row.expenses_count];
    key_of.into_iter().chain(category_id).chain(SUMS.into_iter().zip(sums.map(Value::from)))
}
