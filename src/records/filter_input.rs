//! Which records a client means, and in which order: the inputs of the schema, parsed.

use std::sync::Arc;

use async_graphql::{ID, InputObject};
use entity::{RecordKind, Role};
use uuid::Uuid;

use super::{
    filter::{DeletedFilter, Filter},
    filter_lists::{self as lists, DateTimeRange, MOST_CATEGORIES, MOST_IDS},
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
    scalars::{CurrencyCode, Date, Decimal, Given, read, read_each},
    services::{Meant, Services},
    text,
};

/// Only records that match all of these conditions. Omitted and null fields do not restrict anything.
#[derive(InputObject, Default)]
pub struct RecordFilter {
    /// Only income, or only expenses.
    kind: Option<RecordKind>,
    /// Only these categories, by name, at most 50. A name that no category has matches nothing; so does an empty list.
    #[graphql(directive = Constraint::apply(Bound::Items(MOST_CATEGORIES)))]
    categories: Option<Vec<String>>,
    /// Only these categories, by id, at most 50; a merged one means the one that it was merged into. An empty list matches nothing. Where `categories` is given too, only those that are in both.
    #[graphql(directive = Constraint::apply(Bound::Items(MOST_CATEGORIES)))]
    category_ids: Option<Vec<ID>>,
    /// Only from this day on.
    from: Option<Given<Date>>,
    /// Only up to this day.
    to: Option<Given<Date>>,
    /// Only amounts of at least this, with their sign, in `currency`, or in the only one of `currencies`, or else in the base currency; records in other currencies do not match.
    min_amount: Option<Given<Decimal>>,
    /// Only amounts of at most this, with their sign, in `currency`, or in the only one of `currencies`, or else in the base currency; records in other currencies do not match.
    max_amount: Option<Given<Decimal>>,
    /// Only this currency.
    currency: Option<Given<CurrencyCode>>,
    /// Only these currencies, at most 50; an empty list matches nothing.
    #[graphql(directive = Constraint::apply(Bound::Items(MOST_CATEGORIES)))]
    currencies: Option<Vec<Given<CurrencyCode>>>,
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
    /// Only records that one of these users entered, at most 50; an empty list matches nothing.
    #[graphql(directive = Constraint::apply(Bound::Items(MOST_CATEGORIES)))]
    created_by_ids: Option<Vec<ID>>,
    /// Only records that were entered then.
    created_at: Option<DateTimeRange>,
    /// Only records that were last changed then; one that never changed, when it was entered.
    updated_at: Option<DateTimeRange>,
    /// Only these records, at most 500; an empty list matches nothing.
    #[graphql(directive = Constraint::apply(Bound::Items(MOST_IDS)))]
    ids: Option<Vec<ID>>,
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
            category_ids,
            from,
            to,
            min_amount,
            max_amount,
            currency,
            currencies,
            search,
            counterparty,
            import_id,
            created_by,
            created_by_ids,
            created_at,
            updated_at,
            ids,
            deleted,
        } = self;
        let deleted = deleted.unwrap_or_default();
        if deleted != DeletedFilter::Exclude {
            auth::require_role(role, Role::Admin).map_err(|error| error.at("deleted"))?;
        }
        let mut problems = Problems::default();
        let categories = problems.read(categories.as_deref().map(parse_categories).transpose()).flatten();
        let category_ids = lists::ids(category_ids, "categoryIds", Kind::Category, MOST_CATEGORIES);
        let category_ids = problems.read(category_ids).flatten();
        let dates = problems.read(parse_dates(from, to)).unwrap_or_default();
        let currency = read(currency, "currency").map(|code| code.map(|code| vec![code.0]));
        let currencies = lists::currencies(currencies);
        // Unless they can be read, nothing can be said of amounts in them.
        let given = currency.as_ref().ok().zip(currencies.as_ref().ok());
        let given = given.map(|(one, several)| lists::both(one.clone(), several.clone()));
        let used = given.map(|given| match given.as_deref() {
            Some([only]) => *only,
            _ => base,
        });
        let in_used = (min_amount.is_some() || max_amount.is_some()).then_some(used).flatten();
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
        let currencies = lists::both(problems.read(currency).flatten(), problems.read(currencies).flatten());
        let currencies = lists::both(currencies, in_used.map(|only| vec![only]));
        let search = search.map(|text| text::search("search", &text)).transpose();
        let search = problems.read(search).flatten().flatten();
        let words = search.map(|text| search::words(&text)).unwrap_or_default();
        let counterparty = counterparty.map(|name| parse_counterparty(&name)).transpose();
        let counterparty = problems.read(counterparty).flatten().flatten();
        let import = problems.read(import_id.map(|id| id::decode("importId", Kind::Import, &id)).transpose()).flatten();
        let created_by = created_by.map(|id| id::decode("createdBy", Kind::User, &id).map(|id| vec![id])).transpose();
        let created_by = problems.read(created_by).flatten();
        let created_by_ids = lists::ids(created_by_ids, "createdByIds", Kind::User, MOST_CATEGORIES);
        let created_by_ids = problems.read(created_by_ids).flatten();
        let created_at = problems.read(DateTimeRange::parse(created_at, "createdAt")).unwrap_or_default();
        let updated_at = problems.read(DateTimeRange::parse(updated_at, "updatedAt")).unwrap_or_default();
        let ids = problems.read(lists::ids(ids, "ids", Kind::Record, MOST_IDS)).flatten();
        let filter = Filter {
            kind,
            categories: None,
            dates,
            min_amount,
            max_amount,
            currencies,
            search: None,
            counterparty,
            import,
            created_by: lists::both(created_by, created_by_ids),
            created_at,
            updated_at,
            ids,
            deleted,
        };
        problems.finish(Some((filter, Named { categories, category_ids, words })))
    }
}

/// What a filter names, and is still to be looked up.
pub(crate) struct Named {
    categories: Option<Vec<CategoryName>>,
    category_ids: Option<Vec<Uuid>>,
    words: Vec<String>,
}

impl Named {
    /// `filter` with what these mean.
    pub(crate) async fn look_up(self, services: &Services, filter: Filter) -> Result<Filter> {
        let Self { categories, category_ids, words } = self;
        let by_id = match category_ids {
            Some(ids) => Some(categories::meant_by_ids(services, ids).await?),
            None => None,
        };
        let categories = lists::both(look_up(services, categories).await?, by_id);
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
    let parse = |name: &String| CategoryName::parse("categories", name);
    read_each(names.iter().collect(), "categories", MOST_CATEGORIES, parse)
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
