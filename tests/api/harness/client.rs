//! [`Client`]: somebody who sends documents; [`Response`]: what they get.

use std::net::{IpAddr, SocketAddr};

use async_graphql::ID;
use axum::{
    body::{Body, Bytes},
    extract::ConnectInfo,
    http::{self, HeaderMap, HeaderName, StatusCode, header},
};
use entity::user;
use serde_json::{Value, json};
use tallybook::id::{self, Kind};
use uuid::Uuid;

use super::TestApp;

/// Somebody who uses the API: nobody in particular, or a user who is signed in.
#[derive(Clone)]
pub struct Client {
    app: TestApp,
    user: Option<user::Model>,
    session: Option<Uuid>,
    token: Option<String>,
    address: IpAddr,
    headers: HeaderMap,
}

impl Client {
    pub(super) fn new(app: TestApp, token: Option<String>) -> Self {
        Self { app, user: None, session: None, token, address: [127, 0, 0, 1].into(), headers: HeaderMap::new() }
    }

    pub(super) fn of(self, user: user::Model, session: Uuid) -> Self {
        Self { user: Some(user), session: Some(session), ..self }
    }

    /// The same client at another address.
    #[must_use]
    pub fn at_address(self, address: impl Into<IpAddr>) -> Self {
        Self { address: address.into(), ..self }
    }

    /// The same client, which sends one more header.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.insert(name, value.parse().expect("a header's value"));
        self
    }

    /// The signed-in user as they were when they signed in.
    pub fn user(&self) -> &user::Model {
        self.user.as_ref().expect("a client that is signed in")
    }

    /// The signed-in user's id in the API.
    pub fn id(&self) -> ID {
        id::encode(Kind::User, self.user().id)
    }

    /// The session's id in the API, for a client that is signed in.
    pub fn session_id(&self) -> Option<ID> {
        self.session.map(|session| id::encode(Kind::Session, session))
    }

    /// The session's id in the database, for a client that is signed in.
    pub fn session_uuid(&self) -> Uuid {
        self.session.expect("a client that is signed in")
    }

    /// The access token.
    pub fn token(&self) -> &str {
        self.token.as_deref().expect("a client that has a token")
    }

    /// Runs the document `query`, which has one operation or an only one that is meant.
    pub async fn run(&self, query: &str, variables: Value) -> Response {
        self.post(&json!({ "query": query, "variables": variables })).await
    }

    /// Posts `body`, whatever it is, as a GraphQL request. Of a subscription it gives the first answer.
    pub async fn post(&self, body: &Value) -> Response {
        let is_subscription =
            body["query"].as_str().is_some_and(|query| query.trim_start().starts_with("subscription"));
        let media = if is_subscription { "text/event-stream" } else { "application/graphql-response+json" };
        let mut request = http::Request::post("/graphql")
            .header(header::CONTENT_TYPE, "application/json")
            .header(header::ACCEPT, media)
            .extension(ConnectInfo(SocketAddr::new(self.address, 50_000)))
            .body(Body::from(body.to_string()))
            .expect("a request");
        if let Some(token) = &self.token {
            let value = format!("Bearer {token}").parse().expect("a token that fits a header");
            request.headers_mut().insert(header::AUTHORIZATION, value);
        }
        request.headers_mut().extend(self.headers.clone());
        Response::new(self.app.request(request).await)
    }
}

/// The answer to one operation.
#[derive(Debug)]
pub struct Response {
    /// The HTTP status.
    pub status: StatusCode,
    /// The HTTP headers.
    pub headers: HeaderMap,
    /// `data`; null also where there is none.
    pub data: Value,
    /// `errors`; empty where there are none.
    pub errors: Vec<Value>,
    /// The whole body.
    pub body: String,
}

impl Response {
    fn new(response: http::Response<Bytes>) -> Self {
        let (head, body) = response.into_parts();
        let body = String::from_utf8(body.into()).expect("a body of text");
        let event = body.strip_prefix("event: next\ndata: ").and_then(|event| event.lines().next());
        let body = event.map_or_else(|| body.clone(), ToOwned::to_owned);
        let mut answer: Value = serde_json::from_str(&body).unwrap_or_default();
        let errors = match answer["errors"].take() {
            Value::Array(errors) => errors,
            _ => Vec::new(),
        };
        Self { status: head.status, headers: head.headers, data: answer["data"].take(), errors, body }
    }

    /// The data of an operation that must succeed.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(self.status == StatusCode::OK && self.errors.is_empty(), "{} {}", self.status, self.body);
        self.data
    }

    /// The codes of the errors, in order.
    pub fn codes(&self) -> Vec<&str> {
        self.errors.iter().map(|error| error["extensions"]["code"].as_str().unwrap_or("(no code)")).collect()
    }

    /// The code of the only error.
    #[track_caller]
    pub fn code(&self) -> &str {
        self.error()["extensions"]["code"].as_str().expect("an error with a code")
    }

    /// The input field that the only error is about.
    #[track_caller]
    pub fn field(&self) -> Option<&str> {
        self.error()["extensions"]["field"].as_str()
    }

    /// The sentence of the only error.
    #[track_caller]
    pub fn message(&self) -> &str {
        self.error()["message"].as_str().expect("an error with a message")
    }

    /// The only error.
    #[track_caller]
    pub fn error(&self) -> &Value {
        let [error] = &self.errors[..] else { panic!("one error expected: {} {}", self.status, self.body) };
        error
    }
}
