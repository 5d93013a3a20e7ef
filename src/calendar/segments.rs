//! How a range of days is put together from whole months and single days.

use chrono::{Datelike, Days, Months};
use entity::total::Span;

use super::{DateRange, month_of};

/// Rows of totals of one span whose first days lie in a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Segment {
    /// Days or months.
    pub(crate) span: Span,
    /// The range of their first days.
    pub(crate) starts: DateRange,
}

/// The totals that make up `dates`: month rows for whole months, day rows for the ragged ends.
pub(crate) fn segments(dates: DateRange) -> Vec<Segment> {
    let days = |from, to| Segment { span: Span::Day, starts: DateRange { from: Some(from), to: Some(to) } };
    // The first month that is in the range from its first day, and the first that is not to its last.
    let first_whole = dates.from.map(|from| if from.day() == 1 { from } else { month_of(from) + Months::new(1) });
    let first_beyond = dates.to.map(|to| month_of(to + Days::new(1)));
    if let (Some(from), Some(to), Some(whole), Some(beyond)) = (dates.from, dates.to, first_whole, first_beyond)
        && whole >= beyond
    {
        return vec![days(from, to)];
    }
    let head = dates
        .from
        .zip(first_whole)
        .filter(|(from, whole)| from < whole)
        .map(|(from, whole)| days(from, whole - Days::new(1)));
    let tail = dates.to.zip(first_beyond).filter(|(to, beyond)| beyond <= to).map(|(to, beyond)| days(beyond, to));
    let months = DateRange { from: first_whole, to: first_beyond.map(|beyond| beyond - Months::new(1)) };
    head.into_iter().chain([Segment { span: Span::Month, starts: months }]).chain(tail).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::calendar::tests::{any_range, range};

    #[test]
    fn whole_months_are_read_from_months_and_the_rest_from_days() {
        let spans = |dates| segments(dates).iter().map(|s| (s.span, s.starts)).collect::<Vec<_>>();
        assert_eq!(spans(range("2026-01-01", "2026-03-31")), [(Span::Month, range("2026-01-01", "2026-03-01"))]);
        assert_eq!(
            spans(range("2026-01-15", "2026-04-02")),
            [
                (Span::Day, range("2026-01-15", "2026-01-31")),
                (Span::Month, range("2026-02-01", "2026-03-01")),
                (Span::Day, range("2026-04-01", "2026-04-02"))
            ]
        );
        assert_eq!(spans(range("2026-01-02", "2026-02-27")), [(Span::Day, range("2026-01-02", "2026-02-27"))]);
        assert_eq!(spans(DateRange::default()), [(Span::Month, DateRange::default())]);
    }

    proptest! {
        #[test]
        fn segments_hold_every_day_of_the_range_once_and_no_other(dates in any_range()) {
            let mut covered = Vec::new();
            for segment in segments(dates) {
                let mut start = segment.starts.from.unwrap();
                while start <= segment.starts.to.unwrap() {
                    let next = if segment.span == Span::Day { start + Days::new(1) } else { start + Months::new(1) };
                    covered.extend(start.iter_days().take_while(|day| *day < next));
                    start = next;
                }
            }
            let to = dates.to.unwrap();
            let expected: Vec<_> = dates.from.unwrap().iter_days().take_while(|day| *day <= to).collect();
            prop_assert_eq!(covered, expected);
        }
    }
}
