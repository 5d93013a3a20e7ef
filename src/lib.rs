//! Tallybook: a GraphQL service for an organisation's financial records.
//!
//! Modules import only from those before them:
//! `entity → error, clock, limits, config → db, trail, totals → auth ⇄ context → scalars, id, page, text
//! → users, audit → categories → records → dashboard, sessions → schema → http → main`.

#[cfg(not(panic = "unwind"))]
compile_error!("a panic has to end one request and not the server: build with `panic = \"unwind\"`");

pub mod audit;
pub mod auth;
pub mod batch;
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
pub mod http;
pub mod id;
pub mod limits;
pub mod log;
pub mod page;
pub mod records;
pub mod scalars;
pub mod schema;
pub mod server;
pub mod services;
pub mod sessions;
pub mod sign_in;
pub mod text;
pub mod totals;
pub mod users;
