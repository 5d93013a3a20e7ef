//! [`Client`]: somebody who talks to the program over a socket, a connection for each request.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    body::Body,
    http::{Request, StatusCode, header, request::Builder},
};
use http_body_util::BodyExt;
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpStream;

const CREATE: &str = "mutation ($input: CreateRecordInput!) { createRecord(input: $input) { replayed record { id } } }";

/// A signed-in user. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    address: SocketAddr,
    token: Arc<str>,
    /// Whether records are entered with an idempotency key.
    has_keys: bool,
}

/// An answer that came in full.
#[derive(Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// The JSON body.
    pub body: Value,
    /// From the connection's opening to the answer's end.
    pub took: Duration,
}

/// Why there is no answer.
#[derive(Debug)]
pub enum Failure {
    /// Nobody listens.
    Refused,
    /// The connection broke before the answer's end.
    Broken,
}

impl Client {
    /// The user with these credentials, at the program that listens on `address`.
    pub async fn sign_in(address: SocketAddr, email: &str, password: &str) -> Self {
        let nobody = Self::nobody(address);
        let login = "mutation ($input: LoginInput!) { login(input: $input) { accessToken } }";
        let data = nobody.run(login, json!({ "input": { "email": email, "password": password } })).await.unwrap().ok();
        Self { token: data["login"]["accessToken"].as_str().unwrap().into(), ..nobody }
    }

    /// The access token.
    pub fn token(&self) -> &str {
        &self.token
    }

    /// Somebody who is not signed in.
    pub fn nobody(address: SocketAddr) -> Self {
        Self { address, token: "".into(), has_keys: true }
    }

    /// The same user at a program that was started again.
    #[must_use]
    pub fn at(&self, address: SocketAddr) -> Self {
        Self { address, ..self.clone() }
    }

    /// The same user, who enters records without idempotency keys.
    #[must_use]
    pub fn without_keys(&self) -> Self {
        Self { has_keys: false, ..self.clone() }
    }

    /// Enters an expense of 1, whose notes are `key`.
    pub async fn create(&self, key: &str) -> Result<Answer, Failure> {
        let mut input = an_expense(key);
        if !self.has_keys {
            input["idempotencyKey"] = Value::Null;
        }
        self.run(CREATE, json!({ "input": input })).await
    }

    /// Runs the only operation of the document `query`. Hangs up when dropped.
    pub async fn run(&self, query: &str, variables: Value) -> Result<Answer, Failure> {
        let body = json!({ "query": query, "variables": variables }).to_string();
        let request = Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, "application/graphql-response+json");
        self.send(request, body).await
    }

    /// Sends a file to `path`. Hangs up when dropped.
    pub async fn put(&self, path: &str, file: impl Into<Body>) -> Result<Answer, Failure> {
        self.send(Request::put(path), file).await
    }

    async fn send(&self, mut request: Builder, body: impl Into<Body>) -> Result<Answer, Failure> {
        let started = Instant::now();
        request = request.header(header::HOST, self.address.to_string());
        if !self.token.is_empty() {
            request = request.header(header::AUTHORIZATION, self.authorization());
        }
        let stream = TcpStream::connect(self.address).await.map_err(|_| Failure::Refused)?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(|_| Failure::Broken)?;
        let answer = async {
            let response = sender.send_request(request.body(body.into()).unwrap()).await?;
            let status = response.status();
            Ok::<_, hyper::Error>((status, response.into_body().collect().await?.to_bytes()))
        };
        tokio::pin!(answer);
        let answer = tokio::select! {
            answer = &mut answer => answer,
            _ = connection => answer.await,
        };
        let (status, body) = answer.map_err(|_| Failure::Broken)?;
        Ok(Answer { status, body: serde_json::from_slice(&body).unwrap(), took: started.elapsed() })
    }

    /// What the header `Authorization` says.
    pub fn authorization(&self) -> String {
        format!("Bearer {}", self.token)
    }

    /// The notes of all records, in the order of their entry.
    pub async fn notes(&self) -> Vec<String> {
        let query = "query ($after: String) { records(first: 100, after: $after) { pageInfo { hasNextPage endCursor } edges { node { notes } } } }";
        let (mut notes, mut after) = (Vec::new(), Value::Null);
        loop {
            let mut page = self.run(query, json!({ "after": after })).await.unwrap().ok()["records"].take();
            notes.extend(page["edges"].as_array().unwrap().iter().map(|edge| text(&edge["node"]["notes"])));
            if page["pageInfo"]["hasNextPage"] == false {
                return notes;
            }
            after = page["pageInfo"]["endCursor"].take();
        }
    }

    /// What the dashboard says: the number of records, and the sum of the expenses.
    pub async fn dashboard(&self) -> (u64, String) {
        let query = "{ dashboard { summary { recordCount expenses { amount } } } }";
        let summary = self.run(query, json!({})).await.unwrap().ok()["dashboard"]["summary"].take();
        (summary["recordCount"].as_u64().unwrap(), text(&summary["expenses"]["amount"]))
    }
}

impl Answer {
    /// The data of an operation that must succeed.
    #[track_caller]
    pub fn ok(mut self) -> Value {
        assert!(self.is_ok(), "{} {}", self.status, self.body);
        self.body["data"].take()
    }

    /// Fails unless this says that a file was received.
    #[track_caller]
    pub fn assert_received(&self) {
        assert!(self.status == StatusCode::OK, "{} {}", self.status, self.body);
    }

    /// Whether the operation succeeded.
    pub fn is_ok(&self) -> bool {
        self.status == StatusCode::OK && self.body["errors"].is_null()
    }

    /// Fails unless this says, in time and without a word of what is beneath, that nothing could be executed.
    #[track_caller]
    pub fn assert_unavailable(&self) {
        assert_eq!(self.status, StatusCode::SERVICE_UNAVAILABLE, "{}", self.body);
        let [error] = &self.body["errors"].as_array().unwrap()[..] else { panic!("one error: {}", self.body) };
        assert_eq!(error["extensions"]["code"], "UNAVAILABLE", "{}", self.body);
        let text = self.body.to_string().to_lowercase();
        let beneath = ["sql", "select", "insert", "begin", "relation", "connection", "socket", "disk", "pool"];
        assert!(!beneath.iter().any(|word| text.contains(word)), "{text}");
        assert!(self.took < crate::PATIENCE, "after {:?}", self.took);
    }
}

/// An expense of 1, whose notes and idempotency key are `key`.
pub fn an_expense(key: &str) -> Value {
    json!({
        "kind": "EXPENSE", "amount": "1.00", "category": "Faults", "date": "2026-05-01",
        "notes": key, "idempotencyKey": key,
    })
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}
