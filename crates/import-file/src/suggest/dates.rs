//! Which column has the date, and in which order dates have their parts.

use chrono::Datelike;

use super::{
    Suggestion,
    table::{Table, is_called},
};
use crate::{format::DateForm, values};

const FORMS: [DateForm; 6] = [
    DateForm::YearMonthDay,
    DateForm::DayMonthYear,
    DateForm::MonthDayYear,
    DateForm::Digits,
    DateForm::DayNameYear,
    DateForm::NameDayYear,
];
/// Headers of the days that books go by, in several languages, and of those that they do not.
const LIKELY: [&str; 9] =
    ["buchung", "booking", "posted", "processed", "payment", "paid", "=date", "=datum", "created"];
const UNLIKELY: [&str; 7] = ["valuta", "value", "valeur", "wert", "rente", "effective", "due"];
/// Years that dates without separators have: other numbers of eight digits are no dates.
const YEARS: std::ops::RangeInclusive<i32> = 1990..=2069;
/// So many different texts may stand in place of a date, such as `Pending`.
const MOST_TEXTS: usize = 2;

/// Of so many dates one may be none, such as 31 February: that is the row's problem, and not the column's.
const ONE_WRONG_IN: usize = 20;

/// A column that has dates.
pub(super) struct Dates {
    pub(super) at: usize,
    forms: Vec<DateForm>,
    /// What stands in place of a date.
    texts: Vec<String>,
}

/// Whether a cell is a day in any form.
pub(super) fn is_day(cell: &str) -> bool {
    FORMS.iter().any(|form| is_in(cell, *form))
}

fn is_in(cell: &str, form: DateForm) -> bool {
    values::date(cell, form).is_some_and(|day| YEARS.contains(&day.year()))
}

/// The columns that have dates, the likeliest first.
pub(super) fn suggest(table: &Table, suggestion: &mut Suggestion) -> Vec<Dates> {
    let mut found: Vec<_> = (0..table.width).filter_map(|at| Dates::of(table, at)).collect();
    let rank = |dates: &Dates| {
        let header = table.header(dates.at);
        let place = LIKELY.iter().position(|word| is_called(&header, &[word])).unwrap_or(LIKELY.len());
        (is_called(&header, &UNLIKELY), place)
    };
    found.sort_by_key(rank);
    let Some(dates) = found.first() else {
        let message = "No column has dates. Say which one has them all the same, or give the `date` of every row.";
        suggestion.ask("dateColumn", message, Vec::new());
        return found;
    };
    suggestion.format.date_column = Some(table.name(dates.at));
    if found.len() > 1 {
        let names = found.iter().map(|dates| table.name(dates.at)).collect();
        suggestion.ask("dateColumn", "More than one column has dates. Say which one the books go by.", names);
    }
    dates.form(table, suggestion);
    if !dates.texts.is_empty() {
        suggestion.format.pending_column = Some(table.name(dates.at));
        suggestion.format.pending_values.clone_from(&dates.texts);
        let message =
            format!("In place of a date there is {:?}. Say whether such rows are not booked yet.", dates.texts[0]);
        suggestion.ask("pendingValues", message, dates.texts.clone());
    }
    found
}

impl Dates {
    fn of(table: &Table, at: usize) -> Option<Self> {
        let (dated, other): (Vec<_>, Vec<_>) =
            table.cells(at).partition(|cell| cell.contains(|c: char| c.is_ascii_digit()));
        let misfits = FORMS.map(|form| (form, dated.iter().filter(|cell| !is_in(cell, form)).count()));
        let fewest = misfits.iter().map(|(_, count)| *count).min().unwrap_or_default();
        let forms: Vec<_> = misfits.into_iter().filter(|(_, count)| *count == fewest).map(|(form, _)| form).collect();
        let mut texts: Vec<_> = other.iter().map(|text| (*text).to_owned()).collect();
        texts.sort();
        texts.dedup();
        let is_dates = !dated.is_empty()
            && fewest * ONE_WRONG_IN <= dated.len()
            && texts.len() <= MOST_TEXTS
            && dated.len() >= other.len();
        is_dates.then_some(Self { at, forms, texts })
    }

    /// Says which form the dates have, where the file does; asks otherwise.
    fn form(&self, table: &Table, suggestion: &mut Suggestion) {
        suggestion.format.date_form = self.forms[0];
        let names: Vec<_> = self.forms.iter().map(|form| form.name().to_owned()).collect();
        let example = table.cells(self.at).find(|cell| is_day(cell)).unwrap_or_default();
        if names.len() > 1 {
            let message =
                format!("Every day is below 13. Say which part of {example:?} is the day, and which the month.");
            suggestion.ask("dateForm", message, names);
        } else if is_short(example) && self.forms[0] != DateForm::DayNameYear {
            let message = format!("Say whether {example:?} ends with its year.");
            suggestion.ask("dateForm", message, names);
        }
    }
}

/// Whether a date is three pairs of digits with hyphens: it may as well begin with its year.
fn is_short(date: &str) -> bool {
    let parts: Vec<_> = date.split('-').collect();
    parts.len() == 3 && parts.iter().all(|part| part.len() <= 2)
}
