//! Clients that hang up before they have their answer.

use std::time::Duration;

use crate::{load::Tally, on_both, site::Site};

on_both![who_hangs_up_leaves_all_or_nothing, who_hangs_up_takes_no_connection_along];

async fn who_hangs_up_leaves_all_or_nothing(site: Site) {
    let server = site.start();
    let client = server.admin().await;
    let mut tally = Tally::default();
    for n in 0..60 {
        let key = n.to_string();
        // From before the request is read until after its answer.
        match tokio::time::timeout(Duration::from_micros(400 * n), client.create(&key)).await {
            Ok(answer) => {
                answer.unwrap().ok();
                tally.acknowledged.insert(key)
            }
            Err(_) => tally.unknown.insert(key),
        };
    }
    assert!(!tally.unknown.is_empty());
    site.assert_nothing_is_lost(&client, &tally).await;
    tally.resend(&client).await;
    site.assert_nothing_is_lost(&client, &tally).await;
}

async fn who_hangs_up_takes_no_connection_along(site: Site) {
    let site = site.with("DATABASE_CONNECTIONS", "2");
    let server = site.start();
    let client = server.admin().await;
    let mut tally = Tally::default();
    for round in 0..3 {
        let lock = site.lock_out_writers().await;
        for n in 0..4 {
            let key = format!("{round}-{n}");
            // In the midst of a transaction: it waits for the lock.
            tokio::time::timeout(Duration::from_millis(60), client.create(&key)).await.unwrap_err();
            tally.unknown.insert(key);
        }
        lock.rollback().await.ok().unwrap();
        let key = format!("{round}-last");
        client.create(&key).await.unwrap().ok();
        tally.acknowledged.insert(key);
    }
    let notes = client.notes().await;
    assert_eq!(notes.len(), tally.acknowledged.len(), "nobody was there to be told of {notes:?}");
    site.assert_nothing_is_lost(&client, &tally).await;
}
