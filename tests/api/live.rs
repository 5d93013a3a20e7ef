//! Subscriptions over real connections: who gets what, when, and how a connection ends.

use std::{net::SocketAddr, time::Duration};

use axum::http::header;
use chrono::TimeDelta;
use entity::Role;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};
use tokio_tungstenite::tungstenite::{self, Message};

use crate::{
    harness::{
        Client, TestApp,
        socket::{Came, Socket},
    },
    on_both,
    viewers::another_that_listens,
};

on_both![
    a_change_is_told_as_it_happens,
    who_was_cut_off_goes_on_where_they_were,
    a_dashboard_is_sent_when_it_is_another_one,
    a_list_is_told_what_left_it,
    one_server_tells_of_what_happened_at_another,
    equal_answers_are_executed_once_for_all,
    what_somebody_sees_of_themselves_nobody_else_is_sent,
    a_bad_subscription_is_an_error_of_its_own,
    queries_and_mutations_run_over_a_socket_too,
    who_says_nothing_good_is_not_let_in,
    a_right_that_ends_ends_the_connection,
    a_message_that_is_none_ends_the_connection,
    a_user_has_so_many_connections_and_each_so_many_operations,
    a_stopping_server_says_goodbye,
    only_pages_that_may_call_may_connect,
    events_are_sent_over_http,
    events_end_with_the_right_to_them,
    a_subscription_wants_a_connection,
];

const CHANGED: &str = "subscription ($after: String, $types: [NodeType!], $filter: RecordFilter) {
    changed(after: $after, types: $types, filter: $filter) {
        nodes { id node { ... on FinancialRecord { notes } } } pageInfo { endCursor }
    }
}";
const DASHBOARD: &str = "subscription { dashboardChanged { summary { expenses { amount } } } }";
/// Longer than the server takes to notice anything.
const A_WHILE: Duration = Duration::from_millis(1_500);

/// The notes of the records in an answer of [`CHANGED`]; null for one that is not shown.
fn notes(payload: &Value) -> Vec<Value> {
    let nodes = payload["data"]["changed"]["nodes"].as_array().expect("nodes").iter();
    nodes
        .filter(|change| change["id"].as_str().is_some_and(|id| id.starts_with("record")))
        .map(|change| change["node"]["notes"].clone())
        .collect()
}

fn cursor(payload: &Value) -> Value {
    payload["data"]["changed"]["pageInfo"]["endCursor"].clone()
}

fn expenses(payload: &Value) -> &Value {
    &payload["data"]["dashboardChanged"]["summary"]["expenses"]["amount"]
}

async fn a_change_is_told_as_it_happens(app: TestApp) {
    let (analyst, viewer) = (app.as_(Role::Analyst).await, app.as_(Role::Viewer).await);
    let address = app.serve().await;
    analyst.enter(json!({ "notes": "before" })).await;
    let mut socket = Socket::of(address, viewer.token()).await;
    socket.subscribe("1", CHANGED, json!({})).await;
    let first = socket.payload("1").await;
    assert_eq!(first["data"]["changed"]["nodes"], json!([]));
    assert!(cursor(&first).is_string());
    let record = analyst.enter(json!({ "notes": "new" })).await;
    assert_eq!(notes(&socket.payload("1").await), ["new"]);
    analyst.update(json!({ "id": record["id"], "notes": "changed" })).await.ok();
    assert_eq!(notes(&socket.payload("1").await), ["changed"]);
    app.as_(Role::Admin).await.delete(json!({ "id": record["id"] })).await.ok();
    assert_eq!(notes(&socket.payload("1").await), [Value::Null]);
    // What it does not follow, it is not told of.
    socket.subscribe("2", CHANGED, json!({ "types": ["CATEGORY"] })).await;
    socket.payload("2").await;
    socket.send(json!({ "type": "complete", "id": "1" })).await;
    analyst.enter(json!({})).await;
    assert!(socket.is_silent_for(A_WHILE).await);
}

