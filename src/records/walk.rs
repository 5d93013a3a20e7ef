//! All records that a filter means, a batch at a time and in a list's order, as they were at one moment.

use std::collections::{HashMap, HashSet};

use entity::{
    category,
    record::{self, Column},
};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{filter::Filter, order::Order, store::Row};
use crate::{
    categories,
    db::{Db, Snapshot},
    error::{Error, Result},
    page::{Page, Position},
};

/// How many records one statement brings.
const BATCH: usize = 2_000;
/// The most categories that are remembered on the way.
const MOST_CATEGORIES: usize = 10_000;

/// A walk along a list, from its start.
pub(crate) struct Walk {
    snapshot: Snapshot,
    filter: Filter,
    order: Order,
    after: Option<Position>,
    is_over: bool,
    categories: HashMap<Uuid, category::Model>,
}

impl Walk {
    /// Begins one, which has a connection until it is dropped. Its statements take as long as they take.
    pub(crate) async fn begin(db: &Db, filter: Filter, order: Order) -> Result<Self> {
        let snapshot = db.snapshot().await?;
        snapshot.take_time().await?;
        if filter.wants_own_plan() {
            snapshot.plan_anew().await?;
        }
        Ok(Self { snapshot, filter, order, after: None, is_over: false, categories: HashMap::new() })
    }

    /// Where more can be read of the same moment.
    pub(crate) fn db(&self) -> &Snapshot {
        &self.snapshot
    }

    /// The next records; none at the end.
    pub(crate) async fn next(&mut self) -> Result<Vec<Row>> {
        if self.is_over {
            return Ok(Vec::new());
        }
        let Order { field, .. } = self.order;
        let column = |column: Column| (record::Entity, column);
        // A page asks for one more.
        let batch = Page::batch(BATCH as u64 - 1, self.after, self.order.into());
        // Not a part of each category, as a page is: what was left of a part would be read again and again.
        let query = self.filter.select(self.snapshot.get_database_backend());
        let query = batch.select(query, column(field.column()), column(Column::Id), |key| field.value(key))?;
        let records = query.all(&self.snapshot).await?;
        self.is_over = records.len() < BATCH;
        self.after = records.last().map(|record| field.position(record));
        self.look_up(&records).await?;
        let rows = records.into_iter().map(|record| {
            let category = self.categories.get(&record.category_id).cloned();
            let category = category.ok_or_else(|| Error::internal("a record without its category"))?;
            Ok(Row { record, category })
        });
        rows.collect()
    }

    /// Finds the categories that are not known yet.
    async fn look_up(&mut self, records: &[record::Model]) -> Result<()> {
        if self.categories.len() > MOST_CATEGORIES {
            self.categories.clear();
        }
        let ids = records.iter().map(|record| record.category_id);
        let unknown: HashSet<_> = ids.filter(|id| !self.categories.contains_key(id)).collect();
        if !unknown.is_empty() {
            let found = categories::find_shown(&self.snapshot, unknown.into_iter().collect()).await?;
            self.categories.extend(found);
        }
        Ok(())
    }
}
