//! The dashboard in the schema.

use async_graphql::{ComplexObject, Context, InputObject, Object, SimpleObject, Subscription};
use entity::{RecordKind, Role};

use super::{
    figures::{CategorySums, Figures, Wanted},
    shares::shares,
};
use crate::{
    auth::{requires_role, role},
    calendar::{Calendar, Comparison, DateRange, TrendInterval},
    categories::Category,
    constraint::{Bound, Constraint},
    context::{self, ContextExt, Now, now},
    currency::Currency,
    error::{Problems, Result},
    organization,
    page::{self, MAX_SIZE, Page},
    records::{self, Filter, MOST_CATEGORIES, Order, Record, Scope, Summary, parse_categories, parse_dates},
    scalars::{CurrencyCode, Date, Decimal, Given, read},
    services::Services,
    totals::Sums,
};

/// How many categories a dashboard shows unless asked otherwise.
const CATEGORIES: usize = 20;

/// Only records that match all of these conditions are summed up. Omitted and null fields do not restrict anything.
#[derive(InputObject, Default)]
struct DashboardFilter {
    /// Only from this day on.
    from: Option<Given<Date>>,
    /// Only up to this day.
    to: Option<Given<Date>>,
    /// Only these categories, by name, at most 50. A name that no category has matches nothing; so does an empty list.
    #[graphql(directive = Constraint::apply(Bound::Items(MOST_CATEGORIES)))]
    categories: Option<Vec<String>>,
    /// Only income, or only expenses.
    kind: Option<RecordKind>,
    /// The currency of the dashboard; the base currency when omitted.
    currency: Option<Given<CurrencyCode>>,
}

impl DashboardFilter {
    /// What is summed up, and in which currency: the base currency where none is given.
    async fn parse(self, services: &Services) -> Result<(Scope, Currency)> {
        let Self { from, to, categories, kind, currency } = self;
        let mut problems = Problems::default();
        let dates = problems.read(parse_dates(from, to)).unwrap_or_default();
        let named = problems.read(categories.as_deref().map(parse_categories).transpose()).flatten();
        let currency = problems.read(read(currency, "currency")).flatten();
        let named = problems.finish(Some(named))?;
        let currency = match currency {
            Some(CurrencyCode(currency)) => currency,
            None => organization::base_currency(services).await?,
        };
        let categories = records::look_up(services, named).await?;
        Ok((Scope { dates, categories, kind, currencies: Some(vec![currency]) }, currency))
    }
}

/// What came in and what went out, in one currency, over one range of days. All its sums come from one moment, so categories and trends add up to the summary.
#[derive(SimpleObject)]
#[graphql(complex)]
struct Dashboard {
    /// The currency of every amount here; records in others are not counted.
    currency: CurrencyCode,
    /// The first day; null when the range has no beginning.
    from: Option<Date>,
    /// The last day; null when the range has no end.
    to: Option<Date>,
    #[graphql(skip)]
    scope: Scope,
    #[graphql(skip)]
    figures: Figures,
    #[graphql(skip)]
    calendar: Calendar,
}

impl Dashboard {
    /// The dashboard as it is now, with the figures that the operation asks for.
    async fn read(ctx: &Context<'_>, filter: DashboardFilter) -> Result<Self> {
        let (scope, currency) = filter.parse(ctx.services()?).await.map_err(|error| error.within("filter"))?;
        let dates = scope.dates;
        let calendar = organization::calendar(ctx.services()?).await?;
        let figures = Figures::read(ctx.db()?.read(), &scope, &wanted(ctx, calendar)).await?;
        Ok(Self {
            currency: CurrencyCode(currency),
            from: dates.from.map(Date),
            to: dates.to.map(Date),
            scope,
            figures,
            calendar,
        })
    }
}

#[ComplexObject]
impl Dashboard {
    /// The sums of the whole range.
    async fn summary(&self) -> Result<Summary> {
        Summary::new(self.figures.summary(), self.currency.0)
    }

