//! Every mutation that changes data can be sent again with its idempotency key: nothing is done twice, and the answer is
//! what it was about, as that is by then. The mutations are those of `access`, so that a new one is among them.

use std::time::Duration;

use async_graphql::parser::types::TypeKind;
use chrono::TimeDelta;
use entity::Role;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{
    access::{MUTATIONS, name, without_positions},
    books::an_expense,
    harness::{Client, TestApp},
    on_both, published,
    scene::Scene,
};

on_both![
    what_is_sent_again_is_not_done_again,
    of_twenty_equal_requests_at_once_one_is_carried_out,
    a_key_that_another_mutation_used_is_refused,
    a_key_that_came_with_other_input_is_refused,
    what_failed_can_be_sent_again_with_its_key,
    a_replay_is_for_those_who_may_do_it_still,
    a_replay_does_not_show_what_is_hidden_by_then,
    a_replay_tells_what_is_gone_by_then,
    a_password_is_no_part_of_what_a_key_stands_for,
    a_key_is_new_once_its_time_is_over,
    an_export_is_offered_anew_each_time,
];

/// What has no key, and why.
const ONCE: &[(&str, &str)] = &[
    ("register", "nobody is signed in whose key it could be, and an address has one account"),
    ("login", "it makes tokens, which no replay may show again"),
    ("refreshSession", "its token is the key: the same one gets the same successor for a moment"),
    ("logout", "a second time it changes nothing"),
    ("changePassword", "the present password is the key: a second time it is another"),
    ("exportRecords", "it changes nothing of the books; each offer of a file is good for one download"),
];

/// All that can be sent again: with the same key each, since each scene has users of its own.
pub fn repeatable() -> impl Iterator<Item = &'static str> {
    MUTATIONS.iter().map(|(_, selection)| *selection).filter(|selection| has_key(name(selection)))
}

fn has_key(mutation: &str) -> bool {
    ONCE.iter().all(|(once, _)| *once != mutation)
}

#[test]
fn every_mutation_has_a_key_or_is_known_to_have_none() {
    let types = published::types();
    let find = |name: &str| types.iter().find(|ty| ty.name.node == name).map(|ty| &ty.kind);
    let Some(TypeKind::Object(mutations)) = find("Mutation") else { panic!("an object") };
    for mutation in &mutations.fields {
        let (name, argument) = (mutation.node.name.node.as_str(), &mutation.node.arguments[0].node);
        let Some(TypeKind::InputObject(input)) = find(&argument.ty.node.to_string().replace('!', "")) else {
            panic!("{name} has an input object")
        };
        let Some(TypeKind::Object(payload)) = find(&mutation.node.ty.node.to_string()) else {
            panic!("{name} has a payload")
        };
        let key = input.fields.iter().find(|field| field.node.name.node == "idempotencyKey");
        let replayed = payload.fields.iter().find(|field| field.node.name.node == "replayed");
        let types = (key.map(|it| it.node.ty.to_string()), replayed.map(|it| it.node.ty.to_string()));
        let expected = has_key(name).then(|| (Some("String".to_owned()), Some("Boolean!".to_owned())));
        assert_eq!(types, expected.unwrap_or_default(), "{name}");
    }
    let known = |name: &str| mutations.fields.iter().any(|mutation| mutation.node.name.node == name);
    assert!(ONCE.iter().all(|(name, _)| known(name)));
}

/// A document that sends `selection`, or another selection of its answer, with the key `one`.
fn keyed(selection: &str, selected: Option<&str>) -> String {
    let (call, shown) = selection.rsplit_once(") { ").expect("a selection");
    let call = call.replacen("(input: {", "(input: {idempotencyKey: \"one\", ", 1);
    let shown = selected.unwrap_or_else(|| shown.strip_suffix(" }").expect("its end"));
    format!("mutation {{ answer: {call}) {{ {shown} replayed }} }}")
}

/// The document, and who sends it.
pub async fn prepare(app: &TestApp, selection: &str, selected: Option<&str>) -> (Scene, String) {
    let scene = Scene::new(app).await;
    // A session may be ended that is not the one that ends it.
    let other = app.signed_in(scene.author.user()).await;
    let document = scene.fill_for(&other, &keyed(selection, selected)).await;
    (scene, document)
}

pub async fn send(client: &Client, document: &str) -> Value {
    let response = client.run(document, Value::Null).await;
    assert!(response.errors.is_empty(), "{document}: {}", response.body);
    response.ok()["answer"].take()
}

fn replayed(mut answer: Value) -> Value {
    answer["replayed"] = json!(true);
    answer
}

async fn what_is_sent_again_is_not_done_again(app: TestApp) {
    for selection in repeatable() {
        let (scene, document) = prepare(&app, selection, None).await;
        let first = send(&scene.author, &document).await;
        assert_eq!(first["replayed"], false, "{document}");
        let before = without_positions(app.rows().await);
        for _ in 0..2 {
            assert_eq!(send(&scene.author, &document).await, replayed(first.clone()), "{document}");
        }
        assert!(without_positions(app.rows().await) == before, "{document} changed something again");
    }
}

