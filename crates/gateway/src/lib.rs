//! GraphQL execution around async-graphql, without HTTP, tables or rules: documents and their limits, which errors
//! are shown, the shape of answers, batches of loads, panics.
//!
//! [`Gateway`] takes an operation from its text to its answer in steps, each of which refuses before the next one costs:
//! [`Gateway::read`], [`Document::choose`], [`Gateway::check`], [`Gateway::cost`], [`Gateway::run`]. Between them
//! the caller finds out who asks, and may make them wait.

pub mod answer;
pub mod limits;

mod batch;
mod classify;
mod complete;
mod documents;
mod inputs;
mod literals;
mod persisted;
mod problems;
mod refusal;
mod rewrite;
mod run;
mod selects;
mod typenames;

pub use batch::Batches;
pub use documents::{Document, Operation};
pub use persisted::Key;
pub use problems::PROBLEMS;
pub use refusal::{DEFECT, Reason, Refusal, code, panic_message};
pub use run::Gateway;
