//! Changes of many records in the schema.

use async_graphql::{Context, Description, Object, SimpleObject};
use entity::Role;

use super::{
    change::{self, Changed, Request},
    create::{self, Entered},
    input::CreateRecordsInput,
    problem::RecordProblem,
    target::{DeleteRecordsInput, RestoreRecordsInput, UpdateRecordsInput},
};
use crate::{
    auth::{self, requires_role, role},
    context::ContextExt,
    error::{Error, Result},
    organization,
    records::{graphql::Record, store::Row},
    replay::Done,
};

/// What came of the records.
#[derive(SimpleObject)]
struct CreateRecordsPayload {
    /// One for each record of the input, in its order.
    results: Vec<CreateRecordsResult>,
    /// How many records were created; on a dry run, how many would be.
    created_count: i32,
    #[graphql(flatten)]
    done: Done,
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

/// The records as they are now.
#[derive(SimpleObject)]
struct UpdateRecordsPayload {
    /// The records that were meant, in the order of `ids`; those of a filter in the order of their ids. Those that already were as they should be did not change. A replay leaves out those that were deleted since, for who may not see them.
    records: Vec<Record>,
    /// How many records were meant.
    record_count: i32,
    #[graphql(flatten)]
    done: Done,
}

/// The records that were deleted.
#[derive(SimpleObject)]
struct DeleteRecordsPayload {
    /// The records, in the order of `ids`; those of a filter in the order of their ids.
    records: Vec<Record>,
    /// How many there are.
    record_count: i32,
    #[graphql(flatten)]
    done: Done,
}

/// The restored records.
#[derive(SimpleObject)]
struct RestoreRecordsPayload {
    /// The records, in the order of `ids`; those of a filter in the order of their ids.
    records: Vec<Record>,
    /// How many there are.
    record_count: i32,
    #[graphql(flatten)]
    done: Done,
}

/// Does what is asked for, and gives the records that the user may see, how many there are, and whether it was a replay.
async fn carry_out(ctx: &Context<'_>, request: Request) -> Result<(Vec<Record>, i32, bool)> {
    let changed = change::carry_out(ctx.services()?, ctx.author()?, request).await.map_err(Error::in_input)?;
    let Changed { mut rows, replayed } = changed;
    let count = rows.len().try_into().map_err(Error::internal)?;
    if auth::require(ctx.viewer()?, Role::Admin).is_err() {
        rows.retain(|row| row.record.deleted_at.is_none());
    }
    Ok((rows.into_iter().map(Record).collect(), count, replayed))
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
        Ok(Some(CreateRecordsPayload { results, created_count, done: Done::of(replayed) }))
    }

    /// Changes up to 500 records together: all of them, or none. `NOT_FOUND` for each of `ids` that does not exist or is deleted; `PERIOD_CLOSED` for each of a closed day; `CONFLICT` with `count` when they are not as many as `expectedCount` says; `IDEMPOTENCY_KEY_REUSED` when the key was already used with different input.
    #[graphql(guard = "role(Role::Analyst)", directive = requires_role::apply(Role::Analyst, None))]
    async fn update_records(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The records and the changes to them.")] input: UpdateRecordsInput,
    ) -> Result<Option<UpdateRecordsPayload>> {
        let request = input.parse(ctx).await.map_err(Error::in_input)?;
        let (records, record_count, replayed) = carry_out(ctx, request).await?;
        Ok(Some(UpdateRecordsPayload { records, record_count, done: Done::of(replayed) }))
    }

    /// Deletes up to 500 records together: all of them, or none. They can be restored. `NOT_FOUND` for each of `ids` that does not exist, `CONFLICT` for each that is deleted already; `PERIOD_CLOSED` for each of a closed day; `CONFLICT` with `count` when they are not as many as `expectedCount` says; `IDEMPOTENCY_KEY_REUSED` when the key was already used with different input.
    #[graphql(guard = "role(Role::Admin)", directive = requires_role::apply(Role::Admin, None))]
    async fn delete_records(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The records.")] input: DeleteRecordsInput,
    ) -> Result<Option<DeleteRecordsPayload>> {
        let request = input.parse(ctx).await.map_err(Error::in_input)?;
        let (records, record_count, replayed) = carry_out(ctx, request).await?;
        Ok(Some(DeleteRecordsPayload { records, record_count, done: Done::of(replayed) }))
    }

    /// Restores up to 500 deleted records together: all of them, or none. `NOT_FOUND` for each of `ids` that does not exist, `CONFLICT` for each that is not deleted; `PERIOD_CLOSED` for each of a closed day; `CONFLICT` with `count` when they are not as many as `expectedCount` says; `IDEMPOTENCY_KEY_REUSED` when the key was already used with different input.
    #[graphql(guard = "role(Role::Admin)", directive = requires_role::apply(Role::Admin, None))]
    async fn restore_records(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The records.")] input: RestoreRecordsInput,
    ) -> Result<Option<RestoreRecordsPayload>> {
        let request = input.parse(ctx).await.map_err(Error::in_input)?;
        let (records, record_count, replayed) = carry_out(ctx, request).await?;
        Ok(Some(RestoreRecordsPayload { records, record_count, done: Done::of(replayed) }))
    }
}
