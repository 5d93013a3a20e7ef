//! Reading the audit trail. `change` adds to it, `journal` gives its order, and nothing changes it.

mod changes;
mod creation;
mod graphql;
mod history;
mod shown;
mod store;

pub(crate) use creation::CreationLoader;
pub(crate) use graphql::history;
pub use graphql::{AuditEvent, AuditQuery, AuditTotal};
