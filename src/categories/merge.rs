//! Merging categories, and undoing it. No record is touched: a merged category keeps its records, and says in which one
//! they are shown.
//!
//! `merged_into` is always a category that is not merged, so that readers look it up once; `merged_parent` is the one
//! that was named when it was merged, so that unmerging that one takes along what it had.

use std::collections::{HashMap, HashSet};

use entity::{
    audit_event::AuditAction,
    category::{self, Column, Entity},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use super::store::{WriteError, load, take_turns, write};
use crate::{
    change::Change,
    db,
    error::{Error, ErrorCode, Result},
    event::{Changes, Event},
};

/// The most categories that one statement changes: databases bound the number of its parameters.
const CHUNK: usize = 1_000;

/// Merges the category `from`, with all that was merged into it, into `into`, or into what that was merged into.
///
/// # Errors
/// `NOT_FOUND`; `BAD_USER_INPUT` when the two are one; `CONFLICT` when `from` is merged already, or `into` was merged
/// into it.
pub(super) async fn merge(change: &mut Change, from: Uuid, into: Uuid) -> Result<category::Model> {
    if from == into {
        return Err(Error::bad_input("intoId", "A category cannot be merged into itself."));
    }
    take_turns(change).await?;
    let source = load(change.db(), "fromId", from).await?;
    let named = load(change.db(), "intoId", into).await?;
    if source.merged_into.is_some() {
        let message = "This category is merged already. Unmerge it first, or merge the one it was merged into.";
        return Err(Error::new(ErrorCode::Conflict, message).at("fromId"));
    }
    let target = match named.merged_into {
        Some(root) => load(change.db(), "intoId", root).await?,
        None => named,
    };
    if target.id == source.id {
        let message = "This category was merged into the other one. Unmerge it first.";
        return Err(Error::new(ErrorCode::Conflict, message).at("intoId"));
    }
    let below = merged_into(change.db(), source.id).await?;
    move_to(change, below, (&source, &target), AuditAction::Merged).await?;
    let event_id = Uuid::now_v7();
    let merged = category::Model {
        merged_into: Some(target.id),
        merged_parent: Some(target.id),
        merged_by: Some(event_id),
        version: source.version + 1,
        ..source
    };
    write(change, &merged).await.map_err(refused)?;
    let changes = Changes::default().named("mergedInto", None, Some((target.id, &target.name)));
    change.record(Event::category(AuditAction::Merged, &merged).with_id(event_id).changes(changes));
    let changes = Changes::default().field("mergedFrom", None, Some(&merged.name));
    note(change, AuditAction::Merged, target, changes).await
}

/// Undoes the merge of the category `id`: it is a category again, with its records, and with all that had been merged
/// into it before.
///
/// # Errors
/// `NOT_FOUND`; `CONFLICT` when it is not merged, or when another category has taken its name.
pub(super) async fn unmerge(change: &mut Change, id: Uuid) -> Result<category::Model> {
    take_turns(change).await?;
    let source = load(change.db(), "id", id).await?;
    let Some(root) = source.merged_into else {
        return Err(Error::new(ErrorCode::Conflict, "This category is not merged.").at("id"));
    };
    let root = load(change.db(), "id", root).await?;
    let below = below(merged_into(change.db(), root.id).await?, source.id);
    move_to(change, below, (&root, &source), AuditAction::Unmerged).await?;
    let unmerged = category::Model {
        merged_into: None,
        merged_parent: None,
        merged_by: None,
        version: source.version + 1,
        ..source
    };
    write(change, &unmerged).await.map_err(refused)?;
    let changes = Changes::default().named("mergedInto", Some((root.id, &root.name)), None);
    change.record(Event::category(AuditAction::Unmerged, &unmerged).changes(changes));
    let changes = Changes::default().field("mergedFrom", Some(&unmerged.name), None);
    note(change, AuditAction::Unmerged, root, changes).await?;
    Ok(unmerged)
}

/// All that is merged into `root`, directly or not, the oldest first.
async fn merged_into(db: &impl ConnectionTrait, root: Uuid) -> Result<Vec<category::Model>> {
    Ok(Entity::find().filter(Column::MergedInto.eq(root)).order_by_asc(Column::Id).all(db).await?)
}

/// Those of `all` that were merged into `top`, or into one that was.
fn below(all: Vec<category::Model>, top: Uuid) -> Vec<category::Model> {
    let mut children: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
    for one in &all {
        children.entry(one.merged_parent.unwrap_or_default()).or_default().push(one.id);
    }
    let (mut found, mut next) = (HashSet::new(), vec![top]);
    while let Some(parent) = next.pop() {
        for child in children.remove(&parent).unwrap_or_default() {
            found.insert(child);
            next.push(child);
        }
    }
    all.into_iter().filter(|one| found.contains(&one.id)).collect()
}

/// Has `categories`, which are shown as the first of `roots`, shown as the other, by a merge of one of the two.
async fn move_to(
    change: &mut Change,
    categories: Vec<category::Model>,
    (before, after): (&category::Model, &category::Model),
    action: AuditAction,
) -> Result<()> {
    for some in categories.chunks(CHUNK) {
        let ids = some.iter().map(|one| one.id).collect();
        Entity::update_many()
            .col_expr(Column::MergedInto, Expr::val(after.id))
            .col_expr(Column::Version, Expr::col(Column::Version).add(1))
            .filter(db::any_of(change.db().get_database_backend(), Column::Id, ids))
            .exec(change.db())
            .await?;
    }
    for one in categories {
        let moved = category::Model { merged_into: Some(after.id), version: one.version + 1, ..one };
        let changes =
            Changes::default().named("mergedInto", Some((before.id, &before.name)), Some((after.id, &after.name)));
        change.record(Event::category(action, &moved).changes(changes));
    }
    Ok(())
}

/// Writes down, at `target`, that `action` merged another category into it, or took it out again.
async fn note(
    change: &mut Change,
    action: AuditAction,
    target: category::Model,
    changes: Changes,
) -> Result<category::Model> {
    let target = category::Model { version: target.version + 1, ..target };
    write(change, &target).await.map_err(refused)?;
    change.record(Event::category(action, &target).changes(changes));
    Ok(target)
}

fn refused(error: WriteError) -> Error {
    match error {
        WriteError::NameTaken => {
            let message = "Another category has taken this category's name. Rename one of the two first.";
            Error::new(ErrorCode::Conflict, message).at("id")
        }
        WriteError::Other(error) => error,
    }
}
