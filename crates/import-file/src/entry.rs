//! What a row says, as its format means it.

use chrono::NaiveDate;

use crate::{
    columns::{Columns, Found, called, cell},
    format::{DateForm, Format},
    misfit::same_flag,
    money::Money,
    row::{Entry, Outcome, Problem},
    split::{Raw, Stray},
    values,
};

/// What a row says; `width` is how many cells a row has.
pub(crate) fn outcome(columns: &Columns, format: &Format, width: usize, raw: &Raw) -> Outcome {
    if let Some(message) = misshapen(columns, format, width, raw) {
        return Outcome::Problem(vec![Problem { field: None, column: None, message }]);
    }
    let is_pending = |column: &Found| format.pending_values.iter().any(|value| same_flag(value, cell(raw, column)));
    if columns.pending.as_ref().is_some_and(is_pending) {
        return Outcome::Pending;
    }
    let mut problems = Vec::new();
    let mut note = |problem: Problem| problems.push(problem);
    let money = Money::read(columns, format, raw).map_err(&mut note).ok();
    if money.as_ref().is_some_and(|money| money.amount.is_zero()) {
        return Outcome::Zero;
    }
    let date = day(columns, format, raw).map_err(&mut note).ok();
    let currency = currency(columns, format, raw, money.as_ref()).map_err(&mut note).ok();
    match (money, date, currency) {
        (Some(Money { kind, amount, .. }), Some(date), Some(currency)) => Outcome::Entry(Entry {
            kind,
            amount,
            currency,
            date,
            category: category(columns, format, raw),
            notes: text(format, raw, &columns.notes, " "),
            counterparty: Some(text(format, raw, &columns.counterparty, " ")).filter(|name| !name.is_empty()),
        }),
        _ => Outcome::Problem(problems),
    }
}

/// What is wrong with the form of a row: its cells may not stand below their headers.
fn misshapen(columns: &Columns, format: &Format, width: usize, raw: &Raw) -> Option<String> {
    match raw.stray {
        Some(Stray::Behind(at)) => {
            let column = called(&columns.names, at);
            return Some(format!("In the column {column} there is text behind the closing quote."));
        }
        Some(Stray::Open(at)) => {
            let column = called(&columns.names, at);
            return Some(format!("In the column {column} a quote opens that is not closed in this line."));
        }
        None => {}
    }
    let filled = raw.cells.iter().rposition(|cell| !cell.is_empty()).map_or(0, |last| last + 1);
    if filled > width {
        let message = "Is a separator part of a text that has no quotes?";
        return Some(format!("Cells in the row: {filled}; columns: {width}. {message}"));
    }
    let length = raw.cells.len();
    // An amount such as `1,50` without quotes may have moved all cells behind it, and an empty last one over the edge.
    if length > width && !format.short_rows {
        return Some(format!(
            "Cells in the row: {length}; columns: {width}. Is there a separator too many, or one in a text without quotes? See `shortRows`."
        ));
    }
    // Cells of columns without a name, at the end, come from a separator too many in the header.
    let needed = columns.names.iter().rposition(|name| !name.is_empty()).map_or(width, |last| last + 1);
    (length < needed && !format.short_rows).then(|| {
        format!("Cells in the row: {length}; columns: {width}. Is the end missing, or a separator? See `shortRows`.")
    })
}

fn day(columns: &Columns, format: &Format, raw: &Raw) -> Result<NaiveDate, Problem> {
    let column = columns.date.as_ref();
    let (text, form) = match column {
        Some(column) => (cell(raw, column), format.date_form),
        None => (format.date.as_deref().unwrap_or_default(), DateForm::YearMonthDay),
    };
    values::date(text, form).ok_or_else(|| {
        if text.is_empty() {
            return Problem::about("date", column, "There is no date.");
        }
        let message = format!("{text:?} is not a day as the format says, such as {}.", form.example());
        Problem::about("date", column, message)
    })
}

/// The code of the currency; a problem where the amount itself names another one.
fn currency(columns: &Columns, format: &Format, raw: &Raw, money: Option<&Money>) -> Result<Option<String>, Problem> {
    let own = columns.currency.as_ref().map(|column| cell(raw, column)).filter(|code| !code.is_empty());
    let stated = own.or(columns.header_currency.as_deref()).or(format.currency.as_deref());
    let stated = stated.map(|code| code.trim().to_uppercase());
    let Some(code) = money.and_then(|money| money.code.as_ref()) else { return Ok(stated) };
    match stated {
        Some(stated) if stated != *code => {
            let message = format!("The amount is in {code}, but the currency of the row is {stated}.");
            Err(Problem::about("currency", columns.amount.as_ref(), message))
        }
        _ => Ok(Some(code.clone())),
    }
}

fn category(columns: &Columns, format: &Format, raw: &Raw) -> Option<String> {
    let own = Some(text(format, raw, &columns.category, " / ")).filter(|name| !name.is_empty());
    let name = own.or_else(|| format.category.clone().filter(|name| !name.trim().is_empty()))?;
    let renamed = format.categories.iter().find(|one| one.from.trim() == name.trim());
    Some(renamed.map_or(name, |one| one.to.clone()))
}

/// What stands in several columns, each in one line; texts of our own exports as they were.
fn text(format: &Format, raw: &Raw, columns: &[Found], between: &str) -> String {
    let texts = columns.iter().map(|column| cell(raw, column)).map(|text| {
        if format.guarded_texts {
            return unguarded(text).to_owned();
        }
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    });
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(between)
}

/// A text without the `'` that our exports put in front of it.
fn unguarded(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| rest.starts_with(GUARDED)).unwrap_or(text)
}

/// How texts begin that our exports put a `'` in front of.
const GUARDED: [char; 12] = ['=', '+', '-', '@', '\'', '\t', '\r', '\n', '＝', '＋', '－', '＠'];
