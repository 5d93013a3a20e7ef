//! What can be wrong with a format by itself, whatever the file.

use crate::{
    format::{Column, DateForm, DecimalSign, Format, KindRule, ThousandsSign},
    values,
};

/// The most items of a list.
const MOST_ITEMS: usize = 100;
/// The most names of categories.
const MOST_CATEGORIES: usize = 1_000;
/// The most characters of a text.
const LONGEST_TEXT: usize = 200;
/// The last line that can name the columns.
const LAST_HEADER: i32 = 1_000;

/// What is wrong with a format.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfit {
    /// The field, as in JSON: `dateColumn`.
    pub field: &'static str,
    /// What would be right.
    pub message: String,
}

#[derive(Default)]
struct Found(Vec<Misfit>);

impl Found {
    fn add(&mut self, field: &'static str, message: impl Into<String>) {
        self.0.push(Misfit { field, message: message.into() });
    }
}

impl Format {
    /// What is wrong with it by itself, whatever the file; nothing where it can be used.
    #[must_use]
    pub fn misfits(&self) -> Vec<Misfit> {
        let mut found = Found::default();
        self.check_header(&mut found);
        self.check_date(&mut found);
        self.check_amount(&mut found);
        self.check_flags(&mut found);
        self.check_rest(&mut found);
        self.check_sizes(&mut found);
        found.0
    }

    /// Whether a line names the columns.
    pub(crate) fn has_header(&self) -> bool {
        self.header_line > 0 || self.header_text.is_some()
    }

    fn check_header(&self, found: &mut Found) {
        if !(0..=LAST_HEADER).contains(&self.header_line) {
            let message = "Lines are counted from 1, up to 1,000; 0 means that no line names the columns.";
            found.add("headerLine", message);
        }
        if self.header_text.as_deref().is_some_and(|text| text.trim().is_empty()) {
            found.add("headerText", "Give a text that the line has which names the columns, or leave it out.");
        }
        if self.leave_out.iter().any(|text| text.trim().is_empty()) {
            found.add("leaveOut", "Every row begins with an empty text: give one that is not.");
        }
    }

    fn check_date(&self, found: &mut Found) {
        match (is_given(self.date_column.as_ref()), &self.date) {
            (true, Some(_)) => found.add("date", "Give either `dateColumn` or `date`, not both."),
            (false, None) => found.add("dateColumn", "Say which column has the date, or give the `date` of every row."),
            (false, Some(date)) if values::date(date, DateForm::YearMonthDay).is_none() => {
                found.add("date", "Give a day as `2026-03-31`.");
            }
            _ => {}
        }
    }

    fn check_amount(&self, found: &mut Found) {
        if self.kind == KindRule::TwoColumns {
            if is_given(self.amount_column.as_ref()) {
                found.add(
                    "amountColumn",
                    "With `kind: TWO_COLUMNS` the amount is in `incomeColumn` or `expenseColumn`.",
                );
            }
            if !is_given(self.income_column.as_ref()) {
                found.add("incomeColumn", "Say which column has what came in.");
            }
            if !is_given(self.expense_column.as_ref()) {
                found.add("expenseColumn", "Say which column has what went out.");
            }
            if !self.subtracted_columns.is_empty() {
                found.add("subtractedColumns", "With `kind: TWO_COLUMNS` nothing can be taken off the amount.");
            }
        } else if !is_given(self.amount_column.as_ref()) {
            found.add("amountColumn", "Say which column has the amount.");
        }
        let is_by_sign = matches!(self.kind, KindRule::Sign | KindRule::InverseSign);
        if is_by_sign && self.below_zero.is_some() {
            found.add("belowZero", "By `kind`, the sign says which way the money went. Leave this out.");
        }
        let clash = matches!(
            (self.decimal_sign, self.thousands_sign),
            (DecimalSign::Point, ThousandsSign::Point) | (DecimalSign::Comma, ThousandsSign::Comma)
        );
        if clash {
            found.add(
                "thousandsSign",
                "The same sign cannot stand before the decimal places and between the thousands.",
            );
        }
    }

