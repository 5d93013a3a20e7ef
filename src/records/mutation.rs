//! Records in the schema: changes.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use entity::Role;
use uuid::Uuid;

use super::{
    creation,
    entry::{CreateRecordsItem, RecordChanges},
    graphql::Record,
    input::{NewRecord, RecordPatch},
    money::{MOST_MINOR, Money, check_amount},
    payload::Placed,
    store,
};
use crate::{
    auth::{self, requires_role, role},
    change::Change,
    constraint::{Bound, Constraint},
    context::ContextExt,
    currency::Currency,
    error::{Error, Problems, Result},
    id::{self, Kind},
    idempotency::IdempotencyKey,
    organization,
    replay::{self, Done, Outcome, Repeatable},
    scalars::{CurrencyCode, Decimal, Given, read},
};

/// A record to enter.
#[derive(InputObject)]
struct CreateRecordInput {
    #[graphql(flatten)]
    record: CreateRecordsItem,
    #[graphql(flatten)]
    repeatable: Repeatable,
}

impl CreateRecordInput {
    /// In the currency `base` where none is given.
    fn parse(self, base: Currency) -> Result<NewRecord> {
        let Self { record, repeatable } = self;
        let mut problems = Problems::default();
        let new = problems.read(record.parse(base));
        let idempotency_key =
            problems.read(repeatable.idempotency_key.map(IdempotencyKey::parse).transpose()).flatten();
        problems.finish(new.map(|new| NewRecord { idempotency_key, ..new }))
    }
}

/// The record that was entered.
#[derive(SimpleObject)]
struct CreateRecordPayload {
    #[graphql(flatten)]
    placed: Placed,
    #[graphql(flatten)]
    done: Done,
}

/// The changes to a record. Omitted and null fields stay as they are.
#[derive(InputObject)]
struct UpdateRecordInput {
    /// The record.
    id: ID,
    /// The version you read. If the record has changed since, the error is `VERSION_CONFLICT` and nothing changes.
    expected_version: Option<Given<i32>>,
    /// The amount: not zero, at most 10^15 minor units of the currency, and with no more decimal places than the currency has. Below zero it is a refund or a credit note.
    #[graphql(directive = Constraint::apply(Bound::MinorUnits(MOST_MINOR)))]
    amount: Option<Given<Decimal>>,
    /// The currency. If only the currency changes, the number stays the same: `100.00` USD becomes `100.00` EUR. A change to one that was replaced is refused.
    currency: Option<Given<CurrencyCode>>,
    #[graphql(flatten)]
    changes: RecordChanges,
    #[graphql(flatten)]
    repeatable: Repeatable,
}

impl UpdateRecordInput {
    fn parse(self) -> Result<(Uuid, RecordPatch)> {
        let Self { id, expected_version, amount, currency, changes, repeatable: _ } = self;
        let mut problems = Problems::default();
        let id = problems.read(id::decode("id", Kind::Record, &id));
        let expected_version = problems.read(read(expected_version, "expectedVersion")).flatten();
        let currency = read(currency, "currency").map(|code| code.map(|code| code.0));
        let amount = read(amount, "amount").and_then(|amount| {
            let Some(Decimal(amount)) = amount else { return Ok(None) };
            // Without a currency, whether the amount fits shows once the record is read.
            match &currency {
                Ok(Some(currency)) => Money::parse_new("amount", amount, *currency).map(|_| Some(amount)),
                _ => check_amount("amount", amount).map(|()| Some(amount)),
            }
        });
        let amount = problems.read(amount).flatten();
        let currency = problems.read(currency).flatten();
        let changes = problems.read(changes.parse()).unwrap_or_default();
        problems.finish(id.map(|id| (id, RecordPatch { expected_version, amount, currency, ..changes })))
    }
}

/// The record as it is now.
#[derive(SimpleObject)]
struct UpdateRecordPayload {
    #[graphql(flatten)]
    placed: Placed,
    #[graphql(flatten)]
    done: Done,
}

/// The record to delete.
#[derive(InputObject)]
struct DeleteRecordInput {
    /// The record.
    id: ID,
    /// The version you read. If the record has changed since, the error is `VERSION_CONFLICT` and nothing changes.
    expected_version: Option<Given<i32>>,
    #[graphql(flatten)]
    repeatable: Repeatable,
}

/// The record and the version of it that is meant.
fn parse_target(id: &ID, expected_version: Option<Given<i32>>) -> Result<(Uuid, Option<i32>)> {
    let mut problems = Problems::default();
    let id = problems.read(id::decode("id", Kind::Record, id));
    let version = problems.read(read(expected_version, "expectedVersion"));
    problems.finish(id.zip(version))
}

