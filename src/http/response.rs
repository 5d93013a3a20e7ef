//! From an answer to an HTTP response.

use std::io::{self, Write};

use async_graphql::{ErrorExtensionValues, ServerError, Value};
use axum::{
    body::Body,
    http::{
        HeaderMap, HeaderValue, Response, StatusCode,
        header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
    },
};
use serde::Serialize;

use super::{accept::MediaType, refusal::Refusal};
use crate::error::{Error, ErrorCode};

/// Most errors that a request is refused with. Those of an answer are counted in [`super::problems`].
const MOST_REFUSALS: usize = 20;

/// What was executed, all or in part.
#[derive(Debug)]
pub struct Answer {
    /// What the operation selected.
    pub data: Value,
    /// What of it failed.
    pub errors: Vec<ServerError>,
    /// Headers that resolvers set.
    pub headers: HeaderMap,
}

/// The response to what was executed.
pub fn answered(answer: Answer, media: MediaType, request_id: &str, max_bytes: usize) -> Response<Body> {
    let payload = Payload { errors: publish(answer.errors, request_id), data: Some(answer.data) };
    let mut body = Bounded { bytes: Vec::new(), max_bytes };
    let written = serde_json::to_writer(&mut body, &payload);
    if written.is_err_and(|error| error.is_io()) {
        let message = format!(
            "The operation was carried out, but its answer has more than {max_bytes} bytes. Ask for fewer fields, or for shorter pages."
        );
        let error = Error::new(ErrorCode::QueryTooComplex, message).with("limit", max_bytes);
        return refused(error.into(), media, request_id);
    }
    let mut response = whole(StatusCode::OK, media, body.bytes);
    response.headers_mut().extend(answer.headers);
    response
}

/// The response to what was not. It has no `data`.
pub fn refused(refusal: Refusal, media: MediaType, request_id: &str) -> Response<Body> {
    let status = refusal.status(media);
    let mut errors = publish(refusal.errors, request_id);
    errors.truncate(MOST_REFUSALS);
    let retry_after = errors.iter().find_map(retry_after);
    let mut response = json(status, media, errors, None);
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
pub fn failed(status: StatusCode, error: Error, request_id: &str) -> Response<Body> {
    refused(Refusal::new(status, error), MediaType::Json, request_id)
}

/// In how many seconds it makes sense to try again, where the error says that.
fn retry_after(error: &ServerError) -> Option<HeaderValue> {
    match error.extensions.as_ref()?.get("retryAfter")? {
        Value::Number(seconds) => HeaderValue::try_from(seconds.to_string()).ok(),
        _ => None,
    }
}

/// The errors, each with the request's id.
fn publish(mut errors: Vec<ServerError>, request_id: &str) -> Vec<ServerError> {
    errors.dedup();
    for error in &mut errors {
        error.extensions.get_or_insert_with(ErrorExtensionValues::default).set("requestId", request_id);
    }
    errors
}

#[derive(Serialize)]
struct Payload {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<ServerError>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data: Option<Value>,
}

/// Takes so many bytes and no more.
struct Bounded {
    bytes: Vec<u8>,
    max_bytes: usize,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.bytes.len() + bytes.len() > self.max_bytes {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn json(status: StatusCode, media: MediaType, errors: Vec<ServerError>, data: Option<Value>) -> Response<Body> {
    let (status, body) = match serde_json::to_vec(&Payload { errors, data }) {
        Ok(body) => (status, body),
        Err(error) => {
            tracing::error!(%error, "an answer cannot be written as JSON");
            (StatusCode::INTERNAL_SERVER_ERROR, Vec::new())
        }
    };
    whole(status, media, body)
}

fn whole(status: StatusCode, media: MediaType, body: Vec<u8>) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media.content_type()));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_that_says_when_to_try_again_says_it_in_a_header_too() {
        let refuse = |error: Error| refused(error.into(), MediaType::Json, "r1");
        let busy = refuse(Error::new(ErrorCode::RateLimited, "Too many.").with("retryAfter", 3));
        assert_eq!(busy.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(busy.headers()[RETRY_AFTER], "3");
        assert!(!refuse(Error::bad_input("first", "No.")).headers().contains_key(RETRY_AFTER));
    }
}
