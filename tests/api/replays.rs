//! Every mutation that changes data can be sent again with its idempotency key: nothing is done twice, and the answer is
//! what it was about, as that is by then. The mutations are those of `access`, so that a new one is among them.

use entity::Role;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{
    access::{MUTATIONS, name, without_positions},
    books::an_expense,
    harness::{Client, TestApp},
    on_both,
    scene::Scene,
};

on_both![
    what_is_sent_again_is_not_done_again,
    of_twenty_equal_requests_at_once_one_is_carried_out,
    a_key_that_another_mutation_used_is_refused,
    a_key_that_came_with_other_input_is_refused,
    a_replay_says_how_it_is_by_then_and_leaves_it,
    what_failed_can_be_sent_again_with_its_key,
    a_replay_is_for_those_who_may_do_it_still,
    a_replay_does_not_show_what_is_hidden_by_then,
];

/// What has no key.
const ONCE: &[&str] = &[
    "register",
    "changePassword",
    "login",
    "refreshSession",
    "logout",
    "exportRecords",
    "createUser",
    "updateUser",
    "createImport",
    "updateImport",
    "commitImport",
    "revertImport",
    "saveImportFormat",
    "deleteImportFormat",
    "updateOrganization",
    "closeBooks",
    "reopenBooks",
    "revokeSession",
    "endSessions",
];

/// All that can be sent again: with the same key each, since each scene has users of its own.
fn repeatable() -> impl Iterator<Item = &'static str> {
    MUTATIONS.iter().map(|(_, selection)| *selection).filter(|selection| !ONCE.contains(&name(selection)))
}

/// A document that sends `selection`, or another selection of its answer, with the key `one`.
fn keyed(selection: &str, selected: Option<&str>) -> String {
    let (call, shown) = selection.rsplit_once(") { ").expect("a selection");
    let call = call.replacen("(input: {", "(input: {idempotencyKey: \"one\", ", 1);
    let shown = selected.unwrap_or_else(|| shown.strip_suffix(" }").expect("its end"));
    format!("mutation {{ answer: {call}) {{ {shown} replayed }} }}")
}

/// The document, and who sends it.
async fn prepare(app: &TestApp, selection: &str, selected: Option<&str>) -> (Scene, String) {
    let scene = Scene::new(app).await;
    // A session may be ended that is not the one that ends it.
    let other = app.signed_in(scene.author.user()).await;
    let document = scene.fill_for(&other, &keyed(selection, selected)).await;
    (scene, document)
}

async fn send(client: &Client, document: &str) -> Value {
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

/// A mutation, what it shows, a change that comes after it, and how that shows in the replay.
struct Later {
    mutation: &'static str,
    shows: &'static str,
    change: &'static str,
    at: &'static str,
    is: &'static str,
}

const fn later(
    mutation: &'static str,
    shows: &'static str,
    change: &'static str,
    (at, is): (&'static str, &'static str),
) -> Later {
    Later { mutation, shows, change, at, is }
}

const LATER: &[Later] = &[
    later(
        "createRecord",
        "record { id notes }",
        "updateRecord(input: {id: $made, notes: \"later\"}) { record { id } }",
        ("/record/notes", "\"later\""),
    ),
    later(
        "updateRecord",
        "record { id notes }",
        "updateRecord(input: {id: $made, notes: \"later\"}) { record { id } }",
        ("/record/notes", "\"later\""),
    ),
    later(
        "deleteRecord",
        "record { id deletedAt }",
        "restoreRecord(input: {id: $record}) { record { id } }",
        ("/record/deletedAt", "null"),
    ),
    later(
        "restoreRecord",
        "record { id version }",
        "deleteRecord(input: {id: $deletedRecord}) { record { id } }",
        ("/record/version", "4"),
    ),
    later(
        "createRecords",
        "results { record { id notes } }",
        "updateRecord(input: {id: $made, notes: \"later\"}) { record { id } }",
        ("/results/0/record/notes", "\"later\""),
    ),
    later(
        "updateRecords",
        "records { id notes }",
        "updateRecord(input: {id: $made, notes: \"later\"}) { record { id } }",
        ("/records/0/notes", "\"later\""),
    ),
    later(
        "deleteRecords",
        "records { id deletedAt }",
        "restoreRecord(input: {id: $record}) { record { id } }",
        ("/records/0/deletedAt", "null"),
    ),
    later(
        "restoreRecords",
        "records { id version }",
        "deleteRecord(input: {id: $deletedRecord}) { record { id } }",
        ("/records/0/version", "4"),
    ),
    later(
        "renameCategory",
        "category { id name }",
        "renameCategory(input: {id: $category, name: \"Later\"}) { category { id } }",
        ("/category/name", "\"Later\""),
    ),
    later(
        "mergeCategories",
        "mergedCategoryId category { id mergedInto { id } }",
        "unmergeCategory(input: {id: $category}) { category { id } }",
        ("/mergedCategoryId", "$category"),
    ),
    later(
        "unmergeCategory",
        "category { id mergedInto { id } }",
        "mergeCategories(input: {fromId: $mergedCategory, intoId: $category}) { category { id } }",
        ("/category/mergedInto/id", "$category"),
    ),
];

/// The first id in `answer`.
fn made(answer: &Value) -> Option<String> {
    match answer {
        Value::Object(fields) => match fields.get("id") {
            Some(id) => Some(id.to_string()),
            None => fields.values().find_map(made),
        },
        Value::Array(items) => items.iter().find_map(made),
        _ => None,
    }
}

async fn a_replay_says_how_it_is_by_then_and_leaves_it(app: TestApp) {
    for selection in repeatable() {
        let Some(later) = LATER.iter().find(|later| later.mutation == name(selection)) else {
            panic!("say in LATER how {selection} shows what came after it")
        };
        let (scene, document) = prepare(&app, selection, Some(later.shows)).await;
        let first = send(&scene.author, &document).await;
        let change = scene.fill(&format!("mutation {{ {} }}", later.change));
        let change = change.replace("$made", &made(&first).unwrap_or_default());
        let response = scene.author.run(&change, Value::Null).await;
        assert!(response.errors.is_empty(), "{change}: {}", response.body);
        let before = without_positions(app.rows().await);
        let again = send(&scene.author, &document).await;
        assert_eq!(again["replayed"], true, "{document}");
        assert_eq!(again.pointer(later.at).map(Value::to_string), Some(scene.fill(later.is)), "{document} {again}");
        assert!(without_positions(app.rows().await) == before, "{document} changed something again");
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
    // The version that it names is an old one by now.
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
