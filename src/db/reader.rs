//! Statements that only read: each on a connection that it has alone and gives back at once, or several on one.
//!
//! A statement that has begun is driven to its end also where nobody waits for it any more, and stopped on the way. Left
//! alone it would go on in the database, and hold its connection.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use futures_util::future::BoxFuture;
use sea_orm::{
    AccessMode, ConnAcquireErr, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    IsolationLevel, QueryResult, SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait,
    prelude::async_trait::async_trait,
};
use tokio::{runtime::Handle, sync::OwnedSemaphorePermit};

use super::{
    CONNECTION_PATIENCE, STATEMENT_TIMEOUT,
    connection::Connection,
    operation::{Operation, Who},
    share::{Lease, Share},
};

/// Where statements that only read run.
#[derive(Clone, Debug)]
pub struct Reader {
    pub(super) backend: DbBackend,
    /// For users, and for the process itself.
    pub(super) reads: Share<Connection>,
    /// For sign-in and what every request waits for, which reads cannot take.
    pub(super) entrance: Share<Connection>,
}

impl Reader {
    /// A connection, once it is the operation's turn to have another. Its statements wait for each other as long as they
    /// take; that there is none is waited for only once.
    async fn lease(&self) -> Result<Arc<Leased>, DbErr> {
        let in_vain = DbErr::ConnectionAcquire(ConnAcquireErr::Timeout);
        let Some(operation) = Operation::current() else {
            let lease = tokio::time::timeout(CONNECTION_PATIENCE, self.take(Who::Server)).await;
            return lease.map(|lease| Arc::new(Leased { lease, _turn: None })).map_err(|_| in_vain);
        };
        let turn = operation.turn().await;
        if operation.gave_up() {
            return Err(in_vain);
        }
        let Ok(lease) = tokio::time::timeout(CONNECTION_PATIENCE, self.take(operation.who())).await else {
            operation.give_up();
            return Err(in_vain);
        };
        Ok(Arc::new(Leased { lease, _turn: turn }))
    }

    async fn take(&self, who: Who) -> Lease<Connection> {
        match who {
            Who::LookUp | Who::Nobody => take_at(&self.entrance, who).await,
            Who::Server | Who::User(_) => self.reads.take(who, most_reads(self.reads.things().len())).await,
        }
    }

    async fn run<T: Send + 'static>(
        &self,
        limit: Option<Duration>,
        statement: impl FnOnce(Arc<Leased>) -> BoxFuture<'static, Result<T, DbErr>>,
    ) -> Result<T, DbErr> {
        let leased = self.lease().await?;
        let outcome = Running::start(leased.clone(), limit, statement(leased)).await;
        if let (Err(DbErr::ConnectionAcquire(_)), Some(operation)) = (&outcome, Operation::current()) {
            operation.give_up();
        }
        outcome
    }

    /// Runs a statement that takes as long as it takes.
    pub(super) async fn execute_at_leisure(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let execute = |on: Arc<Leased>| Box::pin(async move { on.pool().execute_raw(statement).await }) as _;
        self.run(None, execute).await
    }

    /// Begins a transaction that reads.
    pub(super) async fn snapshot(&self) -> Result<Snapshot, DbErr> {
        let postgres = self.backend == DbBackend::Postgres;
        let options = TransactionOptions {
            isolation_level: postgres.then_some(IsolationLevel::RepeatableRead),
            access_mode: postgres.then_some(AccessMode::ReadOnly),
            sqlite_transaction_mode: Some(SqliteTransactionMode::Deferred),
        };
        let begin = |on: Arc<Leased>| Box::pin(async move { on.pool().begin_with_options(options).await }) as _;
        let leased = self.lease().await?;
        let tx = Running::start(leased.clone(), Some(STATEMENT_TIMEOUT), begin(leased.clone())).await?;
        Ok(Snapshot { open: Arc::new(Open { tx, leased }), at_leisure: AtomicBool::new(false) })
    }
}

/// A connection for a sign-in or a look-up. Sign-ins never hold all of them: one is left for look-ups.
pub(super) async fn take_at(entrance: &Share<Connection>, who: Who) -> Lease<Connection> {
    let size = entrance.things().len();
    let most = if who == Who::LookUp { size } else { size.saturating_sub(1).max(1) };
    entrance.take(who, most).await
}

