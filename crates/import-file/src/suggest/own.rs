//! Files that this program exported: their format is known.

use super::{Suggestion, table::Table};
use crate::{
    format::{BelowZero, DateForm, Format, KindRule},
    values,
};

/// The columns of an export.
pub const OWN_COLUMNS: [&str; 14] = [
    "id",
    "date",
    "kind",
    "amount",
    "currency",
    "category",
    "counterparty",
    "notes",
    "minorUnits",
    "createdBy",
    "createdAt",
    "updatedAt",
    "version",
    "deletedAt",
];

/// Suggests the format of an export, where `table` is one as it was written: not if another program saved it since.
pub(super) fn suggest(table: &Table, suggestion: &mut Suggestion) -> bool {
    let is_as_written = table.names == OWN_COLUMNS && suggestion.format == Format::default();
    let is_day = |cell: &str| values::date(cell, DateForm::YearMonthDay).is_some();
    if !is_as_written || !table.cells(1).all(is_day) {
        return false;
    }
    *suggestion = Suggestion { format: format(), questions: Vec::new() };
    if table.cells(OWN_COLUMNS.len() - 1).next().is_some() {
        let message = "Some of these records were deleted, as the column deletedAt says, and would be entered like the \
                       others. Export them without those, or take these rows out of the file.";
        suggestion.ask("leaveOut", message, Vec::new());
    }
    true
}

fn format() -> Format {
    let column = |name: &str| Some(name.to_owned());
    Format {
        date_column: column("date"),
        kind: KindRule::Flag,
        flag_column: column("kind"),
        income_flags: vec!["INCOME".to_owned()],
        expense_flags: vec!["EXPENSE".to_owned()],
        below_zero: Some(BelowZero::Refund),
        amount_column: column("amount"),
        currency_column: column("currency"),
        category_columns: vec!["category".to_owned()],
        counterparty_columns: vec!["counterparty".to_owned()],
        notes_columns: vec!["notes".to_owned()],
        guarded_texts: true,
        ..Format::default()
    }
}
