//! The dashboard: what came in, what went out, in one currency, read from the totals alone.

mod figures;
mod graphql;
mod largest;
mod shares;

pub use graphql::{DashboardQuery, DashboardSubscription};
