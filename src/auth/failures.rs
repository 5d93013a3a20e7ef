//! Failures that are counted in this process: what costs the database nothing but a look must not cost it a write.
//!
//! Tokens have too many random bits to be guessed: the limit is about load, so that each server may have its own. Wrong
//! passwords are counted in the database, by [`super::Attempts`]; here they are counted a second time, at the moment that
//! they are found wrong, so that of a thousand that arrive at once no more are looked at than of a thousand in a row.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::network::{network, rate_limited};
use crate::{clock::Clock, error::Result};

/// How many failures a source has in each [`WINDOW`].
const FREE: u32 = 20;
const WINDOW: TimeDelta = TimeDelta::minutes(1);
/// How many sources are remembered; one more, and all are forgotten.
const MOST: usize = 10_000;

/// Where failures come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Source {
    /// Tokens from the network of an address.
    Tokens(IpAddr),
    /// An API token that was good once, by the beginning of its hash.
    ApiToken([u8; 16]),
    /// Tokens of this session.
    Session(Uuid),
    /// Sign-ins from the network of an address.
    SignIns(IpAddr),
}

impl Source {
    /// Tokens from the network that `address` stands for.
    pub(crate) fn tokens_from(address: IpAddr) -> Self {
        Self::Tokens(network(address))
    }

    /// The API token with this hash.
    pub(crate) fn api_token(hash: &[u8]) -> Self {
        let mut beginning = [0; 16];
        beginning.iter_mut().zip(hash).for_each(|(to, from)| *to = *from);
        Self::ApiToken(beginning)
    }

    /// Sign-ins from the network that `address` stands for.
    pub(crate) fn sign_ins_from(address: IpAddr) -> Self {
        Self::SignIns(network(address))
    }
}

/// Lets a password be looked at, and counts it if it is wrong.
pub(crate) struct Gate {
    /// Where it came from, where that is known.
    pub(crate) source: Option<Source>,
    /// Where failures are counted.
    pub(crate) failures: Failures,
    /// The time.
    pub(crate) clock: Clock,
}

impl Gate {
    /// Whether a password may be looked at now.
    ///
    /// # Errors
    /// `RATE_LIMITED`.
    pub(crate) fn enter(&self) -> Result<()> {
        self.source.map_or(Ok(()), |source| self.failures.check(source, self.clock.now()))
    }

    /// Counts that it was wrong.
    pub(crate) fn failed(&self) {
        if let Some(source) = self.source {
            self.failures.count(source, self.clock.now());
        }
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
