//! Deleting categories that nothing needs: what keeps one, what is left of it, and what is entered in it just then.

use entity::{Role, record};
use futures_util::future::join_all;
use sea_orm::{EntityTrait, QuerySelect};
use serde_json::{Value, json};
use tallybook::totals;

use crate::{
    books::an_expense,
    harness::{Client, Response, TestApp},
    imports, on_both,
};

on_both![
    a_category_that_nothing_needs_is_deleted_and_its_name_makes_a_new_one,
    records_keep_their_category_deleted_ones_too,
    what_others_were_merged_into_is_kept,
    another_version_is_a_conflict,
    histories_know_the_names_of_deleted_categories,
    a_format_that_renames_categories_makes_a_deleted_one_anew,
    a_server_that_remembers_a_deleted_category_makes_a_new_one,
    records_are_entered_while_their_categories_are_deleted,
];

async fn delete(admin: &Client, input: Value) -> Response {
    let delete = "mutation ($input: DeleteCategoryInput!) { deleteCategory(input: $input) { deletedCategoryId } }";
    admin.run(delete, json!({ "input": input })).await
}

/// A category called `name` that no record is in any more.
async fn unused(admin: &Client, name: &str) -> Value {
    let record = admin.enter(json!({ "category": name })).await;
    admin.update(json!({ "id": record["id"], "category": "Elsewhere" })).await.ok();
    record["category"]["id"].clone()
}

