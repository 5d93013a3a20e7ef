//! What clients send about the organization, parsed. Pure: knows neither database nor GraphQL.

use chrono::NaiveDate;
use entity::organization::DayOfWeek;

use crate::{
    currency::Currency,
    error::{Error, Problems, Result},
    text,
};

/// The most characters of a name.
pub(crate) const NAME_LENGTH: usize = 100;
/// The most characters of a reason.
pub(crate) const REASON_LENGTH: usize = 500;
/// The characters of a month and day.
pub(super) const DAY_LENGTH: usize = 5;
/// A month and day.
pub(super) const DAY_PATTERN: &str = "^(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$";

/// What is to change; `None` leaves a field as it is.
pub struct OrganizationPatch {
    pub(super) name: Option<String>,
    pub(super) base_currency: Option<Currency>,
    pub(super) financial_year_start: Option<String>,
    pub(super) week_start: Option<DayOfWeek>,
    /// The version the change was made against.
    pub(super) expected_version: Option<i32>,
}

/// The same as it was sent.
pub struct Wanted {
    /// The name.
    pub name: Option<String>,
    /// The currency that is meant where none is named.
    pub base_currency: Result<Option<Currency>>,
    /// The month and day on which the financial year begins, as `MM-DD`.
    pub financial_year_start: Option<String>,
    /// The day on which weeks begin.
    pub week_start: Option<DayOfWeek>,
    /// The version the change was made against.
    pub expected_version: Result<Option<i32>>,
}

impl OrganizationPatch {
    /// # Errors
    /// `BAD_USER_INPUT`, for all that is wrong.
    pub fn parse(wanted: Wanted) -> Result<Self> {
        let Wanted { name, base_currency, financial_year_start, week_start, expected_version } = wanted;
        let mut problems = Problems::default();
        let base_currency =
            base_currency.and_then(|given| given.map(|currency| check_base("baseCurrency", currency)).transpose());
        let year_start = |text: String| parse_year_start("financialYearStart", &text);
        let patch = Self {
            name: problems.read(name.map(|name| text::line("name", &name, NAME_LENGTH)).transpose()).flatten(),
            base_currency: problems.read(base_currency).flatten(),
            financial_year_start: problems.read(financial_year_start.map(year_start).transpose()).flatten(),
            week_start,
            expected_version: problems.read(expected_version).flatten(),
        };
        problems.finish(Some(patch))
    }
}

/// The month and day that each financial year begins with, from the input field `field`.
///
/// # Errors
/// `BAD_USER_INPUT` where it is none, or not in every year.
fn parse_year_start(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim();
    // A year without 29 February.
    let is_day = text.len() == DAY_LENGTH && format!("2001-{text}").parse::<NaiveDate>().is_ok();
    if is_day {
        return Ok(text.to_owned());
    }
    let message = match text {
        "02-29" => "A financial year cannot begin on 29 February, which most years do not have.",
        _ => "This is not a month and day of every year. Example: 04-06 for 6 April.",
    };
    let refused = Error::bad_input(field, message).with("pattern", DAY_PATTERN);
    Err(refused.with("minLength", DAY_LENGTH).with("maxLength", DAY_LENGTH))
}

/// A currency that is to be the base currency, from the input field `field`.
///
/// # Errors
/// `BAD_USER_INPUT` for one that another has replaced.
fn check_base(field: &'static str, currency: Currency) -> Result<Currency> {
    currency.why_ended().map_or(Ok(currency), |why| {
        Err(Error::bad_input(field, format!("{why} Nothing new can be entered in it, so it cannot be the base.")))
    })
}

/// Why something is done, from the input field `field`.
///
/// # Errors
/// `BAD_USER_INPUT` where it is empty, too long, or holds control characters.
pub fn parse_reason(field: &'static str, text: &str) -> Result<String> {
    text::line(field, text, REASON_LENGTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_financial_year_begins_on_a_day_that_every_year_has() {
        for text in ["01-01", "04-06", " 12-31 ", "02-28"] {
            assert_eq!(parse_year_start("day", text).unwrap(), text.trim());
        }
        for text in ["02-29", "02-30", "13-01", "00-10", "1-01", "4-6", "04/06", "0406", "", "+1-01", "04-6 "] {
            assert!(parse_year_start("day", text).is_err(), "{text:?}");
        }
    }
}
