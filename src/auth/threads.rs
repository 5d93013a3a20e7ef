//! The threads that passwords are hashed on: one fewer than there are cores, and at low priority, so that sign-ins do not
//! keep the others waiting for their answers.
//!
//! Work waits in lanes, one for each account and network. A lane has one piece of work done at a time, and the next piece
//! is that of the network, then of the lane, that was served longest ago: somebody who signs in over and over waits for
//! themselves, and the people of an office who all sign in at nine are served in the order in which they came.

use std::{
    collections::{HashMap, VecDeque},
    net::IpAddr,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use chrono::TimeDelta;
use tokio::sync::oneshot;

use super::network::{area, rate_limited};
use crate::error::{Error, Result};

/// The niceness of the threads, above that of the rest of the process. At 10 of 19 they get about a tenth of a core that
/// others want too.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;
/// How much work may wait in one lane, in the lanes of one network, and in all.
const MOST_IN_LANE: usize = 32;
const MOST_IN_NETWORK: usize = 256;
const MOST: usize = 1024;
/// How many lanes are remembered as served; one more, and all are forgotten.
const MOST_SERVED: usize = 4 * MOST;

type Job = Box<dyn FnOnce() + Send>;

/// Whose work it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Lane {
    network: Option<String>,
    account: String,
}

impl Lane {
    /// The lane of an account, or of an e-mail address that may be one, for somebody at `address`.
    #[must_use]
    pub fn of(address: Option<IpAddr>, account: &str) -> Self {
        Self { network: address.map(area), account: account.to_owned() }
    }
}

/// The threads, and the work that waits for the next free one. The threads end with the last clone.
#[derive(Clone)]
pub(super) struct Threads(Arc<Line>);

impl Threads {
    /// Starts the threads.
    ///
    /// # Panics
    /// When the system has no thread to spare.
    pub(super) fn start() -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let line = Line(Arc::default());
        for number in 0..cores.saturating_sub(1).max(1) {
            let shared = line.0.clone();
            let thread = thread::Builder::new().name(format!("passwords-{number}"));
            thread.spawn(move || work_off(&shared)).expect("a thread to hash passwords on");
        }
        Self(Arc::new(line))
    }

    /// Does `work` on one of the threads, unless nobody waits for it any more when its turn comes.
    ///
    /// # Errors
    /// `RATE_LIMITED` where too much waits already.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        lane: Lane,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let (reply, outcome) = oneshot::channel();
        let job = move || {
            if !reply.is_closed() {
                // The receiver is gone if the request was dropped.
                let _ = reply.send(work());
            }
        };
        self.0.push(lane, Box::new(job))?;
        outcome.await.map_err(Error::internal)
    }
}

/// Closes the queue when it is dropped.
struct Line(Arc<Shared>);

