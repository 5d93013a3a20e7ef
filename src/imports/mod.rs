//! Imports: files of records, how they are read, entered, and taken back.
//!
//! What a row of a file says is read by the crate `import-file`; what it becomes follows the rules of [`records`].

mod checked;
mod contents;
mod enter;
mod file;
mod formats;
mod going_on;
mod graphql;
mod input;
mod local;
mod mutation;
mod pace;
mod reading;
mod revert;
mod store;
mod upload;

pub(crate) use contents::counts;
pub use going_on::keep_going;
pub(crate) use graphql::Import;
pub use graphql::ImportQuery;
pub use local::{Local, Report, import_local};
pub use mutation::ImportMutation;
pub(crate) use store::NAME_LENGTH;
pub use store::forget_files;
pub(crate) use upload::{Lost, upload};
