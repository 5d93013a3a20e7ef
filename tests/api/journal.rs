//! The order of changes: each event has one position, nobody who follows them misses one, and each object's history is
//! what became of it.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, FixedOffset, TimeDelta};
use entity::Role;
use fastrand::Rng;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tallybook::journal::{self, Report};
use tokio::task::JoinHandle;

use crate::{
    books::an_expense,
    harness::{Client, TestApp},
    on_both,
};

on_both![
    a_follower_of_eight_writers_on_two_servers_sees_each_event_once,
    each_event_of_a_record_begins_where_the_one_before_ended,
    an_event_is_seen_by_whoever_asks_after_the_change,
    two_servers_give_each_position_once,
    what_a_server_left_behind_gets_its_position_from_another,
    a_creation_is_told_as_it_was_whatever_came_after,
    a_hundred_creations_take_a_few_statements,
    events_of_one_object_come_in_their_order_also_from_a_clock_that_is_behind,
];

const FOLLOW: &str = "query ($before: String) { auditEvents(last: 25, before: $before) {
    edges { cursor node { id at entityId action } }
} }";
const HISTORY: &str = "query ($id: ID!) { record(id: $id) { version updatedAt history(first: 100) {
    totalCount nodes { action at changes { field before after } }
} } }";

impl TestApp {
    /// What `tallybook audit verify` finds. The users and the organization of tests come from nowhere.
    pub async fn verify_journal(&self) -> Report {
        let mut report =
            journal::verify(self.db(), &|_| ()).await.map_err(|error| format!("{error:?}")).expect("a report");
        let from_nowhere = ["The user ", "The organization "];
        let is_expected = |fault: &str| {
            from_nowhere.iter().any(|start| fault.starts_with(start)) && fault.ends_with(" has no event.")
        };
        report.faults.retain(|fault| !is_expected(fault));
        report
    }

    fn keep_numbering(&self) -> JoinHandle<()> {
        tokio::spawn(journal::keep_numbering(self.services().clone()))
    }
}

/// The events that come after `cursor`, the oldest first; moves it on.
async fn next_events(admin: &Client, cursor: &mut Value) -> Vec<Value> {
    let mut page = admin.run(FOLLOW, json!({ "before": cursor })).await.ok()["auditEvents"]["edges"].take();
    let Value::Array(edges) = &mut page else { panic!("a list of edges") };
    edges.reverse();
    if let Some(newest) = edges.last() {
        *cursor = newest["cursor"].clone();
    }
    edges.iter_mut().map(|edge| edge["node"].take()).collect()
}

async fn a_follower_of_eight_writers_on_two_servers_sees_each_event_once(app: TestApp) {
    let servers = [app.clone(), app.elsewhere().await];
    let numbering: Vec<_> = servers.iter().map(TestApp::keep_numbering).collect();
    let admin = app.as_(Role::Admin).await;
    let mut writers = Vec::new();
    for seed in 0..8 {
        let writer = servers[seed % 2].as_(Role::Analyst).await;
        writers.push(tokio::spawn(async move {
            let mut rng = Rng::with_seed(seed as u64);
            for _ in 0..15 {
                let record = writer.enter(json!({ "category": format!("Cat {}", rng.u8(0..3)) })).await;
                if rng.bool() {
                    writer.update(json!({ "id": record["id"], "notes": "changed" })).await.ok();
                }
            }
        }));
    }
    let (mut seen, mut cursor) = (Vec::new(), Value::Null);
    while writers.iter().any(|writer| !writer.is_finished()) {
        seen.extend(next_events(&admin, &mut cursor).await);
    }
    for writer in join_all(writers).await {
        writer.expect("a writer that ends");
    }
    loop {
        let more = next_events(&admin, &mut cursor).await;
        if more.is_empty() {
            break;
        }
        seen.extend(more);
    }
    let ids: BTreeSet<_> = seen.iter().map(|event| event["id"].as_str().expect("an id")).collect();
    assert_eq!((seen.len(), ids.len()), (seen.len(), app.rows().await["audit_events"].len()));
    assert_eq!(ids.len(), seen.len());
    let mut versions: HashMap<&Value, usize> = HashMap::new();
    for event in &seen {
        let version = versions.entry(&event["entityId"]).or_default();
        assert_eq!(*version == 0, event["action"] == "CREATED", "{event}");
        *version += 1;
    }
    numbering.iter().for_each(JoinHandle::abort);
    let report = app.verify_journal().await;
    assert_eq!((report.faults, report.waiting), (vec![], 0));
    assert_eq!(usize::try_from(report.position), Ok(seen.len()));
}

