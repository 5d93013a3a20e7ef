//! Who is signed in, and who the users are that records name, remembered for a moment.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use entity::user;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::Viewer;
use crate::{
    measures,
    memory::{Epoch, Memory},
};

/// How many API tokens are remembered whose use was written down; one more, and all are forgotten.
const MOST_NOTED: usize = 10_000;

/// The viewers and users of the last two seconds, and what the servers tell each other of them. Cheap to clone.
#[derive(Clone)]
pub struct Viewers {
    epoch: Epoch,
    by_session: Memory<Uuid, Viewer>,
    /// By the hash of the text, with the time that it stops working.
    by_token: Memory<Vec<u8>, (Viewer, Option<DateTime<Utc>>)>,
    /// When this process last had the use of an API token written down.
    noted: Arc<Mutex<HashMap<Uuid, DateTime<Utc>>>>,
    /// By id.
    pub(crate) users: Memory<Uuid, Arc<user::Model>>,
    talk: Arc<Mutex<Talk>>,
}

/// What goes on between the servers.
#[derive(Default)]
pub(super) struct Talk {
    /// Whether this process hears what others say.
    pub(super) is_listening: bool,
    /// Changes that wait for other servers to forget.
    pub(super) waiting: HashMap<Uuid, Waiting>,
}

/// A change that waits.
pub(super) struct Waiting {
    /// For how many servers.
    pub(super) left: i64,
    /// Told when there is none left.
    pub(super) all_forgot: oneshot::Sender<()>,
}

impl Default for Viewers {
    fn default() -> Self {
        let epoch = Epoch::default();
        let (by_session, by_token) = (Memory::new(epoch.clone()), Memory::new(epoch.clone()));
        let users = Memory::new(epoch.clone());
        Self { epoch, by_session, by_token, noted: Arc::default(), users, talk: Arc::default() }
    }
}

impl Viewers {
    /// A memory of something else, which is forgotten with this one.
    pub(crate) fn memory<K: Eq + Hash, V: Clone>(&self) -> Memory<K, V> {
        Memory::new(self.epoch.clone())
    }

    /// The viewer of a session, if remembered.
    pub(super) fn find(&self, session_id: Uuid, user_id: Uuid, now: DateTime<Utc>) -> Option<Viewer> {
        let found = self.by_session.get(&session_id, now).filter(|viewer| viewer.user.id == user_id);
        measures::looked_up(found.is_some());
        found
    }

    /// The viewer of an API token, and when that expires, if remembered.
    pub(super) fn find_by_token(&self, hash: &Vec<u8>, now: DateTime<Utc>) -> Option<(Viewer, Option<DateTime<Utc>>)> {
        let found = self.by_token.get(hash, now).filter(|(_, expires_at)| expires_at.is_none_or(|at| at > now));
        measures::looked_up(found.is_some());
        found
    }

    /// Remembers the viewer of an API token, who was read from the database since `epoch`.
    pub(super) fn remember_token(
        &self,
        epoch: u64,
        (hash, expires_at): (Vec<u8>, Option<DateTime<Utc>>),
        viewer: &Viewer,
        now: DateTime<Utc>,
    ) {
        self.by_token.keep(epoch, [(hash, (viewer.clone(), expires_at))], now);
    }

    /// Whether the use of the API token `id` is to be written down now: once in `every` by this process.
    pub(crate) fn is_to_be_noted(&self, id: Uuid, every: TimeDelta, now: DateTime<Utc>) -> bool {
        let mut noted = self.noted.lock().unwrap_or_else(PoisonError::into_inner);
        if noted.get(&id).is_some_and(|at| now < *at + every) {
            return false;
        }
        if noted.len() >= MOST_NOTED {
            noted.clear();
        }
        noted.insert(id, now);
        true
    }

    /// To be asked before the database is, and handed to [`Viewers::remember`].
    pub(super) fn epoch(&self) -> u64 {
        self.epoch.now()
    }

    /// Remembers a viewer who was read from the database since `epoch`.
    pub(super) fn remember(&self, epoch: u64, viewer: &Viewer, now: DateTime<Utc>) {
        self.by_session.keep(epoch, [(viewer.through.id(), viewer.clone())], now);
    }

    /// Forgets everything when what it gives is dropped.
    pub(crate) fn forget_on_drop(&self) -> ForgetOnDrop<'_> {
        ForgetOnDrop(self)
    }

    pub(super) fn forget(&self) {
        self.epoch.forget();
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Talk> {
        self.talk.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets everything when it is dropped: also where a client hangs up.
pub(crate) struct ForgetOnDrop<'a>(&'a Viewers);

impl Drop for ForgetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.forget();
    }
}
