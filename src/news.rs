//! That the journal has grown, for whoever waits for that.

use std::time::Duration;

use tokio::sync::watch;

/// How often those are told who follow slowly, at the most.
const PACE: Duration = Duration::from_millis(500);

/// The journal's last position, as far as this process knows. Cheap to clone.
#[derive(Clone, Debug)]
pub struct News {
    head: watch::Sender<i64>,
    paced: watch::Sender<i64>,
}

impl Default for News {
    fn default() -> Self {
        Self { head: watch::Sender::new(0), paced: watch::Sender::new(0) }
    }
}

impl News {
    /// Tells that the journal has a `position`. An older one is no news.
    pub(crate) fn tell(&self, position: i64) {
        self.head.send_if_modified(|head| {
            let is_news = position > *head;
            *head = position.max(*head);
            is_news
        });
    }

    /// Whether anybody waits.
    pub(crate) fn is_awaited(&self) -> bool {
        // One of them keeps the pace.
        self.head.receiver_count() > 1 || self.paced.receiver_count() > 0
    }

    /// Changes with every growth.
    pub(crate) fn follow(&self) -> watch::Receiver<i64> {
        self.head.subscribe()
    }

    /// Changes soon after a growth, and not more than twice a second: for all who follow it at the same moment.
    pub(crate) fn follow_slowly(&self) -> watch::Receiver<i64> {
        self.paced.subscribe()
    }

    /// Tells those who follow slowly, until the process ends.
    pub async fn keep_pace(self) {
        let mut head = self.head.subscribe();
        while head.changed().await.is_ok() {
            let position = *head.borrow_and_update();
            self.paced.send_replace(position);
            tokio::time::sleep(PACE).await;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn who_follows_slowly_hears_the_first_news_at_once_and_the_rest_together() {
        let news = News::default();
        let (mut each, mut some) = (news.follow(), news.follow_slowly());
        tokio::spawn(news.clone().keep_pace());
        tokio::task::yield_now().await;
        for (position, is_news) in [(1, true), (2, true), (2, false), (1, false), (3, true)] {
            news.tell(position);
            assert_eq!(each.has_changed().unwrap(), is_news, "{position}");
            each.mark_unchanged();
            tokio::task::yield_now().await;
        }
        some.changed().await.unwrap();
        assert_eq!(*some.borrow_and_update(), 1);
        let before = tokio::time::Instant::now();
        some.changed().await.unwrap();
        assert_eq!((*some.borrow_and_update(), before.elapsed()), (3, PACE));
    }
}
