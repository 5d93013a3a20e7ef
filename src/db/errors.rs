//! What the databases' errors mean. Nobody else looks into one: a caller that expects a violation asks here, and every
//! other error becomes an [`Error`] that holds none of its text.

use std::{
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use sea_orm::{
    DbErr, RuntimeErr, SqlErr,
    sqlx::{self, postgres::PgDatabaseError, sqlite::SqliteError},
};
use tokio::sync::Notify;

use crate::error::{Error, ErrorCode};

/// When a connection was last found to be of no more use: those opened before are closed instead of used again.
static STALE: Mutex<Option<Instant>> = Mutex::new(None);
/// Told when a connection was waited for in vain. The pool does not say why there was none.
pub(super) static NO_CONNECTION: Notify = Notify::const_new();

/// Why a statement failed that may succeed later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Obstacle {
    /// The server, its disk or the way to it.
    Away,
    /// No connection, because the database is away or because all are in use.
    NoConnection,
    /// Other transactions.
    Lock,
    /// The statement's own length.
    TooLong,
    /// The database has become, or is, one that takes no changes.
    ReadOnly,
    /// A table changed under a prepared statement.
    StalePlan,
}

impl Obstacle {
    fn message(self) -> &'static str {
        match self {
            Self::Away => "The database cannot be reached right now. Try again in a moment.",
            Self::NoConnection => "The database cannot be reached right now, or is overloaded. Try again in a moment.",
            Self::Lock => "Another change was in the way for too long. Nothing was changed; try again in a moment.",
            Self::TooLong => "The database took too long for this, and gave up. Ask for less, or try again later.",
            Self::ReadOnly => "The database takes no changes right now. Nothing was changed; try again in a moment.",
            Self::StalePlan => "The database's tables have just been changed. Try again in a moment.",
        }
    }

    /// Whether the connection is of no more use, and with it all that were opened before.
    fn spoils_connections(self) -> bool {
        matches!(self, Self::ReadOnly | Self::StalePlan)
    }
}

/// A database that is gone, busy or read-only is `UNAVAILABLE`; everything else is a defect of ours, unless the caller
/// expected it and asked [`is_unique_violation`] first.
impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        let Some(obstacle) = obstacle(&error) else { return Self::internal(error) };
        if obstacle.spoils_connections() {
            *STALE.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
        }
        if obstacle == Obstacle::NoConnection {
            NO_CONNECTION.notify_waiters();
        }
        Self::new(ErrorCode::Unavailable, obstacle.message()).because(error)
    }
}

/// The error of a wait that was given up before the pool gave up.
pub(crate) fn waited_in_vain(cause: &'static str) -> Error {
    NO_CONNECTION.notify_waiters();
    Error::new(ErrorCode::Unavailable, Obstacle::NoConnection.message()).because(cause)
}

/// Whether a connection of this age may be used again.
pub(super) fn is_fresh(age: Duration) -> bool {
    let stale = *STALE.lock().unwrap_or_else(PoisonError::into_inner);
    stale.is_none_or(|stale| stale.elapsed() > age)
}

/// Whether a unique index refused the write.
#[must_use]
pub fn is_unique_violation(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

/// Whether a number was to be stored that its column cannot hold: `numeric_value_out_of_range`; on SQLite the column's
/// check refuses it (`SQLITE_CONSTRAINT_CHECK`).
pub(crate) fn is_out_of_range(error: &DbErr) -> bool {
    let Some(sqlx::Error::Database(error)) = sqlx_error(error) else { return false };
    matches!(error.code().as_deref(), Some("22003" | "275"))
}

/// Whether `column` of a record was `NULL`, by which a statement says that its day is closed, or its category gone:
/// `not_null_violation`, on `SQLite` `SQLITE_CONSTRAINT_NOTNULL`.
pub(crate) fn is_null_refused(error: &DbErr, column: &str) -> bool {
    let Some(sqlx::Error::Database(error)) = sqlx_error(error) else { return false };
    match error.try_downcast_ref::<PgDatabaseError>() {
        Some(error) => (error.code(), error.table(), error.column()) == ("23502", Some("records"), Some(column)),
        None => error.code().as_deref() == Some("1299") && error.message().ends_with(&format!("records.{column}")),
    }
}

/// Whether other transactions held what was needed for too long.
pub(super) fn is_lock_timeout(error: &DbErr) -> bool {
    obstacle(error) == Some(Obstacle::Lock)
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(e))
        | DbErr::Exec(RuntimeErr::SqlxError(e))
        | DbErr::Query(RuntimeErr::SqlxError(e)) => Some(e),
        _ => None,
    }
}

