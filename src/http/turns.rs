//! Which operation runs when: each user has a limited number at a time, and so have all together; those with scans take
//! turns. First come, first served.

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

use crate::{
    error::{Error, ErrorCode, Result},
    limits::Limits,
};

/// How many operations with scans run at a time.
const MOST_SCANS: usize = 2;
/// How long an operation waits for its turn.
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// How long one with scans waits: each of those before it may take as long as a statement may.
const LONGEST_WAIT_TO_SCAN: Duration = Duration::from_secs(20);

/// The turns of this server.
pub struct Turns {
    /// How long an operation waits, and how long one with scans.
    longest: (Duration, Duration),
    per_user: usize,
    all: Arc<Semaphore>,
    scans: Arc<Semaphore>,
    users: Mutex<HashMap<Uuid, Weak<UserTurns>>>,
}

struct UserTurns {
    operations: Arc<Semaphore>,
    scan: Arc<Semaphore>,
}

/// A turn, until it is dropped.
pub struct Turn(Vec<OwnedSemaphorePermit>, Option<Arc<UserTurns>>);

impl Turns {
    /// Nobody has a turn yet.
    pub fn new(limits: &Limits) -> Self {
        Self {
            longest: (LONGEST_WAIT, LONGEST_WAIT_TO_SCAN),
            per_user: limits.max_operations_per_user,
            all: Arc::new(Semaphore::new(limits.max_operations)),
            scans: Arc::new(Semaphore::new(MOST_SCANS)),
            users: Mutex::default(),
        }
    }

    /// Waits for the turn of an operation of `user`.
    ///
    /// # Errors
    /// `RATE_LIMITED` where the user's own operations are in the way for too long, `UNAVAILABLE` where those of all are;
    /// both with `retryAfter`, in seconds.
    pub async fn take(&self, user: Option<Uuid>, is_scan: bool) -> Result<Turn> {
        let mut turn = Turn(Vec::new(), user.map(|user| self.of(user)));
        let own = turn.1.clone();
        let (longest, longest_to_scan) = self.longest;
        if is_scan {
            if let Some(own) = &own {
                turn.0.push(wait(&own.scan, longest_to_scan).await.ok_or_else(own_in_the_way)?);
            }
            turn.0.push(wait(&self.scans, longest_to_scan).await.ok_or_else(others_in_the_way)?);
        }
        if let Some(own) = &own {
            turn.0.push(wait(&own.operations, longest).await.ok_or_else(own_in_the_way)?);
        }
        turn.0.push(wait(&self.all, longest).await.ok_or_else(others_in_the_way)?);
        Ok(turn)
    }

    fn of(&self, user: Uuid) -> Arc<UserTurns> {
        let mut users = self.users.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(turns) = users.get(&user).and_then(Weak::upgrade) {
            return turns;
        }
        users.retain(|_, turns| turns.strong_count() > 0);
        let turns =
            UserTurns { operations: Arc::new(Semaphore::new(self.per_user)), scan: Arc::new(Semaphore::new(1)) };
        let turns = Arc::new(turns);
        users.insert(user, Arc::downgrade(&turns));
        turns
    }
}

/// A permit, in the order in which they were asked for; `None` after too long.
async fn wait(turns: &Arc<Semaphore>, longest: Duration) -> Option<OwnedSemaphorePermit> {
    timeout(longest, Arc::clone(turns).acquire_owned()).await.ok()?.ok()
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
    use crate::limits::defaults;

    fn turns() -> Turns {
        let limits = Limits { max_operations: 3, max_operations_per_user: 2, ..defaults() };
        Turns { longest: (Duration::ZERO, Duration::ZERO), ..Turns::new(&limits) }
    }

    async fn refusal(turns: &Turns, user: Uuid, is_scan: bool) -> Option<ErrorCode> {
        turns.take(Some(user), is_scan).await.err().map(|error| error.code())
    }

    #[tokio::test]
    async fn a_user_has_so_many_operations_at_a_time_and_so_have_all() {
        let (turns, ada, ben, cora) = (turns(), Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
        let first = turns.take(Some(ada), false).await.unwrap();
        let _second = turns.take(Some(ada), false).await.unwrap();
        assert_eq!(refusal(&turns, ada, false).await, Some(ErrorCode::RateLimited));
        let _third = turns.take(Some(ben), false).await.unwrap();
        assert_eq!(refusal(&turns, cora, false).await, Some(ErrorCode::Unavailable));
        drop(first);
        assert_eq!(refusal(&turns, cora, false).await, None);
    }

    #[tokio::test]
    async fn scans_run_one_at_a_time_per_user_and_two_in_all() {
        let (turns, ada, ben, cora) = (turns(), Uuid::now_v7(), Uuid::now_v7(), Uuid::now_v7());
        let first = turns.take(Some(ada), true).await.unwrap();
        assert_eq!(refusal(&turns, ada, true).await, Some(ErrorCode::RateLimited));
        assert_eq!(refusal(&turns, ada, false).await, None, "what is no scan does not wait for one");
        let _second = turns.take(Some(ben), true).await.unwrap();
        assert_eq!(refusal(&turns, cora, true).await, Some(ErrorCode::Unavailable));
        drop(first);
        assert_eq!(refusal(&turns, cora, true).await, None);
    }

    #[tokio::test]
    async fn nothing_is_remembered_of_users_who_have_no_turn() {
        let turns = turns();
        for _ in 0..100 {
            drop(turns.take(Some(Uuid::now_v7()), false).await.unwrap());
        }
        assert!(turns.users.lock().unwrap().len() <= 1);
    }
}
