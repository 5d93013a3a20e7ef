//! The rules and queries of categories; those of merging are in `merge`.

use entity::{
    audit_event::AuditAction,
    category::{self, Column, Entity},
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait, Func, IntoColumnRef, JoinType, OnConflict, Query, SelectStatement, SimpleExpr},
};
use uuid::Uuid;

use super::name::CategoryName;
use crate::{
    change::Change,
    db::{self, is_unique_violation},
    error::{Error, ErrorCode, Result},
    event::{Changes, Event},
    id::Kind,
};

/// Every category that is not merged, by name.
pub(super) async fn list(db: &impl ConnectionTrait) -> Result<Vec<category::Model>> {
    Ok(Entity::find().filter(Column::MergedInto.is_null()).order_by_asc(Column::NameKey).all(db).await?)
}

/// How many categories are not merged.
pub(crate) async fn count(db: &impl ConnectionTrait) -> Result<usize> {
    let count = Entity::find().filter(Column::MergedInto.is_null()).count(db).await?;
    Ok(usize::try_from(count).unwrap_or(usize::MAX))
}

/// The category with this id, merged or not, if there is one.
pub(super) async fn find(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<category::Model>> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// The category `id` of the input field `field`, merged or not.
///
/// # Errors
/// `NOT_FOUND`.
pub(super) async fn load(db: &impl ConnectionTrait, field: &'static str, id: Uuid) -> Result<category::Model> {
    find(db, id).await?.ok_or_else(|| Error::not_found(field, &Kind::Category.to_string()))
}

/// The category that records with this category id are shown in: the one with that id, or the one that it was merged
/// into.
pub(crate) async fn shown(db: &impl ConnectionTrait, id: Uuid) -> Result<category::Model> {
    let mut root = Query::select();
    root.expr(root_id()).from(Entity).and_where(Column::Id.eq(id));
    let found = Entity::find().filter(Column::Id.in_subquery(root)).one(db).await?;
    found.ok_or_else(|| Error::internal("a record without its category"))
}

/// The id of the category that a row of `categories` is shown as.
fn root_id() -> SimpleExpr {
    Func::coalesce([Expr::col((Entity, Column::MergedInto)), Expr::col((Entity, Column::Id))]).into()
}

/// Joins two categories to `query`, which is of records or of something else with a `category_id`: as `named` the one with
/// that id, and as `categories` the one that it is shown as, which is its root where `named` is merged.
pub(crate) fn join_shown(query: &mut SelectStatement, category_id: impl IntoColumnRef) {
    let named = |column: Column| Expr::col(("named", column));
    let root = Func::coalesce([named(Column::MergedInto), named(Column::Id)]);
    // Outer joins: with inner ones SQLite would begin with the categories, and sort all that it finds.
    query.join_as(JoinType::LeftJoin, Entity, "named", named(Column::Id).equals(category_id)).join(
        JoinType::LeftJoin,
        Entity,
        Expr::col((Entity, Column::Id)).eq(root),
    );
}

/// Whether `column` is one of the categories that `names` mean; a name that no category has matches nothing. The names
/// are looked up by the statement itself, so that they cost none of their own.
pub fn is_called(backend: DbBackend, column: impl ColumnTrait, names: &[CategoryName]) -> SimpleExpr {
    db::any_selected(backend, column, called(backend, names))
}

/// The ids of all categories that `names` mean, each once: those shown under these names, and all that were merged into
/// them.
pub(crate) fn called(backend: DbBackend, names: &[CategoryName]) -> SelectStatement {
    let member = |column: Column| Expr::col(("member", column));
    let meant = || Expr::col(("meant", "root"));
    let mut ids = Query::select();
    ids.expr(member(Column::Id)).from_subquery(meant_by(backend, names), "meant").join_as(
        JoinType::InnerJoin,
        Entity,
        "member",
        Condition::any().add(member(Column::Id).eq(meant())).add(member(Column::MergedInto).eq(meant())),
    );
    ids
}

/// The ids, as `root`, of the categories that are shown under `names`. A name means the category that has it, or else
/// the target of the one that had it and was merged last.
fn meant_by(backend: DbBackend, names: &[CategoryName]) -> SelectStatement {
    let other = |column: Column| Expr::col(("other", column));
    let own = |column: Column| Expr::col((Entity, column));
    let mut nearer = Query::select();
    nearer
        .expr(Expr::cust("1"))
        .from_as(Entity, "other")
        .and_where(other(Column::NameKey).eq(own(Column::NameKey)))
        .cond_where(
            Condition::any()
                .add(other(Column::MergedInto).is_null())
                .add(other(Column::MergedBy).gt(own(Column::MergedBy))),
        );
    let keys = names.iter().map(|name| name.key.clone()).collect();
    let mut meant = Query::select();
    meant
        .distinct()
        .expr_as(root_id(), "root")
        .from(Entity)
        .and_where(db::any_of(backend, Column::NameKey, keys))
        .cond_where(Condition::any().add(own(Column::MergedInto).is_null()).add(Expr::not_exists(nearer)));
    meant
}

/// The category that `name` means, created if there is none.
pub async fn resolve(change: &mut Change, name: &CategoryName) -> Result<category::Model> {
    loop {
        let meant = meant_by(change.db().get_database_backend(), std::slice::from_ref(name));
        if let Some(found) = Entity::find().filter(Column::Id.in_subquery(meant)).one(change.db()).await? {
            return Ok(found);
        }
        // Where another transaction names it first, it has committed by the next turn.
        if let Some(new) = insert(change, name).await? {
            return Ok(new);
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
pub(super) async fn write(change: &Change, after: &category::Model) -> Result<(), WriteError> {
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
        Ok(_) => Ok(()),
        Err(error) if is_unique_violation(&error) => Err(WriteError::NameTaken),
        Err(error) => Err(WriteError::Other(error.into())),
    }
}
