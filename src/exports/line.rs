//! A record as a line of a file: the same fields in the same order, whatever the format.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::category;
use sea_orm::ActiveEnum;
use serde::{Serialize, Serializer};
use uuid::Uuid;

use crate::{
    id::{self, Kind},
    records::{Money, Row},
    scalars::timestamp,
};

/// The names of the fields.
pub(super) use import_file::OWN_COLUMNS as COLUMNS;

/// A record as a line.
#[derive(Serialize, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub(super) struct Line<'a> {
    id: String,
    date: NaiveDate,
    kind: String,
    /// None where nobody knows how many decimal places the currency has.
    #[serde(serialize_with = "as_text")]
    amount: Option<Money>,
    currency: &'a str,
    category: &'a str,
    counterparty: Option<&'a str>,
    notes: &'a str,
    #[serde(serialize_with = "as_digits")]
    minor_units: i64,
    created_by: &'a str,
    created_at: String,
    updated_at: String,
    version: i32,
    deleted_at: Option<String>,
}

/// What stands in one field, for formats that tell text that somebody wrote from text that we made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Cell<'a> {
    /// Whatever somebody wrote.
    Text(&'a str),
    /// What cannot be mistaken for anything else.
    Plain(String),
    /// A day.
    Date(NaiveDate),
    /// An amount, with all decimal places.
    Amount(Option<Money>),
    /// A whole number.
    Whole(i64),
}

#[expect(clippy::ref_option, reason = "serde hands it over like this")]
fn as_text<S: Serializer>(amount: &Option<Money>, serializer: S) -> Result<S::Ok, S::Error> {
    amount.map(|money| money.amount().to_string()).serialize(serializer)
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over like this")]
fn as_digits<S: Serializer>(number: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(number)
}

impl<'a> Line<'a> {
    /// The line of a record, where `names` has the names of users.
    pub(super) fn of(row: &'a Row, names: &'a HashMap<Uuid, String>) -> Self {
        let Row { record, category: category::Model { name, .. } } = row;
        Self {
            id: id::encode(Kind::Record, record.id).to_string(),
            date: record.date,
            kind: record.kind.to_value(),
            amount: Money::of(record).ok(),
            currency: &record.currency,
            category: name,
            counterparty: record.counterparty.as_deref(),
            notes: &record.notes,
            minor_units: record.amount_minor,
            created_by: names.get(&record.created_by).map_or("", String::as_str),
            created_at: timestamp(record.created_at),
            updated_at: timestamp(record.updated_at),
            version: record.version,
            deleted_at: record.deleted_at.map(timestamp),
        }
    }

    /// Its fields, in the order of [`COLUMNS`].
    pub(super) fn cells(self) -> [Cell<'a>; COLUMNS.len()] {
        let Self {
            id,
            date,
            kind,
            amount,
            currency,
            category,
            counterparty,
            notes,
            minor_units,
            created_by,
            created_at,
            updated_at,
            version,
            deleted_at,
        } = self;
        [
            Cell::Plain(id),
            Cell::Date(date),
            Cell::Plain(kind),
            Cell::Amount(amount),
            Cell::Plain(currency.to_owned()),
            Cell::Text(category),
            Cell::Text(counterparty.unwrap_or_default()),
            Cell::Text(notes),
            Cell::Whole(minor_units),
            Cell::Text(created_by),
            Cell::Plain(created_at),
            Cell::Plain(updated_at),
            Cell::Whole(version.into()),
            Cell::Plain(deleted_at.unwrap_or_default()),
        ]
    }
}
