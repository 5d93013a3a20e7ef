//! Records in the schema: changes.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use entity::{RecordKind, Role};

use super::{
    graphql::Record,
    input::{IdempotencyKey, NewRecord, RecordPatch, parse_notes},
    money::Money,
    store,
};
use crate::{
    auth::{requires_role, role},
    categories::CategoryName,
    context::ContextExt,
    error::Result,
    id::{self, Kind},
    scalars::{CurrencyCode, Date, Decimal, Given, read},
};

/// A record to enter.
#[derive(InputObject)]
struct CreateRecordInput {
    /// Which way the money went.
    kind: RecordKind,
    /// How much: above zero, and no finer than the currency allows; it is never rounded.
    amount: Given<Decimal>,
    /// The currency; the base currency when absent.
    currency: Option<Given<CurrencyCode>>,
    /// What it is for: a category's name, 1 to 100 characters. A new name makes a new category.
    category: String,
    /// The day it is booked on.
    date: Given<Date>,
    /// Free text, at most 2,000 characters.
    notes: Option<String>,
    /// Any 1 to 255 visible ASCII characters, as a UUID: sent again with the same input, the key brings the first record back instead of making a second.
    idempotency_key: Option<String>,
}

impl CreateRecordInput {
    fn parse(self, ctx: &Context<'_>) -> Result<NewRecord> {
        let currency = read(self.currency, "currency")?.map(|code| code.0);
        let currency = currency.unwrap_or(ctx.services()?.config.base_currency);
        Ok(NewRecord {
            kind: self.kind,
            amount: Money::parse_positive("amount", self.amount.read("amount")?.0, currency)?,
            category: CategoryName::parse("category", &self.category)?,
            date: self.date.read("date")?.0,
            notes: parse_notes(&self.notes.unwrap_or_default())?,
            idempotency_key: self.idempotency_key.map(IdempotencyKey::parse).transpose()?,
        })
    }
}

/// The record that was entered.
#[derive(SimpleObject)]
struct CreateRecordPayload {
    /// The record.
    record: Record,
    /// Whether an earlier request with the same idempotency key had entered it.
    replayed: bool,
}

/// What is to change of a record. Absent and null leave a field as it is.
#[derive(InputObject)]
struct UpdateRecordInput {
    /// The record.
    id: ID,
    /// The version the change was made against: if the record has another by now, the answer is `VERSION_CONFLICT`, and nothing changes.
    expected_version: Option<Given<i32>>,
    /// Which way the money went.
    kind: Option<RecordKind>,
    /// How much: above zero, and no finer than the currency allows.
    amount: Option<Given<Decimal>>,
    /// The currency; a change of it alone keeps the amount's number.
    currency: Option<Given<CurrencyCode>>,
    /// What it is for: a category's name, 1 to 100 characters. A new name makes a new category.
    category: Option<String>,
    /// The day it is booked on.
    date: Option<Given<Date>>,
    /// Free text, at most 2,000 characters; `""` clears it.
    notes: Option<String>,
}

impl UpdateRecordInput {
    fn parse(self) -> Result<RecordPatch> {
        Ok(RecordPatch {
            expected_version: read(self.expected_version, "expectedVersion")?,
            kind: self.kind,
            amount: read(self.amount, "amount")?.map(|amount| amount.0),
            currency: read(self.currency, "currency")?.map(|code| code.0),
            category: self.category.map(|name| CategoryName::parse("category", &name)).transpose()?,
            date: read(self.date, "date")?.map(|date| date.0),
            notes: self.notes.map(|notes| parse_notes(&notes)).transpose()?,
        })
    }
}

/// The record as it is now.
#[derive(SimpleObject)]
struct UpdateRecordPayload {
    /// The record.
    record: Record,
}

/// Which record is to be deleted.
#[derive(InputObject)]
struct DeleteRecordInput {
    /// The record.
    id: ID,
    /// The version that was looked at: if the record has another by now, the answer is `VERSION_CONFLICT`, and nothing changes.
    expected_version: Option<Given<i32>>,
}

/// The record that was deleted.
#[derive(SimpleObject)]
struct DeleteRecordPayload {
    /// The record, with `deletedAt` set.
    record: Record,
}

/// Which deleted record is to come back.
#[derive(InputObject)]
struct RestoreRecordInput {
    /// The record.
    id: ID,
    /// The version that was looked at: if the record has another by now, the answer is `VERSION_CONFLICT`, and nothing changes.
    expected_version: Option<Given<i32>>,
}

/// The record that came back.
#[derive(SimpleObject)]
struct RestoreRecordPayload {
    /// The record.
    record: Record,
}

/// Changes of records.
#[derive(Default)]
pub struct RecordMutation;

#[Object]
impl RecordMutation {
    /// Enters a record. `IDEMPOTENCY_KEY_REUSED` when its key came with other input before.
    #[graphql(guard = "role(Role::Analyst)", directive = requires_role::apply(Role::Analyst, None))]
    async fn create_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The record.")] input: CreateRecordInput,
    ) -> Result<Option<CreateRecordPayload>> {
        let new = input.parse(ctx)?;
        let created = store::create_once(ctx.services()?, ctx.author()?, &new).await?;
        Ok(Some(CreateRecordPayload { record: Record(created.row), replayed: created.replayed }))
    }

    /// Changes a record. `NOT_FOUND` when there is none, or it is deleted; `VERSION_CONFLICT` when it was changed meanwhile.
    #[graphql(guard = "role(Role::Analyst)", directive = requires_role::apply(Role::Analyst, None))]
    async fn update_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The record and what is to change.")] input: UpdateRecordInput,
    ) -> Result<Option<UpdateRecordPayload>> {
        let id = id::decode("id", Kind::Record, &input.id)?;
        let patch = input.parse()?;
        let mut change = ctx.change().await?;
        let row = store::update(&mut change, id, patch).await?;
        change.commit().await?;
        Ok(Some(UpdateRecordPayload { record: Record(row) }))
    }

    /// Deletes a record: it is hidden everywhere, and can be restored. `CONFLICT` when it is deleted already.
    #[graphql(guard = "role(Role::Admin)", directive = requires_role::apply(Role::Admin, None))]
    async fn delete_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The record.")] input: DeleteRecordInput,
    ) -> Result<Option<DeleteRecordPayload>> {
        let id = id::decode("id", Kind::Record, &input.id)?;
        let version = read(input.expected_version, "expectedVersion")?;
        let mut change = ctx.change().await?;
        let row = store::delete(&mut change, id, version).await?;
        change.commit().await?;
        Ok(Some(DeleteRecordPayload { record: Record(row) }))
    }

    /// Brings a deleted record back. `CONFLICT` when it is not deleted.
    #[graphql(guard = "role(Role::Admin)", directive = requires_role::apply(Role::Admin, None))]
    async fn restore_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The record.")] input: RestoreRecordInput,
    ) -> Result<Option<RestoreRecordPayload>> {
        let id = id::decode("id", Kind::Record, &input.id)?;
        let version = read(input.expected_version, "expectedVersion")?;
        let mut change = ctx.change().await?;
        let row = store::restore(&mut change, id, version).await?;
        change.commit().await?;
        Ok(Some(RestoreRecordPayload { record: Record(row) }))
    }
}
