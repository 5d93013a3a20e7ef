//! [`Load`]: writers that go on until they are told to stop, and the [`Tally`] of what they were told.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::task::JoinSet;

use crate::client::{Answer, Client};

const WRITERS: usize = 8;
/// How long a writer rests after a request that came to nothing.
const REST: Duration = Duration::from_millis(20);

/// Writers at work.
pub struct Load {
    stop: Arc<AtomicBool>,
    writers: JoinSet<Tally>,
}

/// What became of the writers' records, by their keys.
#[derive(Default)]
pub struct Tally {
    /// Those that were acknowledged.
    pub acknowledged: BTreeSet<String>,
    /// Those whose answer never came, or was that nothing could be done.
    pub unknown: BTreeSet<String>,
    /// The answers that nothing could be done.
    pub refusals: Vec<Answer>,
}

impl Load {
    /// Eight writers; the keys of their records begin with `name`.
    pub fn start(client: &Client, name: &str) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let mut writers = JoinSet::new();
        for writer in 0..WRITERS {
            let (client, stop, name) = (client.clone(), stop.clone(), format!("{name}-{writer}"));
            writers.spawn(async move { write(&client, &stop, &name).await });
        }
        Self { stop, writers }
    }

    /// Lets the writers finish what they are at.
    pub async fn finish(self) -> Tally {
        self.stop.store(true, Ordering::Relaxed);
        let mut whole = Tally::default();
        for part in self.writers.join_all().await {
            whole.acknowledged.extend(part.acknowledged);
            whole.unknown.extend(part.unknown);
            whole.refusals.extend(part.refusals);
        }
        assert!(!whole.acknowledged.is_empty(), "nothing was written at all");
        whole
    }
}

async fn write(client: &Client, stop: &AtomicBool, name: &str) -> Tally {
    let mut tally = Tally::default();
    for n in 0.. {
        if stop.load(Ordering::Relaxed) {
            break;
        }
        let key = format!("{name}-{n}");
        match client.create(&key).await {
            Ok(answer) if answer.is_ok() => {
                tally.acknowledged.insert(key);
                continue;
            }
            Ok(answer) => tally.refusals.push(answer),
            Err(_) => {}
        }
        tally.unknown.insert(key);
        tokio::time::sleep(REST).await;
    }
    tally
}

impl Tally {
    /// Sends again what got no answer; the keys see to it that nothing is entered twice.
    pub async fn resend(&mut self, client: &Client) {
        for key in std::mem::take(&mut self.unknown) {
            client.create(&key).await.unwrap().ok();
            self.acknowledged.insert(key);
        }
    }

    /// Fails unless `notes` are those of each acknowledged record, once, and of others that were sent.
    pub fn assert_kept(&self, notes: &[String]) {
        let kept: BTreeSet<_> = notes.iter().cloned().collect();
        assert_eq!(kept.len(), notes.len(), "something was entered twice");
        let lost: Vec<_> = self.acknowledged.difference(&kept).collect();
        assert!(lost.is_empty(), "acknowledged and lost: {lost:?}");
        let strange: Vec<_> =
            kept.iter().filter(|key| !self.acknowledged.contains(*key) && !self.unknown.contains(*key)).collect();
        assert!(strange.is_empty(), "nobody sent {strange:?}");
    }
}
