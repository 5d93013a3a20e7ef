//! One error of an answer for each problem of an input: resolvers fail once, with all of them. Knows no rule of the
//! slices.

use async_graphql::{ErrorExtensionValues, ServerError, Value};

use crate::refusal::Code;

/// The internal extension in which an error carries all problems of an input, itself first: a list of objects with
/// `message` and `extensions`. The answer has one error of each.
pub const PROBLEMS: &str = "problems";

/// The most errors of an answer that are told one by one.
const MOST_ERRORS: usize = 100;

/// `errors`, each that carries several problems as one for each of them, at the same place of the document; past a
/// hundred, the last says how many more there are.
pub fn expand(errors: Vec<ServerError>) -> Vec<ServerError> {
    let mut expanded: Vec<ServerError> = errors.into_iter().flat_map(each).collect();
    let more = expanded.len().saturating_sub(MOST_ERRORS);
    if more > 0 {
        expanded.truncate(MOST_ERRORS);
        let mut rest = ServerError::new(format!("There are {more} more errors."), None);
        let mut extensions = ErrorExtensionValues::default();
        extensions.set("code", Code::BadUserInput.as_str());
        extensions.set("more", more);
        rest.extensions = Some(extensions);
        expanded.push(rest);
    }
    expanded
}

fn each(mut error: ServerError) -> Vec<ServerError> {
    let problems = error.extensions.as_mut().and_then(|extensions| {
        let problems = extensions.get(PROBLEMS).cloned();
        extensions.unset(PROBLEMS);
        problems
    });
    let Some(Value::List(problems)) = problems else { return vec![error] };
    problems.into_iter().filter_map(|problem| single(&error, problem)).collect()
}

fn single(whole: &ServerError, problem: Value) -> Option<ServerError> {
    let Value::Object(mut problem) = problem else { return None };
    let Some(Value::String(message)) = problem.swap_remove("message") else { return None };
    let mut extensions = ErrorExtensionValues::default();
    if let Some(Value::Object(facts)) = problem.swap_remove("extensions") {
        for (name, value) in facts {
            extensions.set(name.as_str(), value);
        }
    }
    Some(ServerError { message, extensions: Some(extensions), ..whole.clone() })
}

#[cfg(test)]
mod tests {
    use async_graphql::{PathSegment, value};

    use super::*;

    fn failed(number_of_problems: usize) -> ServerError {
        let problems = (0..number_of_problems).map(|number| {
            let message = format!("Problem {number}.");
            value!({"message": message, "extensions": {"code": "BAD_USER_INPUT", "field": "input.amount", "max": number}})
        });
        let mut extensions = ErrorExtensionValues::default();
        extensions.set(PROBLEMS, Value::List(problems.collect()));
        ServerError {
            path: vec![PathSegment::Field("createRecord".to_owned())],
            extensions: Some(extensions),
            ..ServerError::new("Problem 0.", None)
        }
    }

    #[test]
    fn every_problem_becomes_an_error_at_the_same_place_in_the_same_order() {
        let errors = expand(vec![failed(3), failed(1)]);
        let messages: Vec<_> = errors.iter().map(|error| error.message.as_str()).collect();
        assert_eq!(messages, ["Problem 0.", "Problem 1.", "Problem 2.", "Problem 0."]);
        for error in &errors {
            assert_eq!(error.path, failed(1).path);
            assert_eq!(error.extensions.as_ref().unwrap().get(PROBLEMS), None);
        }
        let extensions = errors[2].extensions.as_ref().unwrap();
        assert_eq!(extensions.get("field"), Some(&value!("input.amount")));
        assert_eq!(extensions.get("max"), Some(&value!(2)));
    }

    #[test]
    fn past_a_hundred_errors_the_last_says_how_many_more_there_are() {
        let errors = expand(vec![failed(60), failed(63)]);
        assert_eq!(errors.len(), 101);
        assert_eq!(errors[100].message, "There are 23 more errors.");
        assert_eq!(errors[100].extensions.as_ref().unwrap().get("more"), Some(&value!(23)));
    }
}
