//! What changed: a cache that follows it is as the books are.

use std::collections::BTreeMap;

use entity::Role;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::{
    harness::{Client, TestApp},
    on_both,
    scene::Scene,
};

on_both![
    without_a_cursor_come_all_objects_and_then_what_changed,
    each_object_comes_once_where_it_changed_last,
    everybody_is_told_of_what_they_may_see,
    an_object_that_changes_while_the_others_are_listed_comes_again,
    a_cursor_holds_for_what_it_began_with,
    a_cursor_of_other_books_has_expired,
    what_nobody_is_told_of_is_passed_over,
    a_merge_is_seen_in_the_categories_alone,
    a_category_that_becomes_visible_comes_with_its_record,
    a_page_takes_as_many_statements_however_long_it_is,
    bad_arguments_are_named,
];

/// An operation, and the fragments that it spreads.
macro_rules! with_page {
    ($operation:literal) => {
        concat!(
            $operation,
            " fragment P on Changes { nodes { cursor id node { __typename id ...R ...C } }
                pageInfo { hasNextPage hasPreviousPage startCursor endCursor } }
            fragment R on FinancialRecord { version amount { amount } notes ownCategoryId deletedAt }
            fragment C on Category { name version mergedInto { id } }"
        )
    };
}

const CHANGES: &str = with_page!(
    "query ($after: String, $types: [NodeType!], $first: Int) { changes(after: $after, types: $types, first: $first) { ...P } }"
);
/// The same as they happen.
pub const CHANGED: &str = with_page!("subscription ($after: String) { changed(after: $after) { ...P } }");

/// A cache that is kept beside the books.
#[derive(Default)]
pub struct Cache {
    pub cursor: Option<String>,
    pub objects: BTreeMap<String, Value>,
}

impl Cache {
    /// Takes in a page.
    pub fn take(&mut self, changes: &Value) {
        for change in changes["nodes"].as_array().expect("nodes") {
            let id = change["id"].as_str().expect("an id").to_owned();
            match &change["node"] {
                Value::Null => drop(self.objects.remove(&id)),
                node => drop(self.objects.insert(id, node.clone())),
            }
        }
        self.cursor = Some(changes["pageInfo"]["endCursor"].as_str().expect("a cursor").to_owned());
    }

    /// Reads on until there is no more, in pages of `first`; gives the ids in the order in which they came.
    pub async fn catch_up(&mut self, client: &Client, first: i32) -> Vec<String> {
        let mut ids = Vec::new();
        for _ in 0..1_000 {
            let changes = page(client, json!({ "after": self.cursor, "first": first })).await;
            self.take(&changes);
            ids.extend(changes["nodes"].as_array().expect("nodes").iter().map(id));
            if changes["pageInfo"]["hasNextPage"] == false {
                return ids;
            }
        }
        panic!("it does not end");
    }
}

fn id(object: &Value) -> String {
    object["id"].as_str().expect("an id").to_owned()
}

async fn page(client: &Client, arguments: Value) -> Value {
    client.run(CHANGES, arguments).await.ok()["changes"].take()
}

/// What a new cache has.
pub async fn whole(client: &Client) -> BTreeMap<String, Value> {
    let mut cache = Cache::default();
    cache.catch_up(client, 1_000).await;
    cache.objects
}

/// All but the categories: others than admins see those that have records, and are told of those that change themselves.
pub fn but_categories(objects: &BTreeMap<String, Value>) -> BTreeMap<&String, &Value> {
    objects.iter().filter(|(_, object)| object["__typename"] != "Category").collect()
}

async fn without_a_cursor_come_all_objects_and_then_what_changed(app: TestApp) {
    let (analyst, viewer) = (app.as_(Role::Analyst).await, app.as_(Role::Viewer).await);
    let mut entered = Vec::new();
    for notes in 0..7 {
        entered.push(analyst.enter(json!({ "notes": notes.to_string() })).await);
    }
    for first in [1, 2, 3, 100] {
        let mut cache = Cache::default();
        let ids = cache.catch_up(&viewer, first).await;
        let organization = viewer.run("{ organization { id } }", Value::Null).await.ok();
        let expected = [&organization["organization"], &entered[0]["category"]].into_iter().chain(&entered).map(id);
        assert_eq!(ids, expected.collect::<Vec<_>>(), "{first}");
    }
    let mut cache = Cache::default();
    cache.catch_up(&viewer, 100).await;
    assert_eq!(cache.catch_up(&viewer, 100).await, [""; 0]);
    analyst.update(json!({ "id": entered[3]["id"], "notes": "changed" })).await.ok();
    let new = analyst.enter(json!({ "category": "Trips" })).await;
    let told = cache.catch_up(&viewer, 100).await;
    assert_eq!(told, [id(&entered[0]["category"]), id(&entered[3]), id(&new["category"]), id(&new)]);
    assert_eq!(cache.objects[&id(&entered[3])]["notes"], "changed");
    assert_eq!(cache.objects, whole(&viewer).await);
}

