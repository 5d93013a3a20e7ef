//! A share of the connections, and the queue of those who wait for one. Knows no database.
//!
//! The queue is fair between users. Each wait gets a number: one more than the same user's wait before it, and never less
//! than the number that was served last. The lowest number is next; among equal numbers, the wait that came first. So a
//! user with many waits queues behind their own, and nobody queues behind all of them.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    ops::Deref,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use tokio::sync::oneshot;

use super::operation::Who;
use crate::measures::{self, Use};

/// Things of which each is used by one at a time. Clones share them.
#[derive(Debug)]
pub(super) struct Share<T>(Arc<Inner<T>>);

#[derive(Debug)]
struct Inner<T> {
    name: &'static str,
    things: Vec<T>,
    line: Mutex<Line<T>>,
}

#[derive(Debug)]
struct Line<T> {
    /// The lowest is taken first, so that as few are in use as can be.
    free: BTreeSet<usize>,
    /// How many things each has at the moment.
    held: HashMap<Who, usize>,
    waiting: VecDeque<Waiting<T>>,
    /// The number that was served last.
    reached: u64,
    /// The number of each one's next wait, where it is beyond `reached`.
    next: HashMap<Who, u64>,
}

#[derive(Debug)]
struct Waiting<T> {
    who: Who,
    number: u64,
    most: usize,
    hand_over: oneshot::Sender<Lease<T>>,
}

/// The use of one thing of a share, until it is dropped.
#[derive(Debug)]
pub(super) struct Lease<T> {
    inner: Arc<Inner<T>>,
    index: usize,
    who: Who,
}

impl<T> Clone for Share<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T> Share<T> {
    /// `name` is what operators read.
    pub(super) fn new(name: &'static str, things: Vec<T>) -> Self {
        let line = Line {
            free: (0..things.len()).collect(),
            held: HashMap::new(),
            waiting: VecDeque::new(),
            reached: 0,
            next: HashMap::new(),
        };
        Self(Arc::new(Inner { name, things, line: Mutex::new(line) }))
    }

    pub(super) fn things(&self) -> &[T] {
        &self.0.things
    }

    pub(super) fn name(&self) -> &'static str {
        self.0.name
    }

    /// What the things do.
    pub(super) fn usage(&self) -> Use {
        let line = self.0.line();
        let (all, free) = (self.0.things.len(), line.free.len());
        Use { share: self.0.name, all, used: all.saturating_sub(free), awaited: line.waiting.len() }
    }

    /// Whether somebody waits for one of the things.
    pub(super) fn is_awaited(&self) -> bool {
        self.0.line().waiting.iter().any(|waiting| !waiting.hand_over.is_closed())
    }

    /// The use of one of the things, of which `who` has at most `most` at a time.
    pub(super) async fn take(&self, who: Who, most: usize) -> Lease<T> {
        let since = Instant::now();
        let lease = self.wait_for(who, most).await;
        measures::waited(self.0.name, since.elapsed());
        lease
    }

    async fn wait_for(&self, who: Who, most: usize) -> Lease<T> {
        loop {
            let turn = {
                let mut line = self.0.line();
                let number = line.number(who);
                if line.may_have(who, most)
                    && let Some(index) = line.free.pop_first()
                {
                    line.serve(who, number);
                    return self.0.lease(index, who);
                }
                let (hand_over, turn) = oneshot::channel();
                line.waiting.push_back(Waiting { who, number, most, hand_over });
                turn
            };
            // Never an error: the line lives as long as we do.
            if let Ok(lease) = turn.await {
                return lease;
            }
        }
    }
}

impl<T> Inner<T> {
    fn line(&self) -> MutexGuard<'_, Line<T>> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lease(self: &Arc<Self>, index: usize, who: Who) -> Lease<T> {
        Lease { inner: self.clone(), index, who }
    }
}

impl<T> Line<T> {
    fn number(&mut self, who: Who) -> u64 {
        let next = self.next.entry(who).or_default();
        let number = self.reached.max(*next);
        *next = number + 1;
        number
    }

    fn may_have(&self, who: Who, most: usize) -> bool {
        self.held.get(&who).is_none_or(|held| *held < most)
    }

    fn serve(&mut self, who: Who, number: u64) {
        *self.held.entry(who).or_default() += 1;
        if number > self.reached {
            self.reached = number;
            self.next.retain(|_, next| *next > number);
        }
    }

    fn give_back(&mut self, index: usize, who: Who) {
        self.free.insert(index);
        if let Some(held) = self.held.get_mut(&who) {
            *held -= 1;
            if *held == 0 {
                self.held.remove(&who);
            }
        }
    }

