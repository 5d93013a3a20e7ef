//! Categories: what a record is for. One comes into being when a record first names it.

mod graphql;
mod name;
mod store;

pub use graphql::{Category, CategoryMutation, CategoryQuery};
pub use name::CategoryName;
pub use store::{find_of_record, is_called, resolve};
