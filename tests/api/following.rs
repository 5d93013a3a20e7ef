//! A cache that follows the books through cuts at random, while others write.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use entity::Role;
use sea_orm::{ConnectionTrait, DbBackend};
use serde_json::{Value, json};
use tokio::time::{Instant, sleep, timeout_at};

use crate::{
    changes::{CHANGED, Cache, but_categories, whole},
    harness::{
        Client, TestApp,
        socket::{Came, Socket},
    },
    on_both,
    viewers::another_that_listens,
};

on_both![who_is_cut_off_at_random_ends_with_the_books, who_missed_what_was_removed_starts_again];

const WRITERS: usize = 8;
/// How long they write. A minute of it, over and over, found nothing more.
const TIME: Duration = Duration::from_secs(6);

/// Enters, changes, deletes and restores records, merges and renames categories, until it is over.
async fn write(admin: Client, number: usize, is_over: Arc<AtomicBool>) {
    let mut records: Vec<Value> = Vec::new();
    while !is_over.load(Ordering::Relaxed) {
        let chosen = (!records.is_empty()).then(|| records[fastrand::usize(..records.len())].clone());
        let category = format!("Category {number} {}", fastrand::usize(..4));
        // What comes too late, or twice, is refused: that is part of it.
        match (fastrand::usize(..10), chosen) {
            (0..4, _) | (_, None) => {
                let entered = admin.enter(json!({ "category": category, "notes": number.to_string() })).await;
                records.push(entered["id"].clone());
            }
            (4..7, Some(id)) => drop(admin.update(json!({ "id": id, "amount": "3.00", "category": category })).await),
            (7, Some(id)) => drop(admin.delete(json!({ "id": id })).await),
            (8, Some(id)) => drop(admin.restore(json!({ "id": id })).await),
            (_, Some(id)) => {
                let record = admin.record(&id).await;
                let other = admin.enter(json!({ "category": format!("{category} more") })).await;
                if fastrand::bool() {
                    drop(admin.merge(&record["category"]["id"], &other["category"]["id"]).await);
                } else {
                    drop(admin.unmerge(&record["category"]["id"]).await);
                }
            }
        }
    }
}

/// Follows over one connection until `until`, or until it likes no more.
async fn follow(cache: &mut Cache, address: SocketAddr, client: &Client, until: Instant) {
    let mut socket = Socket::of(address, client.token()).await;
    socket.subscribe("1", CHANGED, json!({ "after": cache.cursor })).await;
    let cut = until.min(Instant::now() + Duration::from_millis(fastrand::u64(1..400)));
    while let Ok(came) = timeout_at(cut, socket.next()).await {
        match came {
            Came::Message(message) if message["type"] == "next" => cache.take(&message["payload"]["data"]["changed"]),
            Came::Message(message) if message["type"] == "error" => {
                assert_eq!(message["payload"][0]["extensions"]["code"], "CURSOR_EXPIRED");
                *cache = Cache::default();
                cache.catch_up(client, 500).await;
                return;
            }
            other => panic!("{other:?}"),
        }
    }
}

async fn who_is_cut_off_at_random_ends_with_the_books(app: TestApp) {
    let is_postgres = app.db().backend() == DbBackend::Postgres;
    let mut servers = vec![app.clone()];
    if is_postgres {
        servers.push(another_that_listens(&app).await);
    }
    let mut addresses = Vec::new();
    for server in &servers {
        addresses.push(server.serve().await);
    }
    let is_over = Arc::new(AtomicBool::new(false));
    let mut writers = Vec::new();
    for number in 0..WRITERS {
        let admin = servers[number % servers.len()].as_(Role::Admin).await;
        writers.push(tokio::spawn(write(admin, number, is_over.clone())));
    }
    let (admin, viewer) = (app.as_(Role::Admin).await, app.as_(Role::Viewer).await);
    let end = Instant::now() + TIME;
    let followers = [&admin, &viewer].map(|client| {
        let (client, addresses) = (client.clone(), addresses.clone());
        tokio::spawn(async move {
            let mut cache = Cache::default();
            cache.catch_up(&client, 50).await;
            while Instant::now() < end {
                follow(&mut cache, addresses[fastrand::usize(..addresses.len())], &client, end).await;
                sleep(Duration::from_millis(fastrand::u64(..200))).await;
            }
            cache
        })
    });
    let mut caches = Vec::new();
    for follower in followers {
        caches.push(follower.await.expect("a follower"));
    }
    is_over.store(true, Ordering::Relaxed);
    for writer in writers {
        writer.await.expect("a writer");
    }
    for (cache, client) in caches.iter_mut().zip([&admin, &viewer]) {
        cache.catch_up(client, 100).await;
        let books = whole(client).await;
        assert!(books.len() > 50, "{}", books.len());
        assert_eq!(but_categories(&cache.objects), but_categories(&books));
        for (id, object) in &books {
            assert_eq!(cache.objects.get(id), Some(object), "{id}");
        }
    }
}

async fn who_missed_what_was_removed_starts_again(app: TestApp) {
    let (admin, viewer) = (app.as_(Role::Admin).await, app.as_(Role::Viewer).await);
    let address = app.serve().await;
    let record = admin.enter(json!({})).await;
    let mut cache = Cache::default();
    cache.catch_up(&viewer, 100).await;
    for notes in ["a", "b"] {
        admin.update(json!({ "id": record["id"], "notes": notes })).await.ok();
    }
    whole(&viewer).await;
    app.outside().await.execute_unprepared("DELETE FROM journal WHERE position <= 3").await.expect("removed history");
    let (id, end) = (record["id"].as_str().expect("an id"), Instant::now() + Duration::from_secs(20));
    while cache.objects[id]["notes"] != "b" && Instant::now() < end {
        follow(&mut cache, address, &viewer, end).await;
    }
    assert_eq!(cache.objects, whole(&viewer).await);
    assert_eq!(cache.objects[id]["notes"], "b");
}
