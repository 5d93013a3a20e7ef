//! Who is asking, and may they? Passwords, tokens, throttles, the guard. Knows no slice and no GraphQL object; it reads
//! `users` and `sessions`, and writes only `throttles`.

use std::sync::Arc;

use entity::user;
use uuid::Uuid;

use crate::error::{Error, ErrorCode};

mod authenticate;
mod bulletin;
mod caller;
mod cookie;
mod failures;
mod guard;
mod keys;
mod network;
mod password;
mod threads;
mod throttle;
mod token;
mod viewers;

pub(crate) use authenticate::{authenticate, find_viewer};
pub use caller::Author;
pub(crate) use caller::Caller;
pub(crate) use cookie::{RefreshCookie, clear_cookie, set_cookie};
pub use failures::Failures;
pub(crate) use failures::{Gate, Source};
pub(crate) use guard::{Owner, credential, is_shown, require, require_role, requires_role, role};
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
    /// The user, with the role that they have now, whatever their token was issued for.
    pub user: Arc<user::Model>,
    /// The session that the access token belongs to.
    pub session_id: Uuid,
}

/// The error for a request that needs a signed-in user and has none.
#[must_use]
pub fn unauthenticated() -> Error {
    Error::new(
        ErrorCode::Unauthenticated,
        "You are not signed in. Call `login`, and send its access token as `Authorization: Bearer …`.",
    )
}
