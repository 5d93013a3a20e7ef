//! The calendar: ranges of days, financial years and weeks, the periods of a trend, the range to compare one with, and how
//! one is put together from whole months. Pure.

mod closed;
mod interval;
mod segments;
mod times;
mod years;

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::error::{Error, Result};

pub(crate) use closed::ClosedPeriod;
pub(crate) use interval::{MOST_POINTS, TrendInterval};
pub(crate) use segments::{Segment, segments};
pub use times::TimeRange;
pub(crate) use years::Calendar;

/// The first day that there is in the API.
pub const FIRST_DAY: NaiveDate = NaiveDate::from_ymd_opt(1900, 1, 1).expect("a day");
/// The last day that there is in the API.
pub const LAST_DAY: NaiveDate = NaiveDate::from_ymd_opt(2199, 12, 31).expect("a day");

/// A stretch of days, both ends included; an end that is `None` is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DateRange {
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub to: Option<NaiveDate>,
}

impl DateRange {
    /// A range of the input fields `from` and `to`.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` when it ends before it begins.
    pub fn parse(from: Option<NaiveDate>, to: Option<NaiveDate>) -> Result<Self> {
        match (from, to) {
            (Some(from), Some(to)) if from > to => {
                Err(Error::bad_input("from", format!("`from` ({from}) is after `to` ({to})."))
                    .with("max", to.to_string()))
            }
            _ => Ok(Self { from, to }),
        }
    }

    /// The range to compare this one with: one of whole months, or of whole quarters of the financial year, with as many
    /// whole ones. `None` where an end is open, or it would begin before all days.
    pub(crate) fn previous(self, comparison: Comparison, calendar: Calendar) -> Option<Self> {
        let (from, to) = self.from.zip(self.to)?;
        let (from, to) = match calendar.quarters_before((from, to), comparison) {
            Some(before) => before,
            None => Self::months_or_days_before((from, to), comparison)?,
        };
        (from >= FIRST_DAY).then_some(Self { from: Some(from), to: Some(to) })
    }

    fn months_or_days_before(
        (from, to): (NaiveDate, NaiveDate),
        comparison: Comparison,
    ) -> Option<(NaiveDate, NaiveDate)> {
        let next = to + Days::new(1);
        let months =
            (next.year() - from.year()) * 12 + i32::try_from(next.month()).ok()? - i32::try_from(from.month()).ok()?;
        let is_whole = from.day() == 1 && next.day() == 1;
        Some(match comparison {
            Comparison::PreviousPeriod if is_whole => (from - Months::new(months.unsigned_abs()), from - Days::new(1)),
            Comparison::PreviousPeriod => {
                (from.checked_sub_days(Days::new((next - from).num_days().unsigned_abs()))?, from - Days::new(1))
            }
            Comparison::PreviousYear if is_whole => (from - Months::new(12), next - Months::new(12) - Days::new(1)),
            Comparison::PreviousYear => (from - Months::new(12), to - Months::new(12)),
        })
    }
}

/// What a range is compared with.
#[derive(async_graphql::Enum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Comparison {
    /// The preceding period: as many whole months if the range consists of whole months, as many whole quarters if it consists of whole quarters or years of the organization's financial year; otherwise as many days.
    #[default]
    PreviousPeriod,
    /// The same days a year earlier; whole months are compared with whole months, even where a February is longer, and whole quarters with whole quarters.
    PreviousYear,
}

