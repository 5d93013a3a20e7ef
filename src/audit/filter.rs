//! Which events are meant, parsed. Pure: knows neither database nor GraphQL.

use chrono::{DateTime, Datelike, Utc};
use entity::audit_event::{AuditAction, AuditEntity};
use uuid::Uuid;

use crate::error::{Error, Result};

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

/// A stretch of time from the input fields `from` and `to`.
///
/// # Errors
/// `BAD_USER_INPUT` when it ends before it begins, or lies outside the years 1900 to 2199.
pub fn parse_range(
    from: Option<DateTime<Utc>>,
    to: Option<DateTime<Utc>>,
) -> Result<(Option<DateTime<Utc>>, Option<DateTime<Utc>>)> {
    for (field, at) in [("from", from), ("to", to)] {
        if at.is_some_and(|at| !(1900..=2199).contains(&at.year())) {
            return Err(Error::bad_input(field, "A time lies between the years 1900 and 2199."));
        }
    }
    if let (Some(from), Some(to)) = (from, to)
        && from > to
    {
        return Err(Error::bad_input("from", "The stretch of time begins after it ends."));
    }
    Ok((from, to))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stretch_of_time_begins_before_it_ends_and_stays_in_range() {
        let at = |text: &str| Some(text.parse().unwrap());
        let (early, late) = (at("2026-01-01T00:00:00Z"), at("2026-01-02T00:00:00Z"));
        assert!(parse_range(early, late).is_ok());
        assert!(parse_range(early, early).is_ok());
        assert!(parse_range(None, None).is_ok());
        assert!(parse_range(late, early).is_err());
        assert!(parse_range(at("+10000-01-01T00:00:00Z"), None).is_err());
        assert!(parse_range(None, at("-0001-01-01T00:00:00Z")).is_err());
    }
}