async fn who_was_cut_off_goes_on_where_they_were(app: TestApp) {
    let (analyst, viewer) = (app.as_(Role::Analyst).await, app.as_(Role::Viewer).await);
    let address = app.serve().await;
    let mut socket = Socket::of(address, viewer.token()).await;
    socket.subscribe("1", CHANGED, json!({})).await;
    let after = cursor(&socket.payload("1").await);
    drop(socket);
    // More than one answer holds.
    let input = json!({ "kind": "EXPENSE", "amount": "1", "category": "Rent", "date": "2026-05-01" });
    let many = "mutation ($input: CreateRecordsInput!) { createRecords(input: $input) { results { record { id } } } }";
    analyst.run(many, json!({ "input": { "records": vec![input; 240] } })).await.ok();
    let mut socket = Socket::of(address, viewer.token()).await;
    socket.subscribe("again", CHANGED, json!({ "after": after, "types": null })).await;
    let mut told = 0;
    while told < 240 {
        let payload = socket.payload("again").await;
        let count = notes(&payload).len();
        assert!(count <= 100, "{count}");
        told += count;
    }
    assert!(socket.is_silent_for(A_WHILE).await);
}

async fn a_dashboard_is_sent_when_it_is_another_one(app: TestApp) {
    let (admin, viewer) = (app.as_(Role::Admin).await, app.as_(Role::Viewer).await);
    let address = app.serve().await;
    let mut socket = Socket::of(address, viewer.token()).await;
    socket.subscribe("1", DASHBOARD, json!({})).await;
    assert_eq!(expenses(&socket.payload("1").await), "0.00");
    for count in 1..=3 {
        let record = admin.enter(json!({ "amount": "1.10" })).await;
        let expected = format!("{count}.{count}0");
        assert_eq!(*expenses(&socket.payload("1").await), json!(expected));
        // It changes nothing about the sums.
        admin.update(json!({ "id": record["id"], "notes": "n" })).await.ok();
    }
    assert!(socket.is_silent_for(A_WHILE).await);
    // Many at once are told of together, and the last answer is right.
    for _ in 0..20 {
        admin.enter(json!({ "amount": "1.00" })).await;
    }
    let mut answers = 0;
    loop {
        answers += 1;
        if *expenses(&socket.payload("1").await) == json!("23.30") {
            break;
        }
    }
    assert!(answers <= 10, "{answers}");
}

async fn a_list_is_told_what_left_it(app: TestApp) {
    let (analyst, viewer) = (app.as_(Role::Analyst).await, app.as_(Role::Viewer).await);
    let address = app.serve().await;
    let mut socket = Socket::of(address, viewer.token()).await;
    socket.subscribe("1", CHANGED, json!({ "filter": { "categories": ["Rent"], "minAmount": "10" } })).await;
    socket.payload("1").await;
    let record = analyst.enter(json!({ "notes": "in it", "amount": "10.00" })).await;
    assert_eq!(notes(&socket.payload("1").await), ["in it"]);
    analyst.update(json!({ "id": record["id"], "amount": "9.99" })).await.ok();
    assert_eq!(notes(&socket.payload("1").await), [Value::Null]);
    analyst.update(json!({ "id": record["id"], "amount": "11.00" })).await.ok();
    assert_eq!(notes(&socket.payload("1").await), ["in it"]);
}

async fn one_server_tells_of_what_happened_at_another(app: TestApp) {
    let is_postgres = app.db().backend() == sea_orm::DbBackend::Postgres;
    let other = if is_postgres { another_that_listens(&app).await } else { app.elsewhere().await };
    let (here, there) = (app.serve().await, other.serve().await);
    let analyst = app.as_(Role::Analyst).await;
    for (address, name) in [(here, "here"), (there, "there")] {
        let mut socket = Socket::of(address, analyst.token()).await;
        socket.subscribe("1", CHANGED, json!({})).await;
        socket.payload("1").await;
        for notes_ in ["one", "two"] {
            analyst.enter(json!({ "notes": notes_ })).await;
            assert_eq!(notes(&socket.payload("1").await), [notes_], "{name}");
        }
    }
}

