//! The organization's own calendar: when its financial years, their quarters and its weeks begin.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use super::{Comparison, FIRST_DAY};

/// More days than any quarter has, and fewer than two of them.
const PAST_A_QUARTER: Days = Days::new(100);

/// When financial years and weeks begin.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Calendar {
    /// The month and the day that each financial year begins with; it is in every year.
    year_start: (u32, u32),
    /// The day that each week begins with.
    week_start: Weekday,
}

impl Default for Calendar {
    fn default() -> Self {
        Self { year_start: (1, 1), week_start: Weekday::Mon }
    }
}

impl Calendar {
    /// Years that begin on `year_start`, written as `04-06`, and weeks that begin on `week_start`. `None` where there is
    /// no such day in every year.
    pub(crate) fn new(year_start: &str, week_start: Weekday) -> Option<Self> {
        // A year without 29 February.
        let first: NaiveDate = format!("2001-{year_start}").parse().ok()?;
        Some(Self { year_start: (first.month(), first.day()), week_start })
    }

    /// Whether financial years, and so their quarters, begin with a month.
    pub(super) fn has_whole_months(self) -> bool {
        self.year_start.1 == 1
    }

    /// The first day of the week that `date` is in.
    pub(super) fn week_of(self, date: NaiveDate) -> NaiveDate {
        date.week(self.week_start).first_day()
    }

    /// The first day of the financial year that `date` is in.
    pub(super) fn year_of(self, date: NaiveDate) -> NaiveDate {
        let first = self.year_in(date.year());
        if first <= date { first } else { self.year_in(date.year() - 1) }
    }

    /// The first day of the financial year that begins in the calendar year `year`.
    fn year_in(self, year: i32) -> NaiveDate {
        let (month, day) = self.year_start;
        NaiveDate::from_ymd_opt(year, month, day).unwrap_or(FIRST_DAY)
    }

    /// The first day of the quarter that `date` is in: three, six or nine months after its year began, or on the last day
    /// of such a month where that is earlier.
    pub(super) fn quarter_of(self, date: NaiveDate) -> NaiveDate {
        let year = self.year_of(date);
        let quarters = [9, 6, 3].map(|months| year + Months::new(months));
        quarters.into_iter().find(|first| *first <= date).unwrap_or(year)
    }

    /// The first day of the financial year after the one that begins on `first`.
    pub(super) fn year_after(self, first: NaiveDate) -> NaiveDate {
        self.year_in(first.year() + 1)
    }

    /// The first day of the quarter after the one that begins on `first`.
    pub(super) fn quarter_after(self, first: NaiveDate) -> NaiveDate {
        self.quarter_of(first + PAST_A_QUARTER)
    }

    /// The range to compare `from` to `to` with, if that is one of whole quarters.
    pub(super) fn quarters_before(
        self,
        (from, to): (NaiveDate, NaiveDate),
        comparison: Comparison,
    ) -> Option<(NaiveDate, NaiveDate)> {
        let next = to + Days::new(1);
        if self.quarter_of(from) != from || self.quarter_of(next) != next {
            return None;
        }
        match comparison {
            Comparison::PreviousPeriod => {
                let (mut first, mut counted) = (from, from);
                while counted < next {
                    first = self.quarter_of(first - Days::new(1));
                    counted = self.quarter_after(counted);
                }
                Some((first, from - Days::new(1)))
            }
            Comparison::PreviousYear => {
                let year_before =
                    |first: NaiveDate| (0..4).fold(first, |first, _| self.quarter_of(first - Days::new(1)));
                Some((year_before(from), year_before(next) - Days::new(1)))
            }
        }
    }
}