/// The record that was deleted.
#[derive(SimpleObject)]
struct DeleteRecordPayload {
    /// The record, with `deletedAt` set.
    record: Record,
    /// The record's global id.
    deleted_record_id: ID,
    #[graphql(flatten)]
    done: Done,
}

/// The deleted record to restore.
#[derive(InputObject)]
struct RestoreRecordInput {
    /// The record.
    id: ID,
    /// The version you read. If the record has changed since, the error is `VERSION_CONFLICT` and nothing changes.
    expected_version: Option<Given<i32>>,
    #[graphql(flatten)]
    repeatable: Repeatable,
}

/// The restored record.
#[derive(SimpleObject)]
struct RestoreRecordPayload {
    #[graphql(flatten)]
    placed: Placed,
    #[graphql(flatten)]
    done: Done,
}

/// Changes of records.
#[derive(Default)]
pub struct RecordMutation;

#[Object]
impl RecordMutation {
    /// Creates a record. `PERIOD_CLOSED` when its day is closed; `IDEMPOTENCY_KEY_REUSED` when the key was already used with different input.
    #[graphql(guard = "role(Role::Analyst)", directive = requires_role::apply(Role::Analyst, None))]
    async fn create_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The record.")] input: CreateRecordInput,
    ) -> Result<Option<CreateRecordPayload>> {
        let base = organization::base_currency(ctx.services()?).await?;
        let new = input.parse(base).map_err(Error::in_input)?;
        let created = creation::create_once(ctx.services()?, ctx.author()?, &new).await.map_err(Error::in_input)?;
        if created.row.record.deleted_at.is_some() && auth::require(ctx.viewer()?, Role::Admin).is_err() {
            return Err(replay::gone().in_input());
        }
        Ok(Some(CreateRecordPayload { placed: Placed(Record(created.row)), done: Done::of(created.replayed) }))
    }

    /// Changes a record. `NOT_FOUND` when it does not exist or is deleted; `VERSION_CONFLICT` when it has changed since `expectedVersion`; `PERIOD_CLOSED` when its old or its new day is closed.
    #[graphql(guard = "role(Role::Analyst)", directive = requires_role::apply(Role::Analyst, None))]
    async fn update_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The record and the changes to it.")] input: UpdateRecordInput,
    ) -> Result<Option<UpdateRecordPayload>> {
        let (once, (id, patch)) = replay::read(ctx, input, UpdateRecordInput::parse)?;
        let rule = async |change: &mut Change| store::update(change, id, patch).await.map(Record);
        let Outcome { answer: record, replayed } = replay::carry_out(ctx, once, rule).await?;
        Ok(Some(UpdateRecordPayload { placed: Placed(record), done: Done::of(replayed) }))
    }

    /// Deletes a record: it is hidden everywhere, and can be restored. `CONFLICT` when it is deleted already; `PERIOD_CLOSED` when its day is closed.
    #[graphql(guard = "role(Role::Admin)", directive = requires_role::apply(Role::Admin, None))]
    async fn delete_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The record.")] input: DeleteRecordInput,
    ) -> Result<Option<DeleteRecordPayload>> {
        let parse = |DeleteRecordInput { id, expected_version, repeatable: _ }| parse_target(&id, expected_version);
        let (once, (id, version)) = replay::read(ctx, input, parse)?;
        let rule = async |change: &mut Change| store::delete(change, id, version).await.map(Record);
        let Outcome { answer: record, replayed } = replay::carry_out(ctx, once, rule).await?;
        let deleted_record_id = id::encode(Kind::Record, id);
        Ok(Some(DeleteRecordPayload { record, deleted_record_id, done: Done::of(replayed) }))
    }

    /// Restores a deleted record. `CONFLICT` when it is not deleted; `PERIOD_CLOSED` when its day is closed.
    #[graphql(guard = "role(Role::Admin)", directive = requires_role::apply(Role::Admin, None))]
    async fn restore_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The record.")] input: RestoreRecordInput,
    ) -> Result<Option<RestoreRecordPayload>> {
        let parse = |RestoreRecordInput { id, expected_version, repeatable: _ }| parse_target(&id, expected_version);
        let (once, (id, version)) = replay::read(ctx, input, parse)?;
        let rule = async |change: &mut Change| store::restore(change, id, version).await.map(Record);
        let Outcome { answer: record, replayed } = replay::carry_out(ctx, once, rule).await?;
        Ok(Some(RestoreRecordPayload { placed: Placed(record), done: Done::of(replayed) }))
    }
}
