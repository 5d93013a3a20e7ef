//! The rules and queries of categories; those of merging are in `merge`.

use std::collections::{BTreeMap, HashSet, btree_map::Entry};

use entity::{
    audit_event::AuditAction,
    category::{self, Column, Entity},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, QueryFilter, QuerySelect,
    sea_query::{
        Expr, ExprTrait, Func, IntoColumnRef, IntoIden, JoinType, OnConflict, Query, SelectStatement, SimpleExpr,
    },
};
use uuid::Uuid;

use super::{lookup, name::CategoryName};
use crate::{
    change::Change,
    db::{self, is_unique_violation},
    error::{Error, ErrorCode, Result},
    event::{Changes, Event},
    id::Kind,
};

/// The category with this id, merged or not, if there is one.
pub(super) async fn find(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<category::Model>> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// The categories with these ids, merged or not, in no particular order.
pub(super) async fn find_all(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<category::Model>> {
    Ok(Entity::find().filter(db::any_of(db.get_database_backend(), Column::Id, ids)).all(db).await?)
}

/// The category `id` of the input field `field`, merged or not.
///
/// # Errors
/// `NOT_FOUND`.
pub(super) async fn load(db: &impl ConnectionTrait, field: &'static str, id: Uuid) -> Result<category::Model> {
    find(db, id).await?.ok_or_else(|| Error::not_found(field, &Kind::Category.to_string()))
}

/// The categories that records with these category ids are shown in, by those ids: the category itself, or the one that it
/// was merged into.
pub(crate) async fn find_shown(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<(Uuid, category::Model)>> {
    let mut shown = Query::select();
    shown
        .expr_as(Expr::col((Entity, Column::Id)), "named_id")
        .expr(Expr::cust("root.*"))
        .from(Entity)
        .join_as(JoinType::InnerJoin, Entity, "root", Expr::col(("root", Column::Id)).eq(shown_id(Entity)))
        .and_where(db::any_of(db.get_database_backend(), Column::Id, ids));
    let rows = db.query_all(&shown).await?;
    let rows = rows.iter().map(|row| Ok((row.try_get("", "named_id")?, category::Model::from_query_result(row, "")?)));
    Ok(rows.collect::<Result<_, DbErr>>()?)
}

/// What a record with this category id is shown in, as it is in `db` now.
pub(crate) async fn load_shown(db: &impl ConnectionTrait, id: Uuid) -> Result<category::Model> {
    let found = find_shown(db, vec![id]).await?.pop();
    found.map(|(_, category)| category).ok_or_else(|| Error::internal("a record without its category"))
}

/// The id of the category that a row of `table`, which is `categories`, is shown as.
pub(super) fn shown_id(table: impl IntoIden) -> SimpleExpr {
    let table = table.into_iden();
    let column = |column: Column| Expr::col((table.clone(), column));
    Func::coalesce([column(Column::MergedInto), column(Column::Id)]).into()
}

/// Joins two categories to `query`, which is of records or of something else with a `category_id`: as `named` the one with
/// that id, and as `categories` the one that it is shown as, which is its root where `named` is merged.
pub(crate) fn join_shown(query: &mut SelectStatement, category_id: impl IntoColumnRef) {
    // Outer joins: with inner ones SQLite would begin with the categories, and sort all that it finds.
    let is_named = Expr::col(("named", Column::Id)).equals(category_id);
    let is_root = Expr::col((Entity, Column::Id)).eq(shown_id("named"));
    query.join_as(JoinType::LeftJoin, Entity, "named", is_named).join(JoinType::LeftJoin, Entity, is_root);
}

/// The category that `name` means, created if there is none. It stays until `change` has ended, which has asked for the
/// closed days: who deletes a category waits for that.
pub async fn resolve(change: &mut Change, name: &CategoryName) -> Result<category::Model> {
    let found = resolve_all(change, [name]).await?.remove(&name.key);
    found.ok_or_else(|| Error::internal("a category that was looked for is gone"))
}

/// The categories that `names` mean, by the keys of these, as [`resolve`] finds them. New ones are created in one order,
/// whoever does it: nobody waits for a transaction that waits for them.
pub(crate) async fn resolve_all(
    change: &mut Change,
    names: impl IntoIterator<Item = &CategoryName>,
) -> Result<BTreeMap<String, category::Model>> {
    let names: BTreeMap<_, _> = names.into_iter().map(|name| (name.key.clone(), name)).collect();
    let mut found = BTreeMap::new();
    for (key, name) in &names {
        if let Some(known) = lookup::remembered(change.services(), name) {
            found.insert(key.clone(), known.category.clone());
        }
    }
    // That one was renamed or merged just now is as if this had come before; but it may not be gone.
    let there = still_there(change.db(), found.values().map(|category: &category::Model| category.id)).await?;
    found.retain(|_, category| there.contains(&category.id));
    let unknown = names.into_iter().filter(|(key, _)| !found.contains_key(key)).map(|(_, name)| name.clone());
    let unknown: Vec<_> = unknown.collect();
    if !unknown.is_empty() {
        let known = lookup::find_meant(change.db(), &unknown).await?;
        found.extend(known.into_iter().map(|(key, meant)| (key, meant.category)));
    }
    for name in unknown {
        if let Entry::Vacant(missing) = found.entry(name.key.clone()) {
            missing.insert(create(change, &name).await?);
        }
    }
    Ok(found)
}

/// Which of the categories `ids` are there now.
async fn still_there(db: &impl ConnectionTrait, ids: impl Iterator<Item = Uuid>) -> Result<HashSet<Uuid>> {
    let ids: HashSet<_> = ids.collect();
    if ids.is_empty() {
        return Ok(ids);
    }
    let wanted = db::any_of(db.get_database_backend(), Column::Id, ids.into_iter().collect());
    let found: Vec<Uuid> = Entity::find().select_only().column(Column::Id).filter(wanted).into_tuple().all(db).await?;
    Ok(found.into_iter().collect())
}

/// The id of the category `id` if it is there, else `NULL`, for a column that is never null: so the statement that enters
/// a record refuses it by itself, as [`crate::db::is_null_refused`] tells.
pub(crate) fn id_if_there(id: Uuid) -> SimpleExpr {
    let mut there = Query::select();
    there.column(Column::Id).from(Entity).and_where(Expr::col(Column::Id).eq(id));
    SimpleExpr::SubQuery(None, Box::new(there.into()))
}

/// The category that `name` means, which nobody knew a moment ago.
async fn create(change: &mut Change, name: &CategoryName) -> Result<category::Model> {
    loop {
        // Where another transaction names it first, it has committed by the next turn.
        if let Some(new) = insert(change, name).await? {
            return Ok(new);
        }
        if let Some((_, found)) = lookup::find_meant(change.db(), std::slice::from_ref(name)).await?.pop() {
            return Ok(found.category);
        }
    }
}

/// Adds a category called `name`; `None` if there is one already, merged or not.
async fn insert(change: &mut Change, name: &CategoryName) -> Result<Option<category::Model>> {
    let at = change.now();
    let new = category::Model {
        id: Uuid::now_v7(),
        name: name.name.clone(),
        name_key: name.key.clone(),
        created_at: at,
        merged_into: None,
        merged_parent: None,
        merged_by: None,
        version: 1,
    };
    let category::Model { id, name, name_key, created_at, merged_into: _, merged_parent: _, merged_by: _, version } =
        new.clone();
    let mut same_name = Query::select();
    same_name
        .expr(Expr::cust("1"))
        .from(Entity)
        .and_where(Expr::col(Column::NameKey).eq(name_key.as_str()))
        .and_where(Expr::col(Column::MergedInto).is_not_null());
    let mut row = Query::select();
    row.expr(Expr::val(id))
        .expr(Expr::val(name))
        .expr(Expr::val(name_key))
        .expr(Expr::val(created_at))
        .expr(Expr::val(version))
        .and_where(Expr::not_exists(same_name));
    let mut insert = Query::insert();
    insert
        .into_table(Entity)
        .columns([Column::Id, Column::Name, Column::NameKey, Column::CreatedAt, Column::Version])
        .select_from(row)
        .map_err(Error::internal)?
        // The index is of those that are not merged; written out, not bound, or it would not be found.
        .on_conflict(
            OnConflict::column(Column::NameKey)
                .target_and_where(Expr::col(Column::MergedInto).is_null())
                .do_nothing()
                .to_owned(),
        );
    if change.db().execute(&insert).await?.rows_affected() == 0 {
        return Ok(None);
    }
    let changes = Changes::default().field("name", None, Some(&new.name));
    change.record(Event::category(AuditAction::Created, &new).changes(changes));
    Ok(Some(new))
}

/// Waits for the turn to change existing categories: each change reads what the last one left. Creating a category, or
/// using its name, waits for nobody.
pub(super) async fn take_turns(change: &Change) -> Result<()> {
    Ok(db::take_turns(change.db(), "categories").await?)
}

/// Gives the category `id` another name, merged or not.
///
/// # Errors
/// `NOT_FOUND`; `CONFLICT` when another category has that name, and neither is merged.
pub(super) async fn rename(change: &mut Change, id: Uuid, name: CategoryName) -> Result<category::Model> {
    take_turns(change).await?;
    let before = load(change.db(), "id", id).await?;
    let changes = Changes::default().field("name", Some(&before.name), Some(&name.name));
    if changes.is_empty() {
        return Ok(before);
    }
    let after = category::Model { name: name.name, name_key: name.key, version: before.version + 1, ..before };
    write(change, &after).await.map_err(|error| match error {
        WriteError::NameTaken => {
            let message = "Another category has this name. Use `mergeCategories` to make the two one.";
            Error::new(ErrorCode::Conflict, message).at("name")
        }
        WriteError::Other(error) => error,
    })?;
    change.record(Event::category(AuditAction::Updated, &after).changes(changes));
    Ok(after)
}

/// Why a category could not be written.
pub(super) enum WriteError {
    /// Another one that is not merged has its name.
    NameTaken,
    /// Something else.
    Other(Error),
}

/// Writes `after` over the row of its id.
pub(super) async fn write(change: &mut Change, after: &category::Model) -> Result<(), WriteError> {
    let category::Model { id, name, name_key, created_at: _, merged_into, merged_parent, merged_by, version } =
        after.clone();
    let row = category::ActiveModel {
        name: Set(name),
        name_key: Set(name_key),
        merged_into: Set(merged_into),
        merged_parent: Set(merged_parent),
        merged_by: Set(merged_by),
        version: Set(version),
        ..Default::default()
    };
    match Entity::update_many().set(row).filter(Column::Id.eq(id)).exec(change.db()).await {
        Ok(_) => {
            change.forgets();
            Ok(())
        }
        Err(error) if is_unique_violation(&error) => Err(WriteError::NameTaken),
        Err(error) => Err(WriteError::Other(error.into())),
    }
}
