//! A request of which nothing was executed, and why.

use std::borrow::Cow;

use async_graphql::ServerError;
use axum::http::StatusCode;
use gateway::{Reason, code};

use super::accept::MediaType;
use crate::error::{Error, ErrorCode};

/// Why nothing was executed.
#[derive(Debug)]
pub struct Refusal {
    /// The status; where there is none, it depends on the answer's media type.
    pub status: Option<StatusCode>,
    /// The methods that would have been right.
    pub allow: Option<&'static str>,
    /// One or more.
    pub errors: Vec<ServerError>,
}

impl Refusal {
    /// A refusal with one status, whatever the media type.
    pub fn new(status: StatusCode, error: Error) -> Self {
        Self { status: Some(status), allow: None, errors: vec![server_error(error)] }
    }

    /// 405, with the methods to `allow`.
    pub fn method_not_allowed(allow: &'static str, message: &'static str) -> Self {
        let error = Error::new(ErrorCode::BadUserInput, message);
        Self { allow: Some(allow), ..Self::new(StatusCode::METHOD_NOT_ALLOWED, error) }
    }

    /// The status under `media`. A request that was understood and not accepted is 200 to those who
    /// asked for plain JSON: their clients look at the status before they look at the errors.
    pub fn status(&self, media: MediaType) -> StatusCode {
        let unauthenticated = self.errors.iter().any(|error| code(error) == Some("UNAUTHENTICATED"));
        match (self.status, media) {
            (Some(status), _) => status,
            (None, MediaType::Json) => StatusCode::OK,
            (None, MediaType::GraphqlResponse) if unauthenticated => StatusCode::UNAUTHORIZED,
            (None, MediaType::GraphqlResponse) => StatusCode::BAD_REQUEST,
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let status = match error.code() {
            // Not a mistake: clients look for it in the body of a 200, as Apollo Server answers it.
            ErrorCode::PersistedQueryNotFound => Some(StatusCode::OK),
            ErrorCode::QueryTooComplex => Some(StatusCode::BAD_REQUEST),
            ErrorCode::RateLimited => Some(StatusCode::TOO_MANY_REQUESTS),
            ErrorCode::Unavailable => Some(StatusCode::SERVICE_UNAVAILABLE),
            ErrorCode::InternalServerError => Some(StatusCode::INTERNAL_SERVER_ERROR),
            _ => None,
        };
        Self { status, allow: None, errors: vec![server_error(error)] }
    }
}

impl From<gateway::Refusal> for Refusal {
    fn from(refusal: gateway::Refusal) -> Self {
        let status = match refusal.reason {
            Reason::Limit => Some(StatusCode::BAD_REQUEST),
            Reason::Invalid => None,
            Reason::Defect => Some(StatusCode::INTERNAL_SERVER_ERROR),
        };
        Self { status, allow: None, errors: refusal.errors }
    }
}

/// 400 for a request that cannot be read.
pub fn bad(message: impl Into<Cow<'static, str>>) -> Refusal {
    Refusal::new(StatusCode::BAD_REQUEST, Error::new(ErrorCode::BadUserInput, message))
}

/// The error as the executor would report it, at no place in the document.
fn server_error(error: Error) -> ServerError {
    let error = async_graphql::Error::from(error);
    let mut reported = ServerError::new(error.message, None);
    reported.extensions = error.extensions;
    reported
}
