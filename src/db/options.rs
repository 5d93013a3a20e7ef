//! How to connect: what each database is told about every connection, and why there is none where there should be.

use std::{future, time::Duration};

use sea_orm::{
    ConnectOptions, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement,
    sqlx::{
        self, Connection as _, PgConnection, Postgres,
        postgres::{PgArguments, PgConnectOptions},
        query::Query,
        sqlite::{SqliteJournalMode, SqliteSynchronous},
    },
};

use crate::config::PlanCacheMode;

use super::{
    LOCK_PATIENCE, OPENING_PATIENCE, PING_AFTER, STATEMENT_TIMEOUT, WRITE_PATIENCE, connection::Connection, errors,
    place,
};

/// Longest that a connection to `PostgreSQL` idles.
const POSTGRES_IDLE: Duration = Duration::from_mins(3);
/// Longest that is waited to find out why there is no connection.
const PROBE_PATIENCE: Duration = Duration::from_secs(1);
/// How often that is found out at the most.
const PROBE_PAUSE: Duration = Duration::from_secs(5);

/// How to connect.
#[derive(Clone)]
pub(super) struct Way {
    pub(super) options: ConnectOptions,
    /// How `PostgreSQL` makes its plans.
    plans: PlanCacheMode,
}

impl Way {
    /// The way to `url`.
    pub(super) fn to(url: &str, plans: PlanCacheMode) -> Self {
        Self { options: options(url), plans }
    }

    /// What a connection to `PostgreSQL` begins with: it sets what all statements rely on, and tells the process that
    /// serves the connection. Parameters of the connection would do, but poolers refuse them, or drop them without a word.
    pub(super) fn greeting(&self) -> Query<'static, Postgres, PgArguments> {
        // Our statements have few shapes, each with the right indexes: planning one anew each time costs more than it
        // finds, unless the settings say otherwise. JIT compilation costs more than it saves on statements this short.
        // What several writers add to one total relies on the isolation.
        let greeting = sqlx::query(
            "SELECT pg_backend_pid(), set_config('plan_cache_mode', $1, false), set_config('jit', 'off', false), \
             set_config('default_transaction_isolation', 'read committed', false), \
             set_config('lock_timeout', $2, false), set_config('statement_timeout', $3, false)",
        );
        let milliseconds = |time: Duration| time.as_millis().to_string();
        let greeting = greeting.bind(self.plans.name());
        greeting.bind(milliseconds(LOCK_PATIENCE)).bind(milliseconds(STATEMENT_TIMEOUT)).persistent(false)
    }
}

fn options(url: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .acquire_timeout(OPENING_PATIENCE)
        .test_before_acquire_if_idle_for(PING_AFTER)
        .set_application_name("tallybook")
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .create_if_missing(true)
                .foreign_keys(true)
                .journal_mode(SqliteJournalMode::Wal)
                // FULL, not NORMAL: what was acknowledged survives a loss of power, too.
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(WRITE_PATIENCE)
                // 16 MiB of log: the pages that every write changes are copied back once for many writes.
                .pragma("wal_autocheckpoint", "4096")
                // 1 MiB for each connection: what it does not hold, the system does.
                .pragma("cache_size", "-1024")
                // A whole page of a list, and one row more.
                .row_buffer_size(128)
        })
        // A network forgets connections on which nothing is said, and does not tell.
        .idle_timeout(POSTGRES_IDLE)
        .map_sqlx_postgres_before_acquire(|_, connection| {
            let is_fresh = errors::is_fresh(connection.age);
            Box::pin(future::ready(Ok(is_fresh)))
        })
        // SQLite ends a transaction by itself when the disk is full, and sqlx goes on counting it: the next one on
        // the connection would be a savepoint, whose commit writes nothing.
        .map_sqlx_sqlite_before_acquire(|connection, _| {
            let is_settled = !connection.is_in_transaction();
            Box::pin(future::ready(Ok(is_settled)))
        });
    options
}

