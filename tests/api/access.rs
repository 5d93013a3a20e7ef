//! Who may do what: one row for each root field, tried as everybody, in every disguise a document knows.

use std::collections::BTreeMap;

use entity::Role;
use serde_json::{Value, json};

use crate::{
    harness::{Client, Response, Rows, TestApp},
    on_both, published,
    scene::Scene,
};

on_both![
    every_root_field_admits_its_role_and_those_above_and_nobody_else,
    one_denial_leaves_the_other_fields_alone,
    only_an_admin_may_ask_for_deleted_records,
    a_role_that_was_taken_away_is_gone_with_the_next_request,
];

/// Who may use a root field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Everybody; a token that is sent has to be good.
    Public,
    /// Everybody, whatever token comes with it.
    SignIn,
    /// This role and those above.
    From(Role),
    /// The same, but not through an API token.
    InSession(Role),
}

use Access::{From, InSession, Public, SignIn};

/// Each root field, who may use it, and a selection of it that works; the words with `$` are filled in by [`Scene`].
const QUERIES: &[(Access, &str)] = &[
    (From(Role::Viewer), "me { id email }"),
    (From(Role::Admin), "user(id: $user) { id }"),
    (From(Role::Admin), "users { nodes { id email } totalCount }"),
    (From(Role::Viewer), "record(id: $record) { id createdBy { name } }"),
    (From(Role::Viewer), "records { nodes { id } totalCount }"),
    (From(Role::Viewer), "categories { nodes { id name } totalCount }"),
    (From(Role::Viewer), "dashboard { summary { recordCount } recent { id } }"),
    (From(Role::Viewer), "node(id: $record) { id }"),
    (From(Role::Viewer), "nodes(ids: [$record, $category]) { id }"),
    (From(Role::Viewer), "changes { nodes { id node { id } } pageInfo { endCursor } }"),
    (InSession(Role::Viewer), "mySessions { id isCurrent }"),
    (InSession(Role::Viewer), "apiTokens { nodes { id owner { id } } }"),
    (Public, "errorCodes"),
    (Public, "organization { id name registration limits { maxNotesLength } }"),
    (From(Role::Admin), "auditEvents { nodes { id changes { field } } totalCount }"),
    (From(Role::Analyst), "import(id: $readyImport) { id }"),
    (From(Role::Analyst), "imports { nodes { id } }"),
    (From(Role::Analyst), "importFormats { name }"),
    (
        From(Role::Analyst),
        r#"suggestImportFormat(sample: "RGF0ZSxBbW91bnQKMjAyNi0wMS0wMSwxLjAwCg==") { questions { field } }"#,
    ),
];

