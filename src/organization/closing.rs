//! Closing the books, and what keeps a record of a closed day as it is.
//!
//! On PostgreSQL it is the table's lock that does it. Whatever writes a record has `organization` locked in the mode
//! `ROW SHARE` until it has ended, because a statement of it selects from that table `FOR KEY SHARE`; such writers do not
//! wait for each other. Who closes or reopens has the table to themselves (`EXCLUSIVE`), in which others can still read it.
//! PostgreSQL locks a statement's tables before it decides what the statement sees: a writer that waited sees what was
//! decided meanwhile, and closing waits for the writers that could not see it. The row itself is not locked, which would
//! have every writer write to it. `SQLite` has one writer at a time.

use chrono::NaiveDate;
use entity::{
    audit_event::AuditAction,
    import::{self, ImportState},
    organization::{self, Column, Entity},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter,
    sea_query::{CaseStatement, Expr, ExprTrait, LockType, Query, SelectStatement, SimpleExpr},
};

use super::store::{self, load};
use crate::{
    calendar::ClosedPeriod,
    change::Change,
    error::{Error, ErrorCode, Result},
    services::Services,
};

/// The days that are closed, which stay the same until `change` has ended. To be asked before the change locks any row of
/// records or totals; asked again, it costs nothing. Whatever changes records checks their days, the old and the new ones:
/// [`ClosedPeriod::check`].
pub(crate) async fn closed_period(change: &mut Change) -> Result<ClosedPeriod> {
    if let Some(known) = change.closed_period() {
        return Ok(known);
    }
    // It finds nothing, and locks the table.
    let mut held = share();
    held.and_where(Expr::cust("FALSE"));
    let mut query = Query::select();
    query.column(Column::ClosedThrough).from(Entity).and_where(Expr::exists(held).not());
    let row = change.db().query_one(&query).await?.ok_or_else(store::missing)?;
    let period = ClosedPeriod { through: row.try_get("", "closed_through")? };
    change.keep_closed_period(period);
    Ok(period)
}

/// `day`, or `NULL` where it is closed, for a column that is never null: so the statement that enters a record refuses it
/// by itself, as [`crate::db::is_null_refused`] tells.
pub(crate) fn day_if_open(day: NaiveDate) -> SimpleExpr {
    let mut closed = share();
    closed.and_where(Expr::col(Column::ClosedThrough).gte(day));
    CaseStatement::new().case(Expr::exists(closed), Expr::cust("NULL")).finally(Expr::val(day)).into()
}

fn share() -> SelectStatement {
    Query::select().expr(Expr::cust("1")).from(Entity).lock(LockType::KeyShare).to_owned()
}

/// Refuses a new record of `day`, where it is known to be closed, before a statement is sent that would be refused.
///
/// # Errors
/// `PERIOD_CLOSED`.
pub(crate) async fn expect_open(change: &mut Change, field: &'static str, day: NaiveDate) -> Result<()> {
    let remembered = store::remembered(change.services());
    if remembered.is_some_and(|organization| store::closed(&organization).includes(day)) {
        // It may have been reopened just now.
        closed_period(change).await?.check(field, day)?;
    }
    Ok(())
}

/// As [`expect_open`] for a record that the database refused, as it is now: in the meantime the day may have been opened.
///
/// # Errors
/// `PERIOD_CLOSED`.
pub(crate) async fn check_now(services: &Services, field: &'static str, day: NaiveDate) -> Result<()> {
    store::closed(&load(services.db.read()).await?).check(field, day)
}

/// Closes all days up to `through`.
///
/// # Errors
/// `CONFLICT` where a later day is closed already, and while an import is being entered.
pub async fn close(change: &mut Change, through: NaiveDate, reason: Option<String>) -> Result<organization::Model> {
    let before = load_alone(change).await?;
    match before.closed_through {
        Some(closed) if closed == through => return Ok(before),
        Some(closed) if closed > through => {
            let message = format!("The books are closed through {closed} already. `reopenBooks` opens days again.");
            return Err(conflict(message, closed));
        }
        _ => {}
    }
    let entering = import::Entity::find().filter(import::Column::State.eq(ImportState::Entering));
    if let Some(import) = entering.one(change.db()).await? {
        let message = format!(
            "The records of an import ({}) are being entered. Close the books when it is done, or revert it.",
            import.filename
        );
        return Err(Error::new(ErrorCode::Conflict, message).at("through"));
    }
    let after = organization::Model { closed_through: Some(through), ..before.clone() };
    store::write(change, AuditAction::Closed, &before, after, reason).await
}

/// Opens all days after `through`, or all.
///
/// # Errors
/// `CONFLICT` where `through` is not closed.
pub async fn reopen(change: &mut Change, through: Option<NaiveDate>, reason: String) -> Result<organization::Model> {
    let before = load_alone(change).await?;
    if before.closed_through == through {
        return Ok(before);
    }
    let closed = before.closed_through.filter(|closed| through.is_none_or(|through| through < *closed));
    let Some(closed) = closed else {
        let message = match before.closed_through {
            Some(closed) => format!("The books are closed through {closed} only. `closeBooks` closes more days."),
            None => "The books are not closed. `closeBooks` closes them.".to_owned(),
        };
        let refused = Error::new(ErrorCode::Conflict, message).at("through");
        return Err(refused.with("closedThrough", before.closed_through.map(|day| day.to_string())));
    };
    tracing::info!(%closed, through = ?through, "the books were reopened");
    let after = organization::Model { closed_through: through, ..before.clone() };
    store::write(change, AuditAction::Reopened, &before, after, Some(reason)).await
}

fn conflict(message: String, closed: NaiveDate) -> Error {
    Error::new(ErrorCode::Conflict, message).at("through").with("closedThrough", closed.to_string())
}

/// The organization, once nothing that writes records is under way; what comes now waits until this change has ended.
async fn load_alone(change: &mut Change) -> Result<organization::Model> {
    keep_records_still(change).await?;
    load(change.db()).await
}

/// Waits until nothing that writes records is under way; what comes now waits until `change` has ended.
pub(crate) async fn keep_records_still(change: &mut Change) -> Result<()> {
    if change.db().get_database_backend() == DbBackend::Postgres {
        change.db().execute_unprepared("LOCK TABLE organization IN EXCLUSIVE MODE").await?;
    }
    Ok(())
}
