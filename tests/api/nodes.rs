//! Objects by their global ids, several at once, and the objects that events are of.

use entity::Role;
use serde_json::{Value, json};

use crate::{harness::TestApp, on_both, scene::Scene, sign_in::login};

on_both![
    objects_come_in_the_order_of_their_ids_and_null_where_there_is_none,
    a_bad_id_is_named_by_its_place_and_so_are_too_many,
    several_objects_take_as_many_statements_as_kinds,
    an_event_leads_to_what_it_was_done_to,
    an_event_leads_to_nothing_that_is_hidden,
];

const NODES: &str = "query ($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }";
const NOWHERE: &str = "record_01h455vb4pex5vsknk084sn02q";

async fn objects_come_in_the_order_of_their_ids_and_null_where_there_is_none(app: TestApp) {
    let scene = Scene::new(&app).await;
    let organization = app.as_(Role::Admin).await.run("{ organization { id } }", Value::Null).await.ok();
    let words = ["$category", "$record", "$deletedRecord", "$event", "$record", "$author"];
    let mut ids: Vec<_> = words.into_iter().map(|word| id_of(&scene, word)).collect();
    ids.extend([json!(NOWHERE), organization["organization"]["id"].clone()]);
    for (role, is_hidden) in [(Role::Admin, false), (Role::Viewer, true)] {
        let found = app.as_(role).await.run(NODES, json!({ "ids": ids })).await.ok()["nodes"].take();
        for (place, id) in ids.iter().enumerate() {
            let expected = if place == 6 || (place == 2 && is_hidden) { &Value::Null } else { id };
            assert_eq!(&found[place]["id"], expected, "{role:?} {place}");
        }
        assert_eq!(found.as_array().map(Vec::len), Some(ids.len()));
    }
    assert_eq!(app.as_(Role::Viewer).await.run(NODES, json!({ "ids": [] })).await.ok()["nodes"], json!([]));
    assert_eq!(app.anonymous().run(NODES, json!({ "ids": [ids[0]] })).await.code(), "UNAUTHENTICATED");
}

async fn a_bad_id_is_named_by_its_place_and_so_are_too_many(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    let refused = viewer.run(NODES, json!({ "ids": [NOWHERE, "x", "user_1"] })).await;
    assert_eq!(refused.codes(), ["BAD_USER_INPUT", "BAD_USER_INPUT"]);
    let fields: Vec<_> = refused.errors.iter().map(|error| &error["extensions"]["field"]).collect();
    assert_eq!(fields, ["ids.1", "ids.2"]);
    viewer.run(NODES, json!({ "ids": vec![NOWHERE; 100] })).await.ok();
    let refused = viewer.run(NODES, json!({ "ids": vec![NOWHERE; 101] })).await;
    assert_eq!((refused.code(), refused.field()), ("BAD_USER_INPUT", Some("ids")));
    assert_eq!(refused.error()["extensions"]["maxItems"], 100);
}

async fn several_objects_take_as_many_statements_as_kinds(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let mut ids = Vec::new();
    for _ in 0..5 {
        let record = admin.enter(json!({})).await;
        ids.extend([record["id"].clone(), record["category"]["id"].clone()]);
    }
    let (response, statements) = app.statements_of(admin.run(NODES, json!({ "ids": ids }))).await;
    response.ok();
    let reads: Vec<_> = statements.iter().filter(|sql| sql.contains("FROM \"records\"")).collect();
    assert_eq!(reads.len(), 1, "{statements:#?}");
    let trail = "{ auditEvents(first: 20) { nodes { entity { id } } } }";
    let (response, statements) = app.statements_of(admin.run(trail, Value::Null)).await;
    response.ok();
    let reads: Vec<_> = statements.iter().filter(|sql| sql.contains("FROM \"records\"")).collect();
    assert_eq!(reads.len(), 1, "{statements:#?}");
}

async fn an_event_leads_to_what_it_was_done_to(app: TestApp) {
    let scene = Scene::new(&app).await;
    scene.author.rename(json!({ "id": id_of(&scene, "$category"), "name": "Renamed" })).await.ok();
    let (email, password) = ("ada@example.org", "parsnips and turnips");
    let user = "mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }";
    scene.author.run(user, json!({ "input": { "email": email, "name": "Ada", "password": password } })).await.ok();
    login(&app.anonymous(), email, password).await.ok();
    let trail = "{ auditEvents(first: 100) { nodes { entityId entityType entity { __typename id } } } }";
    let events = scene.author.run(trail, Value::Null).await.ok()["auditEvents"]["nodes"].take();
    let events = events.as_array().expect("events");
    let mut kinds: Vec<_> = events.iter().filter_map(|event| event["entity"]["__typename"].as_str()).collect();
    kinds.sort_unstable();
    kinds.dedup();
    assert_eq!(kinds, ["Category", "FinancialRecord", "Organization", "Session", "User"]);
    for event in events {
        assert_eq!(event["entity"]["id"], event["entityId"], "{event}");
    }
}

async fn an_event_leads_to_nothing_that_is_hidden(app: TestApp) {
    let scene = Scene::new(&app).await;
    let (viewer, admin) = (app.as_(Role::Viewer).await, app.as_(Role::Admin).await);
    let history = "{ record(id: $record) { history { nodes { entity { __typename id } } } } }";
    let shown = viewer.run(&scene.fill(history), Value::Null).await.ok()["record"]["history"]["nodes"].take();
    assert_eq!(shown[0]["entity"], json!({ "__typename": "FinancialRecord", "id": id_of(&scene, "$record") }));
    // An event of a deleted record is hidden itself; asked for by its id, it is null.
    let events = "query ($id: ID!) { auditEvents(filter: { entityId: $id }) { nodes { id } } }";
    let deleted = id_of(&scene, "$deletedRecord");
    let event = admin.run(events, json!({ "id": deleted })).await.ok()["auditEvents"]["nodes"][0]["id"].take();
    let node = "query ($id: ID!) { node(id: $id) { ... on AuditEvent { entity { id } } } }";
    assert_eq!(viewer.run(node, json!({ "id": event })).await.ok()["node"], Value::Null);
    assert_eq!(admin.run(node, json!({ "id": event })).await.ok()["node"]["entity"]["id"], deleted);
}

fn id_of(scene: &Scene, word: &str) -> Value {
    serde_json::from_str(&scene.fill(word)).expect("an id")
}
