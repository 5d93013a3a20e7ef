//! Exports: the records of a list as a file. Owns `downloads`.
//!
//! A mutation answers a signed URL, which is good for one download; the file is written when somebody comes for it, from
//! one moment of the books, and served from the disk.

mod desk;
mod graphql;
mod line;
mod room;
mod sheet;
mod store;
mod ticket;
mod workbook;
mod workers;
mod write;

pub(crate) use desk::{Desk, Offer};
pub use graphql::{ExportFormat, ExportMutation};
#[cfg(test)]
pub(crate) use room::Room;
pub use room::Sink;
pub(crate) use room::Spool;
pub use store::forget;
pub(crate) use ticket::{Ticket, unknown};
pub use write::{Failure, Request, write};