/// Refuses a URL that asks for one of several servers: sqlx would connect to any, and say nothing.
pub(super) fn check_hosts(url: &str) -> Result<(), DbErr> {
    let parameters = url.split_once('?').map_or("", |(_, parameters)| parameters);
    let mut chooses = parameters.split('&').filter_map(|pair| pair.strip_prefix("target_session_attrs="));
    let options = url.parse::<PgConnectOptions>();
    if chooses.any(|which| which != "any") || options.is_ok_and(|options| options.get_host().contains(',')) {
        return Err(DbErr::Custom(
            "the URL names several hosts or target_session_attrs, but all connections go to one host. Name one that \
             always leads to the primary, such as a proxy or a virtual address."
                .to_owned(),
        ));
    }
    Ok(())
}

/// Why `PostgreSQL` at `url` cannot be reached; `None` if it can. The pool says only how long it waited.
pub(super) async fn why_unreachable(url: &str) -> Option<String> {
    let options: PgConnectOptions = url.parse().ok()?;
    match tokio::time::timeout(PROBE_PATIENCE, PgConnection::connect_with(&options)).await {
        Ok(Ok(connection)) => {
            let _ = connection.close().await;
            None
        }
        Ok(Err(error)) => Some(error.to_string()),
        Err(_) => Some(format!("no answer within {} s", PROBE_PATIENCE.as_secs())),
    }
}

/// Refuses a schema that did not arrive: the books would be another organisation's.
pub(super) async fn check_schema(url: &str, pool: &DatabaseConnection) -> Result<(), DbErr> {
    let Some(schema) = place::schema_of(url) else { return Ok(()) };
    let show = Statement::from_string(DbBackend::Postgres, "SHOW search_path");
    let row = pool.query_one_raw(show).await?;
    let path: String = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
    if path.split(',').any(|name| name.trim().trim_matches('"') == schema) {
        return Ok(());
    }
    Err(DbErr::Custom(format!(
        "the URL chooses the schema {schema}, but connections have the search path {path}: a pooler drops `options`. \
         Set the path for the role instead: `ALTER ROLE name IN DATABASE name SET search_path = {schema}`."
    )))
}

/// Refuses a pooler that gives a connection to somebody else after each transaction: `one` and `other`, both of which are
/// open, are then served by the same process.
pub(super) async fn check_pooling(one: &Connection, other: &Connection) -> Result<(), DbErr> {
    let mut served = Vec::new();
    for connection in [one, other, one, other] {
        // Not prepared: the name of a statement would be taken where somebody else was served before.
        let process = sqlx::query_scalar::<_, i32>("SELECT pg_backend_pid()").persistent(false);
        let pool = connection.pool.get_postgres_connection_pool();
        let process = process.fetch_one(pool).await;
        served.push(process.map_err(|error| DbErr::Custom(error.to_string()))?);
    }
    if served[0] == served[2] && served[1] == served[3] && served[0] != served[1] {
        return Ok(());
    }
    Err(DbErr::Custom(
        "a pooler gives connections to somebody else after each transaction, as PgBouncer does with pool_mode = \
         transaction: prepared statements and time limits would be lost. Use pool_mode = session, or connect without it."
            .to_owned(),
    ))
}

/// Refuses a `PostgreSQL` database that could not store every character.
pub(super) async fn check_encoding(pool: &DatabaseConnection) -> Result<(), DbErr> {
    let show = Statement::from_string(DbBackend::Postgres, "SHOW server_encoding");
    let row = pool.query_one_raw(show).await?;
    let encoding: String = row.map(|row| row.try_get_by_index(0)).transpose()?.unwrap_or_default();
    if encoding == "UTF8" {
        return Ok(());
    }
    Err(DbErr::Custom(format!(
        "its encoding is {encoding}, which cannot hold every character; it has to be UTF8. \
         `CREATE DATABASE name ENCODING 'UTF8' TEMPLATE template0` makes one that is."
    )))
}

/// Says in the log why there is no connection, each time when one was waited for in vain. Ends with the process.
pub(super) async fn explain_missing_connections(url: String) {
    loop {
        errors::NO_CONNECTION.notified().await;
        if let Some(cause) = why_unreachable(&url).await {
            tracing::error!(%cause, "PostgreSQL cannot be reached");
        } else {
            tracing::warn!("PostgreSQL answers, but all connections are in use (DATABASE_CONNECTIONS)");
        }
        tokio::time::sleep(PROBE_PAUSE).await;
    }
}
