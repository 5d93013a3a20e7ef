//! Clients that take their time.

use std::{
    net::SocketAddr,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use serde_json::json;

use crate::{
    site::Site,
    wire::{Wire, post},
};

/// When the program has lost its patience with a new connection, and a little.
const SOON: Duration = Duration::from_secs(13);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_never_gets_to_the_end_of_a_first_head_is_cut_off_and_the_others_are_served() {
    let site = Site::on_sqlite();
    let server = site.start();
    let client = server.admin().await;
    let since = Instant::now();
    let starts = [
        "",
        "P",
        "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
        "PRI * HTTP/2.0\r\n",
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ];
    let slow = starts.iter().flat_map(|start| [*start; 40]).map(|start| dawdle(server.address(), start));
    let others = async {
        while since.elapsed() < SOON {
            client.run("{ me { id } }", json!({})).await.unwrap().ok();
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let (patience, ()) = tokio::join!(join_all(slow), others);
    assert!(patience.iter().all(|patience| *patience < SOON), "{patience:?}");
}

/// Sends `start`, and more of a header that has begun now and then; gives how long the program puts up with it.
async fn dawdle(address: SocketAddr, start: &str) -> Duration {
    let since = Instant::now();
    let mut wire = Wire::connect(address).await;
    wire.send(start).await;
    while !wire.ends_within(Duration::from_secs(1)).await {
        if start.ends_with(": ") {
            wire.send("x").await;
        }
    }
    since.elapsed()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_asked_before_may_be_silent_for_a_while() {
    let site = Site::on_sqlite();
    let server = site.start();
    let ask = post(&[], r#"{"query": "{ __typename }"}"#).replace("Connection: close\r\n", "");
    let mut wire = Wire::connect(server.address()).await;
    for _ in 0..2 {
        wire.send(&ask).await;
        wire.read_until("}}").await;
        assert!(!wire.ends_within(SOON).await);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_never_gets_to_the_end_of_a_body_is_told_in_time() {
    let site = Site::on_sqlite().with("REQUEST_TIMEOUT", "1s");
    let server = site.start();
    let mut wire = Wire::connect(server.address()).await;
    wire.send(post(&[], r#"{"query": "{ __typename }"}"#).trim_end_matches('}')).await;
    let answer = wire.read_to_end().await;
    assert!(answer.starts_with("HTTP/1.1 503 ") && answer.contains("UNAVAILABLE"), "{answer}");
}
