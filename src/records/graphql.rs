//! Records in the schema: types and queries.

use std::borrow::Cow;

use async_graphql::{Context, Description, ID, Object};
use entity::{RecordKind, Role};
use uuid::Uuid;

use super::{
    filter::Filter,
    filter_input::{RecordFilter, RecordOrder},
    input::RecordPatch,
    listing::{Listing, Wanted},
    money::{Figure, Money, stored_currency},
    order::Order,
    store::{self, Row},
    summary::Summary,
    sums,
};
use crate::{
    audit::{self, AuditEvent, AuditTotal},
    auth::{self, Viewer, requires_role, role},
    categories::Category,
    constraint::{Bound, Constraint},
    context::{self, ContextExt},
    currency::Currency,
    error::{Problems, Result},
    id::{self, Identified, Kind},
    organization,
    page::{Connection, Listed, MAX_SIZE, Page, PageArgs},
    scalars::{BigInt, CurrencyCode, Date, DateTime, Decimal, Given, int, read},
    services::Services,
    totals::Sums,
    users::{self, User},
};

/// An exact amount of money in one currency.
#[Object(name = "Money")]
impl Figure {
    /// The number with all decimal places of the currency: `"5000.00"` of USD, `"5000"` of JPY.
    #[graphql(name = "amount")]
    async fn amount_field(&self) -> Result<Decimal> {
        self.amount().map(Decimal)
    }

    /// The currency.
    #[graphql(name = "currency")]
    async fn currency_field(&self) -> CurrencyCode {
        CurrencyCode(self.currency)
    }

    /// The number in minor units of the currency: `"500000"` cents, `"5000"` yen. A sum can be past 64 bits.
    async fn minor_units(&self) -> BigInt {
        BigInt(self.minor)
    }
}

/// One line of the books: money that came in or went out on a day, and what for.
#[derive(Clone, Debug, Description)]
pub struct Record(pub Row);

#[Object(name = "FinancialRecord", use_type_description)]
impl Record {
    /// Global id.
    pub async fn id(&self) -> ID {
        id::encode(Kind::Record, self.0.record.id)
    }

    /// Which way the money went.
    async fn kind(&self) -> RecordKind {
        self.0.record.kind
    }

    /// How much: never zero, and below it for a refund or a credit note. Null, with an error, where this version of the server does not know the currency that is stored.
    async fn amount(&self) -> Result<Option<Figure>> {
        Money::of(&self.0.record).map(|money| Some(money.into()))
    }

    /// What it is for.
    async fn category(&self) -> Category {
        Category(self.0.category.clone())
    }

    /// The day it is booked on.
    async fn date(&self) -> Date {
        Date(self.0.record.date)
    }

    /// Free text of at most 2,000 characters; empty when there is none.
    async fn notes(&self) -> &str {
        &self.0.record.notes
    }

    /// Who was paid, or who paid: payee, payer or supplier. Null when nobody said.
    async fn counterparty(&self) -> Option<&str> {
        self.0.record.counterparty.as_deref()
    }

