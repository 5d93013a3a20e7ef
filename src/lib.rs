//! Tallybook: a GraphQL service for an organisation's financial records.
//!
//! Modules import only from those before them:
//! `entity → error, clock, limits, config → db → auth ⇄ context, scalars, id, page → users → categories
//! → records → dashboard, sessions, audit → schema → http → main`.

pub mod auth;
pub mod batch;
pub mod clock;
pub mod config;
pub mod context;
pub mod db;
pub mod error;
pub mod id;
pub mod limits;
pub mod page;
pub mod scalars;
pub mod text;
pub mod trail;
pub mod users;
