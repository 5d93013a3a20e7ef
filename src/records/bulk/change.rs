//! The rule of changing, deleting and restoring many records: which ones are meant, and that all of them change or none.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use entity::{audit_event::AuditAction, category, record};
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::LockType};
use uuid::Uuid;

use super::{MOST, write::write_all};
use crate::{
    auth::Author,
    categories,
    change::Change,
    db,
    error::{Error, ErrorCode, Problems, Result},
    id::Kind,
    idempotency::{Once, Opened},
    organization,
    records::{
        filter::{DeletedFilter, Filter},
        input::RecordPatch,
        store::{self, Row},
        sums,
    },
    services::Services,
};

/// Which records are meant.
pub(super) enum Target {
    /// These; each once.
    Ids(Vec<Uuid>),
    /// All of these.
    Filter(Box<Filter>),
}

/// What is done to each of them.
pub(super) enum Deed {
    /// It is changed.
    Update(Box<RecordPatch>),
    /// It is deleted.
    Delete,
    /// It is brought back.
    Restore,
}

impl Deed {
    /// Which records it can be done to.
    pub(super) fn deleted(&self) -> DeletedFilter {
        match self {
            Self::Update(_) | Self::Delete => DeletedFilter::Exclude,
            Self::Restore => DeletedFilter::Only,
        }
    }

    pub(super) fn action(&self) -> AuditAction {
        match self {
            Self::Update(_) => AuditAction::Updated,
            Self::Delete => AuditAction::Deleted,
            Self::Restore => AuditAction::Restored,
        }
    }

    fn category(&self) -> Option<&categories::CategoryName> {
        match self {
            Self::Update(patch) => patch.category.as_ref(),
            Self::Delete | Self::Restore => None,
        }
    }

    /// `before` once it is done, at `at` and by `by`; `named` is the category that it names.
    fn done_to(
        &self,
        before: &Row,
        named: Option<&category::Model>,
        (at, by): (DateTime<Utc>, Option<Uuid>),
    ) -> Result<Row> {
        match self {
            Self::Update(patch) => store::patched(before, patch, named),
            Self::Delete => store::deleted(before, at, by),
            Self::Restore => store::restored(before),
        }
    }
}

/// A change of many records.
pub(super) struct Request {
    /// Which.
    pub(super) target: Target,
    /// What is done to them.
    pub(super) deed: Deed,
    /// How many the client takes them to be.
    pub(super) expected_count: Option<i32>,
    /// All of it once.
    pub(super) once: Once,
}

/// What came of it.
pub(super) struct Changed {
    /// The records that were meant, in the order of their ids in the input, or of these themselves.
    pub(super) rows: Vec<Row>,
    /// Whether an earlier request with the same key did it.
    pub(super) replayed: bool,
}

/// Does to all records that are meant what `request` says, together, once for each idempotency key. The rows are locked in
/// the order of their ids: two such changes cannot wait for each other.
///
/// # Errors
/// `NOT_FOUND`, `CONFLICT` and `PERIOD_CLOSED` for each record of which single changes would say it; `CONFLICT` where they are not as many
/// as expected; `BAD_USER_INPUT` where a filter means too many; `IDEMPOTENCY_KEY_REUSED`. Each with the count.
pub(super) async fn carry_out(services: &Services, author: Author, request: Request) -> Result<Changed> {
    let Request { target, deed, expected_count, once } = request;
    let meant = find_meant(services, &target).await?;
    // So that the change need not look it up.
    categories::meant(services, deed.category().map(std::slice::from_ref).unwrap_or_default()).await?;
    // Before anything is looked at: what was done once is not refused for how things are since.
    let mut change = match once.open(services, author, &[]).await? {
        Opened::New(change) => change,
        Opened::Replay(made) => {
            let rows = in_order(store::find_all(services, made.clone()).await?, &made);
            return Ok(Changed { rows, replayed: true });
        }
    };
    let is_too_many = meant.len() > MOST;
    if let (true, Target::Filter(filter)) = (is_too_many, &target) {
        return Err(too_many(services, filter).await?);
    }
    // Before any row is locked.
    organization::closed_period(&mut change).await?;
    let before = lock(change.db(), &target, &meant).await?;
    let places = places(&target, &meant, &before);
    check_count(expected_count, places.len())?;
    let rows = change_all(&mut change, &deed, places, before).await?;
    let made: Vec<_> = rows.iter().map(|row| row.record.id).collect();
    once.commit(change, &made).await?;
    Ok(Changed { rows, replayed: false })
}

