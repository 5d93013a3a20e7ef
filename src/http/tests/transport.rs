//! What surrounds GraphQL: other requests, other paths, headers, the log, the end.

use super::*;

#[tokio::test]
async fn what_is_no_graphql_request_is_refused_in_json() {
    let app = App::new(&[]).await;
    let batch = app.post(&[], json!([{"query": "{ echo }"}])).await;
    assert_eq!((batch.status, batch.code()), (400, "BAD_USER_INPUT"));
    let form = Request::post("/graphql").header("content-type", "application/x-www-form-urlencoded");
    assert_eq!(app.send(form.body("query={echo}".into()).unwrap()).await.status, 415);
    let large = app.post(&[], json!({"query": "a".repeat(300_000)})).await;
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
        assert!(reply.body["errors"][0]["message"].as_str().unwrap().contains("/schema.graphql"));
    }
    assert_eq!(app.run("{ __typename }").await.body, json!({"data": {"__typename": "Query"}}));
}

#[tokio::test]
async fn the_standard_introspection_passes_every_limit() {
    let reply = App::new(&[]).await.run(include_str!("../../../crates/gateway/src/limits/introspection.graphql")).await;
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
async fn the_server_names_the_request_and_the_resolver_sees_the_caller() {
    let app = App::new(&["--trusted-proxies=1"]).await;
    let headers = [("x-request-id", "abc-1"), ("user-agent", "test/1"), ("x-forwarded-for", "6.6.6.6, 1.2.3.4")];
    let reply = app.post(&headers, json!({"query": "{ caller }"})).await;
    let id = reply.header("x-request-id");
    assert!(uuid::Uuid::parse_str(id).is_ok(), "{id}");
    assert_eq!(reply.body["data"]["caller"], format!("{id} Some(1.2.3.4) Some(\"test/1\")"));
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
    let traced = ("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
    let reply = app.post(&[("x-request-id", "abc-1"), traced], body).await;
    drop(guard);
    let lines = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(!lines.contains("in-the-text") && !lines.contains("in-a-variable"), "{lines}");
    let requests: Vec<Json> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let [line] = &requests[..] else { panic!("one line expected: {lines}") };
    for place in ["span", "fields"] {
        assert_eq!(line[place]["request_id"], reply.header("x-request-id"));
    }
    assert_eq!(line["fields"]["trace_id"], "0af7651916cd43dd8448eb211c80319c");
    assert_eq!(line["span"]["client_request_id"], "abc-1");
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
    let app = App::new(&["--app=false", "--graphiql=false"]).await;
    for path in ["/", "/records", "/nope", "/graphiql", "/assets/app.js", "/assets/app/index.html", "/graphql/x"] {
        let reply = app.send(Request::get(path).body(Body::empty()).unwrap()).await;
        assert_eq!((reply.status, reply.code()), (404, "NOT_FOUND"), "{path}");
        assert!(!reply.header("x-request-id").is_empty());
    }
    let reply = app.send(Request::post("/healthz").body(Body::empty()).unwrap()).await;
    assert_eq!((reply.status, reply.code()), (405, "BAD_USER_INPUT"));
}

#[tokio::test]
async fn a_slash_at_the_end_changes_nothing() {
    let app = App::new(&[]).await;
    let body = json!({"query": "mutation { change }"}).to_string();
    let post = Request::post("/graphql/").header(header::CONTENT_TYPE, "application/json").body(body.into()).unwrap();
    assert_eq!(app.send(post).await.body, json!({"data": {"change": true}}));
    let get = Request::get("/graphql/?query=%7Becho%7D").body(Body::empty()).unwrap();
    assert_eq!(app.send(get).await.body, json!({"data": {"echo": "0"}}));
}

#[tokio::test]
async fn who_opens_the_api_in_a_browser_sees_graphiql_where_there_is_one() {
    let get = async |app: &App, path: &str, accept: &str| {
        app.send(Request::get(path).header("accept", accept).body(Body::empty()).unwrap()).await
    };
    let app = App::new(&[]).await;
    for path in ["/graphql", "/graphql/", "/graphql?"] {
        let reply = get(&app, path, BROWSER).await;
        assert_eq!(
            (reply.status, reply.header("location"), reply.header("cache-control")),
            (303, "/graphiql", "no-store")
        );
        assert_eq!(get(&app, path, "*/*").await.status, 400, "a program hears that it forgot the query");
    }
    let asked = get(&app, "/graphql?query=%7Becho%7D", BROWSER).await;
    assert_eq!((asked.status, asked.body), (200, json!({"data": {"echo": "0"}})));
    let post = app.post(&[("accept", BROWSER)], json!({"query": "{ echo }"})).await;
    assert_eq!(post.status, 200);
    let without = get(&App::new(&["--graphiql=false"]).await, "/graphql", BROWSER).await;
    assert_eq!((without.status, without.code()), (400, "BAD_USER_INPUT"));
}

#[tokio::test]
async fn the_schema_can_be_fetched_whether_it_can_be_introspected_or_not() {
    for settings in [&[][..], &["--introspection=false"]] {
        let app = App::new(settings).await;
        let send = async |method: &str, tag: &str| {
            let request = Request::builder().method(method).uri("/schema.graphql").header("if-none-match", tag);
            app.send(request.body(Body::empty()).unwrap()).await
        };
        let whole = send("GET", "").await;
        assert_eq!((whole.status, whole.header("content-type")), (200, "text/plain; charset=utf-8"));
        assert_eq!(whole.header("cache-control"), "no-cache");
        assert!(whole.text.contains("type Query {") && whole.text.ends_with("}\n"), "{}", whole.text);
        let head = send("HEAD", "").await;
        assert_eq!((head.status, head.text.as_str()), (200, ""));
        assert_eq!(head.header("content-length"), whole.text.len().to_string());
        assert_eq!(send("GET", whole.header("etag")).await.status, 304);
        assert_eq!(send("POST", "").await.status, 405);
    }
}

const BROWSER: &str = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

#[tokio::test]
async fn a_browser_gets_the_app_at_every_path_that_nothing_else_is_at() {
    let app = App::new(&[]).await;
    let get = async |path: &str, accept: &str| {
        app.send(Request::get(path).header("accept", accept).body(Body::empty()).unwrap()).await
    };
    let page = get("/", "*/*").await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert_eq!(page.header("cache-control"), "no-cache");
    let policy = page.header("content-security-policy");
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self';"), "{policy}");
    for path in ["/records", "/records?kind=EXPENSE", "/import/import_01", "/nope"] {
        assert_eq!(get(path, BROWSER).await.text, page.text, "{path}");
        assert_eq!(get(path, "*/*").await.code(), "NOT_FOUND", "{path}");
    }
    for path in ["/graphiql", "/healthz", "/schema.graphql"] {
        assert_ne!(get(path, BROWSER).await.text, page.text, "{path}");
    }
    let posted = Request::post("/records").header("accept", BROWSER).body(Body::empty()).unwrap();
    assert_eq!(app.send(posted).await.code(), "NOT_FOUND");
    assert_eq!(get("/assets/app/nope.js", "*/*").await.code(), "NOT_FOUND");
}

#[tokio::test]
async fn what_the_app_loads_is_kept_for_its_name_says_what_is_in_it() {
    let app = App::new(&[]).await;
    let page = app.send(Request::get("/").body(Body::empty()).unwrap()).await.text;
    let targets: Vec<&str> = [" src=\"", " href=\""]
        .into_iter()
        .flat_map(|attribute| page.split(attribute).skip(1))
        .map(|rest| rest.split('"').next().unwrap())
        .collect();
    assert!(targets.iter().any(|target| target.contains(".js")), "{page}");
    for target in targets {
        let file = app.send(Request::get(target).body(Body::empty()).unwrap()).await;
        assert_eq!(
            (file.status, file.header("cache-control")),
            (200, "public, max-age=31536000, immutable"),
            "{target}"
        );
    }
}

#[tokio::test]
async fn graphiql_is_served_with_its_policy() {
    let app = App::new(&[]).await;
    let page = app.send(Request::get("/graphiql").body(Body::empty()).unwrap()).await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    assert!(page.text.contains("GraphiQL"), "{}", page.text);
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
