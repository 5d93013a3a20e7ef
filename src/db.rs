//! The database: connecting, migrating, transactions, and all that differs between SQLite and PostgreSQL.

use std::{cell::Cell, future, path::Path, time::Duration};

use crate::error::{Error, Result};
use migration::{Migrator, MigratorTrait};
use sea_orm::{
    AccessMode, ColumnTrait, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction,
    DbBackend, DbErr, IsolationLevel, SqliteTransactionMode, TransactionOptions, TransactionTrait,
    metric::Info,
    sea_query::{Expr, ExprTrait, Func, LikeExpr, SelectStatement, SimpleExpr, Value, extension::postgres::PgFunc},
    sqlx::{
        Connection,
        sqlite::{SqliteJournalMode, SqliteSynchronous},
    },
};

mod backup;
mod place;

pub use place::{describe, dump_command, file};

// A request that the database is in no state to serve is told so within four seconds: it may wait for its viewer
// (`auth::authenticate`), then for a connection, then for a lock.

/// Longest that a statement waits for a free connection.
const CONNECTION_PATIENCE: Duration = Duration::from_millis(1_500);
/// Longest that a statement waits for a lock on `PostgreSQL`.
const LOCK_PATIENCE: Duration = Duration::from_millis(1_200);
/// Longest that a transaction that writes waits for its beginning: for the connection, and on `SQLite` the lock.
const WRITE_PATIENCE: Duration = Duration::from_millis(2_500);
/// Longest that `PostgreSQL` works on one statement.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(10);
/// A connection that idled for longer is pinged before it is used: the database may have been away meanwhile.
const PING_AFTER: Duration = Duration::from_secs(1);
/// The advisory lock that one migrating server holds: "tally" in ASCII.
const MIGRATION_LOCK: i64 = 0x74_61_6c_6c_79;

tokio::task_local! {
    /// Whether the operation that runs waited in vain for a transaction.
    static GAVE_UP: Cell<bool>;
}

/// Runs an operation. Its changes come one after the other: once one has waited in vain for a transaction, those
/// after it are refused at once, so that ten do not take ten times as long.
pub async fn run_operation<T>(operation: impl Future<Output = T>) -> T {
    GAVE_UP.scope(Cell::new(false), operation).await
}

/// Where statements that only read run.
pub type Reader = DatabaseConnection;

/// The pools of connections. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    pool: DatabaseConnection,
    /// Where transactions that write begin. `SQLite` has one writer at a time and lets the others poll: there it is a
    /// pool of one connection, for which they stand in line, and whose cache is never out of date.
    writer: DatabaseConnection,
}

/// A write transaction, for [`crate::change`] alone. Dropped without [`Transaction::commit`], it is rolled back.
pub(crate) struct Transaction(DatabaseTransaction);

impl Transaction {
    /// What statements run through.
    #[must_use]
    pub(crate) fn connection(&self) -> &DatabaseTransaction {
        &self.0
    }

    /// Makes the changes permanent.
    pub(crate) async fn commit(self) -> Result<()> {
        Ok(self.0.commit().await?)
    }

    /// Undoes the changes.
    pub(crate) async fn rollback(self) -> Result<()> {
        Ok(self.0.rollback().await?)
    }
}

impl Db {
    /// Connects to `url`, making the `SQLite` file and its directory where there is none.
    ///
    /// # Errors
    /// A URL of another database, or a database that cannot be reached.
    pub async fn connect(url: &str, connections: u32) -> Result<Self, DbErr> {
        let Some(path) = url.strip_prefix("sqlite://") else {
            return Ok(Self::new(Database::connect(options(url, connections)).await?));
        };
        let path = path.split('?').next().unwrap_or_default();
        if let Some(directory) = Path::new(path).parent() {
            make_private_directory(directory)
                .map_err(|error| DbErr::Custom(format!("{}: {error}", directory.display())))?;
        }
        let to_file = |connections| {
            let mut options = options(url, connections);
            // A file does not hang up: there is nothing to gain from new connections.
            options.idle_timeout(None).max_lifetime(None);
            options
        };
        // The writer first: it makes the file, and turns on the write-ahead log.
        let mut one = to_file(1);
        one.acquire_timeout(WRITE_PATIENCE);
        let writer = Database::connect(one).await?;
        Ok(Self { pool: Database::connect(to_file(connections)).await?, writer })
    }

    /// The database behind `pool`, which is for reading and writing.
    #[must_use]
    pub fn new(pool: DatabaseConnection) -> Self {
        Self { writer: pool.clone(), pool }
    }

    /// Has `callback` told of every statement.
    pub fn set_metric_callback(&mut self, callback: impl Fn(&Info<'_>) + Clone + Send + Sync + 'static) {
        self.pool.set_metric_callback(callback.clone());
        self.writer.set_metric_callback(callback);
    }

    /// Closes every connection, the writer's last: `SQLite` then brings all that was written into its one file.
    pub async fn close(&self) -> Result<(), DbErr> {
        self.pool.close_by_ref().await?;
        self.writer.close_by_ref().await
    }

    /// Brings the tables up to date. Of several servers that start at once, one does it and the rest wait.
    pub async fn migrate(&self) -> Result<(), DbErr> {
        let tx = self.writer.begin_with_options(write_options()).await?;
        take_time(&tx).await?;
        if self.backend() == DbBackend::Postgres {
            tx.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({MIGRATION_LOCK})")).await?;
        }
        Migrator::up(&tx, None).await?;
        tx.commit().await
    }

    /// How many migrations this program knows that the database has not seen. Changes nothing, also where there is no
    /// table at all.
    pub async fn pending_migrations(&self) -> Result<usize, DbErr> {
        Ok(Migrator::get_pending_migrations_read_only(&self.pool).await?.len())
    }

    /// Whether the database answers and its tables are those that this program was written for.
    pub async fn check_ready(&self) -> Result<()> {
        if Migrator::get_pending_migrations(&self.pool).await?.is_empty() {
            return Ok(());
        }
        Err(Error::unavailable("migrations are pending; run `tallybook migrate`"))
    }

    /// Which of the two databases it is.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.pool.get_database_backend()
    }

