//! Signing in, staying signed in, and being signed out by an admin: what users and sessions have to do with each other.
//! Knows the rules of both. The only writer of `sign_in_networks`.

mod graphql;
mod login;
mod networks;
mod refresh;

use entity::{session, user};

pub(crate) use graphql::SignInMutation;
pub use networks::forget_networks;

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
