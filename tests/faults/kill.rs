//! The program killed while it writes.

use std::{collections::BTreeSet, process::Output, time::Duration};

use serde_json::{Value, json};
use tokio::task::{JoinHandle, spawn_blocking};

use crate::{client::Client, load::Load, on_both, site::Site};

on_both![
    what_was_acknowledged_before_a_kill_is_there_after_it,
    records_without_keys_survive_a_kill_while_totals_are_rebuilt,
    a_follower_has_every_event_once_though_a_server_is_killed,
];

async fn what_was_acknowledged_before_a_kill_is_there_after_it(site: Site) {
    let server = site.start();
    let client = server.admin().await;
    let load = Load::start(&client, "first");
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    server.kill();
    let mut tally = load.finish().await;

    let server = site.start();
    let client = client.at(server.address());
    site.assert_nothing_is_lost(&client, &tally).await;
    tally.resend(&client).await;
    site.assert_nothing_is_lost(&client, &tally).await;
}

/// A record without a key is entered by one statement, without a transaction that locks first.
async fn records_without_keys_survive_a_kill_while_totals_are_rebuilt(site: Site) {
    let server = site.start();
    let client = server.admin().await.without_keys();
    let load = Load::start(&client, "keyless");
    tokio::time::sleep(Duration::from_millis(500)).await;
    for _ in 0..3 {
        let rebuilt = rebuild(&site).await.unwrap();
        assert!(rebuilt.status.success(), "{rebuilt:?}");
    }
    let last = rebuild(&site);
    tokio::time::sleep(Duration::from_millis(20)).await;
    server.kill();
    let tally = load.finish().await;
    let rebuilt = last.await.unwrap();
    assert!(rebuilt.status.success(), "{rebuilt:?}");

    let server = site.start();
    site.assert_nothing_is_lost(&client.at(server.address()), &tally).await;
}

fn rebuild(site: &Site) -> JoinHandle<Output> {
    let mut command = site.command(&["totals", "rebuild"]);
    spawn_blocking(move || command.output().unwrap())
}

/// Two servers on one database. What the killed one committed and had not numbered is numbered by the other.
async fn a_follower_has_every_event_once_though_a_server_is_killed(site: Site) {
    let (killed, other) = (site.start(), site.start());
    let client = killed.admin().await;
    let mut follower = Follower::new(client.at(other.address()));
    let loads = [Load::start(&client, "killed"), Load::start(&follower.client, "other")];
    for _ in 0..20 {
        follower.advance().await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    killed.kill();
    for _ in 0..10 {
        follower.advance().await;
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    for load in loads {
        load.finish().await;
    }
    while follower.advance().await {}
    let list = "{ auditEvents { totalCount } }";
    let total = follower.client.run(list, Value::Null).await.unwrap().ok()["auditEvents"]["totalCount"].take();
    let unique: BTreeSet<_> = follower.seen.iter().collect();
    assert_eq!((json!(unique.len()), follower.seen.len()), (total, unique.len()));
    let verified = site.run(&["audit", "verify"]);
    assert!(verified.status.success(), "{verified:?}");
    assert!(!String::from_utf8_lossy(&verified.stdout).contains("wait"), "{verified:?}");
}

/// Somebody who reads the audit trail from its beginning, on and on.
struct Follower {
    client: Client,
    cursor: Value,
    seen: Vec<String>,
}

impl Follower {
    fn new(client: Client) -> Self {
        Self { client, cursor: Value::Null, seen: Vec::new() }
    }

    /// Reads a page, and says whether there was anything on it.
    async fn advance(&mut self) -> bool {
        let follow =
            "query ($before: String) { auditEvents(last: 100, before: $before) { edges { cursor node { id } } } }";
        let Ok(answer) = self.client.run(follow, json!({ "before": self.cursor })).await else { return true };
        if !answer.is_ok() {
            return true;
        }
        let page = answer.ok();
        let edges = page["auditEvents"]["edges"].as_array().unwrap();
        self.seen.extend(edges.iter().rev().map(|edge| edge["node"]["id"].as_str().unwrap().to_owned()));
        if let Some(newest) = edges.first() {
            self.cursor = newest["cursor"].clone();
        }
        !edges.is_empty()
    }
}