    /// Who is next, if there is something for them.
    fn next(&mut self) -> Option<(usize, Waiting<T>)> {
        self.waiting.retain(|waiting| !waiting.hand_over.is_closed());
        let may_have = |(_, waiting): &(usize, &Waiting<T>)| self.may_have(waiting.who, waiting.most);
        let (place, _) = self.waiting.iter().enumerate().filter(may_have).min_by_key(|(_, waiting)| waiting.number)?;
        let index = self.free.pop_first()?;
        let waiting = self.waiting.remove(place)?;
        self.serve(waiting.who, waiting.number);
        Some((index, waiting))
    }
}

impl<T> Lease<T> {
    /// Which of the things it is.
    pub(super) fn number(&self) -> usize {
        self.index
    }
}

impl<T> Deref for Lease<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.inner.things[self.index]
    }
}

impl<T> Drop for Lease<T> {
    fn drop(&mut self) {
        let served = {
            let mut line = self.inner.line();
            line.give_back(self.index, self.who);
            line.next()
        };
        if let Some((index, Waiting { who, hand_over, .. })) = served {
            // Who went away meanwhile gives it back at once, to the next in line.
            drop(hand_over.send(self.inner.lease(index, who)));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{future::Future, pin::Pin, task::Poll};

    use futures_util::poll;
    use uuid::Uuid;

    use super::*;

    type Wait<'a> = Pin<Box<dyn Future<Output = Lease<()>> + 'a>>;

    fn user(n: u128) -> Who {
        Who::User(Uuid::from_u128(n))
    }

    async fn wait(share: &Share<()>, who: Who, most: usize) -> Wait<'_> {
        let mut wait: Wait<'_> = Box::pin(share.take(who, most));
        assert!(poll!(&mut wait).is_pending());
        wait
    }

    /// The places of those in `waits` that have their turn now.
    async fn served(waits: &mut [Option<Wait<'_>>]) -> Vec<(usize, Lease<()>)> {
        let mut served = Vec::new();
        for (place, slot) in waits.iter_mut().enumerate() {
            let Some(wait) = slot else { continue };
            if let Poll::Ready(lease) = poll!(wait) {
                *slot = None;
                served.push((place, lease));
            }
        }
        served
    }

    async fn order(share: &Share<()>, first: Lease<()>, waits: Vec<Wait<'_>>) -> Vec<usize> {
        let mut waits: Vec<_> = waits.into_iter().map(Some).collect();
        let (mut lease, mut order) = (Some(first), Vec::new());
        while lease.take().is_some() {
            for (place, next) in served(&mut waits).await {
                order.push(place);
                lease = Some(next);
            }
        }
        assert!(waits.iter().all(Option::is_none) && share.0.line().free.len() == 1);
        order
    }

    #[tokio::test]
    async fn who_waits_alone_is_served_in_the_order_of_arrival() {
        let share = Share::new("", vec![()]);
        let first = share.take(user(1), 9).await;
        let waits =
            vec![wait(&share, user(1), 9).await, wait(&share, user(1), 9).await, wait(&share, user(1), 9).await];
        assert_eq!(order(&share, first, waits).await, [0, 1, 2]);
    }

    #[tokio::test]
    async fn who_comes_with_one_does_not_stand_behind_all_that_another_has_waiting() {
        let share = Share::new("", vec![()]);
        let first = share.take(user(1), 9).await;
        let mut waits = Vec::new();
        for n in [1, 1, 1, 1, 2, 2, 3] {
            waits.push(wait(&share, user(n), 9).await);
        }
        assert_eq!(order(&share, first, waits).await, [4, 6, 0, 5, 1, 2, 3]);
    }

    #[tokio::test]
    async fn nobody_has_more_than_their_most_and_others_pass_them_by() {
        let share = Share::new("", vec![(), ()]);
        let first = share.take(user(1), 1).await;
        let mut second = wait(&share, user(1), 1).await;
        let other = share.take(user(2), 1).await;
        drop(other);
        assert!(poll!(&mut second).is_pending());
        drop(first);
        assert!(poll!(&mut second).is_ready());
    }

    #[tokio::test]
    async fn who_waits_is_seen_until_they_go_away() {
        let share = Share::new("", vec![()]);
        let first = share.take(user(1), 9).await;
        assert!(!share.is_awaited());
        let waits = wait(&share, user(2), 9).await;
        assert!(share.is_awaited());
        drop(waits);
        assert!(!share.is_awaited());
        drop(first);
    }

    #[tokio::test]
    async fn the_turn_of_who_went_away_is_the_next_ones() {
        let share = Share::new("", vec![()]);
        let first = share.take(user(1), 9).await;
        let gone = wait(&share, user(2), 9).await;
        let mut next = wait(&share, user(3), 9).await;
        drop(gone);
        drop(first);
        assert!(poll!(&mut next).is_ready());
        // Also who goes after it was handed over, and before they noticed.
        let first = share.take(user(1), 9).await;
        let gone = wait(&share, user(2), 9).await;
        let mut next = wait(&share, user(3), 9).await;
        drop(first);
        drop(gone);
        assert!(poll!(&mut next).is_ready());
    }
}
