//! Entering records: one by one statement, or many together. Each keeps the totals and the audit trail in its transaction.

use entity::{
    audit_event::AuditAction,
    record::{self, Column},
};
use sea_orm::{
    ActiveModelTrait, IntoActiveModel, Iterable,
    sea_query::{Expr, InsertStatement, Query},
};
use uuid::Uuid;

use super::{
    import,
    input::NewRecord,
    search,
    store::{self, Row},
};
use crate::{
    auth::Author,
    categories,
    change::{Change, Committed},
    db,
    error::{Error, Result},
    event::Event,
    idempotency::Opened,
    organization,
    services::Services,
    totals::{self, Difference},
};

/// What a creation came to.
#[derive(Debug)]
pub struct Created {
    /// The record.
    pub row: Row,
    /// Whether an earlier request with the same idempotency key had made it.
    pub replayed: bool,
}

/// Enters a record, once for each idempotency key of its creator, however often it is asked for. The replay stands
/// around the change that enters it.
///
/// # Errors
/// `IDEMPOTENCY_KEY_REUSED` when the key came with other input before; `PERIOD_CLOSED`.
pub async fn create_once(services: &Services, author: Author, new: &NewRecord) -> Result<Created> {
    // So that the change need not look it up.
    let meant = categories::meant(services, std::slice::from_ref(&new.category)).await?.pop();
    let mut known = meant.map(|meant| meant.category.clone());
    let (once, mut looks_for_room) = (new.once(), false);
    loop {
        let mut change = match once.open(services, author.clone(), &[new.id]).await? {
            Opened::New(change) => change,
            Opened::Replay(made) => {
                let row = store::find_all(services, made).await?.pop();
                let row = row.ok_or_else(|| Error::internal("what an idempotency key made is gone"))?;
                return Ok(Created { row, replayed: true });
            }
        };
        let category = if let Some(known) = known.take() {
            organization::expect_open(&mut change, "date", new.date).await?;
            known
        } else {
            // Before the category's name is taken, which others may wait for.
            organization::closed_period(&mut change).await?.check("date", new.date)?;
            categories::resolve(&mut change, &new.category).await?
        };
        let row = Row { record: model(&mut change, new, category.id)?, category };
        change.add(insertion(&row.record)?);
        if looks_for_room {
            totals::apply(change.db(), Difference::default().plus(&row.record)).await?;
        } else {
            totals::add(&mut change, &row.record);
        }
        change.record(created(&row.record));
        match change.try_commit().await? {
            Committed::Yes => return Ok(Created { row, replayed: false }),
            // A row of the totals is full, which is next to never.
            Committed::NoRoom if !looks_for_room => looks_for_room = true,
            Committed::NoRoom => return Err(Error::internal("a total has no room, wherever it was looked for")),
            // Where it was opened meanwhile, once more.
            Committed::Closed => organization::check_now(services, "date", new.date).await?,
            // What was remembered of it is not asked again.
            Committed::NoCategory => {}
        }
    }
}

/// Enters `record`, if its day is open and its category there: otherwise the database refuses it.
fn insertion(record: &record::Model) -> Result<InsertStatement> {
    let row = record.clone().into_active_model();
    let value = |column| match column {
        Column::Date => Ok(organization::day_if_open(record.date)),
        Column::CategoryId => Ok(categories::id_if_there(record.category_id)),
        column => {
            let value = row.get(column).into_value();
            value.map(Expr::val).ok_or_else(|| Error::internal("a new record has all its fields"))
        }
    };
    let mut insertion = Query::insert();
    insertion.into_table(record::Entity).columns(Column::iter());
    insertion.values(Column::iter().map(value).collect::<Result<Vec<_>>>()?).map_err(Error::internal)?;
    Ok(insertion)
}

/// That `record` was entered. Its changes are the record itself: see `audit::creation`.
fn created(record: &record::Model) -> Event {
    Event::record(AuditAction::Created, record)
}

/// Enters many records, whatever their idempotency keys, and gives them in the same order.
///
/// # Errors
/// `PERIOD_CLOSED` where the day of any is closed.
pub async fn create_many(change: &mut Change, news: &[NewRecord]) -> Result<Vec<Row>> {
    let (rows, difference) = add_many(change, news, Difference::default()).await?;
    totals::apply(change.db(), difference).await?;
    Ok(rows)
}

/// As [`create_many`], but for the totals: what they differ by comes on top of `difference`, and is to be applied before the
/// change ends.
///
/// # Errors
/// As [`create_many`].
pub(crate) async fn add_many(
    change: &mut Change,
    news: &[NewRecord],
    difference: Difference,
) -> Result<(Vec<Row>, Difference)> {
    let closed = organization::closed_period(change).await?;
    for new in news {
        closed.check("date", new.date)?;
    }
    let categories = categories::resolve_all(change, news.iter().map(|new| &new.category)).await?;
    let mut rows = Vec::with_capacity(news.len());
    for new in news {
        let category = categories.get(&new.category.key).cloned();
        let category = category.ok_or_else(|| Error::internal("a category that was looked for is gone"))?;
        rows.push(Row { record: model(change, new, category.id)?, category });
    }
    let models: Vec<_> = rows.iter().map(|row| row.record.clone().into_active_model()).collect();
    db::insert_many(change.db(), models).await.map_err(import::refused)?;
    for row in &rows {
        change.record(created(&row.record));
    }
    let difference = rows.iter().map(|row| &row.record).fold(difference, Difference::plus);
    Ok((rows, difference))
}

fn model(change: &mut Change, new: &NewRecord, category_id: Uuid) -> Result<record::Model> {
    let creator = change.author().ok_or_else(|| Error::internal("a record needs somebody who enters it"))?;
    let at = change.now();
    Ok(record::Model {
        id: new.id,
        kind: new.kind,
        amount_minor: new.amount.minor,
        currency: new.amount.currency.code().to_owned(),
        category_id,
        date: new.date,
        notes: new.notes.clone(),
        counterparty: new.counterparty.clone(),
        import_id: new.origin.as_ref().map(|origin| origin.import_id),
        source_key: new.origin.as_ref().map(|origin| origin.source_key.clone()),
        search_text: search::text(&new.notes, new.counterparty.as_deref()),
        created_by: creator,
        updated_by: creator,
        version: 1,
        created_at: at,
        updated_at: at,
        deleted_at: None,
        deleted_by: None,
    })
}
