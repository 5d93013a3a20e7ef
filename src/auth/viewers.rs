//! A cache of the users who are signed in, and of those whom records name, so that a request need not ask the database
//! again.
//!
//! A change of a user, and one that takes a right away, says so ([`crate::change::Change::revokes`]). Everybody is then
//! forgotten before the change is acknowledged: in this process, and through [`super::bulletin`] in other servers on the
//! same PostgreSQL. Where no notification comes through (another process on SQLite, a broken connection), a user is
//! remembered for [`AGE`] at most.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use entity::user;
use tokio::sync::oneshot;
use uuid::Uuid;

use super::Viewer;

/// How long a viewer is remembered.
pub(super) const AGE: TimeDelta = TimeDelta::seconds(2);
/// How many are remembered; one more, and all are forgotten.
const MOST: usize = 10_000;

/// The viewers and users of the last two seconds. Cheap to clone.
#[derive(Clone, Default)]
pub struct Viewers(Arc<Mutex<Remembered>>);

#[derive(Default)]
pub(super) struct Remembered {
    by_session: HashMap<Uuid, (Viewer, DateTime<Utc>)>,
    users: HashMap<Uuid, (Arc<user::Model>, DateTime<Utc>)>,
    /// Rises whenever all are forgotten: what was read before is not remembered after.
    epoch: u64,
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

fn is_fresh(since: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    (TimeDelta::zero()..AGE).contains(&(now - since))
}

impl Viewers {
    /// The viewer of a session, if remembered.
    pub(super) fn find(&self, session_id: Uuid, user_id: Uuid, now: DateTime<Utc>) -> Option<Viewer> {
        let remembered = self.lock();
        let (viewer, since) = remembered.by_session.get(&session_id)?;
        (is_fresh(*since, now) && viewer.user.id == user_id).then(|| viewer.clone())
    }

    /// The user with this id, if remembered.
    pub(crate) fn find_user(&self, id: Uuid, now: DateTime<Utc>) -> Option<Arc<user::Model>> {
        let remembered = self.lock();
        let (user, since) = remembered.users.get(&id)?;
        is_fresh(*since, now).then(|| user.clone())
    }

    /// To be asked before the database is, and handed to [`Viewers::remember`] and [`Viewers::remember_users`].
    pub(crate) fn epoch(&self) -> u64 {
        self.lock().epoch
    }

    /// Remembers a viewer who was read from the database since `epoch`.
    pub(super) fn remember(&self, epoch: u64, viewer: &Viewer, now: DateTime<Utc>) {
        let mut remembered = self.lock();
        if remembered.epoch != epoch {
            return;
        }
        if remembered.by_session.len() >= MOST {
            remembered.by_session.clear();
        }
        remembered.by_session.insert(viewer.session_id, (viewer.clone(), now));
    }

    /// Remembers users who were read from the database since `epoch`.
    pub(crate) fn remember_users(&self, epoch: u64, users: &[Arc<user::Model>], now: DateTime<Utc>) {
        let mut remembered = self.lock();
        if remembered.epoch != epoch {
            return;
        }
        if remembered.users.len() + users.len() > MOST {
            remembered.users.clear();
        }
        remembered.users.extend(users.iter().map(|user| (user.id, (user.clone(), now))));
    }

    /// Forgets everybody when what it gives is dropped.
    pub(crate) fn forget_on_drop(&self) -> ForgetOnDrop<'_> {
        ForgetOnDrop(self)
    }

    pub(super) fn forget(&self) {
        let mut remembered = self.lock();
        remembered.epoch += 1;
        remembered.by_session.clear();
        remembered.users.clear();
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets everybody when it is dropped: also where a client hangs up.
pub(crate) struct ForgetOnDrop<'a>(&'a Viewers);

impl Drop for ForgetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.forget();
    }
}
