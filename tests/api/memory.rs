//! Categories are remembered for a moment; a change of one is not overlooked meanwhile.

use chrono::TimeDelta;
use entity::Role;
use serde_json::{Value, json};
use tallybook::totals;

use crate::{
    books::an_expense,
    harness::{self, Client, TestApp},
    on_both,
    viewers::another_that_listens,
};

on_both![
    a_record_in_a_remembered_category_is_entered_by_one_statement,
    categories_are_remembered_for_two_seconds_and_known_when_they_change,
];

async fn a_record_in_a_remembered_category_is_entered_by_one_statement(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    analyst.create(an_expense(json!({}))).await.ok();
    // This one looks the category up.
    analyst.create(an_expense(json!({}))).await.ok();
    let (response, statements) = app.statements_of(analyst.create(an_expense(json!({})))).await;
    response.ok();
    assert_eq!(statements.len(), 1, "{statements:#?}");
    assert_eq!(
        app.texts(
            "SELECT CAST(COUNT(*) AS text) FROM audit_events WHERE action = 'CREATED' AND entity_type = 'RECORD'"
        )
        .await,
        ["3"]
    );
    assert_eq!(totals::verify(app.db()).await.unwrap_or_else(|error| panic!("{error:?}")), []);
}

/// The categories' names of the records that `filter` means, and whether a category was looked up.
async fn listed(app: &TestApp, client: &Client, filter: Value) -> (Vec<Value>, bool) {
    let list = "query ($filter: RecordFilter) { records(filter: $filter) { nodes { category { name } } } }";
    let (response, statements) = app.statements_of(client.run(list, json!({ "filter": filter }))).await;
    let nodes = response.ok()["records"]["nodes"].take();
    let names = nodes.as_array().expect("nodes").iter().map(|node| node["category"]["name"].clone()).collect();
    (names, statements.iter().any(|statement| statement.contains("merged_into")))
}

async fn categories_are_remembered_for_two_seconds_and_known_when_they_change(app: TestApp) {
    let (admin, viewer) = (app.as_(Role::Admin).await, app.as_(Role::Viewer).await);
    let rent = admin.enter(json!({ "category": "Rent" })).await["category"]["id"].take();
    let trips = admin.enter(json!({ "category": "Trips" })).await["category"]["id"].take();
    let of_rent = json!({ "categories": ["Rent"] });
    for filter in [json!({}), of_rent.clone()] {
        assert!(listed(&app, &viewer, filter.clone()).await.1);
        assert!(!listed(&app, &viewer, filter).await.1);
    }
    admin.merge(&trips, &rent).await.ok();
    assert_eq!(listed(&app, &viewer, of_rent.clone()).await, (vec![json!("Rent"); 2], true));
    assert_eq!(listed(&app, &viewer, of_rent.clone()).await, (vec![json!("Rent"); 2], false));
    let rename = "mutation ($id: ID!) { renameCategory(input: {id: $id, name: \"Lease\"}) { category { id } } }";
    admin.run(rename, json!({ "id": rent })).await.ok();
    assert_eq!(listed(&app, &viewer, of_rent).await.0, [] as [Value; 0]);
    assert_eq!(listed(&app, &viewer, json!({ "categories": ["lease"] })).await.0, vec![json!("Lease"); 2]);
    // The name of a merged category means the one that it was merged into.
    assert_eq!(listed(&app, &viewer, json!({ "categories": ["Trips"] })).await.0, vec![json!("Lease"); 2]);
    let unmerge = "mutation ($id: ID!) { unmergeCategory(input: {id: $id}) { category { id } } }";
    admin.run(unmerge, json!({ "id": trips })).await.ok();
    assert_eq!(listed(&app, &viewer, json!({ "categories": ["Trips"] })).await, (vec![json!("Trips")], true));
    assert!(!listed(&app, &viewer, json!({ "categories": ["Trips"] })).await.1);
    app.advance(TimeDelta::seconds(2));
    assert!(listed(&app, &viewer, json!({ "categories": ["Trips"] })).await.1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_server_on_postgresql_is_told_of_a_change_of_categories() {
    harness::on_postgres(another_server_is_told).await;
}

async fn another_server_is_told(app: TestApp) {
    let other = another_that_listens(&app).await;
    let (admin, viewer) = (app.as_(Role::Admin).await, app.as_(Role::Viewer).await);
    let there = other.with_token(viewer.token());
    let analyst = other.with_token(app.as_(Role::Analyst).await.token());
    let into = admin.enter(json!({ "category": "Rent" })).await["category"]["id"].take();
    for round in 0..8 {
        let name = format!("Rent {round}");
        let from = analyst.enter(json!({ "category": name })).await["category"]["id"].take();
        let filter = json!({ "categories": [name] });
        assert_eq!(listed(&other, &there, filter.clone()).await.0, [json!(name)]);
        // At once: it is not acknowledged before the other server knows.
        admin.merge(&from, &into).await.ok();
        let (names, _) = listed(&other, &there, filter).await;
        assert!(names.len() > 1 && names.iter().all(|name| name == "Rent"), "{names:?}");
        let entered = analyst.enter(json!({ "category": name })).await;
        assert_eq!(entered["category"]["id"], into, "a name that was merged means the other");
    }
}
