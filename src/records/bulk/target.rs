//! What clients send to change, delete or restore many records, parsed.

use async_graphql::{ID, InputObject, InputType, OneofObject, Value};
use entity::Role;

use super::{
    MOST,
    change::{Deed, Request, Target},
    input::check_count,
};
use crate::{
    constraint::{Bound, Constraint},
    error::{Error, Problems, Result},
    id::{self, Kind},
    idempotency::IdempotencyKey,
    records::{entry::RecordChanges, filter::DeletedFilter, filter_input::RecordFilter},
    scalars::{Given, read},
    services::Services,
    state::Fields,
};

/// Which records are meant: one of the two.
#[derive(OneofObject)]
enum RecordsTarget {
    /// These records, 1 to 500, each once.
    #[graphql(directive = Constraint::apply(Bound::SomeItems(MOST)))]
    Ids(Vec<ID>),
    /// All records that match. More than 500 are refused with their number as `count`. `updateRecords` and `deleteRecords` mean those that are not deleted, `restoreRecords` the deleted ones.
    Filter(Box<RecordFilter>),
}

/// Records to change together.
#[derive(InputObject)]
pub(super) struct ManyRecordsInput {
    /// Which records.
    records: RecordsTarget,
    /// How many records you take them to be. If they are more or fewer, the error is `CONFLICT` with their number as `count`, and nothing changes.
    expected_count: Option<Given<i32>>,
    /// 1 to 255 visible ASCII characters, for example a UUID. Sending the same input with the same key again returns the records as they are then instead of changing them again.
    #[graphql(directive = Constraint::apply(Bound::Pattern(IdempotencyKey::PATTERN, 1, IdempotencyKey::LENGTH)))]
    idempotency_key: Option<String>,
}

/// Records to change together, and how.
#[derive(InputObject)]
pub(super) struct UpdateRecordsInput {
    #[graphql(flatten)]
    many: ManyRecordsInput,
    /// What each of them is to have.
    set: RecordChanges,
}

/// Records to delete together.
#[derive(InputObject)]
pub(super) struct DeleteRecordsInput {
    #[graphql(flatten)]
    many: ManyRecordsInput,
}

/// Deleted records to restore together.
#[derive(InputObject)]
pub(super) struct RestoreRecordsInput {
    #[graphql(flatten)]
    many: ManyRecordsInput,
}

impl UpdateRecordsInput {
    /// # Errors
    /// `BAD_USER_INPUT`, all problems together; `FORBIDDEN` for a filter that the role may not use.
    pub(super) async fn parse(self, services: &Services, role: Role) -> Result<Request> {
        let digest = digest("updateRecords", self.to_value());
        let Self { many, set } = self;
        let mut problems = Problems::default();
        let changes = set.parse().map_err(|error| error.within("set"));
        let deed = changes.as_ref().map_or(Deed::Update(Box::default()), |patch| Deed::Update(Box::new(patch.clone())));
        let request = problems.read(many.parse(services, role, deed, digest).await);
        problems.read(changes);
        problems.finish(request)
    }
}

impl DeleteRecordsInput {
    /// # Errors
    /// As [`UpdateRecordsInput::parse`].
    pub(super) async fn parse(self, services: &Services, role: Role) -> Result<Request> {
        let digest = digest("deleteRecords", self.to_value());
        self.many.parse(services, role, Deed::Delete, digest).await
    }
}

impl RestoreRecordsInput {
    /// # Errors
    /// As [`UpdateRecordsInput::parse`].
    pub(super) async fn parse(self, services: &Services, role: Role) -> Result<Request> {
        let digest = digest("restoreRecords", self.to_value());
        self.many.parse(services, role, Deed::Restore, digest).await
    }
}

impl ManyRecordsInput {
    async fn parse(self, services: &Services, role: Role, deed: Deed, digest: Vec<u8>) -> Result<Request> {
        let Self { records, expected_count, idempotency_key } = self;
        let mut problems = Problems::default();
        let target = match records {
            RecordsTarget::Ids(ids) => parse_ids(&ids),
            RecordsTarget::Filter(filter) => parse_filter(services, role, *filter, &deed).await,
        };
        let target = problems.read(target.map_err(|error| error.within("records")));
        let expected_count = problems.read(read(expected_count, "expectedCount")).flatten();
        let key = problems.read(idempotency_key.map(IdempotencyKey::parse).transpose()).flatten();
        problems.finish(target.map(|target| Request { target, deed, expected_count, key, digest }))
    }
}

fn parse_ids(ids: &[ID]) -> Result<Target> {
    check_count("ids", "records", ids.len())?;
    let mut problems = Problems::default();
    let mut parsed = Vec::with_capacity(ids.len());
    for (place, id) in ids.iter().enumerate() {
        let Some(id) =
            problems.read(id::decode("ids", Kind::Record, id).map_err(|error| error.at(format!("ids.{place}"))))
        else {
            continue;
        };
        if parsed.contains(&id) {
            let message = "This record is named twice.";
            problems.add(Error::bad_value(message).at(format!("ids.{place}")));
        }
        parsed.push(id);
    }
    problems.finish(Some(Target::Ids(parsed)))
}

async fn parse_filter(services: &Services, role: Role, filter: RecordFilter, deed: &Deed) -> Result<Target> {
    let mut filter = filter.resolve(services, role).await.map_err(|error| error.within("filter"))?;
    let deleted = deed.deleted();
    if deleted == DeletedFilter::Exclude && filter.deleted != deleted {
        let message = "Deleted records cannot be changed; restore them first.";
        return Err(Error::bad_value(message).at("filter.deleted"));
    }
    filter.deleted = deleted;
    Ok(Target::Filter(Box::new(filter)))
}

/// A digest of an input as it was sent. What was left out, as what later versions add is, does not count.
fn digest(mutation: &str, input: Value) -> Vec<u8> {
    [&[1], &*Fields::of(mutation).text(without_nulls(input).to_string()).digest()].concat()
}

fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(fields) => {
            let given = fields.into_iter().filter(|(_, value)| *value != Value::Null);
            Value::Object(given.map(|(name, value)| (name, without_nulls(value))).collect())
        }
        Value::List(items) => Value::List(items.into_iter().map(without_nulls).collect()),
        other => other,
    }
}
