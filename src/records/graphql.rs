//! Records in the schema: types and queries.

use std::sync::Arc;

use async_graphql::{Context, Description, ID, InputObject, Object};
use entity::{RecordKind, Role};
use uuid::Uuid;

use super::{
    filter::{DeletedFilter, Filter},
    input::{COUNTERPARTY_LENGTH, parse_counterparty},
    listing::{Listing, Wanted},
    money::{Figure, Money},
    order::{Order, OrderDirection, RecordOrderField},
    store::{self, Row},
    summary::Summary,
    sums,
};
use crate::{
    audit::{self, AuditEvent, AuditTotal},
    auth::{self, requires_role, role},
    calendar::DateRange,
    categories::{self, Category, CategoryName},
    constraint::{Bound, Constraint},
    context::{self, ContextExt},
    currency::Currency,
    error::{Error, Problems, Result},
    id::{self, Kind},
    organization,
    page::{Connection, MAX_SIZE, Page, PageArgs},
    scalars::{BigInt, CurrencyCode, Date, DateTime, Decimal, Given, int, read},
    services::{Meant, Services},
    text,
    totals::Sums,
    users::{self, User},
};

/// The most category names in a filter.
pub(crate) const MOST_CATEGORIES: usize = 50;

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

#[Object(use_type_description)]
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

/// Only records that match all of these conditions. Omitted and null fields do not restrict anything.
#[derive(InputObject, Default)]
pub struct RecordFilter {
    /// Only income, or only expenses.
    kind: Option<RecordKind>,
    /// Only these categories, by name, at most 50. A name that no category has matches nothing; so does an empty list.
    #[graphql(directive = Constraint::apply(Bound::Items(MOST_CATEGORIES)))]
    categories: Option<Vec<String>>,
    /// Only from this day on.
    from: Option<Given<Date>>,
    /// Only up to this day.
    to: Option<Given<Date>>,
    /// Only amounts of at least this, with their sign, in `currency`, or in the base currency if none is given; records in other currencies do not match.
    min_amount: Option<Given<Decimal>>,
    /// Only amounts of at most this, with their sign, in `currency`, or in the base currency if none is given; records in other currencies do not match.
    max_amount: Option<Given<Decimal>>,
    /// Only this currency.
    currency: Option<Given<CurrencyCode>>,
    /// Only records whose notes contain this text, at most 100 characters, taken literally (no wildcards); case is ignored for A to Z. Empty text does not restrict anything.
    #[graphql(directive = Constraint::apply(Bound::AtMost(text::SEARCH_LENGTH)))]
    search: Option<String>,
    /// Only records of this counterparty, written exactly like this.
    #[graphql(directive = Constraint::apply(Bound::AtMost(COUNTERPARTY_LENGTH)))]
    counterparty: Option<String>,
    /// Only records that this import made.
    import_id: Option<ID>,
    /// Only records that this user entered.
    created_by: Option<ID>,
    /// Whether deleted records are included; `EXCLUDE` when omitted. The other values are for admins; others get `FORBIDDEN`.
    deleted: Option<DeletedFilter>,
}

impl RecordFilter {
    /// The filter, as somebody of this role may use it.
    pub(crate) async fn resolve(self, services: &Services, role: Role) -> Result<Filter> {
        let base = organization::base_currency(services).await?;
        let (filter, named) = self.parse(role, base)?;
        Ok(Filter { categories: look_up(services, named).await?, ..filter })
    }

    /// The filter, parsed, as somebody of this role may use it, with amounts in `base` where no currency is given; and the
    /// categories that it names, which are still to be looked up.
    pub(crate) fn parse(self, role: Role, base: Currency) -> Result<(Filter, Option<Vec<CategoryName>>)> {
        let Self {
            kind,
            categories,
            from,
            to,
            min_amount,
            max_amount,
            currency,
            search,
            counterparty,
            import_id,
            created_by,
            deleted,
        } = self;
        let deleted = deleted.unwrap_or_default();
        if deleted != DeletedFilter::Exclude {
            auth::require_role(role, Role::Admin).map_err(|error| error.at("deleted"))?;
        }
        let mut problems = Problems::default();
        let named = problems.read(categories.as_deref().map(parse_categories).transpose()).flatten();
        let dates = problems.read(parse_dates(from, to)).unwrap_or_default();
        let given = read(currency, "currency").map(|code| code.map(|code| code.0));
        let base = (min_amount.is_some() || max_amount.is_some()).then_some(base);
        let used = given.as_ref().ok().and_then(|given| given.or(base));
        let limit = |given: Option<Given<Decimal>>, field| {
            let Some((amount, currency)) = read(given, field)?.zip(used) else { return Ok(None) };
            Money::parse(field, amount.0, currency).map(Some)
        };
        let min_amount = problems.read(limit(min_amount, "minAmount")).flatten();
        let max_amount = problems.read(limit(max_amount, "maxAmount")).flatten();
        if let Some((least, most)) = min_amount.zip(max_amount).filter(|(least, most)| least.minor > most.minor) {
            let (least, most) = (least.amount(), most.amount());
            let message = format!("`minAmount` ({least}) is more than `maxAmount` ({most}).");
            problems.add(Error::bad_input("minAmount", message).with("max", most.to_string()));
        }
        let currency = problems.read(given).flatten().or(base);
        let search = search.map(|text| text::search("search", &text)).transpose();
        let search = problems.read(search).flatten().flatten();
        let counterparty = counterparty.map(|name| parse_counterparty(&name)).transpose();
        let counterparty = problems.read(counterparty).flatten().flatten();
        let import = problems.read(import_id.map(|id| id::decode("importId", Kind::Import, &id)).transpose()).flatten();
        let created_by = created_by.map(|id| id::decode("createdBy", Kind::User, &id)).transpose();
        let created_by = problems.read(created_by).flatten();
        let filter = Filter {
            kind,
            categories: None,
            dates,
            min_amount,
            max_amount,
            currency,
            search,
            counterparty,
            import,
            created_by,
            deleted,
        };
        problems.finish(Some((filter, named)))
    }
}

