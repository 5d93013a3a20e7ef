//! Transactions that write, for [`crate::change`] alone.

use std::time::Duration;

use sea_orm::{DatabaseTransaction, TransactionTrait};
use tokio::{runtime::Handle, sync::OwnedSemaphorePermit};

use super::{connection::Connection, share::Lease, write_options};
use crate::error::{Error, ErrorCode, Result};

/// Longest that a commit is waited for. A standby that has to confirm it may be gone.
const COMMIT_PATIENCE: Duration = Duration::from_secs(4);

/// A transaction that writes. Dropped without [`Transaction::commit`], it is rolled back.
#[derive(Debug)]
pub(crate) struct Transaction(Option<Begun>);

#[derive(Debug)]
struct Begun {
    tx: DatabaseTransaction,
    // After the transaction, so that it is dropped later.
    _lease: Lease<Connection>,
    _turn: Option<OwnedSemaphorePermit>,
}

impl Transaction {
    /// Begins in a task of its own, which goes on when the client hangs up: sqlx forgets a transaction whose beginning
    /// nobody waited for, and whoever got the connection next would be inside it.
    pub(super) async fn begin(lease: Lease<Connection>, turn: Option<OwnedSemaphorePermit>) -> Result<Self> {
        let begun = tokio::spawn(async move {
            lease.start(None);
            let tx = lease.pool.begin_with_options(write_options()).await?;
            Ok::<_, sea_orm::DbErr>(Self(Some(Begun { tx, _lease: lease, _turn: turn })))
        });
        Ok(begun.await.map_err(Error::internal)??)
    }

    /// What statements run through.
    #[must_use]
    pub(crate) fn connection(&self) -> &DatabaseTransaction {
        match &self.0 {
            Some(begun) => &begun.tx,
            None => unreachable!("only its end takes it away"),
        }
    }

    /// Makes the changes permanent. The commit goes on where nobody waits for it any more, and has its connection for as
    /// long.
    ///
    /// # Errors
    /// `UNAVAILABLE` also where it takes too long: the changes may then be made nevertheless.
    pub(crate) async fn commit(mut self) -> Result<()> {
        let Some(begun) = self.0.take() else { unreachable!("only its end takes it away") };
        let committed = tokio::spawn(async move {
            let Begun { tx, _lease, _turn } = begun;
            tx.commit().await
        });
        match tokio::time::timeout(COMMIT_PATIENCE, committed).await {
            Ok(committed) => Ok(committed.map_err(Error::internal)??),
            Err(cause) => {
                let message = "The database did not confirm the change in time. It may have been made, now or in a moment: look before you send it again, or send it with the same idempotencyKey.";
                Err(Error::new(ErrorCode::Unavailable, message).because(cause))
            }
        }
    }

    /// Undoes the changes.
    pub(crate) async fn rollback(mut self) -> Result<()> {
        let Some(Begun { tx, _lease, _turn }) = self.0.take() else { unreachable!("only its end takes it away") };
        Ok(tx.rollback().await?)
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        let Some(begun) = self.0.take() else { return };
        if let Ok(runtime) = Handle::try_current() {
            // The next has the connection when it is free: a statement of this one may still run.
            runtime.spawn(async move {
                let Begun { tx, _lease, _turn } = begun;
                if let Err(error) = tx.rollback().await {
                    tracing::debug!(%error, "a transaction that was given up ends with its connection");
                }
            });
        }
    }
}
