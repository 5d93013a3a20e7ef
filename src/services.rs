//! What lives as long as the process; every request and every command gets it.

use std::sync::Arc;

use crate::{
    auth::{Failures, Passwords, Tokens, Viewers},
    clock::Clock,
    config::Config,
    db::Db,
    event::Bell,
};

/// What lives as long as the process. Cheap to clone.
#[derive(Clone)]
pub struct Services {
    /// The database.
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
    /// Who sent tokens that were not good.
    pub failures: Failures,
    /// Tells the journal that something waits for its position.
    pub journal: Bell,
}
