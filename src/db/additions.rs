//! Rows for several tables, added by one statement: one way to the database, and back.

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement, StatementBuilder, Value,
    sea_query::{CommonTableExpression, InsertStatement, WithClause},
};

/// One statement that adds them all, in this order; there is at least one. `SQLite` takes one text for several
/// statements; on `PostgreSQL` it is one:
///
/// ```sql
/// WITH added_2 AS (INSERT …), added_1 AS (INSERT …) INSERT …
/// ```
///
/// That runs the last part first, and then the others from the last to the first.
pub(super) fn one(backend: DbBackend, added: Vec<InsertStatement>) -> Statement {
    if backend == DbBackend::Sqlite {
        let (text, values) = joined(&added);
        return Statement::from_sql_and_values(backend, text, values);
    }
    let mut added = added.into_iter();
    let first = added.next().unwrap_or_default();
    let mut with = WithClause::new();
    let rest: Vec<_> = added.enumerate().collect();
    if rest.is_empty() {
        return StatementBuilder::build(&first, &backend);
    }
    for (n, insert) in rest.into_iter().rev() {
        with.cte(CommonTableExpression::new().table_name(format!("added_{}", n + 1)).query(insert).to_owned());
    }
    StatementBuilder::build(&first.with(with), &backend)
}

/// Adds them all, or none, in a transaction that nothing else is in.
pub(super) async fn execute_alone(pool: &DatabaseConnection, added: Vec<InsertStatement>) -> Result<(), DbErr> {
    let backend = pool.get_database_backend();
    if backend != DbBackend::Sqlite {
        // One statement is a transaction.
        return pool.execute_raw(one(backend, added)).await.map(drop);
    }
    let (text, values) = joined(&added);
    let text = format!("BEGIN IMMEDIATE; {text}; COMMIT");
    let executed = pool.execute_raw(Statement::from_sql_and_values(backend, text, values)).await;
    if executed.is_err() {
        // Nobody else has this connection. Where the transaction has not begun, or has ended by itself, this fails.
        let _ = pool.execute_unprepared("ROLLBACK").await;
    }
    executed.map(drop)
}

fn joined(added: &[InsertStatement]) -> (String, Vec<Value>) {
    let (mut texts, mut values) = (Vec::with_capacity(added.len()), Vec::new());
    for insert in added {
        let Statement { sql, values: given, .. } = StatementBuilder::build(insert, &DbBackend::Sqlite);
        texts.push(sql);
        values.extend(given.into_iter().flatten());
    }
    (texts.join("; "), values)
}
