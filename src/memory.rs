//! Rows that seldom change, remembered for a moment, so that a request need not ask the database for them again.
//!
//! A change of such rows says so ([`crate::change::Change::forgets`]), and everything is forgotten at once, before the
//! change is acknowledged: in this process, and by way of [`crate::auth::Viewers::listen`] in other servers on the same
//! PostgreSQL. Where no notification comes through (another process on SQLite, a broken connection), what is remembered
//! is good for [`AGE`] at the most.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use chrono::{DateTime, TimeDelta, Utc};

/// How long a row is remembered.
pub(crate) const AGE: TimeDelta = TimeDelta::seconds(2);
/// How many rows of a kind are remembered; one more, and all of them are forgotten.
const MOST: usize = 10_000;

/// How often everything was forgotten. What was read before is not remembered after. Clones are the same.
#[derive(Clone, Debug, Default)]
pub struct Epoch(Arc<AtomicU64>);

impl Epoch {
    /// To be asked before the database is, and handed to [`Memory::keep`].
    pub(crate) fn now(&self) -> u64 {
        self.0.load(Ordering::Acquire)
    }

    /// Forgets everything.
    pub(crate) fn forget(&self) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}

/// Rows of one kind that were read in the last two seconds. Clones share them.
#[derive(Debug)]
pub struct Memory<K, V> {
    epoch: Epoch,
    rows: Arc<Mutex<HashMap<K, Kept<V>>>>,
}

#[derive(Debug)]
struct Kept<V> {
    row: V,
    epoch: u64,
    since: DateTime<Utc>,
}

impl<K, V> Clone for Memory<K, V> {
    fn clone(&self) -> Self {
        Self { epoch: self.epoch.clone(), rows: self.rows.clone() }
    }
}

impl<K: Eq + Hash, V: Clone> Memory<K, V> {
    /// Nothing is remembered yet.
    #[must_use]
    pub(crate) fn new(epoch: Epoch) -> Self {
        Self { epoch, rows: Arc::default() }
    }

    /// What is to be asked before the database is.
    pub(crate) fn epoch(&self) -> u64 {
        self.epoch.now()
    }

    /// The row with this key, if it is remembered.
    pub(crate) fn get(&self, key: &K, now: DateTime<Utc>) -> Option<V> {
        let rows = self.lock();
        let kept = rows.get(key)?;
        let is_fresh = kept.epoch == self.epoch.now() && (TimeDelta::zero()..AGE).contains(&(now - kept.since));
        is_fresh.then(|| kept.row.clone())
    }

    /// Remembers rows that were read from the database since `epoch`.
    pub(crate) fn keep(&self, epoch: u64, rows: impl IntoIterator<Item = (K, V)>, now: DateTime<Utc>) {
        let mut kept = self.lock();
        if self.epoch.now() != epoch {
            return;
        }
        for (key, row) in rows {
            if kept.len() >= MOST {
                kept.clear();
            }
            kept.insert(key, Kept { row, epoch, since: now });
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, Kept<V>>> {
        self.rows.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
