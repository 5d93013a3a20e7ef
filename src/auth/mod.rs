//! Who is asking, and may they? Passwords, tokens, throttles, the guard. Knows no slice and no GraphQL object; it reads
//! `users` and `sessions`, and writes only `throttles`.

use std::sync::Arc;

use entity::user;
use uuid::Uuid;

use crate::error::{Error, ErrorCode};

mod api_token;
mod authenticate;
mod bulletin;
mod caller;
mod connected;
mod cookie;
mod failures;
mod guard;
mod keys;
mod network;
mod password;
mod rights;
mod threads;
mod throttle;
mod token;
mod viewers;

pub(crate) use api_token::ApiToken;
pub(crate) use authenticate::{Arrival, Door, admit, authenticate, find_viewer};
pub(crate) use bulletin::announce;
pub use caller::Author;
pub(crate) use caller::Caller;
pub use connected::Connected;
pub(crate) use connected::{End, Guest, Seat};
pub(crate) use cookie::{RefreshCookie, clear_cookie, set_cookie};
pub use failures::Failures;
pub(crate) use failures::{Gate, Source};
pub(crate) use guard::{Owner, credential, is_shown, require, require_role, requires_role, requires_session, role};
pub(crate) use keys::{DerivedKey, DerivedKeys};
pub(crate) use network::area;
pub use password::{Password, Passwords};
pub use threads::Lane;
pub(crate) use throttle::{Attempts, forget, unlock};
pub(crate) use token::AccessToken;
pub use token::Tokens;
pub use viewers::Viewers;

/// The signed-in user, as read from the database for this request.
#[derive(Clone, Debug)]
pub struct Viewer {
    /// The user, with the role that they have now, whatever their token was issued for; through an API token, with its role
    /// where that is the lower one.
    pub user: Arc<user::Model>,
    /// How they signed in.
    pub through: Through,
}

/// What somebody is signed in through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Through {
    /// The session that the access token belongs to.
    Session(Uuid),
    /// An API token.
    ApiToken(Uuid),
}

impl Through {
    /// The id of the session or the API token.
    pub(crate) fn id(self) -> Uuid {
        match self {
            Self::Session(id) | Self::ApiToken(id) => id,
        }
    }

    /// The session, where it is one.
    pub(crate) fn session(self) -> Option<Uuid> {
        if let Self::Session(id) = self { Some(id) } else { None }
    }

    /// The API token, where it is one.
    pub(crate) fn api_token(self) -> Option<Uuid> {
        if let Self::ApiToken(id) = self { Some(id) } else { None }
    }
}

/// The error for a request that needs a signed-in user and has none.
#[must_use]
pub fn unauthenticated() -> Error {
    Error::new(
        ErrorCode::Unauthenticated,
        "You are not signed in. Call `login`, and send its access token as `Authorization: Bearer …`.",
    )
}
