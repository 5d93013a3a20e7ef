//! Values in a document that the executor takes, and the specification does not: a text where the name of an enum
//! belongs. In the JSON of variables an enum is a text.

use async_graphql::{
    ServerError,
    parser::types::{ExecutableDocument, OperationDefinition},
};
use async_graphql_value::Value;

use crate::{
    classify::{Phase, classify},
    inputs::{Input, Path, Walk},
    limits::outline::{Outline, named_type},
    refusal::{Reason, Refusal},
};

/// Refuses texts in the places of enums, each with an error as the executor has it for other values of a wrong type.
///
/// # Errors
/// `BAD_USER_INPUT`; `GRAPHQL_VALIDATION_FAILED` in the default of a variable.
pub fn check(outline: &Outline, document: &ExecutableDocument) -> Result<(), Refusal> {
    let mut errors = Vec::new();
    let mut walk =
        Walk { outline, visit: |input: Input<'_>| errors.extend(misfit(outline, "value for argument ", &input)) };
    document.operations.iter().for_each(|(_, operation)| walk.operation(&operation.node));
    document.fragments.values().for_each(|fragment| walk.fragment(&fragment.node));
    for (_, operation) in document.operations.iter() {
        check_defaults(outline, &operation.node, &mut errors);
    }
    if errors.is_empty() {
        return Ok(());
    }
    errors.sort_by_key(|error: &ServerError| error.locations.first().map(|pos| (pos.line, pos.column)));
    for error in &mut errors {
        classify(error, Phase::Validation);
    }
    Err(Refusal { reason: Reason::Invalid, errors })
}

fn check_defaults(outline: &Outline, operation: &OperationDefinition, errors: &mut Vec<ServerError>) {
    let visit = |input: Input<'_>| errors.extend(misfit(outline, "default value for argument: ", &input));
    let mut walk = Walk { outline, visit };
    for definition in &operation.variable_definitions {
        let Some(default) = &definition.node.default_value else { continue };
        let (value, ty) = (&default.node.clone().into_value(), named_type(&definition.node.var_type.node));
        let path = &Path::of(&definition.node.name.node);
        walk.input(Input { value, ty, has_default: false, path, pos: definition.pos });
    }
}

fn misfit(outline: &Outline, what: &str, input: &Input<'_>) -> Option<ServerError> {
    let Input { value, ty, path, pos, .. } = input;
    let is_misfit = matches!(value, Value::String(_)) && outline.is_enum(ty);
    let message = || format!("Invalid {what}\"{path}\", a value of the enumeration type \"{ty}\" has no quotes");
    is_misfit.then(|| ServerError::new(message(), Some(*pos)))
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;
    use crate::refusal::code;

    const SDL: &str = "
directive @skip(if: Boolean!) on FIELD
directive @as(kind: Kind) on FIELD
enum Kind { IN OUT }
input Filter { kind: Kind, kinds: [Kind!], text: String, filter: Filter }
type Query { a(filter: Filter, kind: Kind, kinds: [Kind!], text: String): Query }
schema { query: Query }";

    /// The path of each value that is refused, with its code.
    fn refused(document: &str) -> Vec<(String, String)> {
        let outline = Outline::from_sdl(SDL).unwrap();
        let errors = check(&outline, &parse_query(document).unwrap()).err().map(|refusal| refusal.errors);
        let told = |error: &ServerError| {
            let path = error.message.split('"').nth(1).unwrap().to_owned();
            (path, code(error).unwrap().to_owned())
        };
        errors.iter().flatten().map(told).collect()
    }

    #[test]
    fn a_text_is_no_enum_wherever_it_stands() {
        for (document, path) in [
            ("{ a(kind: \"IN\") { __typename } }", "kind"),
            ("{ a(kind: \"\"\"IN\"\"\") { __typename } }", "kind"),
            ("{ a(kinds: \"IN\") { __typename } }", "kinds"),
            ("{ a(kinds: [IN, \"OUT\"]) { __typename } }", "kinds.1"),
            ("{ a(filter: {kind: \"nonsense\"}) { __typename } }", "filter.kind"),
            ("{ a { a(filter: {filter: {kinds: [\"IN\"]}}) { __typename } } }", "filter.filter.kinds.0"),
            ("{ ... on Query { a(kind: \"IN\") { __typename } } }", "kind"),
            ("{ ...F } fragment F on Query { a(kind: \"IN\") { __typename } }", "kind"),
            ("{ a @as(kind: \"IN\") { __typename } }", "kind"),
            ("query A { a { __typename } } query B { a(kind: \"IN\") { __typename } }", "kind"),
        ] {
            assert_eq!(refused(document), [(path.to_owned(), "BAD_USER_INPUT".to_owned())], "{document}");
        }
        for (document, path) in [
            ("query($kind: Kind = \"IN\") { a(kind: $kind) { __typename } }", "kind"),
            ("query($k: [Kind!]! = [\"IN\"]) { a(kinds: $k) { __typename } }", "k.0"),
            ("query($f: Filter = {kind: \"IN\"}) { a(filter: $f) { __typename } }", "f.kind"),
        ] {
            assert_eq!(refused(document), [(path.to_owned(), "GRAPHQL_VALIDATION_FAILED".to_owned())], "{document}");
        }
    }

    #[test]
    fn names_variables_and_texts_elsewhere_are_accepted() {
        for document in [
            "{ a(kind: IN, kinds: [OUT], text: \"IN\", filter: {kind: null, text: \"IN\"}) { __typename } }",
            "query($k: Kind = IN, $t: String = \"IN\") { a(kind: $k, kinds: [$k], text: $t) { __typename } }",
            "{ nope(kind: \"IN\") a(nope: \"IN\", filter: {nope: \"IN\"}) @nope(kind: \"IN\") { __typename } }",
            "query($n: Nope = \"IN\") { a(filter: \"IN\") { __typename } }",
        ] {
            assert_eq!(refused(document), [], "{document}");
        }
    }

    #[test]
    fn every_text_is_told_with_its_place() {
        let document =
            parse_query("query($k: Kind = \"IN\") {\n a(kind: \"IN\", kinds: [\"IN\"]) { __typename } }").unwrap();
        let refusal = check(&Outline::from_sdl(SDL).unwrap(), &document).err().unwrap();
        let places: Vec<_> =
            refusal.errors.iter().map(|error| (error.locations[0].line, error.locations[0].column)).collect();
        assert_eq!(places, [(1, 7), (2, 4), (2, 16)]);
        assert_eq!(refusal.errors[1].extensions.as_ref().unwrap().get("field"), Some(&"kind".into()));
    }
}
