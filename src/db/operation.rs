//! For whom a statement runs, which decides the connections that it may use, and how many an operation may use at a time.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

/// How many connections one operation uses at a time.
const AT_A_TIME: usize = 2;

tokio::task_local! {
    static OPERATION: Operation;
}

/// For whom a statement runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Who {
    /// The process itself, or the command line.
    Server,
    /// All requests, before any of them can go on: who is asking, and is the server ready?
    LookUp,
    /// Somebody who is not signed in, and may want to be.
    Nobody,
    /// A signed-in user.
    User(Uuid),
}

/// What the statements of one operation have in common. Clones are the same operation.
#[derive(Clone, Debug)]
pub(crate) struct Operation {
    who: Who,
    turns: Arc<Semaphore>,
    gave_up: Arc<AtomicBool>,
}

impl Operation {
    pub(crate) fn new(who: Who) -> Self {
        Self { who, turns: Arc::new(Semaphore::new(AT_A_TIME)), gave_up: Arc::default() }
    }

    /// An operation of `user`, or of somebody who is not signed in.
    pub(crate) fn of(user: Option<Uuid>) -> Self {
        Self::new(user.map_or(Who::Nobody, Who::User))
    }

    /// Has the statements of `work` belong to this operation. What `work` spawns does not, unless it says so itself.
    pub(crate) async fn run<T>(&self, work: impl Future<Output = T>) -> T {
        OPERATION.scope(self.clone(), work).await
    }

    /// The operation that runs; the process's own work is none.
    pub(super) fn current() -> Option<Self> {
        OPERATION.try_with(Clone::clone).ok()
    }

    pub(super) fn who(&self) -> Who {
        self.who
    }

    /// Waits until the operation may use another connection.
    pub(super) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        // Never closed.
        self.turns.clone().acquire_owned().await.ok()
    }

    /// Whether it waited in vain for a connection. What comes after that is refused at once, so that ten do not take ten
    /// times as long.
    pub(super) fn gave_up(&self) -> bool {
        self.gave_up.load(Ordering::Relaxed)
    }

    pub(super) fn give_up(&self) {
        self.gave_up.store(true, Ordering::Relaxed);
    }
}

/// The user whose operation runs; `None` where nobody is signed in, and for the process's own work.
pub(crate) fn current_user() -> Option<Uuid> {
    match Operation::current()?.who {
        Who::User(user) => Some(user),
        _ => None,
    }
}

/// Has the statements of `work` use the connections that are kept for what every request waits for.
pub(crate) async fn look_up<T>(work: impl Future<Output = T>) -> T {
    Operation::new(Who::LookUp).run(work).await
}
