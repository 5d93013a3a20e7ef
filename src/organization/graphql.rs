//! The organization in the schema.

use async_graphql::{Context, Description, ID, Object, SimpleObject};
use entity::{
    Role,
    organization::{self, DayOfWeek, ID as THE_ONE},
};
use uuid::Uuid;

use super::{limits::Limits, store};
use crate::{
    auth::{Viewer, requires_role, role},
    config::Registration,
    context::{ContextExt, selects},
    currency::Currency,
    error::{Error, Result},
    id::{self, Identified, Kind},
    scalars::{CurrencyCode, Date, int},
    services::{DemoAccount, Services},
    totals,
};

/// The path of GraphiQL.
pub const EXPLORER: &str = "/graphiql";

/// The organization whose books these are; there is one. What a sign-in page needs is public, and so are the limits; the rest is for everybody who is signed in.
#[derive(Clone, Debug, Description)]
pub struct Organization(pub(super) organization::Model);

#[Object(use_type_description)]
impl Organization {
    /// Global id.
    pub async fn id(&self) -> ID {
        id::encode(Kind::Organization, self.0.id)
    }

    /// The name, at most 100 characters; `Tallybook` until an admin gives another.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Whether anyone may register, or only admins create users.
    async fn registration(&self, ctx: &Context<'_>) -> Result<Registration> {
        Ok(ctx.services()?.config.registration())
    }

    /// Whether somebody can sign in as an admin. Where nobody can, the books are new: `tallybook user create` makes the first admin.
    async fn has_admin(&self, ctx: &Context<'_>) -> Result<bool> {
        store::has_admin(ctx.services()?).await
    }

    /// Who can look around, where the server was started with `--demo`; empty elsewhere.
    async fn demo_accounts(&self, ctx: &Context<'_>) -> Result<Vec<DemoAccount>> {
        Ok(ctx.services()?.demo_accounts.to_vec())
    }

    /// The path at which this server shows GraphiQL, to explore the API with; null where it does not.
    async fn explorer_path(&self, ctx: &Context<'_>) -> Result<Option<&str>> {
        Ok(ctx.services()?.config.graphiql().then_some(EXPLORER))
    }

    /// What this server accepts: what a client can check before it sends something.
    async fn limits<'ctx>(&self, ctx: &Context<'ctx>) -> Result<&'ctx Limits> {
        ctx.data_opt().ok_or_else(|| Error::internal("the schema was built without its limits"))
    }

    /// The currency that is meant where an amount, a filter or a dashboard names none.
    #[graphql(guard = "role(Role::Viewer)", directive = requires_role::apply(Role::Viewer, None))]
    async fn base_currency(&self) -> Result<Option<CurrencyCode>> {
        store::currency_of(&self.0).map(CurrencyCode).map(Some)
    }

    /// The currencies that records can be entered in, and those that there are records in, by code.
    #[graphql(guard = "role(Role::Viewer)", directive = requires_role::apply(Role::Viewer, None))]
    async fn currencies(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only currencies that there are records in.", default)] in_use: bool,
    ) -> Result<Option<Vec<UsableCurrency>>> {
        let counts = if in_use || selects(ctx, "recordCount") {
            totals::records_by_currency(ctx.db()?.read()).await?
        } else {
            totals::RecordsByCurrency::default()
        };
        let usable = |currency: Currency| {
            let record_count = counts.get(currency.code()).copied().unwrap_or_default();
            let is_listed = record_count > 0 || (!in_use && currency.why_ended().is_none());
            is_listed.then_some((currency, record_count))
        };
        Currency::all().filter_map(usable).map(UsableCurrency::new).collect::<Result<_>>().map(Some)
    }

    /// The month and day on which the financial year begins, as `MM-DD`: trends by quarter and year go by it, and so does `Dashboard.previous`.
    #[graphql(guard = "role(Role::Viewer)", directive = requires_role::apply(Role::Viewer, None))]
    async fn financial_year_start(&self) -> Option<&str> {
        Some(&self.0.financial_year_start)
    }

    /// The day on which weeks begin, in trends.
    #[graphql(guard = "role(Role::Viewer)", directive = requires_role::apply(Role::Viewer, None))]
    async fn week_start(&self) -> Option<DayOfWeek> {
        Some(self.0.week_start)
    }

    /// The last day of the closed books: records up to this day cannot be created, changed, deleted or restored (`PERIOD_CLOSED`). Null where no day is closed.
    #[graphql(guard = "role(Role::Viewer)", directive = requires_role::apply(Role::Viewer, None))]
    async fn closed_through(&self) -> Option<Date> {
        self.0.closed_through.map(Date)
    }

    /// How often it was changed, beginning with 1; see `expectedVersion` of `updateOrganization`.
    #[graphql(guard = "role(Role::Viewer)", directive = requires_role::apply(Role::Viewer, None))]
    async fn version(&self) -> Option<i32> {
        Some(self.0.version)
    }
}

impl Identified for Organization {
    fn uuid(&self) -> Uuid {
        self.0.id
    }

    /// There is one, and everybody sees it.
    async fn find_all(services: &Services, _: &Viewer, ids: Vec<Uuid>) -> Result<Vec<Self>> {
        if !ids.contains(&THE_ONE) {
            return Ok(Vec::new());
        }
        Ok(vec![Self(store::current(services).await?)])
    }
}

/// A currency.
#[derive(SimpleObject)]
#[graphql(name = "Currency")]
pub(super) struct UsableCurrency {
    /// Its ISO 4217 code.
    code: CurrencyCode,
    /// Its English name in ISO 4217, such as `Swiss Franc`. Two currencies can have the same name, above all where one replaced the other.
    name: &'static str,
    /// How many decimal places its amounts have.
    fraction_digits: i32,
    /// How many records are in it; deleted ones do not count.
    record_count: i32,
}

impl UsableCurrency {
    fn new((currency, record_count): (Currency, i64)) -> Result<Self> {
        let fraction_digits = int(currency.fraction_digits().into())?;
        Ok(Self {
            code: CurrencyCode(currency),
            name: currency.name(),
            fraction_digits,
            record_count: int(record_count)?,
        })
    }
}

/// Queries for the organization.
#[derive(Default)]
pub struct OrganizationQuery;

#[Object]
impl OrganizationQuery {
    /// The organization whose books these are.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        store::current(ctx.services()?).await.map(Organization).map(Some)
    }
}
