//! The index of texts that searches use. That of `SQLite` comes with the tables. `PostgreSQL` needs an extension for it, which
//! not every role may create: there it is made as soon as it can be.

use std::{sync::Arc, time::Duration};

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement, TransactionTrait};
use tokio::sync::OnceCell;

use super::{Db, errors, operation::Who, tables, write_options};

/// Whether there is the index, once somebody has asked. Clones are the same.
pub(super) type Known = Arc<OnceCell<bool>>;

/// How often the turn and the lock of the table are tried for.
const ATTEMPTS: u32 = 120;
const PAUSE: Duration = Duration::from_millis(500);
/// The schema that operators and functions of the extension are in, quoted.
const SCHEMA: &str = "SELECT quote_ident(nspname) AS found FROM pg_extension JOIN pg_namespace ON \
                      pg_namespace.oid = extnamespace WHERE extname = 'pg_trgm'";
const INDEX: &str = "SELECT 'index' AS found WHERE to_regclass('idx_records_search_text') IS NOT NULL";
/// What an operator has to do.
const ADVICE: &str = "searches read every record, because there is no index of trigrams; have `CREATE EXTENSION pg_trgm` \
                      executed in this database by a role that may, and start again";
const NO_LETTERS: &str = "searches read every record, because this database's LC_CTYPE knows no letters but A to Z; move the \
                          books to one with another, such as C.UTF-8";

impl Db {
    /// Whether searches have an index.
    pub async fn has_text_index(&self) -> bool {
        if self.backend() != DbBackend::Postgres {
            return true;
        }
        let known = self.text_index.get_or_try_init(async || {
            let is_there = find(self.read(), INDEX).await?.is_some();
            Ok::<_, DbErr>(is_there)
        });
        // Where the database does not answer, what comes after this will say so.
        known.await.copied().unwrap_or(true)
    }

    /// Makes the index where there is none, if that is possible; if not, says what to do.
    pub(super) async fn index_texts(&self) -> Result<(), DbErr> {
        if self.backend() != DbBackend::Postgres {
            return Ok(());
        }
        for _ in 0..ATTEMPTS {
            if find(self.read(), INDEX).await?.is_some() {
                return Ok(());
            }
            match self.try_to_index_texts().await {
                Ok(true) => return Ok(()),
                Ok(false) => {}
                Err(error) if errors::is_lock_timeout(&error) => {}
                Err(error) => {
                    tracing::warn!(%error, "{ADVICE}");
                    return Ok(());
                }
            }
            tokio::time::sleep(PAUSE).await;
        }
        tracing::warn!("searches read every record: their index could not be made, because the records were in use");
        Ok(())
    }

    /// Whether it was this process's turn.
    async fn try_to_index_texts(&self) -> Result<bool, DbErr> {
        let lease = self.writes.take(Who::Server, usize::MAX).await;
        let tx = lease.pool.begin_with_options(write_options()).await?;
        if !tables::take_turn(&tx).await? {
            tx.rollback().await?;
            return Ok(false);
        }
        if find(&tx, SCHEMA).await?.is_none() {
            // Not among the tables of one organisation: others in the same database may come to use it.
            tx.execute_unprepared("CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA public").await?;
        }
        let schema = find(&tx, SCHEMA).await?.unwrap_or_default();
        let knows = format!("SELECT 'letters' AS found WHERE cardinality({schema}.show_trgm('тест')) > 0");
        if find(&tx, &knows).await?.is_none() {
            tracing::warn!("{NO_LETTERS}");
            tx.rollback().await?;
            return Ok(true);
        }
        tx.execute_unprepared(&format!(
            "CREATE INDEX idx_records_search_text ON records USING gin (search_text {schema}.gin_trgm_ops)"
        ))
        .await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// The one text that `query` selects as `found`, if it does.
async fn find(db: &impl ConnectionTrait, query: &str) -> Result<Option<String>, DbErr> {
    let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, query)).await?;
    row.map(|row| row.try_get("", "found")).transpose()
}
