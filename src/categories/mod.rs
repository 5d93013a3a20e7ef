//! Categories: what a record is for. One is created when a record first names it.

mod graphql;
mod lookup;
mod merge;
mod name;
mod store;

pub use graphql::{Category, CategoryMutation, CategoryQuery};
pub(crate) use lookup::{ids_named_like, meant, named_like, shown};
pub use name::CategoryName;
pub use store::resolve;
pub(crate) use store::{count, find_shown, join_shown, load_shown, resolve_all};
