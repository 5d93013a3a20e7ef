//! Makes one row again of each total that writers who met have spread over several.

use std::ops::Add;

use entity::total::{self, Column};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ModelTrait, QueryFilter, QuerySelect,
    sea_query::{LockBehavior, LockType},
};

use super::{
    difference::{Difference, Key, apply, rows_of},
    sums::Sums,
    verify::by_key,
};
use crate::{auth::Author, error::Result, services::Services};

/// Makes as few rows as can hold it of each total that is spread over several; of rows that are written right now, none.
/// A total that cannot be folded now is left as it is, which is right too, and told in the log.
pub async fn fold(services: &Services) -> Result<()> {
    let spread = total::Entity::find().filter(Column::Slot.gt(0)).all(services.db.read()).await?;
    for key in by_key(spread).into_keys() {
        let total = format!("{key:?}");
        if let Err(error) = fold_one(services, key).await {
            tracing::warn!(
                ?error,
                total,
                "a total stays spread over several rows; it is right, and will be folded in an hour"
            );
        }
    }
    Ok(())
}

/// One total a transaction: a writer never waits for two.
async fn fold_one(services: &Services, key: Key) -> Result<()> {
    let change = services.change(Author::default()).await?;
    let tx = change.db();
    let free = free_rows(tx, &key).await?;
    let sums = free.iter().map(Sums::from).fold(Sums::default(), Sums::add);
    if free.len() > rows_of(sums) {
        for row in free {
            row.delete(tx).await?;
        }
        apply(tx, Difference([(key, sums)].into())).await?;
    }
    change.commit().await
}

async fn free_rows(db: &impl ConnectionTrait, key: &Key) -> Result<Vec<total::Model>> {
    let rows = total::Entity::find()
        .filter(Column::Span.eq(key.span))
        .filter(Column::Start.eq(key.start))
        .filter(Column::Currency.eq(&key.currency))
        .filter(Column::CategoryId.eq(key.category_id))
        .lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked);
    Ok(rows.all(db).await?)
}
