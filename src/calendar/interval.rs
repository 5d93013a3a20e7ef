//! The periods of a trend.

use chrono::{Days, Months, NaiveDate};

use super::{Calendar, FIRST_DAY, LAST_DAY, month_of};
use crate::error::{Error, Result};

/// The most points of one trend: any range that dates allow has fewer months.
pub(crate) const MOST_POINTS: usize = 4_000;

/// How long the periods of a trend are.
#[derive(async_graphql::Enum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TrendInterval {
    /// Calendar days.
    Day,
    /// Weeks, which begin with the organization's `weekStart`.
    Week,
    /// Calendar months.
    #[default]
    Month,
    /// Quarters of the financial year, which begins with the organization's `financialYearStart`.
    Quarter,
    /// Financial years.
    Year,
}

impl TrendInterval {
    /// Whether months are too coarse to make up these periods.
    pub(crate) fn needs_days(self, calendar: Calendar) -> bool {
        match self {
            Self::Day | Self::Week => true,
            Self::Month => false,
            Self::Quarter | Self::Year => !calendar.has_whole_months(),
        }
    }

    /// The first day of the period that `date` is in, or of all days where that is later.
    pub(crate) fn begin_of(self, date: NaiveDate, calendar: Calendar) -> NaiveDate {
        self.start_of(date, calendar).max(FIRST_DAY)
    }

    /// The first day of the period that `date` is in.
    pub(crate) fn start_of(self, date: NaiveDate, calendar: Calendar) -> NaiveDate {
        match self {
            Self::Day => date,
            Self::Week => calendar.week_of(date),
            Self::Month => month_of(date),
            Self::Quarter => calendar.quarter_of(date),
            Self::Year => calendar.year_of(date),
        }
    }

    /// The last day of the period that `date` is in, or of all days where that is earlier.
    pub(crate) fn end_of(self, date: NaiveDate, calendar: Calendar) -> NaiveDate {
        (self.after(self.start_of(date, calendar), calendar) - Days::new(1)).min(LAST_DAY)
    }

    /// The first day of the period after the one that begins on `start`.
    fn after(self, start: NaiveDate, calendar: Calendar) -> NaiveDate {
        match self {
            Self::Day => start + Days::new(1),
            Self::Week => start + Days::new(7),
            Self::Month => start + Months::new(1),
            Self::Quarter => calendar.quarter_after(start),
            Self::Year => calendar.year_after(start),
        }
    }

    /// The periods that cover `from` to `to`, oldest first and without gaps; the outer two end where the range does.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` when they are more than 4,000.
    pub(crate) fn periods(
        self,
        from: NaiveDate,
        to: NaiveDate,
        calendar: Calendar,
    ) -> Result<Vec<(NaiveDate, NaiveDate)>> {
        let mut periods = Vec::new();
        let mut start = self.start_of(from, calendar);
        while start <= to {
            if periods.len() == MOST_POINTS {
                let message = format!(
                    "From {from} to {to} there are more than {MOST_POINTS} of these intervals. Choose a longer interval, or narrow the range."
                );
                let error = Error::bad_input("interval", message).with("max", MOST_POINTS);
                return Err(error.with("from", from.to_string()).with("to", to.to_string()));
            }
            let next = self.after(start, calendar);
            periods.push((start.max(from), (next - Days::new(1)).min(to)));
            start = next;
        }
        Ok(periods)
    }
}

#[cfg(test)]
mod tests {
    use chrono::{Datelike, Weekday};
    use proptest::prelude::*;

    use super::*;
    use crate::calendar::tests::{any_range, day};

    #[test]
    fn weeks_are_iso_weeks_unless_they_begin_otherwise_and_the_outer_periods_are_cut_to_the_range() {
        let weeks = TrendInterval::Week.periods(day("2025-12-31"), day("2026-01-06"), Calendar::default()).unwrap();
        assert_eq!(weeks, [(day("2025-12-31"), day("2026-01-04")), (day("2026-01-05"), day("2026-01-06"))]);
        let sundays = Calendar::new("01-01", Weekday::Sun).unwrap();
        let weeks = TrendInterval::Week.periods(day("2025-12-31"), day("2026-01-06"), sundays).unwrap();
        assert_eq!(weeks, [(day("2025-12-31"), day("2026-01-03")), (day("2026-01-04"), day("2026-01-06"))]);
    }

    #[test]
    fn the_last_period_of_all_ends_with_the_last_day() {
        assert_eq!(TrendInterval::Week.end_of(day("2199-12-31"), Calendar::default()), LAST_DAY);
        assert_eq!(TrendInterval::Week.end_of(day("2026-05-31"), Calendar::default()), day("2026-05-31"));
    }

    #[test]
    fn quarters_and_years_are_those_of_the_financial_year() {
        let calendar = Calendar::new("04-06", Weekday::Mon).unwrap();
        let starts = |interval: TrendInterval, from: &str, to: &str, calendar| {
            let periods = interval.periods(day(from), day(to), calendar).unwrap();
            periods.into_iter().map(|(first, _)| first.to_string()).collect::<Vec<_>>()
        };
        let quarters = starts(TrendInterval::Quarter, "2025-04-06", "2026-04-06", calendar);
        assert_eq!(quarters, ["2025-04-06", "2025-07-06", "2025-10-06", "2026-01-06", "2026-04-06"]);
        assert_eq!(
            starts(TrendInterval::Year, "2024-04-05", "2025-04-06", calendar),
            ["2024-04-05", "2024-04-06", "2025-04-06"]
        );
        assert_eq!(TrendInterval::Year.begin_of(day("1900-02-01"), calendar), FIRST_DAY);
        // Months that are too short end a quarter a day earlier.
        let late = Calendar::new("11-30", Weekday::Mon).unwrap();
        let quarters = starts(TrendInterval::Quarter, "2023-11-30", "2024-11-29", late);
        assert_eq!(quarters, ["2023-11-30", "2024-02-29", "2024-05-30", "2024-08-30"]);
        assert_eq!(Calendar::new("02-29", Weekday::Mon), None);
    }

    proptest! {
        #[test]
        fn periods_hold_every_day_of_the_range_once(
            dates in any_range(),
            interval in prop::sample::select(vec![TrendInterval::Day, TrendInterval::Week, TrendInterval::Month, TrendInterval::Quarter, TrendInterval::Year]),
            year_start in prop::sample::select(vec!["01-01", "04-06", "07-01", "10-31", "11-30", "12-31", "02-28", "03-01"]),
            week_start in prop::sample::select(vec![Weekday::Mon, Weekday::Sat, Weekday::Sun]),
        ) {
            let calendar = Calendar::new(year_start, week_start).unwrap();
            let (from, to) = (dates.from.unwrap(), dates.to.unwrap());
            let periods = interval.periods(from, to, calendar).unwrap();
            prop_assert_eq!(periods.first().unwrap().0, from);
            prop_assert_eq!(periods.last().unwrap().1, to);
            prop_assert!(periods.windows(2).all(|pair| pair[0].1 + Days::new(1) == pair[1].0));
            prop_assert!(periods.iter().all(|(first, last)| first <= last && interval.start_of(*first, calendar) == interval.start_of(*last, calendar)));
            prop_assert!(periods.iter().skip(1).all(|(first, _)| interval.start_of(*first, calendar) == *first));
            prop_assert!(interval.needs_days(calendar) || periods.iter().skip(1).all(|(first, _)| first.day() == 1));
        }
    }
}
