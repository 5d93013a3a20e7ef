//! The periods of a trend.

use chrono::{Datelike, Days, Months, NaiveDate, Weekday};

use super::{LAST_DAY, month_of};
use crate::error::{Error, Result};

/// The most points of one trend: any range that dates allow has fewer months.
const MOST_POINTS: usize = 4_000;

/// How long the periods of a trend are.
#[derive(async_graphql::Enum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum TrendInterval {
    /// Calendar days.
    Day,
    /// ISO 8601 weeks, Monday to Sunday.
    Week,
    /// Calendar months.
    #[default]
    Month,
    /// Calendar quarters.
    Quarter,
    /// Calendar years.
    Year,
}

impl TrendInterval {
    /// Whether months are too coarse to make up these periods.
    pub(crate) fn needs_days(self) -> bool {
        matches!(self, Self::Day | Self::Week)
    }

    /// The first day of the period that `date` is in.
    pub(crate) fn start_of(self, date: NaiveDate) -> NaiveDate {
        match self {
            Self::Day => date,
            Self::Week => date.week(Weekday::Mon).first_day(),
            Self::Month => month_of(date),
            Self::Quarter => month_of(date) - Months::new(date.month0() % 3),
            Self::Year => month_of(date) - Months::new(date.month0()),
        }
    }

    /// The last day of the period that `date` is in, or of all days where that is earlier.
    pub(crate) fn end_of(self, date: NaiveDate) -> NaiveDate {
        (self.after(self.start_of(date)) - Days::new(1)).min(LAST_DAY)
    }

    fn after(self, start: NaiveDate) -> NaiveDate {
        match self {
            Self::Day => start + Days::new(1),
            Self::Week => start + Days::new(7),
            Self::Month => start + Months::new(1),
            Self::Quarter => start + Months::new(3),
            Self::Year => start + Months::new(12),
        }
    }

    /// The periods that cover `from` to `to`, oldest first and without gaps; the outer two end where the range does.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` when they are more than 4,000.
    pub(crate) fn periods(self, from: NaiveDate, to: NaiveDate) -> Result<Vec<(NaiveDate, NaiveDate)>> {
        let mut periods = Vec::new();
        let mut start = self.start_of(from);
        while start <= to {
            if periods.len() == MOST_POINTS {
                let message = format!(
                    "From {from} to {to} there are more than {MOST_POINTS} of these intervals. Choose a longer interval, or narrow the range."
                );
                let error = Error::bad_input("interval", message).with("max", MOST_POINTS);
                return Err(error.with("from", from.to_string()).with("to", to.to_string()));
            }
            let next = self.after(start);
            periods.push((start.max(from), (next - Days::new(1)).min(to)));
            start = next;
        }
        Ok(periods)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::calendar::tests::{any_range, day};

    #[test]
    fn weeks_are_iso_weeks_and_the_outer_periods_are_cut_to_the_range() {
        let weeks = TrendInterval::Week.periods(day("2025-12-31"), day("2026-01-06")).unwrap();
        assert_eq!(weeks, [(day("2025-12-31"), day("2026-01-04")), (day("2026-01-05"), day("2026-01-06"))]);
    }

    #[test]
    fn the_last_period_of_all_ends_with_the_last_day() {
        assert_eq!(TrendInterval::Week.end_of(day("2199-12-31")), LAST_DAY);
        assert_eq!(TrendInterval::Week.end_of(day("2026-05-31")), day("2026-05-31"));
    }

    proptest! {
        #[test]
        fn periods_hold_every_day_of_the_range_once(
            dates in any_range(),
            interval in prop::sample::select(vec![TrendInterval::Day, TrendInterval::Week, TrendInterval::Month, TrendInterval::Quarter, TrendInterval::Year]),
        ) {
            let (from, to) = (dates.from.unwrap(), dates.to.unwrap());
            let periods = interval.periods(from, to).unwrap();
            prop_assert_eq!(periods.first().unwrap().0, from);
            prop_assert_eq!(periods.last().unwrap().1, to);
            prop_assert!(periods.windows(2).all(|pair| pair[0].1 + Days::new(1) == pair[1].0));
            prop_assert!(periods.iter().all(|(first, last)| first <= last && interval.start_of(*first) == interval.start_of(*last)));
        }
    }
}
