//! A subscription of somebody who has been let in: when its next answer is due, and what it is.

use std::sync::Arc;

use async_graphql::Executor;
use axum::body::Bytes;
use tokio::sync::{OnceCell, watch};

use super::{Answer, Order, REST, Said, flights::Key, may_pass};
use crate::{auth::Caller, feed::Mark, http::execute::Api};

/// A subscription of somebody who has been let in.
pub(super) struct Subscribed<E> {
    api: Arc<Api<E>>,
    order: Order,
    caller: Caller,
    /// What it may share answers by; nothing where the answers are this user's own.
    sharing: Option<Vec<u8>>,
    each: watch::Receiver<i64>,
    some: watch::Receiver<i64>,
    stands: Stands,
    /// Held until the next one, for others who ask for the same at the same moment.
    flight: Option<Arc<OnceCell<Answer>>>,
    /// Whether an answer is due that could not be given for the moment.
    is_owed: bool,
}

/// Where a subscription stands.
enum Stands {
    /// Before its first answer.
    AtFirst,
    /// After an answer that ended here: it follows changes.
    After(Mark),
    /// It sends what is another answer than this.
    Since(Bytes),
    /// It has failed.
    Over,
}

impl<E: Executor> Subscribed<E> {
    /// A subscription of `caller` to what `order` says.
    pub(super) fn new(api: Arc<Api<E>>, order: Order, caller: Caller) -> Self {
        let (each, some) = (api.services.news.follow(), api.services.news.follow_slowly());
        let sharing = api.sharing(&order, caller.viewer.as_ref().ok().and_then(Option::as_ref));
        Self { api, order, caller, sharing, each, some, stands: Stands::AtFirst, flight: None, is_owed: false }
    }

    /// What is to be said next; `None` where that was all. It waits until there is something.
    pub(super) async fn next(&mut self) -> Option<Said> {
        loop {
            let tick = self.due().await?;
            let cursor = match &self.stands {
                Stands::After(mark) => mark.cursor.clone(),
                _ => None,
            };
            let is_first = matches!(self.stands, Stands::AtFirst);
            match self.answer(tick, cursor).await {
                Answer::Failed(errors) if !is_first && errors.iter().any(may_pass) => {
                    (self.is_owed, self.flight) = (true, None);
                    tokio::time::sleep(REST).await;
                }
                Answer::Failed(errors) => {
                    self.stands = Stands::Over;
                    return Some(Said::Failed(errors));
                }
                Answer::Given(said, mark) if mark.cursor.is_some() => {
                    self.stands = Stands::After(mark);
                    if let Some(said) = said {
                        return Some(Said::Next(said));
                    }
                }
                Answer::Given(said, _) => {
                    let said = said?;
                    if !matches!(&self.stands, Stands::Since(last) if *last == said) {
                        self.stands = Stands::Since(said.clone());
                        return Some(Said::Next(said));
                    }
                }
            }
        }
    }

    /// Waits until an answer is due; gives the journal's position then.
    async fn due(&mut self) -> Option<i64> {
        match &self.stands {
            Stands::AtFirst => {
                self.some.mark_unchanged();
            }
            Stands::After(_) | Stands::Since(_) if std::mem::take(&mut self.is_owed) => {
                self.some.mark_unchanged();
            }
            Stands::After(mark) if mark.has_more => {}
            Stands::After(_) => self.each.changed().await.ok()?,
            Stands::Since(_) => {
                self.some.changed().await.ok()?;
                return Some(*self.some.borrow_and_update());
            }
            Stands::Over => return None,
        }
        Some(*self.each.borrow_and_update())
    }

    async fn answer(&mut self, tick: i64, cursor: Option<String>) -> Answer {
        let flight = match (&self.sharing, &self.stands) {
            (None, _) | (_, Stands::AtFirst) => {
                return self.api.next_answer(&self.order, self.caller.clone(), cursor).await;
            }
            (Some(sharing), _) => {
                let key = Key { order: self.order.digest, sharing: sharing.clone(), cursor: cursor.clone(), tick };
                self.api.flights.board(key)
            }
        };
        let answer = flight.get_or_init(|| self.api.next_answer(&self.order, self.caller.clone(), cursor));
        let answer = answer.await.clone();
        self.flight = Some(flight);
        answer
    }
}
