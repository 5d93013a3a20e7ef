//! The organization whose books these are: its name, its base currency, its calendar, and which days of the books are
//! closed. Nothing else writes its row.

mod closing;
mod graphql;
mod input;
mod limits;
mod mutation;
mod store;

pub(crate) use closing::{check_now, closed_period, day_if_open, expect_open, keep_records_still};
pub use closing::{close, reopen};
pub use graphql::{EXPLORER, Organization, OrganizationQuery};
pub(crate) use input::{NAME_LENGTH, REASON_LENGTH};
pub use input::{OrganizationPatch, Wanted, parse_reason};
pub(crate) use limits::Limits;
pub use mutation::OrganizationMutation;
pub use store::{base_currency, current, prepare, update};
pub(crate) use store::{calendar, closed_now};
