//! What the cost of an operation needs to know of this schema's fields: how long trends are, and which fields have the
//! database read every record that a filter means.

use std::sync::{Mutex, PoisonError};

use async_graphql::Value;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use gateway::limits::cost::{Asked, Estimates};
use sea_orm::ConnectionTrait;

use crate::{calendar::MOST_POINTS, error::Result, feed, records};

/// The most problems of one of many records.
const MOST_PROBLEMS: usize = 6;
/// How many currencies there are, at the most.
const MOST_CURRENCIES: usize = 250;
/// What a filter of records can ask that neither an index nor a total answers.
const UNINDEXED: [&str; 8] =
    ["minAmount", "maxAmount", "counterparty", "importId", "createdBy", "createdByIds", "createdAt", "updatedAt"];
/// What a sum over the records that a search finds costs: an index leads to each of them, which can be many.
const SEARCH: usize = 1_000;

/// The estimates for this schema.
pub(crate) struct SchemaEstimates {
    /// How long the books are, where that is known.
    pub(crate) books: Option<Books>,
    /// Whether searches have an index.
    pub(crate) has_text_index: bool,
}

/// How long the books are.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Books {
    /// The days of the first and the last record: an open range ends there.
    days: (NaiveDate, NaiveDate),
}

impl Books {
    /// Those that have nothing in them on `day`.
    pub(crate) fn empty(day: NaiveDate) -> Self {
        Self { days: (day, day) }
    }
}

impl Estimates for SchemaEstimates {
    fn items(&self, field: &Asked<'_>) -> Option<usize> {
        match (field.parent, field.name) {
            ("Dashboard", "trends") => Some(self.intervals(field)),
            ("CreateRecordsPayload", "results") => Some(items_of(field, "records")),
            ("UpdateRecordsPayload" | "DeleteRecordsPayload" | "RestoreRecordsPayload", "records") => {
                Some(records_of(field.around))
            }
            ("CreateRecordsResult", "problems") => Some(MOST_PROBLEMS),
            ("Organization", "currencies") | ("RecordConnection" | "Import", "summaries") => Some(MOST_CURRENCIES),
            ("Changes", "nodes") => match field.around.and_then(|changes| changes.argument("first")) {
                Some(Value::Number(first)) => first.as_u64().and_then(|first| usize::try_from(first).ok()),
                _ => Some(feed::DEFAULT_SIZE),
            },
            ("Query", "nodes") => match field.argument("ids") {
                Some(Value::List(ids)) => Some(ids.len()),
                _ => None,
            },
            _ => None,
        }
    }

    fn is_scan(&self, field: &Asked<'_>) -> bool {
        if let ("Mutation", "updateRecords" | "deleteRecords" | "restoreRecords") = (field.parent, field.name) {
            let input = field.argument("input");
            let filter = input.as_ref().and_then(|input| member(member(input, "records")?, "filter"));
            return filter.is_some_and(|filter| field.name == "restoreRecords" || self.is_unindexed(filter));
        }
        // They read a file, the first one maybe no more than its beginning.
        match (field.parent, field.name) {
            ("Mutation", "updateImport" | "commitImport") => return true,
            ("Import", "preview") => {
                let is_given = |name| field.argument(name).is_some_and(|value| value != Value::Null);
                return is_given("afterLine") || field.argument("onlyProblems") == Some(Value::Boolean(true));
            }
            _ => {}
        }
        summed_up(field).is_some_and(|filter| self.is_unindexed(&filter))
    }

    fn extra(&self, field: &Asked<'_>) -> usize {
        let is_search = summed_up(field).is_some_and(|filter| search_of(&filter).is_some());
        if is_search && !self.is_scan(field) { SEARCH } else { 0 }
    }
}

impl SchemaEstimates {
    fn intervals(&self, trends: &Asked<'_>) -> usize {
        let filter = trends.around.and_then(|dashboard| dashboard.argument("filter"));
        let day = |name| match member(filter.as_ref()?, name)? {
            Value::String(text) => text.parse::<NaiveDate>().ok(),
            _ => None,
        };
        let from = day("from").or(self.books.map(|books| books.days.0));
        let to = day("to").or(self.books.map(|books| books.days.1));
        let interval = match trends.argument("interval") {
            Some(Value::Enum(name)) => name.to_string(),
            Some(Value::String(name)) => name,
            _ => "MONTH".to_owned(),
        };
        from.zip(to).map_or(MOST_POINTS, |(from, to)| intervals(&interval, from, to))
    }