async fn of_twenty_equal_requests_at_once_one_is_carried_out(app: TestApp) {
    for selection in repeatable() {
        let (scene, document) = prepare(&app, selection, None).await;
        let answers = join_all((0..20).map(|_| send(&scene.author, &document))).await;
        assert_eq!(answers.iter().filter(|answer| answer["replayed"] == false).count(), 1, "{document}");
        let answers: Vec<_> = answers.into_iter().map(replayed).collect();
        assert!(answers.iter().all(|answer| *answer == answers[0]), "{document} {answers:?}");
    }
}

async fn a_key_that_another_mutation_used_is_refused(app: TestApp) {
    for selection in repeatable().filter(|selection| name(selection) != "createRecord") {
        let (scene, document) = prepare(&app, selection, None).await;
        scene.author.create(an_expense(json!({ "idempotencyKey": "one" }))).await.ok();
        let before = without_positions(app.rows().await);
        let response = scene.author.run(&document, Value::Null).await;
        let refused = ("IDEMPOTENCY_KEY_REUSED", Some("input.idempotencyKey"));
        assert_eq!((response.code(), response.field()), refused, "{document} {}", response.body);
        assert!(without_positions(app.rows().await) == before, "{document}");
    }
}

/// Mutations that are sent twice, with what is different in the second.
const DIFFERENT: &[(&str, &str, &str)] = &[
    ("updateRecord(input: {id: $record, notes: \"a\"}) { record { id } }", "\"a\"", "\"b\""),
    (
        "updateRecord(input: {id: $record, notes: \"a\"}) { record { id } }",
        "notes: \"a\"",
        "notes: \"a\", kind: EXPENSE",
    ),
    ("updateRecord(input: {id: $record, notes: \"a\"}) { record { id } }", "notes: \"a\"", "counterparty: \"a\""),
    ("deleteRecord(input: {id: $record}) { record { id } }", "id: $record", "id: $record, expectedVersion: 1"),
    ("restoreRecord(input: {id: $deletedRecord}) { record { id } }", "$deletedRecord", "$record"),
    ("renameCategory(input: {id: $category, name: \"a\"}) { category { id } }", "\"a\"", "\"A\""),
    (
        "mergeCategories(input: {fromId: $category, intoId: $otherCategory}) { category { id } }",
        "fromId: $category, intoId: $otherCategory",
        "fromId: $otherCategory, intoId: $category",
    ),
    ("unmergeCategory(input: {id: $mergedCategory}) { category { id } }", "$mergedCategory", "$category"),
    ("updateOrganization(input: {name: \"a\"}) { organization { id } }", "name", "weekStart: SUNDAY, name"),
    ("closeBooks(input: {through: \"2000-02-29\"}) { organization { id } }", "02-29", "02-28"),
    ("reopenBooks(input: {reason: \"a\"}) { organization { id } }", "reason", "through: \"2000-01-01\", reason"),
    ("updateUser(input: {id: $user, name: \"a\"}) { user { id } }", "name", "isActive: false, name"),
    ("updateProfile(input: {name: \"a\"}) { user { id } }", "\"a\"", "\"b\""),
    (
        "createUser(input: {email: \"$fresh@example.org\", name: \"N\", password: \"parsnips and turnips\"}) { user { id } }",
        "$fresh",
        "another",
    ),
    ("endSessions(input: {userId: $user}) { endedCount }", "$user", "$author"),
    (
        "createImport(input: {filename: \"a.csv\", format: {dateColumn: \"D\", amountColumn: \"A\"}}) { import { id } }",
        "amountColumn: \"A\"",
        "amountColumn: \"B\"",
    ),
];

async fn a_key_that_came_with_other_input_is_refused(app: TestApp) {
    for (selection, what, other) in DIFFERENT {
        let scene = Scene::new(&app).await;
        let first = scene.fill(&keyed(selection, None));
        let second = scene.fill(&keyed(&selection.replace(what, other), None));
        assert_ne!(first, second);
        send(&scene.author, &first).await;
        let before = without_positions(app.rows().await);
        let response = scene.author.run(&second, Value::Null).await;
        assert_eq!(response.code(), "IDEMPOTENCY_KEY_REUSED", "{second} {}", response.body);
        assert!(without_positions(app.rows().await) == before, "{second}");
        assert_eq!(send(&scene.author, &first).await["replayed"], true, "{first}");
    }
}

async fn what_failed_can_be_sent_again_with_its_key(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let record = admin.enter(json!({})).await;
    let input = |notes: &str, version: i32| json!({ "id": record["id"], "expectedVersion": version, "notes": notes, "idempotencyKey": "one" });
    assert_eq!(admin.update(input("a", 2)).await.code(), "VERSION_CONFLICT");
    app.panic_at("UPDATE \"records\"");
    admin.update(input("b", 1)).await;
    assert!(app.rows().await["idempotency_keys"].is_empty());
    assert_eq!(admin.update(input("c", 1)).await.ok()["updateRecord"]["record"]["notes"], "c");
    // After this change, the key's input names an older version.
    admin.update(json!({ "id": record["id"], "notes": "d" })).await.ok();
    let again = admin.update(input("c", 1)).await.ok()["updateRecord"].take();
    assert_eq!((&again["replayed"], &again["record"]["notes"]), (&json!(true), &json!("d")));
}

