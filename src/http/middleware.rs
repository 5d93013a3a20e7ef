//! What surrounds every request: its id, its line in the log, its time limit, and the answer if it panics.

use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use async_graphql::{ServerError, parser::types::OperationType};
use axum::{
    body::Body,
    extract::{Extension, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header::X_CONTENT_TYPE_OPTIONS},
    middleware::Next,
};
use futures_util::FutureExt;
use gateway::{Operation, code, panic_message};
use tracing::Instrument;
use uuid::Uuid;

use super::response;
use crate::error::{Error, ErrorCode};

/// The header that tells a client the request's id. A client's own id in it is only logged.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Longest request id of a client, longest operation name and path in the log.
const MAX_LOGGED_BYTES: usize = 128;

/// The request's id, in its extensions.
#[derive(Clone)]
pub struct RequestId(pub String);

/// What the log line says of the operation, in the response's extensions. Never variables, never the document.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The operation's name.
    pub operation: Option<String>,
    /// `query`, `mutation` or `subscription`; `upload` or `socket` for what is no operation.
    pub kind: Option<&'static str>,
    /// Who asked.
    pub user: Option<Uuid>,
    /// The codes of the errors, each once.
    pub codes: Vec<String>,
}

impl Outcome {
    /// Which operation it was.
    pub fn set(&mut self, operation: &Operation<'_>) {
        self.operation = operation.name.map(ToString::to_string);
        self.kind = Some(match operation.definition.ty {
            OperationType::Query => "query",
            OperationType::Mutation => "mutation",
            OperationType::Subscription => "subscription",
        });
    }

    /// Writes the line of an operation that came over a connection.
    pub fn log(&self, duration: Duration) {
        tracing::info!(
            operation = self.operation.as_deref().map(cut),
            kind = self.kind,
            user = self.user.map(tracing::field::display),
            errors = self.errors(),
            duration_ms = duration.as_secs_f64() * 1_000.0,
            "operation"
        );
    }

    fn errors(&self) -> Option<String> {
        (!self.codes.is_empty()).then(|| self.codes.join(","))
    }

    /// What went wrong.
    pub fn note(&mut self, errors: &[ServerError]) {
        self.codes = errors.iter().filter_map(code).map(str::to_owned).collect();
        self.codes.sort();
        self.codes.dedup();
    }
}

/// Gives the request its id, logs one line about it, and answers for it if it panics.
pub async fn observe(mut request: Request, next: Next) -> Response<Body> {
    // Never the client's: the audit trail relies on it.
    let id = Uuid::now_v7().to_string();
    let clients_id = clients_id(request.headers());
    request.extensions_mut().insert(RequestId(id.clone()));
    let span = tracing::info_span!("request", request_id = %id, client_request_id = clients_id);
    async move {
        let started = Instant::now();
        let (method, path) = (request.method().clone(), cut(request.uri().path()).to_owned());
        let mut response = AssertUnwindSafe(next.run(request)).catch_unwind().await.unwrap_or_else(|panic| {
            let error = Error::internal(panic_message(panic.as_ref()));
            response::failed(StatusCode::INTERNAL_SERVER_ERROR, error, &id)
        });
        let outcome = response.extensions_mut().remove::<Outcome>().unwrap_or_default();
        let is_probe = matches!(path.as_str(), "/healthz" | "/readyz") && response.status().is_success();
        if !is_probe {
            tracing::info!(
                %method,
                path,
                operation = outcome.operation.as_deref().map(cut),
                kind = outcome.kind,
                user = outcome.user.map(tracing::field::display),
                status = response.status().as_u16(),
                errors = outcome.errors(),
                duration_ms = started.elapsed().as_secs_f64() * 1_000.0,
                "request"
            );
        }
        if let Ok(id) = HeaderValue::try_from(&id) {
            response.headers_mut().insert(REQUEST_ID, id);
        }
        response.headers_mut().insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        response
    }
    .instrument(span)
    .await
}

/// Answers for a request that takes longer than `limit`. Its transaction, dropped with it, is rolled back.
pub async fn limit_time(
    State(limit): State<Duration>,
    Extension(id): Extension<RequestId>,
    request: Request,
    next: Next,
) -> Response<Body> {
    tokio::time::timeout(limit, next.run(request)).await.unwrap_or_else(|_| {
        let message = "The request took longer than the server allows. Ask for less, or try again in a moment.";
        response::failed(StatusCode::SERVICE_UNAVAILABLE, Error::new(ErrorCode::Unavailable, message), &id.0)
    })
}

/// A client's own id, where it can stand in a log line.
fn clients_id(headers: &HeaderMap) -> Option<String> {
    let id = headers.get(REQUEST_ID)?.to_str().ok()?;
    let is_sane = (1..=MAX_LOGGED_BYTES).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte));
    is_sane.then(|| id.to_owned())
}

fn cut(text: &str) -> &str {
    &text[..text.floor_char_boundary(MAX_LOGGED_BYTES)]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn logged(id: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(REQUEST_ID, HeaderValue::from_str(id).unwrap());
        clients_id(&headers)
    }

    #[test]
    fn only_client_ids_that_can_stand_in_a_log_line_are_logged() {
        assert_eq!(logged("Abc-1_2.3").as_deref(), Some("Abc-1_2.3"));
        for id in ["", "a b", "a\tb", "{}", "a=b", &"x".repeat(129)] {
            assert_eq!(logged(id), None, "{id}");
        }
        assert!(logged(&"x".repeat(128)).is_some());
        assert_eq!(clients_id(&HeaderMap::new()), None);
    }
}
