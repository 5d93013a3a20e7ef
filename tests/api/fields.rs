//! Who may see which field of an object, whichever way they come to it.

use entity::Role;
use serde_json::{Value, json};

use crate::{
    access::without_positions,
    harness::{Response, TestApp},
    on_both,
    published::{self, Field},
    scene::Scene,
};

on_both![
    a_guarded_field_is_guarded_on_every_path_to_it,
    a_guarded_field_is_guarded_in_the_answer_to_a_change,
    who_is_not_signed_in_gets_nowhere_near_a_guarded_field,
    users_see_all_of_themselves_on_every_path,
    a_viewer_may_select_every_field_that_names_no_role,
];

/// The ways from the roots to a user who is the `$author` of records, for anyone who is signed in; `%` stands for
/// the selection.
const PATHS_TO_USER: &[&str] = &[
    "{ record(id: $record) { createdBy { % } } }",
    "{ record(id: $record) { updatedBy { % } } }",
    "{ records(filter: {createdBy: $author}) { nodes { createdBy { % } } } }",
    "{ records(filter: {createdBy: $author}) { edges { node { updatedBy { % } } } } }",
    "{ dashboard { recent(first: 1) { createdBy { % } } } }",
    "{ node(id: $author) { ... on User { % } } }",
    "{ node(id: $author) { id ... on Node { ... on User { % } } } }",
    "{ node(id: $record) { ... on FinancialRecord { createdBy { % } } } }",
    "{ record(id: $record) { history(first: 1) { nodes { actor { % } } } } }",
    "{ records(first: 1) { edges { node { history(first: 1) { edges { node { actor { % } } } } } } } }",
    "{ node(id: $event) { ... on AuditEvent { actor { % } } } }",
    "{ node(id: $event) { ... on AuditEvent { entity { ... on FinancialRecord { createdBy { % } } } } } }",
    "{ nodes(ids: [$author]) { ... on User { % } } }",
    "{ changes(first: 1000) { nodes { node { ... on FinancialRecord { createdBy { % } } } } } }",
    "subscription { dashboardChanged { recent(first: 1) { createdBy { % } } } }",
    "{ a: record(id: $record) @include(if: true) { b: createdBy @skip(if: false) { % } } }",
    "{ record(id: $record) { createdBy { ... on User @include(if: true) { % } } } }",
    "{ ...A } fragment A on Query { record(id: $record) { createdBy { ...B } } } fragment B on User { % }",
];

/// All fields that give a user, or what leads to none but users: a new one wants its path above. Those of payloads and
/// of `UserConnection` are behind the guards of their root fields, or of the user who asks.
const WAYS_TO_USERS: &[&str] = &[
    "ApiToken.owner",
    "AuditEvent.actor",
    "AuditEvent.entity",
    "AuditEvent.via",
    "Change.node",
    "ChangePasswordPayload.user",
    "CreateUserPayload.user",
    "EndSessionsPayload.user",
    "FinancialRecord.createdBy",
    "FinancialRecord.deletedBy",
    "FinancialRecord.updatedBy",
    "Import.committedBy",
    "Import.createdBy",
    "Import.revertedBy",
    "LoginPayload.user",
    "Query.me",
    "Query.node",
    "Query.nodes",
    "Query.user",
    "Query.users",
    "RefreshSessionPayload.user",
    "RegisterPayload.user",
    "UpdateProfilePayload.user",
    "UpdateUserPayload.user",
    "UserConnection.edges",
    "UserConnection.nodes",
    "UserEdge.node",
];

const DEMOTE: &str = "mutation ($id: ID!) { updateUser(input: {id: $id, role: VIEWER}) { user { id } } }";

/// The fields below the roots that name a role.
fn all_guarded() -> Vec<Field> {
    let is_guarded =
        |field: &Field| field.least.is_some() && !["Query", "Mutation", "Subscription"].contains(&&*field.object);
    published::fields().into_iter().filter(is_guarded).collect()
}

/// Those of users. Those of the organization are tried in `organization.rs`.
fn guarded() -> Vec<Field> {
    all_guarded().into_iter().filter(|field| field.object == "User").collect()
}

#[test]
fn every_guarded_field_below_the_roots_is_one_whose_paths_are_known() {
    let guarded: Vec<_> = all_guarded().iter().map(|field| format!("{}.{}", field.object, field.name)).collect();
    assert_eq!(
        guarded,
        [
            "Organization.baseCurrency",
            "Organization.closedThrough",
            "Organization.currencies",
            "Organization.financialYearStart",
            "Organization.version",
            "Organization.weekStart",
            "User.createdAt",
            "User.email",
            "User.isActive",
            "User.role",
            "User.updatedAt",
            "User.version"
        ]
    );
}

#[test]
fn every_way_to_a_user_is_known() {
    let leads_to_users = |field: &Field| ["User", "UserConnection", "UserEdge", "Node"].contains(&&*field.gives);
    let ways = published::fields().into_iter().filter(leads_to_users);
    assert_eq!(ways.map(|field| format!("{}.{}", field.object, field.name)).collect::<Vec<_>>(), WAYS_TO_USERS);
}

/// The document of `path` that selects all guarded fields, under other names.
fn document(scene: &Scene, path: &str) -> String {
    let selection: Vec<_> = guarded().iter().map(|field| format!("a_{0}: {0}", field.name)).collect();
    scene.fill(&path.replace('%', &format!("id {} name", selection.join(" "))))
}

