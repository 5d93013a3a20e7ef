//! The rules and queries of records. Every write keeps the totals and the audit trail in its transaction.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use entity::{
    audit_event::AuditAction,
    category,
    record::{self, Column},
};
use sea_orm::{
    ActiveEnum, ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, QueryFilter,
    QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait, LockType, Query},
};
use uuid::Uuid;

use super::{filter::Filter, import, input::RecordPatch, money::Money, order::Order, search};
use crate::{
    categories,
    change::Change,
    db,
    error::{Error, ErrorCode, Result},
    event::{Changes, Event},
    id::Kind,
    organization,
    page::Page,
    services::Services,
    totals::{self, Difference},
};

/// A record with the category it is shown in.
#[derive(Clone, Debug)]
pub struct Row {
    /// The record; its `category_id` may be that of a merged category.
    pub record: record::Model,
    /// The category, which is not merged.
    pub category: category::Model,
}

/// The records with these ids, deleted or not, in no particular order.
pub(super) async fn find_all(services: &Services, ids: Vec<Uuid>) -> Result<Vec<Row>> {
    let db = services.db.read();
    let is_meant = db::any_of(db.get_database_backend(), Column::Id, ids);
    let records = record::Entity::find().filter(is_meant).all(db).await?;
    with_categories(services, &Filter::default(), records).await
}

/// Whether the record `id` is one of those that `filter` means.
pub(super) async fn is_in(services: &Services, filter: &Filter, id: Uuid) -> Result<bool> {
    let db = services.db.read_planned(filter.wants_own_plan()).await?;
    let found = filter.select(db.get_database_backend()).filter(Column::Id.eq(id)).one(&db).await?;
    Ok(found.is_some())
}

/// Those of the records `ids` that `filter` means.
pub(crate) async fn those_in(services: &Services, filter: &Filter, ids: Vec<Uuid>) -> Result<HashSet<Uuid>> {
    if ids.is_empty() {
        return Ok(HashSet::new());
    }
    let db = services.db.read_planned(filter.wants_own_plan()).await?;
    let backend = db.get_database_backend();
    let found = filter.select(backend).filter(db::any_of(backend, Column::Id, ids));
    let found: Vec<Uuid> = found.select_only().column(Column::Id).into_tuple().all(&db).await?;
    Ok(found.into_iter().collect())
}

/// The records of one page of those that `filter` means, and one more if there is more.
pub async fn list(services: &Services, filter: &Filter, order: Order, page: &Page) -> Result<Vec<Row>> {
    let records = {
        let db = services.db.read_planned(filter.wants_own_plan()).await?;
        page_query(db.get_database_backend(), filter, order, page)?.all(&db).await?
    };
    with_categories(services, filter, records).await
}

/// What [`list`] asks for.
pub(super) fn page_query(
    backend: DbBackend,
    filter: &Filter,
    order: Order,
    page: &Page,
) -> Result<Select<record::Entity>> {
    let column = |column: Column| (record::Entity, column);
    let page =
        |query| page.select(query, column(order.field.column()), column(Column::Id), |key| order.field.value(key));
    let Some((categories, rest)) = filter.by_category(backend, order) else {
        return page(filter.select(backend));
    };
    // As many of each category as the page could want, each read by the index, and the page of all these.
    let one = rest.select(backend).filter(Expr::col(column(Column::CategoryId)).equals(("each", "id")));
    let first = page(one.select_only().column(Column::Id))?.into_query();
    let mut each = Query::select();
    each.column(category::Column::Id).from(category::Entity).and_where(db::any_of(
        backend,
        category::Column::Id,
        categories,
    ));
    let ids = db::first_of_each(backend, each, record::Entity, Column::Id, first);
    page(record::Entity::find().filter(db::any_selected(backend, Column::Id, ids)))
}

