//! What a record's history says of its category: which it was entered in, and what became of that.

use entity::Role;
use serde_json::{Value, json};

use crate::{
    harness::{Client, TestApp},
    on_both,
};

on_both![
    the_history_of_a_record_says_what_became_of_its_category,
    a_record_that_left_a_merged_category_was_entered_in_that_one,
    a_record_was_entered_under_the_name_that_its_category_had,
    what_was_merged_into_its_category_is_not_in_the_history_of_a_record,
    a_history_comes_in_pages_with_what_became_of_the_category,
    who_sees_a_record_finds_the_events_of_its_category_by_their_ids,
];

const HISTORY: &str = "query ($id: ID!, $first: Int, $after: String, $last: Int, $before: String) { record(id: $id) {
    category { name }
    history(first: $first, after: $after, last: $last, before: $before) {
        totalCount
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        nodes { id action entityType entityId changes { field before after } }
    }
} }";

async fn page(client: &Client, id: &Value, mut arguments: Value) -> Value {
    arguments["id"] = id.clone();
    client.run(HISTORY, arguments).await.ok()["record"].take()
}

/// The events of the record `id`, oldest first.
async fn history(client: &Client, id: &Value) -> Vec<Value> {
    let mut page = page(client, id, json!({ "first": 100 })).await;
    let Value::Array(mut events) = page["history"]["nodes"].take() else { panic!("a list of events") };
    assert_eq!(page["history"]["totalCount"], events.len());
    events.reverse();
    events
}

/// What an event changed of the name that the record's category is shown under.
fn new_name(event: &Value) -> Option<&Value> {
    let mut changes = event["changes"].as_array().expect("a list of changes").iter();
    changes.find(|change| event["entityType"] == "CATEGORY" || change["field"] == "category")
}

/// The history of the record `id` tells how it came to be shown in the category that it is shown in: each event finds
/// the name that the one before it left. Where a category is its own again, nobody says what it is called.
pub async fn assert_names_follow_from_each_other(client: &Client, id: &Value) {
    let mut last = Value::Null;
    for event in history(client, id).await {
        let Some(change) = new_name(&event) else { continue };
        if !last.is_null() && !change["before"].is_null() {
            assert_eq!(change["before"], last, "{event}");
        }
        last = change["after"].clone();
    }
    if !last.is_null() {
        assert_eq!(client.record(id).await["category"]["name"], last);
    }
}

/// What an event did to what, in short: `CREATED RECORD category: null → "A"`, of the category alone.
fn told(events: &[Value]) -> Vec<String> {
    let tell = |event: &Value| {
        let change = new_name(event).unwrap_or(&Value::Null);
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let [action, sort] = ["action", "entityType"].map(|field| text(&event[field]));
        let [field, before, after] = ["field", "before", "after"].map(|field| text(&change[field]));
        format!("{action} {sort} {field} {before} {after}")
    };
    events.iter().map(tell).collect()
}

async fn the_history_of_a_record_says_what_became_of_its_category(app: TestApp) {
    let (admin, viewer) = (app.as_(Role::Admin).await, app.as_(Role::Viewer).await);
    let record = admin.enter(json!({ "category": "A" })).await;
    let (id, a) = (&record["id"], &record["category"]["id"]);
    let b = admin.enter(json!({ "category": "B" })).await["category"]["id"].take();
    let c = admin.enter(json!({ "category": "C" })).await["category"]["id"].take();
    admin.rename(json!({ "id": b, "name": "Not yet" })).await.ok();
    admin.rename(json!({ "id": a, "name": "A1" })).await.ok();
    admin.merge(a, &b).await.ok();
    admin.rename(json!({ "id": a, "name": "Not shown" })).await.ok();
    admin.rename(json!({ "id": b, "name": "B1" })).await.ok();
    admin.merge(&b, &c).await.ok();
    admin.unmerge(&b).await.ok();
    admin.unmerge(a).await.ok();
    admin.merge(a, &b).await.ok();
    admin.update(json!({ "id": id, "category": "C", "notes": "moved" })).await.ok();
    admin.rename(json!({ "id": b, "name": "No more" })).await.ok();
    admin.rename(json!({ "id": c, "name": "C1" })).await.ok();
    admin.delete(json!({ "id": id })).await.ok();
    admin.restore(json!({ "id": id })).await.ok();

    let events = history(&viewer, id).await;
    let expected = [
        "CREATED RECORD category - A",
        "UPDATED CATEGORY name A A1",
        "MERGED CATEGORY mergedInto - Not yet",
        "UPDATED CATEGORY name Not yet B1",
        "MERGED CATEGORY mergedInto B1 C",
        "UNMERGED CATEGORY mergedInto C B1",
        "UNMERGED CATEGORY mergedInto B1 -",
        "MERGED CATEGORY mergedInto - B1",
        "UPDATED RECORD category B1 C",
        "UPDATED CATEGORY name C C1",
        "DELETED RECORD - - -",
        "RESTORED RECORD - - -",
    ];
    assert_eq!(told(&events), expected);
    assert_eq!((&events[2]["entityId"], &events[3]["entityId"], &events[9]["entityId"]), (a, &b, &c));
    assert_names_follow_from_each_other(&viewer, id).await;
}

