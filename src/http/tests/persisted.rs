//! Automatic persisted queries, as Apollo's and other clients send them.

use sha2::{Digest, Sha256};

use super::*;
use crate::state::hex;

const BOTH: [&[(&str, &str)]; 2] = [&[], &[STRICT]];

fn extensions(text: &str) -> Json {
    json!({"persistedQuery": {"version": 1, "sha256Hash": hex(&Sha256::digest(text))}})
}

impl App {
    async fn by_hash(&self, headers: &[(&str, &str)], text: &str, variables: Json) -> Reply {
        self.post(headers, json!({"extensions": extensions(text), "variables": variables})).await
    }

    async fn with_text(&self, headers: &[(&str, &str)], text: &str, variables: Json) -> Reply {
        self.post(headers, json!({"query": text, "extensions": extensions(text), "variables": variables})).await
    }

    async fn get(&self, headers: &[(&str, &str)], query: Option<&str>, extensions: &Json) -> Reply {
        let escape = |text: &str| text.bytes().flat_map(|byte| ["%".to_owned(), hex(&[byte])]).collect::<String>();
        let query = query.map(|query| format!("query={}&", escape(query))).unwrap_or_default();
        let mut request = Request::get(format!("/graphql?{query}extensions={}", escape(&extensions.to_string())));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::empty()).unwrap()).await
    }
}

fn is_unknown(reply: &Reply) -> bool {
    let code = reply.code() == "PERSISTED_QUERY_NOT_FOUND";
    let message = reply.body["errors"][0]["message"] == "PersistedQueryNotFound";
    // Clients of Apollo's protocol read the body of a 200, whatever its media type.
    let can_be_read = reply.status == 200 && reply.body.get("data").is_none();
    code && message && can_be_read && reply.header("cache-control") == "no-store"
}

#[tokio::test]
async fn a_document_is_sent_once_and_then_named_by_its_hash() {
    for headers in BOTH {
        let app = App::new(&[]).await;
        let text = "query Say($t: String) { echo(text: $t) }";
        let unknown = app.by_hash(headers, text, json!({"t": "a"})).await;
        assert!(is_unknown(&unknown), "{}", unknown.body);
        let sent = app.with_text(headers, text, json!({"t": "b"})).await;
        assert_eq!((sent.status, sent.body), (200, json!({"data": {"echo": "b0"}})));
        let named = app.by_hash(headers, text, json!({"t": "c"})).await;
        assert_eq!((named.status, named.body), (200, json!({"data": {"echo": "c0"}})));
        let got = app.get(headers, None, &extensions(text)).await;
        assert_eq!((got.status, got.body), (200, json!({"data": {"echo": "0"}})));
        assert!(is_unknown(&App::new(&[]).await.by_hash(headers, text, Json::Null).await), "another server");
    }
}

#[tokio::test]
async fn the_same_goes_for_get() {
    for headers in BOTH {
        let app = App::new(&[]).await;
        let text = "{ echo(text: \"ü & +\") }";
        assert!(is_unknown(&app.get(headers, None, &extensions(text)).await));
        for query in [Some(text), None] {
            let reply = app.get(headers, query, &extensions(text)).await;
            assert_eq!((reply.status, &reply.body), (200, &json!({"data": {"echo": "ü & +0"}})));
            assert_eq!(reply.header("cache-control"), "no-store");
        }
        assert_eq!(app.by_hash(headers, text, Json::Null).await.status, 200);
    }
}

#[tokio::test]
async fn a_text_of_another_hash_is_refused_and_not_kept() {
    let app = App::new(&[]).await;
    let (theirs, mine) = ("{ echo }", "{ echo(text: \"mine\") }");
    for reply in [
        app.post(&[], json!({"query": mine, "extensions": extensions(theirs)})).await,
        app.post(&[], json!({"query": format!("{theirs} "), "extensions": extensions(theirs)})).await,
        app.get(&[], Some(mine), &extensions(theirs)).await,
    ] {
        assert_eq!((reply.status, reply.code()), (400, "BAD_USER_INPUT"));
        assert!(reply.body["errors"][0]["message"].as_str().unwrap().contains("does not match"), "{}", reply.body);
    }
    assert!(is_unknown(&app.by_hash(&[], theirs, Json::Null).await));
    assert!(is_unknown(&app.by_hash(&[], mine, Json::Null).await));
}

