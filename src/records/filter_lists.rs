//! Lists in a filter of records: any of their items may be.

use async_graphql::{ID, InputObject};
use uuid::Uuid;

use crate::{
    calendar::TimeRange,
    currency::Currency,
    error::Result,
    id::{self, Kind},
    scalars::{CurrencyCode, DateTime, Given, parse_times, read_each},
};

/// The most category names in a filter, and the most items of its other lists, but for ids of records.
pub(crate) const MOST_CATEGORIES: usize = 50;
/// The most ids of records in a filter.
pub(crate) const MOST_IDS: usize = 500;

/// A stretch of time. An end that is omitted or null is open.
#[derive(InputObject, Default)]
pub(super) struct DateTimeRange {
    /// At this time or later.
    from: Option<Given<DateTime>>,
    /// Before this time.
    to: Option<Given<DateTime>>,
}

impl DateTimeRange {
    pub(super) fn parse(given: Option<Self>, field: &'static str) -> Result<TimeRange> {
        let Self { from, to } = given.unwrap_or_default();
        parse_times(from, to).map_err(|error| error.within(field))
    }
}

/// Ids of this kind, at most `most`.
pub(super) fn ids(given: Option<Vec<ID>>, field: &'static str, kind: Kind, most: usize) -> Result<Option<Vec<Uuid>>> {
    let parse = |id: ID| id::decode(field, kind, &id);
    given.map(|ids| read_each(ids, field, most, parse)).transpose()
}

/// Currencies.
pub(super) fn currencies(given: Option<Vec<Given<CurrencyCode>>>) -> Result<Option<Vec<Currency>>> {
    let parse = |code: Given<CurrencyCode>| Ok(code.read("currencies")?.0);
    given.map(|codes| read_each(codes, "currencies", MOST_CATEGORIES, parse)).transpose()
}

/// What both mean, where both are given.
pub(super) fn both<T: PartialEq>(one: Option<Vec<T>>, other: Option<Vec<T>>) -> Option<Vec<T>> {
    match (one, other) {
        (Some(mut one), Some(other)) => {
            one.retain(|item| other.contains(item));
            Some(one)
        }
        (one, other) => one.or(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_lists_mean_what_is_in_both_and_one_means_itself() {
        assert_eq!(both(Some(vec![1, 2]), Some(vec![2, 3])), Some(vec![2]));
        assert_eq!(both(Some(vec![1]), Some(vec![2])), Some(vec![]));
        assert_eq!(both(None, Some(vec![2])), Some(vec![2]));
        assert_eq!(both::<i32>(None, None), None);
    }
}
