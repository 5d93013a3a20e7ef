//! Stretches of time. Pure.

use chrono::{DateTime, Datelike, Utc};

use crate::error::{Error, Problems, Result};

const EARLIEST: &str = "1900-01-01T00:00:00Z";
const LATEST: &str = "2199-12-31T23:59:59Z";

/// A stretch of time: from an instant on, and before another; an end that is `None` is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TimeRange {
    /// Then or later.
    pub from: Option<DateTime<Utc>>,
    /// Before then.
    pub to: Option<DateTime<Utc>>,
}

impl TimeRange {
    /// A range of the input fields `from` and `to`.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` when it ends before it begins, or lies outside the years 1900 to 2199.
    pub fn parse(from: Option<DateTime<Utc>>, to: Option<DateTime<Utc>>) -> Result<Self> {
        let mut problems = Problems::default();
        for (field, at) in [("from", from), ("to", to)] {
            if at.is_some_and(|at| !(1900..=2199).contains(&at.year())) {
                let message = "The time must be between the years 1900 and 2199.";
                problems.add(Error::bad_input(field, message).with("min", EARLIEST).with("max", LATEST));
            }
        }
        if from.zip(to).is_some_and(|(from, to)| from > to) {
            problems.add(Error::bad_input("from", "`from` is after `to`."));
        }
        problems.finish(Some(Self { from, to }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_of_time_begins_before_it_ends_and_stays_in_range() {
        let check = |from: &str, to: &str| TimeRange::parse(from.parse().ok(), to.parse().ok()).is_ok();
        let (early, late) = ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z");
        assert!(check(early, late));
        assert!(check(early, early));
        assert!(check(early, "") && check("", late) && check("", ""));
        assert!(!check(late, early));
        assert!(!check("+10000-01-01T00:00:00Z", ""));
        assert!(!check("", "-0001-01-01T00:00:00Z"));
    }
}
