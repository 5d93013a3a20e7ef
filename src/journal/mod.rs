//! The order in which changes became visible: positions 1, 2, 3 … without a gap, and a chain of hashes over them.
//! A reader that follows the positions misses nothing, and sees nothing twice.
//!
//! Positions are given after the commit, in batches, by whichever server holds the head: an order of ids or times is
//! not the order of commits, and a number taken in the transaction would make all writers stand in line.

mod chain;
mod numbering;
mod objects;
mod verify;

pub use numbering::keep_numbering;
pub(crate) use numbering::{catch_up, lag};
pub use verify::{Report, size, verify};
