//! Categories: they come into being by being named, are renamed, and become one.

use entity::{Role, audit_event};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tallybook::totals;

use crate::{
    harness::{Client, TestApp},
    on_both,
};

on_both![
    naming_a_category_makes_it_once,
    names_that_differ_in_case_form_or_blanks_are_one_category,
    categories_are_listed_by_name,
    a_category_is_renamed_everywhere,
    a_name_that_another_category_has_is_a_conflict,
    a_category_may_change_the_case_of_its_own_name,
    a_merge_shows_records_and_totals_elsewhere_and_leaves_a_trace,
    a_merge_of_what_is_not_there_or_of_one_with_itself_is_refused,
    a_name_that_was_merged_away_means_the_target_until_another_takes_it,
    a_retry_after_a_merge_still_brings_the_first_record_back,
];

async fn naming_a_category_makes_it_once(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let first = analyst.enter(json!({ "category": "Rent" })).await;
    let second = analyst.enter(json!({ "category": "Rent" })).await;
    assert_eq!(first["category"], second["category"]);
    analyst.update(json!({ "id": second["id"], "category": "Office" })).await.ok();
    assert_eq!(analyst.categories().await, ["Office", "Rent"]);
    let made = audit_event::Entity::find()
        .filter(audit_event::Column::EntityType.eq(audit_event::AuditEntity::Category))
        .all(app.db().read())
        .await
        .expect("the trail");
    assert_eq!(made.len(), 2);
    let query = "query ($id: ID!) { node(id: $id) { ... on Category { id name createdAt } } }";
    let node = analyst.run(query, json!({ "id": first["category"]["id"] })).await.ok();
    let expected = json!({ "id": first["category"]["id"], "name": "Rent", "createdAt": "2026-05-31T10:00:00Z" });
    assert_eq!(node["node"], expected);
}

async fn names_that_differ_in_case_form_or_blanks_are_one_category(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    for names in [
        &["Office  supplies", " OFFICE supplies ", "office\u{a0}Supplies", "Ｏｆｆｉｃｅ supplies"][..],
        &["Café", "CAFE\u{301}", "cafe\u{301}"],
        &["Straße", "STRASSE", "strasse"],
        &["ΟΔΟΣ", "οδος"],
        &["ﬁnance", "Finance"],
        &["Ⅳ", "iv"],
    ] {
        let first = analyst.enter(json!({ "category": names[0] })).await;
        for name in names {
            let record = analyst.enter(json!({ "category": name })).await;
            assert_eq!(record["category"]["id"], first["category"]["id"], "{name}");
            let listed = analyst.records(json!({ "filter": { "categories": [name] } })).await.ok();
            assert!(listed["records"]["totalCount"].as_i64() > Some(1), "{name}");
        }
    }
    let different = ["Rent", "Rents", "Re nt", "Rënt", "Kır", "Kir"];
    for name in different {
        let record = analyst.enter(json!({ "category": name })).await;
        assert_eq!(record["category"]["name"], name);
    }
}

async fn categories_are_listed_by_name(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    for name in ["zoo", "Apple", "beta", "Zebra", "apple pie"] {
        analyst.enter(json!({ "category": name })).await;
    }
    assert_eq!(app.as_(Role::Viewer).await.categories().await, ["Apple", "apple pie", "beta", "Zebra", "zoo"]);
}

async fn a_category_is_renamed_everywhere(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let record = admin.enter(json!({ "category": "Rent" })).await;
    let id = &record["category"]["id"];
    let renamed = admin.rename(json!({ "id": id, "name": "  Lodging " })).await.ok();
    assert_eq!(renamed["renameCategory"]["category"], json!({ "id": id, "name": "Lodging" }));
    assert_eq!(admin.record(&record["id"]).await["category"]["name"], "Lodging");
    let named = admin.dashboard(json!({ "categories": ["lodging"] }), "categories { category { id name } }").await;
    assert_eq!(named["categories"][0]["category"]["name"], "Lodging");
    let old = admin.dashboard(json!({ "categories": ["Rent"] }), "summary { recordCount }").await;
    assert_eq!(old["summary"]["recordCount"], 0);
}

async fn a_name_that_another_category_has_is_a_conflict(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    admin.enter(json!({ "category": "Rent" })).await;
    let office = admin.enter(json!({ "category": "Office" })).await;
    let before = app.rows().await;
    let response = admin.rename(json!({ "id": office["category"]["id"], "name": " RENT" })).await;
    assert_eq!((response.code(), response.field()), ("CONFLICT", Some("input.name")));
    assert_eq!(app.rows().await, before);
}

async fn a_category_may_change_the_case_of_its_own_name(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let record = admin.enter(json!({ "category": "rent" })).await;
    let input = json!({ "id": record["category"]["id"], "name": "RENT" });
    assert_eq!(admin.rename(input.clone()).await.ok()["renameCategory"]["category"]["name"], "RENT");
    let before = app.rows().await["audit_events"].len();
    admin.rename(input).await.ok();
    assert_eq!(app.rows().await["audit_events"].len(), before);
}

