//! Who is connected for longer than one request, and for how long they may be: a right that ends, ends the connection.

use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore, oneshot},
    time::timeout,
};
use uuid::Uuid;

use super::{Through, Viewer, network::network, rights};
use crate::{
    db::{Reader, look_up},
    error::Result,
};

/// How often it is looked whose right has ended.
const PERIOD: Duration = Duration::from_millis(400);

/// How many from one network may be connected who have not said who they are.
const MOST_STRANGERS: usize = 64;

/// Those who are connected to this server. Cheap to clone.
#[derive(Clone)]
pub struct Connected {
    places: Arc<Semaphore>,
    all: u32,
    guests: Arc<Mutex<HashMap<Uuid, Entry>>>,
    /// How many from each network have not said who they are.
    strangers: Arc<Mutex<HashMap<IpAddr, usize>>>,
    is_over: Arc<AtomicBool>,
}

struct Entry {
    viewer: Viewer,
    expires_at: Option<DateTime<Utc>>,
    end: Option<oneshot::Sender<End>>,
}

/// Why a connection has to end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// The access token, or the API token, has expired.
    Expired,
    /// The session has ended, the token was revoked, the user is not active any more, or has another role.
    Revoked,
    /// The server stops.
    Stopping,
}

/// A place among the connections, not yet anybody's.
pub(crate) struct Seat {
    connected: Connected,
    stranger: Option<Stranger>,
    _place: OwnedSemaphorePermit,
}

/// Counts somebody from this network who has not said who they are, until it is dropped.
struct Stranger {
    connected: Connected,
    network: IpAddr,
}

/// Somebody who is connected, until it is dropped.
pub(crate) struct Guest {
    id: Uuid,
    ends: oneshot::Receiver<End>,
    seat: Seat,
}

impl Connected {
    /// With room for so many.
    #[must_use]
    pub fn new(all: u32) -> Self {
        let places = Arc::new(Semaphore::new(usize::try_from(all).unwrap_or(Semaphore::MAX_PERMITS)));
        Self { places, all, guests: Arc::default(), strangers: Arc::default(), is_over: Arc::default() }
    }

    /// A place for somebody at `address`, if there is one left, the server does not stop, and not too many from the same
    /// network have yet to say who they are.
    pub(crate) fn take_seat(&self, address: Option<IpAddr>) -> Option<Seat> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        if self.is_over.load(Ordering::Acquire) {
            return None;
        }
        let stranger = match address {
            Some(address) => Some(self.meet(network(address))?),
            None => None,
        };
        Some(Seat { connected: self.clone(), stranger, _place: place })
    }

    fn meet(&self, network: IpAddr) -> Option<Stranger> {
        let mut strangers = self.strangers();
        let count = strangers.entry(network).or_default();
        if *count >= MOST_STRANGERS {
            return None;
        }
        *count += 1;
        Some(Stranger { connected: self.clone(), network })
    }

    fn strangers(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        self.strangers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Ends all connections, and lets nobody in any more.
    pub fn stop(&self) {
        self.is_over.store(true, Ordering::Release);
        self.lock().values_mut().for_each(|entry| entry.end(End::Stopping));
    }

    /// How many are connected.
    pub(crate) fn count(&self) -> usize {
        let all = usize::try_from(self.all).unwrap_or(Semaphore::MAX_PERMITS);
        all.saturating_sub(self.places.available_permits())
    }

    /// Waits until all connections have ended, but no longer than `longest`.
    pub async fn gone(&self, longest: Duration) {
        // Either way nothing more can be done for them.
        let _ = timeout(longest, self.places.acquire_many(self.all)).await;
    }

    /// Ends the connections of those whose right has ended, until the process does.
    pub async fn keep_watch(self, db: Reader, now: impl Fn() -> DateTime<Utc>) {
        loop {
            tokio::time::sleep(PERIOD).await;
            if let Err(error) = look_up(self.check(&db, now())).await {
                tracing::debug!(?error, "whose rights have ended is not known; those who are connected stay");
            }
        }
    }

    async fn check(&self, db: &Reader, now: DateTime<Utc>) -> Result<()> {
        let seen: Vec<(Uuid, Through)> = self
            .lock()
            .iter_mut()
            .map(|(id, entry)| {
                if entry.expires_at.is_some_and(|at| at <= now) {
                    entry.end(End::Expired);
                }
                (*id, entry.viewer.through)
            })
            .collect();
        let distinct = |id: fn(Through) -> Option<Uuid>| {
            let ids: HashSet<_> = seen.iter().filter_map(|(_, through)| id(*through)).collect();
            ids.into_iter().collect::<Vec<_>>()
        };
        let mut roles = HashMap::new();
        let (sessions, tokens) = (distinct(Through::session), distinct(Through::api_token));
        if !sessions.is_empty() {
            roles.extend(rights::of_sessions(db, sessions, now).await?);
        }
        if !tokens.is_empty() {
            roles.extend(rights::of_tokens(db, tokens).await?);
        }
        let mut guests = self.lock();
        for (id, through) in seen {
            if let Some(entry) = guests.get_mut(&id)
                && roles.get(&through.id()) != Some(&entry.viewer.user.role)
            {
                entry.end(End::Revoked);
            }
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<Uuid, Entry>> {
        self.guests.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Entry {
    fn end(&mut self, end: End) {
        if let Some(sender) = self.end.take() {
            // Whoever has just left need not be told.
            let _ = sender.send(end);
        }
    }
}

impl Seat {
    /// Has `viewer` take it, until `expires_at` at the longest; `None` where they have `most` already.
    pub(crate) fn enter(mut self, viewer: Viewer, expires_at: Option<DateTime<Utc>>, most: usize) -> Option<Guest> {
        self.stranger = None;
        let (sender, ends) = oneshot::channel();
        let id = Uuid::now_v7();
        let mut guests = self.connected.lock();
        if guests.values().filter(|entry| entry.viewer.user.id == viewer.user.id).count() >= most {
            return None;
        }
        let mut entry = Entry { viewer, expires_at, end: Some(sender) };
        if self.connected.is_over.load(Ordering::Acquire) {
            entry.end(End::Stopping);
        }
        guests.insert(id, entry);
        drop(guests);
        Some(Guest { id, ends, seat: self })
    }
}

impl Guest {
    /// Waits until they may be connected no longer.
    pub(crate) async fn ended(&mut self) -> End {
        // Nobody drops it without a word.
        (&mut self.ends).await.unwrap_or(End::Stopping)
    }
}

impl Drop for Stranger {
    fn drop(&mut self) {
        let mut strangers = self.connected.strangers();
        if let Some(count) = strangers.get_mut(&self.network) {
            *count -= 1;
            if *count == 0 {
                strangers.remove(&self.network);
            }
        }
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        self.seat.connected.lock().remove(&self.id);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_who_do_not_say_who_they_are_take_the_places_of_their_own_network_alone() {
        let connected = Connected::new(1_000);
        let seat = |address: [u8; 4]| connected.take_seat(Some(address.into()));
        let mut seats: Vec<_> = std::iter::from_fn(|| seat([192, 0, 2, 7])).collect();
        assert_eq!(seats.len(), MOST_STRANGERS);
        assert!(seat([192, 0, 2, 8]).is_some());
        seats.pop();
        assert!(seat([192, 0, 2, 7]).is_some());
        drop(seats);
        assert!(connected.strangers().is_empty());
        let all: Vec<_> = std::iter::from_fn(|| connected.take_seat(None)).collect();
        assert_eq!(all.len(), 1_000);
        drop(all);
        connected.stop();
        assert!(connected.take_seat(None).is_none());
    }
}
