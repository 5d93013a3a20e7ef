//! `PostgreSQL` stopped and started while the program runs.

use std::{
    fmt::Write,
    time::{Duration, Instant},
};

use axum::http::StatusCode;
use futures_util::future::join_all;
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::json;
use tallybook::db::Db;

use crate::{client::Client, load::Load, network::Network, postgres::Cluster, site::Site};

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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres_that_became_read_only_answers_reads_and_takes_changes_when_it_can_again() {
    let Some(cluster) = Cluster::start_if_installed() else { return };
    let site = Site::on_postgres(&cluster);
    let server = site.start();
    let client = server.admin().await;
    let outside = Db::connect(cluster.url(), 1).await.unwrap();
    let order = async |statement: &str| {
        outside.read().execute_unprepared(statement).await.unwrap();
        outside.read().execute_unprepared("SELECT pg_reload_conf()").await.unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
    };
    client.create("before").await.unwrap().ok();

    order("ALTER SYSTEM SET default_transaction_read_only = on").await;
    let refused = client.create("meanwhile").await.unwrap();
    refused.assert_unavailable();
    assert!(refused.body.to_string().contains("takes no changes"), "{}", refused.body);
    assert_eq!(client.notes().await.len(), 1);
    assert!(site.run(&["user", "list"]).status.success());
    drop(server);
    let server = site.start();
    assert!(server.readiness().await == StatusCode::OK, "only reading is needed to start, and to be ready");

    order("ALTER SYSTEM RESET default_transaction_read_only").await;
    let client = server.admin().await;
    client.create("after").await.unwrap().ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_that_changes_under_prepared_statements_fails_no_more_than_one_request() {
    let Some(cluster) = Cluster::start_if_installed() else { return };
    let site = Site::on_postgres(&cluster);
    let server = site.start();
    let client = server.admin().await;
    let read = || async { client.run("{ categories { nodes { name } } }", json!({})).await.unwrap() };
    client.create("before").await.unwrap().ok();
    join_all((0..8).map(|_| read())).await;
    let outside = Db::connect(cluster.url(), 1).await.unwrap();
    let change = "ALTER TABLE categories ALTER COLUMN name TYPE varchar(200)";
    outside.read().execute_unprepared(change).await.unwrap();

    read().await.assert_unavailable();
    for _ in 0..8 {
        read().await.ok();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_account_that_may_only_read_and_write_rows_serves_on_current_tables() {
    let Some(cluster) = Cluster::start_if_installed() else { return };
    let site = Site::on_postgres(&cluster);
    let outside = Db::connect(cluster.url(), 1).await.unwrap();
    let account = "CREATE ROLE clerk LOGIN; REVOKE CREATE ON SCHEMA public FROM PUBLIC; \
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO clerk";
    outside.read().execute_unprepared(account).await.unwrap();
    let site = site.with("DATABASE_URL", &format!("{}&user=clerk", cluster.url()));
    let server = site.start();
    server.admin().await.create("clerk").await.unwrap().ok();
    assert_eq!(server.readiness().await, StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_log_says_why_there_is_no_connection() {
    let Some(mut cluster) = Cluster::start_if_installed() else { return };
    let site = Site::on_postgres(&cluster);
    let server = site.start();
    let client = server.admin().await;
    cluster.stop("immediate");
    // So long that every connection is tried before it is used.
    tokio::time::sleep(OUTAGE).await;
    client.run("{ dashboard { from } }", json!({})).await.unwrap().assert_unavailable();
    tokio::time::sleep(OUTAGE).await;
    let log = site.logged();
    assert!(log.contains("PostgreSQL cannot be reached") && log.contains("onnection refused"), "{log}");
}

/// The processes that serve listening connections.
const LISTENERS: &str = "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'tallybook\\_%'";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_listening_connection_that_the_network_forgot_is_missed_and_made_anew() {
    let Some(cluster) = Cluster::start_if_installed() else { return };
    let network = Network::to(&cluster).await;
    let site = Site::on_postgres(&cluster).with("DATABASE_URL", &network.url());
    let _server = site.start();
    let outside = Db::connect(cluster.url(), 1).await.unwrap();
    let listeners = async || {
        let statement = Statement::from_string(DbBackend::Postgres, LISTENERS);
        outside.read().query_all_raw(statement).await.unwrap().len()
    };
    let until = async |count: usize| {
        while listeners().await < count {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), until(1)).await.unwrap();
    network.forget();
    // PostgreSQL does not know either that the first one is of no more use.
    tokio::time::timeout(Duration::from_mins(1), until(2)).await.unwrap();
    assert!(site.logged().contains("nothing was heard"), "{}", site.logged());
}
