//! What happens to the books when something else breaks: each test starts the real program, on a database of its
//! own, breaks something around it, and counts what is left.
//!
//! Time passes here, unlike in `tests/api`: a test waits for an outage to be noticed, or for a program to end.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod client;
#[path = "../support/cluster.rs"]
mod cluster;
mod kill;
mod load;
mod postgres;
mod site;

use std::time::Duration;

/// Longest that a request may take to hear that the database cannot serve it.
const PATIENCE: Duration = Duration::from_secs(4);
