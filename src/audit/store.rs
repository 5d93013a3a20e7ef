//! The queries of the audit trail. Nothing here writes: `change` adds events, and `journal` gives them their positions.

use std::collections::HashMap;

use entity::{
    audit_event::{self, AuditAction, AuditEntity, Column},
    journal, personal_value,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, JsonValue as Json, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{CaseStatement, Expr, ExprTrait},
};
use uuid::Uuid;

use crate::{
    calendar::TimeRange,
    db,
    error::{Error, Result},
    page::Page,
};

/// Restrictions that an event has to meet, all of them; `None` restricts nothing.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Only events by this user.
    pub actor: Option<Uuid>,
    /// Only events about this object.
    pub entity: Option<Uuid>,
    /// Only events about this type of object.
    pub entity_type: Option<AuditEntity>,
    /// Only events with this action.
    pub action: Option<AuditAction>,
    /// Only events of this time.
    pub times: TimeRange,
}

/// An event, with the values that are kept apart from it.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) event: audit_event::Model,
    pub(super) personal: Vec<personal_value::Model>,
}

/// The events with these ids, in no particular order.
pub(super) async fn find_all(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<Row>> {
    let are_meant = db::any_of(db.get_database_backend(), Column::Id, ids);
    rows(db, audit_event::Entity::find().filter(are_meant).all(db).await?).await
}

/// The events of one page of those that `filter` means, by their positions, and one more if there is more.
pub(super) async fn list(db: &impl ConnectionTrait, filter: &Filter, page: &Page) -> Result<Vec<(i64, Row)>> {
    let column = |column: journal::Column| (journal::Entity, column);
    let (position, event_id) = (column(journal::Column::Position), column(journal::Column::EventId));
    let query = page.select(matching(filter), position, event_id, |position| Some(position.into()))?;
    let found = query.find_also_related(audit_event::Entity).all(db).await?;
    let positions: Vec<_> = found.iter().map(|(entry, _)| entry.position).collect();
    let events = found.into_iter().map(|(_, event)| event.ok_or_else(|| Error::internal("an event is gone")));
    Ok(positions.into_iter().zip(rows(db, events.collect::<Result<_>>()?).await?).collect())
}

/// How many events `filter` means.
pub(super) async fn count(db: &impl ConnectionTrait, filter: &Filter) -> Result<i64> {
    i64::try_from(matching(filter).count(db).await?).map_err(Error::internal)
}

/// The events of one page of those of `entity`, by its versions, and one more if there is more.
pub(super) async fn history(db: &impl ConnectionTrait, entity: Uuid, page: &Page) -> Result<Vec<Row>> {
    let version = |key| i32::try_from(key).ok().map(Into::into);
    let query = page.select(of_entity(entity), Column::EntityVersion, Column::Id, version)?;
    rows(db, query.all(db).await?).await
}

/// One of a record's own events.
#[derive(FromQueryResult)]
pub(super) struct Own {
    pub(super) id: Uuid,
    pub(super) version: i32,
    /// Where the category may be among them.
    pub(super) changes: Option<Json>,
}

/// The events of the record `id`, the oldest first, each without what is not needed of it.
pub(super) async fn own(db: &impl ConnectionTrait, id: Uuid) -> Result<Vec<Own>> {
    let names_category = Expr::col(Column::Changes).cast_as("text").like("%\"category\"%");
    let events = of_entity(id)
        .select_only()
        .column(Column::Id)
        .column_as(Column::EntityVersion, "version")
        .expr_as(CaseStatement::new().case(names_category, Expr::col(Column::Changes)), "changes")
        .order_by_asc(Column::EntityVersion)
        .order_by_asc(Column::Id);
    Ok(events.into_model().all(db).await?)
}

/// What was done to the records `ids` since they were created, the oldest first.
pub(super) async fn updates(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<audit_event::Model>> {
    let of_these = db::any_of(db.get_database_backend(), Column::EntityId, ids.to_vec());
    let updates = audit_event::Entity::find().filter(of_these).filter(Column::Action.eq(AuditAction::Updated));
    let mut updates = updates.all(db).await?;
    updates.sort_by_key(|event| (event.entity_version, event.at, event.id));
    Ok(updates)
}

fn of_entity(entity: Uuid) -> Select<audit_event::Entity> {
    audit_event::Entity::find().filter(Column::EntityId.eq(entity))
}

fn matching(filter: &Filter) -> Select<journal::Entity> {
    use journal::Column;
    let Filter { actor, entity, entity_type, action, times: TimeRange { from, to } } = filter;
    journal::Entity::find().filter(
        Condition::all()
            .add_option(actor.map(|id| Column::ActorId.eq(id)))
            .add_option(entity.map(|id| Column::EntityId.eq(id)))
            .add_option(entity_type.map(|sort| Column::EntityType.eq(sort)))
            .add_option(action.map(|action| Column::Action.eq(action)))
            .add_option(from.map(|from| Column::At.gte(from)))
            .add_option(to.map(|to| Column::At.lt(to))),
    )
}

/// `events`, with their personal values: one statement more where there can be any.
async fn rows(db: &impl ConnectionTrait, events: Vec<audit_event::Model>) -> Result<Vec<Row>> {
    let is_sealed = |change: &serde_json::Value| change.get("sealed").is_some();
    let sealed = events.iter().filter(|event| event.changes.as_array().is_some_and(|list| list.iter().any(is_sealed)));
    let sealed: Vec<_> = sealed.map(|event| event.id).collect();
    let mut personal: HashMap<Uuid, Vec<personal_value::Model>> = HashMap::new();
    if !sealed.is_empty() {
        let theirs = db::any_of(db.get_database_backend(), personal_value::Column::EventId, sealed);
        for value in personal_value::Entity::find().filter(theirs).all(db).await? {
            personal.entry(value.event_id).or_default().push(value);
        }
    }
    let row = |event: audit_event::Model| Row { personal: personal.remove(&event.id).unwrap_or_default(), event };
    Ok(events.into_iter().map(row).collect())
}
