//! The totals of the records, kept in the same transaction as the records: per day and per month, for each currency,
//! income and expenses, once for each category (`totals`) and once for all together (`currency_totals`). Of each
//! category there is one of all days, too.
//!
//! Rows whose counts came back to zero stay, and count as nothing; of a total in several rows, that is said of their
//! sum, and one of them can be below zero.

mod categories;
mod currencies;
mod difference;
mod fold;
mod plain;
mod statement;
mod sums;
mod verify;

pub(crate) use categories::forget_category;
pub(crate) use currencies::{RecordsByCurrency, records_by_currency};
pub use difference::{Difference, apply};
pub use fold::fold;
pub(crate) use plain::add;
pub(crate) use sums::{SUMS, summed};
pub use sums::{Sum, Sums};
pub use verify::{Mismatch, rebuild, verify};
