//! What a client is told of the executor's errors: each gets one of the published codes, and what is
//! not ours to tell is logged instead.

use async_graphql::{ErrorExtensionValues, ServerError};

use crate::refusal::{Code, Refusal, code};

/// Longest message; a document's own names come back in some.
const MAX_MESSAGE_CHARACTERS: usize = 1_000;

/// How far the request had come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// The document was being validated: whatever is wrong with it is the client's to know.
    Validation,
    /// Resolvers ran: an error without a code of ours may hold anything.
    Execution,
}

/// Gives `error` a code and a message that may be shown.
pub fn classify(error: &mut ServerError, phase: Phase) {
    if let Some(why) = coercion_failure(&error.message) {
        error.message = why;
        if code(error).is_none() {
            set(error, "code", Code::BadUserInput.as_str());
        }
    } else if code(error).is_none() {
        match phase {
            Phase::Validation => classify_validation(error),
            Phase::Execution => hide(error),
        }
    }
    if let Some((end, _)) = error.message.char_indices().nth(MAX_MESSAGE_CHARACTERS) {
        error.message.truncate(end);
        error.message.push('…');
    }
}

fn set(error: &mut ServerError, name: &str, value: &str) {
    error.extensions.get_or_insert_with(ErrorExtensionValues::default).set(name, value);
}

/// What the executor says of a value that is not of its type, less its own phrases around the reason.
fn coercion_failure(message: &str) -> Option<String> {
    let reason = match message.strip_prefix("Failed to parse \"") {
        Some(named) => named.split_once("\": ")?.1,
        None => message.strip_prefix("Expected input type \"").map(|_| message)?,
    };
    Some(reason.split(" (occurred while parsing \"").next().unwrap_or(reason).to_owned())
}

fn classify_validation(error: &mut ServerError) {
    let Some(at) = error.message.strip_prefix("Invalid value for argument \"") else {
        return set(error, "code", Code::GraphqlValidationFailed.as_str());
    };
    if let Some((path, problem)) = at.split_once('"') {
        let inside = problem.strip_prefix(", field \"").or_else(|| problem.strip_prefix(", unknown field \""));
        let inside = inside.and_then(|rest| rest.split('"').next());
        let field = [Some(path), inside].into_iter().flatten().collect::<Vec<_>>().join(".");
        set(error, "field", &field);
    }
    set(error, "code", Code::BadUserInput.as_str());
}

fn hide(error: &mut ServerError) {
    let cause = std::mem::take(&mut error.message);
    for hidden in Refusal::defect(cause).errors {
        error.message = hidden.message;
        error.extensions = hidden.extensions;
    }
    error.source = None;
}

#[cfg(test)]
mod tests {
    use async_graphql::{Value, value};

    use super::*;

    fn classified(message: &str, phase: Phase) -> ServerError {
        let mut error = ServerError::new(message, None);
        classify(&mut error, phase);
        error
    }

    fn extension(error: &ServerError, name: &str) -> Value {
        error.extensions.as_ref().and_then(|extensions| extensions.get(name)).cloned().unwrap_or_default()
    }

    #[test]
    fn an_error_of_ours_stays_as_it_is() {
        let mut error = ServerError::new("There is no record with this id.", None);
        set(&mut error, "code", "NOT_FOUND");
        let before = error.clone();
        classify(&mut error, Phase::Execution);
        assert_eq!(error, before);
    }

    #[test]
    fn an_error_without_a_code_says_nothing_once_resolvers_ran() {
        let error = classified("SELECT secret FROM users: no such table", Phase::Execution);
        assert_eq!(extension(&error, "code"), value!("INTERNAL_SERVER_ERROR"));
        assert!(!error.message.contains("SELECT"), "{}", error.message);
    }

    #[test]
    fn validation_keeps_its_words() {
        let error = classified("Unknown field \"nope\" on type \"Query\".", Phase::Validation);
        assert_eq!(extension(&error, "code"), value!("GRAPHQL_VALIDATION_FAILED"));
        assert!(error.message.contains("nope"));
    }

    #[test]
    fn a_value_of_the_wrong_type_is_bad_input_and_names_the_field() {
        for (problem, field) in [
            ("\"input.amount\", expected type \"Decimal\"", "input.amount"),
            ("\"input\", field \"kind\" of type \"RecordKind!\" is required but not provided", "input.kind"),
            ("\"input\", unknown field \"colour\" of type \"CreateRecordInput\"", "input.colour"),
            ("\"filter.categories.0\", expected type \"String\"", "filter.categories.0"),
            ("\"first\", expected type \"Int\"", "first"),
        ] {
            let error = classified(&format!("Invalid value for argument {problem}"), Phase::Validation);
            assert_eq!(extension(&error, "code"), value!("BAD_USER_INPUT"), "{problem}");
            assert_eq!(extension(&error, "field"), value!(field), "{problem}");
        }
    }

    #[test]
    fn a_scalar_that_refuses_a_value_is_bad_input_and_only_its_reason_is_told() {
        let message =
            "Failed to parse \"Decimal\": Write it as a string. (occurred while parsing \"CreateRecordInput\")";
        for phase in [Phase::Validation, Phase::Execution] {
            let error = classified(message, phase);
            assert_eq!(error.message, "Write it as a string.");
            assert_eq!(extension(&error, "code"), value!("BAD_USER_INPUT"));
        }
        let error = classified("Expected input type \"Int\", found \"x\".", Phase::Execution);
        assert_eq!(error.message, "Expected input type \"Int\", found \"x\".");
        assert_eq!(extension(&error, "code"), value!("BAD_USER_INPUT"));
    }

    #[test]
    fn a_message_is_not_longer_than_anybody_reads() {
        let error = classified(&format!("Unknown field \"{}\"", "ü".repeat(14_000)), Phase::Validation);
        assert_eq!(error.message.chars().count(), MAX_MESSAGE_CHARACTERS + 1);
    }
}
