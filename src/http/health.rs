//! Whether the process lives, and whether it can serve.

use std::{sync::atomic::Ordering, time::Duration};

use axum::{
    body::Body,
    extract::{Extension, State},
    http::{HeaderValue, Response, StatusCode, header},
};

use super::{middleware::RequestId, response};
use crate::{
    error::{Error, ErrorCode},
    services::Services,
};

/// Longest that the database may take to say that it is there.
const PATIENCE: Duration = Duration::from_secs(4);

/// The process answers.
pub async fn live() -> Response<Body> {
    ok()
}

/// The server is not about to stop, the database answers, its tables are those that this program was written for, and its
/// file is in its place.
pub async fn ready(State(services): State<Services>, Extension(request_id): Extension<RequestId>) -> Response<Body> {
    if services.stopping.load(Ordering::Relaxed) {
        let error = Error::new(ErrorCode::Unavailable, "The server is stopping. Ask another one.");
        return response::failed(StatusCode::SERVICE_UNAVAILABLE, error, &request_id.0);
    }
    let ready = match tokio::time::timeout(PATIENCE, services.db.check_ready()).await {
        Ok(ready) => ready,
        Err(timeout) => Err(Error::unavailable(timeout)),
    };
    match ready {
        Ok(()) => ok(),
        Err(error) => response::failed(StatusCode::SERVICE_UNAVAILABLE, error, &request_id.0),
    }
}

fn ok() -> Response<Body> {
    let mut response = Response::new(Body::from("{\"status\":\"ok\"}"));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
