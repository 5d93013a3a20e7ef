//! The database: its pools and transactions, and all that differs between SQLite and PostgreSQL. No rule of the books
//! is here, and nothing outside looks into a database's error.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, SqliteTransactionMode, Statement, TransactionOptions,
    metric::Info,
};

use crate::{
    config::PlanCacheMode,
    error::{Error, Result},
    measures::Use,
};

mod additions;
mod backup;
mod connection;
mod dialect;
mod errors;
mod operation;
mod options;
mod place;
mod planned;
mod reader;
mod rows;
mod share;
mod tables;
mod texts;
mod transaction;

pub use backup::restore;
pub use dialect::{any_of, any_selected, contains, sum, sum_halves, take_time};
pub(crate) use dialect::{first_of_each, holds, joined, place_of, take_turns, with_id};
pub use errors::is_unique_violation;
pub(crate) use errors::{is_null_refused, is_out_of_range, waited_in_vain};
pub(crate) use operation::{Operation, current_user, look_up};
pub use place::{describe, dump_command, file, restore_command};
pub use reader::{Reader, Snapshot};
pub(crate) use rows::{Rows, any_of_many, insert_many};
pub use transaction::Transaction;

use connection::Connection;
use operation::Who;
use options::Way;
use place::Opened;
use share::{Lease, Share};

// A request that the database is in no state to serve is told so within four seconds: it may wait for its viewer
// (`auth::authenticate`), then for a connection, then for a lock.

/// Longest that a statement waits for its turn to have a connection.
const CONNECTION_PATIENCE: Duration = Duration::from_millis(1_500);
/// Longest that opening a connection may take.
const OPENING_PATIENCE: Duration = Duration::from_millis(1_200);
/// Longest that a statement waits for a lock on `PostgreSQL`.
const LOCK_PATIENCE: Duration = Duration::from_millis(1_200);
/// Longest that a transaction that writes waits for its beginning: for its turn, the connection, and on `SQLite` the lock.
const WRITE_PATIENCE: Duration = Duration::from_millis(2_500);
/// Longest that the database works on one statement.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(10);
/// A connection that idled for longer is pinged before it is used: the database may have been away meanwhile.
const PING_AFTER: Duration = Duration::from_secs(1);

/// How much of the file `SQLite`'s writer keeps in memory.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pages {
    /// What changes of single records need.
    Few,
    /// What many rows need that are written one after the other.
    Many,
}

impl Pages {
    fn pragma(self) -> &'static str {
        match self {
            Self::Few => "PRAGMA cache_size = -1024; PRAGMA wal_autocheckpoint = 4096; PRAGMA shrink_memory",
            Self::Many => "PRAGMA cache_size = -49152; PRAGMA wal_autocheckpoint = 16384",
        }
    }
}

/// The connections, and who gets them. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    reader: Reader,
    /// Where transactions that write begin, in turns. `SQLite` has one writer at a time and lets the others poll: there
    /// it is one connection, for which they stand in line, and whose cache is never out of date.
    writes: Share<Connection>,
    /// The file of a `SQLite` database.
    file: Option<Opened>,
    /// Whether searches have an index.
    text_index: texts::Known,
}

impl Db {
    /// Connects to `url`, making the `SQLite` file and its directory where there is none. Users read and write on
    /// `connections`; some more are kept for sign-in, and for finding out who is asking.
    ///
    /// # Errors
    /// A URL of another database, or a database that cannot be reached.
    pub async fn connect(url: &str, connections: u32) -> Result<Self, DbErr> {
        Self::connect_with(url, connections, PlanCacheMode::default()).await
    }

    /// The same, where PostgreSQL makes its plans as `plans` says.
    ///
    /// # Errors
    /// As [`Db::connect`].
    pub async fn connect_with(url: &str, connections: u32, plans: PlanCacheMode) -> Result<Self, DbErr> {
        let connections = usize::try_from(connections).unwrap_or(1);
        let Some(path) = file(url) else {
            return Self::connect_to_server(url, connections, plans).await;
        };
        if let Some(directory) = path.parent() {
            make_private_directory(directory)
                .map_err(|error| DbErr::Custom(format!("{}: {error}", directory.display())))?;
        }
        let mut way = Way::to(url, plans);
        // A file does not hang up: there is nothing to gain from new connections.
        way.options.idle_timeout(None).max_lifetime(None);
        // The writer first: it makes the file, and turns on the write-ahead log.
        let writes = share("writes", 1, &way, None).await?;
        let reads = share("reads", connections, &way, None).await?;
        let entrance = share("entrance", 2, &way, None).await?;
        let file = Opened::at(&path).ok();
        Ok(Self {
            reader: Reader { backend: DbBackend::Sqlite, reads, entrance },
            writes,
            file,
            text_index: texts::Known::default(),
        })
    }

    async fn connect_to_server(url: &str, connections: usize, plans: PlanCacheMode) -> Result<Self, DbErr> {
        options::check_hosts(url)?;
        let way = Way::to(url, plans);
        // Opened when something is to be stopped, which is seldom, and closed soon after.
        let mut brief = way.clone();
        brief.options.idle_timeout(Duration::from_secs(10));
        let stopper = Connection::open(&brief, None, true).await?.pool;
        let half = (connections / 2).max(1);
        let writes = match share("writes", half, &way, None).await {
            Ok(writes) => writes,
            Err(error) => return Err(options::why_unreachable(url).await.map_or(error, DbErr::Custom)),
        };
        let rest = connections.saturating_sub(half).max(1);
        let reads = share("reads", rest, &way, Some(&stopper)).await?;
        options::check_pooling(&writes.things()[0], &reads.things()[0]).await?;
        options::check_encoding(&writes.things()[0].pool).await?;
        options::check_schema(url, &writes.things()[0].pool).await?;
        let entrance = share("entrance", 3, &way, Some(&stopper)).await?;
        tokio::spawn(options::explain_missing_connections(url.to_owned()));
        Ok(Self {
            reader: Reader { backend: DbBackend::Postgres, reads, entrance },
            writes,
            file: None,
            text_index: texts::Known::default(),
        })
    }