async fn equal_answers_are_executed_once_for_all(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let address = app.serve().await;
    let mut sockets = Vec::new();
    for _ in 0..10 {
        let viewer = app.as_(Role::Viewer).await;
        let mut socket = Socket::of(address, viewer.token()).await;
        socket.subscribe("d", DASHBOARD, json!({})).await;
        socket.payload("d").await;
        socket.subscribe("c", CHANGED, json!({})).await;
        socket.payload("c").await;
        sockets.push(socket);
    }
    let told = async {
        analyst.enter(json!({ "notes": "n", "amount": "7.00" })).await;
        for socket in &mut sockets {
            for _ in 0..2 {
                let Came::Message(message) = socket.next().await else { panic!("a message") };
                if message["id"] == "d" {
                    assert_eq!(expenses(&message["payload"]), "7.00");
                } else {
                    assert_eq!(notes(&message["payload"]), ["n"]);
                }
            }
        }
    };
    let ((), statements) = app.statements_of(told).await;
    let reads = |table: &str| statements.iter().filter(|sql| !sql.contains("INSERT") && sql.contains(table)).count();
    assert_eq!((reads("\"currency_totals\""), reads("\"later\"")), (1, 1), "{statements:#?}");
}

async fn what_somebody_sees_of_themselves_nobody_else_is_sent(app: TestApp) {
    let (one, other) = (app.as_(Role::Analyst).await, app.as_(Role::Analyst).await);
    let address = app.serve().await;
    let document = "subscription { dashboardChanged { recent(first: 1) { createdBy { email } } } }";
    let mut sockets = [Socket::of(address, one.token()).await, Socket::of(address, other.token()).await];
    for socket in &mut sockets {
        socket.subscribe("1", document, json!({})).await;
        socket.payload("1").await;
    }
    one.enter(json!({})).await;
    let email = |payload: Value| payload["data"]["dashboardChanged"]["recent"][0]["createdBy"]["email"].clone();
    let [first, second] = &mut sockets;
    assert_eq!(email(first.payload("1").await), json!(one.user().email));
    assert_eq!(email(second.payload("1").await), Value::Null);
}

async fn a_bad_subscription_is_an_error_of_its_own(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    let address = app.serve().await;
    let mut socket = Socket::of(address, viewer.token()).await;
    let two = "subscription { changed { nodes { id } } dashboardChanged { currency } }";
    let fragments =
        "subscription { ...F } fragment F on Subscription { changed { nodes { id } } dashboardChanged { currency } }";
    for (document, variables, code) in [
        ("subscription { changed {", json!({}), "GRAPHQL_PARSE_FAILED"),
        ("subscription { nothing }", json!({}), "GRAPHQL_VALIDATION_FAILED"),
        (two, json!({}), "GRAPHQL_VALIDATION_FAILED"),
        (fragments, json!({}), "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { __typename }", json!({}), "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { changed @skip(if: true) { nodes { id } } }", json!({}), "GRAPHQL_VALIDATION_FAILED"),
        (CHANGED, json!({ "types": ["USER"] }), "FORBIDDEN"),
        (CHANGED, json!({ "after": "nonsense" }), "BAD_USER_INPUT"),
        (CHANGED, json!({ "filter": { "minAmount": "x" } }), "BAD_USER_INPUT"),
        (
            &format!("subscription {{ changed {{ nodes {{ {} }} }} }}", "id ".repeat(2_000)),
            json!({}),
            "QUERY_TOO_COMPLEX",
        ),
    ] {
        socket.subscribe("bad", document, variables).await;
        assert_eq!(socket.refusal("bad").await, [code], "{document}");
    }
    socket.send(json!({ "type": "subscribe", "id": "bad", "payload": {} })).await;
    assert_eq!(socket.refusal("bad").await, ["BAD_USER_INPUT"]);
    // The connection and the name are as good as before.
    let named =
        "query Q { me { id } } subscription S { ...F } fragment F on Subscription { alias: changed { nodes { id } } }";
    let payload = json!({ "query": named, "operationName": "S" });
    socket.send(json!({ "type": "subscribe", "id": "bad", "payload": payload })).await;
    assert_eq!(socket.payload("bad").await, json!({ "data": { "alias": { "nodes": [] } } }));
}