    /// The sums of an earlier range, to compare with; null when the range is open at either end, or when the earlier one would begin before 1900.
    async fn previous(
        &self,
        #[graphql(desc = "Which earlier days.", default)] compare_with: Comparison,
    ) -> Result<Option<PreviousSummary>> {
        let DateRange { from, to } = self.scope.dates.previous(compare_with, self.calendar).unwrap_or_default();
        let Some((from, to)) = from.zip(to) else { return Ok(None) };
        let summary = Summary::new(self.figures.previous(compare_with), self.currency.0)?;
        Ok(Some(PreviousSummary { from: Date(from), to: Date(to), summary }))
    }

    /// The categories with the most money moved, less what came back, the one with the most first. `otherCategories` has the sums of the others.
    async fn categories(
        &self,
        #[graphql(desc = "Only the income, or only the expenses, of each category.")] kind: Option<RecordKind>,
        #[graphql(
            desc = "How many categories: 0 to 100.",
            default = 20,
            directive = Constraint::apply(Bound::Range(0, MAX_SIZE))
        )]
        first: Given<i32>,
    ) -> Result<Option<Vec<CategoryTotal>>> {
        let (categories, _) = self.apportioned(kind, first)?;
        let total = |(category, share)| CategoryTotal::new(category, share, self.currency.0);
        categories.into_iter().map(total).collect::<Result<_>>().map(Some)
    }

    /// The sums of the categories that `categories` leaves out, with the same arguments; null when it leaves out none.
    async fn other_categories(
        &self,
        #[graphql(desc = "Only the income, or only the expenses, of each category.")] kind: Option<RecordKind>,
        #[graphql(
            desc = "How many categories are left out here: 0 to 100, those with the most money moved.",
            default = 20,
            directive = Constraint::apply(Bound::Range(0, MAX_SIZE))
        )]
        first: Given<i32>,
    ) -> Result<Option<OtherCategories>> {
        let (_, (others, share)) = self.apportioned(kind, first)?;
        if others.count() == 0 {
            return Ok(None);
        }
        let summary = Summary::new(others, self.currency.0)?;
        Ok(Some(OtherCategories { summary, share: Decimal(share) }))
    }

    /// The newest records of the range, by day.
    async fn recent(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "How many records: 0 to 100.",
            default = 5,
            directive = Constraint::apply(Bound::Range(0, MAX_SIZE))
        )]
        first: Given<i32>,
    ) -> Result<Option<Vec<Record>>> {
        let order = Order::default();
        let page = Page::first(first.read("first")?, order.into())?;
        let filter = Filter {
            kind: self.scope.kind,
            categories: self.scope.categories.clone(),
            dates: self.scope.dates,
            currencies: self.scope.currencies.clone(),
            ..Filter::default()
        };
        let rows = records::list(ctx.services()?, &filter, order, &page).await?;
        Ok(Some(rows.into_iter().take(page.size()).map(Record).collect()))
    }

    /// The sums of each interval of the range, oldest first and without gaps; they are zero where there are no records. Without `from` (or `to`) the trend starts (or ends) with the whole interval that contains the first (or last) record; without any record it is empty. At most 4,000 intervals.
    async fn trends(
        &self,
        #[graphql(desc = "How long each interval is.", default)] interval: TrendInterval,
    ) -> Result<Option<Vec<TrendPoint>>> {
        let trend = self.figures.trend(self.scope.dates, interval, self.calendar)?;
        let point = |(from, to, sums)| TrendPoint::new(from, to, sums, self.currency.0);
        trend.into_iter().map(point).collect::<Result<_>>().map(Some)
    }
}

/// Something and its part of a whole.
type Share<T> = (T, rust_decimal::Decimal);

impl Dashboard {
    /// The largest categories, and what the others come to, each with its share.
    fn apportioned(
        &self,
        kind: Option<RecordKind>,
        first: Given<i32>,
    ) -> Result<(Vec<Share<CategorySums>>, Share<Sums>)> {
        let (categories, others) = self.figures.largest(kind, page::size(first.read("first")?, "first")?)?;
        let parts = categories.iter().map(|category| category.sums).chain([others]);
        let mut shares = shares(&parts.map(Sums::turnover).collect::<Vec<_>>());
        let of_others = shares.pop().unwrap_or_default();
        Ok((categories.into_iter().zip(shares).collect(), (others, of_others)))
    }
}

