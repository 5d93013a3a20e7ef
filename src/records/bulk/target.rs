//! What clients send to change, delete or restore many records, parsed.

use async_graphql::{Context, ID, InputObject, InputType, OneofObject};
use entity::Role;

use super::{
    MOST,
    change::{Deed, Request, Target},
    input::check_count,
};
use crate::{
    constraint::{Bound, Constraint},
    context::ContextExt,
    error::{Error, Problems, Result},
    id::{self, Kind},
    idempotency::Once,
    records::{entry::RecordChanges, filter::DeletedFilter, filter_input::RecordFilter},
    replay::{self, Repeatable},
    scalars::{Given, read},
    services::Services,
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
    #[graphql(flatten)]
    repeatable: Repeatable,
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
    pub(super) async fn parse(self, ctx: &Context<'_>) -> Result<Request> {
        let once = replay::once(ctx, self.to_value());
        let Self { many, set } = self;
        let mut problems = Problems::default();
        let changes = set.parse().map_err(|error| error.within("set"));
        let deed = changes.as_ref().map_or(Deed::Update(Box::default()), |patch| Deed::Update(Box::new(patch.clone())));
        let request = problems.read(many.parse(ctx, deed, once).await);
        problems.read(changes);
        problems.finish(request)
    }
}

impl DeleteRecordsInput {
    /// # Errors
    /// As [`UpdateRecordsInput::parse`].
    pub(super) async fn parse(self, ctx: &Context<'_>) -> Result<Request> {
        let once = replay::once(ctx, self.to_value());
        self.many.parse(ctx, Deed::Delete, once).await
    }
}

impl RestoreRecordsInput {
    /// # Errors
    /// As [`UpdateRecordsInput::parse`].
    pub(super) async fn parse(self, ctx: &Context<'_>) -> Result<Request> {
        let once = replay::once(ctx, self.to_value());
        self.many.parse(ctx, Deed::Restore, once).await
    }
}

impl ManyRecordsInput {
    async fn parse(self, ctx: &Context<'_>, deed: Deed, once: Result<Once>) -> Result<Request> {
        let Self { records, expected_count, repeatable: _ } = self;
        let (services, role) = (ctx.services()?, ctx.viewer()?.user.role);
        let mut problems = Problems::default();
        let target = match records {
            RecordsTarget::Ids(ids) => parse_ids(&ids),
            RecordsTarget::Filter(filter) => parse_filter(services, role, *filter, &deed).await,
        };
        let target = problems.read(target.map_err(|error| error.within("records")));
        let expected_count = problems.read(read(expected_count, "expectedCount")).flatten();
        let once = problems.read(once);
        problems.finish(target.zip(once).map(|(target, once)| Request { target, deed, expected_count, once }))
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
