//! GraphQL over HTTP where it meets users and the database; the rest is tested next to `src/http`.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use chrono::TimeDelta;
use entity::Role;
use serde_json::{Value, json};

use crate::{
    harness::{Client, PASSWORD, TestApp},
    on_both,
};

on_both![
    an_item_whose_every_field_failed_is_an_item_of_nulls,
    a_token_that_is_not_good_is_refused_even_on_public_fields,
    a_client_with_an_expired_token_can_sign_in,
    a_database_that_is_gone_is_unavailable_and_the_process_lives,
    a_mutation_cannot_be_sent_by_get,
    a_name_of_another_site_that_leads_to_this_machine_is_refused,
    what_a_proxy_passes_on_is_refused_where_none_is_expected,
    every_error_has_a_code_and_the_request_id,
    the_servers_request_id_stands_in_the_trail_not_the_clients,
];

const LOGIN: &str = "mutation ($input: LoginInput!) { login(input: $input) { user { id } } }";

async fn get(app: &TestApp, uri: &str) -> (u16, Value) {
    let response = app.request(Request::get(uri).body(Body::empty()).expect("a request")).await;
    (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap_or_default())
}

async fn expired(app: &TestApp) -> Client {
    let client = app.as_(Role::Viewer).await;
    app.advance(TimeDelta::minutes(31));
    client
}

async fn a_token_that_is_not_good_is_refused_even_on_public_fields(app: TestApp) {
    for client in [expired(&app).await, app.with_token("nonsense"), app.deactivated(Role::Admin).await] {
        for document in ["{ __typename }", "{ __schema { queryType { name } } }", "{ me { id } }"] {
            let response = client.run(document, Value::Null).await;
            assert_eq!((response.status, response.code()), (StatusCode::UNAUTHORIZED, "UNAUTHENTICATED"), "{document}");
            assert!(response.headers.contains_key(header::WWW_AUTHENTICATE));
            assert!(!response.body.contains("\"data\""), "{}", response.body);
        }
    }
}

async fn a_client_with_an_expired_token_can_sign_in(app: TestApp) {
    let client = expired(&app).await;
    let input = json!({ "email": client.user().email, "password": PASSWORD });
    let data = client.run(LOGIN, json!({ "input": input })).await.ok();
    assert_eq!(data["login"]["user"]["id"], json!(client.id()));
    let both = "mutation ($input: LoginInput!) { login(input: $input) { user { id } } deleteRecord(input: {id: \"x\"}) { record { id } } }";
    assert_eq!(client.run(both, json!({ "input": input })).await.status, StatusCode::UNAUTHORIZED);
}

async fn a_database_that_is_gone_is_unavailable_and_the_process_lives(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    assert_eq!(get(&app, "/readyz").await.0, 200);
    app.db().close().await.expect("a pool that closes");
    let input = json!({ "email": "a@example.org", "password": PASSWORD });
    for response in
        [viewer.run("{ me { id } }", Value::Null).await, app.anonymous().run(LOGIN, json!({ "input": input })).await]
    {
        assert_eq!((response.status, response.code()), (StatusCode::SERVICE_UNAVAILABLE, "UNAVAILABLE"));
        assert!(!response.body.contains("\"data\"") && !response.body.contains("SELECT"), "{}", response.body);
    }
    let (status, ready) = get(&app, "/readyz").await;
    assert_eq!((status, &ready["errors"][0]["extensions"]["code"]), (503, &json!("UNAVAILABLE")));
    assert_eq!(get(&app, "/healthz").await.0, 200);
    app.anonymous().run("{ __typename }", Value::Null).await.ok();
}

async fn a_mutation_cannot_be_sent_by_get(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let before = app.rows().await;
    let mutation = "mutation%7BrenameCategory(input:%7Bid:%22x%22,name:%22y%22%7D)%7Bcategory%7Bid%7D%7D%7D";
    for (query, expected) in [(mutation, 405), ("%7Bme%7Bid%7D%7D", 200)] {
        let request = Request::get(format!("/graphql?query={query}"))
            .header(header::AUTHORIZATION, format!("Bearer {}", admin.token()))
            .body(Body::empty())
            .expect("a request");
        let response = app.request(request).await;
        assert_eq!(response.status().as_u16(), expected);
        if expected == 405 {
            assert_eq!(response.headers()[header::ALLOW], "POST");
        }
    }
    assert_eq!(app.rows().await, before);
}

