//! The threads that passwords are hashed on: a core fewer than there are, and of the lowest rank, so that
//! people who sign in leave the others their answers.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

use tokio::sync::oneshot;

use crate::error::{Error, Result};

/// How much nicer the threads are than the rest of the process: 10 more of 19, and they get about a tenth of a core that
/// others want, too.
#[cfg(target_os = "linux")]
const NICENESS: i32 = 10;

type Job = Box<dyn FnOnce() + Send>;

/// Work stands in line for the next thread that is free. The threads end with the last clone.
#[derive(Clone)]
pub struct Threads(Sender<Job>);

impl Threads {
    /// Starts the threads.
    ///
    /// # Panics
    /// When the system has no thread to spare.
    pub fn start() -> Self {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let (jobs, queue) = channel();
        let queue = Arc::new(Mutex::new(queue));
        for number in 0..cores.saturating_sub(1).max(1) {
            let queue = queue.clone();
            let thread = thread::Builder::new().name(format!("passwords-{number}"));
            thread.spawn(move || work_off(&queue)).expect("a thread to hash passwords on");
        }
        Self(jobs)
    }

    /// Does `work` on one of the threads, unless nobody waits for it any more when its turn comes.
    pub async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let (reply, outcome) = oneshot::channel();
        let job = move || {
            if !reply.is_closed() {
                // Whoever asked may have left meanwhile.
                let _ = reply.send(work());
            }
        };
        self.0.send(Box::new(job)).map_err(Error::internal)?;
        outcome.await.map_err(Error::internal)
    }
}

fn work_off(queue: &Mutex<Receiver<Job>>) {
    step_back();
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        // Who asked learns of a panic from the reply that never comes; the thread goes on.
        let _ = catch_unwind(AssertUnwindSafe(job));
    }
}

/// Lets other threads go first, where the system knows such a thing.
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

    #[tokio::test]
    async fn work_is_done_and_a_panic_costs_nobody_else_anything() {
        let threads = Threads::start();
        for _ in 0..64 {
            assert!(threads.run(|| -> () { panic!("on purpose") }).await.is_err());
        }
        assert_eq!(threads.run(|| 6 * 7).await.unwrap(), 42);
    }

    #[tokio::test]
    async fn what_nobody_waits_for_is_not_done() {
        let (threads, (open, gate)) = (Threads::start(), channel::<()>());
        let gate = Arc::new(Mutex::new(gate));
        let all: Vec<_> = (0..thread::available_parallelism().map_or(1, usize::from))
            .map(|_| {
                let (threads, gate) = (threads.clone(), gate.clone());
                tokio::spawn(async move { threads.run(move || gate.lock().unwrap().recv().is_ok()).await })
            })
            .collect();
        tokio::task::yield_now().await;
        let (done, is_done) = channel();
        assert!(
            tokio::time::timeout(std::time::Duration::from_millis(1), threads.run(move || done.send(())))
                .await
                .is_err()
        );
        drop(open);
        for one in all {
            assert!(!one.await.unwrap().unwrap());
        }
        threads.run(|| ()).await.unwrap();
        assert!(is_done.recv().is_err());
    }
}