async fn each_object_comes_once_where_it_changed_last(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let mut cache = Cache::default();
    cache.catch_up(&admin, 100).await;
    let start = cache.cursor.clone();
    let (one, other) = (admin.enter(json!({})).await, admin.enter(json!({})).await);
    for notes in ["a", "b", "c"] {
        admin.update(json!({ "id": one["id"], "notes": notes })).await.ok();
        admin.update(json!({ "id": other["id"], "notes": notes })).await.ok();
    }
    admin.delete(json!({ "id": one["id"] })).await.ok();
    let expected = [id(&one["category"]), id(&other), id(&one)];
    for first in [1, 2, 100] {
        let mut cache = Cache { cursor: start.clone(), ..Cache::default() };
        assert_eq!(cache.catch_up(&admin, first).await, expected, "{first}");
        assert_eq!(cache.objects[&id(&other)]["version"], 4);
    }
    let first = page(&admin, json!({ "after": start, "first": 2 })).await;
    assert_eq!(first["pageInfo"]["hasNextPage"], true);
    assert_eq!(first["pageInfo"]["endCursor"], first["nodes"][1]["cursor"]);
    assert_eq!(first["pageInfo"]["startCursor"], first["nodes"][0]["cursor"]);
    let rest = page(&admin, json!({ "after": first["nodes"][0]["cursor"] })).await;
    assert_eq!((id(&rest["nodes"][0]), &rest["pageInfo"]["hasNextPage"]), (id(&other), &json!(false)));
}

async fn everybody_is_told_of_what_they_may_see(app: TestApp) {
    let scene = Scene::new(&app).await;
    let (admin, viewer) = (app.as_(Role::Admin).await, app.as_(Role::Viewer).await);
    let (record, deleted) = (scene.fill("$record"), scene.fill("$deletedRecord"));
    let has = |objects: &BTreeMap<String, Value>, quoted: &str| objects.contains_key(quoted.trim_matches('"'));
    let (all, some) = (whole(&admin).await, whole(&viewer).await);
    assert!(has(&all, &record) && has(&some, &record));
    assert!(has(&all, &deleted) && !has(&some, &deleted));
    assert!(all.contains_key(viewer.id().as_str()) && !some.values().any(|node| node["__typename"] == "User"));
    let refused = viewer.run(CHANGES, json!({ "types": ["RECORD", "USER"] })).await;
    assert_eq!((refused.code(), refused.field()), ("FORBIDDEN", Some("types")));

    let mut caches = [(&admin, Cache::default()), (&viewer, Cache::default())];
    for (client, cache) in &mut caches {
        cache.catch_up(client, 1_000).await;
    }
    let record = record.trim_matches('"');
    admin.delete(json!({ "id": record })).await.ok();
    for (client, cache) in &mut caches {
        assert!(cache.catch_up(client, 1_000).await.contains(&record.to_owned()), "everybody is told that it changed");
        assert_eq!(but_categories(&cache.objects), but_categories(&whole(client).await));
    }
    admin.restore(json!({ "id": record })).await.ok();
    let role = "mutation ($id: ID!) { updateUser(input: {id: $id, name: \"Another\"}) { user { id } } }";
    admin.run(role, json!({ "id": viewer.id() })).await.ok();
    for (client, cache) in &mut caches {
        cache.catch_up(client, 1_000).await;
        assert_eq!(but_categories(&cache.objects), but_categories(&whole(client).await));
        assert!(cache.objects.contains_key(record));
    }
}

async fn an_object_that_changes_while_the_others_are_listed_comes_again(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let first = analyst.enter(json!({})).await;
    for _ in 0..5 {
        analyst.enter(json!({})).await;
    }
    let mut cache = Cache::default();
    // The organization, the category, the first record, and one more.
    cache.take(&page(&analyst, json!({ "first": 4 })).await);
    analyst.update(json!({ "id": first["id"], "notes": "meanwhile" })).await.ok();
    let new = analyst.enter(json!({})).await;
    let rest = cache.catch_up(&analyst, 2).await;
    assert!(rest.contains(&id(&first)) && rest.contains(&id(&new)), "{rest:?}");
    assert_eq!(cache.objects, whole(&analyst).await);
}