async fn a_name_of_another_site_that_leads_to_this_machine_is_refused(app: TestApp) {
    let register = "mutation { register(input: {email: \"me@evil.example\", name: \"Me\", password: \"parsnips and turnips\"}) { user { id } } }";
    let before = app.rows().await;
    let page = app.anonymous().with_header(header::HOST, "evil.example:8000");
    let response = page.run(register, Value::Null).await;
    assert_eq!((response.status, response.code()), (StatusCode::MISDIRECTED_REQUEST, "FORBIDDEN"));
    assert_eq!(app.rows().await, before);
    app.anonymous().with_header(header::HOST, "localhost:8000").run(register, Value::Null).await.ok();

    let reachable = [
        app.with(|config| config.trusted_proxies = 1),
        app.with(|config| config.listen_addr = "192.0.2.1:8000".parse().expect("an address")),
    ];
    for app in reachable {
        app.anonymous().with_header(header::HOST, "books.example.org").run("{ __typename }", Value::Null).await.ok();
    }
}

async fn what_a_proxy_passes_on_is_refused_where_none_is_expected(app: TestApp) {
    for name in ["x-forwarded-for", "forwarded", "x-real-ip", "x-forwarded-host", "x-forwarded-proto", "via"] {
        let name = header::HeaderName::from_static(name);
        let response = app.anonymous().with_header(name.clone(), "192.0.2.1").run("{ __typename }", Value::Null).await;
        assert_eq!((response.status, response.code()), (StatusCode::FORBIDDEN, "FORBIDDEN"), "{name}");
        let proxied = app.with(|config| config.trusted_proxies = 1);
        proxied.anonymous().with_header(name, "192.0.2.1").run("{ __typename }", Value::Null).await.ok();
    }
}

async fn every_error_has_a_code_and_the_request_id(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    for (document, code) in [
        ("{", "GRAPHQL_PARSE_FAILED"),
        ("{ nope }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ record(id: \"nonsense\") { id } }", "BAD_USER_INPUT"),
        ("{ records(filter: {kind: NOPE}) { totalCount } }", "BAD_USER_INPUT"),
        ("{ records(filter: {kind: \"INCOME\"}) { totalCount } }", "BAD_USER_INPUT"),
        ("{ records(filter: {from: \"2026-02-30\"}) { totalCount } }", "BAD_USER_INPUT"),
        ("query ($id: ID!) { record(id: $id) { id } }", "BAD_USER_INPUT"),
        ("{ users { totalCount } }", "FORBIDDEN"),
    ] {
        let response = viewer.run(document, Value::Null).await;
        assert_eq!(response.code(), code, "{document}");
        let id = response.headers["x-request-id"].to_str().expect("an id of ASCII");
        assert_eq!(response.error()["extensions"]["requestId"], id, "{document}");
    }
}

async fn the_servers_request_id_stands_in_the_trail_not_the_clients(app: TestApp) {
    let admin = app.as_(Role::Admin).await.with_header("x-request-id".parse().expect("a header"), "entry-4711");
    let input = json!({ "kind": "INCOME", "amount": "1", "category": "Gifts", "date": "2026-05-01" });
    let create = "mutation ($input: CreateRecordInput!) { createRecord(input: $input) { record { id } } }";
    let response = admin.run(create, json!({ "input": input })).await;
    let id = response.headers["x-request-id"].to_str().expect("an id of ASCII").to_owned();
    response.ok();
    let events = app.texts("SELECT request_id FROM audit_events WHERE request_id IS NOT NULL").await;
    assert!(!events.is_empty() && events.iter().all(|event| *event == id), "{events:?}");
}

async fn an_item_whose_every_field_failed_is_an_item_of_nulls(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let create = "mutation { createRecord(input: {kind: INCOME, amount: 1, category: \"Fees\", date: \"2026-05-01\"}) { replayed } }";
    analyst.run(create, Value::Null).await.ok();
    let response = analyst.run("{ records { nodes { history(first: 101) { totalCount } } } }", Value::Null).await;
    assert_eq!(response.code(), "BAD_USER_INPUT");
    assert_eq!(response.data, json!({ "records": { "nodes": [{ "history": null }] } }));
}