async fn a_record_that_left_a_merged_category_was_entered_in_that_one(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let record = admin.enter(json!({ "category": "A" })).await;
    let b = admin.enter(json!({ "category": "B" })).await["category"]["id"].take();
    admin.merge(&record["category"]["id"], &b).await.ok();
    admin.update(json!({ "id": record["id"], "category": "C" })).await.ok();
    admin.rename(json!({ "id": record["category"]["id"], "name": "Another" })).await.ok();
    let since = admin.enter(json!({ "category": "Another" })).await;
    admin.update(json!({ "id": since["id"], "category": "C" })).await.ok();
    for (id, name) in [(&record["id"], "A"), (&since["id"], "B")] {
        let events = told(&history(&admin, id).await);
        assert_eq!(events[0], format!("CREATED RECORD category - {name}"));
        assert_eq!(events.last().expect("an event"), "UPDATED RECORD category B C");
    }
}

async fn a_record_was_entered_under_the_name_that_its_category_had(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let first = admin.enter(json!({ "category": "A" })).await;
    let category = &first["category"]["id"];
    admin.rename(json!({ "id": category, "name": "B" })).await.ok();
    let second = admin.enter(json!({ "category": "B" })).await;
    admin.rename(json!({ "id": category, "name": "C" })).await.ok();
    let expected = |name| [format!("CREATED RECORD category - {name}"), "UPDATED CATEGORY name B C".to_owned()];
    let events = told(&history(&admin, &first["id"]).await);
    assert_eq!((&events[0], &events[2]), (&expected("A")[0], &expected("A")[1]));
    assert_eq!(told(&history(&admin, &second["id"]).await), expected("B"));
}

async fn what_was_merged_into_its_category_is_not_in_the_history_of_a_record(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let record = admin.enter(json!({ "category": "A" })).await;
    let other = admin.enter(json!({ "category": "B" })).await["category"]["id"].take();
    admin.merge(&other, &record["category"]["id"]).await.ok();
    admin.unmerge(&other).await.ok();
    assert_eq!(told(&history(&admin, &record["id"]).await), ["CREATED RECORD category - A"]);
}

async fn a_history_comes_in_pages_with_what_became_of_the_category(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let record = admin.enter(json!({ "category": "A" })).await;
    let (id, a) = (&record["id"], &record["category"]["id"]);
    let b = admin.enter(json!({ "category": "B" })).await["category"]["id"].take();
    for step in 0..3 {
        admin.merge(a, &b).await.ok();
        admin.update(json!({ "id": id, "notes": format!("{step}") })).await.ok();
        admin.unmerge(a).await.ok();
    }
    let mut all = history(&admin, id).await;
    assert_eq!(all.len(), 10);
    all.reverse();
    for size in [1, 3, 4, 10] {
        let (mut forwards, mut after) = (Vec::new(), Value::Null);
        let (mut backwards, mut before) = (Vec::new(), Value::Null);
        for turn in 1.. {
            let next = page(&admin, id, json!({ "first": size, "after": after })).await["history"].take();
            let previous = page(&admin, id, json!({ "last": size, "before": before })).await["history"].take();
            assert_eq!((&next["totalCount"], &previous["totalCount"]), (&json!(10), &json!(10)));
            (after, before) = (next["pageInfo"]["endCursor"].clone(), previous["pageInfo"]["startCursor"].clone());
            forwards.extend(next["nodes"].as_array().expect("events").clone());
            backwards.splice(0..0, previous["nodes"].as_array().expect("events").clone());
            let is_last = turn * size >= 10;
            assert_eq!(next["pageInfo"]["hasNextPage"], !is_last);
            assert_eq!(previous["pageInfo"]["hasPreviousPage"], !is_last);
            if is_last {
                break;
            }
        }
        assert_eq!((&forwards, &backwards), (&all, &all));
    }
}

async fn who_sees_a_record_finds_the_events_of_its_category_by_their_ids(app: TestApp) {
    let (admin, viewer) = (app.as_(Role::Admin).await, app.as_(Role::Viewer).await);
    let record = admin.enter(json!({ "category": "A" })).await;
    let b = admin.enter(json!({ "category": "B" })).await["category"]["id"].take();
    admin.merge(&record["category"]["id"], &b).await.ok();
    let node = "query ($id: ID!) { node(id: $id) { id ... on AuditEvent { action } } }";
    let events = history(&viewer, &record["id"]).await;
    assert_eq!(events.len(), 2, "{events:?}");
    for event in events {
        let found = viewer.run(node, json!({ "id": event["id"] })).await.ok()["node"].take();
        assert_eq!(found, json!({ "id": event["id"], "action": event["action"] }));
    }
}
