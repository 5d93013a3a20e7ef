//! Transactions that write, for [`crate::change`] alone. One begins in the database with its first statement: where
//! there is none, what is added at the end is one statement by itself.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, ExecResult, QueryResult, Statement,
    TransactionTrait, prelude::async_trait::async_trait, sea_query::InsertStatement,
};
use tokio::{
    runtime::Handle,
    sync::{OnceCell, OwnedSemaphorePermit},
    task::JoinError,
    time::timeout,
};

use super::{additions, connection::Connection, operation::Operation, share::Lease, write_options};
use crate::error::{Error, ErrorCode, Result};

/// Longest that a commit is waited for. A standby that has to confirm it may be gone.
const COMMIT_PATIENCE: Duration = Duration::from_secs(4);

/// A transaction that writes. Dropped without [`Transaction::commit`], it is rolled back.
#[derive(Debug)]
pub struct Transaction(Option<Open>);

#[derive(Debug)]
struct Open {
    tx: OnceCell<DatabaseTransaction>,
    // After the transaction, so that it is dropped later.
    lease: Arc<Lease<Connection>>,
    turn: Option<OwnedSemaphorePermit>,
    begins_by: Instant,
}

impl Transaction {
    /// On the connection of `lease`. Its beginning, which may wait for another process, is given up at `begins_by`.
    pub(super) fn new(lease: Lease<Connection>, turn: Option<OwnedSemaphorePermit>, begins_by: Instant) -> Self {
        Self(Some(Open { tx: OnceCell::new(), lease: Arc::new(lease), turn, begins_by }))
    }

    fn open(&self) -> &Open {
        match &self.0 {
            Some(open) => open,
            None => unreachable!("only its end takes it away"),
        }
    }

    fn take(&mut self) -> Open {
        match self.0.take() {
            Some(open) => open,
            None => unreachable!("only its end takes it away"),
        }
    }

    /// Which of the connections for writers it has. No other transaction of a user has the same number in this process.
    pub(crate) fn number(&self) -> usize {
        self.open().lease.number()
    }

    /// Adds rows, in this order, and makes all changes permanent. That goes on where nobody waits for it any more, and has
    /// its connection for as long.
    ///
    /// # Errors
    /// `UNAVAILABLE` also where it takes too long: the changes may then be made nevertheless.
    pub(crate) async fn commit(mut self, mut added: Vec<InsertStatement>) -> Result<Result<(), DbErr>> {
        if self.open().tx.initialized() && !added.is_empty() {
            let statement = additions::one(self.get_database_backend(), std::mem::take(&mut added));
            if let Err(error) = self.execute_raw(statement).await {
                return Ok(Err(error));
            }
        }
        let ended = tokio::spawn(self.take().end(added));
        match timeout(COMMIT_PATIENCE, ended).await {
            Ok(ended) => ended.map_err(resume),
            Err(cause) => {
                let message = "The database did not confirm the change in time. It may have been made, now or in a moment: look before you send it again, or send it with the same idempotencyKey.";
                Err(Error::new(ErrorCode::Unavailable, message).because(cause))
            }
        }
    }

    /// Undoes the changes.
    pub(crate) async fn rollback(mut self) -> Result<()> {
        let Open { tx, lease: _lease, turn: _turn, .. } = self.take();
        match tx.into_inner() {
            Some(tx) => Ok(tx.rollback().await?),
            None => Ok(()),
        }
    }
}

impl Open {
    /// Begins in a task of its own, which goes on when the client hangs up: sqlx forgets a transaction whose beginning
    /// nobody waited for, and whoever got the connection next would be inside it.
    async fn begin(&self) -> Result<DatabaseTransaction, DbErr> {
        let lease = self.lease.clone();
        let begun = tokio::spawn(async move {
            lease.start(None);
            let tx = lease.pool.begin_with_options(write_options()).await;
            // Together, so that the transaction ends before the lease where nobody takes them.
            (tx, lease)
        });
        let patience = self.begins_by.saturating_duration_since(Instant::now());
        let begun = match timeout(patience, begun).await {
            Ok(Ok((tx, _lease))) => tx,
            Ok(Err(ended)) => Err(DbErr::Custom(format!("{:?}", resume(ended)))),
            Err(_) => Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)),
        };
        if let (Err(_), Some(operation)) = (&begun, Operation::current()) {
            operation.give_up();
        }
        begun
    }

    async fn end(self, added: Vec<InsertStatement>) -> Result<(), DbErr> {
        let Self { tx, lease, turn: _turn, .. } = self;
        match tx.into_inner() {
            Some(tx) => tx.commit().await,
            None if added.is_empty() => Ok(()),
            None => {
                lease.start(None);
                additions::execute_alone(&lease.pool, added).await
            }
        }
    }
}

/// Panics as the task did.
fn resume(ended: JoinError) -> Error {
    match ended.try_into_panic() {
        Ok(panic) => std::panic::resume_unwind(panic),
        Err(ended) => Error::internal(ended),
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        let Some(Open { tx, lease, turn, .. }) = self.0.take() else { return };
        let (Some(tx), Ok(runtime)) = (tx.into_inner(), Handle::try_current()) else { return };
        // The next has the connection when it is free: a statement of this one may still run.
        runtime.spawn(async move {
            let (_lease, _turn) = (lease, turn);
            if let Err(error) = tx.rollback().await {
                tracing::debug!(%error, "a transaction that was given up ends with its connection");
            }
        });
    }
}

#[async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        self.open().lease.pool.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.begun().await?.execute_raw(statement).await
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        self.begun().await?.execute_unprepared(sql).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.begun().await?.query_one_raw(statement).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.begun().await?.query_all_raw(statement).await
    }
}

impl Transaction {
    async fn begun(&self) -> Result<&DatabaseTransaction, DbErr> {
        let open = self.open();
        open.tx.get_or_try_init(|| open.begin()).await
    }
}
