//! What a resolver can ask for: the services of the process, and the request it serves.

use std::{net::IpAddr, sync::Arc};

use async_graphql::Context;
use uuid::Uuid;

use crate::{
    auth::{Passwords, RefreshCookie, Tokens, Viewer, Viewers},
    clock::Clock,
    config::Config,
    db::Db,
    error::{Error, Result},
    trail::Act,
};

/// What lives as long as the process. Cheap to clone.
#[derive(Clone)]
pub struct Services {
    /// The pool of database connections.
    pub db: Db,
    /// The time.
    pub clock: Clock,
    /// The settings.
    pub config: Arc<Config>,
    /// Makes and checks access tokens.
    pub tokens: Arc<Tokens>,
    /// Hashes and verifies passwords.
    pub passwords: Passwords,
    /// Who is signed in, remembered for a moment.
    pub viewers: Viewers,
}

/// What is known of one request before its operation runs.
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

/// Short ways to the request's and the process's data.
pub trait ContextExt {
    /// The process's services.
    fn services(&self) -> Result<&Services>;
    /// The request.
    fn caller(&self) -> Result<&Caller>;
    /// The signed-in user, or `UNAUTHENTICATED`.
    fn viewer(&self) -> Result<&Viewer>;

    /// The signed-in user as the author of what is done now, or `UNAUTHENTICATED`.
    fn act(&self) -> Result<Act> {
        self.act_as(Some(self.viewer()?.user.id))
    }

    /// `actor`, or nobody before sign-in, as the author of what is done now.
    fn act_as(&self, actor: Option<Uuid>) -> Result<Act> {
        Ok(Act { actor, at: self.services()?.clock.now(), request_id: Some(self.caller()?.request_id.clone()) })
    }

    /// The pool of database connections.
    fn db(&self) -> Result<&Db> {
        Ok(&self.services()?.db)
    }
}

impl ContextExt for Context<'_> {
    fn services(&self) -> Result<&Services> {
        self.data_opt().ok_or_else(|| Error::internal("the schema was built without its services"))
    }

    fn caller(&self) -> Result<&Caller> {
        self.data_opt().ok_or_else(|| Error::internal("the request came without its caller"))
    }

    fn viewer(&self) -> Result<&Viewer> {
        match &self.caller()?.viewer {
            Ok(Some(viewer)) => Ok(viewer),
            Ok(None) => Err(crate::auth::unauthenticated()),
            Err(error) => Err(error.clone()),
        }
    }
}
