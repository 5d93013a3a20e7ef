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

use super::{address, response};
use crate::{
    error::{Error, ErrorCode},
    id::{self, Kind},
    measures,
};

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
        measures::answered(self.kind, self.codes.first().map_or_else(|| "OK".to_owned(), Clone::clone), duration);
        tracing::info!(
            operation = self.operation.as_deref().map(cut),
            kind = self.kind,
            user = self.user(),
            errors = self.errors(),
            duration_ms = duration.as_secs_f64() * 1_000.0,
            "operation"
        );
    }

    /// As the API names them.
    fn user(&self) -> Option<String> {
        self.user.map(|user| id::encode(Kind::User, user).to_string())
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
///
/// `proxies` are those that append their client's address.
pub async fn observe(State(proxies): State<usize>, request: Request, next: Next) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let address = address::find(&parts, proxies);
    let mut request = Request::from_parts(parts, body);
    // Never the client's: the audit trail relies on it.
    let id = Uuid::now_v7().to_string();
    let clients_id = clients_id(request.headers());
    let trace_id = trace_id(request.headers());
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
        let code = outcome.codes.first().cloned().unwrap_or_else(|| match response.status() {
            status if status.is_success() || status.is_redirection() => "OK".to_owned(),
            status => status.as_str().to_owned(),
        });
        measures::answered(outcome.kind, code, started.elapsed());
        let is_probe = matches!(path.as_str(), "/healthz" | "/readyz") && response.status().is_success();
        if !is_probe {
            tracing::info!(
                request_id = %id,
                trace_id,
                client = address.map(tracing::field::display),
                %method,
                path,
                operation = outcome.operation.as_deref().map(cut),
                kind = outcome.kind,
                user = outcome.user(),
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

/// The trace that the request is part of, as `traceparent` says (W3C Trace Context, version 00).
fn trace_id(headers: &HeaderMap) -> Option<String> {
    let mut parts = headers.get("traceparent")?.to_str().ok()?.split('-');
    let (version, trace_id, parent_id, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
    let is_hex = |text: &str, length| {
        text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    };
    let is_valid = version == "00" && is_hex(trace_id, 32) && is_hex(parent_id, 16) && is_hex(flags, 2);
    let is_set = trace_id.bytes().any(|byte| byte != b'0') && parent_id.bytes().any(|byte| byte != b'0');
    (is_valid && is_set && parts.next().is_none()).then(|| trace_id.to_owned())
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
    fn a_trace_is_named_where_the_header_is_what_it_should_be() {
        let found = |text: &str| {
            let mut headers = HeaderMap::new();
            headers.insert("traceparent", HeaderValue::from_str(text).unwrap());
            trace_id(&headers)
        };
        let (trace, parent) = ("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331");
        assert_eq!(found(&format!("00-{trace}-{parent}-01")).as_deref(), Some(trace));
        let zeros = "0".repeat(32);
        for text in [
            String::new(),
            format!("01-{trace}-{parent}-01"),
            format!("00-{trace}-{parent}"),
            format!("00-{trace}-{parent}-01-x"),
            format!("00-{zeros}-{parent}-01"),
            format!("00-{}-{parent}-01", trace.to_uppercase()),
            format!("00-{trace}x-{parent}-01"),
        ] {
            assert_eq!(found(&text), None, "{text}");
        }
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