async fn a_replay_is_for_those_who_may_do_it_still(app: TestApp) {
    let (admin, former) = (app.as_(Role::Admin).await, app.as_(Role::Admin).await);
    let record = admin.enter(json!({})).await;
    let deletion = json!({ "id": record["id"], "idempotencyKey": "one" });
    former.delete(deletion.clone()).await.ok();
    let demote = "mutation ($id: ID!) { updateUser(input: {id: $id, role: ANALYST}) { user { id } } }";
    admin.run(demote, json!({ "id": former.id() })).await.ok();
    assert_eq!(former.delete(deletion).await.code(), "FORBIDDEN");
}

async fn a_replay_does_not_show_what_is_hidden_by_then(app: TestApp) {
    let (admin, analyst) = (app.as_(Role::Admin).await, app.as_(Role::Analyst).await);
    for (client, is_shown) in [(&analyst, false), (&admin, true)] {
        let record = admin.enter(json!({})).await["id"].take();
        let input = json!({ "id": record, "notes": "first", "idempotencyKey": "one" });
        client.update(input.clone()).await.ok();
        admin.update(json!({ "id": record, "notes": "for admins" })).await.ok();
        admin.delete(json!({ "id": record })).await.ok();
        let before = without_positions(app.rows().await);
        let again = client.update(input).await;
        if is_shown {
            assert_eq!(again.ok()["updateRecord"]["record"]["notes"], "for admins");
        } else {
            assert_eq!((again.code(), again.field()), ("CONFLICT", Some("input.idempotencyKey")));
            assert!(!again.body.contains("for admins"), "{}", again.body);
        }
        assert!(without_positions(app.rows().await) == before);
    }
}

async fn a_replay_tells_what_is_gone_by_then(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    let other = app.signed_in(viewer.user()).await;
    let revoke = "mutation ($id: ID!) {
        revokeSession(input: {id: $id, idempotencyKey: \"one\"}) { replayed session { id } }
    }";
    let session = json!({ "id": other.session_id() });
    viewer.run(revoke, session.clone()).await.ok();
    assert_eq!(viewer.run(revoke, session.clone()).await.ok()["revokeSession"]["replayed"], true);
    app.advance(TimeDelta::days(8));
    tallybook::sessions::remove_ended(app.services()).await.expect("they are removed");
    let viewer = app.signed_in(viewer.user()).await;
    let again = viewer.run(revoke, session).await;
    assert_eq!((again.code(), again.field()), ("CONFLICT", Some("input.idempotencyKey")), "{}", again.body);
}

async fn a_password_is_no_part_of_what_a_key_stands_for(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let create = "mutation ($password: String!) {
        createUser(input: {email: \"new@example.org\", name: \"N\", password: $password, idempotencyKey: \"one\"}) {
            replayed user { id }
        }
    }";
    let first = admin.run(create, json!({ "password": "parsnips and turnips" })).await.ok()["createUser"].take();
    let key = app.rows().await["idempotency_keys"].clone();
    let again = admin.run(create, json!({ "password": "swedes and radishes" })).await.ok()["createUser"].take();
    assert_eq!(again, replayed(first));
    assert_eq!(app.rows().await["idempotency_keys"], key);
    let login = "mutation ($password: String!) {
        login(input: {email: \"new@example.org\", password: $password}) { accessToken }
    }";
    for (password, is_good) in [("parsnips and turnips", true), ("swedes and radishes", false)] {
        let response = app.anonymous().run(login, json!({ "password": password })).await;
        assert_eq!(response.errors.is_empty(), is_good, "{}", response.body);
    }
}

async fn a_key_is_new_once_its_time_is_over(app: TestApp) {
    let app = app.with(|config| config.idempotency_key_ttl = Duration::from_hours(2));
    let admin = app.as_(Role::Admin).await;
    let record = admin.enter(json!({})).await;
    let update = async |hours| {
        app.advance(TimeDelta::hours(hours));
        let admin = app.signed_in(admin.user()).await;
        let input = json!({ "id": record["id"], "notes": hours.to_string(), "idempotencyKey": "one" });
        let response = admin.update(input).await;
        response.errors.is_empty().then(|| response.ok()["updateRecord"]["replayed"].take())
    };
    assert_eq!(update(0).await, Some(json!(false)));
    assert_eq!(update(1).await, None);
    assert_eq!(update(2).await, Some(json!(false)));
    assert_eq!(update(1).await, None);
}

async fn an_export_is_offered_anew_each_time(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    let export = "mutation { exportRecords(input: {format: CSV}) { url } }";
    let first = viewer.run(export, Value::Null).await.ok();
    assert_ne!(first, viewer.run(export, Value::Null).await.ok());
}
