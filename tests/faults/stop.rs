//! The program told to stop while it works.

use std::{
    os::unix::net::UnixDatagram,
    time::{Duration, Instant},
};

use axum::http::StatusCode;
use futures_util::future::join_all;
use serde_json::json;

use crate::{client::Failure, load::Load, on_both, site::Site};

on_both![
    what_a_program_that_stops_has_written_it_has_acknowledged,
    a_program_that_stops_answers_what_it_is_at_and_nobody_else,
    a_program_that_stops_later_says_so_first_and_serves_until_then,
];

/// Longest that a program may take to stop once it has nothing left to do.
const PATIENCE: Duration = Duration::from_secs(5);

async fn what_a_program_that_stops_has_written_it_has_acknowledged(site: Site) {
    let mut server = site.start();
    let client = server.admin().await;
    let load = Load::start(&client, "loaded");
    tokio::time::sleep(Duration::from_millis(700)).await;
    server.terminate();
    let status = tokio::time::timeout(PATIENCE, server.ended()).await.unwrap();
    assert!(status.success(), "{status}");
    let tally = load.finish().await;
    assert!(tally.refusals.is_empty(), "{:?}", tally.refusals);
    let log = site.logged();
    assert!(!log.contains("WARN") && !log.contains("ERROR"), "{log}");

    let server = site.start();
    let client = client.at(server.address());
    let unanswered: Vec<_> = client.notes().await.into_iter().filter(|key| !tally.acknowledged.contains(key)).collect();
    assert!(unanswered.is_empty(), "accepted and not answered: {unanswered:?}");
    site.assert_nothing_is_lost(&client, &tally).await;
}

async fn a_program_that_stops_later_says_so_first_and_serves_until_then(site: Site) {
    let site = site.with("SHUTDOWN_DELAY", "1s");
    let mut server = site.start();
    let client = server.admin().await;
    assert_eq!(server.readiness().await, StatusCode::OK);
    let begun = Instant::now();
    server.terminate();
    while server.readiness().await == StatusCode::OK {
        assert!(begun.elapsed() < Duration::from_millis(500));
    }
    client.create("meanwhile").await.unwrap().ok();
    let status = tokio::time::timeout(PATIENCE, server.ended()).await.unwrap();
    assert!(status.success() && begun.elapsed() >= Duration::from_secs(1), "{status} after {:?}", begun.elapsed());

    let site = site.with("SHUTDOWN_DELAY", "1h");
    let mut server = site.start();
    server.terminate();
    while server.readiness().await == StatusCode::OK {}
    server.terminate();
    let status = tokio::time::timeout(PATIENCE, server.ended()).await.unwrap();
    assert!(status.success(), "who asks twice does not wait: {status}");
}

async fn a_program_that_stops_answers_what_it_is_at_and_nobody_else(site: Site) {
    let mut server = site.start();
    let client = server.admin().await;
    let lock = site.lock_out_writers().await;
    let keys = ["1", "2", "3", "4"];
    let meanwhile = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        server.terminate();
        while !matches!(client.run("{ __typename }", json!({})).await, Err(Failure::Refused)) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        lock.rollback().await.ok().unwrap();
    };
    let (answers, ()) = tokio::join!(join_all(keys.map(|key| client.create(key))), meanwhile);
    for answer in answers {
        answer.unwrap().ok();
    }
    let status = tokio::time::timeout(PATIENCE, server.ended()).await.unwrap();
    assert!(status.success(), "{status}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn systemd_is_told_when_requests_are_served_and_when_no_more_are() {
    let site = Site::on_sqlite();
    let path = site.data().join("notify");
    let socket = UnixDatagram::bind(&path).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let heard = || {
        let mut message = [0; 64];
        let length = socket.recv(&mut message).unwrap();
        String::from_utf8_lossy(&message[..length]).into_owned()
    };
    let site = site.with("NOTIFY_SOCKET", path.to_str().unwrap());
    let mut server = site.start();
    assert_eq!(heard(), "READY=1\n");
    assert_eq!(server.readiness().await, StatusCode::OK);
    server.terminate();
    assert_eq!(heard(), "STOPPING=1\n");
    assert!(server.ended().await.success());
}
