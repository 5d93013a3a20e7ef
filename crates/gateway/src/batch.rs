//! When the loads of one request are sent to the database: as soon as its operation can get no further
//! without them, and no sooner.
//!
//! A timer cannot tell. The executor gives way to other tasks after every other item of a list, so that
//! a [`DataLoader`] on a timer of 0 ms makes 50 batches of the 100 rows of a page, and one of 1 ms, under
//! load, as many as it takes milliseconds to walk the page.

use std::{
    pin::pin,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Wake, Waker},
    time::Duration,
};

use async_graphql::dataloader::DataLoader;
use futures_util::{
    future::{BoxFuture, poll_fn},
    task::AtomicWaker,
};
use tracing::Instrument;

/// The loads of one request that wait for its operation to stand still.
#[derive(Clone, Default)]
pub struct Batches(Arc<Mutex<Vec<BoxFuture<'static, ()>>>>);

impl Batches {
    /// A loader for this request, to be put into its data.
    pub fn loader<L>(&self, loader: L) -> DataLoader<L> {
        let waiting = self.0.clone();
        let enqueue = move |load| waiting.lock().unwrap_or_else(PoisonError::into_inner).push(load);
        DataLoader::new(loader, enqueue).delay(Duration::ZERO)
    }

    /// Runs the request's operation.
    pub async fn run<F: Future>(&self, operation: F) -> F::Output {
        let mut operation = pin!(operation);
        let progress = Arc::new(Progress::default());
        let waker = Waker::from(progress.clone());
        poll_fn(|context| {
            progress.task.register(context.waker());
            progress.woken.store(false, Ordering::Release);
            let outcome = operation.as_mut().poll(&mut Context::from_waker(&waker));
            if outcome.is_pending() && !progress.woken.load(Ordering::Acquire) {
                self.send();
            }
            outcome
        })
        .await
    }

    fn send(&self) {
        for load in self.0.lock().unwrap_or_else(PoisonError::into_inner).drain(..) {
            tokio::spawn(load.in_current_span());
        }
    }
}

/// Notes whether an operation that says it is waiting has already asked to go on.
#[derive(Default)]
struct Progress {
    woken: AtomicBool,
    task: AtomicWaker,
}

impl Wake for Progress {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Ordering::Release);
        self.task.wake();
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::HashMap, convert::Infallible, sync::atomic::AtomicUsize};

    use async_graphql::{EmptyMutation, EmptySubscription, Object, Request, Schema, dataloader::Loader};

    use super::*;

    struct Numbers(Arc<AtomicUsize>);

    impl Loader<i32> for Numbers {
        type Value = i32;
        type Error = Infallible;

        async fn load(&self, numbers: &[i32]) -> Result<HashMap<i32, i32>, Infallible> {
            self.0.fetch_add(1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            Ok(numbers.iter().map(|number| (*number, *number)).collect())
        }
    }

    struct Item(i32);

    #[Object]
    impl Item {
        async fn this(&self, ctx: &async_graphql::Context<'_>) -> Item {
            let Ok(number) = ctx.data_unchecked::<DataLoader<Numbers>>().load_one(self.0).await;
            Self(number.unwrap())
        }

        async fn next(&self, ctx: &async_graphql::Context<'_>) -> Item {
            let Ok(number) = ctx.data_unchecked::<DataLoader<Numbers>>().load_one(self.0 + 1).await;
            Self(number.unwrap())
        }

        async fn number(&self) -> i32 {
            self.0
        }
    }

    struct Query;

    #[Object]
    impl Query {
        async fn items(&self) -> Vec<Item> {
            tokio::task::yield_now().await;
            (0..100).map(Item).collect()
        }
    }

    async fn batches_for(document: &str) -> usize {
        let loads = Arc::new(AtomicUsize::new(0));
        let batches = Batches::default();
        let schema = Schema::new(Query, EmptyMutation, EmptySubscription);
        let request = Request::new(document).data(batches.loader(Numbers(loads.clone())));
        let response = batches.run(schema.execute(request)).await;
        assert!(response.is_ok(), "{:?}", response.errors);
        loads.load(Ordering::SeqCst)
    }

    #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
    async fn a_page_of_a_hundred_makes_one_batch_a_level() {
        assert_eq!(batches_for("{ items { number } }").await, 0);
        assert_eq!(batches_for("{ items { this { number } } }").await, 1);
        assert_eq!(batches_for("{ items { number this { number } next { number } } }").await, 1);
        assert_eq!(
            batches_for("{ items { this { number next { number } } next { number this { number } } } }").await,
            2
        );
    }
}
