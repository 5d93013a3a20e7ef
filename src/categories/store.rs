//! The rules and queries of categories.

use entity::{audit_event::AuditAction, category, record};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, LockType, OnConflict, Query, SimpleExpr},
};
use uuid::Uuid;

use super::name::CategoryName;
use crate::{
    change::Change,
    db::{self, is_unique_violation},
    error::{Error, ErrorCode, Result},
    event::{Changes, Event},
    id::Kind,
    totals,
};

/// Every category, by name.
pub(super) async fn list(db: &impl ConnectionTrait) -> Result<Vec<category::Model>> {
    Ok(category::Entity::find().order_by_asc(category::Column::NameKey).all(db).await?)
}

/// The category with this id, if there is one.
pub(super) async fn find(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<category::Model>> {
    Ok(category::Entity::find_by_id(id).one(db).await?)
}

/// The category with this key, kept from being merged away until the transaction ends. The foreign key of a
/// record takes the same lock.
async fn find_named(db: &impl ConnectionTrait, key: &str) -> Result<Option<category::Model>> {
    let named = category::Entity::find().filter(category::Column::NameKey.eq(key));
    Ok(named.lock(LockType::KeyShare).one(db).await?)
}

/// The category that the record `id` is in, kept from being merged away until the transaction ends; `None` where
/// there is no such record, or its category was merged away just now.
pub async fn find_of_record(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<category::Model>> {
    let mut its_category = Query::select();
    its_category.column(record::Column::CategoryId).from(record::Entity).and_where(record::Column::Id.eq(id));
    let of_record = category::Entity::find().filter(category::Column::Id.in_subquery(its_category));
    Ok(of_record.lock(LockType::KeyShare).one(db).await?)
}

/// Whether `column` is one of the categories called `names`; a name that no category has matches nothing. The names
/// are looked up by the statement itself, so that they cost none of their own.
pub fn is_called(backend: DbBackend, column: impl ColumnTrait, names: &[CategoryName]) -> SimpleExpr {
    let mut ids = Query::select();
    ids.column(category::Column::Id).from(category::Entity);
    if let [name] = names {
        ids.and_where(category::Column::NameKey.eq(name.key.as_str()));
        return Expr::col(column.as_column_ref()).eq(SimpleExpr::SubQuery(None, Box::new(ids.into())));
    }
    let keys = names.iter().map(|name| name.key.clone()).collect();
    ids.and_where(db::any_of(backend, category::Column::NameKey, keys));
    db::any_selected(backend, column, ids)
}

/// The category called `name`, which comes into being if there is none.
pub async fn resolve(change: &mut Change, name: &CategoryName) -> Result<category::Model> {
    loop {
        if let Some(found) = find_named(change.db(), &name.key).await? {
            return Ok(found);
        }
        // Where another transaction names it first, it has committed by the next turn; a merge may have ended the
        // category again by then.
        if let Some(new) = insert(change, name).await? {
            return Ok(new);
        }
    }
}

/// A new category called `name`; `None` where there is one by now.
async fn insert(change: &mut Change, name: &CategoryName) -> Result<Option<category::Model>> {
    let at = change.now();
    let new =
        category::Model { id: Uuid::now_v7(), name: name.name.clone(), name_key: name.key.clone(), created_at: at };
    let inserted = category::Entity::insert(category::ActiveModel::from(new.clone()))
        .on_conflict(OnConflict::column(category::Column::NameKey).do_nothing().to_owned())
        .exec_without_returning(change.db())
        .await?;
    if inserted == 0 {
        return Ok(None);
    }
    let changes = Changes::default().field("name", None, Some(&new.name));
    change.record(Event::category(AuditAction::Created, &new).changes(changes));
    Ok(Some(new))
}

/// Gives the category `id` another name.
///
/// # Errors
/// `NOT_FOUND`; `CONFLICT` when another category has that name.
pub(super) async fn rename(change: &mut Change, id: Uuid, name: CategoryName) -> Result<category::Model> {
    let before = lock(change.db(), LockType::Update, "id", id).await?;
    let changes = Changes::default().field("name", Some(&before.name), Some(&name.name));
    if changes.is_empty() {
        return Ok(before);
    }
    let renamed = category::Entity::update_many()
        .col_expr(category::Column::Name, Expr::val(&name.name))
        .col_expr(category::Column::NameKey, Expr::val(&name.key))
        .filter(category::Column::Id.eq(id))
        .exec(change.db())
        .await;
    match renamed {
        Err(error) if is_unique_violation(&error) => {
            let message = "Another category has this name. Use `mergeCategories` to make the two one.";
            return Err(Error::new(ErrorCode::Conflict, message).at("name"));
        }
        other => other?,
    };
    let after = category::Model { name: name.name, name_key: name.key, ..before };
    change.record(Event::category(AuditAction::Updated, &after).changes(changes));
    Ok(after)
}

/// Moves every record of the category `from`, deleted ones too, to the category `into`, and ends `from`.
///
/// # Errors
/// `NOT_FOUND`; `BAD_USER_INPUT` when the two are one.
pub(super) async fn merge(change: &mut Change, from: Uuid, into: Uuid) -> Result<category::Model> {
    if from == into {
        return Err(Error::bad_input("intoId", "A category cannot be merged into itself."));
    }
    // Locked in the order of their ids, so that two merges cannot wait for each other. Records may be written to
    // `into` meanwhile: a writer who keeps its category and waits for `into` would wait forever otherwise.
    let (source, target) = if from < into {
        let source = lock(change.db(), LockType::Update, "fromId", from).await?;
        (source, lock(change.db(), LockType::KeyShare, "intoId", into).await?)
    } else {
        let target = lock(change.db(), LockType::KeyShare, "intoId", into).await?;
        (lock(change.db(), LockType::Update, "fromId", from).await?, target)
    };
    let moved = record::Entity::update_many()
        .col_expr(record::Column::CategoryId, Expr::val(into))
        .filter(record::Column::CategoryId.eq(from))
        .exec(change.db())
        .await?
        .rows_affected;
    totals::move_category(change.db(), from, into).await?;
    category::Entity::delete_by_id(from).exec(change.db()).await?;
    let changes = Changes::default().field("name", Some(&source.name), Some(&target.name)).field(
        "recordsMoved",
        None,
        Some(&moved),
    );
    change.record(Event::category(AuditAction::Merged, &source).changes(changes));
    Ok(target)
}

/// The category `id` of the input field `field`, locked until the transaction ends.
async fn lock(db: &impl ConnectionTrait, lock: LockType, field: &'static str, id: Uuid) -> Result<category::Model> {
    let found = category::Entity::find_by_id(id).lock(lock).one(db).await?;
    found.ok_or_else(|| Error::not_found(field, &Kind::Category.to_string()))
}