/// How many of `size` connections one user reads on at a time: a quarter is left to the others.
fn most_reads(size: usize) -> usize {
    (size - size.div_ceil(4)).max(1)
}

/// A connection that an operation has.
#[derive(Debug)]
struct Leased {
    lease: Lease<Connection>,
    _turn: Option<OwnedSemaphorePermit>,
}

impl Leased {
    fn pool(&self) -> &DatabaseConnection {
        &self.lease.pool
    }
}

/// A statement that has begun. Dropped before it has ended, it is stopped.
struct Running<T: Send + 'static> {
    statement: Option<BoxFuture<'static, Result<T, DbErr>>>,
    leased: Arc<Leased>,
}

impl<T: Send + 'static> Running<T> {
    async fn start(
        leased: Arc<Leased>,
        limit: Option<Duration>,
        statement: BoxFuture<'static, Result<T, DbErr>>,
    ) -> Result<T, DbErr> {
        leased.lease.start(limit);
        let mut running = Self { statement: Some(statement), leased };
        let Some(statement) = &mut running.statement else { unreachable!("it was put there") };
        let outcome = statement.await;
        running.statement = None;
        outcome
    }
}

impl<T: Send + 'static> Drop for Running<T> {
    fn drop(&mut self) {
        let Some(statement) = self.statement.take() else { return };
        // One that panicked cannot go on; and after the end of the runtime nothing can.
        let (false, Ok(runtime)) = (thread::panicking(), Handle::try_current()) else { return };
        let leased = self.leased.clone();
        runtime.spawn(async move {
            let stop = leased.lease.stop();
            // The connection is given back when both have ended, so that the next statement on it is not meant.
            let ((), _) = tokio::join!(stop, statement);
            drop(leased);
        });
    }
}

/// A transaction that reads, and sees the database as it was at its first statement. Dropped at its end.
#[derive(Debug)]
pub struct Snapshot {
    open: Arc<Open>,
    at_leisure: AtomicBool,
}

#[derive(Debug)]
struct Open {
    tx: DatabaseTransaction,
    // After the transaction, so that it is dropped later.
    leased: Arc<Leased>,
}

impl Snapshot {
    /// Lets the statements take as long as they take.
    pub async fn take_time(&self) -> Result<(), DbErr> {
        self.at_leisure.store(true, Ordering::Relaxed);
        super::take_time(&self.open.tx).await
    }

    async fn run<T: Send + 'static>(
        &self,
        statement: impl FnOnce(Arc<Open>) -> BoxFuture<'static, Result<T, DbErr>>,
    ) -> Result<T, DbErr> {
        let limit = (!self.at_leisure.load(Ordering::Relaxed)).then_some(STATEMENT_TIMEOUT);
        Running::start(self.open.leased.clone(), limit, statement(self.open.clone())).await
    }
}

#[async_trait]
impl ConnectionTrait for Reader {
    fn get_database_backend(&self) -> DbBackend {
        self.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let run = |on: Arc<Leased>| Box::pin(async move { on.pool().execute_raw(statement).await }) as _;
        self.run(Some(STATEMENT_TIMEOUT), run).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let sql = sql.to_owned();
        let run = |on: Arc<Leased>| Box::pin(async move { on.pool().execute_unprepared(&sql).await }) as _;
        self.run(Some(STATEMENT_TIMEOUT), run).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let run = |on: Arc<Leased>| Box::pin(async move { on.pool().query_one_raw(statement).await }) as _;
        self.run(Some(STATEMENT_TIMEOUT), run).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let run = |on: Arc<Leased>| Box::pin(async move { on.pool().query_all_raw(statement).await }) as _;
        self.run(Some(STATEMENT_TIMEOUT), run).await
    }
}

#[async_trait]
impl ConnectionTrait for Snapshot {
    fn get_database_backend(&self) -> DbBackend {
        self.open.tx.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.run(|open| Box::pin(async move { open.tx.execute_raw(statement).await })).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let sql = sql.to_owned();
        self.run(|open| Box::pin(async move { open.tx.execute_unprepared(&sql).await })).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.run(|open| Box::pin(async move { open.tx.query_one_raw(statement).await })).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.run(|open| Box::pin(async move { open.tx.query_all_raw(statement).await })).await
    }
}