    /// Whether a filter of records has to look at each of them.
    fn is_unindexed(&self, filter: &Value) -> bool {
        let is_given = |name| member(filter, name).is_some_and(|value| *value != Value::Null);
        if is_given("ids") {
            return false;
        }
        UNINDEXED.into_iter().any(is_given)
            || search_of(filter).is_some_and(|text| !self.has_text_index || !records::is_indexed(text))
            || member(filter, "deleted").is_some_and(|value| !is_default(value))
    }
}

/// The filter of the records that a field counts or adds up.
fn summed_up(field: &Asked<'_>) -> Option<Value> {
    let is_sum = field.parent == "RecordConnection" && matches!(field.name, "totalCount" | "summary" | "summaries");
    field.around.filter(|_| is_sum)?.argument("filter")
}

/// The text that a filter of records searches for, if it does.
fn search_of(filter: &Value) -> Option<&str> {
    match member(filter, "search")? {
        Value::String(text) if !text.trim().is_empty() => Some(text),
        _ => None,
    }
}

/// How long the books are, read again after a minute.
#[derive(Default)]
pub(crate) struct Remembered(Mutex<Option<(DateTime<Utc>, Books)>>);

impl Remembered {
    /// How long they are.
    pub(crate) async fn books(&self, db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Books> {
        let known = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, books)) = known.filter(|(at, _)| now - *at < TimeDelta::minutes(1)) {
            return Ok(books);
        }
        let today = now.date_naive();
        let days = records::days(db).await?.unwrap_or((today, today));
        let books = Books { days };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, books));
        Ok(books)
    }
}

/// How many records a change of many means at the most: as many as it has `ids`.
fn records_of(change: Option<&Asked<'_>>) -> usize {
    let input = change.and_then(|change| change.argument("input"));
    match input.as_ref().and_then(|input| member(member(input, "records")?, "ids")) {
        Some(Value::List(ids)) => ids.len(),
        _ => records::MOST_AT_ONCE,
    }
}

/// How many items the list `name` of the `input` has that the field around `field` takes.
fn items_of(field: &Asked<'_>, name: &str) -> usize {
    let input = field.around.and_then(|around| around.argument("input"));
    match input.as_ref().and_then(|input| member(input, name)) {
        Some(Value::List(items)) => items.len(),
        // It is one item, or nothing.
        _ => 1,
    }
}

/// Whether `deleted` has the value that it has when it is omitted; in variables, enums are text.
fn is_default(deleted: &Value) -> bool {
    match deleted {
        Value::Enum(name) => name == "EXCLUDE",
        Value::String(name) => name == "EXCLUDE",
        _ => true,
    }
}

fn member<'a>(object: &'a Value, name: &str) -> Option<&'a Value> {
    match object {
        Value::Object(fields) => fields.get(name),
        _ => None,
    }
}

/// At least as many as there are intervals between two days, one cut at either end.
fn intervals(interval: &str, from: NaiveDate, to: NaiveDate) -> usize {
    let days = usize::try_from((to - from).num_days() + 1).unwrap_or(0);
    let count = match interval {
        "DAY" => return days.min(MOST_POINTS),
        "WEEK" => days / 7,
        "MONTH" => days / 28,
        "QUARTER" => days / 90,
        _ => days / 365,
    };
    (count + 2).min(days).min(MOST_POINTS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trend_has_no_more_intervals_than_are_estimated() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        for (interval, from, to, least) in [
            ("DAY", "2016-01-01", "2026-12-13", 4_000),
            ("DAY", "2026-01-01", "2026-01-31", 31),
            ("WEEK", "2026-01-04", "2026-01-05", 2),
            ("MONTH", "2026-01-31", "2026-03-01", 3),
            ("QUARTER", "2026-03-31", "2026-07-01", 3),
            ("YEAR", "2025-12-31", "2027-01-01", 3),
            ("YEAR", "2026-12-31", "2026-12-31", 1),
        ] {
            let estimated = intervals(interval, day(from), day(to));
            assert!((least..=least + 2).contains(&estimated), "{interval} {from} {to}: {estimated}");
        }
        assert_eq!(intervals("MONTH", day("2026-02-01"), day("2026-01-01")), 0);
    }
}
