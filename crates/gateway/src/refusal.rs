//! An operation of which nothing was executed, and why.

use std::{any::Any, fmt::Debug};

use async_graphql::{ErrorExtensionValues, Pos, ServerError, Value};

/// What a client is told of a defect; the log has the rest.
pub const DEFECT: &str = "Something went wrong on the server. Quote the request id when you report it.";

/// The codes that the gateway itself gives, each the `extensions.code` of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Code {
    BadUserInput,
    GraphqlParseFailed,
    GraphqlValidationFailed,
    InternalServerError,
    QueryTooComplex,
}

impl Code {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::GraphqlParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::GraphqlValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::InternalServerError => "INTERNAL_SERVER_ERROR",
            Self::QueryTooComplex => "QUERY_TOO_COMPLEX",
        }
    }
}

/// Why nothing was executed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It is too large, too deep or too costly, or has no end.
    Limit,
    /// It is not GraphQL, or not of this schema.
    Invalid,
    /// A resolver panicked.
    Defect,
}

/// An operation of which nothing was executed.
#[derive(Clone, Debug)]
pub struct Refusal {
    /// Why, in a word.
    pub reason: Reason,
    /// Why, in one or more errors.
    pub errors: Vec<ServerError>,
}

impl Refusal {
    pub(crate) fn new(reason: Reason, code: Code, message: impl Into<String>) -> Self {
        Self { reason, errors: vec![ServerError::new(message, None)] }.with("code", code.as_str())
    }

    /// `QUERY_TOO_COMPLEX`.
    pub(crate) fn too_complex(message: impl Into<String>) -> Self {
        Self::new(Reason::Limit, Code::QueryTooComplex, message)
    }

    /// `GRAPHQL_VALIDATION_FAILED`.
    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(Reason::Invalid, Code::GraphqlValidationFailed, message)
    }

    /// `INTERNAL_SERVER_ERROR`; `cause` is logged, never answered.
    pub(crate) fn defect(cause: impl Debug) -> Self {
        let (code, cause) = (Code::InternalServerError, format!("{cause:?}"));
        // Under the server's own name, which is what an operator sets the level of.
        tracing::error!(target: "tallybook::gateway", code = code.as_str(), %cause, "a request failed");
        Self::new(Reason::Defect, code, DEFECT)
    }

    /// `INTERNAL_SERVER_ERROR` for what a resolver threw.
    pub(crate) fn panicked(panic: &(dyn Any + Send)) -> Self {
        Self::defect(panic_message(panic))
    }

    /// The same with one more entry in the `extensions` of its errors.
    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        for error in &mut self.errors {
            error.extensions.get_or_insert_with(ErrorExtensionValues::default).set(name, value.clone());
        }
        self
    }

    /// The same at these places of the document.
    pub(crate) fn at(mut self, locations: &[Pos]) -> Self {
        for error in &mut self.errors {
            error.locations = locations.to_vec();
        }
        self
    }

    /// The code of the first error.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        code(self.errors.first()?)
    }

    /// The message of the first error.
    #[must_use]
    pub fn message(&self) -> &str {
        self.errors.first().map_or("", |error| &error.message)
    }
}

/// The code of an error, where it has one.
#[must_use]
pub fn code(error: &ServerError) -> Option<&str> {
    match error.extensions.as_ref()?.get("code")? {
        Value::String(code) => Some(code),
        _ => None,
    }
}

/// What a panic said, for the log.
#[must_use]
pub fn panic_message(panic: &(dyn Any + Send)) -> String {
    let said = panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("panicked: {}", said.unwrap_or("without a message"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_logged_with_what_it_said() {
        let panic = std::panic::catch_unwind(|| panic!("no {}", "way")).unwrap_err();
        assert_eq!(panic_message(panic.as_ref()), "panicked: no way");
        assert_eq!(panic_message(&1), "panicked: without a message");
    }
}
