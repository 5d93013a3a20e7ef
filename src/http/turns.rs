//! Which operation runs when: each user has a limited number at a time, and so have all together; those with scans take
//! turns. First come, first served.

use std::time::Duration;

use uuid::Uuid;

use crate::{
    error::Result,
    limits::Limits,
    queue::{Place, Queue},
};

/// How many operations with scans run at a time.
const MOST_SCANS: usize = 2;
/// How long an operation waits for its turn.
const LONGEST_WAIT: Duration = Duration::from_secs(2);
/// How long one with scans waits: each of those before it may take as long as a statement may.
const LONGEST_WAIT_TO_SCAN: Duration = Duration::from_secs(20);

/// The turns of this server.
pub struct Turns {
    operations: Queue,
    scans: Queue,
}

/// A turn, until it is dropped.
pub struct Turn {
    _operation: Place,
    _scan: Option<Place>,
}

impl Turns {
    /// Nobody has a turn yet.
    pub fn new(limits: &Limits) -> Self {
        Self::of(limits, LONGEST_WAIT, LONGEST_WAIT_TO_SCAN)
    }

    fn of(limits: &Limits, longest: Duration, longest_to_scan: Duration) -> Self {
        Self {
            operations: Queue::new(limits.max_operations_per_user, limits.max_operations, longest),
            scans: Queue::new(1, MOST_SCANS, longest_to_scan),
        }
    }

    /// Waits for the turn of an operation of `user`.
    ///
    /// # Errors
    /// See [`Queue::take`].
    pub async fn take(&self, user: Option<Uuid>, is_scan: bool) -> Result<Turn> {
        let scan = if is_scan { Some(self.scans.take(user).await?) } else { None };
        Ok(Turn { _operation: self.operations.take(user).await?, _scan: scan })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{error::ErrorCode, limits::defaults};

    fn turns() -> Turns {
        let limits = Limits { max_operations: 3, max_operations_per_user: 2, ..defaults() };
        Turns::of(&limits, Duration::ZERO, Duration::ZERO)
    }

    async fn refusal(turns: &Turns, user: Uuid, is_scan: bool) -> Option<ErrorCode> {
        turns.take(Some(user), is_scan).await.err().map(|error| error.code())
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
}
