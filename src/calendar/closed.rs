//! The days whose books are closed: their records can no longer be changed.

use chrono::NaiveDate;

use crate::error::{Error, ErrorCode, Result};

/// All days up to one, or none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct ClosedPeriod {
    /// The last closed day; `None` where all days are open.
    pub(crate) through: Option<NaiveDate>,
}

impl ClosedPeriod {
    /// Whether `day` is closed.
    pub(crate) fn includes(self, day: NaiveDate) -> bool {
        self.through.is_some_and(|through| day <= through)
    }

    /// Refuses a record of `day`, which the input field `field` names.
    ///
    /// # Errors
    /// `PERIOD_CLOSED` with `closedThrough`.
    pub(crate) fn check(self, field: &'static str, day: NaiveDate) -> Result<()> {
        match self.through {
            Some(through) if self.includes(day) => {
                let message = format!(
                    "The books are closed through {through}, so records of {day} stay as they are. An admin can reopen the books."
                );
                let refused = Error::new(ErrorCode::PeriodClosed, message).at(field);
                Err(refused.with("closedThrough", through.to_string()))
            }
            _ => Ok(()),
        }
    }
}
