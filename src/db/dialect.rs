//! What has to be said differently to SQLite and PostgreSQL, as expressions that mean the same on both.

use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, Statement,
    sea_query::{
        BinOper, Expr, ExprTrait, Func, JoinType, LikeExpr, Query, SelectStatement, SimpleExpr, Value,
        extension::postgres::PgFunc,
    },
};

/// Lets the statements and locks of a transaction take as long as they take.
pub async fn take_time(tx: &impl ConnectionTrait) -> Result<(), DbErr> {
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0").await?;
    }
    Ok(())
}

/// Waits until no other transaction has the turn called `name` in these tables, and keeps it until this one ends. `SQLite`
/// has one writer at a time anyway.
pub(crate) async fn take_turns(tx: &impl ConnectionTrait, name: &str) -> Result<(), DbErr> {
    if tx.get_database_backend() == DbBackend::Postgres {
        let lock = "SELECT pg_advisory_xact_lock(hashtextextended(current_schema() || '.' || $1, 0))";
        tx.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, lock, [name.into()])).await?;
    }
    Ok(())
}

/// `SUM(expression)` as a 64-bit integer, zero over no rows; `PostgreSQL` would make it numeric.
#[must_use]
pub fn sum(expression: impl Into<SimpleExpr>) -> SimpleExpr {
    Func::coalesce([Expr::expr(Func::sum(expression.into())).cast_as("bigint"), Expr::val(0_i64)]).into()
}

/// The sum of an expression of 64-bit integers, which can be past 64 bits: that of the upper halves, in units of 2^32, and
/// that of the lower. `SQLite` has no larger integers, and refuses a `SUM` that leaves them.
#[must_use]
pub fn sum_halves(expression: impl Into<SimpleExpr>) -> [SimpleExpr; 2] {
    let expression = expression.into();
    let high = expression.clone().right_shift(Expr::cust("32"));
    let low = expression.bit_and(Expr::cust("4294967295"));
    [sum(high), sum(low)]
}

/// Whether `column` is one of `values`. On `PostgreSQL` the statement is the same for any number of them, so
/// that it is prepared once.
pub fn any_of<T>(backend: DbBackend, column: impl ColumnTrait, values: Vec<T>) -> SimpleExpr
where
    T: Into<Value>,
    Vec<T>: Into<Value>,
{
    match backend {
        DbBackend::Postgres => Expr::col(column.as_column_ref()).eq(PgFunc::any(Expr::val(values))),
        _ => column.is_in(values),
    }
}

/// The bytes of `column` with those of the row's id behind them.
pub(crate) fn with_id(backend: DbBackend, column: impl ColumnTrait) -> SimpleExpr {
    let column = column.as_str().to_owned();
    Expr::cust(match backend {
        DbBackend::Postgres => format!("{column} || uuid_send(id)"),
        _ => format!("CAST({column} || id AS BLOB)"),
    })
}

/// Whether `column` is one of the ids that `subquery` selects, which is run once, before the rows are looked for.
pub fn any_selected(backend: DbBackend, column: impl ColumnTrait, subquery: SelectStatement) -> SimpleExpr {
    match backend {
        // As an array, or PostgreSQL would join, and look at more rows than the index on `column` holds of them.
        DbBackend::Postgres => {
            let ids = SimpleExpr::SubQuery(None, Box::new(subquery.into()));
            Expr::col(column.as_column_ref()).eq(PgFunc::any(Func::cust("ARRAY").arg(ids)))
        }
        _ => column.in_subquery(subquery),
    }
}

/// The ids of what `first` finds in `table` for each id that `each` selects, which it knows as `("each", "id")`: so
/// much of each as its limit says, read by an index in its order, however many rows there are.
pub(crate) fn first_of_each<T: EntityTrait>(
    backend: DbBackend,
    each: SelectStatement,
    table: T,
    id: T::Column,
    first: SelectStatement,
) -> SelectStatement {
    let mut ids = Query::select();
    ids.expr(Expr::col(("first", id))).from_subquery(each, "each");
    match backend {
        DbBackend::Postgres => ids.join_lateral(JoinType::InnerJoin, first, "first", Expr::cust("TRUE")),
        // SQLite knows no lateral joins, but an `IN` for each row. A cross join, or it might begin with the table.
        _ => ids
            .join_as(JoinType::CrossJoin, table, "first", Expr::cust("TRUE"))
            .and_where(Expr::col(("first", id)).in_subquery(first)),
    };
    ids
}

/// Whether `column` holds `text`, every character of it meant literally; case is ignored for A to Z.
pub fn contains(backend: DbBackend, column: impl ColumnTrait, text: &str) -> SimpleExpr {
    let escaped = text.to_ascii_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    ascii_lower(backend, column).like(LikeExpr::new(format!("%{escaped}%")).escape('\\'))
}

/// Whether `column` holds `text`, every character of it meant as it is.
pub(crate) fn holds(backend: DbBackend, column: impl ColumnTrait, text: &str) -> SimpleExpr {
    let column = Expr::col(column.as_column_ref());
    match backend {
        // As a pattern, which an index of trigrams answers.
        DbBackend::Postgres => {
            let escaped = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            column.like(format!("%{escaped}%"))
        }
        _ => place_of(backend, column, text).gt(0),
    }
}

/// Where in `expression` the first `text` begins, counted from 1; 0 where there is none.
pub(crate) fn place_of(backend: DbBackend, expression: SimpleExpr, text: &str) -> SimpleExpr {
    let name = if backend == DbBackend::Postgres { "STRPOS" } else { "INSTR" };
    Func::cust(name).arg(expression).arg(text).into()
}

/// One text behind the other.
pub(crate) fn joined(one: SimpleExpr, other: SimpleExpr) -> SimpleExpr {
    one.binary(BinOper::Custom("||"), other)
}

/// `column` with A to Z made lower-case, and nothing else: what both databases can do alike.
fn ascii_lower(backend: DbBackend, column: impl ColumnTrait) -> SimpleExpr {
    let column = Expr::col(column.as_column_ref());
    match backend {
        DbBackend::Postgres => Expr::cust_with_expr("LOWER($1 COLLATE \"C\")", column),
        _ => Func::lower(column).into(),
    }
}
