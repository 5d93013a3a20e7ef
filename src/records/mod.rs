//! Records: the books themselves.

mod bulk;
mod entry;
mod filter;
mod graphql;
mod input;
mod listing;
mod money;
mod mutation;
mod order;
mod scope;
mod store;
mod summary;
mod sums;
mod walk;

pub use bulk::ManyRecordsMutation;
pub use filter::Filter;
pub(crate) use graphql::{MOST_CATEGORIES, look_up};
pub use graphql::{Record, RecordFilter, RecordOrder, RecordQuery, parse_categories, parse_dates};
pub use input::NewRecord;
pub use money::{Money, stored_currency};
pub use mutation::RecordMutation;
pub use order::Order;
pub(crate) use scope::{CHOSEN, Scope};
pub use store::{Created, Row, create_many, list};
pub use summary::Summary;
pub(crate) use sums::days;
pub(crate) use walk::Walk;
