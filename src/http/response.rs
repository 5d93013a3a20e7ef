//! From an answer to an HTTP response.

use async_graphql::{ErrorExtensionValues, ServerError, Value};
use axum::{
    body::Body,
    http::{
        HeaderMap, HeaderValue, Response, StatusCode,
        header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, WWW_AUTHENTICATE},
    },
};
use serde::Serialize;

use super::{accept::MediaType, refusal::Refusal};
use crate::error::Error;

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
pub fn answered(answer: Answer, media: MediaType, request_id: &str) -> Response<Body> {
    let mut response = json(StatusCode::OK, media, publish(answer.errors, request_id), Some(answer.data));
    response.headers_mut().extend(answer.headers);
    response
}

/// The response to what was not. It has no `data`.
pub fn refused(refusal: Refusal, media: MediaType, request_id: &str) -> Response<Body> {
    let status = refusal.status(media);
    let mut errors = publish(refusal.errors, request_id);
    errors.truncate(MOST_REFUSALS);
    let mut response = json(status, media, errors, None);
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

fn json(status: StatusCode, media: MediaType, errors: Vec<ServerError>, data: Option<Value>) -> Response<Body> {
    let (status, body) = match serde_json::to_vec(&Payload { errors, data }) {
        Ok(body) => (status, body),
        Err(error) => {
            tracing::error!(%error, "an answer cannot be written as JSON");
            (StatusCode::INTERNAL_SERVER_ERROR, Vec::new())
        }
    };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media.content_type()));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
