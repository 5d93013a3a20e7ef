//! Signing in, staying signed in, and being signed out by an admin: what users and sessions have to do with each other.
//! Knows the rules of both and owns no table.

mod graphql;
mod login;
mod refresh;

use entity::{session, user};

pub use graphql::SignInMutation;

use crate::sessions::RefreshToken;

/// A session that was just opened or refreshed, and what its client gets.
struct SignedIn {
    /// The session.
    session: session::Model,
    /// Whose it is.
    user: user::Model,
    /// The token that refreshes it next.
    refresh_token: RefreshToken,
}
