//! The tests of the service as its clients meet it: each drives the real router, on `SQLite` and on `PostgreSQL`,
//! on a database of its own that the real migrations made.

mod access;
mod answers;
mod audit;
mod books;
mod categories;
#[path = "../support/cluster.rs"]
mod cluster;
mod constraints;
mod cookies;
mod currencies;
mod dashboard;
mod fields;
mod fold;
mod hang_ups;
mod harness;
mod house;
mod http;
mod idempotency;
mod journal;
mod limits;
mod merges;
mod migrations;
mod money;
mod panics;
mod plans;
mod problems;
mod properties;
mod published;
mod races;
mod record_input;
mod record_lists;
mod records;
mod registration;
mod scene;
mod schema;
mod sessions;
mod sign_in;
mod slots;
mod tampering;
mod throttles;
mod tokens;
mod trail;
mod upgrade;
mod users;
mod viewers;