async fn a_merge_shows_records_and_totals_elsewhere_and_leaves_a_trace(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let into = admin.enter(json!({ "category": "Rent", "amount": "1" })).await;
    let from = admin.enter(json!({ "category": "Rents", "amount": "2" })).await;
    admin.enter(json!({ "category": "Rents", "amount": "3", "date": "2026-04-01", "currency": "EUR" })).await;
    let deleted = admin.enter(json!({ "category": "Rents", "amount": "4" })).await;
    admin.delete(json!({ "id": deleted["id"] })).await.ok();
    let selection =
        "summary { expenses { amount } recordCount } categories { category { name } recordCount expenses { amount } }";
    let before = admin.dashboard(json!({}), selection).await;

    let merged = admin.merge(&from["category"]["id"], &into["category"]["id"]).await.ok();
    assert_eq!(merged["mergeCategories"]["category"], into["category"]);
    assert_eq!(admin.categories().await, ["Rent"]);
    let after = admin.dashboard(json!({}), selection).await;
    assert_eq!(after["summary"], before["summary"]);
    let rent = json!({ "category": { "name": "Rent" }, "recordCount": 2, "expenses": { "amount": "3.00" } });
    assert_eq!(after["categories"], json!([rent]));
    let moved = admin.record(&from["id"]).await;
    assert_eq!((&moved["category"], &moved["version"]), (&into["category"], &json!(1)));
    let restored = admin.restore(json!({ "id": deleted["id"] })).await.ok();
    assert_eq!(restored["restoreRecord"]["record"]["category"], into["category"]);
    assert_eq!(totals::verify(app.db()).await.unwrap_or_else(|error| panic!("{error:?}")), []);

    let target = json!({ "field": "mergedFrom", "before": null, "after": "Rents" });
    assert_eq!(trace(&admin, &into["category"]["id"]).await, [json!({ "action": "MERGED", "changes": [target] })]);
    let source = json!({ "field": "mergedInto", "before": null, "after": "Rent" });
    assert_eq!(trace(&admin, &from["category"]["id"]).await, [json!({ "action": "MERGED", "changes": [source] })]);
    let query = "query ($id: ID!) { node(id: $id) { ... on Category { name mergedInto { id name } } } }";
    let merged = admin.run(query, json!({ "id": from["category"]["id"] })).await.ok();
    assert_eq!(merged["node"], json!({ "name": "Rents", "mergedInto": into["category"] }));
}

/// What happened to the category `id` since it was made, the newest first.
async fn trace(admin: &Client, id: &Value) -> Vec<Value> {
    let query = "query ($id: ID!) { auditEvents(filter: { entityId: $id }) { nodes { action changes { field before after } } } }";
    let events = admin.run(query, json!({ "id": id })).await.ok()["auditEvents"]["nodes"].take();
    events.as_array().expect("events").iter().filter(|event| event["action"] != "CREATED").cloned().collect()
}

async fn a_merge_of_what_is_not_there_or_of_one_with_itself_is_refused(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let there = admin.enter(json!({})).await["category"]["id"].clone();
    let nowhere = json!("category_01h455vb4pex5vsknk084sn02q");
    let before = app.rows().await;
    for (from, into, code, field) in [
        (&there, &there, "BAD_USER_INPUT", "input.intoId"),
        (&nowhere, &there, "NOT_FOUND", "input.fromId"),
        (&there, &nowhere, "NOT_FOUND", "input.intoId"),
    ] {
        let response = admin.merge(from, into).await;
        assert_eq!((response.code(), response.field()), (code, Some(field)));
    }
    assert_eq!(app.rows().await, before);
}

async fn a_name_that_was_merged_away_means_the_target_until_another_takes_it(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let into = admin.enter(json!({ "category": "Rent" })).await["category"].take();
    let from = admin.enter(json!({ "category": "Rents" })).await["category"].take();
    admin.merge(&from["id"], &into["id"]).await.ok();
    let again = admin.enter(json!({ "category": " RENTS" })).await;
    assert_eq!(again["category"], into);
    for name in ["Rent", "rents"] {
        let filter = json!({ "categories": [name] });
        assert_eq!(admin.records(json!({ "filter": filter })).await.ok()["records"]["totalCount"], 3, "{name}");
        assert_eq!(admin.dashboard(filter, "summary { recordCount }").await["summary"]["recordCount"], 3, "{name}");
    }
    let office = admin.enter(json!({ "category": "Office" })).await["category"].take();
    admin.rename(json!({ "id": office["id"], "name": "Rents" })).await.ok();
    let of_another = admin.enter(json!({ "category": "rents" })).await;
    assert_eq!(of_another["category"]["id"], office["id"]);
    let listed = admin.records(json!({ "filter": { "categories": ["Rents"] } })).await.ok();
    assert_eq!(listed["records"]["totalCount"], 2);
}

async fn a_retry_after_a_merge_still_brings_the_first_record_back(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let into = admin.enter(json!({ "category": "Rent" })).await;
    let input = crate::books::an_expense(json!({ "category": "Rents", "idempotencyKey": "k" }));
    let first = admin.create(input.clone()).await.ok()["createRecord"]["record"].take();
    admin.merge(&first["category"]["id"], &into["category"]["id"]).await.ok();
    let again = admin.create(input).await.ok();
    assert_eq!(
        (&again["createRecord"]["replayed"], &again["createRecord"]["record"]["id"]),
        (&json!(true), &first["id"])
    );
    assert_eq!(again["createRecord"]["record"]["category"], into["category"]);
    assert_eq!(admin.categories().await, ["Rent"]);
}
