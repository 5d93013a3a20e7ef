//! A replay answers with what the mutation was about as that is by then, and changes nothing: each mutation, with something
//! that comes after it.

use serde_json::Value;

use crate::{
    access::{name, without_positions},
    harness::TestApp,
    on_both,
    replays::{prepare, repeatable, send},
};

on_both![a_replay_says_how_it_is_by_then_and_leaves_it];

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
        "deleteCategory",
        "deletedCategoryId",
        "renameCategory(input: {id: $category, name: \"After the deletion\"}) { category { id } }",
        ("/deletedCategoryId", "$unusedCategory"),
    ),
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
    later(
        "createUser",
        "user { id name }",
        "updateUser(input: {id: $made, name: \"Later\"}) { user { id } }",
        ("/user/name", "\"Later\""),
    ),
    later(
        "updateUser",
        "user { id isActive }",
        "updateUser(input: {id: $user, isActive: true}) { user { id } }",
        ("/user/isActive", "true"),
    ),
    later(
        "updateProfile",
        "user { id name }",
        "updateUser(input: {id: $made, name: \"Later\"}) { user { id } }",
        ("/user/name", "\"Later\""),
    ),
    later(
        "updateOrganization",
        "organization { id name }",
        "updateOrganization(input: {name: \"Later\"}) { organization { id } }",
        ("/organization/name", "\"Later\""),
    ),
    later(
        "closeBooks",
        "organization { id closedThrough }",
        "reopenBooks(input: {reason: \"later\"}) { organization { id } }",
        ("/organization/closedThrough", "null"),
    ),
    later(
        "reopenBooks",
        "organization { id closedThrough }",
        "closeBooks(input: {through: \"2000-03-31\"}) { organization { id } }",
        ("/organization/closedThrough", "\"2000-03-31\""),
    ),
    later(
        "createImport",
        "import { id format { amountColumn } }",
        "updateImport(input: {id: $made, format: {dateColumn: \"D\", amountColumn: \"Later\"}}) { import { id } }",
        ("/import/format/amountColumn", "\"Later\""),
    ),
    later(
        "updateImport",
        "import { id state }",
        "commitImport(input: {id: $made, onProblem: SKIP}) { import { id } }",
        ("/import/state", "\"ENTERED\""),
    ),
    later(
        "commitImport",
        "import { id state }",
        "revertImport(input: {id: $made}) { import { id } }",
        ("/import/state", "\"REVERTED\""),
    ),
    later(
        "revertImport",
        "import { id state }",
        "revertImport(input: {id: $made, deleteChanged: true}) { import { id } }",
        ("/import/state", "\"REVERTED\""),
    ),
    later(
        "saveImportFormat",
        "savedFormat { name format { amountColumn } }",
        "saveImportFormat(input: {name: $made, format: {dateColumn: \"D\", amountColumn: \"Later\"}}) { savedFormat { name } }",
        ("/savedFormat/format/amountColumn", "\"Later\""),
    ),
    later(
        "deleteImportFormat",
        "deletedName",
        "saveImportFormat(input: {name: \"Saved\", format: {dateColumn: \"D\", amountColumn: \"A\"}}) { savedFormat { name } }",
        ("/deletedName", "\"Saved\""),
    ),
    later(
        "createApiToken",
        "token apiToken { id revokedAt }",
        "revokeApiToken(input: {id: $made}) { apiToken { id } }",
        ("/apiToken/revokedAt", "\"2026-05-31T10:00:00Z\""),
    ),
    later(
        "revokeApiToken",
        "revokedApiTokenId apiToken { owner { name } }",
        "updateUser(input: {id: $author, name: \"Later\"}) { user { id } }",
        ("/apiToken/owner/name", "\"Later\""),
    ),
    later(
        "revokeSession",
        "session { id }",
        "endSessions(input: {userId: $user}) { endedCount }",
        ("/session/id", "$made"),
    ),
    later(
        "endSessions",
        "endedCount user { id name }",
        "updateUser(input: {id: $user, name: \"Later\"}) { user { id } }",
        ("/user/name", "\"Later\""),
    ),
];

/// The first id in `answer`, or the first name of what has none.
fn made(answer: &Value) -> Option<String> {
    match answer {
        Value::Object(fields) => match fields.get("id").or_else(|| fields.get("name")) {
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
        let made = made(&first).unwrap_or_default();
        let change = change.replace("$made", &made);
        let response = scene.author.run(&change, Value::Null).await;
        assert!(response.errors.is_empty(), "{change}: {}", response.body);
        let before = without_positions(app.rows().await);
        let again = send(&scene.author, &document).await;
        assert_eq!(again["replayed"], true, "{document}");
        assert_eq!(
            again.pointer(later.at).map(Value::to_string),
            Some(scene.fill(later.is).replace("$made", &made)),
            "{document} {again}"
        );
        assert!(without_positions(app.rows().await) == before, "{document} changed something again");
    }
}
