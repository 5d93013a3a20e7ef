//! What lives as long as the process; every request and every command gets it.

use std::{
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use async_graphql::SimpleObject;
use entity::{Role, category, organization};
use uuid::Uuid;

use crate::{
    auth::{Connected, Door, Failures, Passwords, Tokens, Viewers},
    clock::Clock,
    config::Config,
    db::Db,
    event::Bell,
    memory::Memory,
    news::News,
    queue::Queue,
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
pub struct Remembered {
    /// Its row.
    pub(crate) row: Memory<(), organization::Model>,
    /// Whether somebody is an admin.
    pub(crate) has_admin: Memory<(), bool>,
}

impl Remembered {
    /// Nothing is remembered yet. It is forgotten with the viewers.
    #[must_use]
    pub fn new(viewers: &Viewers) -> Self {
        Self { row: viewers.memory(), has_admin: viewers.memory() }
    }
}

/// An account to look around with, which everybody may know; only where the server was started with `--demo`.
#[derive(SimpleObject, Clone, Debug)]
pub struct DemoAccount {
    /// The e-mail address to sign in with.
    pub email: String,
    /// The display name.
    pub name: String,
    /// What the account may do.
    pub role: Role,
    /// The password.
    pub password: String,
}

/// How long somebody waits until a file is read for them. Most requests are over before that; uploads may take long.
const LONGEST_WAIT_TO_READ: Duration = Duration::from_mins(1);

/// Who reads the files of imports. Cheap to clone.
#[derive(Clone)]
pub struct Files {
    /// From the first row to the last.
    pub(crate) whole: Arc<Queue>,
    /// Not beyond the first rows.
    pub(crate) beginnings: Arc<Queue>,
}

impl Default for Files {
    fn default() -> Self {
        let queue = |all| Arc::new(Queue::new(1, all, LONGEST_WAIT_TO_READ));
        Self { whole: queue(2), beginnings: queue(8) }
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
    /// Who is connected for longer than one request.
    pub connected: Connected,
    /// Who sent tokens that were not good.
    pub failures: Failures,
    /// Tells the journal that something waits for its position.
    pub journal: Bell,
    /// Tells that the journal has grown.
    pub news: News,
    /// Tells that an import is to go on.
    pub imports: Bell,
    /// Whose file is read.
    pub files: Files,
    /// Whether the server was told to stop: it still serves, and is not to be asked any more.
    pub stopping: Arc<AtomicBool>,
    /// Who may look around, at a demonstration.
    pub demo_accounts: Arc<[DemoAccount]>,
}

impl Services {
    /// What tells who is asking.
    pub(crate) fn door(&self) -> Door<'_> {
        let Self { db, tokens, viewers, failures, clock, .. } = self;
        Door { db, tokens, viewers, failures, now: clock.now() }
    }
}
