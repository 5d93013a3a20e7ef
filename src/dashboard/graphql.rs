//! The dashboard in the schema.

use async_graphql::{ComplexObject, Context, InputObject, Object, SimpleObject};
use entity::{RecordKind, Role};
use rust_decimal::Decimal as Number;

use super::{
    figures::{CategorySums, Figures, Wanted},
    period::{TrendInterval, previous},
};
use crate::{
    auth::{requires_role, role},
    categories::Category,
    constraint::{Bound, Constraint},
    context::ContextExt,
    currency::Currency,
    error::{Error, Problems, Result},
    page::{MAX_SIZE, Page},
    records::{self, DateRange, Filter, MOST_CATEGORIES, Order, Record, Scope, Summary, parse_categories, parse_dates},
    scalars::{CurrencyCode, Date, Decimal, Given, read},
    totals::Sums,
};

/// Decimal places of a share.
const SHARE_PLACES: u32 = 4;

/// Which records a dashboard sums up; all restrictions have to be met. Absent and null restrict nothing.
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
    /// The one currency of the dashboard; the base currency when absent.
    currency: Option<Given<CurrencyCode>>,
}

impl DashboardFilter {
    /// What is summed up, and in which currency: `base` where none is given.
    fn parse(self, base: Currency) -> Result<(Scope, Currency)> {
        let Self { from, to, categories, kind, currency } = self;
        let mut problems = Problems::default();
        let dates = problems.read(parse_dates(from, to)).unwrap_or_default();
        let categories = problems.read(categories.as_deref().map(parse_categories).transpose()).flatten();
        let currency = problems.read(read(currency, "currency")).flatten().map_or(base, |code| code.0);
        problems.finish(Some((Scope { dates, categories, kind, currency: Some(currency) }, currency)))
    }
}

/// What came in and what went out, in one currency, over one range of days. All its numbers are of one moment: categories and trends add up to the summary.
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
}

#[ComplexObject]
impl Dashboard {
    /// The sums of the whole range.
    async fn summary(&self) -> Result<Summary> {
        Summary::new(self.figures.summary(), self.currency.0)
    }

    /// The sums of the same number of days just before; null when the range has no beginning or no end.
    async fn previous(&self) -> Result<Option<Summary>> {
        match previous(self.scope.dates) {
            Some(_) => Summary::new(self.figures.previous(), self.currency.0).map(Some),
            None => Ok(None),
        }
    }

    /// The sums of each category, the one with the most money moved first.
    async fn categories(
        &self,
        #[graphql(desc = "Only the income, or only the expenses, of each category.")] kind: Option<RecordKind>,
        #[graphql(
            desc = "Only so many categories, 0 or more; all when absent.",
            directive = Constraint::apply(Bound::AtLeast(0))
        )]
        first: Option<Given<i32>>,
    ) -> Result<Option<Vec<CategoryTotal>>> {
        let first = read(first, "first")?.map_or(Ok(usize::MAX), |first| {
            let message = || format!("`first` must be 0 or more; you asked for {first}.");
            usize::try_from(first).map_err(|_| Error::bad_input("first", message()).with("min", 0))
        })?;
        let all = self.figures.by_category(kind)?;
        let turnover = all.iter().map(|category| category.sums.turnover()).sum();
        let total = |category| CategoryTotal::new(category, turnover, self.currency.0);
        all.into_iter().take(first).map(total).collect::<Result<_>>().map(Some)
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
            currency: self.scope.currency,
            ..Filter::default()
        };
        let rows = records::list(ctx.db()?.read(), &filter, order, &page).await?;
        Ok(Some(rows.into_iter().take(page.size()).map(Record).collect()))
    }

    /// The sums of each interval of the range, oldest first and without gaps: where nothing happened they are zero. Without `from` or `to` they begin or end with the whole interval of the first or the last record, and without any record there are none. At most 4,000 intervals.
    async fn trends(
        &self,
        #[graphql(desc = "How long each interval is.", default)] interval: TrendInterval,
    ) -> Result<Option<Vec<TrendPoint>>> {
        let trend = self.figures.trend(self.scope.dates, interval)?;
        let point = |(from, to, sums)| TrendPoint::new(from, to, sums, self.currency.0);
        trend.into_iter().map(point).collect::<Result<_>>().map(Some)
    }
}

/// What came in and went out for one category.
#[derive(SimpleObject)]
struct CategoryTotal {
    /// The category.
    category: Category,
    #[graphql(flatten)]
    summary: Summary,
    /// This category's part of the money moved in all categories, income and expenses together, or only those of the `kind` asked for: from `"0.0000"` to `"1.0000"`, rounded to four places.
    share: Decimal,
}

impl CategoryTotal {
    fn new(total: CategorySums, turnover: i128, currency: Currency) -> Result<Self> {
        let number = |amount: i128| Number::try_from_i128_with_scale(amount, 0).map_err(Error::internal);
        let share = number(total.sums.turnover())?.checked_div(number(turnover)?).unwrap_or_default();
        let mut share = share.round_dp(SHARE_PLACES);
        share.rescale(SHARE_PLACES);
        Ok(Self {
            category: Category(total.category),
            summary: Summary::new(total.sums, currency)?,
            share: Decimal(share),
        })
    }
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
        #[graphql(desc = "Which records; all in the base currency when absent.")] filter: Option<DashboardFilter>,
    ) -> Result<Option<Dashboard>> {
        let filter = filter.unwrap_or_default();
        let base = ctx.services()?.config.base_currency;
        let (scope, currency) = filter.parse(base).map_err(|error| error.within("filter"))?;
        let dates = scope.dates;
        let figures = Figures::read(ctx.db()?.read(), &scope, wanted(ctx, dates)).await?;
        Ok(Some(Dashboard {
            currency: CurrencyCode(currency),
            from: dates.from.map(Date),
            to: dates.to.map(Date),
            scope,
            figures,
        }))
    }
}

/// Which figures the operation asks for. An interval that cannot be read from the document counts as a short one.
fn wanted(ctx: &Context<'_>, dates: DateRange) -> Wanted {
    let selection = ctx.look_ahead();
    let mut wanted = Wanted {
        months: false,
        days: false,
        previous: selection.field("previous").exists() && previous(dates).is_some(),
    };
    for field in ctx.field().selection_set().filter(|field| field.name() == "trends") {
        let interval = field.arguments().ok().and_then(|arguments| {
            let value = arguments.into_iter().find(|(name, _)| name == "interval")?.1;
            async_graphql::InputType::parse(Some(value)).ok()
        });
        if interval.unwrap_or_else(TrendInterval::default).needs_days() {
            wanted.days = true;
        } else {
            wanted.months = true;
        }
    }
    wanted
}
