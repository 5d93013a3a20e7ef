//! From an answer to an HTTP response.

use async_graphql::{ErrorExtensionValues, Response, ServerError, Value};
use axum::{
    body::Body,
    http::{
        HeaderValue, Response as HttpResponse, StatusCode,
        header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, LOCATION, RETRY_AFTER, WWW_AUTHENTICATE},
    },
};
use gateway::answer;

use super::{accept::MediaType, refusal::Refusal};
use crate::error::Error;

/// Most errors that a request is refused with. Those of an answer are counted in the gateway.
const MOST_REFUSALS: usize = 20;

/// The response to what was executed.
pub fn answered(answer: Response, media: MediaType, request_id: &str, max_bytes: usize) -> HttpResponse<Body> {
    let errors = publish(answer.errors, request_id);
    match answer::write(Some(&answer.data), &errors, max_bytes) {
        Ok(body) => {
            let mut response = whole(StatusCode::OK, media, body);
            response.headers_mut().extend(answer.http_headers);
            response
        }
        Err(refusal) => refused(refusal.into(), media, request_id),
    }
}

/// The response to what was not. It has no `data`.
pub fn refused(refusal: Refusal, media: MediaType, request_id: &str) -> HttpResponse<Body> {
    let status = refusal.status(media);
    let mut errors = publish(refusal.errors, request_id);
    errors.truncate(MOST_REFUSALS);
    let retry_after = errors.iter().find_map(retry_after);
    let (status, body) = match answer::write(None, &errors, usize::MAX) {
        Ok(body) => (status, body),
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, Vec::new()),
    };
    let mut response = whole(status, media, body);
    if let Some(seconds) = retry_after {
        response.headers_mut().insert(RETRY_AFTER, seconds);
    }
    if let Some(methods) = refusal.allow {
        response.headers_mut().insert(ALLOW, HeaderValue::from_static(methods));
    }
    if status == StatusCode::UNAUTHORIZED {
        let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
        response.headers_mut().insert(WWW_AUTHENTICATE, challenge);
    }
    response
}

/// The response to a request that never came as far as GraphQL.
pub fn failed(status: StatusCode, error: Error, request_id: &str) -> HttpResponse<Body> {
    refused(Refusal::new(status, error), MediaType::Json, request_id)
}

/// The response to who is better served at the path `location`.
pub fn see_other(location: &'static str) -> HttpResponse<Body> {
    let mut response = HttpResponse::new(Body::empty());
    *response.status_mut() = StatusCode::SEE_OTHER;
    response.headers_mut().insert(LOCATION, HeaderValue::from_static(location));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// In how many seconds it makes sense to try again, where the error says that.
fn retry_after(error: &ServerError) -> Option<HeaderValue> {
    match error.extensions.as_ref()?.get("retryAfter")? {
        Value::Number(seconds) => HeaderValue::try_from(seconds.to_string()).ok(),
        _ => None,
    }
}

/// The errors, each with the request's id.
pub(super) fn publish(mut errors: Vec<ServerError>, request_id: &str) -> Vec<ServerError> {
    errors.dedup();
    for error in &mut errors {
        error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("requestId", request_id);
    }
    errors
}

fn whole(status: StatusCode, media: MediaType, body: Vec<u8>) -> HttpResponse<Body> {
    let mut response = HttpResponse::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media.content_type()));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ErrorCode;

    #[test]
    fn a_refusal_that_says_when_to_try_again_says_it_in_a_header_too() {
        let refuse = |error: Error| refused(error.into(), MediaType::Json, "r1");
        let busy = refuse(Error::new(ErrorCode::RateLimited, "Too many.").with("retryAfter", 3));
        assert_eq!(busy.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(busy.headers()[RETRY_AFTER], "3");
        assert!(!refuse(Error::bad_input("first", "No.")).headers().contains_key(RETRY_AFTER));
    }
}
