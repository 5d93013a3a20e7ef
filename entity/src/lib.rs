//! Tallybook's tables as Rust: which rows there are, no behaviour.
//!
//! Ids are UUIDv7, times are UTC. Closed enums derive both the column and the GraphQL enum; everything
//! else reaches the API only through a type of its own.

pub mod api_token;
pub mod audit_event;
pub mod category;
pub mod currency_total;
pub mod download;
pub mod idempotency_key;
pub mod import;
pub mod import_chunk;
pub mod import_format;
pub mod journal;
pub mod journal_head;
pub mod organization;
pub mod outbox;
pub mod personal_value;
pub mod record;
pub mod session;
pub mod sign_in_network;
pub mod throttle;
pub mod total;
pub mod user;

pub use record::RecordKind;
pub use user::Role;
