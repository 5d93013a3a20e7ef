//! Whether the tables are those that this program was written for, and how they become so.

use std::{collections::BTreeSet, sync::Once, time::Duration};

use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, Statement, TransactionTrait};

use super::{Db, errors, look_up, operation::Who, write_options};
use crate::error::{Error, Result};

/// The advisory lock that one migrating server holds: "tally" in ASCII.
const MIGRATION_LOCK: i64 = 0x74_61_6c_6c_79;
/// How often a migration tries to get its locks, each time for [`LOCK_PATIENCE`].
const ATTEMPTS: u32 = 120;
/// Longest that a migration waits for a table's lock: statements that come after it queue behind it meanwhile.
const LOCK_PATIENCE: &str = "SET LOCAL lock_timeout = '500ms'; SET LOCAL statement_timeout = 0";
/// How long others have the tables to themselves between two attempts.
const PAUSE: Duration = Duration::from_millis(500);
/// How the description in a migration's name begins if an older program may go on working beside it.
const EXPANDS: &str = "expand_";

impl Db {
    /// Brings the tables up to date; where they are, only reads. Of several servers that start at once, one does it and
    /// the rest wait.
    ///
    /// # Errors
    /// Also where other transactions hold the tables for a minute or longer.
    pub async fn migrate(&self) -> Result<(), DbErr> {
        let mut attempt = 1;
        while self.pending_migrations().await? > 0 {
            match self.try_to_migrate().await {
                Ok(true) => break,
                Ok(false) => {}
                Err(error) if attempt < ATTEMPTS && errors::is_lock_timeout(&error) => {
                    tracing::info!(attempt, "the tables are in use; they will be changed when they are free");
                }
                Err(error) => return Err(error),
            }
            if attempt >= ATTEMPTS {
                return Err(DbErr::Migration("another server has been migrating for too long".to_owned()));
            }
            attempt += 1;
            tokio::time::sleep(PAUSE).await;
        }
        self.index_texts().await
    }

    /// Whether it was this process's turn, and the tables are up to date.
    async fn try_to_migrate(&self) -> Result<bool, DbErr> {
        let lease = self.writes.take(Who::Server, usize::MAX).await;
        let tx = lease.pool.begin_with_options(write_options()).await?;
        if self.backend() == DbBackend::Postgres && !take_turn(&tx).await? {
            tx.rollback().await?;
            return Ok(false);
        }
        Migrator::up(&tx, None).await?;
        tx.commit().await?;
        Ok(true)
    }

    /// How many migrations this program knows that the database has not seen. Changes nothing, also where there is no
    /// table at all.
    ///
    /// # Errors
    /// Also where a newer program has migrated the database in a way that this one cannot work with.
    pub async fn pending_migrations(&self) -> Result<usize, DbErr> {
        static WARNING: Once = Once::new();
        let known: BTreeSet<_> = Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect();
        let applied = self.applied_migrations().await?;
        let newer: Vec<_> = applied.difference(&known).collect();
        if let Some(name) = newer.iter().find(|name| !expands(name)) {
            return Err(DbErr::Migration(format!("a newer version has changed the tables ({name}); use that version")));
        }
        if !newer.is_empty() {
            WARNING.call_once(|| {
                tracing::warn!(?newer, "a newer version has added to the tables; this one works with what it knows");
            });
        }
        Ok(known.difference(&applied).count())
    }

    async fn applied_migrations(&self) -> Result<BTreeSet<String>, DbErr> {
        let is_there = match self.backend() {
            DbBackend::Postgres => "SELECT 1 AS found WHERE to_regclass('seaql_migrations') IS NOT NULL",
            _ => "SELECT 1 AS found FROM sqlite_schema WHERE type = 'table' AND name = 'seaql_migrations'",
        };
        if self.read().query_one_raw(Statement::from_string(self.backend(), is_there)).await?.is_none() {
            return Ok(BTreeSet::new());
        }
        let select = Statement::from_string(self.backend(), "SELECT version FROM seaql_migrations");
        self.read().query_all_raw(select).await?.iter().map(|row| row.try_get("", "version")).collect()
    }

    /// Whether the database answers, its tables are those that this program was written for, and the file of a `SQLite`
    /// database is where it was: one that was removed goes on working, and is lost with the process. Only reads.
    pub async fn check_ready(&self) -> Result<()> {
        if self.file.as_ref().is_some_and(|file| !file.is_in_place()) {
            return Err(Error::unavailable(
                "the database's file was removed or replaced while it was open; restart the server",
            ));
        }
        match look_up(self.pending_migrations()).await {
            Ok(0) => Ok(()),
            Ok(_) => Err(Error::unavailable("migrations are pending; run `tallybook migrate`")),
            Err(DbErr::Migration(complaint)) => Err(Error::unavailable(complaint)),
            Err(error) => Err(error.into()),
        }
    }
}

/// Whether it is the turn of this transaction to change tables of `PostgreSQL`. It then waits for none of them for long.
pub(super) async fn take_turn(tx: &DatabaseTransaction) -> Result<bool, DbErr> {
    tx.execute_unprepared(LOCK_PATIENCE).await?;
    let lock = format!("SELECT pg_try_advisory_xact_lock({MIGRATION_LOCK}) AS held");
    let held = tx.query_one_raw(Statement::from_string(DbBackend::Postgres, lock)).await?;
    Ok(held.map(|row| row.try_get("", "held")).transpose()?.unwrap_or(false))
}

/// Whether a migration only adds what an older program need not know, as its name says: `m20270101_000020_expand_notes`.
fn expands(name: &str) -> bool {
    name.splitn(3, '_').nth(2).is_some_and(|description| description.starts_with(EXPANDS))
}

#[cfg(test)]
mod tests {
    use super::expands;

    #[test]
    fn a_migration_says_by_its_name_that_it_only_expands() {
        assert!(expands("m20270101_000020_expand_notes"));
        for name in ["m20270101_000020_drop_expand_notes", "m20261123_000003_create_totals", "expand_notes", ""] {
            assert!(!expands(name), "{name}");
        }
    }
}
