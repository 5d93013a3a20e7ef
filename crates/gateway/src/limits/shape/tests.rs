//! What is counted, and what is refused.

use async_graphql::parser::parse_query;

use super::*;
use crate::limits::{defaults, outline::EXAMPLE_SDL};

fn outline() -> Outline {
    Outline::from_sdl(EXAMPLE_SDL).unwrap()
}

fn shape(document: &str) -> OperationShape {
    let document = parse_query(document).unwrap();
    let shape = Shape::measure(&outline(), &document).unwrap();
    let (name, _) = document.operations.iter().next().unwrap();
    *shape.find_operation(name).unwrap()
}

fn refusal(document: &str) -> Option<String> {
    let document = parse_query(document).unwrap();
    let checked = Shape::measure(&outline(), &document).and_then(|shape| {
        shape.check(&defaults())?;
        document.operations.iter().try_for_each(|(name, _)| shape.find_operation(name).unwrap().check(&defaults()))
    });
    checked.err().map(|error| format!("{} {}", error.code().unwrap(), error.message()))
}

fn repeated(count: usize, piece: impl Fn(usize) -> String) -> String {
    (0..count).map(piece).collect::<Vec<_>>().concat()
}

fn bomb(levels: usize) -> String {
    let fragments = repeated(levels, |level| format!("fragment F{level} on Query {{ ...F{0} ...F{0} }} ", level + 1));
    format!("{{ ...F0 }} {fragments} fragment F{levels} on Query {{ __typename }}")
}

#[test]
fn a_fragment_counts_wherever_it_is_spread() {
    let document = "query($a: Int @d) @d { x: a @skip(if: true) ...F ... on Query { ...F } } \
        fragment F on Query @d { y: b { c ...G } } fragment G on B { d { e } }";
    assert_eq!(
        shape(document),
        OperationShape {
            selections: 1 + 1 + 5 + 1 + 1 + 5,
            aliases: 3,
            directives: 5,
            root_fields: 3,
            depth: 3,
            ..OperationShape::default()
        }
    );
}

#[test]
fn a_bomb_of_fragments_is_measured_without_expanding_it() {
    assert_eq!(shape(&bomb(24)).selections, (1 << 24) + (1 << 25) - 1);
    let refused = refusal(&bomb(24)).unwrap();
    assert!(refused.starts_with("QUERY_TOO_COMPLEX A document may have 5000 fields"), "{refused}");
}

#[test]
fn every_fragment_is_measured_once() {
    let document = parse_query(bomb(24)).unwrap();
    let outline = outline();
    let mut pass = Pass { outline: &outline, document: &document, fragments: HashMap::new() };
    pass.fragment("F0", 0).unwrap();
    assert_eq!(pass.fragments.len(), 25);
}

#[test]
fn the_selections_of_all_operations_count_because_all_are_validated() {
    let document = |operations: usize| {
        let operations = repeated(operations, |n| format!("query Q{n} {{ me {{ ...F }} }} "));
        format!("{operations} fragment F on User {{ {} }}", "id ".repeat(98))
    };
    assert!(refusal(&document(50)).is_none());
    assert!(refusal(&document(51)).unwrap().contains("5000 fields and fragments, expanded, at most"));
}

#[test]
fn a_chain_of_many_fragments_neither_recurses_deep_nor_passes() {
    let fragments = repeated(240, |n| format!("fragment F{n} on Query {{ ...F{} }} ", n + 1));
    let refused = refusal(&format!("{{ ...F0 }} {fragments} fragment F240 on Query {{ a }}")).unwrap();
    assert!(refused.starts_with("QUERY_TOO_COMPLEX Selections may be nested 32 levels"), "{refused}");
}

#[test]
fn cycles_of_fragments_are_refused() {
    for document in [
        "{ ...A } fragment A on Query { ...A }",
        "{ ...A } fragment A on Query { me { ...B } } fragment B on User { ... on User { ...A } }",
        "{ me } fragment A on Query { ...B } fragment B on Query { ...A }",
    ] {
        let refused = refusal(document).unwrap();
        assert!(refused.starts_with("GRAPHQL_VALIDATION_FAILED The fragment"), "{refused}");
    }
}

