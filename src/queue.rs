//! Who may go on with what takes long, and who waits: each user has a limited number of places, and so have all together.
//! First come, first served.

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

/// The places for one kind of work.
pub(crate) struct Queue {
    per_user: usize,
    all: Arc<Semaphore>,
    /// How long one waits for a place of one's own, and then for one of all.
    longest: Duration,
    users: Mutex<HashMap<Uuid, Weak<Semaphore>>>,
}

/// A place, until it is dropped.
pub(crate) struct Place {
    _permits: Vec<OwnedSemaphorePermit>,
}

impl Queue {
    /// So many places for each user, and for all together; nobody has one yet.
    pub(crate) fn new(per_user: usize, all: usize, longest: Duration) -> Self {
        Self { per_user, all: Arc::new(Semaphore::new(all)), longest, users: Mutex::default() }
    }

    /// Waits for a place for `user`.
    ///
    /// # Errors
    /// `RATE_LIMITED` where the user's own work is in the way for too long, `UNAVAILABLE` where that of all is; both with
    /// `retryAfter`, in seconds.
    pub(crate) async fn take(&self, user: Option<Uuid>) -> Result<Place> {
        let own = user.map(|user| self.of(user));
        let mut permits = Vec::with_capacity(2);
        if let Some(own) = &own {
            permits.push(self.wait(own).await.ok_or_else(own_in_the_way)?);
        }
        permits.push(self.wait(&self.all).await.ok_or_else(others_in_the_way)?);
        Ok(Place { _permits: permits })
    }

    fn of(&self, user: Uuid) -> Arc<Semaphore> {
        let mut users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(places) = users.get(&user).and_then(Weak::upgrade) {
            return places;
        }
        users.retain(|_, places| places.strong_count() > 0);
        let places = Arc::new(Semaphore::new(self.per_user));
        users.insert(user, Arc::downgrade(&places));
        places
    }

    /// A permit, in the order in which they were asked for; `None` after too long.
    async fn wait(&self, places: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
        timeout(self.longest, Arc::clone(places).acquire_owned()).await.ok()?.ok()
    }
}

fn own_in_the_way() -> Error {
    let message = "Too many of your operations are running. Wait for their answers, and try again.";
    Error::new(ErrorCode::RateLimited, message).with("retryAfter", 1)
}

fn others_in_the_way() -> Error {
    let message = "The server is busy with other operations. Try again in a moment.";
    Error::new(ErrorCode::Unavailable, message).with("retryAfter", 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn refusal(queue: &Queue, user: Uuid) -> Option<ErrorCode> {
        queue.take(Some(user)).await.err().map(|error| error.code())
    }

    #[tokio::test]
    async fn a_user_has_so_many_places_and_so_have_all() {
        let queue = Queue::new(2, 3, Duration::ZERO);
        let (ada, ben, cora) = (Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
        let first = queue.take(Some(ada)).await.unwrap();
        let _second = queue.take(Some(ada)).await.unwrap();
        assert_eq!(refusal(&queue, ada).await, Some(ErrorCode::RateLimited));
        let _third = queue.take(Some(ben)).await.unwrap();
        assert_eq!(refusal(&queue, cora).await, Some(ErrorCode::Unavailable));
        drop(first);
        assert_eq!(refusal(&queue, cora).await, None);
    }

    #[tokio::test]
    async fn nothing_is_remembered_of_users_who_have_no_place() {
        let queue = Queue::new(1, 1, Duration::ZERO);
        for _ in 0..100 {
            drop(queue.take(Some(Uuid::now_v7())).await.unwrap());
        }
        assert!(queue.users.lock().unwrap().len() <= 1);
    }
}