/// The first day of `date`'s month.
#[must_use]
pub fn month_of(date: NaiveDate) -> NaiveDate {
    date.with_day(1).unwrap_or(date)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    pub(super) fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    pub(super) fn range(from: &str, to: &str) -> DateRange {
        DateRange { from: Some(day(from)), to: Some(day(to)) }
    }

    pub(super) fn any_range() -> impl Strategy<Value = DateRange> {
        (0_i64..2000, 0_i64..900).prop_map(|(offset, length)| {
            let from = day("2020-01-01") + chrono::TimeDelta::days(offset);
            DateRange { from: Some(from), to: Some(from + chrono::TimeDelta::days(length)) }
        })
    }

    #[test]
    fn whole_months_are_compared_with_as_many_whole_months() {
        for (dates, period, year) in [
            (("2026-03-01", "2026-03-31"), ("2026-02-01", "2026-02-28"), ("2025-03-01", "2025-03-31")),
            (("2025-01-01", "2025-12-31"), ("2024-01-01", "2024-12-31"), ("2024-01-01", "2024-12-31")),
            (("2026-01-01", "2026-03-31"), ("2025-10-01", "2025-12-31"), ("2025-01-01", "2025-03-31")),
            (("2025-02-01", "2025-02-28"), ("2025-01-01", "2025-01-31"), ("2024-02-01", "2024-02-29")),
            (("2024-02-01", "2024-02-29"), ("2024-01-01", "2024-01-31"), ("2023-02-01", "2023-02-28")),
            (("2025-11-01", "2026-01-31"), ("2025-08-01", "2025-10-31"), ("2024-11-01", "2025-01-31")),
            (("2026-03-02", "2026-03-31"), ("2026-01-31", "2026-03-01"), ("2025-03-02", "2025-03-31")),
            (("2026-03-01", "2026-03-01"), ("2026-02-28", "2026-02-28"), ("2025-03-01", "2025-03-01")),
            (("2024-02-29", "2024-03-10"), ("2024-02-18", "2024-02-28"), ("2023-02-28", "2023-03-10")),
        ] {
            let dates = range(dates.0, dates.1);
            assert_eq!(
                dates.previous(Comparison::PreviousPeriod, Calendar::default()),
                Some(range(period.0, period.1)),
                "{dates:?}"
            );
            assert_eq!(
                dates.previous(Comparison::PreviousYear, Calendar::default()),
                Some(range(year.0, year.1)),
                "{dates:?}"
            );
        }
    }

    #[test]
    fn whole_quarters_of_the_financial_year_are_compared_with_as_many_whole_ones() {
        let tax_year = Calendar::new("04-06", chrono::Weekday::Mon).unwrap();
        let last_days = Calendar::new("12-31", chrono::Weekday::Mon).unwrap();
        for (calendar, dates, period, year) in [
            (tax_year, ("2026-04-06", "2026-07-05"), ("2026-01-06", "2026-04-05"), ("2025-04-06", "2025-07-05")),
            (tax_year, ("2024-04-06", "2025-04-05"), ("2023-04-06", "2024-04-05"), ("2023-04-06", "2024-04-05")),
            (tax_year, ("2025-07-06", "2026-01-05"), ("2025-01-06", "2025-07-05"), ("2024-07-06", "2025-01-05")),
            (last_days, ("2025-12-31", "2026-03-30"), ("2025-09-30", "2025-12-30"), ("2024-12-31", "2025-03-30")),
            // Whole months, but no whole quarters; and neither.
            (tax_year, ("2026-04-01", "2026-04-30"), ("2026-03-01", "2026-03-31"), ("2025-04-01", "2025-04-30")),
            (tax_year, ("2026-04-06", "2026-05-05"), ("2026-03-07", "2026-04-05"), ("2025-04-06", "2025-05-05")),
        ] {
            let dates = range(dates.0, dates.1);
            assert_eq!(
                dates.previous(Comparison::PreviousPeriod, calendar),
                Some(range(period.0, period.1)),
                "{dates:?}"
            );
            assert_eq!(dates.previous(Comparison::PreviousYear, calendar), Some(range(year.0, year.1)), "{dates:?}");
        }
    }

    #[test]
    fn there_is_nothing_to_compare_with_before_all_days_or_at_an_open_end() {
        let open = DateRange { from: None, ..range("2026-01-01", "2026-01-31") };
        for dates in [open, DateRange::default(), range("1900-01-01", "1900-01-31"), range("1900-02-01", "1900-03-31")]
        {
            assert_eq!(dates.previous(Comparison::PreviousPeriod, Calendar::default()), None, "{dates:?}");
            assert_eq!(dates.previous(Comparison::PreviousYear, Calendar::default()), None, "{dates:?}");
        }
        assert!(range("2000-01-01", "2199-12-31").previous(Comparison::PreviousYear, Calendar::default()).is_some());
    }
}
