//! API tokens: what a program signs in with that acts for its owner. `auth` recognises them; nothing else writes their table.

mod graphql;
mod mutation;
mod store;

pub use graphql::{ApiToken, TokenQuery};
pub use mutation::TokenMutation;
pub(crate) use store::note_use;
pub use store::{NewToken, all, create, revoke};
