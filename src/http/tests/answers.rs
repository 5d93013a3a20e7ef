//! What an operation is answered with, and what it is refused with.

use super::*;

#[tokio::test]
async fn an_operation_is_answered_with_its_data_and_nothing_may_be_stored() {
    let reply = App::new(&[]).await.run("{ echo(text: \"a\", number: 1) }").await;
    assert_eq!((reply.status, &reply.body), (200, &json!({"data": {"echo": "a1"}})));
    assert_eq!(reply.header("content-type"), "application/graphql-response+json; charset=utf-8");
    assert_eq!(reply.header("cache-control"), "no-store");
    assert_eq!(reply.header("x-content-type-options"), "nosniff");
    assert!(uuid::Uuid::parse_str(reply.header("x-request-id")).is_ok());
}

#[tokio::test]
async fn a_refused_request_has_no_data_and_its_status_depends_on_the_media_type() {
    let app = App::new(&[]).await;
    for (query, code) in [
        ("{ echo", "GRAPHQL_PARSE_FAILED"),
        ("{ nope }", "GRAPHQL_VALIDATION_FAILED"),
        ("{ __typename } query A { echo }", "GRAPHQL_PARSE_FAILED"),
        ("query A { echo } query B { echo }", "GRAPHQL_VALIDATION_FAILED"),
        ("query($t: String!) { echo(text: $t) }", "BAD_USER_INPUT"),
        ("{ echo(number: \"x\") }", "BAD_USER_INPUT"),
        ("subscription { echo }", "BAD_USER_INPUT"),
    ] {
        let strict = app.run(query).await;
        assert_eq!((strict.status, strict.code()), (400, code), "{query}: {}", strict.body);
        let lenient = app.post(&[], json!({ "query": query })).await;
        assert_eq!((lenient.status, lenient.code()), (200, code), "{query}");
        for reply in [strict, lenient] {
            assert!(reply.body.get("data").is_none(), "{query}");
            assert_eq!(reply.body["errors"][0]["extensions"]["requestId"], reply.header("x-request-id"));
        }
    }
}

#[tokio::test]
async fn suggestions_are_off() {
    let reply = App::new(&[]).await.run("{ ecko }").await;
    assert_eq!(reply.body["errors"][0]["message"], "Unknown field \"ecko\" on type \"Query\".");
}

#[tokio::test]
async fn a_field_that_failed_is_null_and_has_a_code_and_the_request_id() {
    let reply = App::new(&[]).await.run("{ failing echo }").await;
    assert_eq!(reply.status, 200);
    assert_eq!(reply.body["data"], json!({"echo": "0", "failing": null}));
    assert_eq!(reply.code(), "NOT_FOUND");
    assert_eq!(reply.body["errors"][0]["path"], json!(["failing"]));
    assert_eq!(reply.body["errors"][0]["extensions"]["field"], "id");
    assert_eq!(reply.body["errors"][0]["extensions"]["requestId"], reply.header("x-request-id"));
}

#[tokio::test]
async fn a_failed_field_that_cannot_be_null_takes_the_answer_along() {
    let reply = App::new(&[]).await.run("{ required echo }").await;
    assert_eq!((reply.status, &reply.body["data"]), (200, &Json::Null));
    assert!(reply.body.as_object().unwrap().contains_key("data"), "it was executed");
}

#[tokio::test]
async fn an_error_that_is_not_ours_says_nothing_but_the_request_id() {
    for query in ["{ leaking }", "{ required }"] {
        let reply = App::new(&[]).await.run(query).await;
        assert_eq!(reply.code(), "INTERNAL_SERVER_ERROR");
        assert!(!reply.body.to_string().contains("SELECT"), "{}", reply.body);
    }
}

#[tokio::test]
async fn a_panic_is_one_internal_server_error_and_the_server_lives() {
    let app = App::new(&[]).await;
    let reply = app.run("{ echo panicking }").await;
    assert_eq!((reply.status, reply.code()), (500, "INTERNAL_SERVER_ERROR"));
    assert_eq!(reply.body["errors"].as_array().unwrap().len(), 1);
    assert!(!reply.body.to_string().contains("own words"));
    assert_eq!(app.run("{ echo }").await.status, 200);
}