async fn queries_and_mutations_run_over_a_socket_too(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let address = app.serve().await;
    let mut socket = Socket::of(address, analyst.token()).await;
    let complete = |id: &str| Came::Message(json!({ "type": "complete", "id": id }));
    socket.subscribe("q", "{ me { id } }", json!({})).await;
    assert_eq!(socket.payload("q").await, json!({ "data": { "me": { "id": analyst.id() } } }));
    assert_eq!(socket.next().await, complete("q"));
    let create = "mutation ($input: CreateRecordInput!) { createRecord(input: $input) { record { notes } } }";
    let input = json!({ "kind": "EXPENSE", "amount": "1", "category": "Rent", "date": "2026-05-01", "notes": "n" });
    socket.subscribe("m", create, json!({ "input": input })).await;
    assert_eq!(socket.payload("m").await["data"]["createRecord"]["record"]["notes"], "n");
    assert_eq!(socket.next().await, complete("m"));
    assert_eq!(analyst.notes(json!({})).await, ["n"]);
    socket.subscribe("d", "mutation { deleteRecord(input: {id: \"x\"}) { record { id } } }", json!({})).await;
    assert_eq!(socket.payload("d").await["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert_eq!(socket.next().await, complete("d"));
    socket.send(json!({ "type": "ping" })).await;
    assert_eq!(socket.next().await, Came::Message(json!({ "type": "pong" })));
}

async fn who_says_nothing_good_is_not_let_in(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    let gone = app.deactivated(Role::Admin).await;
    let address = app.serve().await;
    let init = |payload: Value| json!({ "type": "connection_init", "payload": payload });
    for (message, code) in [
        (json!({ "type": "connection_init" }), 4401),
        (init(json!({})), 4401),
        (init(json!({ "authorization": "" })), 4403),
        (init(json!({ "authorization": viewer.token() })), 4403),
        (init(json!({ "authorization": "Bearer not.a.token" })), 4403),
        (init(json!({ "authorization": format!("Bearer {}", gone.token()) })), 4403),
        (json!({ "type": "subscribe", "id": "1", "payload": { "query": "{ errorCodes }" } }), 4401),
        (json!({ "type": "start", "id": "1" }), 4400),
    ] {
        let mut socket = Socket::open(address, &[]).await.expect("a socket");
        socket.send(message.clone()).await;
        assert_eq!(socket.next().await, Came::Closed(code), "{message}");
    }
    let mut silent = Socket::open(address, &[]).await.expect("a socket");
    // Before it is known who it is, a sign of life is answered.
    silent.send(json!({ "type": "ping" })).await;
    assert_eq!(silent.next().await, Came::Message(json!({ "type": "pong" })));
    assert_eq!(silent.next().await, Came::Closed(4408));
    let mut socket = Socket::open(address, &[]).await.expect("a socket");
    socket.send(init(json!({ "Authorization": format!("bearer {}", viewer.token()) }))).await;
    assert_eq!(socket.next().await, Came::Message(json!({ "type": "connection_ack" })));
    socket.introduce(viewer.token()).await;
    assert_eq!(socket.next().await, Came::Closed(4429));
}

async fn a_right_that_ends_ends_the_connection(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let address = app.serve().await;
    let update = "mutation ($input: UpdateUserInput!) { updateUser(input: $input) { user { id } } }";
    let victim = app.as_(Role::Analyst).await;
    let token = victim.through_token(&app, Role::Viewer).await;
    let revoked =
        victim.run("{ apiTokens { nodes { id } } }", Value::Null).await.ok()["apiTokens"]["nodes"][0]["id"].take();
    let logout = "mutation { logout(input: {}) { __typename } }";
    let revoke = "mutation ($id: ID!) { revokeApiToken(input: {id: $id}) { revokedApiTokenId: apiToken { id } } }";
    let demoted = app.as_(Role::Analyst).await;
    let gone = app.as_(Role::Analyst).await;
    for (client, by, document, variables) in [
        (&victim, &victim, logout, json!({})),
        (&demoted, &admin, update, json!({ "input": { "id": demoted.id(), "role": "VIEWER" } })),
        (&gone, &admin, update, json!({ "input": { "id": gone.id(), "isActive": false } })),
        (&token, &admin, revoke, json!({ "id": revoked })),
    ] {
        let mut socket = Socket::of(address, client.token()).await;
        socket.subscribe("1", CHANGED, json!({})).await;
        socket.payload("1").await;
        by.run(document, variables).await.ok();
        assert_eq!(socket.next().await, Came::Closed(4403), "{document}");
    }
    let short = app.as_(Role::Viewer).await;
    let mut socket = Socket::of(address, short.token()).await;
    app.advance(TimeDelta::minutes(31));
    assert_eq!(socket.next().await, Came::Closed(4401));
}

async fn a_message_that_is_none_ends_the_connection(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    let address = app.serve().await;
    let large = json!({ "type": "ping", "payload": { "much": "x".repeat(300_000) } }).to_string();
    let deep = format!("{{\"type\":\"subscribe\",\"id\":\"1\",\"payload\":{{\"a\":{}", "[".repeat(50_000));
    for (message, code) in [
        (Message::text("nonsense"), 4400),
        (Message::text("{}"), 4400),
        (Message::text(deep), 4400),
        (Message::binary(vec![1, 2, 3]), 4400),
        (Message::text(large), 1009),
    ] {
        let mut socket = Socket::of(address, viewer.token()).await;
        socket.send_raw(message).await;
        assert_eq!(socket.next().await, Came::Closed(code));
    }
    let mut socket = Socket::of(address, viewer.token()).await;
    socket.subscribe("1", CHANGED, json!({})).await;
    socket.payload("1").await;
    socket.subscribe("1", DASHBOARD, json!({})).await;
    assert_eq!(socket.next().await, Came::Closed(4409));
}

async fn a_user_has_so_many_connections_and_each_so_many_operations(app: TestApp) {
    let app = app.with(|config| config.limits.max_sockets_per_user = 3);
    let (viewer, other) = (app.as_(Role::Viewer).await, app.as_(Role::Viewer).await);
    let address = app.serve().await;
    let mut sockets = Vec::new();
    for _ in 0..3 {
        sockets.push(Socket::of(address, viewer.token()).await);
    }
    let mut fourth = Socket::open(address, &[]).await.expect("a socket");
    fourth.introduce(viewer.token()).await;
    assert_eq!(fourth.next().await, Came::Closed(1013));
    let mut socket = Socket::of(address, other.token()).await;
    for id in 0..32 {
        socket.subscribe(&id.to_string(), DASHBOARD, json!({})).await;
    }
    socket.subscribe("one too many", DASHBOARD, json!({})).await;
    let mut answers = 0;
    loop {
        let Came::Message(message) = socket.next().await else { panic!("a message") };
        if message["id"] == "one too many" {
            assert_eq!(message["payload"][0]["extensions"]["code"], "RATE_LIMITED");
            break;
        }
        answers += 1;
    }
    while answers < 32 {
        socket.next().await;
        answers += 1;
    }
    socket.send(json!({ "type": "complete", "id": "7" })).await;
    socket.subscribe("7", DASHBOARD, json!({})).await;
    socket.payload("7").await;
    drop(sockets);
    // Their places are free soon.
    for _ in 0..200 {
        let mut next = Socket::open(address, &[]).await.expect("a socket");
        next.introduce(viewer.token()).await;
        if next.next().await == Came::Message(json!({ "type": "connection_ack" })) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("nobody was let in any more");
}

async fn a_stopping_server_says_goodbye(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    let address = app.serve().await;
    let mut socket = Socket::of(address, viewer.token()).await;
    socket.subscribe("1", DASHBOARD, json!({})).await;
    socket.payload("1").await;
    app.services().connected.stop();
    assert_eq!(socket.next().await, Came::Closed(1001));
    app.services().connected.gone(Duration::from_secs(5)).await;
    let Err(tungstenite::Error::Http(refused)) = Socket::open(address, &[]).await else { panic!("it is closed") };
    assert_eq!(refused.status(), 503);
}

async fn only_pages_that_may_call_may_connect(app: TestApp) {
    let app = app.with(|config| config.cors_origins = vec!["https://app.example.org".to_owned()]);
    let address = app.serve().await;
    let own = format!("http://{address}");
    for origin in [own.as_str(), "https://app.example.org"] {
        Socket::open(address, &[("origin", origin)]).await.expect("a socket");
    }
    for (headers, status) in [
        ([("origin", "https://evil.example")], 403),
        ([("origin", "null")], 403),
        ([("sec-websocket-protocol", "graphql-ws")], 400),
        ([("sec-websocket-version", "8")], 400),
    ] {
        let Err(tungstenite::Error::Http(refused)) = Socket::open(address, &headers).await else {
            panic!("{headers:?}")
        };
        assert_eq!(refused.status(), status, "{headers:?}");
    }
}

/// A request for events, over a connection of its own.
struct Events(TcpStream, String);

impl Events {
    async fn ask(address: SocketAddr, client: &Client, document: &str, accept: &str) -> Self {
        let body = json!({ "query": document }).to_string();
        let head = format!(
            "POST /graphql HTTP/1.1\r\nhost: {address}\r\naccept: {accept}\r\nauthorization: Bearer {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\n\r\n",
            client.token(),
            body.len()
        );
        let mut stream = TcpStream::connect(address).await.expect("a connection");
        stream.write_all((head + &body).as_bytes()).await.expect("a request");
        Self(stream, String::new())
    }

    /// Reads until `text` has come, and gives all that came until then; `None` where the connection ends before.
    async fn until(&mut self, text: &str) -> Option<String> {
        let mut bytes = [0; 4096];
        while !self.1.contains(text) {
            let read = tokio::time::timeout(Duration::from_secs(20), self.0.read(&mut bytes)).await.expect("soon");
            match read {
                Ok(0) | Err(_) => return None,
                Ok(count) => self.1.push_str(&String::from_utf8_lossy(&bytes[..count])),
            }
        }
        Some(std::mem::take(&mut self.1))
    }
}

async fn events_are_sent_over_http(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let address = app.serve().await;
    let mut events = Events::ask(address, &analyst, DASHBOARD, "text/event-stream").await;
    let begin = events.until("\n\n").await.expect("an answer");
    assert!(begin.starts_with("HTTP/1.1 200 OK") && begin.contains("content-type: text/event-stream"), "{begin}");
    let first = if begin.contains("0.00") { begin } else { events.until("0.00").await.expect("an answer") };
    assert!(first.contains("event: next\ndata: {\"data\":{\"dashboardChanged\":{\"summary\""), "{first}");
    analyst.enter(json!({ "amount": "3.00" })).await;
    events.until("\"3.00\"").await.expect("another answer");
    let all = "application/graphql-response+json, application/json, text/event-stream";
    for (document, accept, expected) in [
        ("{ me { name } }", "text/event-stream", "event: complete\ndata:\n\n"),
        ("subscription { nothing }", "text/event-stream", "GRAPHQL_VALIDATION_FAILED"),
        ("subscription { changed(types: [USER]) { nodes { id } } }", all, "FORBIDDEN"),
        (DASHBOARD, all, "\"3.00\""),
        ("{ me { name } }", all, "application/graphql-response+json"),
    ] {
        let mut events = Events::ask(address, &analyst, document, accept).await;
        events.until(expected).await.unwrap_or_else(|| panic!("{document}"));
    }
    let mut nobody = Events::ask(address, &app.with_token("not.a.token"), DASHBOARD, "text/event-stream").await;
    assert!(nobody.until("UNAUTHENTICATED").await.expect("an answer").starts_with("HTTP/1.1 401"));
}

async fn events_end_with_the_right_to_them(app: TestApp) {
    let app = app.with(|config| config.limits.max_sockets_per_user = 1);
    let viewer = app.as_(Role::Viewer).await;
    let address = app.serve().await;
    let mut events = Events::ask(address, &viewer, DASHBOARD, "text/event-stream").await;
    events.until("0.00").await.expect("an answer");
    let mut second = Events::ask(address, &viewer, DASHBOARD, "text/event-stream").await;
    assert!(second.until("RATE_LIMITED").await.expect("an answer").starts_with("HTTP/1.1 429"));
    viewer.run("mutation { logout(input: {}) { __typename } }", Value::Null).await.ok();
    assert_eq!(events.until("event: complete").await, None, "it is cut off, and not at its end");
}

async fn a_subscription_wants_a_connection(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    // What the harness does not see that it is one.
    let refused = viewer.run("# Live\nsubscription { changed { nodes { id } } }", json!({})).await;
    assert_eq!((refused.status.as_u16(), refused.code()), (400, "BAD_USER_INPUT"));
    assert!(refused.message().contains("text/event-stream"), "{}", refused.message());
    let html = viewer.with_header(header::ACCEPT, "text/html");
    assert_eq!(html.run("{ me { name } }", json!({})).await.status.as_u16(), 406);
}
