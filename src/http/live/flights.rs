//! Equal answers at the same moment are one: whoever asks first has it executed, the others wait for it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::OnceCell;

use super::Answer;

/// What is being executed, and what has just been, as long as somebody holds it.
#[derive(Default)]
pub(in crate::http) struct Flights(Mutex<HashMap<Key, Weak<OnceCell<Answer>>>>);

/// What has to be the same for answers to be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key {
    /// The digest of document, operation and variables.
    pub(super) order: [u8; 32],
    /// Who sees the same.
    pub(super) sharing: Vec<u8>,
    /// Where a subscription to changes stands.
    pub(super) cursor: Option<String>,
    /// The position of the journal.
    pub(super) tick: i64,
}

impl Flights {
    /// The one that all with the same key wait for.
    pub(super) fn board(&self, key: Key) -> Arc<OnceCell<Answer>> {
        let mut flights = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(flight) = flights.get(&key).and_then(Weak::upgrade) {
            return flight;
        }
        flights.retain(|_, flight| flight.strong_count() > 0);
        let flight = Arc::default();
        flights.insert(key, Arc::downgrade(&flight));
        flight
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn those_with_the_same_key_share_one_and_nobody_keeps_it_for_later() {
        let flights = Flights::default();
        let key = |tick| Key { order: [1; 32], sharing: vec![1], cursor: None, tick };
        let (one, other) = (flights.board(key(1)), flights.board(key(1)));
        assert!(Arc::ptr_eq(&one, &other));
        assert!(!Arc::ptr_eq(&one, &flights.board(key(2))));
        let left = |flights: &Flights| flights.0.lock().unwrap().len();
        drop((one, other));
        flights.board(key(3));
        assert_eq!(left(&flights), 1);
    }
}
