//! Problems as data: why a part of an input was left out, where the rest was not refused for it.

use async_graphql::{Description, Object, Value};

use crate::{
    error::{Error, ErrorCode},
    scalars::Date,
};

/// Why a record was left out: what would be an error, were it not to be skipped.
#[derive(Description)]
pub(super) struct RecordProblem(pub(super) Error);

impl RecordProblem {
    fn text(&self, fact: &str) -> Option<String> {
        match self.0.fact(fact)? {
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    fn number(&self, fact: &str) -> Option<i32> {
        match self.0.fact(fact)? {
            Value::Number(number) => number.as_i64().and_then(|number| number.try_into().ok()),
            _ => None,
        }
    }
}

#[Object(use_type_description)]
impl RecordProblem {
    /// What is wrong, for programs.
    async fn code(&self) -> ErrorCode {
        self.0.code()
    }

    /// The path to it from the argument, such as `input.records.3.amount`.
    async fn field(&self) -> Option<&str> {
        self.0.field()
    }

    /// What is wrong, for people.
    async fn message(&self) -> &str {
        self.0.message()
    }

    /// The smallest value allowed, where the value is too small or too large.
    async fn min(&self) -> Option<String> {
        self.text("min")
    }

    /// The greatest value allowed, where the value is too small or too large.
    async fn max(&self) -> Option<String> {
        self.text("max")
    }

    /// The fewest characters, where the text is too short.
    async fn min_length(&self) -> Option<i32> {
        self.number("minLength")
    }

    /// The most characters, where the text is too long.
    async fn max_length(&self) -> Option<i32> {
        self.number("maxLength")
    }

    /// The regular expression that the text does not match.
    async fn pattern(&self) -> Option<String> {
        self.text("pattern")
    }

    /// The last closed day, where the record's day is closed.
    async fn closed_through(&self) -> Option<Date> {
        self.text("closedThrough")?.parse().ok().map(Date)
    }

    /// How many decimal places the currency has, where the amount has more.
    async fn fraction_digits(&self) -> Option<i32> {
        self.number("fractionDigits")
    }
}
