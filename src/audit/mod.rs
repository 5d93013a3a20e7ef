//! Reading the audit trail. `change` adds to it, `journal` gives its order, and nothing changes it.

mod changes;
mod creation;
mod filter;
mod graphql;
mod store;

pub(crate) use creation::CreationLoader;
pub use graphql::{AuditEvent, AuditQuery, AuditTotal, history};
