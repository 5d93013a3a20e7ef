//! Documents that are too large, too deep or too costly: each is refused, and the service goes on.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use entity::Role;
use serde_json::{Value, json};

use crate::{
    harness::{Response, TestApp},
    on_both,
};

on_both![
    values_nested_deep_enough_to_overflow_the_stack_are_refused,
    long_documents_are_refused,
    brackets_in_strings_block_strings_and_comments_are_accepted,
    bodies_that_are_too_large_or_not_json_are_refused,
    a_bomb_of_fragments_is_refused,
    what_comes_by_get_meets_the_same_limits,
    cycles_of_fragments_are_refused,
    many_aliases_root_fields_or_directives_are_refused,
    an_operation_tries_one_password_at_most_and_none_is_hashed_otherwise,
    deep_operations_are_refused,
    costly_operations_are_refused_with_their_cost,
    page_sizes_that_are_no_sizes_are_bad_input_and_not_cheap_or_costly,
    introspection_and_the_largest_real_uses_pass_every_limit,
    suggestions_are_off_and_at_most_20_errors_are_answered,
];

/// Refused with 400 and `code`, without a statement; afterwards the next request is answered.
async fn refused(app: &TestApp, document: &str, code: &str) -> Response {
    let client = app.anonymous();
    let (response, statements) = app.statements_of(client.run(document, Value::Null)).await;
    assert_eq!((response.status, response.code()), (StatusCode::BAD_REQUEST, code), "{}", response.body);
    assert_eq!(statements, Vec::<String>::new());
    assert!(!response.body.contains("\"data\""), "{}", response.body);
    client.run("{ __typename }", Value::Null).await.ok();
    response
}

async fn too_complex(app: &TestApp, document: &str, limit: u64) {
    let response = refused(app, document, "QUERY_TOO_COMPLEX").await;
    assert_eq!(response.error()["extensions"]["limit"], limit, "{}", response.body);
}

fn repeated(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect::<Vec<_>>().concat()
}

async fn values_nested_deep_enough_to_overflow_the_stack_are_refused(app: TestApp) {
    for (open, close, levels) in [("[", "]", 1_600), ("{a:", "}", 1_300)] {
        let value = format!("{}1{}", open.repeat(levels), close.repeat(levels));
        too_complex(&app, &format!("{{ records(filter: {value}) {{ totalCount }} }}"), 64).await;
    }
}

async fn long_documents_are_refused(app: TestApp) {
    too_complex(&app, &format!("{{ me {{ {} }} }}", "id ".repeat(2_000)), 2_000).await;
    too_complex(&app, &format!("{{ __typename }} # {}", "x".repeat(15_000)), 15_000).await;
}

async fn brackets_in_strings_block_strings_and_comments_are_accepted(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    let brackets = "[{(".repeat(25);
    for search in [format!("\"\\\"{brackets}\""), format!("\"\"\" \" {brackets} \\\"\"\" \"\"\"")] {
        let document = format!("{{ records(filter: {{search: {search}}}) {{ totalCount }} }} # {brackets} \"");
        viewer.run(&document, Value::Null).await.ok();
    }
}

async fn bodies_that_are_too_large_or_not_json_are_refused(app: TestApp) {
    let post = async |content_type: &str, body: String| {
        let request = Request::post("/graphql").header(header::CONTENT_TYPE, content_type);
        app.request(request.body(Body::from(body)).expect("a request")).await.status().as_u16()
    };
    let document = json!({"query": "{ __typename }"}).to_string();
    assert_eq!(post("application/json", document.clone()).await, 200);
    assert_eq!(post("application/json", format!("{document}{}", " ".repeat(256 * 1024))).await, 413);
    assert_eq!(post("application/json", format!("[{document}]")).await, 400);
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        assert_eq!(post(content_type, document.clone()).await, 415, "{content_type}");
    }
}

/// 24 fragments, each of which spreads the next one twice.
fn bomb() -> String {
    let fragments = repeated(24, |n| format!("fragment F{n} on Query {{...F{0} ...F{0}}}", n + 1));
    format!("{{...F0}}{fragments}fragment F24 on Query {{__typename}}")
}

async fn a_bomb_of_fragments_is_refused(app: TestApp) {
    assert!(bomb().len() < 1_000);
    too_complex(&app, &bomb(), 5_000).await;
}

async fn what_comes_by_get_meets_the_same_limits(app: TestApp) {
    let nested = format!("{{ records(filter: {}{}) {{ totalCount }} }}", "[".repeat(1_600), "]".repeat(1_600));
    for document in [nested, bomb(), "{ records(first: 999999) { nodes { id } } }".to_owned()] {
        let query: String = document.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
        let request = Request::get(format!("/graphql?query={query}")).body(Body::empty()).expect("a request");
        let response = app.request(request).await;
        let body: Value = serde_json::from_slice(response.body()).expect("an answer in JSON");
        let code = &body["errors"][0]["extensions"]["code"];
        assert_eq!((response.status(), code), (StatusCode::BAD_REQUEST, &json!("QUERY_TOO_COMPLEX")), "{body}");
    }
}

async fn cycles_of_fragments_are_refused(app: TestApp) {
    let document = "{ ...A } fragment A on Query { ...B } fragment B on Query { me { id } ...A }";
    refused(&app, document, "GRAPHQL_VALIDATION_FAILED").await;
}

