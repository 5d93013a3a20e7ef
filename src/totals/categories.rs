//! What is left of a category that no record is in any more.

use entity::total::{Column, Entity};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use crate::error::Result;

/// Removes the totals of the category `id`, which all came to zero: no record is in it, and none can be entered meanwhile.
pub(crate) async fn forget_category(db: &impl ConnectionTrait, id: Uuid) -> Result<()> {
    Entity::delete_many().filter(Column::CategoryId.eq(id)).exec(db).await?;
    Ok(())
}
