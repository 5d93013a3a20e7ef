//! The database: its pools and transactions, and all that differs between SQLite and PostgreSQL. No rule of the books
//! is here, and nothing outside looks into a database's error.

use std::{cell::Cell, path::Path, time::Duration};

use crate::error::{Error, Result};
use sea_orm::{
    AccessMode, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, IsolationLevel,
    SqliteTransactionMode, TransactionOptions, TransactionTrait, metric::Info,
};

mod backup;
mod dialect;
mod errors;
mod options;
mod place;
mod tables;

pub use dialect::{any_of, any_selected, contains, sum, sum_halves, take_time};
pub(crate) use dialect::{first_of_each, take_turns};
pub use errors::is_unique_violation;
pub(crate) use errors::waited_in_vain;
pub use place::{describe, dump_command, file};

use options::options;

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
            return Self::connect_to_server(url, connections).await;
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

    async fn connect_to_server(url: &str, connections: u32) -> Result<Self, DbErr> {
        let pool = match Database::connect(options(url, connections)).await {
            Ok(pool) => pool,
            Err(error) => return Err(options::why_unreachable(url).await.map_or(error, DbErr::Custom)),
        };
        options::check_encoding(&pool).await?;
        tokio::spawn(options::explain_missing_connections(url.to_owned()));
        Ok(Self::new(pool))
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
