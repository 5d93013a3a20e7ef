//! What can go wrong, said once: [`Error`], its codes, and the one conversion to a GraphQL error. [`Problems`] collects
//! all that is wrong with one input.
//!
//! `Error` is deliberately neither [`std::fmt::Display`] nor [`std::error::Error`]: nothing but the
//! conversion below can turn it, or a database error inside it, into text that a client sees. A
//! failure of ours travels as [`Error::internal`]; the cause is logged and never answered.

use std::{borrow::Cow, fmt::Debug, sync::Arc};

use async_graphql::{Enum, ErrorExtensionValues, Name, Value};
use gateway::{DEFECT, PROBLEMS};

/// The result of everything that can fail towards a client.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a request, or a field of it, failed. Every error carries one of these as `extensions.code`.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// There is no valid access token or refresh token, or its session or user is no longer active. Refresh the session, or sign in again.
    Unauthenticated,
    /// The e-mail address or the password is wrong, or the account is not active; at `changePassword`, the current password is wrong. Ask the person again: nobody is signed out.
    InvalidCredentials,
    /// The signed-in user's role does not allow this.
    Forbidden,
    /// Nothing with this id exists.
    NotFound,
    /// An input has an invalid value. `extensions.field` is the path to it from the argument, such as `input.amount`; the limit that it exceeds is in `min`, `max`, `minLength`, `maxLength`, `maxItems` or `pattern`. Every problem of an input is an error of its own, in the order of the input.
    BadUserInput,
    /// The change conflicts with stored data, for example a name or e-mail address that is already taken.
    Conflict,
    /// Somebody changed the object after it was read; `extensions.currentVersion` is its current version.
    VersionConflict,
    /// The record's day, before or after the change, is in a period whose books are closed; `extensions.closedThrough` is the last closed day. An admin can reopen the books.
    PeriodClosed,
    /// The idempotency key was already used with different input.
    IdempotencyKeyReused,
    /// Too many attempts; try again after `extensions.retryAfter` seconds.
    RateLimited,
    /// The operation is too large, too deep or too costly.
    QueryTooComplex,
    /// The server does not have the document with this `sha256Hash`: it never got it, has dropped it, or does not keep it because it takes a password or a token, or is very long. Send its text in `query`, with the same hash.
    PersistedQueryNotFound,
    /// The cursor of `changes` or `changed` is of no use any more: the history before it was removed, the books were restored from a copy, or the user's role has changed. Start again without `after`.
    CursorExpired,
    /// The document has a GraphQL syntax error.
    GraphqlParseFailed,
    /// The document is not valid for this schema, or the request does not match the document.
    GraphqlValidationFailed,
    /// Registration is switched off; an admin creates users.
    RegistrationClosed,
    /// The database cannot be reached or is overloaded. Try again. Usually nothing was changed; if the connection was lost during the commit, the change may have been made. Retrying with the same idempotency key is safe.
    Unavailable,
    /// An error in the server. Its log has the details, under the request id.
    InternalServerError,
}

impl ErrorCode {
    /// The code as it stands in `extensions.code`.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unauthenticated => "UNAUTHENTICATED",
            Self::InvalidCredentials => "INVALID_CREDENTIALS",
            Self::Forbidden => "FORBIDDEN",
            Self::NotFound => "NOT_FOUND",
            Self::BadUserInput => "BAD_USER_INPUT",
            Self::Conflict => "CONFLICT",
            Self::VersionConflict => "VERSION_CONFLICT",
            Self::PeriodClosed => "PERIOD_CLOSED",
            Self::IdempotencyKeyReused => "IDEMPOTENCY_KEY_REUSED",
            Self::RateLimited => "RATE_LIMITED",
            Self::QueryTooComplex => "QUERY_TOO_COMPLEX",
            Self::PersistedQueryNotFound => "PERSISTED_QUERY_NOT_FOUND",
            Self::CursorExpired => "CURSOR_EXPIRED",
            Self::GraphqlParseFailed => "GRAPHQL_PARSE_FAILED",
            Self::GraphqlValidationFailed => "GRAPHQL_VALIDATION_FAILED",
            Self::RegistrationClosed => "REGISTRATION_CLOSED",
            Self::Unavailable => "UNAVAILABLE",
            Self::InternalServerError => "INTERNAL_SERVER_ERROR",
        }
    }
}

/// A failure: a code, a sentence for people, and what a program needs to act on it.
///
/// It may come with others: the problems of one input travel as one error, the first of them, and reach the client as
/// one error each.
#[derive(Clone, Debug)]
pub struct Error {
    code: ErrorCode,
    message: Cow<'static, str>,
    /// The path to the input field at fault. It begins wherever the code that reports it begins: callers prefix theirs.
    field: Option<Cow<'static, str>>,
    extensions: Vec<(&'static str, Value)>,
    /// The input's other problems; these have no others themselves.
    others: Vec<Self>,
    /// What happened underneath; for the log only.
    cause: Option<Arc<str>>,
}

impl Error {
    /// An error of `code` whose `message` says what was wrong and what would be right.
    #[must_use]
    pub fn new(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code, message: message.into(), field: None, extensions: Vec::new(), others: Vec::new(), cause: None }
    }

    /// `BAD_USER_INPUT` in the input field `field`.
    #[must_use]
    pub fn bad_input(field: &'static str, message: impl Into<Cow<'static, str>>) -> Self {
        Self::bad_value(message).at(field)
    }

    /// `BAD_USER_INPUT` of a value that does not know which field it is in.
    #[must_use]
    pub fn bad_value(message: impl Into<Cow<'static, str>>) -> Self {
        Self::new(ErrorCode::BadUserInput, message)
    }

