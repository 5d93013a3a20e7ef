//! The statements that add to totals.

use sea_orm::{DbBackend, Statement, Value};

use super::{
    difference::{Key, Row},
    plain::OWN_SLOTS,
};

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
pub(super) fn statement(backend: DbBackend, rows: &[(Key, Row)]) -> Statement {
    let lowest = if backend == DbBackend::Postgres && rows.len() > FEW { OWN_SLOTS } else { 0 };
    let (ones, together): (Vec<_>, Vec<_>) = rows.iter().partition(|(key, _)| key.of.category_id().is_some());
    let mut values = Vec::new();
    let mut parts = Vec::new();
    for (table, rows) in [("totals", ones), ("currency_totals", together)] {
        if !rows.is_empty() {
            parts.push((table, addition(backend, table, (values.len(), rows.len()), lowest)));
            values.extend(rows.into_iter().flat_map(values_of));
        }
    }
    let sql = match (backend, &parts[..]) {
        (DbBackend::Postgres, [(one, first), (other, second)]) => format!(
            "WITH added_{one} AS ({first}), added_{other} AS ({second}) \
             SELECT * FROM added_{one} UNION ALL SELECT * FROM added_{other}"
        ),
        _ => parts.into_iter().map(|(_, sql)| sql).collect::<Vec<_>>().join("; "),
    };
    Statement::from_sql_and_values(backend, sql, values)
}

/// Adds each row to its total: to the first slot that has room and no other transaction holds; else to a new one, of
/// which there are [`SLOTS`] that have room at the most; else it waits for the first.
///
/// ```sql
/// INSERT INTO totals (span, currency, start, category_id, slot,
///                     income_minor, income_count, expenses_minor, expenses_count)
/// SELECT column1, column2, column3, column4,
///        COALESCE((SELECT slot FROM totals WHERE (it is this total) AND (it has room)
///                  ORDER BY slot LIMIT 1 FOR NO KEY UPDATE SKIP LOCKED),
///                 (SELECT CASE WHEN COUNT(*) FILTER (WHERE (it has room)) < 8 THEN COALESCE(MAX(slot) + 1, 0)
///                              ELSE MIN(slot) FILTER (WHERE (it has room)) END
///                  FROM totals WHERE (it is this total))),
///        column5, column6, column7, column8
/// FROM (VALUES ($1, $2, …), …) AS given WHERE TRUE
/// ON CONFLICT (span, currency, start, category_id, slot) DO UPDATE
/// SET income_minor = totals.income_minor + excluded.income_minor, …
/// WHERE (it still has room) RETURNING span, currency, start, category_id
/// ```
fn addition(backend: DbBackend, table: &str, (given_before, rows): (usize, usize), lowest: usize) -> String {
    let key: &[&str] = match table {
        "totals" => &["span", "currency", "start", "category_id"],
        _ => &["span", "currency", "start"],
    };
    let width = key.len() + SUMS.len();
    let given = |column: usize| format!("column{}", column + 1);
    let is_total = key.iter().enumerate().map(|(at, column)| format!("{column} = {}", given(at)));
    let is_total = is_total.chain([format!("slot >= {lowest}")]).collect::<Vec<_>>().join(" AND ");
    let has_room = |income: &str, expenses: &str| {
        let most = i64::MAX;
        [("income_minor", income), ("expenses_minor", expenses)]
            .map(|(sum, more)| format!("{table}.{sum} BETWEEN ABS({more}) - {most} AND {most} - ABS({more})"))
            .join(" AND ")
    };
    let room = has_room(&given(key.len()), &given(key.len() + 2));
    let still_room = has_room("excluded.income_minor", "excluded.expenses_minor");
    // SQLite has one writer, whom nobody meets.
    let lock = if backend == DbBackend::Postgres { "FOR NO KEY UPDATE SKIP LOCKED" } else { "" };
    let added = SUMS.map(|column| format!("{column} = {table}.{column} + excluded.{column}")).join(", ");
    let columns = |range: std::ops::Range<usize>| range.map(given).collect::<Vec<_>>().join(", ");
    let place = |n| match backend {
        DbBackend::Postgres => format!("${}", given_before + n),
        // A number of their own, and SQLite would look it up among all others.
        _ => "?".to_owned(),
    };
    let places = |row| (1..=width).map(|n| place(row * width + n)).collect::<Vec<_>>();
    let rows = (0..rows).map(|row| format!("({})", places(row).join(", "))).collect::<Vec<_>>().join(", ");
    let category_id = if key.len() == 4 { "category_id" } else { no_category(backend) };
    let (key_of, of_key) = (key.join(", "), columns(0..key.len()));
    // Without `WHERE TRUE` SQLite would take `ON CONFLICT` for the condition of a join.
    format!(
        "INSERT INTO {table} ({key_of}, slot, {}) SELECT {of_key}, COALESCE(\
         (SELECT slot FROM {table} WHERE {is_total} AND {room} ORDER BY slot LIMIT 1 {lock}), \
         (SELECT CASE WHEN COUNT(*) FILTER (WHERE {room}) < {SLOTS} THEN COALESCE(MAX(slot) + 1, {lowest}) \
         ELSE MIN(slot) FILTER (WHERE {room}) END FROM {table} WHERE {is_total})), \
         {} FROM (VALUES {rows}) AS given WHERE TRUE \
         ON CONFLICT ({key_of}, slot) DO UPDATE SET {added} WHERE {still_room} \
         RETURNING span, currency, start, {category_id}",
        SUMS.join(", "),
        columns(key.len()..width),
    )
}

fn no_category(backend: DbBackend) -> &'static str {
    match backend {
        DbBackend::Postgres => "CAST(NULL AS uuid) AS category_id",
        _ => "NULL AS category_id",
    }
}

fn values_of((key, row): &(Key, Row)) -> Vec<Value> {
    let key_of = [key.span.into(), key.currency.clone().into(), key.start.into()];
    let sums = [row.income_minor, row.income_count, row.expenses_minor, row.expenses_count];
    key_of.into_iter().chain(key.of.category_id().map(Value::from)).chain(sums.map(Value::from)).collect()
}
