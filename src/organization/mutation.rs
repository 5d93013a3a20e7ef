//! The organization in the schema: changes.

use async_graphql::{Context, InputObject, Object, SimpleObject};
use chrono::NaiveDate;
use entity::{Role, organization::DayOfWeek};

use super::{
    closing,
    graphql::Organization,
    input::{DAY_LENGTH, DAY_PATTERN, NAME_LENGTH, OrganizationPatch, REASON_LENGTH, Wanted, parse_reason},
    store,
};
use crate::{
    auth::{requires_role, role},
    change::Change,
    constraint::{Bound, Constraint},
    error::{Problems, Result},
    replay::{self, Done, Outcome, Repeatable},
    scalars::{CurrencyCode, Date, Given, read},
};

/// The changes to the organization. Omitted and null fields stay as they are.
#[derive(InputObject)]
struct UpdateOrganizationInput {
    /// The name, 1 to 100 characters.
    #[graphql(directive = Constraint::apply(Bound::Length(1, NAME_LENGTH)))]
    name: Option<String>,
    /// The currency that is meant where an amount, a filter or a dashboard names none. Nothing is converted: records keep their currencies. One that was replaced, such as `"ANG"`, is refused.
    base_currency: Option<Given<CurrencyCode>>,
    /// The month and day on which the financial year begins, as `MM-DD`: `04-06` for 6 April. 29 February is refused.
    #[graphql(directive = Constraint::apply(Bound::Pattern(DAY_PATTERN, DAY_LENGTH, DAY_LENGTH)))]
    financial_year_start: Option<String>,
    /// The day on which weeks begin.
    week_start: Option<DayOfWeek>,
    /// The version you read. If the organization has changed since, the error is `VERSION_CONFLICT` and nothing changes.
    expected_version: Option<Given<i32>>,
    #[graphql(flatten)]
    repeatable: Repeatable,
}

impl UpdateOrganizationInput {
    fn parse(self) -> Result<OrganizationPatch> {
        let Self { name, base_currency, financial_year_start, week_start, expected_version, repeatable: _ } = self;
        let base_currency = read(base_currency, "baseCurrency");
        OrganizationPatch::parse(Wanted {
            name,
            base_currency: base_currency.map(|given| given.map(|CurrencyCode(currency)| currency)),
            financial_year_start,
            week_start,
            expected_version: read(expected_version, "expectedVersion"),
        })
    }
}

/// The organization as it is now.
#[derive(SimpleObject)]
struct UpdateOrganizationPayload {
    /// The organization.
    organization: Organization,
    #[graphql(flatten)]
    done: Done,
}

/// Which days to close.
#[derive(InputObject)]
struct CloseBooksInput {
    /// The last day to close; it is closed with all days before it.
    through: Given<Date>,
    /// Why, for the audit trail: 1 to 500 characters.
    #[graphql(directive = Constraint::apply(Bound::Length(1, REASON_LENGTH)))]
    reason: Option<String>,
    #[graphql(flatten)]
    repeatable: Repeatable,
}

impl CloseBooksInput {
    fn parse(self) -> Result<(NaiveDate, Option<String>)> {
        let Self { through, reason, repeatable: _ } = self;
        let mut problems = Problems::default();
        let through = problems.read(through.read("through")).map(|Date(day)| day);
        let reason = problems.read(reason.map(|reason| parse_reason("reason", &reason)).transpose());
        problems.finish(through.zip(reason))
    }
}

/// The organization with its closed books.
#[derive(SimpleObject)]
struct CloseBooksPayload {
    /// The organization.
    organization: Organization,
    #[graphql(flatten)]
    done: Done,
}

/// Which days to open again.
#[derive(InputObject)]
struct ReopenBooksInput {
    /// The last day that stays closed, with all days before it. All days are opened when it is omitted or null.
    through: Option<Given<Date>>,
    /// Why, for the audit trail: 1 to 500 characters.
    #[graphql(directive = Constraint::apply(Bound::Length(1, REASON_LENGTH)))]
    reason: String,
    #[graphql(flatten)]
    repeatable: Repeatable,
}

impl ReopenBooksInput {
    fn parse(self) -> Result<(Option<NaiveDate>, String)> {
        let Self { through, reason, repeatable: _ } = self;
        let mut problems = Problems::default();
        let through = problems.read(read(through, "through")).map(|through| through.map(|Date(day)| day));
        let reason = problems.read(parse_reason("reason", &reason));
        problems.finish(through.zip(reason))
    }
}

/// The organization with its reopened books.
#[derive(SimpleObject)]
struct ReopenBooksPayload {
    /// The organization.
    organization: Organization,
    #[graphql(flatten)]
    done: Done,
}

/// Changes of the organization.
#[derive(Default)]
pub struct OrganizationMutation;

#[Object]
impl OrganizationMutation {
    /// Changes the organization. `VERSION_CONFLICT` when it has changed since `expectedVersion`.
    #[graphql(guard = "role(Role::Admin)", directive = requires_role::apply(Role::Admin, None))]
    async fn update_organization(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The changes.")] input: UpdateOrganizationInput,
    ) -> Result<Option<UpdateOrganizationPayload>> {
        let (once, patch) = replay::read(ctx, input, UpdateOrganizationInput::parse)?;
        let rule = async |change: &mut Change| store::update(change, patch).await.map(Organization);
        let Outcome { answer: organization, replayed } = replay::carry_out(ctx, once, rule).await?;
        Ok(Some(UpdateOrganizationPayload { organization, done: Done::of(replayed) }))
    }

    /// Closes the books through a day: once this is answered, no record of that day or an earlier one is created, changed, deleted or restored (`PERIOD_CLOSED`). Categories may still be renamed and merged. Closing through the day that they are closed through already changes nothing; `CONFLICT`, with `closedThrough`, when they are closed through a later one; `CONFLICT` also while the records of an import are being entered.
    #[graphql(guard = "role(Role::Admin)", directive = requires_role::apply(Role::Admin, None))]
    async fn close_books(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which days, and why.")] input: CloseBooksInput,
    ) -> Result<Option<CloseBooksPayload>> {
        let (once, (through, reason)) = replay::read(ctx, input, CloseBooksInput::parse)?;
        let rule = async |change: &mut Change| closing::close(change, through, reason).await.map(Organization);
        let Outcome { answer: organization, replayed } = replay::carry_out(ctx, once, rule).await?;
        Ok(Some(CloseBooksPayload { organization, done: Done::of(replayed) }))
    }

    /// Opens days of the books again. Reopening to where they are closed changes nothing; `CONFLICT`, with `closedThrough`, when `through` is a day after that.
    #[graphql(guard = "role(Role::Admin)", directive = requires_role::apply(Role::Admin, None))]
    async fn reopen_books(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which days, and why.")] input: ReopenBooksInput,
    ) -> Result<Option<ReopenBooksPayload>> {
        let (once, (through, reason)) = replay::read(ctx, input, ReopenBooksInput::parse)?;
        let rule = async |change: &mut Change| closing::reopen(change, through, reason).await.map(Organization);
        let Outcome { answer: organization, replayed } = replay::carry_out(ctx, once, rule).await?;
        Ok(Some(ReopenBooksPayload { organization, done: Done::of(replayed) }))
    }
}
