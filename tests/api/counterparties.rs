//! Who was paid, or who paid: entered, changed, cleared, filtered by, and in the history.

use entity::Role;
use serde_json::{Value, json};

use crate::{
    books::an_expense,
    harness::{Client, TestApp},
    on_both,
};

on_both![
    a_counterparty_is_entered_changed_and_cleared,
    a_filter_by_counterparty_means_exactly_that_one,
    the_history_says_what_the_counterparty_was,
    another_counterparty_is_other_input_for_a_key,
];

async fn counterparty(client: &Client, id: &Value) -> Value {
    let query = "query ($id: ID!) { record(id: $id) { counterparty } }";
    client.run(query, json!({ "id": id })).await.ok()["record"]["counterparty"].take()
}

async fn a_counterparty_is_entered_changed_and_cleared(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    let without = client.enter(json!({})).await["id"].clone();
    assert_eq!(counterparty(&client, &without).await, Value::Null);
    let id = client.enter(json!({ "counterparty": "  Cafe\u{301} Müller GmbH " })).await["id"].clone();
    assert_eq!(counterparty(&client, &id).await, "Café Müller GmbH");
    for (sent, expected) in [
        (json!({ "id": id, "notes": "x" }), json!("Café Müller GmbH")),
        (json!({ "id": id, "counterparty": null }), json!("Café Müller GmbH")),
        (json!({ "id": id, "counterparty": "Acme Ltd" }), json!("Acme Ltd")),
        (json!({ "id": id, "counterparty": " " }), Value::Null),
    ] {
        client.update(sent.clone()).await.ok();
        assert_eq!(counterparty(&client, &id).await, expected, "{sent}");
    }
    let longest = "é".repeat(200);
    let id = client.enter(json!({ "counterparty": longest })).await["id"].clone();
    assert_eq!(counterparty(&client, &id).await, longest);
}

async fn a_filter_by_counterparty_means_exactly_that_one(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    for (name, notes, category) in [("Acme Ltd", "a", "Rent"), ("ACME", "b", "Rent"), ("Acme Ltd", "c", "Travel")] {
        client.enter(json!({ "counterparty": name, "notes": notes, "category": category })).await;
    }
    client.enter(json!({ "notes": "d" })).await;
    let notes = async |filter| client.notes(json!({ "filter": filter, "orderBy": { "direction": "ASC" } })).await;
    assert_eq!(notes(json!({ "counterparty": "Acme Ltd" })).await, ["a", "c"]);
    assert_eq!(notes(json!({ "counterparty": "Acme Ltd", "categories": ["Travel"] })).await, ["c"]);
    assert_eq!(notes(json!({ "counterparty": "acme" })).await, Vec::<String>::new());
    assert_eq!(notes(json!({ "counterparty": "" })).await, ["a", "b", "c", "d"]);
    let sums =
        "query ($filter: RecordFilter) { records(filter: $filter) { totalCount summary { expenses { amount } } } }";
    let found = client.run(sums, json!({ "filter": { "counterparty": "Acme Ltd" } })).await.ok();
    assert_eq!(found["records"], json!({ "totalCount": 2, "summary": { "expenses": { "amount": "25.00" } } }));
    let response = client.run(sums, json!({ "filter": { "counterparty": "x".repeat(201) } })).await;
    assert_eq!((response.code(), response.field()), ("BAD_USER_INPUT", Some("filter.counterparty")));
}

async fn the_history_says_what_the_counterparty_was(app: TestApp) {
    let client = app.as_(Role::Admin).await;
    let id = client.enter(json!({ "counterparty": "Acme Ltd" })).await["id"].clone();
    let other = client.enter(json!({})).await["id"].clone();
    client.update(json!({ "id": id, "counterparty": "" })).await.ok();
    client.update(json!({ "id": other, "counterparty": "Acme Ltd" })).await.ok();
    let query = "query ($id: ID!) { record(id: $id) { history { nodes { action changes { field before after } } } } }";
    let changes = async |id: &Value| {
        let history = client.run(query, json!({ "id": id })).await.ok();
        let events = history["record"]["history"]["nodes"].as_array().expect("events").clone();
        let of_counterparty = |event: &Value| {
            let mut changes = event["changes"].as_array().expect("changes").iter();
            changes.find(|change| change["field"] == "counterparty").cloned()
        };
        events.iter().rev().map(of_counterparty).collect::<Vec<_>>()
    };
    let change =
        |before: Value, after: Value| Some(json!({ "field": "counterparty", "before": before, "after": after }));
    let acme = || json!("Acme Ltd");
    assert_eq!(changes(&id).await, [change(Value::Null, acme()), change(acme(), Value::Null)]);
    assert_eq!(changes(&other).await, [None, change(Value::Null, acme())]);
    assert_eq!(app.verify_journal().await.faults, Vec::<String>::new());
}

async fn another_counterparty_is_other_input_for_a_key(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    let keyed = |name: Value| an_expense(json!({ "idempotencyKey": "a-key", "counterparty": name }));
    client.create(keyed(Value::Null)).await.ok();
    assert_eq!(client.create(keyed(json!(""))).await.ok()["createRecord"]["replayed"], true);
    assert_eq!(client.create(keyed(json!("Acme Ltd"))).await.code(), "IDEMPOTENCY_KEY_REUSED");
}
