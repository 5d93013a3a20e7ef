//! The service over HTTP: the router, what surrounds every request, and GraphQL over HTTP.
//!
//! Knows no table and no rule of the slices, but for the loaders that an operation gets from them; asks
//! [`auth`](crate::auth) who is calling, and the schema for answers.

use std::sync::Arc;

use async_graphql::{ObjectType, Schema, SubscriptionType};
use axum::{
    Router,
    body::Body,
    extract::Extension,
    http::{HeaderMap, Response, StatusCode},
    middleware::from_fn_with_state,
    routing::{any, get},
};
use tower_http::{
    CompressionLevel,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, Predicate, SizeAbove},
    },
};

use crate::{
    error::{Error, ErrorCode},
    schema,
    services::Services,
};

mod accept;
mod address;
mod app;
mod connections;
mod cors;
mod execute;
mod exports;
mod file;
mod graphiql;
mod health;
mod host;
mod imports;
mod live;
mod metrics;
mod middleware;
mod persisted;
mod refusal;
mod request;
mod response;
#[cfg(test)]
mod tests;
mod turns;
mod who;

pub use connections::serve;
use file::File;
pub(crate) use metrics::serve as serve_metrics;
use middleware::RequestId;

/// The type of the schema's text: browsers show it.
const SDL: &str = "text/plain; charset=utf-8";
/// Answers shorter than this fit into a packet or two, compressed or not.
const MIN_COMPRESSED_BYTES: u16 = 1_024;

/// The whole service as a router.
///
/// # Panics
/// If the SDL that `executable` prints cannot be read, which is a defect of the printer.
pub fn router<Q, M, S>(services: Services, executable: Schema<Q, M, S>) -> Router
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    let config = Arc::clone(&services.config);
    let sdl = schema::print(&executable);
    let api = Arc::new(execute::Api::new(services.clone(), executable, &sdl).expect("a schema prints SDL"));
    let endpoint = any(execute::graphql::<Schema<Q, M, S>>).with_state(api);
    let sdl = Arc::new(File::new(SDL, sdl));
    let graphiql = if config.graphiql() { graphiql::routes() } else { Router::new() };
    let app = if config.app { app::routes() } else { Router::new().fallback(not_found) };
    let answers = Router::new()
        .route("/healthz", get(health::live))
        .route("/readyz", get(health::ready))
        .merge(app)
        .merge(graphiql)
        .with_state(services.clone())
        .route("/schema.graphql", get(async move |headers: HeaderMap| sdl.response(&headers)))
        .route("/graphql", endpoint.clone())
        // A redirect would lose the body of a POST.
        .route("/graphql/", endpoint)
        .method_not_allowed_fallback(method_not_allowed)
        .layer(
            CompressionLayer::new()
                .quality(CompressionLevel::Fastest)
                .compress_when(DefaultPredicate::new().and(SizeAbove::new(MIN_COMPRESSED_BYTES))),
        )
        .layer(from_fn_with_state(config.request_timeout, middleware::limit_time));
    // A file may take longer than an answer, and says how long it is.
    answers
        .merge(exports::routes(services.clone()))
        .merge(imports::routes(services))
        .layer(from_fn_with_state(Arc::clone(&config), host::check))
        .layer(cors::layer(Arc::clone(&config)))
        .layer(from_fn_with_state(usize::from(config.trusted_proxies), middleware::observe))
}

async fn not_found(Extension(id): Extension<RequestId>) -> Response<Body> {
    let error = Error::new(ErrorCode::NotFound, "There is nothing here. The API is at /graphql.");
    response::failed(StatusCode::NOT_FOUND, error, &id.0)
}

async fn method_not_allowed(Extension(id): Extension<RequestId>) -> Response<Body> {
    let error = Error::new(ErrorCode::BadUserInput, "This method is not allowed here.");
    response::failed(StatusCode::METHOD_NOT_ALLOWED, error, &id.0)
}