#[tokio::test]
async fn what_is_refused_or_may_hold_a_password_is_not_kept() {
    let app = App::new(&[]).await;
    for (text, expected) in [
        ("{ echo", 400),
        ("{ nope }", 400),
        ("{ records(first: 50000) { nodes { id } } }", 400),
        ("query($t: String!) { echo(text: $t) }", 400),
        ("mutation { login { user } }", 200),
    ] {
        assert_eq!(app.with_text(&[STRICT], text, Json::Null).await.status, expected, "{text}");
        assert!(is_unknown(&app.by_hash(&[STRICT], text, Json::Null).await), "{text}");
    }
    let text = "{ echo }";
    assert_eq!(app.with_text(&[STRICT, BAD_TOKEN], text, Json::Null).await.status, 401);
    assert!(is_unknown(&app.by_hash(&[STRICT], text, Json::Null).await));
}

#[tokio::test]
async fn a_document_that_is_named_meets_what_one_that_is_sent_meets() {
    let app = App::new(&[]).await;
    let list = "query($n: Int) { records(first: $n) { nodes { id } } }";
    assert_eq!(app.with_text(&[], list, json!({"n": 1})).await.status, 200);
    let costly = app.by_hash(&[], list, json!({"n": 50_000})).await;
    assert_eq!((costly.status, costly.code()), (400, "QUERY_TOO_COMPLEX"));
    let stranger = app.by_hash(&[STRICT, BAD_TOKEN], list, json!({"n": 1})).await;
    assert_eq!((stranger.status, stranger.code()), (401, "UNAUTHENTICATED"));

    let mutation = "mutation { change }";
    let sent_by_get = app.get(&[], Some(mutation), &extensions(mutation)).await;
    assert_eq!((sent_by_get.status, sent_by_get.header("allow")), (405, "POST"));
    assert_eq!(app.with_text(&[], mutation, Json::Null).await.body, json!({"data": {"change": true}}));
    assert_eq!(app.by_hash(&[], mutation, Json::Null).await.body, json!({"data": {"change": true}}));
    let named_by_get = app.get(&[], None, &extensions(mutation)).await;
    assert_eq!((named_by_get.status, named_by_get.header("allow")), (405, "POST"));
}

#[tokio::test]
async fn the_operation_of_a_named_document_is_chosen_as_ever() {
    let app = App::new(&[]).await;
    let text = "query A { echo(text: \"a\") } query B { echo(text: \"b\") }";
    let send = async |query: Json, name: &str| {
        let body = json!({"query": query, "operationName": name, "extensions": extensions(text)});
        app.post(&[], body).await.body["data"]["echo"].clone()
    };
    assert_eq!(send(json!(text), "A").await, "a0");
    assert_eq!(send(Json::Null, "B").await, "b0");
}

#[tokio::test]
async fn extensions_that_are_none_are_refused_as_before() {
    let app = App::new(&[]).await;
    for (extensions, expected) in [
        (json!(0), 400),
        (json!([]), 400),
        (json!({"persistedQuery": {"version": 2, "sha256Hash": "0".repeat(64)}}), 400),
        (json!({"persistedQuery": {"version": 1, "sha256Hash": "0".repeat(63)}}), 400),
        (json!({"persistedQuery": null}), 200),
        (json!({"clientLibrary": {"name": "x"}}), 200),
    ] {
        let reply = app.post(&[], json!({"query": "{ echo }", "extensions": extensions})).await;
        assert_eq!(reply.status, expected, "{extensions}");
        assert_eq!(app.get(&[], Some("{ echo }"), &extensions).await.status, expected, "{extensions}");
        let without = app.post(&[], json!({"extensions": extensions})).await;
        assert_eq!((without.status, without.code()), (400, "BAD_USER_INPUT"), "{extensions}");
    }
}
