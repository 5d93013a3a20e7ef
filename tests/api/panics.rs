//! Code that panics in the midst of a request: the request gets one error, and nobody else notices.
//!
//! The schema has nothing that panics, so the observer of the database connection does it on the test's behalf,
//! inside the resolver that waits for the statement.

use axum::http::StatusCode;
use entity::Role;
use serde_json::{Value, json};

use crate::{
    harness::{Client, PANIC, Response, TestApp},
    on_both,
    scene::Scene,
};

on_both![
    a_panic_in_a_query_is_one_error_and_the_server_lives_on,
    a_panic_in_the_midst_of_a_change_leaves_nothing_of_it,
    a_panic_in_a_load_that_many_wait_for_is_one_error,
    a_panic_before_the_operation_is_one_error,
];

/// More often than there are connections, or turns to write: none may get lost.
const ROUNDS: usize = 15;

/// What `document` is answered with when the statement that holds `text` makes its resolver panic.
async fn panicked(app: &TestApp, client: &Client, text: &'static str, document: &str) -> Response {
    app.panic_at(text);
    let response = client.run(document, Value::Null).await;
    assert!(!app.waits_to_panic(), "{document} has no statement with {text}");
    assert_eq!(response.code(), "INTERNAL_SERVER_ERROR", "{}", response.body);
    assert_eq!(response.status, StatusCode::INTERNAL_SERVER_ERROR);
    let id = response.headers["x-request-id"].to_str().expect("an id of ASCII");
    assert_eq!(response.error()["extensions"]["requestId"], id);
    assert!(!response.body.contains(PANIC) && !response.body.contains("\"data\""), "{}", response.body);
    response
}

async fn a_panic_in_a_query_is_one_error_and_the_server_lives_on(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    for document in
        ["{ records { nodes { id } } }", "{ me { id } a: records { nodes { id } } categories { nodes { id } } }"]
    {
        viewer.run(document, Value::Null).await.ok();
        for _ in 0..ROUNDS {
            panicked(&app, &viewer, "FROM \"records\"", document).await;
        }
        viewer.run(document, Value::Null).await.ok();
    }
}

async fn a_panic_in_the_midst_of_a_change_leaves_nothing_of_it(app: TestApp) {
    let scene = Scene::new(&app).await;
    let admin = app.as_(Role::Admin).await;
    for mutation in [
        r#"createRecord(input: {kind: INCOME, amount: "1", category: "New", date: "2026-01-01", idempotencyKey: "one"}) { replayed }"#,
        r#"updateRecord(input: {id: $record, notes: "new"}) { record { id } }"#,
        "updateUser(input: {id: $user, isActive: false}) { user { id } }",
        "mergeCategories(input: {fromId: $category, intoId: $otherCategory}) { category { id } }",
    ] {
        let document = scene.fill(&format!("mutation {{ {mutation} }}"));
        let before = app.rows().await;
        for _ in 0..ROUNDS {
            panicked(&app, &admin, "INSERT INTO \"audit_events\"", &document).await;
        }
        assert_eq!(app.rows().await, before, "{mutation}");
        let data = admin.run(&document, Value::Null).await.ok();
        assert_ne!(data["createRecord"]["replayed"], true);
    }
}

async fn a_panic_in_a_load_that_many_wait_for_is_one_error(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    for _ in 0..3 {
        let input = json!({ "kind": "EXPENSE", "amount": "1", "category": "Fees", "date": "2026-05-01" });
        let create = "mutation ($input: CreateRecordInput!) { createRecord(input: $input) { replayed } }";
        analyst.run(create, json!({ "input": input })).await.ok();
    }
    let document = "{ records { nodes { createdBy { name } updatedBy { name } } } }";
    // Who asks is known for a moment, so that the next users that are read are those of the records. A load that panics
    // remembers nobody.
    analyst.run("{ me { id } }", Value::Null).await.ok();
    for _ in 0..ROUNDS {
        panicked(&app, &analyst, "FROM \"users\"", document).await;
    }
    analyst.run(document, Value::Null).await.ok();
}

async fn a_panic_before_the_operation_is_one_error(app: TestApp) {
    for _ in 0..ROUNDS {
        let viewer = app.as_(Role::Viewer).await;
        panicked(&app, &viewer, "JOIN \"sessions\"", "{ me { id } }").await;
        viewer.run("{ me { id } }", Value::Null).await.ok();
    }
}
