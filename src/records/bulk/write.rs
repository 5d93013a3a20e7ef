//! How many changed records are written: by one statement for all that get the same values, with one difference of the
//! totals and an event for each.

use chrono::{DateTime, Utc};
use entity::record::{self, Column};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use super::change::Deed;
use crate::{
    change::Change,
    db,
    error::{Error, Result},
    event::Event,
    records::{
        import, search,
        store::{self, Row},
    },
    totals::{self, Difference},
};

/// Writes the second of each pair over the first, which is locked, at `at`, and gives them all as they then are. Those that
/// do not differ stay as they are.
pub(super) async fn write_all(
    change: &mut Change,
    deed: &Deed,
    pairs: Vec<(Row, Row)>,
    at: DateTime<Utc>,
) -> Result<Vec<Row>> {
    let by = change.author();
    let mut difference = Difference::default();
    let mut rows = Vec::with_capacity(pairs.len());
    // Records that are shown in the category that is named keep their own.
    let (mut moved, mut stayed) = (Vec::new(), Vec::new());
    for (before, mut after) in pairs {
        if after.record != before.record {
            after.record.version += 1;
            after.record.updated_at = at;
            after.record.updated_by = by.unwrap_or(after.record.updated_by);
            let is_moved = after.record.category_id != before.record.category_id;
            if is_moved { &mut moved } else { &mut stayed }.push(after.record.id);
            difference = difference.between(&before.record, &after.record);
            let event = Event::record(deed.action(), &after.record).changes(store::changes(&before, &after));
            change.record(event);
        }
        rows.push(after);
    }
    for (ids, moves) in [(moved, true), (stayed, false)] {
        let example = ids.first().and_then(|id| rows.iter().find(|row| row.record.id == *id));
        if let Some(example) = example {
            set(change.db(), deed, moves, &example.record, ids).await?;
        }
    }
    totals::apply(change.db(), difference).await?;
    Ok(rows)
}

/// What is written, and is the same for all.
fn columns(deed: &Deed, moves: bool) -> Vec<Column> {
    let mut columns = vec![Column::UpdatedAt, Column::UpdatedBy];
    match deed {
        Deed::Update(patch) => {
            let given = [
                (patch.kind.is_some(), Column::Kind),
                (moves, Column::CategoryId),
                (patch.date.is_some(), Column::Date),
                (patch.notes.is_some(), Column::Notes),
                (patch.counterparty.is_some(), Column::Counterparty),
            ];
            columns.extend(given.into_iter().filter(|(is_given, _)| *is_given).map(|(_, column)| column));
        }
        Deed::Delete | Deed::Restore => columns.extend([Column::DeletedAt, Column::DeletedBy]),
    }
    columns
}

/// Gives the records `ids` what `deed` changes, as it is in `example`, and the next version each.
async fn set(
    db: &impl ConnectionTrait,
    deed: &Deed,
    moves: bool,
    example: &record::Model,
    ids: Vec<Uuid>,
) -> Result<()> {
    let (example, mut row) = (example.clone().into_active_model(), <record::ActiveModel as Default>::default());
    for column in columns(deed, moves) {
        let value = example.get(column).into_value();
        row.set(column, value.ok_or_else(|| Error::internal("a record has all its fields"))?);
    }
    let count = ids.len() as u64;
    let mut update = record::Entity::update_many()
        .set(row)
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(db::any_of(db.get_database_backend(), Column::Id, ids));
    if let Deed::Restore = deed {
        update = update.col_expr(Column::SourceKey, import::own_key());
    }
    if let Deed::Update(patch) = deed
        && let Some(text) = search::changed_text(db.get_database_backend(), patch)
    {
        update = update.col_expr(Column::SearchText, text);
    }
    let written = update.exec(db).await.map_err(import::refused)?;
    if written.rows_affected == count { Ok(()) } else { Err(Error::internal("a record that was locked is gone")) }
}
