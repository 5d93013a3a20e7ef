//! A format that fits the beginning of a file, and what has to be asked before it is used.
//!
//! What is not asked about is certain enough to be shown only. Two things are never decided here unless a cell of the file
//! does: the decimal sign, where amounts such as `1.234` are all there is, and the order of dates, where every day is below 13.

mod amounts;
mod dates;
mod kinds;
mod own;
mod table;
mod words;

use crate::{decode::Fault, format::Format};
pub use own::OWN_COLUMNS;
use table::Table;

/// So many bytes of a file are looked at.
pub const LOOKED_AT: usize = 64 * 1024;

/// A format that fits the beginning of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The format: where there is a question, the likeliest answer, or none.
    pub format: Format,
    /// What a person has to say before the format may be used; at most one of each field.
    pub questions: Vec<Question>,
}

/// What only a person can say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// The field of the format, as in JSON: `dateForm`.
    pub field: &'static str,
    /// What has to be said, and why: a sentence.
    pub message: String,
    /// Values of the field that fit, as in JSON, the likeliest first; empty where any may.
    pub candidates: Vec<String>,
}

/// A format for a file that begins with `first`: its first [`LOOKED_AT`] bytes, or all of it where it is shorter.
///
/// # Errors
/// Where the file is no text, or has nothing that could be rows.
pub fn suggest(first: &[u8]) -> Result<Suggestion, Fault> {
    let mut suggestion = Suggestion { format: Format::default(), questions: Vec::new() };
    let table = Table::find(first, &mut suggestion)?;
    if own::suggest(&table, &mut suggestion) {
        return Ok(suggestion);
    }
    let dates = dates::suggest(&table, &mut suggestion);
    amounts::suggest(&table, &dates, &mut suggestion);
    kinds::suggest(&table, &mut suggestion);
    words::suggest(&table, &mut suggestion);
    // Whatever is missing is asked for, too.
    for misfit in suggestion.format.misfits() {
        suggestion.ask(misfit.field, misfit.message, Vec::new());
    }
    Ok(suggestion)
}

impl Suggestion {
    /// Adds a question, unless there is one about the field.
    fn ask(&mut self, field: &'static str, message: impl Into<String>, candidates: Vec<String>) {
        if !self.questions.iter().any(|question| question.field == field) {
            self.questions.push(Question { field, message: message.into(), candidates });
        }
    }
}