impl Line {
    fn push(&self, lane: Lane, job: Job) -> Result<()> {
        let mut queue = self.0.lock();
        if !queue.has_room(&lane) {
            return Err(rate_limited(TimeDelta::seconds(1)));
        }
        queue.waiting.push_back((lane, job));
        drop(queue);
        self.0.wake.notify_one();
        Ok(())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.0.lock().is_closed = true;
        self.0.wake.notify_all();
    }
}

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    wake: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The next piece of work, once there is one; `None` when the queue was closed.
    fn next(&self) -> Option<(Lane, Job)> {
        let mut queue = self.lock();
        loop {
            if let Some(next) = queue.take() {
                return Some(next);
            }
            if queue.is_closed {
                return None;
            }
            queue = self.wake.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<(Lane, Job)>,
    running: Vec<Lane>,
    /// When each network and each lane was served last, counted in turns.
    networks: HashMap<Option<String>, u64>,
    lanes: HashMap<Lane, u64>,
    turn: u64,
    is_closed: bool,
}

impl Queue {
    fn has_room(&self, lane: &Lane) -> bool {
        let waiting = |is_meant: &dyn Fn(&Lane) -> bool| self.waiting.iter().filter(|(it, _)| is_meant(it)).count();
        self.waiting.len() < MOST
            && waiting(&|it| it == lane) < MOST_IN_LANE
            && waiting(&|it| it.network == lane.network) < MOST_IN_NETWORK
    }

    fn take(&mut self) -> Option<(Lane, Job)> {
        let free = self.waiting.iter().enumerate().filter(|(_, (lane, _))| !self.running.contains(lane));
        let (next, _) = free.min_by_key(|(number, (lane, _))| {
            (self.networks.get(&lane.network).copied(), self.lanes.get(lane).copied(), *number)
        })?;
        let (lane, job) = self.waiting.remove(next)?;
        if self.lanes.len() >= MOST_SERVED {
            self.networks.clear();
            self.lanes.clear();
        }
        self.turn += 1;
        self.networks.insert(lane.network.clone(), self.turn);
        self.lanes.insert(lane.clone(), self.turn);
        self.running.push(lane.clone());
        Some((lane, job))
    }

    fn finish(&mut self, lane: &Lane) {
        self.running.retain(|it| it != lane);
    }
}

fn work_off(shared: &Shared) {
    step_back();
    while let Some((lane, job)) = shared.next() {
        // The request learns of a panic from the reply that never comes; the thread goes on.
        let _ = catch_unwind(AssertUnwindSafe(job));
        shared.lock().finish(&lane);
    }
}

/// Lowers this thread's priority, where the system has one for each thread.
fn step_back() {
    // On Linux each thread has a niceness of its own.
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{getpriority_process, setpriority_process};

        let stepped = getpriority_process(None).and_then(|now| setpriority_process(None, now + NICENESS));
        if let Err(error) = stepped {
            tracing::warn!(%error, "passwords are hashed at the same priority as everything else");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lane(network: u8, account: &str) -> Lane {
        Lane::of(Some([192, 0, network, 1].into()), account)
    }

    #[tokio::test]
    async fn work_is_done_and_a_panic_costs_nobody_else_anything() {
        let threads = Threads::start();
        for _ in 0..64 {
            assert!(threads.run(Lane::default(), || -> () { panic!("on purpose") }).await.is_err());
        }
        assert_eq!(threads.run(Lane::default(), || 6 * 7).await.unwrap(), 42);
    }

    #[test]
    fn whoever_was_served_longest_ago_is_next() {
        let mut queue = Queue::default();
        let busy = (0..3).map(|_| lane(1, "busy")).chain((0..2).map(|_| lane(1, "colleague")));
        let others = [lane(2, "other"), lane(3, "new")];
        queue.waiting.extend(busy.chain(others).map(|lane| (lane, Box::new(|| ()) as Job)));
        let mut order = Vec::new();
        while let Some((lane, _)) = queue.take() {
            queue.finish(&lane);
            order.push(lane.account);
        }
        assert_eq!(order, ["busy", "other", "new", "colleague", "busy", "colleague", "busy"]);
    }

    #[test]
    fn a_lane_has_one_piece_of_work_done_at_a_time() {
        let mut queue = Queue::default();
        queue.waiting.extend([lane(1, "a"), lane(1, "a")].map(|lane| (lane, Box::new(|| ()) as Job)));
        let (first, _) = queue.take().unwrap();
        assert!(queue.take().is_none());
        queue.finish(&first);
        assert!(queue.take().is_some());
    }

    #[test]
    fn a_lane_and_a_network_can_be_full_while_others_are_not() {
        let mut queue = Queue::default();
        let fill = |queue: &mut Queue, lane: &Lane| queue.waiting.push_back((lane.clone(), Box::new(|| ())));
        for _ in 0..MOST_IN_LANE {
            assert!(queue.has_room(&lane(1, "a")));
            fill(&mut queue, &lane(1, "a"));
        }
        assert!(!queue.has_room(&lane(1, "a")) && queue.has_room(&lane(2, "a")));
        for account in MOST_IN_LANE..MOST_IN_NETWORK {
            fill(&mut queue, &lane(1, &account.to_string()));
        }
        assert!(!queue.has_room(&lane(1, "b")) && queue.has_room(&lane(2, "b")));
    }
}