pub const MUTATIONS: &[(Access, &str)] = &[
    (
        Public,
        r#"register(input: {email: "$fresh@example.org", name: "N", password: "parsnips and turnips"}) { user { id } }"#,
    ),
    (
        InSession(Role::Viewer),
        r#"changePassword(input: {currentPassword: $password, newPassword: "parsnips and turnips"}) { user { id } }"#,
    ),
    (InSession(Role::Viewer), r#"updateProfile(input: {name: "$fresh"}) { user { id } }"#),
    (
        InSession(Role::Admin),
        r#"createUser(input: {email: "$fresh@example.org", name: "N", password: "parsnips and turnips", role: ADMIN}) { user { id } }"#,
    ),
    (From(Role::Admin), "updateUser(input: {id: $user, role: ADMIN, isActive: false}) { user { id } }"),
    (
        From(Role::Analyst),
        r#"createRecord(input: {kind: INCOME, amount: "1", category: "New", date: "2026-01-01"}) { record { id } }"#,
    ),
    (From(Role::Analyst), r#"updateRecord(input: {id: $record, notes: "$fresh"}) { record { id } }"#),
    (From(Role::Admin), "deleteRecord(input: {id: $record}) { record { id } }"),
    (From(Role::Admin), "restoreRecord(input: {id: $deletedRecord}) { record { id } }"),
    (
        From(Role::Analyst),
        r#"createRecords(input: {records: [{kind: INCOME, amount: "1", category: "New", date: "2026-01-01"}]}) { results { record { id } } }"#,
    ),
    (
        From(Role::Analyst),
        r#"updateRecords(input: {records: {ids: [$record]}, set: {notes: "$fresh"}}) { records { id } }"#,
    ),
    (From(Role::Admin), "deleteRecords(input: {records: {ids: [$record]}}) { records { id } }"),
    (From(Role::Admin), "restoreRecords(input: {records: {ids: [$deletedRecord]}}) { records { id } }"),
    (From(Role::Admin), r#"renameCategory(input: {id: $category, name: "$fresh"}) { category { id } }"#),
    (From(Role::Admin), "deleteCategory(input: {id: $unusedCategory}) { deletedCategoryId }"),
    (From(Role::Admin), "mergeCategories(input: {fromId: $category, intoId: $otherCategory}) { category { id } }"),
    (
        From(Role::Analyst),
        r#"createImport(input: {filename: "a.csv", format: {dateColumn: "D", amountColumn: "A"}}) { import { id } }"#,
    ),
    (
        From(Role::Analyst),
        r#"updateImport(input: {id: $readyImport, format: {dateColumn: "Date", amountColumn: "Amount"}}) { import { id } }"#,
    ),
    (From(Role::Analyst), "commitImport(input: {id: $readyImport}) { import { id } }"),
    (From(Role::Admin), "revertImport(input: {id: $enteredImport}) { import { id } }"),
    (
        From(Role::Analyst),
        r#"saveImportFormat(input: {name: "$fresh", format: {dateColumn: "D", amountColumn: "A"}}) { savedFormat { name } }"#,
    ),
    (From(Role::Analyst), "deleteImportFormat(input: {name: $savedFormat}) { deletedName }"),
    (From(Role::Viewer), "exportRecords(input: {filter: {kind: INCOME}, format: CSV}) { url expiresAt }"),
    (From(Role::Admin), "unmergeCategory(input: {id: $mergedCategory}) { category { id } }"),
    (From(Role::Admin), r#"updateOrganization(input: {name: "$fresh"}) { organization { id } }"#),
    (From(Role::Admin), r#"closeBooks(input: {through: "2000-02-29"}) { organization { id } }"#),
    (From(Role::Admin), r#"reopenBooks(input: {reason: "A receipt was found."}) { organization { id } }"#),
    (SignIn, "login(input: {email: $email, password: $password}) { accessToken refreshToken user { id email } }"),
    (SignIn, "refreshSession(input: {refreshToken: $refreshToken}) { accessToken refreshToken user { id email } }"),
    (SignIn, "logout(input: {refreshToken: $refreshToken}) { loggedOut }"),
    (InSession(Role::Viewer), "revokeSession(input: {id: $ownSession}) { session { id } }"),
    (InSession(Role::Admin), "endSessions(input: {userId: $user}) { endedCount user { id } }"),
    (
        InSession(Role::Viewer),
        r#"createApiToken(input: {name: "Backup", role: VIEWER}) { apiToken { id revokedAt owner { name } } }"#,
    ),
    (InSession(Role::Viewer), "revokeApiToken(input: {id: $ownToken}) { apiToken { id } }"),
];

/// The first answer of each.
const SUBSCRIPTIONS: &[(Access, &str)] = &[
    (From(Role::Viewer), "changed { nodes { id node { id } } pageInfo { endCursor } }"),
    (From(Role::Viewer), "dashboardChanged { summary { recordCount } recent { id } }"),
];

/// Every row, with the operation's keyword and the root's type.
fn rows() -> impl Iterator<Item = (&'static str, &'static str, Access, &'static str)> {
    let queries = QUERIES.iter().map(|(access, selection)| ("query", "Query", *access, *selection));
    let mutations = MUTATIONS.iter().map(|(access, selection)| ("mutation", "Mutation", *access, *selection));
    let subscriptions =
        SUBSCRIPTIONS.iter().map(|(access, selection)| ("subscription", "Subscription", *access, *selection));
    queries.chain(mutations).chain(subscriptions)
}

pub fn name(selection: &str) -> &str {
    selection.split([' ', '(']).next().unwrap_or_default()
}

/// The ways to say the same `selection` that a check on the document's text might miss.
fn disguises(operation: &str, root: &str, selection: &str) -> [String; 5] {
    [
        format!("{operation} {{ {selection} }}"),
        format!("{operation} {{ harmless: {selection} }}"),
        format!("{operation} {{ ... on {root} {{ {selection} }} }}"),
        format!("{operation} {{ ... @include(if: true) {{ ... @skip(if: false) {{ {selection} }} }} }}"),
        format!("{operation} {{ ...Harmless }} fragment Harmless on {root} {{ {selection} }}"),
    ]
}

#[test]
fn every_root_field_has_a_row_that_says_what_the_schema_says() {
    let rows: BTreeMap<_, _> = rows()
        .map(|(_, root, access, selection)| {
            let wants = match access {
                Public | SignIn => (None, false),
                From(role) => (Some(role), false),
                InSession(role) => (Some(role), true),
            };
            ((root.to_owned(), name(selection).to_owned()), wants)
        })
        .collect();
    let published = published::fields().into_iter();
    let published = published.filter(|field| ["Query", "Mutation", "Subscription"].contains(&&*field.object));
    let published: BTreeMap<_, _> =
        published.map(|field| ((field.object, field.name), (field.least, field.wants_session))).collect();
    assert_eq!(rows, published);
}

async fn every_root_field_admits_its_role_and_those_above_and_nobody_else(app: TestApp) {
    for (operation, root, access, selection) in rows() {
        let mut scene = Scene::new(&app).await;
        for (who, client) in everybody(&app).await {
            let case = format!("{who:?}: {selection}");
            let mut documents = Vec::new();
            for document in disguises(operation, root, selection) {
                documents.push(scene.fill_for(&client, &document).await);
            }
            let before = without_positions(app.rows().await);
            for document in documents {
                let response = client.run(&document, Value::Null).await;
                if let Some(code) = who.denied(access) {
                    assert_denied(&response, code, &case);
                } else {
                    assert!(response.errors.is_empty(), "{case}: {}", response.body);
                    // What is allowed has been done, and may not be possible twice.
                    break;
                }
            }
            let may_change = operation == "mutation" && who.denied(access).is_none();
            assert_eq!(without_positions(app.rows().await) != before, may_change, "{case}");
            if may_change {
                scene = Scene::new(&app).await;
            }
        }
    }
}

/// Events get their positions when somebody looks: that changes nothing of the books.
pub fn without_positions(mut rows: Rows) -> Rows {
    for table in ["journal", "journal_head", "outbox"] {
        rows.remove(table).expect("a table of the journal");
    }
    rows
}

/// Who asks.
#[derive(Clone, Copy, Debug)]
enum Who {
    Anonymous,
    /// An admin whose token would be good, had they not been deactivated.
    Deactivated,
    Active(Role),
    /// An API token of this role, of a user who may as much.
    Token(Role),
}

impl Who {
    /// The code that `access` denies them with.
    fn denied(self, access: Access) -> Option<&'static str> {
        match (access, self) {
            (SignIn, _) | (Public, Self::Anonymous | Self::Active(_) | Self::Token(_)) => None,
            (_, Self::Deactivated) | (From(_) | InSession(_), Self::Anonymous) => Some("UNAUTHENTICATED"),
            (From(least) | InSession(least), Self::Active(role)) | (From(least), Self::Token(role)) => {
                (role < least).then_some("FORBIDDEN")
            }
            (InSession(_), Self::Token(_)) => Some("FORBIDDEN"),
        }
    }
}

/// One of everybody, those who may least first.
async fn everybody(app: &TestApp) -> Vec<(Who, Client)> {
    let mut everybody = vec![(Who::Anonymous, app.anonymous()), (Who::Deactivated, app.deactivated(Role::Admin).await)];
    for role in [Role::Viewer, Role::Analyst, Role::Admin] {
        let client = app.as_(role).await;
        everybody.push((Who::Token(role), client.through_token(app, role).await));
        everybody.push((Who::Active(role), client));
    }
    everybody
}

#[track_caller]
fn assert_denied(response: &Response, code: &str, case: &str) {
    assert_eq!(response.codes(), [code], "{case}: {}", response.body);
    let nothing = response.data.as_object().is_none_or(|data| data.values().all(Value::is_null));
    assert!(nothing, "{case}: {}", response.body);
}

async fn one_denial_leaves_the_other_fields_alone(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    let response = viewer.run("{ me { name } users { nodes { id } } categories { nodes { id } } }", Value::Null).await;
    assert_eq!(response.code(), "FORBIDDEN");
    assert_eq!(response.error()["path"], json!(["users"]));
    assert_eq!(response.error()["extensions"]["requiredRole"], "ADMIN");
    assert_eq!(response.data, json!({ "me": { "name": "Viewer" }, "users": null, "categories": { "nodes": [] } }));
}

/// What a guard on fields cannot see, because it stands in an argument.
async fn only_an_admin_may_ask_for_deleted_records(app: TestApp) {
    let scene = Scene::new(&app).await;
    for (who, client) in everybody(&app).await {
        for which in ["INCLUDE", "ONLY"] {
            let document = format!("{{ records(filter: {{deleted: {which}}}) {{ nodes {{ id }} totalCount }} }}");
            let response = client.run(&scene.fill(&document), Value::Null).await;
            match who.denied(From(Role::Admin)) {
                Some(code) => assert_denied(&response, code, &format!("{who:?} {which}")),
                None => assert!(response.body.contains(&scene.fill("$deletedRecord")), "{which}: {}", response.body),
            }
        }
        let response = client.run(&scene.fill("{ record(id: $deletedRecord) { id } }"), Value::Null).await;
        let is_hidden = who.denied(From(Role::Admin)).is_some();
        assert_eq!(response.data["record"].is_null(), is_hidden, "{who:?}: {}", response.body);
    }
}

async fn a_role_that_was_taken_away_is_gone_with_the_next_request(app: TestApp) {
    let (boss, admin) = (app.as_(Role::Admin).await, app.as_(Role::Admin).await);
    admin.run("{ users { nodes { id } } }", Value::Null).await.ok();
    let demote = "mutation ($id: ID!) { updateUser(input: {id: $id, role: VIEWER}) { user { role } } }";
    boss.run(demote, json!({ "id": admin.id() })).await.ok();
    assert_eq!(admin.run("{ users { nodes { id } } }", Value::Null).await.code(), "FORBIDDEN");

    let deactivate = "mutation ($id: ID!) { updateUser(input: {id: $id, isActive: false}) { user { isActive } } }";
    boss.run(deactivate, json!({ "id": admin.id() })).await.ok();
    assert_eq!(admin.run("{ me { id } }", Value::Null).await.code(), "UNAUTHENTICATED");
}