    /// `NOT_FOUND` for an id of the `noun` in the input field `field`.
    #[must_use]
    pub fn not_found(field: &'static str, noun: &str) -> Self {
        Self::new(ErrorCode::NotFound, format!("There is no {noun} with this id.")).at(field)
    }

    /// `VERSION_CONFLICT` with the version that the object has now.
    #[must_use]
    pub fn version_conflict(current: i32) -> Self {
        Self::new(ErrorCode::VersionConflict, "Somebody changed this after you read it. Reload it and try again.")
            .at("expectedVersion")
            .with("currentVersion", current)
    }

    /// `INTERNAL_SERVER_ERROR`; `cause` is logged, never answered.
    #[must_use]
    pub fn internal(cause: impl Debug) -> Self {
        Self { cause: Some(format!("{cause:?}").into()), ..Self::new(ErrorCode::InternalServerError, DEFECT) }
    }

    /// `UNAVAILABLE`; `cause` is logged, never answered.
    #[must_use]
    pub fn unavailable(cause: impl Debug) -> Self {
        Self {
            cause: Some(format!("{cause:?}").into()),
            ..Self::new(ErrorCode::Unavailable, "The database cannot be reached right now. Try again in a moment.")
        }
    }

    /// The same error with what happened underneath, which is logged, never answered.
    #[must_use]
    pub(crate) fn because(self, cause: impl Debug) -> Self {
        Self { cause: Some(format!("{cause:?}").into()), ..self }
    }

    /// The same error with one more entry in its `extensions`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<Value>) -> Self {
        self.extensions.push((name, value.into()));
        self
    }

    /// The same error, about the input field `field`.
    #[must_use]
    pub fn at(mut self, field: impl Into<Cow<'static, str>>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The same error as seen from outside the argument or input field `outer`.
    #[must_use]
    pub fn within(mut self, outer: &str) -> Self {
        self.field = self.field.map(|field| format!("{outer}.{field}").into());
        self.others = self.others.into_iter().map(|other| other.within(outer)).collect();
        self
    }

    /// The same error as seen from outside the argument `input`, which every mutation has.
    #[must_use]
    pub fn in_input(self) -> Self {
        self.within("input")
    }

    /// Which of the published codes this is.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        self.code
    }

    /// The sentence for people.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The path to the input field at fault.
    pub(crate) fn field(&self) -> Option<&str> {
        self.field.as_deref()
    }

    /// The entry `name` of its `extensions`.
    pub(crate) fn fact(&self, name: &str) -> Option<&Value> {
        self.extensions.iter().find(|(fact, _)| *fact == name).map(|(_, value)| value)
    }

    /// It, and those that came with it, each by itself.
    pub(crate) fn each(mut self) -> impl Iterator<Item = Self> {
        let others = std::mem::take(&mut self.others);
        std::iter::once(self).chain(others)
    }

    /// What happened underneath, for the log; `None` where the message says it all.
    #[must_use]
    pub fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }
}

/// What is wrong with one input: everything is read before anything is refused.
#[derive(Debug, Default)]
pub struct Problems(Vec<Error>);

impl Problems {
    /// The value, or `None` where it has a problem, which is remembered. Read in the order of the input.
    pub fn read<T>(&mut self, result: Result<T>) -> Option<T> {
        result.map_err(|error| self.add(error)).ok()
    }

    /// Remembers one more problem, or several.
    pub fn add(&mut self, mut error: Error) {
        let others = std::mem::take(&mut error.others);
        self.0.push(error);
        self.0.extend(others);
    }

    /// `value`, if nothing was wrong; it is `None` only where something was.
    ///
    /// # Errors
    /// All problems, in the order in which they were found.
    pub fn finish<T>(self, value: Option<T>) -> Result<T> {
        let mut problems = self.0.into_iter();
        match (problems.next(), value) {
            (Some(first), _) => Err(Error { others: problems.collect(), ..first }),
            (None, Some(value)) => Ok(value),
            (None, None) => Err(Error::internal("an input was refused without a problem")),
        }
    }
}

/// The only way from our error to text that a client sees. A cause is logged here, inside the
/// request's span, so that its line carries the request id.
impl From<Error> for async_graphql::Error {
    fn from(mut error: Error) -> Self {
        let others = std::mem::take(&mut error.others);
        let (message, mut extensions) = error.published();
        if !others.is_empty() {
            let mut problems = vec![problem(message.clone(), &extensions)];
            problems.extend(others.into_iter().map(Error::published).map(|(message, facts)| problem(message, &facts)));
            extensions.push((PROBLEMS, Value::List(problems)));
        }
        let mut values = ErrorExtensionValues::default();
        for (name, value) in extensions {
            values.set(name, value);
        }
        Self { message, source: None, extensions: Some(values) }
    }
}

impl Error {
    /// The message, and the extensions in their order; the cause goes into the log.
    fn published(self) -> (String, Vec<(&'static str, Value)>) {
        if let Some(cause) = &self.cause {
            tracing::error!(code = self.code.as_str(), %cause, "a request failed");
        }
        let mut extensions = vec![("code", self.code.as_str().into())];
        extensions.extend(self.field.map(|field| ("field", field.as_ref().into())));
        extensions.extend(self.extensions);
        (self.message.into_owned(), extensions)
    }
}

fn problem(message: String, extensions: &[(&'static str, Value)]) -> Value {
    let extensions = extensions.iter().map(|(name, value)| (Name::new(name), value.clone())).collect();
    let problem = [("message", Value::from(message)), ("extensions", Value::Object(extensions))];
    Value::Object(problem.into_iter().map(|(name, value)| (Name::new(name), value)).collect())
}
