//! What lives as long as the process; every request and every command gets it.

use std::sync::Arc;

use entity::{category, organization};
use uuid::Uuid;

use crate::{
    auth::{Failures, Passwords, Tokens, Viewers},
    clock::Clock,
    config::Config,
    db::Db,
    event::Bell,
    memory::Memory,
};

/// A category that a name means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Meant {
    /// The category, which is not merged.
    pub(crate) category: category::Model,
    /// Its id, and those of all that were merged into it.
    pub(crate) ids: Vec<Uuid>,
}

/// The categories of the last two seconds. Cheap to clone.
#[derive(Clone)]
pub struct Categories {
    /// What records with this category id are shown in.
    pub(crate) shown: Memory<Uuid, category::Model>,
    /// What a name with this key means.
    pub(crate) meant: Memory<String, Arc<Meant>>,
}

impl Categories {
    /// None is remembered yet. All are forgotten with the viewers.
    #[must_use]
    pub fn new(viewers: &Viewers) -> Self {
        Self { shown: viewers.memory(), meant: viewers.memory() }
    }
}

/// The organization of the last two seconds. Cheap to clone.
#[derive(Clone)]
pub struct Remembered(pub(crate) Memory<(), organization::Model>);

impl Remembered {
    /// Nothing is remembered yet. It is forgotten with the viewers.
    #[must_use]
    pub fn new(viewers: &Viewers) -> Self {
        Self(viewers.memory())
    }
}

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
    /// Categories, remembered for a moment.
    pub categories: Categories,
    /// The organization, remembered for a moment.
    pub organization: Remembered,
    /// Who sent tokens that were not good.
    pub failures: Failures,
    /// Tells the journal that something waits for its position.
    pub journal: Bell,
    /// Tells that an import is to go on.
    pub imports: Bell,
}