async fn a_category_that_nothing_needs_is_deleted_and_its_name_makes_a_new_one(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let id = unused(&admin, "Rent").await;
    let deleted = delete(&admin, json!({ "id": id, "expectedVersion": 1 })).await.ok();
    assert_eq!(deleted["deleteCategory"]["deletedCategoryId"], id);
    assert_eq!(admin.categories().await, ["Elsewhere"]);
    let node = admin.run("query ($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await.ok();
    assert_eq!(node["node"], Value::Null);
    assert_eq!(delete(&admin, json!({ "id": id })).await.code(), "NOT_FOUND");
    assert_eq!(admin.rename(json!({ "id": id, "name": "Lease" })).await.code(), "NOT_FOUND");
    let events = "query ($id: ID!) { auditEvents(filter: { entityId: $id }) { nodes { action changes { field before after } } } }";
    let events = admin.run(events, json!({ "id": id })).await.ok();
    let gone = json!({ "action": "DELETED", "changes": [{ "field": "name", "before": "Rent", "after": null }] });
    assert_eq!(events["auditEvents"]["nodes"][0], gone);
    let again = admin.enter(json!({ "category": "rent" })).await;
    assert_ne!(again["category"]["id"], id);
    assert_eq!(again["category"]["name"], "rent");
    assert_eq!(totals::verify(app.db()).await.unwrap_or_else(|error| panic!("{error:?}")), []);
}

async fn records_keep_their_category_deleted_ones_too(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let first = admin.enter(json!({ "category": "Rent" })).await;
    admin.enter(json!({ "category": "Rent" })).await;
    admin.delete(json!({ "id": first["id"] })).await.ok();
    let before = app.rows().await;
    let response = delete(&admin, json!({ "id": first["category"]["id"] })).await;
    assert_eq!((response.code(), response.field()), ("CONFLICT", Some("input.id")));
    let extensions = &response.error()["extensions"];
    assert_eq!((&extensions["recordCount"], &extensions["deletedRecordCount"]), (&json!(2), &json!(1)));
    assert!(response.message().contains("mergeCategories"), "{}", response.message());
    assert_eq!(app.rows().await, before);
}

async fn what_others_were_merged_into_is_kept(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let (a, b, c) = (unused(&admin, "A").await, unused(&admin, "B").await, unused(&admin, "C").await);
    admin.merge(&a, &b).await.ok();
    admin.merge(&b, &c).await.ok();
    for id in [&b, &c] {
        let response = delete(&admin, json!({ "id": id })).await;
        assert_eq!((response.code(), response.field()), ("CONFLICT", Some("input.id")), "{}", response.body);
    }
    // A merged category can go, from the last one on; its name means a new one then.
    for id in [&a, &b, &c] {
        delete(&admin, json!({ "id": id })).await.ok();
    }
    assert_eq!(admin.categories().await, ["Elsewhere"]);
    assert_eq!(admin.enter(json!({ "category": "A" })).await["category"]["name"], "A");
}

async fn another_version_is_a_conflict(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let id = unused(&admin, "Rent").await;
    admin.rename(json!({ "id": id, "name": "Lease" })).await.ok();
    let response = delete(&admin, json!({ "id": id, "expectedVersion": 1 })).await;
    assert_eq!((response.code(), response.field()), ("VERSION_CONFLICT", Some("input.expectedVersion")));
    assert_eq!(response.error()["extensions"]["currentVersion"], 2);
    assert_eq!(admin.categories().await, ["Elsewhere", "Lease"]);
}

async fn histories_know_the_names_of_deleted_categories(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let record = admin.enter(json!({ "category": "Rent" })).await;
    let id = &record["category"]["id"];
    admin.rename(json!({ "id": id, "name": "Lease" })).await.ok();
    admin.update(json!({ "id": record["id"], "category": "Elsewhere" })).await.ok();
    let history = "query ($id: ID!) { record(id: $id) { history { totalCount nodes { action entityType changes { field before after } } } } }";
    let read = || async { admin.run(history, json!({ "id": record["id"] })).await.ok()["record"]["history"].take() };
    let before = read().await;
    assert_eq!(before["totalCount"], 3);
    delete(&admin, json!({ "id": id })).await.ok();
    assert_eq!(read().await, before);
}

async fn a_format_that_renames_categories_makes_a_deleted_one_anew(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let id = unused(&admin, "Journeys").await;
    let mut input = imports::input();
    input["format"]["categories"] =
        json!([{ "from": "Travel", "to": "Journeys" }, { "from": "Other", "to": "Elsewhere" }]);
    let import = app.received(&admin, input, imports::FILE).await;
    delete(&admin, json!({ "id": id })).await.ok();
    let committed = admin.commit_import(json!({ "id": import["id"] })).await.ok();
    assert_eq!(committed["commitImport"]["import"]["state"], "ENTERED");
    assert_eq!(admin.categories().await, ["Elsewhere", "Journeys", "Sales"]);
    let listed = admin.records(json!({ "filter": { "categories": ["Journeys"] } })).await.ok();
    assert_eq!(listed["records"]["totalCount"], 2);
    assert_dangles_nothing(&app).await;
}

async fn a_server_that_remembers_a_deleted_category_makes_a_new_one(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    // It hears nothing of the first.
    let other = app.elsewhere().await;
    let there = other.with_token(app.as_(Role::Analyst).await.token());
    for (round, how) in ["create", "createRecords", "update", "updateRecords"].into_iter().enumerate() {
        let name = format!("Category {round}");
        let record = there.enter(json!({ "category": name })).await;
        let id = record["category"]["id"].clone();
        there.enter(json!({ "category": "Elsewhere" })).await;
        admin.update(json!({ "id": record["id"], "category": "Elsewhere" })).await.ok();
        // Remembered there once more.
        there.records(json!({ "filter": { "categories": [name] } })).await.ok();
        delete(&admin, json!({ "id": id })).await.ok();
        match how {
            "create" => there.create(an_expense(json!({ "category": name }))).await,
            "createRecords" => {
                let create = "mutation ($input: CreateRecordsInput!) { createRecords(input: $input) { createdCount } }";
                let records = json!([an_expense(json!({ "category": name }))]);
                there.run(create, json!({ "input": { "records": records } })).await
            }
            "update" => there.update(json!({ "id": record["id"], "category": name })).await,
            _ => {
                let update =
                    "mutation ($input: UpdateRecordsInput!) { updateRecords(input: $input) { records { id } } }";
                let input = json!({ "records": { "ids": [record["id"]] }, "set": { "category": name } });
                there.run(update, json!({ "input": input })).await
            }
        }
        .ok();
        assert!(admin.categories().await.contains(&name), "{how}");
        let listed = admin.records(json!({ "filter": { "categories": [name] } })).await.ok();
        assert_eq!(listed["records"]["totalCount"], 1, "{how}");
        assert_dangles_nothing(&app).await;
    }
}

/// Eight callers on two servers enter records in three categories, and move them out again, while two admins delete these.
async fn records_are_entered_while_their_categories_are_deleted(app: TestApp) {
    let other = app.elsewhere().await;
    let boss = app.as_(Role::Admin).await;
    let client = |n: usize| if n.is_multiple_of(2) { boss.clone() } else { other.with_token(boss.token()) };
    let entering = (0..8).map(|n| {
        let client = client(n);
        async move {
            for round in 0..12 {
                let name = format!("Category {}", (n + round) % 3);
                let made = client.create(an_expense(json!({ "category": name }))).await.ok();
                let id = &made["createRecord"]["record"]["id"];
                if round % 4 != 3 {
                    client.update(json!({ "id": id, "category": "Elsewhere" })).await.ok();
                }
            }
        }
    });
    let deleting = (0..2).map(|n| {
        let client = client(n);
        async move {
            let mut count = 0;
            for _ in 0..25 {
                let query = "{ categories(search: \"category\") { nodes { id } } }";
                let found = client.run(query, json!({})).await.ok()["categories"]["nodes"].take();
                for category in found.as_array().expect("categories") {
                    let response = delete(&client, json!({ "id": category["id"] })).await;
                    let expected = ["CONFLICT", "NOT_FOUND"];
                    assert!(response.codes().iter().all(|code| expected.contains(code)), "{}", response.body);
                    count += usize::from(response.errors.is_empty());
                }
            }
            count
        }
    });
    tokio::join!(join_all(entering), join_all(deleting));
    assert_dangles_nothing(&app).await;
    assert_eq!(totals::verify(app.db()).await.unwrap_or_else(|error| panic!("{error:?}")), []);
}

/// Every record has a category that is there.
async fn assert_dangles_nothing(app: &TestApp) {
    let records = record::Entity::find().select_only().column(record::Column::CategoryId);
    let used: Vec<uuid::Uuid> = records.into_tuple().all(app.db().read()).await.expect("records");
    let there = entity::category::Entity::find().all(app.db().read()).await.expect("categories");
    assert!(used.iter().all(|id| there.iter().any(|category| category.id == *id)), "a record lost its category");
}