async fn many_aliases_root_fields_or_directives_are_refused(app: TestApp) {
    let aliases = |count| repeated(count, |n| format!("a{n}: name "));
    let include = "@include(if: true) ";
    for (document, limit) in [
        (format!("{{ me {{ {} }} }}", aliases(31)), 30),
        (format!("{{ ...F me {{ {} }} }} fragment F on Query {{ me {{ {} }} }}", aliases(16), aliases(16)), 30),
        (format!("{{ {} }}", "__typename ".repeat(21)), 20),
        (format!("{{ {} }}", "categories { nodes { id } } ".repeat(21)), 20),
        (format!("{{ me {} {{ id }} }}", include.repeat(51)), 50),
    ] {
        too_complex(&app, &document, limit).await;
    }
}

async fn an_operation_tries_one_password_at_most_and_none_is_hashed_otherwise(app: TestApp) {
    let login =
        |password: &str| format!("login(input: {{email: \"a@b.c\", password: \"{password}\"}}) {{ user {{ id }} }}");
    let (first, second) = (login("guess one"), login("guess two"));
    for document in [
        format!("mutation {{ a: {first} b: {second} }}"),
        format!(
            "mutation {{ ...A ...B }} fragment A on Mutation {{ a: {first} }} fragment B on Mutation {{ b: {second} }}"
        ),
        format!("mutation {{ {first} refreshSession(input: {{refreshToken: \"x\"}}) {{ user {{ id }} }} }}"),
        format!("mutation {{ {first} ... @include(if: false) {{ b: {second} }} }}"),
    ] {
        let before = app.rows().await;
        too_complex(&app, &document, 1).await;
        assert_eq!(app.rows().await, before, "a failed attempt would have been counted");
    }
}

async fn deep_operations_are_refused(app: TestApp) {
    let nested = |levels: usize| {
        format!("{{ {} id {} }}", "records { nodes { createdBy { ".repeat(levels), "} } }".repeat(levels))
    };
    too_complex(&app, &nested(4), 12).await;
}

async fn costly_operations_are_refused_with_their_cost(app: TestApp) {
    for first in ["2147483647", "999999"] {
        let document = format!("{{ records(first: {first}) {{ nodes {{ id }} }} }}");
        let response = refused(&app, &document, "QUERY_TOO_COMPLEX").await;
        let extensions = &response.error()["extensions"];
        assert_eq!(extensions["cost"], json!(first.parse::<u64>().expect("a number") + 2));
        assert_eq!(extensions["limit"], 50_000);
    }
    let query = "query ($first: Int) { records(first: $first) { nodes { id } } }";
    let response = app.anonymous().run(query, json!({ "first": 2_147_483_647 })).await;
    assert_eq!((response.status, response.code()), (StatusCode::BAD_REQUEST, "QUERY_TOO_COMPLEX"));
    let nested =
        "{ records(first: 100) { nodes { history(first: 100) { nodes { id action at actor { id name } } } } } }";
    too_complex(&app, nested, 50_000).await;
}

async fn page_sizes_that_are_no_sizes_are_bad_input_and_not_cheap_or_costly(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    for first in ["-1", "101", "-2147483648"] {
        let document = format!("{{ records(first: {first}) {{ nodes {{ id }} }} }}");
        assert_eq!(viewer.run(&document, Value::Null).await.code(), "BAD_USER_INPUT", "{first}");
    }
}

async fn introspection_and_the_largest_real_uses_pass_every_limit(app: TestApp) {
    let schema = app
        .anonymous()
        .run(include_str!("../../crates/gateway/src/limits/introspection.graphql"), Value::Null)
        .await
        .ok();
    assert_eq!(schema["__schema"]["queryType"]["name"], "Query");
    let viewer = app.as_(Role::Viewer).await;
    for document in [
        "{ records(first: 100) { totalCount pageInfo { hasNextPage endCursor } edges { cursor node { id kind date notes \
               version createdAt updatedAt amount { amount currency minorUnits } category { id name } \
               createdBy { id name } updatedBy { id name } history(first: 10) { nodes { id at action actor { id name } } } } } } }",
        "{ dashboard { currency from to summary { ...S } previous { from to income { ...M } expenses { ...M } net { ...M } recordCount } \
               categories { category { id name } income { ...M } \
               expenses { ...M } net { ...M } recordCount share } recent { id kind date amount { ...M } category { name } } \
               trends(interval: MONTH) { from to income { ...M } expenses { ...M } net { ...M } recordCount } } } \
             fragment M on Money { amount currency minorUnits } \
             fragment S on Summary { income { ...M } expenses { ...M } net { ...M } recordCount }",
    ] {
        viewer.run(document, Value::Null).await.ok();
    }
}

async fn suggestions_are_off_and_at_most_20_errors_are_answered(app: TestApp) {
    let response = app.anonymous().run("{ recods { nodes { id } } }", Value::Null).await;
    assert!(!response.body.contains("Did you mean"), "{}", response.body);
    let fields = repeated(40, |n| format!("nope{n} "));
    let response = app.anonymous().run(&format!("{{ me {{ {fields} }} }}"), Value::Null).await;
    assert_eq!(response.errors.len(), 20);
}