#[test]
fn more_than_30_aliases_are_refused_and_fragments_do_not_hide_them() {
    let aliases = |count: usize| repeated(count, |n| format!("a{n}: __typename "));
    assert!(refusal(&format!("{{ me {{ {} }} }}", aliases(30))).is_none());
    for document in [
        format!("{{ me {{ {} }} }}", aliases(31)),
        format!("{{ me {{ ...F }} me {{ ...F }} }} fragment F on User {{ {} }}", aliases(16)),
    ] {
        assert!(refusal(&document).unwrap().contains("30 aliases at most"));
    }
}

#[test]
fn more_than_20_fields_at_the_top_are_refused_typename_included() {
    let fields = |count: usize| "__typename ".repeat(count);
    assert!(refusal(&format!("{{ {} }}", fields(20))).is_none());
    for document in [
        format!("{{ {} }}", fields(21)),
        format!("{{ ...F ... {{ ...F }} me }} fragment F on Query {{ {} }}", fields(10)),
    ] {
        assert!(refusal(&document).unwrap().contains("20 fields at its top at most"));
    }
}

#[test]
fn more_than_50_directives_are_refused() {
    let directives = |count: usize| "@include(if: true) ".repeat(count);
    assert!(refusal(&format!("{{ me {} }}", directives(50))).is_none());
    for document in [
        format!("{{ me {} }}", directives(51)),
        format!("query {} {{ me {} }}", directives(25), directives(26)),
        format!("{{ ...F ...F }} fragment F on Query {{ me {} }}", directives(26)),
    ] {
        assert!(refusal(&document).unwrap().contains("50 directives at most"));
    }
}

#[test]
fn one_operation_checks_one_password_at_most() {
    for document in [
        "mutation { login a: login }",
        "mutation { login register }",
        "mutation { refreshSession ... on Mutation { changePassword } }",
        "mutation { ...F } fragment F on Mutation { a: login @include(if: false) login }",
        "mutation { ...F ...F } fragment F on Mutation { login }",
    ] {
        assert!(refusal(document).unwrap().starts_with("QUERY_TOO_COMPLEX"), "{document}");
    }
    assert!(refusal("mutation { login { user { login login } } }").is_none());
    assert!(refusal("query { login login }").is_none(), "validation refuses it");
}

#[test]
fn more_than_12_levels_of_fields_are_refused_but_not_of_introspection() {
    let nested = |levels: usize| format!("{}a{}", "a { ".repeat(levels - 1), " }".repeat(levels - 1));
    assert!(refusal(&format!("{{ {} }}", nested(12))).is_none());
    assert!(refusal(&format!("{{ {} }}", nested(13))).unwrap().contains("12 levels of fields"));
    assert!(
        refusal(&format!("{{ ...F }} fragment F on Query {{ ... {{ {} }} }}", nested(13))).is_some(),
        "fragments are no level, and hide none"
    );
    assert_eq!(shape(&format!("{{ __schema {{ {} }} __type {{ {} }} me }}", nested(20), nested(20))).depth, 1);
}

#[test]
fn operations_of_session_mutations_alone_are_told_apart() {
    assert!(shape("mutation { login { user { name } } }").any_token);
    assert!(shape("mutation { __typename ...F } fragment F on Mutation { refreshSession }").any_token);
    assert!(shape("mutation { logout }").any_token);
    for document in ["mutation { login createRecord }", "mutation { changePassword }", "{ login }"] {
        assert!(!shape(document).any_token, "{document}");
    }
}

#[test]
fn introspection_is_noticed_through_fragments() {
    assert!(shape("{ ...F } fragment F on Query { a: __type(name: \"Query\") { name } }").introspects);
    assert!(!shape("{ __typename me { __typename } }").introspects);
}
