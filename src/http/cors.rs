//! Which pages of other origins may call (CORS): those of the configured origins, with what they ask for.

use std::{sync::Arc, time::Duration};

use axum::http::{
    HeaderValue, Method,
    header::{CONTENT_DISPOSITION, RETRY_AFTER, WWW_AUTHENTICATE},
};
use tower_http::cors::{AllowCredentials, AllowHeaders, AllowOrigin, CorsLayer};

use super::middleware::REQUEST_ID;
use crate::config::Config;

/// How long a browser may remember what it may send.
const MAX_AGE: Duration = Duration::from_hours(1);

/// Answers a browser that asks before it sends, and says in other answers which page may read them. All headers that a
/// page asks for are allowed: clients add some for tracing or for a proxy, and none opens anything here but
/// `Authorization`, for which a page has a token only from whoever signed in there.
pub fn layer(config: Arc<Config>) -> CorsLayer {
    let is_allowed = move |origin: &HeaderValue| origin.to_str().is_ok_and(|origin| config.allows_origin(origin));
    let may_send_cookies = is_allowed.clone();
    CorsLayer::new()
        .allow_origin(AllowOrigin::predicate(move |origin, _| is_allowed(origin)))
        .allow_credentials(AllowCredentials::predicate(move |origin, _| may_send_cookies(origin)))
        .allow_methods([Method::GET, Method::POST, Method::PUT])
        .allow_headers(AllowHeaders::mirror_request())
        .expose_headers([REQUEST_ID, CONTENT_DISPOSITION, RETRY_AFTER, WWW_AUTHENTICATE])
        .max_age(MAX_AGE)
}