/// The records that `filter` meant, each with the category that it is shown in: where the filter names categories, as it
/// meant them.
pub(super) async fn with_categories(
    services: &Services,
    filter: &Filter,
    records: Vec<record::Model>,
) -> Result<Vec<Row>> {
    let mut categories: HashMap<Uuid, category::Model> = HashMap::new();
    for meant in filter.categories.iter().flatten() {
        categories.extend(meant.ids.iter().map(|id| (*id, meant.category.clone())));
    }
    let unknown = records.iter().map(|record| record.category_id).filter(|id| !categories.contains_key(id));
    let shown = categories::shown(services, unknown.collect::<HashSet<_>>()).await?;
    categories.extend(shown);
    let rows = records.into_iter().map(|record| {
        let category = categories.get(&record.category_id).cloned();
        let category = category.ok_or_else(|| Error::internal("a record without its category"))?;
        Ok(Row { record, category })
    });
    rows.collect()
}

/// Changes what `patch` names of the record `id`.
///
/// # Errors
/// `NOT_FOUND`, also for a deleted record; `VERSION_CONFLICT`; `PERIOD_CLOSED`; what [`RecordPatch::set_amount`] refuses.
pub async fn update(change: &mut Change, id: Uuid, patch: RecordPatch) -> Result<Row> {
    let before = lock(change, id).await?;
    if before.record.deleted_at.is_some() {
        return Err(not_found());
    }
    check_version(&before.record, patch.expected_version)?;
    let named = match &patch.category {
        Some(name) => Some(categories::resolve(change, name).await?),
        None => None,
    };
    let after = patched(&before, &patch, named.as_ref())?;
    if after.record == before.record {
        return Ok(before);
    }
    write(change, AuditAction::Updated, &before, after).await
}

/// `before` with what `patch` changes; `named` is the category that it names.
///
/// # Errors
/// `NOT_FOUND` for a deleted record; what [`RecordPatch::set_amount`] refuses.
pub(super) fn patched(before: &Row, patch: &RecordPatch, named: Option<&category::Model>) -> Result<Row> {
    if before.record.deleted_at.is_some() {
        return Err(not_found());
    }
    let RecordPatch { expected_version: _, kind, amount: _, currency: _, category: _, date, notes, counterparty } =
        patch;
    let mut after = before.clone();
    patch.set_amount(&mut after.record)?;
    // A record that is shown in it already stays where it is, and goes along when a merge is undone.
    if let Some(named) = named.filter(|named| named.id != before.category.id) {
        after.record.category_id = named.id;
        after.category = named.clone();
    }
    after.record.kind = kind.unwrap_or(after.record.kind);
    after.record.date = date.unwrap_or(after.record.date);
    if let Some(notes) = notes {
        after.record.notes.clone_from(notes);
    }
    if let Some(name) = counterparty {
        after.record.counterparty = Some(name.clone()).filter(|name| !name.is_empty());
    }
    if notes.is_some() || counterparty.is_some() {
        after.record.search_text = search::text(&after.record.notes, after.record.counterparty.as_deref());
    }
    Ok(after)
}

/// Marks the record `id` deleted.
///
/// # Errors
/// `NOT_FOUND`; `CONFLICT` when it is deleted already; `VERSION_CONFLICT`; `PERIOD_CLOSED`.
pub async fn delete(change: &mut Change, id: Uuid, expected_version: Option<i32>) -> Result<Row> {
    let before = lock(change, id).await?;
    check_version(&before.record, expected_version)?;
    let at = change.after(before.record.updated_at);
    let after = deleted(&before, at, change.author())?;
    write(change, AuditAction::Deleted, &before, after).await
}

/// `before` as `by` deletes it at `at`.
///
/// # Errors
/// `CONFLICT` when it is deleted already.
pub(super) fn deleted(before: &Row, at: DateTime<Utc>, by: Option<Uuid>) -> Result<Row> {
    if before.record.deleted_at.is_some() {
        return Err(Error::new(ErrorCode::Conflict, "This record is already deleted.").at("id"));
    }
    let mut after = before.clone();
    after.record.deleted_at = Some(at);
    after.record.deleted_by = by;
    Ok(after)
}

/// Brings the deleted record `id` back.
///
/// # Errors
/// `NOT_FOUND`; `CONFLICT` when it is not deleted; `VERSION_CONFLICT`; `PERIOD_CLOSED`.
pub async fn restore(change: &mut Change, id: Uuid, expected_version: Option<i32>) -> Result<Row> {
    let before = lock(change, id).await?;
    check_version(&before.record, expected_version)?;
    let after = restored(&before)?;
    write(change, AuditAction::Restored, &before, after).await
}