async fn a_cursor_holds_for_what_it_began_with(app: TestApp) {
    let (admin, viewer) = (app.as_(Role::Admin).await, app.as_(Role::Viewer).await);
    admin.enter(json!({})).await;
    let cursor = page(&viewer, json!({ "types": ["RECORD"] })).await["pageInfo"]["endCursor"].take();
    page(&viewer, json!({ "types": ["RECORD"], "after": cursor })).await;
    for types in [json!(null), json!(["CATEGORY"]), json!(["RECORD", "CATEGORY"])] {
        let refused = viewer.run(CHANGES, json!({ "types": types, "after": cursor })).await;
        assert_eq!((refused.code(), refused.field()), ("BAD_USER_INPUT", Some("after")), "{types}");
    }
    let refused = admin.run(CHANGES, json!({ "types": ["RECORD"], "after": cursor })).await;
    assert_eq!((refused.code(), refused.field()), ("CURSOR_EXPIRED", Some("after")));
    let list = viewer.records(json!({ "first": 1 })).await.ok();
    for other in [list["records"]["pageInfo"]["endCursor"].clone(), json!("nonsense"), json!("")] {
        assert_eq!(viewer.run(CHANGES, json!({ "after": other })).await.code(), "BAD_USER_INPUT");
    }
    let refused =
        viewer.run("query ($after: String) { records(after: $after) { totalCount } }", json!({ "after": cursor }));
    assert_eq!(refused.await.code(), "BAD_USER_INPUT");
}

async fn a_cursor_of_other_books_has_expired(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let record = admin.enter(json!({})).await;
    let mut early = Cache::default();
    early.catch_up(&admin, 100).await;
    admin.update(json!({ "id": record["id"], "notes": "later" })).await.ok();
    let mut late = Cache::default();
    late.catch_up(&admin, 100).await;
    // As if the books had been restored from a copy, and gone another way since.
    let outside = app.outside().await;
    outside
        .execute_unprepared(
            "UPDATE journal SET hash = (SELECT hash FROM journal WHERE position = 1) WHERE position >= 2",
        )
        .await
        .expect("another history");
    let expired = admin.run(CHANGES, json!({ "after": late.cursor })).await;
    assert_eq!((expired.code(), expired.field()), ("CURSOR_EXPIRED", Some("after")));
    outside.execute_unprepared("DELETE FROM journal WHERE position >= 2").await.expect("a shorter history");
    assert_eq!(admin.run(CHANGES, json!({ "after": late.cursor })).await.code(), "CURSOR_EXPIRED");
    outside.execute_unprepared("DELETE FROM journal").await.expect("no history");
    assert_eq!(admin.run(CHANGES, json!({ "after": early.cursor })).await.code(), "CURSOR_EXPIRED");
}