    /// Where statements that only read run, each on a connection that it gives back at once.
    #[must_use]
    pub fn read(&self) -> &Reader {
        &self.pool
    }

    /// Begins a transaction that writes.
    ///
    /// # Errors
    /// `UNAVAILABLE` when no connection was free in time.
    pub(crate) async fn write(&self) -> Result<Transaction> {
        if GAVE_UP.try_with(Cell::get).unwrap_or(false) {
            return Err(Error::unavailable("a change before this one waited too long"));
        }
        let begun = tokio::time::timeout(WRITE_PATIENCE, self.begin())
            .await
            .unwrap_or_else(|_| Err(Error::unavailable("waited too long for the other writers")));
        if begun.is_err() {
            // Nobody to tell outside of an operation.
            let _ = GAVE_UP.try_with(|gave_up| gave_up.set(true));
        }
        begun
    }

    /// In a task of its own, which goes on when the client hangs up: sqlx forgets a transaction whose beginning nobody
    /// waited for, and whoever got the connection next would be inside it.
    async fn begin(&self) -> Result<Transaction> {
        let writer = self.writer.clone();
        let begun = tokio::spawn(async move { writer.begin_with_options(write_options()).await });
        Ok(Transaction(begun.await.map_err(Error::internal)??))
    }

    /// How many writers it is worth to have at a time, where there is much to write.
    #[must_use]
    pub fn most_writers(&self) -> usize {
        match self.backend() {
            // More would wait in line.
            DbBackend::Sqlite => 1,
            _ => 3,
        }
    }

    /// Begins a transaction that reads, and sees the database as it was at its first statement.
    pub async fn snapshot(&self) -> Result<DatabaseTransaction> {
        let postgres = self.backend() == DbBackend::Postgres;
        Ok(self
            .pool
            .begin_with_options(TransactionOptions {
                isolation_level: postgres.then_some(IsolationLevel::RepeatableRead),
                access_mode: postgres.then_some(AccessMode::ReadOnly),
                sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
            })
            .await?)
    }
}

/// Lets the statements and locks of a transaction take as long as they take.
pub async fn take_time(tx: &DatabaseTransaction) -> Result<(), DbErr> {
    if tx.get_database_backend() == DbBackend::Postgres {
        tx.execute_unprepared("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0").await?;
    }
    Ok(())
}

/// How to connect to `url`.
fn options(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(CONNECTION_PATIENCE)
        .test_before_acquire_if_idle_for(PING_AFTER)
        .statement_timeout(STATEMENT_TIMEOUT)
        .set_application_name("tallybook")
        .sqlx_logging(false)
        // Our statements have few shapes, each with the right indexes: planning one anew each time costs more than
        // it finds. JIT compilation costs more than it saves on statements this short.
        .map_sqlx_postgres_opts(|postgres| {
            postgres.options([
                ("plan_cache_mode", "force_generic_plan"),
                ("jit", "off"),
                // What several writers add to one total relies on it.
                ("default_transaction_isolation", "read committed"),
                ("lock_timeout", &LOCK_PATIENCE.as_millis().to_string()),
            ])
        })
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
                // A whole page of a list, and one row more.
                .row_buffer_size(128)
        })
        // SQLite ends a transaction by itself when the disk is full, and sqlx goes on counting it: the next one on
        // the connection would be a savepoint, whose commit writes nothing.
        .map_sqlx_sqlite_before_acquire(|connection, _| {
            let is_settled = !connection.is_in_transaction();
            Box::pin(future::ready(Ok(is_settled)))
        });
    options
}

/// Makes `directory`, for the owner alone: it holds the books, the password hashes and the secret.
pub fn make_private_directory(directory: &Path) -> std::io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(directory)
}

/// `SQLite` takes the write lock at once: a transaction that took it later could find it gone, and fail.
fn write_options() -> TransactionOptions {
    TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    }
}

/// `SUM(expression)` as a 64-bit integer, zero over no rows; `PostgreSQL` would make it numeric.
#[must_use]
pub fn sum(expression: impl Into<SimpleExpr>) -> SimpleExpr {
    Func::coalesce([Expr::expr(Func::sum(expression.into())).cast_as("bigint"), Expr::val(0_i64)]).into()
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

/// Whether `column` holds `text`, every character of it meant literally; case is ignored for A to Z.
pub fn contains(backend: DbBackend, column: impl ColumnTrait, text: &str) -> SimpleExpr {
    let escaped = text.to_ascii_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    ascii_lower(backend, column).like(LikeExpr::new(format!("%{escaped}%")).escape('\\'))
}

/// `column` with A to Z made lower-case, and nothing else: what both databases can do alike.
fn ascii_lower(backend: DbBackend, column: impl ColumnTrait) -> SimpleExpr {
    let column = Expr::col(column.as_column_ref());
    match backend {
        DbBackend::Postgres => Expr::cust_with_expr("LOWER($1 COLLATE \"C\")", column),
        _ => Func::lower(column).into(),
    }
}