    /// Who entered it.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<User> {
        users::load(ctx, self.0.record.created_by).await
    }

    /// Who changed it last.
    async fn updated_by(&self, ctx: &Context<'_>) -> Result<User> {
        users::load(ctx, self.0.record.updated_by).await
    }

    /// The id of the category that it is kept in, also where that is merged: `category` is what it is shown in. A cache that is kept with `changes` needs it, since a merge changes no record.
    async fn own_category_id(&self) -> ID {
        id::encode(Kind::Category, self.0.record.category_id)
    }

    /// When it was entered.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.record.created_at)
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.record.updated_at)
    }

    /// Increases by one with every change. Pass it as `expectedVersion` so that you do not overwrite somebody else's change.
    async fn version(&self) -> i32 {
        self.0.record.version
    }

    /// When it was deleted; null unless it is.
    async fn deleted_at(&self) -> Option<DateTime> {
        self.0.record.deleted_at.map(DateTime)
    }

    /// Who deleted it; null unless it is deleted.
    async fn deleted_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        match self.0.record.deleted_by {
            Some(user) => users::load(ctx, user).await.map(Some),
            None => Ok(None),
        }
    }

    /// Whether the viewer may change it: they have the role, it is not deleted, and its day is not closed.
    async fn viewer_can_update(&self, ctx: &Context<'_>) -> Result<bool> {
        self.may(ctx, Role::Analyst, |row| store::patched(row, &RecordPatch::default(), None)).await
    }

    /// Whether the viewer may delete it: they have the role, it is not deleted yet, and its day is not closed.
    async fn viewer_can_delete(&self, ctx: &Context<'_>) -> Result<bool> {
        self.may(ctx, Role::Admin, |row| store::deleted(row, row.record.updated_at, None)).await
    }

    /// Whether the viewer may restore it: they have the role, it is deleted, and its day is not closed. A record of an import can still be refused, where its row was imported again since.
    async fn viewer_can_restore(&self, ctx: &Context<'_>) -> Result<bool> {
        self.may(ctx, Role::Admin, store::restored).await
    }

    /// What was done to it, newest first. Where the category that it was shown in at the time was renamed, merged or unmerged, that is among it, as an event of the category (`entityType: CATEGORY`).
    async fn history(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "How many events from the start, or after `after`: 0 to 100; 10 when neither `first` nor `last` is given.",
            directive = Constraint::apply(Bound::Range(0, MAX_SIZE))
        )]
        first: Option<Given<i32>>,
        #[graphql(desc = "Only events after this cursor.")] after: Option<String>,
        #[graphql(
            desc = "How many events from the end, or before `before`: 0 to 100; not together with `first`.",
            directive = Constraint::apply(Bound::Range(0, MAX_SIZE))
        )]
        last: Option<Given<i32>>,
        #[graphql(desc = "Only events before this cursor.")] before: Option<String>,
    ) -> Result<Option<Connection<AuditEvent, AuditTotal>>> {
        audit::history(ctx, &self.0.record, PageArgs { first, after, last, before }).await.map(Some)
    }
}

impl Record {
    /// Whether the viewer may do to it what a mutation for the role `least`, and those above, does by `rule`.
    async fn may(&self, ctx: &Context<'_>, least: Role, rule: impl FnOnce(&Row) -> Result<Row>) -> Result<bool> {
        if auth::require(ctx.viewer()?, least).is_err() || rule(&self.0).is_err() {
            return Ok(false);
        }
        Ok(!organization::closed_now(ctx.services()?).await?.includes(self.0.record.date))
    }
}

/// What a list of records has besides its page; read with it.
pub struct RecordList {
    filter: Filter,
    base: Currency,
    count: Option<i64>,
    sums: Vec<(Currency, Sums)>,
    summaries: Option<Vec<(String, Sums)>>,
}

impl RecordList {
    /// Which currency a summary is in.
    fn currency(given: Option<CurrencyCode>, filter: &Filter, base: Currency) -> Currency {
        given.map(|code| code.0).or(filter.only_currency()).unwrap_or(base)
    }

    /// What the operation asks of the list. An argument that cannot be read from the document counts as left out.
    fn wanted(ctx: &Context<'_>, filter: &Filter, base: Currency) -> Wanted {
        let mut wanted = Wanted::default();
        for field in ctx.field().selection_set() {
            match field.name() {
                "totalCount" => wanted.count = true,
                "summaries" => wanted.summaries = true,
                "summary" => {
                    let currency = Self::currency(context::argument(&field, "currency"), filter, base);
                    if !wanted.sums.contains(&currency) {
                        wanted.sums.push(currency);
                    }
                }
                _ => wanted.page = true,
            }
        }
        wanted
    }
}

