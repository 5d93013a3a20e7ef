//! The orders that records can be listed in.

use chrono::{Datelike, NaiveDate};
use entity::record::{self, Column};
use sea_orm::sea_query::Value;

use crate::page::{self, Ordering, Position};

/// What records are sorted by.
#[derive(async_graphql::Enum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RecordOrderField {
    /// The day the record is booked on; among equals, when it was entered.
    #[default]
    Date,
    /// The amount in minor units: filter by currency to compare like with like.
    Amount,
    /// When the record was entered.
    CreatedAt,
    /// When the record was last changed.
    UpdatedAt,
}

/// Which end of a sorted list comes first.
#[derive(async_graphql::Enum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OrderDirection {
    /// Smallest and oldest first.
    Asc,
    /// Greatest and newest first.
    #[default]
    Desc,
}

/// An order of records.
#[derive(Clone, Copy, Debug, Default)]
pub struct Order {
    /// The sort key.
    pub field: RecordOrderField,
    /// Which end comes first.
    pub direction: OrderDirection,
}

impl From<Order> for Ordering {
    fn from(order: Order) -> Self {
        Self { tag: order.field as u8, descending: order.direction == OrderDirection::Desc }
    }
}

impl RecordOrderField {
    pub(super) fn column(self) -> Column {
        match self {
            Self::Date => Column::Date,
            Self::Amount => Column::AmountMinor,
            Self::CreatedAt => Column::CreatedAt,
            Self::UpdatedAt => Column::UpdatedAt,
        }
    }

    /// Where `record` stands when sorted by this.
    pub(super) fn position(self, record: &record::Model) -> Position {
        let key = match self {
            Self::Date => record.date.num_days_from_ce().into(),
            Self::Amount => record.amount_minor,
            Self::CreatedAt => record.created_at.timestamp_micros(),
            Self::UpdatedAt => record.updated_at.timestamp_micros(),
        };
        Position { key, id: record.id }
    }

    /// A position's key as a value of the column; `None` for one that no record has.
    pub(super) fn value(self, key: i64) -> Option<Value> {
        match self {
            Self::Date => {
                let date = i32::try_from(key).ok().and_then(NaiveDate::from_num_days_from_ce_opt);
                date.filter(|date| (1..=9999).contains(&date.year())).map(Value::from)
            }
            Self::Amount => Some(key.into()),
            Self::CreatedAt | Self::UpdatedAt => page::instant(key),
        }
    }
}
