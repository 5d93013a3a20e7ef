//! Which pages of other origins may call (CORS): those of the configured origins, with what they ask for.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Extension, Request, State},
    http::{
        HeaderMap, HeaderValue, Method, Response, StatusCode,
        header::{
            ACCESS_CONTROL_ALLOW_CREDENTIALS, ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS,
            ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE,
            ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
        },
    },
    middleware::Next,
};

use super::{middleware::RequestId, response};
use crate::{
    config::Config,
    error::{Error, ErrorCode},
};

const METHODS: HeaderValue = HeaderValue::from_static("GET, POST, PUT");
/// What a page's script may read, beside what it always may.
const EXPOSED: HeaderValue =
    HeaderValue::from_static("x-request-id, retry-after, content-disposition, www-authenticate");
/// How long a browser may remember what it may send: an hour.
const MAX_AGE: HeaderValue = HeaderValue::from_static("3600");
const TRUE: HeaderValue = HeaderValue::from_static("true");

/// Answers a browser that asks before it sends (a preflight), and says in other answers which page may read them.
pub async fn allow(
    State(config): State<Arc<Config>>,
    Extension(id): Extension<RequestId>,
    request: Request,
    next: Next,
) -> Response<Body> {
    let origin = request.headers().get(ORIGIN).cloned();
    let is_allowed = origin.as_ref().and_then(|origin| origin.to_str().ok()).is_some_and(|it| config.allows_origin(it));
    let allowed = origin.filter(|_| is_allowed);
    let is_preflight =
        request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let mut response = match (is_preflight, &allowed) {
        (false, _) => next.run(request).await,
        (true, Some(_)) => preflight(request.headers()),
        (true, None) => {
            let message = "Pages of this origin may not call the server: CORS_ORIGINS does not name it.";
            response::failed(StatusCode::FORBIDDEN, Error::new(ErrorCode::Forbidden, message), &id.0)
        }
    };
    let headers = response.headers_mut();
    if config.cors_origins.iter().any(|origin| !origin.is_empty()) {
        headers.append(VARY, HeaderValue::from_static("origin"));
    }
    if let Some(origin) = allowed {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_ALLOW_CREDENTIALS, TRUE);
        if !is_preflight {
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
    }
    response
}

/// Allows the headers that are asked for, whichever they are: clients add some for tracing or for a proxy. No header
/// opens anything here but `Authorization`, and a page has a token only from whoever signed in there.
fn preflight(asked: &HeaderMap) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
    headers.insert(VARY, HeaderValue::from_static("access-control-request-headers"));
    if let Some(names) = asked.get(ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    response
}