#[Object]
impl RecordList {
    /// How many records match the filter, on all pages.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32> {
        int(match self.count {
            Some(count) => count,
            None => sums::count(ctx.db()?, &self.filter).await?,
        })
    }

    /// The totals of all matching records on all pages, in one currency: `currency` if given, else the filter's currency, else the base currency.
    async fn summary(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only records in this currency.")] currency: Option<Given<CurrencyCode>>,
    ) -> Result<Summary> {
        let currency = Self::currency(read(currency, "currency")?, &self.filter, self.base);
        let sums = match self.sums.iter().find(|(of, _)| *of == currency) {
            Some((_, sums)) => *sums,
            None => sums::sums(ctx.db()?, &self.filter, currency).await?,
        };
        Summary::new(sums, currency)
    }

    /// The totals of all matching records on all pages: one for each currency that there is, in the order of the codes.
    async fn summaries(&self, ctx: &Context<'_>) -> Result<Option<Vec<Summary>>> {
        let found = if let Some(found) = &self.summaries {
            found.clone()
        } else {
            let db = ctx.db()?.read_planned(self.filter.wants_own_plan()).await?;
            sums::by_currency(&db, &self.filter).await?
        };
        let summary = |(code, sums): (String, Sums)| Summary::new(sums, stored_currency(&code)?);
        found.into_iter().map(summary).collect::<Result<_>>().map(Some)
    }
}

/// Queries for records.
#[derive(Default)]
pub struct RecordQuery;

#[Object]
impl RecordQuery {
    /// One record; null when it does not exist or the user may not see it: only admins see deleted records.
    #[graphql(guard = "role(Role::Viewer)", directive = requires_role::apply(Role::Viewer, None))]
    async fn record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The record's global id.")] id: ID,
    ) -> Result<Option<Record>> {
        Record::find(ctx, id::decode("id", Kind::Record, &id)?).await
    }

    /// A list of records, newest day first unless ordered otherwise.
    #[graphql(guard = "role(Role::Viewer)", directive = requires_role::apply(Role::Viewer, None))]
    #[expect(clippy::too_many_arguments, reason = "they are the field's arguments, by name")]
    async fn records(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which records; all when omitted.")] filter: Option<RecordFilter>,
        #[graphql(desc = "How they are sorted; by day, newest first, when omitted.")] order_by: Option<RecordOrder>,
        #[graphql(
            desc = "How many records from the start, or after `after`: 0 to 100; 10 when neither `first` nor `last` is given.",
            directive = Constraint::apply(Bound::Range(0, MAX_SIZE))
        )]
        first: Option<Given<i32>>,
        #[graphql(desc = "Only records after this cursor.")] after: Option<String>,
        #[graphql(
            desc = "How many records from the end, or before `before`: 0 to 100; not together with `first`.",
            directive = Constraint::apply(Bound::Range(0, MAX_SIZE))
        )]
        last: Option<Given<i32>>,
        #[graphql(desc = "Only records before this cursor.")] before: Option<String>,
    ) -> Result<Option<Connection<Record, RecordList>>> {
        let base = organization::base_currency(ctx.services()?).await?;
        let mut problems = Problems::default();
        let filter = filter.unwrap_or_default().parse(ctx.viewer()?.user.role, base);
        let filter = problems.read(filter.map_err(|error| error.within("filter")));
        let order = order_by.map(Order::from).unwrap_or_default();
        let page = problems.read(Page::parse(PageArgs { first, after, last, before }, order.into()));
        let ((filter, named), page) = problems.finish(filter.zip(page))?;
        let filter = named.look_up(ctx.services()?, filter).await?;
        let wanted = RecordList::wanted(ctx, &filter, base);
        let Listing { rows, count, sums, summaries } =
            Listing::read(ctx.services()?, &filter, order, &page, &wanted).await?;
        let extra = RecordList { filter, base, count, sums, summaries };
        Ok(Some(page.connection(rows, |row| order.field.position(&row.record), Record, extra)))
    }
}

impl Identified for Record {
    fn uuid(&self) -> Uuid {
        self.0.record.id
    }

    /// Only admins see deleted ones.
    async fn find_all(services: &Services, viewer: &Viewer, ids: Vec<Uuid>) -> Result<Vec<Self>> {
        let shows_deleted = auth::require(viewer, Role::Admin).is_ok();
        let found = store::find_all(services, ids).await?.into_iter();
        Ok(found.filter(|row| shows_deleted || row.record.deleted_at.is_none()).map(Self).collect())
    }
}

impl Listed for Record {
    fn list_name() -> Cow<'static, str> {
        "Record".into()
    }
}
