//! Deleting a category that nothing needs. Its row goes: whatever is to be entered in it just then finds that out in the
//! statement that enters it, and makes a new one.

use entity::{
    category::{self, Column, Entity},
    record,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, sea_query::ExprTrait,
};
use uuid::Uuid;

use super::store::{load, take_turns};
use crate::{
    change::Change,
    error::{Error, ErrorCode, Result},
    event::{Changes, Event},
    organization, totals,
};

/// Deletes the category `id`.
///
/// # Errors
/// `NOT_FOUND`; `VERSION_CONFLICT`; `CONFLICT` while a record is in it, deleted or not, or another category was merged
/// into it.
pub(super) async fn delete(change: &mut Change, id: Uuid, expected_version: Option<i32>) -> Result<category::Model> {
    take_turns(change).await?;
    let category = load(change.db(), "id", id).await?;
    if expected_version.is_some_and(|expected| expected != category.version) {
        return Err(Error::version_conflict(category.version));
    }
    refuse_if_needed(change.db(), id).await?;
    let root = match category.merged_into {
        Some(root) => Some(load(change.db(), "id", root).await?),
        None => None,
    };
    let root = root.as_ref().map(|root| (root.id, &*root.name));
    // From here on nobody enters a record anywhere, and what was entered until now can be seen.
    organization::keep_records_still(change).await?;
    refuse_if_needed(change.db(), id).await?;
    // First, since they refer to it.
    totals::forget_category(change.db(), id).await?;
    Entity::delete_by_id(id).exec(change.db()).await?;
    let changes = Changes::default().field("name", Some(&category.name), None).named("mergedInto", root, None);
    change.record(Event::deleted_category(&category).changes(changes));
    change.forgets();
    Ok(category)
}

/// Counts only where there is something to count: the first look costs the same however much there is.
async fn refuse_if_needed(db: &impl ConnectionTrait, id: Uuid) -> Result<()> {
    let is_target = Column::MergedInto.eq(id).or(Column::MergedParent.eq(id));
    let merged = Entity::find().filter(is_target).count(db).await?;
    if merged > 0 {
        let (others, them) =
            if merged == 1 { ("Another category was", "it") } else { ("Other categories were", "them") };
        let message = format!("{others} merged into this one. Unmerge {them} first, or merge this one into another.");
        return Err(Error::new(ErrorCode::Conflict, message).at("id").with("mergedCount", merged));
    }
    let records = || record::Entity::find().filter(record::Column::CategoryId.eq(id));
    let first: Option<Uuid> = records().select_only().column(record::Column::Id).into_tuple().one(db).await?;
    if first.is_none() {
        return Ok(());
    }
    let all = records().count(db).await?;
    let deleted = records().filter(record::Column::DeletedAt.is_not_null()).count(db).await?;
    let records = if all == 1 { "1 record is".to_owned() } else { format!("{all} records are") };
    let message = format!(
        "{records} in this category, {deleted} of them deleted, which may be restored. Merge it into another category \
         instead: `mergeCategories`."
    );
    Err(Error::new(ErrorCode::Conflict, message).at("id").with("recordCount", all).with("deletedRecordCount", deleted))
}
