//! The router over a schema of its own: what a client of any schema may rely on.

#![expect(clippy::unused_async, reason = "resolvers are async, whether they wait or not")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_graphql::{EmptySubscription, Object, Schema, SimpleObject};
use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, header},
};
use clap::Parser;
use http_body_util::BodyExt;
use serde_json::{Value as Json, json};
use tokio::sync::Notify;
use tower::ServiceExt;

use crate::{
    auth::{Passwords, Tokens},
    clock::Clock,
    config::Config,
    context::{ContextExt, Services},
    db::Db,
    error::{Error, Result},
};

struct Query;
struct Mutation;

#[derive(SimpleObject)]
struct PageInfo {
    has_next_page: bool,
}

#[derive(SimpleObject)]
struct RecordConnection {
    nodes: Vec<Record>,
    page_info: PageInfo,
}

#[derive(SimpleObject)]
struct Record {
    id: i32,
}

#[derive(SimpleObject)]
struct Session {
    user: String,
}

#[Object]
impl Query {
    async fn echo(&self, text: Option<String>, #[graphql(default)] number: i32) -> Option<String> {
        Some(format!("{}{number}", text.unwrap_or_default()))
    }

    async fn records(&self, first: Option<i32>) -> Option<RecordConnection> {
        let nodes = (0..first.unwrap_or(10)).map(|id| Record { id }).collect();
        Some(RecordConnection { nodes, page_info: PageInfo { has_next_page: false } })
    }

    async fn caller(&self, ctx: &async_graphql::Context<'_>) -> Result<Option<String>> {
        let caller = ctx.caller()?;
        Ok(Some(format!("{} {:?} {:?}", caller.request_id, caller.address, caller.user_agent)))
    }

    async fn failing(&self) -> Result<Option<String>> {
        Err(Error::not_found("id", "record"))
    }

    async fn leaking(&self) -> async_graphql::Result<Option<String>> {
        Err(async_graphql::Error::new("SELECT password_hash FROM users"))
    }

    async fn required(&self) -> Result<String> {
        Err(Error::internal("SELECT"))
    }

    async fn unavailable(&self) -> Result<Option<String>> {
        Err(Error::unavailable("SELECT"))
    }

    async fn panicking(&self) -> Option<String> {
        [(); 0].first().map(|()| String::new()).or_else(|| panic!("the resolver's own words"))
    }

    async fn slow(&self) -> Option<bool> {
        std::future::pending().await
    }
}

#[Object]
impl Mutation {
    async fn login(&self) -> Option<Session> {
        Some(Session { user: "me".to_owned() })
    }

    async fn change(&self) -> Option<bool> {
        Some(true)
    }
}

#[derive(Parser)]
struct Cli {
    #[command(flatten)]
    config: Config,
}

struct App(Router);

struct Reply {
    status: u16,
    headers: HeaderMap,
    body: Json,
}

impl App {
    async fn new(settings: &[&str]) -> Self {
        let secret = "--jwt-secret=0123456789abcdef0123456789abcdef";
        let config = Cli::parse_from(["tallybook", secret].iter().chain(settings)).config;
        let db = Db::new(sea_orm::Database::connect("sqlite::memory:").await.unwrap());
        let services = Services {
            db,
            clock: Clock::default(),
            tokens: Tokens::new(&config.jwt_secret, chrono::TimeDelta::minutes(30)).into(),
            passwords: Passwords::new(4),
            config: config.into(),
        };
        let schema = Schema::build(Query, Mutation, EmptySubscription).disable_suggestions().finish();
        Self(super::router(services, schema))
    }

    async fn send(&self, request: Request<Body>) -> Reply {
        let (parts, body) = self.0.clone().oneshot(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let body = serde_json::from_slice(&body).unwrap_or_else(|_| json!(String::from_utf8_lossy(&body)));
        Reply { status: parts.status.as_u16(), headers: parts.headers, body }
    }

    async fn post(&self, headers: &[(&str, &str)], body: Json) -> Reply {
        let mut request = Request::post("/graphql").header(header::CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(body.to_string().into()).unwrap()).await
    }

    /// As a client that asks for the media type whose status says whether the request was good.
    async fn run(&self, query: &str) -> Reply {
        self.post(&[STRICT], json!({ "query": query })).await
    }
}

const STRICT: (&str, &str) = ("accept", "application/graphql-response+json");
const BAD_TOKEN: (&str, &str) = ("authorization", "Bearer not.a.token");

impl Reply {
    fn code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
    }

    fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

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
        ("subscription { echo }", "GRAPHQL_VALIDATION_FAILED"),
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

#[tokio::test]
async fn what_is_no_graphql_request_is_refused_in_json() {
    let app = App::new(&[]).await;
    let batch = app.post(&[], json!([{"query": "{ echo }"}])).await;
    assert_eq!((batch.status, batch.code()), (400, "BAD_USER_INPUT"));
    let form = Request::post("/graphql").header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(app.send(form.body("query={echo}".into()).unwrap()).await.status, 415);
    let large = app.post(&[], json!({"query": "a".repeat(200_000)})).await;
    assert_eq!((large.status, large.code()), (413, "QUERY_TOO_COMPLEX"));
    let html = app.post(&[("accept", "text/html")], json!({"query": "{ echo }"})).await;
    assert_eq!((html.status, html.header("content-type")), (406, "application/json; charset=utf-8"));
}

#[tokio::test]
async fn introspection_can_be_switched_off_and_typename_stays() {
    let app = App::new(&["--introspection=false"]).await;
    for query in
        ["{ __schema { types { name } } }", "{ ...F } fragment F on Query { a: __type(name: \"Query\") { name } }"]
    {
        let reply = app.run(query).await;
        assert_eq!((reply.status, reply.code()), (400, "GRAPHQL_VALIDATION_FAILED"));
        assert!(reply.body["errors"][0]["message"].as_str().unwrap().contains("switched off"));
    }
    assert_eq!(app.run("{ __typename }").await.body, json!({"data": {"__typename": "Query"}}));
}

#[tokio::test]
async fn the_standard_introspection_passes_every_limit() {
    let reply = App::new(&[]).await.run(include_str!("../limits/introspection.graphql")).await;
    assert_eq!((reply.status, &reply.body["errors"]), (200, &Json::Null));
    assert_eq!(reply.body["data"]["__schema"]["queryType"]["name"], "Query");
}

#[tokio::test]
async fn a_kept_document_is_executed_with_each_requests_own_variables() {
    let app = App::new(&[]).await;
    let query = "query A($t: String, $skip: Boolean = false) { echo(text: $t) @skip(if: $skip) __typename }";
    for text in ["a", "b"] {
        let reply = app.post(&[], json!({"query": query, "variables": {"t": text}})).await;
        assert_eq!(reply.body["data"]["echo"], format!("{text}0"));
    }
    let skipped = app.post(&[], json!({"query": query, "variables": {"skip": true}})).await;
    assert_eq!(skipped.body, json!({"data": {"__typename": "Query"}}));
}

#[tokio::test]
async fn a_sane_request_id_is_taken_over_and_the_resolver_sees_the_caller() {
    let app = App::new(&["--trusted-proxies=1"]).await;
    let headers = [("x-request-id", "abc-1"), ("user-agent", "test/1"), ("x-forwarded-for", "6.6.6.6, 1.2.3.4")];
    let reply = app.post(&headers, json!({"query": "{ caller }"})).await;
    assert_eq!(reply.header("x-request-id"), "abc-1");
    assert_eq!(reply.body["data"]["caller"], "abc-1 Some(1.2.3.4) Some(\"test/1\")");
    let reply = app.post(&[("x-request-id", "a b")], json!({"query": "{ echo }"})).await;
    assert_ne!(reply.header("x-request-id"), "a b");
}

#[tokio::test]
async fn a_request_is_one_line_in_the_log_and_holds_neither_document_nor_variables() {
    let log = Log::default();
    let sink = log.clone();
    let subscriber = tracing_subscriber::fmt().json().with_writer(move || sink.clone()).finish();
    let app = App::new(&[]).await;
    let guard = tracing::subscriber::set_default(subscriber);
    let body = json!({
        "query": "query Find($t: String) { echo(text: $t) failing a: echo(text: \"in-the-text\") }",
        "variables": {"t": "in-a-variable"},
    });
    app.post(&[("x-request-id", "abc-1")], body).await;
    drop(guard);
    let lines = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(!lines.contains("in-the-text") && !lines.contains("in-a-variable"), "{lines}");
    let requests: Vec<Json> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [line] = &requests[..] else { panic!("one line expected: {lines}") };
    assert_eq!(line["span"]["request_id"], "abc-1");
    let fields = &line["fields"];
    for (name, value) in [("method", "POST"), ("path", "/graphql"), ("operation", "Find"), ("kind", "query")] {
        assert_eq!(fields[name], value);
    }
    assert_eq!((&fields["status"], &fields["errors"]), (&json!(200), &json!("NOT_FOUND")));
    assert!(fields["duration_ms"].is_f64());
}

/// What was logged.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn other_paths_and_methods_are_errors_in_json() {
    let app = App::new(&["--graphiql=false"]).await;
    for path in ["/", "/nope", "/assets/app.js", "/graphql/"] {
        let reply = app.send(Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!((reply.status, reply.code()), (404, "NOT_FOUND"), "{path}");
        assert!(!reply.header("x-request-id").is_empty());
    }
    let reply = app.send(Request::post("/healthz").body(Body::empty()).unwrap()).await;
    assert_eq!((reply.status, reply.code()), (405, "BAD_USER_INPUT"));
}

#[tokio::test]
async fn graphiql_is_served_with_its_policy() {
    let app = App::new(&[]).await;
    let page = app.send(Request::get("/").body(Body::empty()).unwrap()).await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    let script = app.send(Request::get("/assets/app.js").body(Body::empty()).unwrap()).await;
    assert_eq!((script.status, script.header("content-type")), (200, "text/javascript; charset=utf-8"));
    assert_eq!(app.send(Request::get("/assets/nope.js").body(Body::empty()).unwrap()).await.code(), "NOT_FOUND");
}

#[tokio::test]
async fn the_process_is_live_before_the_database_is_ready() {
    let app = App::new(&[]).await;
    let live = app.send(Request::get("/healthz").body(Body::empty()).unwrap()).await;
    assert_eq!((live.status, live.body), (200, json!({"status": "ok"})));
    let ready = app.send(Request::get("/readyz").body(Body::empty()).unwrap()).await;
    assert_eq!((ready.status, ready.code()), (503, "UNAVAILABLE"), "no migration ran: {}", ready.body);
}

#[tokio::test]
async fn pages_of_configured_origins_may_call_and_others_may_not() {
    let app = App::new(&["--cors-origins=https://app.example.org"]).await;
    let preflight = async |origin: &str| {
        let request = Request::options("/graphql")
            .header("origin", origin)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", "authorization,content-type");
        app.send(request.body(Body::empty()).unwrap()).await
    };
    let allowed = preflight("https://app.example.org").await;
    assert_eq!(allowed.header("access-control-allow-origin"), "https://app.example.org");
    assert!(allowed.header("access-control-allow-headers").contains("authorization"));
    assert_eq!(allowed.header("access-control-allow-credentials"), "");
    assert_eq!(preflight("https://evil.example.org").await.header("access-control-allow-origin"), "");
}

#[tokio::test]
async fn large_answers_are_compressed_for_who_takes_it() {
    let app = App::new(&[]).await;
    let query = json!({"query": "{ records(first: 500) { nodes { id } } }"});
    assert_eq!(app.post(&[("accept-encoding", "gzip, br")], query.clone()).await.header("content-encoding"), "br");
    assert_eq!(app.post(&[("accept-encoding", "gzip")], query.clone()).await.header("content-encoding"), "gzip");
    assert_eq!(app.post(&[], query).await.header("content-encoding"), "");
    let small = app.post(&[("accept-encoding", "gzip, br")], json!({"query": "{ echo }"})).await;
    assert_eq!(small.header("content-encoding"), "");
}

#[tokio::test]
async fn variables_nested_as_deep_as_json_allows_do_no_harm() {
    let mut nested = json!(1);
    for _ in 0..120 {
        nested = json!([nested]);
    }
    let app = App::new(&[]).await;
    for query in ["query($t: String) { echo(text: $t) }", "{ echo }"] {
        let reply = app.post(&[STRICT], json!({"query": query, "variables": {"t": nested}})).await;
        assert!(reply.status < 500, "{}", reply.body);
    }
}

#[tokio::test]
async fn shutting_down_lets_requests_in_flight_finish() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (arrived, finish) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (in_flight, finishing) = (Arc::clone(&arrived), Arc::clone(&finish));
    let wait = async move || {
        in_flight.notify_one();
        finishing.notified().await;
    };
    let router = Router::new().route("/", axum::routing::get(wait));
    let (stop, stopped) = tokio::sync::oneshot::channel::<()>();
    let server = tokio::spawn(super::serve(listener, router, async { stopped.await.unwrap() }, Duration::from_secs(5)));
    let client = tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    });
    arrived.notified().await;
    stop.send(()).unwrap();
    finish.notify_one();
    assert!(client.await.unwrap().starts_with("HTTP/1.1 200"));
    server.await.unwrap().unwrap();
    assert!(tokio::net::TcpStream::connect(address).await.is_err(), "nobody listens any more");
}
