//! The schema as a whole: it describes itself, hides what is secret, and costs what it should.

use async_graphql::{
    Positioned,
    parser::types::{FieldDefinition, InputValueDefinition, TypeKind, TypeSystemDefinition},
};
use axum::{
    body::Body,
    http::{Request, StatusCode},
};
use entity::Role;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::{
    harness::{Client, TestApp},
    on_both, published,
    scene::Scene,
};

on_both![
    everybody_can_fetch_the_schema_as_it_is_committed,
    the_arguments_of_our_directives_are_described,
    a_hundred_records_with_their_users_and_categories_take_four_statements,
    a_total_count_is_read_only_when_it_is_selected,
    a_database_error_tells_the_client_nothing_but_the_request_id,
];

#[test]
fn the_committed_schema_is_the_one_that_is_served() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.graphql");
    let committed = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        committed.trim_end() == tallybook::schema::sdl().trim_end(),
        "schema.graphql is out of date: cargo run -- schema > schema.graphql"
    );
}

async fn everybody_can_fetch_the_schema_as_it_is_committed(app: TestApp) {
    let app = app.with(|config| config.introspection = Some(false));
    let fetched = app.request(Request::get("/schema.graphql").body(Body::empty()).expect("a request")).await;
    assert_eq!(fetched.status(), StatusCode::OK);
    assert!(*fetched.body() == tallybook::schema::sdl(), "it is what `tallybook schema` prints");
}

#[test]
fn everything_in_the_schema_is_described() {
    let mut silent = Vec::new();
    let mut note = |described: bool, name: String| {
        if !described {
            silent.push(name);
        }
    };
    for definition in published::definitions() {
        match definition {
            TypeSystemDefinition::Schema(_) => {}
            // The printer leaves the descriptions of a directive's arguments out; introspection has them, see below.
            TypeSystemDefinition::Directive(directive) => {
                note(is_text(directive.node.description.as_ref()), format!("@{}", directive.node.name.node));
            }
            TypeSystemDefinition::Type(definition) => {
                let name = definition.node.name.node;
                note(is_text(definition.node.description.as_ref()), name.to_string());
                for (described, member) in members(&definition.node.kind) {
                    note(described, format!("{name}.{member}"));
                }
            }
        }
    }
    assert_eq!(silent, Vec::<String>::new());
}

/// The fields, arguments and values of a type, and whether each is described.
fn members(kind: &TypeKind) -> Vec<(bool, String)> {
    let input = |input: &Positioned<InputValueDefinition>| {
        (is_text(input.node.description.as_ref()), input.node.name.node.to_string())
    };
    let field = |field: &Positioned<FieldDefinition>| {
        let name = &field.node.name.node;
        let arguments = field.node.arguments.iter().map(input);
        let mut members: Vec<_> =
            arguments.map(|(described, argument)| (described, format!("{name}({argument})"))).collect();
        members.push((is_text(field.node.description.as_ref()), name.to_string()));
        members
    };
    match kind {
        TypeKind::Scalar | TypeKind::Union(_) => Vec::new(),
        TypeKind::Object(object) => object.fields.iter().flat_map(field).collect(),
        TypeKind::Interface(interface) => interface.fields.iter().flat_map(field).collect(),
        TypeKind::InputObject(object) => object.fields.iter().map(input).collect(),
        TypeKind::Enum(values) => {
            let value = |value: &Positioned<async_graphql::parser::types::EnumValueDefinition>| {
                (is_text(value.node.description.as_ref()), value.node.value.node.to_string())
            };
            values.values.iter().map(value).collect()
        }
    }
}

fn is_text(description: Option<&Positioned<String>>) -> bool {
    description.is_some_and(|text| !text.node.trim().is_empty())
}

#[test]
fn no_field_shows_a_password_or_a_hash() {
    let is_secret = |name: &str| {
        let name = name.to_lowercase();
        ["password", "hash", "secret"].iter().any(|word| name.contains(word))
    };
    let shown: Vec<_> = published::fields()
        .into_iter()
        .filter(|field| !["Mutation", "Limits"].contains(&field.object.as_str()) && is_secret(&field.name))
        .map(|field| format!("{}.{}", field.object, field.name))
        .collect();
    // That of accounts to look around with, which everybody may know.
    assert_eq!(shown, ["DemoAccount.password"]);
}