fn obstacle(error: &DbErr) -> Option<Obstacle> {
    if let DbErr::ConnectionAcquire(_) = error {
        return Some(Obstacle::NoConnection);
    }
    match sqlx_error(error) {
        Some(sqlx::Error::PoolTimedOut) => Some(Obstacle::NoConnection),
        Some(sqlx::Error::Io(_) | sqlx::Error::Tls(_) | sqlx::Error::PoolClosed | sqlx::Error::WorkerCrashed) => {
            Some(Obstacle::Away)
        }
        Some(sqlx::Error::Database(e)) => {
            if let Some(e) = e.try_downcast_ref::<PgDatabaseError>()
                && e.routine() == Some("RevalidateCachedQuery")
            {
                return Some(Obstacle::StalePlan);
            }
            let code = e.code()?;
            let known = match e.try_downcast_ref::<SqliteError>() {
                Some(_) => code.parse().ok().and_then(sqlite_obstacle),
                None => postgres_obstacle(&code),
            };
            known.or(matches!(error, DbErr::Conn(_)).then_some(Obstacle::Away))
        }
        _ => matches!(error, DbErr::Conn(_)).then_some(Obstacle::Away),
    }
}

/// Whether another writer, the disk or the file system is in the way. The low byte of an extended result code is
/// the primary one: `BUSY` (5), `LOCKED` (6), `READONLY` (8), `INTERRUPT` (9), `IOERR` (10), `FULL` (13), `CANTOPEN`
/// (14), `PROTOCOL` (15, a race for the write-ahead log).
fn sqlite_obstacle(code: u32) -> Option<Obstacle> {
    match code & 0xff {
        5 | 6 => Some(Obstacle::Lock),
        8 => Some(Obstacle::ReadOnly),
        9 => Some(Obstacle::TooLong),
        10 | 13 | 14 | 15 => Some(Obstacle::Away),
        _ => None,
    }
}

/// Whether the server, its resources or other transactions are in the way: connection exception (08), read-only
/// transaction (25006: after a failover), transaction rollback (40: serialization failure, deadlock), insufficient
/// resources (53), operator intervention (57: shutdown; 57014: statement timeout), system error (58), lock not available
/// (55P03).
fn postgres_obstacle(state: &str) -> Option<Obstacle> {
    match state {
        "25006" => Some(Obstacle::ReadOnly),
        "55P03" => Some(Obstacle::Lock),
        "57014" => Some(Obstacle::TooLong),
        _ if state.starts_with("40") => Some(Obstacle::Lock),
        _ => ["08", "53", "57", "58"].iter().any(|class| state.starts_with(class)).then_some(Obstacle::Away),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_writer_or_the_disk_is_to_blame_for_is_told_also_by_its_extended_code() {
        for (obstacle, codes) in [
            (Obstacle::Lock, &[5, 6, 261, 262, 517, 773][..]),
            (Obstacle::Away, &[10, 13, 14, 15, 778, 4_874]),
            (Obstacle::ReadOnly, &[8, 1_032]),
            (Obstacle::TooLong, &[9]),
        ] {
            for code in codes {
                assert_eq!(sqlite_obstacle(*code), Some(obstacle), "{code}");
            }
        }
        // A syntax error, a corrupt file, constraints.
        for code in [1, 11, 19, 275, 787, 1_299, 2_067] {
            assert_eq!(sqlite_obstacle(code), None, "{code}");
        }
    }

    #[test]
    fn what_the_server_or_other_transactions_are_to_blame_for_is_told() {
        for (obstacle, states) in [
            (Obstacle::Away, &["08006", "53100", "53300", "57P01", "57P03", "58030"][..]),
            (Obstacle::Lock, &["40001", "40P01", "55P03"]),
            (Obstacle::TooLong, &["57014"]),
            (Obstacle::ReadOnly, &["25006"]),
        ] {
            for state in states {
                assert_eq!(postgres_obstacle(state), Some(obstacle), "{state}");
            }
        }
        for state in ["22003", "23505", "42601", "42P01", "55000", "XX000"] {
            assert_eq!(postgres_obstacle(state), None, "{state}");
        }
    }
}
