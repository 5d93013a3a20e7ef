//! Who asks for much, or waits for a lock, leaves to the others what is theirs.

use std::time::Duration;

use axum::http::StatusCode;
use futures_util::future::join_all;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, Statement};
use serde_json::json;

use crate::{
    client::Client,
    on_both,
    postgres::Cluster,
    site::{EMAIL, PASSWORD, Server, Site},
};

on_both![
    who_reads_much_leaves_the_others_their_connections,
    a_statement_ends_when_its_client_hangs_up,
    a_statement_that_takes_too_long_is_unavailable_and_holds_up_nobody_for_longer,
];

/// What reads no category.
const LIST: &str = "{ mySessions { id } }";
/// Nine statements that take long, where categories are slow.
const NINE: &str = "{ a: categories { nodes { id } } b: categories { nodes { id } } c: categories { nodes { id } } d: categories { nodes { id } } \
    e: categories { nodes { id } } f: categories { nodes { id } } g: categories { nodes { id } } h: categories { nodes { id } } i: categories { nodes { id } } }";
const VIEWER: (&str, &str) = ("viewer@example.com", "reads all day long");

async fn a_viewer(site: &Site, server: &Server) -> Client {
    site.add_user(VIEWER.0, "viewer", VIEWER.1);
    Client::sign_in(server.address(), VIEWER.0, VIEWER.1).await
}

/// What everybody needs, while others do what they do.
async fn assert_serves(server: &Server, client: &Client) {
    for _ in 0..3 {
        client.run("{ me { id } }", json!({})).await.unwrap().ok();
        client.run(LIST, json!({})).await.unwrap().ok();
        Client::sign_in(server.address(), EMAIL, PASSWORD).await.run("{ me { id } }", json!({})).await.unwrap().ok();
        assert_eq!(server.readiness().await, StatusCode::OK);
    }
}

