//! Failures that are counted in this process: what costs the database nothing but a look must not cost it a write.
//!
//! For tokens, which have too many random bits to be guessed: the limit is about load, so that each server may have
//! its own. Guesses at passwords are counted in the database, by [`super::Attempts`].

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::network::{network, rate_limited};
use crate::error::Result;

/// How many failures a source has in each [`WINDOW`].
const FREE: u32 = 20;
const WINDOW: TimeDelta = TimeDelta::minutes(1);
/// How many sources are remembered; one more, and all are forgotten.
const MOST: usize = 10_000;

/// Where failures come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Source {
    /// The network of an address.
    Network(IpAddr),
    /// Whoever holds a token of this session.
    Session(Uuid),
}

impl Source {
    /// The network that `address` stands for.
    pub(crate) fn address(address: IpAddr) -> Self {
        Self::Network(network(address))
    }
}

/// The failures of the last minute. Cheap to clone.
#[derive(Clone, Default)]
pub struct Failures(Arc<Mutex<HashMap<Source, Window>>>);

#[derive(Clone, Copy)]
struct Window {
    since: DateTime<Utc>,
    failures: u32,
}

impl Failures {
    /// Refuses a source that has failed too often.
    ///
    /// # Errors
    /// `RATE_LIMITED`.
    pub(crate) fn check(&self, source: Source, now: DateTime<Utc>) -> Result<()> {
        let windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match windows.get(&source) {
            Some(window) if window.failures >= FREE && now < window.since + WINDOW => {
                Err(rate_limited(window.since + WINDOW - now))
            }
            _ => Ok(()),
        }
    }

    /// Counts a failure.
    pub(crate) fn count(&self, source: Source, now: DateTime<Utc>) {
        let mut windows = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if windows.len() >= MOST && !windows.contains_key(&source) {
            windows.clear();
        }
        let window = windows.entry(source).or_insert(Window { since: now, failures: 0 });
        if now >= window.since + WINDOW {
            *window = Window { since: now, failures: 0 };
        }
        window.failures += 1;
    }
}