    fn check_flags(&self, found: &mut Found) {
        let is_nothing = self.income_flags.is_empty() && self.expense_flags.is_empty();
        if self.kind == KindRule::Flag {
            if !is_given(self.flag_column.as_ref()) {
                found.add("flagColumn", "Say which column tells what came in from what went out.");
            }
            if is_nothing {
                let message = "Say which values of `flagColumn` mean that money came in, or that it went out.";
                found.add("incomeFlags", message);
            }
        }
        let same = |flag: &&String| self.expense_flags.iter().any(|other| same_flag(other, flag));
        if let Some(both) = self.income_flags.iter().find(same) {
            found.add("expenseFlags", format!("{both:?} cannot mean that money came in and that it went out."));
        }
    }

    fn check_rest(&self, found: &mut Found) {
        if self.currency_in_header && !self.has_header() {
            found.add("currencyInHeader", "There is no header that could have the currency.");
        }
        if is_given(self.pending_column.as_ref()) && self.pending_values.is_empty() {
            found.add("pendingValues", "Say which values of `pendingColumn` mean that a row is not booked yet.");
        }
        for (at, one) in self.categories.iter().enumerate().take(MOST_CATEGORIES) {
            let from = one.from.trim();
            if from.is_empty() || one.to.trim().is_empty() {
                found.add("categories", "Give the name in the file and the name in the books.");
                break;
            }
            if self.categories[..at].iter().any(|earlier| earlier.from.trim() == from) {
                found.add("categories", format!("{from:?} is there more than once."));
                break;
            }
        }
    }

    fn check_sizes(&self, found: &mut Found) {
        let lists = [
            ("leaveOut", &self.leave_out),
            ("subtractedColumns", &self.subtracted_columns),
            ("incomeFlags", &self.income_flags),
            ("expenseFlags", &self.expense_flags),
            ("categoryColumns", &self.category_columns),
            ("notesColumns", &self.notes_columns),
            ("counterpartyColumns", &self.counterparty_columns),
            ("pendingValues", &self.pending_values),
        ];
        for (field, list) in lists {
            if list.len() > MOST_ITEMS {
                found.add(field, format!("At most {MOST_ITEMS} are allowed."));
            } else if list.iter().any(|text| is_long(text)) {
                found.add(field, format!("At most {LONGEST_TEXT} characters each are allowed."));
            }
            if field.ends_with("Columns") && list.iter().any(|name| name.trim().is_empty()) {
                found.add(field, "Name the column, or give its number, such as `#3`.");
            }
        }
        let texts = [
            ("headerText", &self.header_text),
            ("dateColumn", &self.date_column),
            ("amountColumn", &self.amount_column),
            ("incomeColumn", &self.income_column),
            ("expenseColumn", &self.expense_column),
            ("flagColumn", &self.flag_column),
            ("currencyColumn", &self.currency_column),
            ("currency", &self.currency),
            ("category", &self.category),
            ("pendingColumn", &self.pending_column),
        ];
        for (field, text) in texts {
            if text.as_deref().is_some_and(is_long) {
                found.add(field, format!("At most {LONGEST_TEXT} characters are allowed."));
            }
        }
        if self.categories.len() > MOST_CATEGORIES {
            found.add("categories", format!("At most {MOST_CATEGORIES} are allowed."));
        } else if self.categories.iter().any(|one| is_long(&one.from) || is_long(&one.to)) {
            found.add("categories", format!("At most {LONGEST_TEXT} characters each are allowed."));
        }
    }
}

/// Whether two values of a column mean the same.
pub(crate) fn same_flag(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

fn is_given(column: Option<&Column>) -> bool {
    column.is_some_and(|name| !name.trim().is_empty())
}

fn is_long(text: &str) -> bool {
    text.chars().count() > LONGEST_TEXT
}
