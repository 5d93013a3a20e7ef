//! Changes of many records at once: one transaction, one difference of the totals, one event for each record. What may
//! become of a record is said where single ones are changed.

mod change;
mod create;
mod graphql;
mod input;
mod problem;
mod target;
mod write;

pub use graphql::ManyRecordsMutation;

/// The most records that one request changes.
pub(crate) const MOST: usize = 500;
