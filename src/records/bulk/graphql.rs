//! Changes of many records in the schema.

use async_graphql::{Context, Description, Object, SimpleObject};
use entity::Role;

use super::{
    create::{self, Entered},
    input::CreateRecordsInput,
    problem::RecordProblem,
};
use crate::{
    auth::{self, requires_role, role},
    context::ContextExt,
    error::{Error, Result},
    organization,
    records::{graphql::Record, store::Row},
};

/// What came of the records.
#[derive(SimpleObject)]
struct CreateRecordsPayload {
    /// One for each record of the input, in its order.
    results: Vec<CreateRecordsResult>,
    /// How many records were created; on a dry run, how many would be.
    created_count: i32,
    /// Whether the records had already been created by an earlier request with the same idempotency key.
    replayed: bool,
}

/// What came of one of the records.
#[derive(Description)]
struct CreateRecordsResult {
    index: i32,
    outcome: Result<Row>,
}

#[Object(use_type_description)]
impl CreateRecordsResult {
    /// Its place in the input, from 0.
    async fn index(&self) -> i32 {
        self.index
    }

    /// The record; null where it was left out. On a dry run it is what would be created; its id, and that of a new category, will not be those of a later run.
    async fn record(&self) -> Option<Record> {
        self.outcome.as_ref().ok().cloned().map(Record)
    }

    /// Why it was left out. `CONFLICT` where the record of a replay was deleted, and the user may not see it, or where its day was closed then.
    async fn problems(&self) -> Vec<RecordProblem> {
        self.outcome.as_ref().err().into_iter().flat_map(|error| error.clone().each()).map(RecordProblem).collect()
    }
}

/// Changes of many records at once.
#[derive(Default)]
pub struct ManyRecordsMutation;

#[Object]
impl ManyRecordsMutation {
    /// Creates up to 500 records together: all of them, or none. Where some have problems, all problems of all records are errors and nothing is written; with `onProblem: SKIP` the others are created. That its day is closed (`PERIOD_CLOSED`) is a problem of a record. `IDEMPOTENCY_KEY_REUSED` when the key was already used with different input.
    #[graphql(guard = "role(Role::Analyst)", directive = requires_role::apply(Role::Analyst, None))]
    async fn create_records(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The records.")] input: CreateRecordsInput,
    ) -> Result<Option<CreateRecordsPayload>> {
        let services = ctx.services()?;
        let base = organization::base_currency(services).await?;
        let entries = input.parse(base).map_err(Error::in_input)?;
        let entered = create::enter(services, ctx.author()?, entries).await.map_err(Error::in_input)?;
        let Entered { mut records, count, replayed } = entered;
        if auth::require(ctx.viewer()?, Role::Admin).is_err() {
            create::hide_deleted(&mut records);
        }
        let result = |(index, record): (i32, Result<Row>)| CreateRecordsResult {
            index,
            outcome: record.map_err(Error::in_input),
        };
        let results = (0..).zip(records).map(result).collect();
        let created_count = count.try_into().map_err(Error::internal)?;
        Ok(Some(CreateRecordsPayload { results, created_count, replayed }))
    }
}