/// What came in and went out on the days that a dashboard is compared with.
#[derive(SimpleObject)]
struct PreviousSummary {
    /// The first of these days.
    from: Date,
    /// The last of these days.
    to: Date,
    #[graphql(flatten)]
    summary: Summary,
}

/// What came in and went out for one category.
#[derive(SimpleObject)]
struct CategoryTotal {
    /// The category.
    category: Category,
    #[graphql(flatten)]
    summary: Summary,
    /// This category's share of the money moved in all categories, income and expenses together, or only those of the `kind` asked for: from `"0.0000"` to `"1.0000"`, with four places; `"0.0000"` where as much came back as was moved, or more. The shares of all categories in the list and of `otherCategories` add up to exactly 1.
    share: Decimal,
}

impl CategoryTotal {
    fn new(total: CategorySums, share: rust_decimal::Decimal, currency: Currency) -> Result<Self> {
        let summary = Summary::new(total.sums, currency)?;
        Ok(Self { category: Category(total.category), summary, share: Decimal(share) })
    }
}

/// What came in and went out for the categories that a list leaves out, all together.
#[derive(SimpleObject)]
struct OtherCategories {
    #[graphql(flatten)]
    summary: Summary,
    /// Their share of the money moved in all categories, as in `CategoryTotal`.
    share: Decimal,
}

/// What came in and went out in one interval of a trend.
#[derive(SimpleObject)]
struct TrendPoint {
    /// The interval's first day, or the range's where that is later.
    from: Date,
    /// The interval's last day, or the range's where that is earlier.
    to: Date,
    #[graphql(flatten)]
    summary: Summary,
}

impl TrendPoint {
    fn new(from: chrono::NaiveDate, to: chrono::NaiveDate, sums: Sums, currency: Currency) -> Result<Self> {
        Ok(Self { from: Date(from), to: Date(to), summary: Summary::new(sums, currency)? })
    }
}

/// Queries for the dashboard.
#[derive(Default)]
pub struct DashboardQuery;

#[Object]
impl DashboardQuery {
    /// What came in and what went out, in one currency: sums, categories, trends and the newest records. It costs the same however many records there are.
    #[graphql(guard = "role(Role::Viewer)", directive = requires_role::apply(Role::Viewer, None))]
    async fn dashboard(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which records; all in the base currency when omitted.")] filter: Option<DashboardFilter>,
    ) -> Result<Option<Dashboard>> {
        Dashboard::read(ctx, filter.unwrap_or_default()).await.map(Some)
    }
}

/// The subscription to dashboards.
#[derive(Default)]
pub struct DashboardSubscription;

#[Subscription]
impl DashboardSubscription {
    /// The dashboard, at once and again whenever it is another one, at most twice a second.
    #[graphql(guard = "role(Role::Viewer)", directive = requires_role::apply(Role::Viewer, None))]
    async fn dashboard_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is summed up; everything in the base currency when omitted.")] filter: Option<
            DashboardFilter,
        >,
    ) -> Result<Now<Dashboard>> {
        Ok(now(Some(Dashboard::read(ctx, filter.unwrap_or_default()).await?)))
    }
}

/// Which figures the operation asks for. An argument that cannot be read from the document counts as left out.
fn wanted(ctx: &Context<'_>, calendar: Calendar) -> Wanted {
    let mut wanted = Wanted::of(calendar);
    for field in ctx.field().selection_set() {
        match field.name() {
            "trends" if context::argument::<TrendInterval>(&field, "interval").needs_days(calendar) => {
                wanted.days = true;
            }
            "trends" => wanted.months = true,
            "previous" => {
                let comparison = context::argument(&field, "compareWith");
                if !wanted.comparisons.contains(&comparison) {
                    wanted.comparisons.push(comparison);
                }
            }
            "categories" | "otherCategories" => {
                let first = context::argument::<Option<i32>>(&field, "first").map_or(Ok(CATEGORIES), usize::try_from);
                let most = usize::try_from(MAX_SIZE).unwrap_or(usize::MAX);
                wanted.largest(context::argument(&field, "kind"), first.unwrap_or_default().min(most));
            }
            _ => {}
        }
    }
    wanted
}