async fn what_nobody_is_told_of_is_passed_over(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let record = admin.enter(json!({})).await;
    let mut cache = Cache::default();
    cache.catch_up(&admin, 100).await;
    // 25,000 sign-ins, and the record twice: before most of them, and at the end.
    let uuid = "CAST('00000000-0000-7000-8000-' || SUBSTR('000000000000' || n, -12) AS uuid)";
    let outside = app.outside().await;
    let is_sqlite = app.db().backend() == sea_orm::DbBackend::Sqlite;
    let uuid = if is_sqlite {
        "CAST(printf('%016d', n) AS blob)"
    } else {
        &uuid.replace("SUBSTR('000000000000' || n, -12)", "LPAD(n::text, 12, '0')")
    };
    let hash = if is_sqlite { "CAST('hash' || n AS blob)" } else { "CAST('hash' || n AS bytea)" };
    let insert = format!(
        "INSERT INTO journal (position, event_id, hash, at, action, entity_type, entity_id)
         WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < 25000)
         SELECT head.position + n, {uuid}, {hash}, last.at,
             CASE WHEN n IN (3, 24990) THEN 'UPDATED' ELSE 'SIGNED_IN' END,
             CASE WHEN n IN (3, 24990) THEN 'RECORD' ELSE 'USER' END,
             last.entity_id
         FROM numbers, journal_head head, (SELECT at, entity_id FROM journal WHERE entity_type = 'RECORD') last"
    );
    outside.execute_unprepared(&insert).await.expect("many events");
    outside.execute_unprepared("UPDATE journal_head SET position = position + 25000").await.expect("a head");
    let mut pages = 0;
    let mut ids = Vec::new();
    loop {
        let changes = page(&admin, json!({ "after": cache.cursor })).await;
        cache.take(&changes);
        ids.extend(changes["nodes"].as_array().expect("nodes").iter().map(id));
        pages += 1;
        if changes["pageInfo"]["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!((ids, pages), (vec![id(&record)], 3));
}

async fn a_merge_is_seen_in_the_categories_alone(app: TestApp) {
    let (admin, viewer) = (app.as_(Role::Admin).await, app.as_(Role::Viewer).await);
    let rent = admin.enter(json!({ "category": "Rent" })).await;
    let trips = admin.enter(json!({ "category": "Trips" })).await;
    let mut cache = Cache::default();
    cache.catch_up(&viewer, 100).await;
    admin.merge(&trips["category"]["id"], &rent["category"]["id"]).await.ok();
    let changed = cache.catch_up(&viewer, 100).await;
    assert!(!changed.contains(&id(&trips)) && changed.contains(&id(&trips["category"])), "{changed:?}");
    let own = cache.objects[&id(&trips)]["ownCategoryId"].as_str().expect("an id");
    assert_eq!(cache.objects[own]["mergedInto"]["id"], rent["category"]["id"]);
    assert_eq!(cache.objects, whole(&viewer).await);
    admin.unmerge(&trips["category"]["id"]).await.ok();
    cache.catch_up(&viewer, 100).await;
    assert_eq!(cache.objects, whole(&viewer).await);
}

async fn a_category_that_becomes_visible_comes_with_its_record(app: TestApp) {
    let (admin, viewer) = (app.as_(Role::Admin).await, app.as_(Role::Viewer).await);
    let record = admin.enter(json!({ "category": "Rent" })).await;
    let other = admin.enter(json!({ "category": "Lease" })).await;
    for gone in [&record, &other] {
        admin.delete(json!({ "id": gone["id"] })).await.ok();
    }
    admin.merge(&other["category"]["id"], &record["category"]["id"]).await.ok();
    let mut cache = Cache::default();
    cache.catch_up(&viewer, 100).await;
    let (root, merged) = (id(&record["category"]), id(&other["category"]));
    assert!(!cache.objects.contains_key(&root) && !cache.objects.contains_key(&merged));
    admin.restore(json!({ "id": other["id"] })).await.ok();
    assert_eq!(cache.catch_up(&viewer, 100).await, [root.clone(), merged.clone(), id(&other)]);
    assert_eq!(cache.objects, whole(&viewer).await);
    // An admin sees them all the time.
    let mut cache = Cache::default();
    cache.catch_up(&admin, 100).await;
    admin.update(json!({ "id": other["id"], "notes": "n" })).await.ok();
    assert_eq!(cache.catch_up(&admin, 100).await, [id(&other)]);
    assert!(cache.objects.contains_key(&root) && cache.objects.contains_key(&merged));
}

async fn a_page_takes_as_many_statements_however_long_it_is(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    admin.enter(json!({})).await;
    let document = "query ($after: String) { changes(after: $after, types: [RECORD]) {
        nodes { node { ... on FinancialRecord { notes } } } pageInfo { endCursor } } }";
    let start = admin.run(document, json!({})).await.ok();
    for _ in 0..40 {
        admin.enter(json!({})).await;
    }
    admin.run(document, json!({})).await.ok();
    let after = json!({ "after": start["changes"]["pageInfo"]["endCursor"] });
    // What waits for its position; the head, or where the page begins and ends; which objects; these.
    for (variables, expected) in [(json!({}), 4), (after, 5)] {
        let (response, statements) = app.statements_of(admin.run(document, variables)).await;
        assert!(response.ok()["changes"]["nodes"].as_array().is_some_and(|nodes| nodes.len() >= 40));
        assert_eq!(statements.len(), expected, "{statements:#?}");
    }
}

async fn bad_arguments_are_named(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    for first in [-1, 1_001] {
        let refused = viewer.run(CHANGES, json!({ "first": first })).await;
        assert_eq!((refused.code(), refused.field()), ("BAD_USER_INPUT", Some("first")));
        assert_eq!(refused.error()["extensions"]["max"], 1_000);
    }
    let refused = viewer.run(CHANGES, json!({ "first": 1_001, "types": ["USER"] })).await;
    assert_eq!(refused.codes(), ["BAD_USER_INPUT", "FORBIDDEN"]);
    assert_eq!(page(&viewer, json!({ "first": 0 })).await["nodes"], json!([]));
    assert_eq!(page(&viewer, json!({ "types": [] })).await["nodes"], json!([]));
}
