//! `PostgreSQL` stopped and started while the program runs.

use std::{
    fmt::Write,
    time::{Duration, Instant},
};

use futures_util::future::join_all;
use serde_json::json;

use crate::{client::Client, load::Load, postgres::Cluster, site::Site};

/// How long the database is away at least.
const OUTAGE: Duration = Duration::from_millis(1_200);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_that_stops_fast_under_load_is_missed_in_time_and_found_again() {
    a_database_that_stops_under_load_is_missed_in_time_and_found_again("fast").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_that_breaks_off_under_load_is_missed_in_time_and_found_again() {
    a_database_that_stops_under_load_is_missed_in_time_and_found_again("immediate").await;
}

async fn a_database_that_stops_under_load_is_missed_in_time_and_found_again(mode: &str) {
    let Some(mut cluster) = Cluster::start_if_installed() else { return };
    let site = Site::on_postgres(&cluster);
    let server = site.start();
    let client = server.admin().await;
    let load = Load::start(&client, "loaded");
    tokio::time::sleep(Duration::from_millis(500)).await;

    cluster.stop(mode);
    let since = Instant::now();
    while since.elapsed() < OUTAGE {
        client.run("{ dashboard { from } }", json!({})).await.unwrap().assert_unavailable();
    }
    client.run("{ records { edges { node { id } } } }", json!({})).await.unwrap().assert_unavailable();
    cluster.resume();
    client.run("{ dashboard { from } }", json!({})).await.unwrap().ok();
    tokio::time::sleep(Duration::from_millis(300)).await;

    let mut tally = load.finish().await;
    assert!(!tally.refusals.is_empty());
    for refusal in &tally.refusals {
        refusal.assert_unavailable();
    }
    site.assert_nothing_is_lost(&client, &tally).await;
    tally.resend(&client).await;
    site.assert_nothing_is_lost(&client, &tally).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_postgres_came_back_the_next_request_works() {
    let Some(mut cluster) = Cluster::start_if_installed() else { return };
    let site = Site::on_postgres(&cluster);
    let server = site.start();
    let client = server.admin().await;
    // As many connections as the pool has, and all of them about to break.
    join_all((0..8).map(|n| create(&client, n))).await;
    let idle_since = Instant::now();
    cluster.stop("fast");
    cluster.resume();
    tokio::time::sleep(OUTAGE.saturating_sub(idle_since.elapsed())).await;
    join_all((8..16).map(|n| create(&client, n))).await;
}

async fn create(client: &Client, n: usize) {
    client.create(&n.to_string()).await.unwrap().ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_changes_in_one_request_wait_no_longer_than_one() {
    let Some(mut cluster) = Cluster::start_if_installed() else { return };
    let site = Site::on_postgres(&cluster);
    let server = site.start();
    let client = server.admin().await;
    let mut mutation = String::from("mutation {");
    for n in 0..20 {
        let input = r#"{kind: EXPENSE, amount: "1.00", category: "Faults", date: "2026-05-01"}"#;
        write!(mutation, "c{n}: createRecord(input: {input}) {{ replayed }} ").unwrap();
    }
    mutation.push('}');
    // Who asks is known for a moment, so that it is the changes that meet the outage.
    client.create("before").await.unwrap().ok();
    cluster.stop("immediate");
    let answer = client.run(&mutation, json!({})).await.unwrap();
    assert_eq!(answer.status, 503, "{}", answer.body);
    assert!(answer.took < crate::PATIENCE, "after {:?}", answer.took);
}
