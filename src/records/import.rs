//! Records that were made from the rows of a file, and what a row is known by. While a record has the key of its row, that
//! row is not imported again, not even where the record was deleted; a revert frees the key.

use entity::{
    audit_event::AuditAction,
    record::{self, Column, Entity},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, LockType, SimpleExpr},
};
use uuid::Uuid;

use crate::{
    calendar::ClosedPeriod,
    change::Change,
    db::{self, is_unique_violation},
    error::{Error, ErrorCode, Result},
    event::{Changes, Event},
    organization,
    totals::{self, Difference},
};

/// Bytes of a key; a freed one is longer, so that it is never met again.
const KEY_BYTES: usize = 32;
/// How many records one statement changes.
const BATCH: usize = 1_000;

/// What a part of a revert came to.
pub(crate) struct Reverted {
    /// How many records it deleted.
    pub(crate) deleted: usize,
    /// The last one that it looked at; `None` where it came to the end.
    pub(crate) last: Option<(chrono::NaiveDate, Uuid)>,
}

/// Which records of an import are to be deleted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Revert {
    /// Of which import.
    pub(crate) import_id: Uuid,
    /// Also those that were changed since.
    pub(crate) deletes_changed: bool,
    /// All but those of closed days; else none where there are any.
    pub(crate) leaves_closed: bool,
}

impl Revert {
    fn condition(self, closed: ClosedPeriod) -> Condition {
        let mut wanted = Condition::all()
            .add(Column::ImportId.eq(self.import_id))
            .add(Expr::cust(format!("LENGTH(source_key) = {KEY_BYTES}")));
        if !self.deletes_changed {
            wanted = wanted.add(Column::DeletedAt.is_not_null().or(Column::Version.eq(1)));
        }
        if let Some(through) = closed.through.filter(|_| self.leaves_closed) {
            wanted = wanted.add(Column::Date.gt(through));
        }
        wanted
    }
}

/// Refuses a revert that would delete records of closed days.
///
/// # Errors
/// `PERIOD_CLOSED`.
pub(crate) async fn check_revert(change: &mut Change, revert: Revert) -> Result<()> {
    let closed = organization::closed_period(change).await?;
    let first = Entity::find().filter(revert.condition(closed)).filter(Column::DeletedAt.is_null());
    let first = first.order_by_asc(Column::Date).order_by_asc(Column::Id).one(change.db()).await?;
    first.map_or(Ok(()), |record| closed.check("id", record.date))
}

/// Deletes up to `most` records that the import made, those after `after` in the order of their days, and frees the keys
/// of their rows.
///
/// # Errors
/// As [`check_revert`].
pub(crate) async fn revert(
    change: &mut Change,
    revert: Revert,
    after: Option<(chrono::NaiveDate, Uuid)>,
    most: usize,
) -> Result<Reverted> {
    let closed = organization::closed_period(change).await?;
    let mut wanted = revert.condition(closed);
    if let Some((date, id)) = after {
        wanted = wanted.add(Column::Date.gt(date).or(Column::Date.eq(date).and(Column::Id.gt(id))));
    }
    let found = Entity::find()
        .filter(wanted)
        .order_by_asc(Column::Date)
        .order_by_asc(Column::Id)
        .limit(u64::try_from(most).ok())
        .lock(LockType::NoKeyUpdate)
        .all(change.db())
        .await?;
    let last = found.last().filter(|_| found.len() == most).map(|record| (record.date, record.id));
    let (live, deleted): (Vec<_>, Vec<_>) = found.into_iter().partition(|record| record.deleted_at.is_none());
    for record in &live {
        closed.check("id", record.date)?;
    }
    free(change, deleted).await?;
    let count = live.len();
    delete(change, live).await?;
    Ok(Reverted { deleted: count, last })
}

/// Frees the keys of records that somebody deleted before.
async fn free(change: &Change, records: Vec<record::Model>) -> Result<()> {
    let ids: Vec<_> = records.into_iter().map(|record| record.id).collect();
    for ids in ids.chunks(BATCH) {
        let backend = change.db().get_database_backend();
        let of_these = db::any_of(backend, Column::Id, ids.to_vec());
        let freed = Entity::update_many().col_expr(Column::SourceKey, db::with_id(backend, Column::SourceKey));
        freed.filter(of_these).exec(change.db()).await?;
    }
    Ok(())
}

/// Deletes records, and frees their keys.
async fn delete(change: &mut Change, records: Vec<record::Model>) -> Result<()> {
    let backend = change.db().get_database_backend();
    let Some(latest) = records.iter().map(|record| record.updated_at).max() else { return Ok(()) };
    let (at, by) = (change.after(latest), change.author());
    let mut difference = Difference::default();
    for batch in records.chunks(BATCH) {
        let ids = batch.iter().map(|record| record.id).collect();
        let mut update = Entity::update_many()
            .col_expr(Column::DeletedAt, Expr::val(at))
            .col_expr(Column::DeletedBy, Expr::val(by))
            .col_expr(Column::UpdatedAt, Expr::val(at))
            .col_expr(Column::Version, Expr::col(Column::Version).add(1))
            .col_expr(Column::SourceKey, db::with_id(backend, Column::SourceKey));
        if let Some(by) = by {
            update = update.col_expr(Column::UpdatedBy, Expr::val(by));
        }
        update.filter(db::any_of(backend, Column::Id, ids)).exec(change.db()).await?;
        for before in batch {
            difference = difference.minus(before);
            let after = record::Model {
                deleted_at: Some(at),
                deleted_by: by,
                updated_at: at,
                updated_by: by.unwrap_or(before.updated_by),
                version: before.version + 1,
                ..before.clone()
            };
            let changes = Changes::default().field("deletedAt", None, Some(&at.to_rfc3339()));
            change.record(Event::record(AuditAction::Deleted, &after).changes(changes));
        }
    }
    totals::apply(change.db(), difference).await
}

/// Has a record that is restored know its row again, if a revert had freed its key.
pub(super) fn take_key(record: &mut record::Model) {
    if let Some(key) = &mut record.source_key {
        key.truncate(KEY_BYTES);
    }
}

/// The key that the row of a restored record had, for a statement that restores many.
pub(super) fn own_key() -> SimpleExpr {
    Expr::cust(format!("SUBSTR(source_key, 1, {KEY_BYTES})"))
}

/// Why the database refused to write records: what else is unique about one was given when it was entered.
pub(super) fn refused(error: DbErr) -> Error {
    if is_unique_violation(&error) { key_taken() } else { error.into() }
}

/// That the row of a restored record was imported again meanwhile.
fn key_taken() -> Error {
    let message = "The row of a file that this record was made from was imported again, so there would be two of it.";
    Error::new(ErrorCode::Conflict, message).at("id")
}
