//! Records: the books themselves.

mod bulk;
mod creation;
mod entry;
mod filter;
mod filter_input;
mod graphql;
mod import;
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
pub use creation::{Created, create_many};
pub use filter::Filter;
pub(crate) use filter_input::{MOST_CATEGORIES, look_up};
pub use filter_input::{RecordFilter, RecordOrder, parse_categories, parse_dates};
pub use graphql::{Record, RecordQuery};
pub(crate) use import::{Revert, Reverted, check_revert, revert};
pub use input::{NewRecord, Origin};
pub(crate) use input::{parse_counterparty, parse_notes};
pub(crate) use money::{Figure, check_in_use};
pub use money::{Money, stored_currency};
pub use mutation::RecordMutation;
pub use order::Order;
pub(crate) use scope::{CHOSEN, Scope};
pub use store::{Row, list};
pub use summary::Summary;
pub(crate) use sums::days;
pub(crate) use walk::Walk;
