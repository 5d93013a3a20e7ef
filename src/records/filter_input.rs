//! Which records a client means, and in which order: the inputs of the schema, parsed.

use std::sync::Arc;

use async_graphql::{ID, InputObject};
use entity::{RecordKind, Role};

use super::{
    filter::{DeletedFilter, Filter},
    input::{COUNTERPARTY_LENGTH, parse_counterparty},
    money::Money,
    order::{Order, OrderDirection, RecordOrderField},
    search::{self, Search},
};
use crate::{
    auth,
    calendar::DateRange,
    categories::{self, CategoryName},
    constraint::{Bound, Constraint},
    currency::Currency,
    error::{Error, Problems, Result},
    id::{self, Kind},
    organization,
    scalars::{CurrencyCode, Date, Decimal, Given, read},
    services::{Meant, Services},
    text,
};

/// The most category names in a filter.
pub(crate) const MOST_CATEGORIES: usize = 50;

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
    /// Only records in which each of these words is somewhere: in the notes, in the counterparty, or in the category's name. At most 100 characters; words are separated by blanks, and each may be part of a longer word. Case is ignored in every script, accents are not, and there are no wildcards. Words with fewer than three letters or digits in a row are slower to find. Empty text does not restrict anything.
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
        named.look_up(services, filter).await
    }

    /// The filter, parsed, as somebody of this role may use it, with amounts in `base` where no currency is given; and what
    /// it names, which is still to be looked up.
    pub(crate) fn parse(self, role: Role, base: Currency) -> Result<(Filter, Named)> {
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
        let categories = problems.read(categories.as_deref().map(parse_categories).transpose()).flatten();
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
        let words = search.map(|text| search::words(&text)).unwrap_or_default();
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
            search: None,
            counterparty,
            import,
            created_by,
            deleted,
        };
        problems.finish(Some((filter, Named { categories, words })))
    }
}

/// What a filter names, and is still to be looked up.
pub(crate) struct Named {
    categories: Option<Vec<CategoryName>>,
    words: Vec<String>,
}

impl Named {
    /// `filter` with what these mean.
    pub(crate) async fn look_up(self, services: &Services, filter: Filter) -> Result<Filter> {
        let Self { categories, words } = self;
        let categories = look_up(services, categories).await?;
        let search =
            if words.is_empty() { None } else { Some(Arc::new(Search::look_up(services.db.read(), words).await?)) };
        Ok(Filter { categories, search, ..filter })
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
