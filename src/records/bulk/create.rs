//! The rule of entering many records.

use std::collections::HashMap;

use uuid::Uuid;

use super::input::OnProblem;
use crate::{
    auth::Author,
    categories,
    change::Change,
    error::{Error, ErrorCode, Problems, Result},
    idempotency::{IdempotencyKey, Once, Opened},
    organization,
    records::{
        creation,
        input::NewRecord,
        store::{self, Row},
    },
    services::Services,
    state::Fields,
};

/// Records to enter together.
pub(super) struct Entries {
    /// The records in the order of the input, or what is wrong with each.
    pub(super) records: Vec<Result<NewRecord>>,
    /// What happens where some have problems.
    pub(super) on_problem: OnProblem,
    /// Whether nothing is to be written.
    pub(super) is_dry_run: bool,
    /// The client's key for all of it.
    pub(super) key: Option<IdempotencyKey>,
}

/// What came of some entries.
pub(super) struct Entered {
    /// Each record in the order of the input, or why there is none.
    pub(super) records: Vec<Result<Row>>,
    /// How many were made, now or by an earlier request with the same key.
    pub(super) count: usize,
    /// Whether an earlier request with the same key made them.
    pub(super) replayed: bool,
}

impl Entries {
    /// A digest of everything but ids, the key, and whether it is a dry run. Of a record with problems only these matter:
    /// it is not made.
    fn digest(&self) -> Vec<u8> {
        let Self { records, on_problem, is_dry_run: _, key: _ } = self;
        let skips = u8::from(*on_problem == OnProblem::Skip);
        let fields = Fields::of("createRecords").number(skips);
        let fields = records.iter().fold(fields, |fields, record| match record {
            Ok(new) => new.digests().first().into_iter().fold(fields.number(1_u8), |fields, one| fields.bytes(one)),
            Err(error) => error.clone().each().fold(fields.number(0_u8), |fields, problem| {
                fields.text(problem.code().as_str()).text(problem.field().unwrap_or_default())
            }),
        });
        [&[1], &*fields.digest()].concat()
    }
}

/// Enters all records that have no problems, together, once for each idempotency key. A dry run does all of it, and takes
/// it back.
///
/// # Errors
/// `IDEMPOTENCY_KEY_REUSED` when the key came with other input before; `PERIOD_CLOSED` where none is to be left out.
pub(super) async fn enter(services: &Services, author: Author, mut entries: Entries) -> Result<Entered> {
    let news: Vec<NewRecord> = entries.records.iter().flatten().cloned().collect();
    if news.is_empty() {
        return Ok(entered(entries, HashMap::new(), false));
    }
    // So that the change need not look them up.
    let names: Vec<_> = news.iter().map(|new| new.category.clone()).collect();
    categories::meant(services, &names).await?;
    let once = Once::new("createRecords", entries.key.clone(), || vec![entries.digest()]);
    let ids: Vec<_> = news.iter().map(|new| new.id).collect();
    let mut change = match once.open(services, author, &ids).await? {
        Opened::New(change) => change,
        Opened::Replay(made) => {
            let mut rows = by_id(store::find_all(services, made.clone()).await?);
            let rows = news.iter().zip(made).filter_map(|(new, id)| Some((new.id, rows.remove(&id)?))).collect();
            return Ok(entered(entries, rows, true));
        }
    };
    check_days(&mut change, &mut entries).await?;
    let news: Vec<NewRecord> = entries.records.iter().flatten().cloned().collect();
    let rows = by_id(creation::create_many(&mut change, &news).await?);
    if entries.is_dry_run {
        change.rollback().await?;
    } else {
        change.commit().await?;
    }
    Ok(entered(entries, rows, false))
}

/// Leaves out the records of closed days, or refuses all.
async fn check_days(change: &mut Change, entries: &mut Entries) -> Result<()> {
    let closed = organization::closed_period(change).await?;
    let mut problems = Problems::default();
    for (index, entry) in entries.records.iter_mut().enumerate() {
        let Ok(new) = entry else { continue };
        if let Err(error) = closed.check("date", new.date) {
            let error = error.within(&format!("records.{index}"));
            problems.add(error.clone());
            *entry = Err(error);
        }
    }
    match entries.on_problem {
        OnProblem::RejectAll => problems.finish(Some(())),
        OnProblem::Skip => Ok(()),
    }
}

fn by_id(rows: Vec<Row>) -> HashMap<Uuid, Row> {
    rows.into_iter().map(|row| (row.record.id, row)).collect()
}

/// `rows`, by the ids that their entries have, in the order of these.
fn entered(entries: Entries, mut rows: HashMap<Uuid, Row>, replayed: bool) -> Entered {
    let count = rows.len();
    let records = entries.records.into_iter().enumerate().map(|(index, entry)| {
        let row = rows.remove(&entry?.id);
        row.ok_or_else(|| {
            if !replayed {
                return Error::internal("a record that was entered is gone");
            }
            let message = "Its day was closed when the records of this idempotency key were created.";
            Error::new(ErrorCode::Conflict, message).at(format!("records.{index}.date"))
        })
    });
    Entered { records: records.collect(), count, replayed }
}

/// Hides deleted records, which a replay finds as they are now, from those who may not see them.
pub(super) fn hide_deleted(records: &mut [Result<Row>]) {
    for (index, record) in records.iter_mut().enumerate() {
        if record.as_ref().is_ok_and(|row| row.record.deleted_at.is_some()) {
            let message = "The record that this idempotency key made here was deleted.";
            *record = Err(Error::new(ErrorCode::Conflict, message).at(format!("records.{index}")));
        }
    }
}
