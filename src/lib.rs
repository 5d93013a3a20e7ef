//! Tallybook: a GraphQL service for an organisation's financial records.

#[cfg(not(panic = "unwind"))]
compile_error!("a panic has to end one request and not the server: build with `panic = \"unwind\"`");

pub mod audit;
pub mod auth;
pub mod calendar;
pub mod categories;
pub mod change;
pub mod clock;
pub mod config;
pub(crate) mod constraint;
pub(crate) mod context;
pub mod currency;
pub mod dashboard;
pub mod db;
pub mod demo;
pub mod error;
pub(crate) mod estimates;
pub mod event;
pub mod exports;
pub(crate) mod feed;
pub mod http;
pub mod id;
pub mod idempotency;
pub mod imports;
pub mod journal;
pub mod limits;
pub mod log;
pub mod memory;
pub mod news;
pub mod organization;
pub mod page;
mod queue;
pub mod records;
pub(crate) mod replay;
pub mod scalars;
pub mod schema;
pub mod server;
pub mod services;
pub mod sessions;
pub mod sign_in;
pub(crate) mod state;
pub mod text;
pub mod tokens;
pub(crate) mod top;
pub mod totals;
pub mod users;