/// The ids of the records that are meant at this moment, and one more than allowed where there are more.
async fn find_meant(services: &Services, target: &Target) -> Result<Vec<Uuid>> {
    match target {
        Target::Ids(ids) => Ok(ids.clone()),
        Target::Filter(filter) => {
            let db = services.db.read_planned(filter.wants_own_plan()).await?;
            // In no order: databases would walk the key for one, however few records match.
            let ids = filter.select_all(db.get_database_backend()).select_only().column(record::Column::Id);
            let mut ids: Vec<Uuid> = ids.limit(MOST as u64 + 1).into_tuple().all(&db).await?;
            ids.sort_unstable();
            Ok(ids)
        }
    }
}

/// Those of `meant` that are there, and that a filter still means, kept from changing until the transaction ends.
async fn lock(db: &impl ConnectionTrait, target: &Target, meant: &[Uuid]) -> Result<HashMap<Uuid, Row>> {
    let backend = db.get_database_backend();
    let query = match target {
        Target::Ids(_) => record::Entity::find(),
        Target::Filter(filter) => filter.select(backend),
    };
    let query = query.filter(db::any_of(backend, record::Column::Id, meant.to_vec()));
    let records = query.order_by_asc(record::Column::Id).lock(LockType::NoKeyUpdate).all(db).await?;
    // In a statement of its own: PostgreSQL would join to the records as they were before the wait for them.
    let ids = records.iter().map(|record| record.category_id).collect();
    let categories: HashMap<_, _> = categories::find_shown(db, ids).await?.into_iter().collect();
    let rows = records.into_iter().map(|record| {
        let category = categories.get(&record.category_id).cloned();
        let category = category.ok_or_else(|| Error::internal("a record without its category"))?;
        Ok((record.id, Row { record, category }))
    });
    rows.collect()
}

/// The records to change, in order, each with the path to what names it. Those that a filter no longer means are not among
/// them.
fn places(target: &Target, meant: &[Uuid], before: &HashMap<Uuid, Row>) -> Vec<(Uuid, String)> {
    let place = |(place, id): (usize, &Uuid)| match target {
        Target::Ids(_) => Some((*id, format!("records.ids.{place}"))),
        Target::Filter(_) => before.contains_key(id).then(|| (*id, "records.filter".to_owned())),
    };
    meant.iter().enumerate().filter_map(place).collect()
}

async fn change_all(
    change: &mut Change,
    deed: &Deed,
    places: Vec<(Uuid, String)>,
    mut before: HashMap<Uuid, Row>,
) -> Result<Vec<Row>> {
    let named = match deed.category() {
        Some(name) => Some(categories::resolve(change, name).await?),
        None => None,
    };
    // One instant for all, after the last of each.
    let mut at = change.now();
    for row in before.values() {
        at = change.after(row.record.updated_at);
    }
    let (by, closed) = (change.author(), organization::closed_period(change).await?);
    let mut problems = Problems::default();
    let mut pairs = Vec::with_capacity(places.len());
    for (id, path) in places {
        let Some(row) = before.remove(&id) else {
            problems.add(Error::not_found("id", &Kind::Record.to_string()).at(path));
            continue;
        };
        let after = deed.done_to(&row, named.as_ref(), (at, by)).and_then(|after| {
            if after.record != row.record {
                closed.check("date", row.record.date)?;
                closed.check("date", after.record.date)?;
            }
            Ok(after)
        });
        if let Some(after) = problems.read(after.map_err(|error| error.at(path))) {
            pairs.push((row, after));
        }
    }
    let pairs = problems.finish(Some(pairs))?;
    write_all(change, deed, pairs, at).await
}

fn in_order(rows: Vec<Row>, ids: &[Uuid]) -> Vec<Row> {
    let mut rows: HashMap<_, _> = rows.into_iter().map(|row| (row.record.id, row)).collect();
    ids.iter().filter_map(|id| rows.remove(id)).collect()
}

fn check_count(expected: Option<i32>, count: usize) -> Result<()> {
    match expected {
        Some(expected) if usize::try_from(expected) != Ok(count) => {
            let message = format!("The number of records is {count} and not {expected}. Look at them again.");
            Err(Error::new(ErrorCode::Conflict, message).at("expectedCount").with("count", count))
        }
        _ => Ok(()),
    }
}

async fn too_many(services: &Services, filter: &Filter) -> Result<Error> {
    let count = sums::count(&services.db, filter).await?;
    let message = format!("This filter means {count} records; at most {MOST} can be changed at once.");
    Ok(Error::bad_input("records.filter", message).with("count", count).with("maxItems", MOST))
}
