//! What a row of a file says.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::columns::Found;

/// A row of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The line that it begins in, from 1.
    pub line: u64,
    /// Its cells, decoded, without the blanks around them.
    pub cells: Vec<String>,
    /// What it is known by in its file: SHA-256 of its cells and of how many equal rows came before it. Two equal rows
    /// have different keys, and have the same ones in another file that begins or ends elsewhere, if it holds both.
    pub key: [u8; 32],
    /// What it says.
    pub outcome: Outcome,
}

/// What a row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Something was booked.
    Entry(Entry),
    /// Its amount is zero.
    Zero,
    /// It is not booked yet.
    Pending,
    /// That cannot be told, for these reasons.
    Problem(Vec<Problem>),
}

/// Which way money went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It came in.
    Income,
    /// It went out.
    Expense,
}

/// Something that was booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Which way the money went.
    pub kind: Kind,
    /// How much, in major units; below zero where it came back. Never zero.
    pub amount: Decimal,
    /// The code of the currency, in capitals; `None` where neither the row nor the format names one.
    pub currency: Option<String>,
    /// The day.
    pub date: NaiveDate,
    /// What for; `None` where neither the row nor the format says.
    pub category: Option<String>,
    /// The texts of the columns of notes, joined by blanks; maybe empty.
    pub notes: String,
    /// Who was paid, or who paid.
    pub counterparty: Option<String>,
}

/// What is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The field of the record that it is about: `date`, `amount`, `kind` or `currency`; `None` for the row as a whole.
    pub field: Option<&'static str>,
    /// The column that it is about, as its header says or by its number, `#3`.
    pub column: Option<String>,
    /// What is wrong, and what would be right: a sentence.
    pub message: String,
}

impl Problem {
    pub(crate) fn about(field: &'static str, column: Option<&Found>, message: impl Into<String>) -> Self {
        Self { field: Some(field), column: column.map(|column| column.name.clone()), message: message.into() }
    }
}
