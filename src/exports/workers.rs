//! Who writes a file when: two at a time on this server, one for each user. First come, first served.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::timeout,
};
use uuid::Uuid;

use crate::error::{Error, ErrorCode, Result};

/// The most files that are written at a time.
const MOST: usize = 2;
/// How long one waits for its turn.
const LONGEST_WAIT: Duration = Duration::from_secs(20);

/// The turns of this server.
pub(super) struct Workers {
    all: Arc<Semaphore>,
    users: Mutex<HashMap<Uuid, Weak<Semaphore>>>,
    longest: Duration,
}

/// A turn, until it is dropped.
pub(super) struct Turn {
    _all: OwnedSemaphorePermit,
    _own: OwnedSemaphorePermit,
    _user: Arc<Semaphore>,
}

impl Workers {
    /// Each has one of the `connections` that users read on: half of them are left to the rest.
    pub(super) fn new(connections: usize) -> Self {
        let all = Arc::new(Semaphore::new((connections / 2).clamp(1, MOST)));
        Self { all, users: Mutex::default(), longest: LONGEST_WAIT }
    }

    /// Waits until a file may be written for `user`.
    ///
    /// # Errors
    /// `UNAVAILABLE`, with `retryAfter` in seconds, after too long.
    pub(super) async fn take(&self, user: Uuid) -> Result<Turn> {
        let user = self.of(user);
        let both = async {
            // One's own first, so that nobody who waits for that keeps the others waiting.
            let own = user.clone().acquire_owned().await.ok()?;
            let all = self.all.clone().acquire_owned().await.ok()?;
            Some((own, all))
        };
        let (own, all) = timeout(self.longest, both).await.ok().flatten().ok_or_else(busy)?;
        Ok(Turn { _all: all, _own: own, _user: user })
    }

    fn of(&self, user: Uuid) -> Arc<Semaphore> {
        let mut users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = users.get(&user).and_then(Weak::upgrade) {
            return own;
        }
        users.retain(|_, own| own.strong_count() > 0);
        let own = Arc::new(Semaphore::new(1));
        users.insert(user, Arc::downgrade(&own));
        own
    }
}

fn busy() -> Error {
    let message = "The server is busy with other exports. Try again in a moment.";
    Error::new(ErrorCode::Unavailable, message).with("retryAfter", 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workers(connections: usize) -> Workers {
        Workers { longest: Duration::ZERO, ..Workers::new(connections) }
    }

    #[tokio::test]
    async fn two_files_are_written_at_a_time_one_for_each_user() {
        let (workers, ada, ben, cora) = (workers(8), Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
        let first = workers.take(ada).await.unwrap();
        assert_eq!(workers.take(ada).await.err().unwrap().code(), ErrorCode::Unavailable);
        let _second = workers.take(ben).await.unwrap();
        assert!(workers.take(cora).await.is_err());
        drop(first);
        let _third = workers.take(cora).await.unwrap();
        assert!(workers.users.lock().unwrap().len() <= 3);
    }

    #[tokio::test]
    async fn half_of_the_connections_are_left_to_the_rest() {
        for (connections, most) in [(1, 1), (2, 1), (3, 1), (4, 2), (100, 2)] {
            assert_eq!(workers(connections).all.available_permits(), most, "{connections}");
        }
    }
}
