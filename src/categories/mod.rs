//! Categories: what a record is for. One is created when a record first names it.

mod graphql;
mod merge;
mod name;
mod store;

pub use graphql::{Category, CategoryMutation, CategoryQuery};
pub use name::CategoryName;
pub(crate) use store::{called, count, join_shown, shown};
pub use store::{is_called, resolve};