async fn the_arguments_of_our_directives_are_described(app: TestApp) {
    let document = "{ __schema { directives { name args { name description } } } }";
    let data = app.anonymous().run(document, Value::Null).await.ok();
    let directives = data["__schema"]["directives"].as_array().expect("directives");
    for name in ["requiresRole", "constraint"] {
        let ours = directives.iter().find(|directive| directive["name"] == name).expect("our directive");
        for argument in ours["args"].as_array().expect("arguments") {
            assert!(argument["description"].as_str().is_some_and(|text| !text.is_empty()), "{argument}");
        }
    }
}

async fn a_hundred_records_with_their_users_and_categories_take_four_statements(app: TestApp) {
    for number in 0..10 {
        enter_records(&app.as_(Role::Analyst).await, number, 10).await;
    }
    let list = "{ records(first: 100) { nodes { id category { name } createdBy { name } updatedBy { name } } } }";
    let viewer = app.as_(Role::Viewer).await;
    let (response, statements) = app.statements_of(viewer.run(list, Value::Null)).await;
    assert_eq!(response.ok()["records"]["nodes"].as_array().map(Vec::len), Some(100));
    assert!(statements.len() <= 4, "{statements:#?}");
}

async fn enter_records(client: &Client, number: usize, count: usize) {
    let create = "mutation ($category: String!) { createRecord(input: {
        kind: EXPENSE, amount: \"12.34\", date: \"2026-05-01\", category: $category
    }) { record { id } } }";
    for _ in 0..count {
        client.run(create, json!({ "category": format!("Category {number}") })).await.ok();
    }
}

async fn a_total_count_is_read_only_when_it_is_selected(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    enter_records(&admin, 1, 3).await;
    // Records are counted by the statement that brings them.
    for (list, more) in [("records", 0), ("users", 1)] {
        let without = format!("{{ {list} {{ nodes {{ id }} pageInfo {{ hasNextPage hasPreviousPage endCursor }} }} }}");
        let with = format!("{{ {list} {{ nodes {{ id }} totalCount }} }}");
        // The first time it looks up the categories, too.
        admin.run(&without, Value::Null).await.ok();
        let (response, without) = app.statements_of(admin.run(&without, Value::Null)).await;
        response.ok();
        let (response, with) = app.statements_of(admin.run(&with, Value::Null)).await;
        assert!(response.ok()[list]["totalCount"].is_u64());
        assert_eq!(with.len(), without.len() + more, "{with:#?}");
        let counts =
            |statements: &[String]| statements.iter().any(|sql| sql.contains("COUNT(") || sql.contains("_count"));
        assert!(counts(&with) && !counts(&without), "{with:#?} {without:#?}");
    }
}

async fn a_database_error_tells_the_client_nothing_but_the_request_id(app: TestApp) {
    let scene = Scene::new(&app).await;
    let viewer = app.as_(Role::Viewer).await;
    app.db()
        .read()
        .execute_unprepared("ALTER TABLE records RENAME TO elsewhere")
        .await
        .expect("the table to be renamed");
    for document in ["{ records { nodes { id } } }", "{ record(id: $record) { id } }"] {
        let response = viewer.run(&scene.fill(document), Value::Null).await;
        assert_eq!(response.code(), "INTERNAL_SERVER_ERROR");
        let extensions = response.error()["extensions"].as_object().expect("extensions");
        assert_eq!(extensions.keys().collect::<Vec<_>>(), ["code", "requestId"]);
        assert_eq!(extensions["requestId"], response.headers["x-request-id"].to_str().expect("an id of ASCII"));
        let message = response.message();
        assert_eq!(message, "Something went wrong on the server. Quote the request id when you report it.");
    }
    assert_eq!(viewer.run("{ me { name } }", Value::Null).await.ok(), json!({ "me": { "name": "Viewer" } }));
}
