//! The list of categories: its pages and search, what is counted, and who sees which.

use entity::{Role, category};
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbBackend, EntityTrait};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    harness::{Client, TestApp},
    on_both, plans,
};

on_both![
    pages_go_forwards_and_backwards_by_name,
    a_search_ignores_case_spacing_and_form_in_every_script,
    counts_and_last_days_are_those_of_the_live_records_merged_ones_included,
    only_admins_see_categories_that_no_live_record_is_in,
    bad_arguments_are_refused_together,
    a_page_of_twenty_thousand_categories_is_read_by_their_names,
];

async fn list(client: &Client, arguments: &str) -> Value {
    let arguments = if arguments.is_empty() { String::new() } else { format!("({arguments})") };
    let query = format!(
        "{{ categories{arguments} {{ nodes {{ name recordCount lastUsedOn }} totalCount \
         pageInfo {{ hasNextPage hasPreviousPage startCursor endCursor }} }} }}"
    );
    client.run(&query, json!({})).await.ok()["categories"].take()
}

fn names(list: &Value) -> Vec<&str> {
    list["nodes"].as_array().expect("a list").iter().filter_map(|category| category["name"].as_str()).collect()
}

async fn pages_go_forwards_and_backwards_by_name(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    for name in ["Zoo", "apple", "Beta", "Ärger", "beta 2"] {
        admin.enter(json!({ "category": name })).await;
    }
    let all: Vec<_> = admin.categories().await;
    let first = list(&admin, "first: 2").await;
    assert_eq!((names(&first), &first["totalCount"]), (vec!["apple", "Beta"], &json!(5)));
    assert_eq!(first["pageInfo"]["hasNextPage"], true);
    let next = list(&admin, &format!("first: 10, after: {}", first["pageInfo"]["endCursor"])).await;
    assert_eq!([names(&first), names(&next)].concat(), all);
    let back = list(&admin, &format!("last: 1, before: {}", next["pageInfo"]["startCursor"])).await;
    assert_eq!((names(&back), &back["pageInfo"]["hasPreviousPage"]), (vec!["Beta"], &json!(true)));
    let last = list(&admin, "last: 2").await;
    assert_eq!(names(&last), all[3..]);
    // A cursor keeps its place though its category goes elsewhere.
    let renamed = admin.enter(json!({ "category": "beta" })).await;
    admin.rename(json!({ "id": renamed["category"]["id"], "name": "Zzz" })).await.ok();
    let next = list(&admin, &format!("first: 1, after: {}", first["pageInfo"]["endCursor"])).await;
    assert_eq!(names(&next), ["beta 2"]);
}

async fn a_search_ignores_case_spacing_and_form_in_every_script(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    for name in ["Office  supplies", "Straßenreinigung", "Διοίκηση", "Расходы", "100%_sure"] {
        admin.enter(json!({ "category": name })).await;
    }
    for (search, found) in [
        ("CE supp", "Office  supplies"),
        ("STRASSEN", "Straßenreinigung"),
        ("ΔΙΟΊΚΗ", "Διοίκηση"),
        ("расход", "Расходы"),
        ("%_", "100%_sure"),
    ] {
        let listed = list(&admin, &format!("search: {}", json!(search))).await;
        assert_eq!((names(&listed), &listed["totalCount"]), (vec![found], &json!(1)), "{search}");
    }
    assert_eq!(list(&admin, "search: \" \"").await["totalCount"], 5);
    assert_eq!(names(&list(&admin, "search: \"rent\"").await), [] as [&str; 0]);
}

async fn counts_and_last_days_are_those_of_the_live_records_merged_ones_included(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let rent = admin.enter(json!({ "category": "Rent", "date": "2026-01-10" })).await;
    let last = admin.enter(json!({ "category": "Rent", "date": "2026-03-01", "currency": "EUR" })).await;
    let lease = admin.enter(json!({ "category": "Lease", "date": "2026-02-01", "amount": "-3" })).await;
    admin.merge(&lease["category"]["id"], &rent["category"]["id"]).await.ok();
    let usage = |count: i64, day: &str| json!([{ "name": "Rent", "recordCount": count, "lastUsedOn": day }]);
    assert_eq!(list(&admin, "").await["nodes"], usage(3, "2026-03-01"));
    admin.delete(json!({ "id": last["id"] })).await.ok();
    assert_eq!(list(&admin, "").await["nodes"], usage(2, "2026-02-01"));
    let merged = "query ($id: ID!) { node(id: $id) { ... on Category { recordCount lastUsedOn } } }";
    let merged = admin.run(merged, json!({ "id": lease["category"]["id"] })).await.ok();
    assert_eq!(merged["node"], json!({ "recordCount": 0, "lastUsedOn": null }));
    // One statement for a page, however many there are in it.
    for n in 0..12 {
        admin.enter(json!({ "category": format!("Category {n}") })).await;
    }
    let page = "{ categories(first: 13) { nodes { recordCount lastUsedOn } } }";
    let (response, statements) = app.statements_of(admin.run(page, json!({}))).await;
    response.ok();
    assert_eq!(statements.iter().filter(|sql| sql.contains("totals")).count(), 1, "{statements:#?}");
}

