//! What was done to one record, and to the categories that it was shown in meanwhile. A merge touches no record, and
//! leaves no event of it; its history contains those of its categories instead.

use std::collections::HashSet;

use entity::{audit_event, record};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use super::{
    changes,
    shown::Shown,
    store::{self, Own, Row},
};
use crate::{
    error::Result,
    page::{Page, Position},
};

/// An event, and the version of the record after which it came.
pub(super) struct Entry {
    pub(super) version: i32,
    pub(super) row: Row,
}

impl Entry {
    pub(super) fn position(&self) -> Position {
        Position { key: self.version.into(), id: self.row.event.id }
    }
}

/// The entries of one page, and one more if there is more; and how many there are in all.
pub(super) async fn read(db: &impl ConnectionTrait, record: &record::Model, page: &Page) -> Result<(Vec<Entry>, i64)> {
    let own = store::own(db, record.id).await?;
    let others = of_categories(db, record, &own).await?;
    let count = i64::try_from(own.len() + others.len()).unwrap_or(i64::MAX);
    let entry = |row: Row| Entry { version: row.event.entity_version, row };
    let own = store::history(db, record.id, page).await?.into_iter().map(entry);
    Ok((page.narrow(own.chain(others).collect(), Entry::position), count))
}

/// What was done to the categories that `record` was shown in, while it was. `own` are its own events, oldest first.
async fn of_categories(db: &impl ConnectionTrait, record: &record::Model, own: &[Own]) -> Result<Vec<Entry>> {
    let categories = categories(record, own)?;
    let shown = Shown::read(db, &categories.iter().flatten().copied().collect::<HashSet<_>>()).await?;
    let mut entries = Vec::new();
    for event in shown.events() {
        let Some(last) = own.iter().rposition(|own| own.id < event.id) else { continue };
        let Some(category) = categories[last] else { continue };
        if shown.concerns(category, event)? {
            entries.push(Entry { version: own[last].version, row: whole(event) });
        }
    }
    Ok(entries)
}

/// The record's own category after each of its events, where that is known: events of 0.1 do not say.
fn categories(record: &record::Model, own: &[Own]) -> Result<Vec<Option<Uuid>>> {
    let mut moves = Vec::with_capacity(own.len());
    for own in own {
        let changes = own.changes.as_ref().map(changes::stored).transpose()?.unwrap_or_default();
        moves.push(changes.into_iter().find(|change| change.field == "category"));
    }
    let newest = moves.iter().flatten().next_back().and_then(|change| change.after_id);
    let mut category = newest.or(Some(record.category_id));
    let mut categories = vec![None; own.len()];
    for (place, moved) in moves.iter().enumerate().rev() {
        categories[place] = category;
        if let Some(moved) = moved {
            category = moved.before_id;
        }
    }
    Ok(categories)
}

/// No value of a category is personal.
fn whole(event: &audit_event::Model) -> Row {
    Row { event: event.clone(), personal: Vec::new() }
}
