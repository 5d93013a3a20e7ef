//! Who is asking, and on whose behalf a change is made.

use std::net::IpAddr;

use uuid::Uuid;

use super::{RefreshCookie, Viewer};
use crate::error::Result;

/// What is known about a request before its operation runs.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who is signed in: nobody (no token came), somebody, or the reason why the token is not good.
    pub viewer: Result<Option<Viewer>>,
    /// The id that comes back as `x-request-id`.
    pub request_id: String,
    /// The address the request came from, where the transport tells.
    pub address: Option<IpAddr>,
    /// What the client calls itself.
    pub user_agent: Option<String>,
    /// The refresh token that a browser keeps for a page of this server.
    pub refresh_cookie: RefreshCookie,
}

impl Caller {
    /// `user`, or nobody before sign-in, as the author of a change that this request makes.
    #[must_use]
    pub fn author(&self, user: Option<Uuid>) -> Author {
        let viewer = self.viewer.as_ref().ok().and_then(Option::as_ref);
        let api_token = viewer.and_then(|viewer| viewer.through.api_token());
        Author { user, request_id: Some(self.request_id.clone()), api_token, import: None }
    }

    /// The signed-in user.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` when nobody is signed in, and whatever is wrong with the token.
    pub fn viewer(&self) -> Result<&Viewer> {
        match &self.viewer {
            Ok(Some(viewer)) => Ok(viewer),
            Ok(None) => Err(super::unauthenticated()),
            Err(error) => Err(error.clone()),
        }
    }
}

/// On whose behalf a change is made, and by which request.
#[derive(Clone, Debug, Default)]
pub struct Author {
    /// The signed-in user; nobody for the command line and before sign-in.
    pub user: Option<Uuid>,
    /// The server's id of the request; none for the command line.
    pub request_id: Option<String>,
    /// The API token that it is made through.
    pub api_token: Option<Uuid>,
    /// The import that makes it.
    pub import: Option<Uuid>,
}