async fn only_admins_see_categories_that_no_live_record_is_in(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let gone = admin.enter(json!({ "category": "Gone" })).await;
    admin.delete(json!({ "id": gone["id"] })).await.ok();
    let moved = admin.enter(json!({ "category": "Vacated" })).await;
    admin.update(json!({ "id": moved["id"], "category": "Used" })).await.ok();
    let kept = admin.enter(json!({ "category": "Kept" })).await;
    let source = admin.enter(json!({ "category": "Source" })).await;
    admin.merge(&source["category"]["id"], &gone["category"]["id"]).await.ok();
    admin.merge(&kept["category"]["id"], &moved["category"]["id"]).await.ok();
    // What was merged into them is used, and so are they.
    assert_eq!(admin.categories().await, ["Gone", "Used", "Vacated"]);
    admin.delete(json!({ "id": source["id"] })).await.ok();
    assert_eq!(list(&admin, "").await["totalCount"], 3);
    let node = "query ($id: ID!) { node(id: $id) { id } }";
    for role in [Role::Viewer, Role::Analyst] {
        let client = app.as_(role).await;
        let listed = list(&client, "").await;
        assert_eq!((names(&listed), &listed["totalCount"]), (vec!["Used", "Vacated"], &json!(2)));
        for (id, is_shown) in [
            (&gone["category"]["id"], false),
            (&source["category"]["id"], false),
            (&moved["category"]["id"], true),
            (&kept["category"]["id"], true),
        ] {
            let found = client.run(node, json!({ "id": id })).await.ok();
            assert_eq!(!found["node"].is_null(), is_shown, "{role:?} {id}");
            assert!(!admin.run(node, json!({ "id": id })).await.ok()["node"].is_null());
        }
    }
}

async fn bad_arguments_are_refused_together(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    let records = viewer.run("{ records { pageInfo { endCursor } } }", json!({})).await.ok();
    assert!(records["records"]["pageInfo"]["endCursor"].is_null());
    let query = "query ($search: String, $after: String) { categories(search: $search, first: 101, after: $after) { nodes { id } } }";
    let response = viewer.run(query, json!({ "search": "a\u{0}", "after": "AQAB" })).await;
    let fields: Vec<_> = response.errors.iter().map(|error| &error["extensions"]["field"]).collect();
    assert_eq!(fields, ["search", "first", "after"], "{}", response.body);
}

/// However many there are: the page is read along the index, and what it is used for by another.
async fn a_page_of_twenty_thousand_categories_is_read_by_their_names(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    admin.enter(json!({ "category": "Used" })).await;
    let outside = app.outside().await;
    let row = |n: usize| category::ActiveModel {
        id: Set(Uuid::now_v7()),
        name: Set(format!("Category {n}")),
        name_key: Set(format!("category {n}")),
        created_at: Set(app.now()),
        version: Set(1),
        ..Default::default()
    };
    for batch in 0..20 {
        let rows = (0..1_000).map(|n| row(batch * 1_000 + n));
        category::Entity::insert_many(rows).exec_without_returning(&outside).await.expect("many categories");
    }
    if app.db().backend() == DbBackend::Postgres {
        outside.execute_unprepared("ANALYZE categories").await.expect("statistics");
    }
    let first = list(&admin, "first: 100").await;
    assert_eq!((names(&first).len(), &first["totalCount"]), (100, &json!(20_001)));
    let after = format!(", after: {}", first["pageInfo"]["endCursor"]);
    for client in [&admin, &app.as_(Role::Viewer).await] {
        for arguments in ["first: 100".to_owned(), format!("first: 100{after}"), format!("last: 100{}", "")] {
            let query = format!("{{ categories({arguments}) {{ nodes {{ recordCount lastUsedOn }} }} }}");
            let (response, statements) = app.executed_by(client.run(&query, json!({}))).await;
            response.ok();
            let page: Vec<_> = statements.iter().filter(|one| one.sql.contains("LIMIT")).collect();
            let page = page.iter().find(|one| one.sql.contains("FROM \"categories\" WHERE")).expect("a page");
            let plan = plans::explain(&app, page).await;
            let walks = plan.contains("_name_key on categories")
                || plan.contains("USING INDEX uq_categories_unmerged_name_key");
            assert!(walks && !plan.contains("Seq Scan on totals"), "{arguments}\n{plan}");
        }
    }
    let viewer = app.as_(Role::Viewer).await;
    assert_eq!(names(&list(&viewer, "first: 5").await), ["Used"]);
}