/// The categories named by a filter.
///
/// # Errors
/// `BAD_USER_INPUT` for more than 50, or one that cannot be a name.
pub fn parse_categories(names: &[String]) -> Result<Vec<CategoryName>> {
    if names.len() > MOST_CATEGORIES {
        let message = format!("At most {MOST_CATEGORIES} categories are allowed; these are {}.", names.len());
        return Err(Error::bad_input("categories", message).with("maxItems", MOST_CATEGORIES));
    }
    let mut problems = Problems::default();
    let parse = |(index, name): (usize, &String)| {
        let name = CategoryName::parse("categories", name);
        problems.read(name.map_err(|error| error.at(format!("categories.{index}"))))
    };
    let names = names.iter().enumerate().filter_map(parse).collect();
    problems.finish(Some(names))
}

/// What the categories named by a filter mean.
pub(crate) async fn look_up(services: &Services, named: Option<Vec<CategoryName>>) -> Result<Option<Vec<Arc<Meant>>>> {
    match named {
        Some(named) => Ok(Some(categories::meant(services, &named).await?)),
        None => Ok(None),
    }
}

/// The days of a filter.
///
/// # Errors
/// `BAD_USER_INPUT` for an impossible day, or a range that ends before it begins.
pub fn parse_dates(from: Option<Given<Date>>, to: Option<Given<Date>>) -> Result<DateRange> {
    let mut problems = Problems::default();
    let from = problems.read(read(from, "from")).flatten().map(|date| date.0);
    let to = problems.read(read(to, "to")).flatten().map(|date| date.0);
    let dates = problems.read(DateRange::parse(from, to));
    problems.finish(dates)
}

/// How records are sorted; equal ones are in the order of their ids.
#[derive(InputObject)]
pub struct RecordOrder {
    /// What they are sorted by.
    #[graphql(default)]
    field: RecordOrderField,
    /// Which end comes first.
    #[graphql(default)]
    direction: OrderDirection,
}

impl From<RecordOrder> for Order {
    fn from(RecordOrder { field, direction }: RecordOrder) -> Self {
        Self { field, direction }
    }
}

/// What a list of records has besides its page; read with it.
pub struct RecordList {
    filter: Filter,
    base: Currency,
    count: Option<i64>,
    sums: Vec<(Currency, Sums)>,
}

impl RecordList {
    /// Which currency a summary is in.
    fn currency(given: Option<CurrencyCode>, filter: &Filter, base: Currency) -> Currency {
        given.map(|code| code.0).or(filter.currency).unwrap_or(base)
    }

    /// What the operation asks of the list. An argument that cannot be read from the document counts as left out.
    fn wanted(ctx: &Context<'_>, filter: &Filter, base: Currency) -> Wanted {
        let mut wanted = Wanted::default();
        for field in ctx.field().selection_set() {
            match field.name() {
                "totalCount" => wanted.count = true,
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
            None => sums::count(ctx.db()?.read(), &self.filter).await?,
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
            None => sums::sums(ctx.db()?.read(), &self.filter, currency).await?,
        };
        Summary::new(sums, currency)
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
        let filter = Filter { categories: look_up(ctx.services()?, named).await?, ..filter };
        let wanted = RecordList::wanted(ctx, &filter, base);
        let Listing { rows, count, sums } = Listing::read(ctx.services()?, &filter, order, &page, &wanted).await?;
        let extra = RecordList { filter, base, count, sums };
        Ok(Some(page.connection(rows, |row| order.field.position(&row.record), Record, extra)))
    }
}

impl Record {
    /// The record that a global id names, if there is one that the viewer may see: only admins see deleted ones.
    pub async fn find(ctx: &Context<'_>, id: Uuid) -> Result<Option<Self>> {
        let shows_deleted = auth::require(ctx.viewer()?, Role::Admin).is_ok();
        let found = store::find(ctx.services()?, id).await?;
        Ok(found.filter(|row| shows_deleted || row.record.deleted_at.is_none()).map(Self))
    }
}
