//! The totals of the records, kept in the same transaction as the records: per day and per month, for
//! each currency and category, income and expenses.
//!
//! Rows whose counts came back to zero stay, and count as nothing; of a total in several rows, that is said of their
//! sum, and one of them can be below zero.

mod difference;
mod fold;
mod sums;
mod verify;

use entity::total::{self, Column};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use uuid::Uuid;

use difference::Key;

pub use difference::{Difference, apply, month_of};
pub use fold::fold;
pub(crate) use sums::{SUMS, summed, whole};
pub use sums::{Sum, Sums};
pub use verify::{Mismatch, rebuild, verify};

use crate::error::Result;

/// Adds the totals of the category `from` to those of `into`, and removes them.
pub async fn move_category(db: &impl ConnectionTrait, from: Uuid, into: Uuid) -> Result<()> {
    let removed = total::Entity::delete_many().filter(Column::CategoryId.eq(from)).exec_with_returning(db).await?;
    let mut difference = Difference::default();
    for (key, sums) in verify::by_key(removed) {
        difference.0.insert(Key { category_id: into, ..key }, sums);
    }
    apply(db, difference).await
}