    /// The database behind `pool`, on which all wait for each other.
    #[must_use]
    pub fn new(pool: DatabaseConnection) -> Self {
        let backend = pool.get_database_backend();
        let share = Share::new("all", vec![Connection::over(pool)]);
        let reader = Reader { backend, reads: share.clone(), entrance: share.clone() };
        Self { reader, writes: share, file: None, text_index: texts::Known::default() }
    }

    /// Has `callback` told of every statement from now on.
    pub fn set_metric_callback(&mut self, callback: impl Fn(&Info<'_>) + Clone + Send + Sync + 'static) {
        for share in [&mut self.reader.reads, &mut self.reader.entrance, &mut self.writes] {
            let telling = share.things().iter().map(|one| one.telling(callback.clone())).collect();
            *share = Share::new(share.name(), telling);
        }
    }

    /// Closes every connection, the writer's last: `SQLite` then brings all that was written into its one file.
    pub async fn close(&self) -> Result<(), DbErr> {
        for share in [&self.reader.reads, &self.reader.entrance, &self.writes] {
            for connection in share.things() {
                connection.pool.close_by_ref().await?;
            }
        }
        Ok(())
    }

    /// Which of the two databases it is.
    #[must_use]
    pub fn backend(&self) -> DbBackend {
        self.reader.backend
    }

    /// Where statements that only read run, each on a connection that it gives back at once.
    #[must_use]
    pub fn read(&self) -> &Reader {
        &self.reader
    }

    /// A transaction that writes, which will begin with its first statement.
    ///
    /// # Errors
    /// `UNAVAILABLE` when no connection was free in time.
    pub(crate) async fn write(&self) -> Result<Transaction> {
        let operation = Operation::current();
        if operation.as_ref().is_some_and(Operation::gave_up) {
            return Err(Error::unavailable("what came before this waited too long"));
        }
        let begins_by = Instant::now() + WRITE_PATIENCE;
        let lease = async {
            let turn = match &operation {
                Some(operation) => operation.turn().await,
                None => None,
            };
            (self.lease_to_write(operation.as_ref().map_or(Who::Server, Operation::who)).await, turn)
        };
        if let Ok((lease, turn)) = tokio::time::timeout(WRITE_PATIENCE, lease).await {
            return Ok(Transaction::new(lease, turn, begins_by));
        }
        if let Some(operation) = operation {
            operation.give_up();
        }
        Err(Error::unavailable("waited too long for the other writers"))
    }

    /// A sign-in does not wait for writers, except where there is one writer at a time.
    async fn lease_to_write(&self, who: Who) -> Lease<Connection> {
        match who {
            Who::LookUp | Who::Nobody if self.backend() == DbBackend::Postgres => {
                reader::take_at(&self.reader.entrance, who).await
            }
            _ => self.writes.take(who, usize::MAX).await,
        }
    }

    /// Has `SQLite`'s writer keep more of the file in memory, or less again: the pages that a thousand rows change are
    /// otherwise read and written several times over. Where that fails, it is only slower.
    pub(crate) async fn keep_pages(&self, pages: Pages) {
        if self.backend() != DbBackend::Sqlite {
            return;
        }
        let lease = self.writes.take(Who::Server, usize::MAX).await;
        if let Err(error) = lease.pool.execute_unprepared(pages.pragma()).await {
            tracing::warn!(%error, "how much of the file is kept in memory did not change");
        }
    }

    /// Whether somebody stands in line to write.
    pub(crate) fn has_waiting_writers(&self) -> bool {
        self.writes.is_awaited()
    }

    /// Has `PostgreSQL` find out what is in the tables of the books, as it does by itself a minute or so after they were
    /// filled: until then a dashboard takes several times as long.
    pub(crate) async fn analyze(&self) -> Result<(), DbErr> {
        if self.backend() == DbBackend::Postgres {
            let analyze = "ANALYZE records, categories, totals, currency_totals, audit_events, journal";
            self.reader.execute_at_leisure(Statement::from_string(DbBackend::Postgres, analyze)).await?;
        }
        Ok(())
    }

    /// How many concurrent writers are useful, where there is much to write.
    #[must_use]
    pub fn most_writers(&self) -> usize {
        match self.backend() {
            // More would wait in line.
            DbBackend::Sqlite => 1,
            _ => 3,
        }
    }

    /// What the connections do.
    pub(crate) fn usage(&self) -> [Use; 3] {
        [&self.reader.reads, &self.reader.entrance, &self.writes].map(Share::usage)
    }

    /// How many connections users read on.
    pub(crate) fn readers(&self) -> usize {
        self.reader.reads.things().len()
    }

    /// Begins a transaction that reads, and sees the database as it was at its first statement.
    pub async fn snapshot(&self) -> Result<Snapshot> {
        Ok(self.reader.snapshot().await?)
    }
}

/// A share of `size` connections. The first is opened now, so that a database that is not there is noticed; the others
/// when they are needed.
async fn share(
    name: &'static str,
    size: usize,
    way: &Way,
    stopper: Option<&DatabaseConnection>,
) -> Result<Share<Connection>, DbErr> {
    let mut connections = Vec::with_capacity(size);
    for lazy in (0..size).map(|place| place > 0) {
        connections.push(Connection::open(way, stopper.cloned(), lazy).await?);
    }
    Ok(Share::new(name, connections))
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