/// `before`, brought back.
///
/// # Errors
/// `CONFLICT` when it is not deleted.
pub(super) fn restored(before: &Row) -> Result<Row> {
    if before.record.deleted_at.is_none() {
        return Err(Error::new(ErrorCode::Conflict, "This record is not deleted.").at("id"));
    }
    let mut after = before.clone();
    after.record.deleted_at = None;
    after.record.deleted_by = None;
    import::take_key(&mut after.record);
    Ok(after)
}

/// The record `id`, deleted or not, kept from changing until the transaction ends; and so are the closed days.
async fn lock(change: &mut Change, id: Uuid) -> Result<Row> {
    organization::closed_period(change).await?;
    let db = change.db();
    let record = record::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(db).await?.ok_or_else(not_found)?;
    // In a statement of its own: PostgreSQL would join to the record as it was before the wait for it.
    let category = categories::load_shown(db, record.category_id).await?;
    Ok(Row { record, category })
}

fn not_found() -> Error {
    Error::not_found("id", &Kind::Record.to_string())
}

fn check_version(record: &record::Model, expected: Option<i32>) -> Result<()> {
    match expected {
        Some(expected) if expected != record.version => Err(Error::version_conflict(record.version)),
        _ => Ok(()),
    }
}

/// Writes `after` over `before`, if `before` still stands there and neither's day is closed, with its event and totals.
async fn write(change: &mut Change, action: AuditAction, before: &Row, mut after: Row) -> Result<Row> {
    let closed = organization::closed_period(change).await?;
    closed.check("id", before.record.date)?;
    closed.check("date", after.record.date)?;
    let difference = Difference::default().between(&before.record, &after.record);
    after.record.version += 1;
    after.record.updated_at = change.after(before.record.updated_at);
    after.record.updated_by = change.author().unwrap_or(after.record.updated_by);
    let mut row = after.record.clone().into_active_model().reset_all();
    // A database that spreads rows by a key refuses to set it, also to what it is.
    row.not_set(Column::Id);
    let written = record::Entity::update_many()
        .set(row)
        .filter(Column::Id.eq(before.record.id))
        .filter(Column::Version.eq(before.record.version))
        .exec(change.db())
        .await
        .map_err(import::refused)?;
    if written.rows_affected == 0 {
        return Err(Error::version_conflict(after.record.version));
    }
    change.record(Event::record(action, &after.record).changes(changes(before, &after)));
    totals::apply(change.db(), difference).await?;
    Ok(after)
}

/// The amount as people write it; in minor units where nobody knows what those are worth.
fn amount(row: &Row) -> String {
    let minor = row.record.amount_minor;
    Money::of(&row.record).map_or_else(|_| format!("{minor} minor units"), |money| money.amount().to_string())
}

/// The name of the category that it is shown in, and the id of its own: of which of two merged ones it was.
fn category(row: &Row) -> (Uuid, &str) {
    (row.record.category_id, &row.category.name)
}

/// What differs between two states of a record, as people read it.
pub(super) fn changes(before: &Row, after: &Row) -> Changes {
    fn differ<T: ToString + PartialEq>(
        changes: Changes,
        name: &'static str,
        (before, after): (&Row, &Row),
        of: impl Fn(&Row) -> T,
    ) -> Changes {
        changes.field(name, Some(&of(before)), Some(&of(after)))
    }
    let both = (before, after);
    let deleted_at = |row: &Row| row.record.deleted_at.map(|at| at.to_rfc3339());
    let mut changes = Changes::default();
    changes = differ(changes, "kind", both, |row| row.record.kind.to_value());
    changes = differ(changes, "amount", both, amount);
    changes = differ(changes, "currency", both, |row| row.record.currency.clone());
    changes = changes.named("category", Some(category(before)), Some(category(after)));
    changes = differ(changes, "date", both, |row| row.record.date);
    changes = differ(changes, "notes", both, |row| row.record.notes.clone());
    changes = changes.field("counterparty", before.record.counterparty.as_ref(), after.record.counterparty.as_ref());
    changes.field("deletedAt", deleted_at(before).as_ref(), deleted_at(after).as_ref())
}
