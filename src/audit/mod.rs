//! Reading the audit trail; `trail` writes it, and nothing changes it.

mod filter;
mod graphql;
mod store;

pub use graphql::{AuditEvent, AuditQuery, AuditTotal, history};
