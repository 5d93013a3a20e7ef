//! Which events are meant, parsed. Pure: knows neither database nor GraphQL.

use chrono::{DateTime, Datelike, Utc};
use entity::audit_event::{AuditAction, AuditEntity};
use uuid::Uuid;

use crate::error::{Error, Problems, Result};

const EARLIEST: &str = "1900-01-01T00:00:00Z";
const LATEST: &str = "2199-12-31T23:59:59Z";

/// Restrictions that an event has to meet, all of them; `None` restricts nothing.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Done by this user.
    pub actor: Option<Uuid>,
    /// Done to this.
    pub entity: Option<Uuid>,
    /// Done to something of this sort.
    pub entity_type: Option<AuditEntity>,
    /// This was done.
    pub action: Option<AuditAction>,
    /// Then or later.
    pub from: Option<DateTime<Utc>>,
    /// Before then.
    pub to: Option<DateTime<Utc>>,
}

impl Filter {
    /// The same filter, if its stretch of time can be one.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` when it ends before it begins, or lies outside the years 1900 to 2199.
    pub fn checked(self) -> Result<Self> {
        let mut problems = Problems::default();
        for (field, at) in [("from", self.from), ("to", self.to)] {
            if at.is_some_and(|at| !(1900..=2199).contains(&at.year())) {
                let message = "The time must be between the years 1900 and 2199.";
                problems.add(Error::bad_input(field, message).with("min", EARLIEST).with("max", LATEST));
            }
        }
        if self.from.zip(self.to).is_some_and(|(from, to)| from > to) {
            problems.add(Error::bad_input("from", "`from` is after `to`."));
        }
        problems.finish(Some(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_of_time_begins_before_it_ends_and_stays_in_range() {
        let check = |from: &str, to: &str| {
            let at = |text: &str| text.parse().ok();
            Filter { from: at(from), to: at(to), ..Filter::default() }.checked().is_ok()
        };
        let (early, late) = ("2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z");
        assert!(check(early, late));
        assert!(check(early, early));
        assert!(check(early, "") && check("", late) && check("", ""));
        assert!(!check(late, early));
        assert!(!check("+10000-01-01T00:00:00Z", ""));
        assert!(!check("", "-0001-01-01T00:00:00Z"));
    }
}
