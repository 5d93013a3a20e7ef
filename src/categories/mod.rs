//! Categories: what a record is for. One is created when a record first names it, and can be deleted where nothing needs
//! it.

mod deletion;
mod graphql;
mod listing;
mod lookup;
mod merge;
mod name;
mod store;
mod usage;

pub use graphql::{Category, CategoryMutation, CategoryQuery};
pub(crate) use lookup::{ids_named_like, meant, meant_by_ids, named_like, shown};
pub use name::CategoryName;
pub use store::resolve;
pub(crate) use store::{find_shown, id_if_there, join_shown, load_shown, resolve_all};
pub(crate) use usage::UsageLoader;
