//! The router over a schema of its own: what a client of any schema may rely on.

#![expect(clippy::unused_async, reason = "resolvers are async, whether they wait or not")]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use async_graphql::{EmptySubscription, Object, ObjectType, Schema, SimpleObject};
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

mod answers;
mod connections;
mod cors;
mod order;
mod persisted;
mod transport;

use crate::{
    auth::{Connected, Failures, Passwords, Tokens, Viewers, credential},
    clock::Clock,
    config::Config,
    context::ContextExt,
    db::Db,
    error::{Error, Result},
    event::Bell,
    news::News,
    services::{Categories, Files, Remembered, Services},
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
    #[graphql(directive = credential::apply(Some(true)))]
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

/// The router over that schema.
struct App(Router);

struct Reply {
    status: u16,
    headers: HeaderMap,
    body: Json,
    /// The body as it came, with its keys in their order.
    text: String,
}

impl App {
    async fn new(settings: &[&str]) -> Self {
        Self::of(Schema::build(Query, Mutation, EmptySubscription).disable_suggestions().finish(), settings).await
    }

    async fn of<Q, M>(schema: Schema<Q, M, EmptySubscription>, settings: &[&str]) -> Self
    where
        Q: ObjectType + 'static,
        M: ObjectType + 'static,
    {
        // A log line whose place in the code is first reached while nobody listens can be lost to one who begins to listen then.
        let _ = tracing::subscriber::set_global_default(tracing_subscriber::fmt().with_writer(std::io::sink).finish());
        let secret = "--jwt-secret=0123456789abcdef0123456789abcdef";
        let config = Cli::parse_from(["tallybook", secret].iter().chain(settings)).config;
        let db = Db::new(sea_orm::Database::connect("sqlite::memory:").await.unwrap());
        let viewers = Viewers::default();
        let services = Services {
            db,
            clock: Clock::default(),
            tokens: Tokens::new(&config.jwt_secret, chrono::TimeDelta::minutes(30)).into(),
            passwords: Passwords::new(4),
            categories: Categories::new(&viewers),
            organization: Remembered::new(&viewers),
            viewers,
            connected: Connected::new(config.limits.max_sockets),
            failures: Failures::default(),
            journal: Bell::default(),
            news: News::default(),
            imports: Bell::default(),
            files: Files::default(),
            stopping: Arc::default(),
            demo_accounts: Arc::default(),
            config: config.into(),
        };
        Self(super::router(services, schema))
    }

    async fn send(&self, request: Request<Body>) -> Reply {
        let (parts, body) = self.0.clone().oneshot(request).await.unwrap().into_parts();
        let body = body.collect().await.unwrap().to_bytes();
        let text = String::from_utf8_lossy(&body).into_owned();
        let body = serde_json::from_slice(&body).unwrap_or_else(|_| json!(text));
        Reply { status: parts.status.as_u16(), headers: parts.headers, body, text }
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
