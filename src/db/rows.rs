//! Many rows in one parameter. The text of the statement is the same for any number of them, so that it is prepared once,
//! and no connection keeps many texts with a place for each value.

use std::fmt::{self, Write};

use chrono::SecondsFormat;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityName, EntityTrait, IdenStatic, Iterable,
    JsonValue as Json, Statement, Value,
    sea_query::{BinOper, Expr, ExprTrait, SimpleExpr},
};

/// How many rows one statement adds.
const BATCH: usize = 1_000;

/// Rows of a table, as JSON: the form of many rows that both databases read. `SQLite` has no arrays.
pub(crate) struct Rows {
    backend: DbBackend,
    table: &'static str,
    columns: Vec<Column>,
    json: String,
}

struct Column {
    name: &'static str,
    holds_bytes: bool,
}

impl Rows {
    /// No rows yet.
    pub(crate) fn of(backend: DbBackend, table: &'static str) -> Self {
        Self { backend, table, columns: Vec::new(), json: String::from("[") }
    }

    /// Adds a row. All rows have the same columns.
    pub(crate) fn push(&mut self, row: impl IntoIterator<Item = (&'static str, Value)>) -> Result<(), DbErr> {
        let is_first = self.json.len() == 1;
        self.json.push_str(if is_first { "{" } else { ",{" });
        for (place, (name, value)) in row.into_iter().enumerate() {
            if is_first {
                let holds_bytes = matches!(value, Value::Bytes(_))
                    || self.backend == DbBackend::Sqlite && matches!(value, Value::Uuid(_));
                self.columns.push(Column { name, holds_bytes });
            }
            let comma = if place == 0 { "" } else { "," };
            write!(self.json, "{comma}\"{name}\":").map_err(unwritten)?;
            write_value(&mut self.json, self.backend, value)?;
        }
        self.json.push('}');
        Ok(())
    }

    /// The names of the columns.
    pub(crate) fn columns(&self) -> String {
        self.columns.iter().map(|column| quoted(column.name)).collect::<Vec<_>>().join(", ")
    }

    /// Selects them, in their order, from the parameter `place`, which is counted from 1.
    pub(crate) fn select(&self, place: usize) -> String {
        if self.backend == DbBackend::Postgres {
            let table = quoted(self.table);
            return format!("SELECT {} FROM json_populate_recordset(NULL::{table}, ${place}::json)", self.columns());
        }
        let columns = self.columns.iter().map(|Column { name, holds_bytes }| {
            let value = format!("value ->> '{name}'");
            format!("{} AS {}", if *holds_bytes { format!("unhex({value})") } else { value }, quoted(name))
        });
        format!("SELECT {} FROM jsonb_each(?)", columns.collect::<Vec<_>>().join(", "))
    }

    /// The parameter.
    pub(crate) fn into_value(mut self) -> Value {
        self.json.push(']');
        self.json.into()
    }
}

/// Adds `rows`, which have values for the same columns, to their table.
pub(crate) async fn insert_many<A>(db: &impl ConnectionTrait, rows: impl IntoIterator<Item = A>) -> Result<(), DbErr>
where
    A: ActiveModelTrait,
{
    for statement in insertions(db.get_database_backend(), rows)? {
        db.execute_raw(statement).await?;
    }
    Ok(())
}

fn insertions<A>(backend: DbBackend, rows: impl IntoIterator<Item = A>) -> Result<Vec<Statement>, DbErr>
where
    A: ActiveModelTrait,
{
    let table = A::Entity::default().table_name();
    let (mut left, mut statements) = (rows.into_iter().peekable(), Vec::new());
    while left.peek().is_some() {
        let mut rows = Rows::of(backend, table);
        for row in left.by_ref().take(BATCH) {
            let given = <A::Entity as EntityTrait>::Column::iter();
            rows.push(given.filter_map(|column| Some((column.as_str(), row.get(column).into_value()?))))?;
        }
        let sql = format!("INSERT INTO {} ({}) {}", quoted(table), rows.columns(), rows.select(1));
        statements.push(Statement::from_sql_and_values(backend, sql, [rows.into_value()]));
    }
    Ok(statements)
}

/// As [`super::any_of`], for many values: also on `SQLite` it is the same statement for any number of them.
pub(crate) fn any_of_many<T>(backend: DbBackend, column: impl ColumnTrait, values: Vec<T>) -> Result<SimpleExpr, DbErr>
where
    T: Into<Value>,
    Vec<T>: Into<Value>,
{
    if backend == DbBackend::Postgres {
        return Ok(super::any_of(backend, column, values));
    }
    let (mut json, mut holds_bytes) = (String::from("["), false);
    for (place, value) in values.into_iter().map(Into::into).enumerate() {
        holds_bytes = matches!(value, Value::Bytes(_) | Value::Uuid(_));
        json.push_str(if place == 0 { "" } else { "," });
        write_value(&mut json, backend, value)?;
    }
    json.push(']');
    let value = if holds_bytes { "unhex(value)" } else { "value" };
    let values = Expr::cust_with_values(format!("SELECT {value} FROM json_each(?)"), [json]);
    Ok(Expr::col(column.as_column_ref()).binary(BinOper::In, Expr::expr(values)))
}

fn quoted(name: &str) -> String {
    format!("\"{name}\"")
}

/// As the driver of each database writes it, too.
fn write_value(json: &mut String, backend: DbBackend, value: Value) -> Result<(), DbErr> {
    let is_sqlite = backend == DbBackend::Sqlite;
    match value {
        Value::SmallInt(Some(number)) => write!(json, "{number}"),
        Value::Int(Some(number)) => write!(json, "{number}"),
        Value::BigInt(Some(number)) => write!(json, "{number}"),
        Value::String(Some(text)) => write!(json, "{}", Json::from(text)),
        Value::Bytes(Some(bytes)) => {
            json.push_str(if is_sqlite { "\"" } else { "\"\\\\x" });
            json.extend(
                bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(|n| char::from_digit(n.into(), 16)),
            );
            write!(json, "\"")
        }
        Value::Uuid(Some(id)) if is_sqlite => write!(json, "\"{}\"", id.simple()),
        Value::Uuid(Some(id)) => write!(json, "\"{id}\""),
        Value::ChronoDate(Some(date)) => write!(json, "\"{date}\""),
        Value::ChronoDateTimeUtc(Some(at)) => write!(json, "\"{}\"", at.to_rfc3339_opts(SecondsFormat::AutoSi, false)),
        Value::Json(Some(value)) => write!(json, "{value}"),
        Value::SmallInt(None)
        | Value::Int(None)
        | Value::BigInt(None)
        | Value::String(None)
        | Value::Bytes(None)
        | Value::Uuid(None)
        | Value::ChronoDate(None)
        | Value::ChronoDateTimeUtc(None)
        | Value::Json(None) => write!(json, "null"),
        other => return Err(DbErr::Type(format!("no row is written with a value like {other:?}"))),
    }
    .map_err(unwritten)
}

fn unwritten(error: fmt::Error) -> DbErr {
    DbErr::Custom(error.to_string())
}