async fn each_event_of_a_record_begins_where_the_one_before_ended(app: TestApp) {
    // The other server's clock is behind.
    let servers = [app.clone(), app.elsewhere_at(app.now() - TimeDelta::seconds(1)).await];
    let writers = [servers[0].as_(Role::Analyst).await, servers[1].as_(Role::Analyst).await];
    let record = writers[0].enter(json!({ "notes": "0" })).await;
    for round in 0..10 {
        let update = |n: usize| {
            writers[n % 2]
                .update(json!({ "id": record["id"], "notes": format!("{round}.{n}"), "amount": format!("{n}.50") }))
        };
        for response in join_all((1..=4).map(update)).await {
            response.ok();
        }
    }
    let shown = writers[0].run(HISTORY, json!({ "id": record["id"] })).await.ok()["record"].take();
    assert_eq!((&shown["version"], &shown["history"]["totalCount"]), (&json!(41), &json!(41)));
    let Value::Array(events) = &shown["history"]["nodes"] else { panic!("a list of events") };
    let mut state: HashMap<&Value, &Value> = HashMap::new();
    let mut last = DateTime::<FixedOffset>::MIN_UTC.fixed_offset();
    for event in events.iter().rev() {
        for change in event["changes"].as_array().expect("a list of changes") {
            let before = state.insert(&change["field"], &change["after"]).unwrap_or(&Value::Null);
            assert_eq!(before, &change["before"], "{event}");
        }
        let at = event["at"].as_str().expect("a time").parse().expect("a time");
        assert!(at > last, "{event}");
        last = at;
    }
    assert_eq!(shown["updatedAt"].as_str().expect("a time").parse(), Ok(last));
    let now = writers[0].record(&record["id"]).await;
    assert_eq!(state[&json!("notes")], &now["notes"]);
    assert_eq!(state[&json!("amount")], &now["amount"]["amount"]);
}

async fn an_event_is_seen_by_whoever_asks_after_the_change(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let mut cursor = Value::Null;
    for _ in 0..5 {
        let record = admin.enter(json!({})).await;
        let events = next_events(&admin, &mut cursor).await;
        assert_eq!(events.last().expect("an event")["entityId"], record["id"]);
    }
}

async fn two_servers_give_each_position_once(app: TestApp) {
    let other = app.elsewhere().await;
    let analyst = app.as_(Role::Analyst).await;
    let admins = [app.as_(Role::Admin).await, other.as_(Role::Admin).await];
    for _ in 0..5 {
        for response in join_all((0..10).map(|_| analyst.create(an_expense(json!({}))))).await {
            response.ok();
        }
        let look = |n: usize| admins[n % 2].run("{ auditEvents { totalCount } }", Value::Null);
        for response in join_all((0..6).map(look)).await {
            response.ok();
        }
    }
    let report = app.verify_journal().await;
    assert_eq!((report.faults, report.position + report.waiting.cast_signed()), (vec![], 51));
}

async fn what_a_server_left_behind_gets_its_position_from_another(app: TestApp) {
    let gone = app.elsewhere().await;
    gone.as_(Role::Analyst).await.enter(json!({})).await;
    assert_eq!(app.verify_journal().await.waiting, 2);
    let numbering = app.keep_numbering();
    while app.verify_journal().await.waiting > 0 {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    }
    numbering.abort();
    assert_eq!(app.verify_journal().await.position, 2);
}

