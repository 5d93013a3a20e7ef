//! A record as a line of a file: the same fields in the same order, whatever the format.

use std::collections::HashMap;

use entity::category;
use sea_orm::ActiveEnum;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    id::{self, Kind},
    records::{Money, Row},
    scalars::timestamp,
};

/// The names of the fields.
pub(super) const COLUMNS: [&str; 14] = [
    "id",
    "date",
    "kind",
    "amount",
    "currency",
    "category",
    "counterparty",
    "notes",
    "minorUnits",
    "createdBy",
    "createdAt",
    "updatedAt",
    "version",
    "deletedAt",
];

/// A record as a line.
#[derive(Serialize, Debug, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub(super) struct Line<'a> {
    id: String,
    date: String,
    kind: String,
    /// With all decimal places; none where nobody knows how many the currency has.
    amount: Option<String>,
    currency: &'a str,
    category: &'a str,
    counterparty: Option<&'a str>,
    notes: &'a str,
    minor_units: String,
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
}

impl<'a> Line<'a> {
    /// The line of a record, where `names` has the names of users.
    pub(super) fn of(row: &'a Row, names: &'a HashMap<Uuid, String>) -> Self {
        let Row { record, category: category::Model { name, .. } } = row;
        Self {
            id: id::encode(Kind::Record, record.id).to_string(),
            date: record.date.to_string(),
            kind: record.kind.to_value(),
            amount: Money::of(record).ok().map(|money| money.amount().to_string()),
            currency: &record.currency,
            category: name,
            counterparty: record.counterparty.as_deref(),
            notes: &record.notes,
            minor_units: record.amount_minor.to_string(),
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
            Cell::Plain(date),
            Cell::Plain(kind),
            Cell::Plain(amount.unwrap_or_default()),
            Cell::Plain(currency.to_owned()),
            Cell::Text(category),
            Cell::Text(counterparty.unwrap_or_default()),
            Cell::Text(notes),
            Cell::Plain(minor_units),
            Cell::Text(created_by),
            Cell::Plain(created_at),
            Cell::Plain(updated_at),
            Cell::Plain(version.to_string()),
            Cell::Plain(deleted_at.unwrap_or_default()),
        ]
    }
}