#[tokio::test]
async fn an_unreachable_database_is_503_only_where_nothing_could_be_executed() {
    let app = App::new(&[]).await;
    let reply = app.run("{ unavailable }").await;
    assert_eq!((reply.status, reply.code()), (503, "UNAVAILABLE"));
    assert!(reply.body.get("data").is_none());
    assert!(!reply.body.to_string().contains("SELECT"));
    let partly = app.run("{ unavailable echo }").await;
    assert_eq!((partly.status, partly.code()), (200, "UNAVAILABLE"));
    assert_eq!(partly.body["data"]["echo"], "0");
}

#[tokio::test]
async fn a_request_that_takes_too_long_is_503_in_json() {
    let reply = App::new(&["--request-timeout=20ms"]).await.run("{ slow }").await;
    assert_eq!((reply.status, reply.code()), (503, "UNAVAILABLE"));
}

#[tokio::test]
async fn at_most_20_errors_are_answered() {
    let fields: String = (0..25).map(|n| format!("nope{n} ")).collect::<Vec<_>>().concat();
    let reply = App::new(&["--max-query-root-fields=100"]).await.run(&format!("{{ {fields} }}")).await;
    assert_eq!(reply.body["errors"].as_array().unwrap().len(), 20);
}

#[tokio::test]
async fn a_bad_token_is_401_even_on_public_fields_but_not_for_session_mutations() {
    let app = App::new(&[]).await;
    for query in ["{ __typename }", "{ echo }", "mutation { change }", "mutation { login { user } change }"] {
        let reply = app.post(&[STRICT, BAD_TOKEN], json!({ "query": query })).await;
        assert_eq!((reply.status, reply.code()), (401, "UNAUTHENTICATED"), "{query}");
        assert_eq!(reply.header("www-authenticate"), "Bearer error=\"invalid_token\"");
        assert!(reply.body.get("data").is_none());
        let lenient = app.post(&[BAD_TOKEN], json!({ "query": query })).await;
        assert_eq!((lenient.status, lenient.code()), (200, "UNAUTHENTICATED"), "{query}");
    }
    let login = app.post(&[STRICT, BAD_TOKEN], json!({"query": "mutation { login { user } }"})).await;
    assert_eq!((login.status, &login.body), (200, &json!({"data": {"login": {"user": "me"}}})));
}

#[tokio::test]
async fn get_executes_queries_and_nothing_else() {
    let app = App::new(&[]).await;
    let get = async |query: &str| {
        let uri = format!("/graphql?query={}", query.replace(' ', "%20").replace('{', "%7B").replace('}', "%7D"));
        app.send(Request::get(uri).body(Body::empty()).unwrap()).await
    };
    assert_eq!(get("{ echo }").await.body, json!({"data": {"echo": "0"}}));
    let mutation = get("mutation { change }").await;
    assert_eq!((mutation.status, mutation.header("allow")), (405, "POST"));
    let put = app.send(Request::put("/graphql").body(Body::empty()).unwrap()).await;
    assert_eq!((put.status, put.header("allow")), (405, "GET, POST"));
}

#[tokio::test]
async fn limits_are_400_whatever_the_media_type() {
    let app = App::new(&[]).await;
    let deep = format!("{{ echo(text: {}{}) }}", "[".repeat(1_600), "]".repeat(1_600));
    let bomb: String =
        (0..24).map(|n| format!("fragment F{n} on Query {{ ...F{0} ...F{0} }} ", n + 1)).collect::<Vec<_>>().concat();
    for query in [
        deep,
        format!("{{ ...F0 }} {bomb} fragment F24 on Query {{ __typename }}"),
        "{ records(first: 2147483647) { nodes { id } } }".to_owned(),
        "mutation { a: login { user } b: login { user } }".to_owned(),
    ] {
        for headers in [&[STRICT][..], &[]] {
            let reply = app.post(headers, json!({ "query": query })).await;
            assert_eq!((reply.status, reply.code()), (400, "QUERY_TOO_COMPLEX"), "{}", reply.body);
            assert!(reply.body["errors"][0]["extensions"]["limit"].is_number(), "{}", reply.body);
        }
    }
    let reply = app.run("{ records(first: 50000) { nodes { id } } }").await;
    assert_eq!(reply.body["errors"][0]["extensions"]["cost"], 50_002);
}
