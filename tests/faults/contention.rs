//! Connections that are all taken, and locks that others hold.

use std::time::Duration;

use sea_orm::ConnectionTrait;
use serde_json::json;
use tallybook::db::Db;

use crate::{load::Load, on_both, postgres::Cluster, site::Site};

on_both![who_waits_for_a_lock_that_others_hold_is_told_in_time];

async fn who_waits_for_a_lock_that_others_hold_is_told_in_time(site: Site) {
    let site = site.with("DATABASE_CONNECTIONS", "2");
    let server = site.start();
    let client = server.admin().await;
    let lock = site.lock_out_writers().await;
    let load = Load::start(&client, "locked-out");
    tokio::time::sleep(Duration::from_millis(4_500)).await;
    lock.rollback().await.ok().unwrap();
    client.create("free-again").await.unwrap().ok();
    tokio::time::sleep(Duration::from_millis(300)).await;

    let mut tally = load.finish().await;
    assert!(tally.refusals.len() >= 8);
    for refusal in &tally.refusals {
        refusal.assert_unavailable();
    }
    tally.acknowledged.insert("free-again".to_owned());
    tally.resend(&client).await;
    site.assert_nothing_is_lost(&client, &tally).await;
}

/// A statement that takes too long is cancelled by `PostgreSQL` as this one is by us.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_statement_that_postgres_cancels_is_unavailable() {
    let Some(cluster) = Cluster::start_if_installed() else { return };
    let site = Site::on_postgres(&cluster);
    let server = site.start();
    let client = server.admin().await;
    let _lock = site.lock_out_writers().await;
    let outside = Db::connect(cluster.url(), 1).await.unwrap();
    let cancel = async {
        let waiting = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
        while outside.read().execute_unprepared(waiting).await.unwrap().rows_affected() == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let (answer, ()) = tokio::join!(client.run("{ dashboard { summary { recordCount } } }", json!({})), cancel);
    answer.unwrap().assert_unavailable();
}
