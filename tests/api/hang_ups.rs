//! Clients that hang up at any point of a change: the next to use the database notice nothing.

use std::{
    future::poll_fn,
    pin::pin,
    task::Poll,
    time::{Duration, Instant},
};

use entity::Role;
use sea_orm::DbBackend;
use serde_json::json;
use tallybook::{auth::Author, totals};

use crate::{books::an_expense, harness::TestApp, on_both};

on_both![a_change_given_up_at_any_point_leaves_no_transaction_open];

/// More often than a creation waits for anything.
const MOST_WAITS: usize = 60;
const PATIENCE: Duration = Duration::from_secs(5);

async fn a_change_given_up_at_any_point_leaves_no_transaction_open(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    // Sees the connections of the first, and does not use them.
    let onlooker = app.elsewhere().await;
    let mut answered = 0;
    for waits in 1..MOST_WAITS {
        let input = an_expense(json!({ "notes": waits.to_string() }));
        answered += i32::from(drop_after(waits, analyst.create(input)).await.is_some());
        drop(drop_after(waits, app.services().change(Author::default())).await);
        let began = Instant::now();
        while open_transactions(&onlooker).await > 0 {
            assert!(began.elapsed() < PATIENCE, "a transaction that nobody ends, after {waits} waits");
            tokio::task::yield_now().await;
        }
    }
    assert!(answered > 0, "some were let finish");
    analyst.enter(json!({ "notes": "after all of them" })).await;
    let mismatches = totals::verify(app.db()).await.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(mismatches, []);
}

/// Drops `work` when it has said `waits` times that it is not done.
async fn drop_after<T>(waits: usize, work: impl Future<Output = T>) -> Option<T> {
    let mut work = pin!(work);
    let mut left = waits;
    poll_fn(|context| match work.as_mut().poll(context) {
        Poll::Ready(done) => Poll::Ready(Some(done)),
        Poll::Pending => {
            left -= 1;
            if left == 0 { Poll::Ready(None) } else { Poll::Pending }
        }
    })
    .await
}

async fn open_transactions(app: &TestApp) -> usize {
    match app.db().backend() {
        DbBackend::Postgres => {
            let open = "SELECT pid::text FROM pg_stat_activity \
                        WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
            app.texts(open).await.len()
        }
        // One that writes is open as long as no other can begin.
        _ => usize::from(app.services().change(Author::default()).await.is_err()),
    }
}
