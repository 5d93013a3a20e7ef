//! Who is signed in, and who the users are that records name, remembered for a moment.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};
use entity::user;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::Viewer;
use crate::memory::{Epoch, Memory};

/// The viewers and users of the last two seconds, and what the servers tell each other of them. Cheap to clone.
#[derive(Clone)]
pub struct Viewers {
    epoch: Epoch,
    by_session: Memory<Uuid, Viewer>,
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
        let (by_session, users) = (Memory::new(epoch.clone()), Memory::new(epoch.clone()));
        Self { epoch, by_session, users, talk: Arc::default() }
    }
}

impl Viewers {
    /// A memory of something else, which is forgotten with this one.
    pub(crate) fn memory<K: Eq + Hash, V: Clone>(&self) -> Memory<K, V> {
        Memory::new(self.epoch.clone())
    }

    /// The viewer of a session, if remembered.
    pub(super) fn find(&self, session_id: Uuid, user_id: Uuid, now: DateTime<Utc>) -> Option<Viewer> {
        self.by_session.get(&session_id, now).filter(|viewer| viewer.user.id == user_id)
    }

    /// To be asked before the database is, and handed to [`Viewers::remember`].
    pub(super) fn epoch(&self) -> u64 {
        self.epoch.now()
    }

    /// Remembers a viewer who was read from the database since `epoch`.
    pub(super) fn remember(&self, epoch: u64, viewer: &Viewer, now: DateTime<Utc>) {
        self.by_session.keep(epoch, [(viewer.session_id, viewer.clone())], now);
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