async fn a_guarded_field_is_guarded_on_every_path_to_it(app: TestApp) {
    let scene = Scene::new(&app).await;
    for role in [Role::Viewer, Role::Analyst, Role::Admin] {
        let client = app.as_(role).await;
        let before = without_positions(app.rows().await);
        for path in PATHS_TO_USER {
            let document = document(&scene, path);
            assert_guarded(role, &client.run(&document, Value::Null).await, &document);
        }
        assert_eq!(without_positions(app.rows().await), before);
    }
}

async fn a_guarded_field_is_guarded_in_the_answer_to_a_change(app: TestApp) {
    let scene = Scene::new(&app).await;
    let path = "mutation { updateRecord(input: {id: $record, notes: \"$fresh\"}) { record { createdBy { % } } } }";
    for role in [Role::Analyst, Role::Admin] {
        let document = document(&scene, path);
        assert_guarded(role, &app.as_(role).await.run(&document, Value::Null).await, &document);
    }
}

/// The guarded fields are null, or not, as `role` has it; everything around them is there.
#[track_caller]
fn assert_guarded(role: Role, response: &Response, document: &str) {
    let case = format!("{role:?} {document}: {}", response.body);
    let user = leaf(&response.data, "a_email").unwrap_or_else(|| panic!("{case}"));
    assert!(user["id"].is_string() && user["name"].is_string(), "{case}");
    let guarded = guarded();
    // Without an error: clients that see one throw the whole answer away.
    assert_eq!(response.codes(), [] as [&str; 0], "{case}");
    for field in &guarded {
        assert_eq!(user[format!("a_{}", field.name)].is_null(), Some(role) < field.least, "{case}");
    }
}

async fn who_is_not_signed_in_gets_nowhere_near_a_guarded_field(app: TestApp) {
    let scene = Scene::new(&app).await;
    let strangers = [app.anonymous(), app.deactivated(Role::Admin).await, app.with_token("nonsense")];
    let before = without_positions(app.rows().await);
    for client in strangers {
        for path in PATHS_TO_USER.iter().chain(&["{ me { % } }", "{ users { nodes { % } } }"]) {
            let response = client.run(&document(&scene, path), Value::Null).await;
            assert_eq!(response.code(), "UNAUTHENTICATED", "{path}");
            assert!(leaf(&response.data, "a_email").is_none(), "{path}: {}", response.body);
        }
    }
    assert_eq!(without_positions(app.rows().await), before);
}

async fn users_see_all_of_themselves_on_every_path(app: TestApp) {
    let scene = Scene::new(&app).await;
    let own: Vec<_> = guarded().into_iter().filter(|field| field.or_self).map(|field| field.name).collect();
    app.as_(Role::Admin).await.run(DEMOTE, json!({ "id": scene.author.id() })).await.ok();
    for path in PATHS_TO_USER.iter().chain(&["{ me { % } }"]) {
        let data = scene.author.run(&scene.fill(&path.replace('%', &own.join(" "))), Value::Null).await.ok();
        let user = leaf(&data, "email").unwrap_or_else(|| panic!("{path}: {data}"));
        assert_eq!(user["email"], scene.author.user().email, "{path}");
        assert_eq!(user["role"], "VIEWER", "{path}");
    }
}

async fn a_viewer_may_select_every_field_that_names_no_role(app: TestApp) {
    let scene = Scene::new(&app).await;
    let viewer = app.as_(Role::Viewer).await;
    let fields = published::fields();
    for (root, object) in [
        ("me", "User"),
        ("record(id: $record)", "FinancialRecord"),
        ("records(first: 1)", "RecordConnection"),
        ("categories", "CategoryConnection"),
        ("dashboard", "Dashboard"),
    ] {
        let document = format!("{{ {root} {{ {} }} }}", everything(&fields, object, 3));
        viewer.run(&scene.fill(&document), Value::Null).await.ok();
    }
}

/// A selection of every field of `object` that names no role, and of theirs, `depth` levels of objects deep.
fn everything(fields: &[Field], object: &str, depth: usize) -> String {
    let select = |field: &Field| {
        if field.gives == "Node" {
            return Some(format!("{} {{ id }}", field.name));
        }
        let is_object = fields.iter().any(|other| other.object == field.gives);
        match (is_object, depth) {
            (false, _) => Some(field.name.clone()),
            (true, 1) => None,
            (true, _) => Some(format!("{} {{ {} }}", field.name, everything(fields, &field.gives, depth - 1))),
        }
    };
    let is_open = |field: &&Field| field.object == object && field.least.is_none() && field.needs_no_arguments;
    let selected: Vec<_> = fields.iter().filter(is_open).filter_map(select).collect();
    format!("__typename {}", selected.join(" "))
}

/// The first object in `data`, however deep, that has the field `name`.
fn leaf<'a>(data: &'a Value, name: &str) -> Option<&'a Value> {
    match data {
        Value::Object(fields) if fields.contains_key(name) => Some(data),
        Value::Object(fields) => fields.values().find_map(|value| leaf(value, name)),
        Value::Array(items) => items.iter().find_map(|item| leaf(item, name)),
        _ => None,
    }
}