async fn a_creation_is_told_as_it_was_whatever_came_after(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let record =
        admin.enter(json!({ "amount": "12.00", "currency": "USD", "category": "Rent", "notes": "first" })).await;
    let untouched = admin.enter(json!({ "amount": "7.10", "category": "Rent" })).await;
    let creation = async |record: &Value| {
        let shown = admin.run(HISTORY, json!({ "id": record["id"] })).await.ok()["record"]["history"]["nodes"].take();
        let mut created = shown.as_array().expect("a list").last().expect("an event").clone();
        assert_eq!(created["action"], "CREATED");
        created["changes"].take()
    };
    let (first, other) = (creation(&record).await, creation(&untouched).await);
    let entered = |field: &str, after: &str| json!({ "field": field, "before": null, "after": after });
    let expected = json!([
        entered("kind", "EXPENSE"),
        entered("amount", "12.00"),
        entered("currency", "USD"),
        entered("category", "Rent"),
        entered("date", "2026-05-01"),
        entered("notes", "first"),
    ]);
    assert_eq!(first, expected);
    for change in [
        json!({ "currency": "JPY" }),
        json!({ "amount": "99", "kind": "INCOME", "notes": "second" }),
        json!({ "category": "Other", "date": "2026-05-09" }),
    ] {
        app.advance(TimeDelta::minutes(1));
        admin.update(crate::books::with(json!({ "id": record["id"] }), change)).await.ok();
    }
    app.advance(TimeDelta::minutes(1));
    admin.rename(json!({ "id": untouched["category"]["id"], "name": "Lodging" })).await.ok();
    admin.rename(json!({ "id": untouched["category"]["id"], "name": "Housing" })).await.ok();
    admin.delete(json!({ "id": record["id"] })).await.ok();
    assert_eq!((creation(&record).await, creation(&untouched).await), (first, other));
}

async fn a_hundred_creations_take_a_few_statements(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    for n in 0..99 {
        admin.enter(json!({ "notes": n.to_string() })).await;
    }
    let list = "{ auditEvents(first: 100) { nodes { changes { field after } } } }";
    admin.run(list, Value::Null).await.ok();
    let (response, statements) = app.statements_of(admin.run(list, Value::Null)).await;
    let events = response.ok()["auditEvents"]["nodes"].take();
    assert_eq!(events.as_array().map(Vec::len), Some(100));
    assert_eq!(events[0]["changes"][5], json!({ "field": "notes", "after": "98" }));
    // What waits for its position, the page, the records, what happened to them since, and to their categories.
    assert_eq!(statements.len(), 5, "{statements:#?}");
}

/// Categories and sessions have no time of their last change, which a later one could be moved past.
async fn events_of_one_object_come_in_their_order_also_from_a_clock_that_is_behind(app: TestApp) {
    let behind = app.elsewhere_at(app.now() - TimeDelta::hours(1)).await;
    let (admin, other) = (app.as_(Role::Admin).await, behind.as_(Role::Admin).await);
    let category = admin.enter(json!({ "category": "0" })).await["category"]["id"].take();
    for n in 1..=6 {
        let client = if n % 2 == 0 { &admin } else { &other };
        client.rename(json!({ "id": category, "name": n.to_string() })).await.ok();
    }
    let list = "query ($id: ID!) { auditEvents(last: 10, filter: { entityId: $id }) { nodes { changes { after } } } }";
    let events = admin.run(list, json!({ "id": category })).await.ok()["auditEvents"]["nodes"].take();
    let names: Vec<_> = events.as_array().expect("a list").iter().map(|it| it["changes"][0]["after"].clone()).collect();
    assert_eq!(json!(names), json!(["6", "5", "4", "3", "2", "1", "0"]));
}
