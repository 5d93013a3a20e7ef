//! Files of bookings, as banks, councils and spreadsheets write them, read by a [`Format`] that states everything and
//! guesses nothing. Knows no database, no HTTP and no rule of any books: it says what stands in a row, or why that
//! cannot be told.
//!
//! A file is read in one pass and in bounded memory, but for 20 bytes a row, by which equal rows are told apart.

mod columns;
mod decode;
mod entry;
mod format;
mod misfit;
mod money;
mod read;
mod row;
mod split;
mod suggest;
mod values;

pub use decode::Fault;
pub use format::{
    BelowZero, CategoryName, Column, DateForm, DecimalSign, Encoding, Format, KindRule, Separator, ThousandsSign,
};
pub use misfit::Misfit;
pub use read::Reader;
pub use row::{Entry, Kind, Outcome, Problem, Row};
pub use suggest::{LOOKED_AT, OWN_COLUMNS, Question, Suggestion, suggest};
