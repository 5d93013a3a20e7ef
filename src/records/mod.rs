//! Records: the books themselves.

mod filter;
mod graphql;
mod input;
mod money;
mod mutation;
mod order;
mod store;

pub use filter::{DateRange, Filter};
pub use graphql::{Record, RecordQuery, parse_categories, parse_dates};
pub use input::{IdempotencyKey, NewRecord};
pub use money::{Money, stored_currency};
pub use mutation::RecordMutation;
pub use order::Order;
pub use store::{Created, Row, create, create_many, list};