async fn who_reads_much_leaves_the_others_their_connections(site: Site) {
    let server = site.start();
    let admin = server.admin().await;
    admin.create("a-category-to-read").await.unwrap().ok();
    let viewer = a_viewer(&site, &server).await;
    let slow = site.slow_categories_down().await;
    let reading = join_all((0..6).map(|_| viewer.run(NINE, json!({}))));
    tokio::select! {
        answers = reading => panic!("none of it was slow: {answers:?}"),
        () = async {
            tokio::time::sleep(Duration::from_millis(500)).await;
            assert_serves(&server, &admin).await;
        } => {}
    }
    site.restore_categories(slow).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operation_uses_two_connections_at_a_time() {
    let Some(cluster) = Cluster::start_if_installed() else { return };
    let site = Site::on_postgres(&cluster);
    let server = site.start();
    let admin = server.admin().await;
    admin.create("a-category-to-read").await.unwrap().ok();
    let slow = site.slow_categories_down().await;
    let counting = async {
        tokio::time::sleep(Duration::from_millis(500)).await;
        let busy = statements_at_work(&slow).await;
        assert_eq!(busy.len(), 2, "{busy:#?}");
    };
    tokio::select! {
        answer = admin.run(NINE, json!({})) => panic!("it was not slow: {answer:?}"),
        () = counting => {}
    }
}

/// What the other connections are at.
async fn statements_at_work(outside: &DatabaseConnection) -> Vec<String> {
    let busy = "SELECT query FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND state = 'active' \
        AND query LIKE '%FROM \"categories\"%'";
    let busy = outside.query_all_raw(Statement::from_string(outside.get_database_backend(), busy)).await.unwrap();
    busy.iter().map(|row| row.try_get("", "query").unwrap()).collect()
}

async fn a_statement_ends_when_its_client_hangs_up(site: Site) {
    // One connection to read on: what goes on there is in the way of everything else.
    let site = site.with("DATABASE_CONNECTIONS", "1");
    let server = site.start();
    let admin = server.admin().await;
    admin.create("a-category-to-read").await.unwrap().ok();
    let slow = site.slow_categories_down().await;
    for _ in 0..5 {
        tokio::time::timeout(Duration::from_millis(150), admin.run(NINE, json!({}))).await.unwrap_err();
        admin.run(LIST, json!({})).await.unwrap().ok();
    }
    site.restore_categories(slow).await;
    admin.run("{ categories { nodes { id } } }", json!({})).await.unwrap().ok();
}

async fn a_statement_that_takes_too_long_is_unavailable_and_holds_up_nobody_for_longer(site: Site) {
    let site = site.with("DATABASE_CONNECTIONS", "2");
    let server = site.start();
    let client = server.admin().await;
    client.create("a-category-to-read").await.unwrap().ok();
    let slow = site.slow_categories_down().await;
    let answer = client.run("{ categories { nodes { id } } }", json!({})).await.unwrap();
    assert_eq!(
        (answer.status, &answer.body["errors"][0]["extensions"]["code"]),
        (StatusCode::SERVICE_UNAVAILABLE, &json!("UNAVAILABLE"))
    );
    assert!(answer.took < Duration::from_secs(12), "after {:?}", answer.took);
    site.restore_categories(slow).await;
    client.run("{ categories { nodes { id } } }", json!({})).await.unwrap().ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_to_write_is_not_in_the_way_of_who_reads() {
    let Some(cluster) = Cluster::start_if_installed() else { return };
    let site = Site::on_postgres(&cluster);
    let server = site.start();
    let admin = server.admin().await;
    let viewer = a_viewer(&site, &server).await;
    let outside = Database::connect(cluster.url()).await.unwrap();
    let lock = sea_orm::TransactionTrait::begin(&outside).await.unwrap();
    // Whoever writes says so there, in the transaction.
    lock.execute_unprepared("LOCK TABLE audit_events IN EXCLUSIVE MODE").await.unwrap();
    let keys: Vec<_> = (0..24).map(|n| n.to_string()).collect();
    let writing = join_all(keys.iter().map(|key| admin.create(key)));
    let others = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        for _ in 0..40 {
            viewer.run(LIST, json!({})).await.unwrap().ok();
            assert_eq!(server.readiness().await, StatusCode::OK);
        }
    };
    let (answers, ()) = tokio::join!(writing, others);
    for answer in answers.into_iter().map(Result::unwrap) {
        // The first eight waited for the lock, the others for those.
        let refused = [StatusCode::SERVICE_UNAVAILABLE, StatusCode::TOO_MANY_REQUESTS];
        assert!(refused.contains(&answer.status), "{}", answer.body);
    }
    lock.rollback().await.unwrap();
    admin.create("after").await.unwrap().ok();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_waits_for_a_standby_that_is_lost_is_told_and_is_not_in_the_way_of_who_reads() {
    let Some(mut cluster) = Cluster::start_if_installed() else { return };
    let site = Site::on_postgres(&cluster);
    let outside = Database::connect(cluster.url()).await.unwrap();
    outside.execute_unprepared("ALTER SYSTEM SET wal_level = replica").await.unwrap();
    outside.execute_unprepared("ALTER SYSTEM SET max_wal_senders = 2").await.unwrap();
    outside.close().await.unwrap();
    cluster.stop("fast");
    cluster.resume();
    let server = site.start();
    let admin = server.admin().await;
    let viewer = a_viewer(&site, &server).await;
    let outside = Database::connect(cluster.url()).await.unwrap();
    let order = async |statement: &str| {
        outside.execute_unprepared(statement).await.unwrap();
        outside.execute_unprepared("SELECT pg_reload_conf()").await.unwrap();
        tokio::time::sleep(Duration::from_millis(300)).await;
    };
    order("ALTER SYSTEM SET synchronous_standby_names = 'nobody'").await;

    let keys: Vec<_> = (0..10).map(|n| n.to_string()).collect();
    let writing = join_all(keys.iter().map(|key| admin.create(key)));
    let others = async {
        for _ in 0..20 {
            viewer.run(LIST, json!({})).await.unwrap().ok();
            assert_eq!(server.readiness().await, StatusCode::OK);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let (answers, ()) = tokio::join!(writing, others);
    let answers: Vec<_> = answers.into_iter().map(Result::unwrap).collect();
    for answer in &answers {
        assert_eq!(answer.body["errors"][0]["extensions"]["code"], "UNAVAILABLE", "{}", answer.body);
        assert!(answer.took < Duration::from_secs(5), "after {:?}", answer.took);
    }
    let unsure = answers.iter().filter(|answer| answer.body.to_string().contains("may have been made")).count();
    assert!((1..10).contains(&unsure), "{unsure} of {}", answers.len());

    order("ALTER SYSTEM RESET synchronous_standby_names").await;
    assert_eq!(admin.notes().await.len(), unsure, "what was committed nevertheless");
    for key in &keys {
        admin.create(key).await.unwrap().ok();
    }
    assert_eq!(admin.notes().await.len(), keys.len());
}
