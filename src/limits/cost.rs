//! What an operation can cost: `published.md` says how it is counted, in the description of the schema's `Query`.
//!
//! Each fragment is counted once and its sum added wherever it is spread, so that the pass is linear;
//! sums and products saturate. A fragment on a connection does not know how long the page is that it
//! is spread into, so a sum has two parts: what counts once, and what counts once for each item.

use std::collections::HashMap;

use async_graphql::{
    Value, Variables,
    parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet},
};

use super::{Limits, collect::TYPE_KEY, conditions::Conditions, outline::Outline};
use crate::error::{Error, ErrorCode, Result};

/// The cost of `operation`, one of `document`, with `variables`.
///
/// The document must have passed [`Shape::measure`](super::shape::Shape::measure), which refuses
/// fragments that spread themselves.
#[must_use]
pub fn measure(
    outline: &Outline,
    document: &ExecutableDocument,
    operation: &OperationDefinition,
    variables: &Variables,
) -> usize {
    let mut pass =
        Pass { outline, document, conditions: Conditions::new(operation, variables), fragments: HashMap::new() };
    pass.selection_set(&operation.selection_set.node, outline.root(operation.ty)).once
}

/// Refuses a `cost` that is over the limit.
///
/// # Errors
/// `QUERY_TOO_COMPLEX` with the `cost` and the `limit`.
pub fn check(cost: usize, limits: &Limits) -> Result<()> {
    let limit = limits.max_query_cost;
    if cost <= limit {
        return Ok(());
    }
    Err(Error::new(
        ErrorCode::QueryTooComplex,
        format!("This operation costs up to {cost}, and {limit} is allowed. Ask for fewer fields, or for shorter pages with `first`."),
    )
    .with("cost", cost)
    .with("limit", limit))
}

/// What a selection set costs.
#[derive(Clone, Copy, Default)]
struct Cost {
    once: usize,
    /// For each item of the page, where the selection set is a connection's.
    per_item: usize,
}

impl Cost {
    fn add(&mut self, other: Self) {
        self.once = self.once.saturating_add(other.once);
        self.per_item = self.per_item.saturating_add(other.per_item);
    }
}

struct Pass<'a> {
    outline: &'a Outline,
    document: &'a ExecutableDocument,
    conditions: Conditions<'a>,
    fragments: HashMap<&'a str, Cost>,
}

impl<'a> Pass<'a> {
    /// `parent` is the type selected from; `None` where validation will find that there is none.
    fn selection_set(&mut self, set: &'a SelectionSet, parent: Option<&'a str>) -> Cost {
        let mut sum = Cost::default();
        for selection in &set.items {
            if !self.conditions.is_included(selection.node.directives()) {
                continue;
            }
            sum.add(match &selection.node {
                Selection::Field(field) if field.node.response_key().node == TYPE_KEY => Cost::default(),
                Selection::Field(field) => self.field(&field.node, parent),
                Selection::FragmentSpread(spread) => self.fragment(&spread.node.fragment_name.node),
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref().map(|condition| condition.node.on.node.as_str());
                    self.selection_set(&fragment.node.selection_set.node, on.or(parent))
                }
            });
        }
        sum
    }

    fn field(&mut self, field: &'a Field, parent: Option<&'a str>) -> Cost {
        let outline = self.outline;
        let known = parent.and_then(|parent| outline.find_field(parent, &field.name.node));
        let Some(known) = known else {
            let inside = self.selection_set(&field.selection_set.node, None);
            return Cost { once: inside.once.saturating_add(1), per_item: 0 };
        };
        let inside = self.selection_set(&field.selection_set.node, Some(known.type_name()));
        if known.is_list() && parent.is_some_and(|parent| outline.is_connection(parent)) {
            return Cost { once: 1, per_item: inside.once };
        }
        let items = self.page_size(field, known.page_size);
        let (once, each) = if known.is_list() { (0, inside.once) } else { (inside.once, inside.per_item) };
        Cost { once: each.saturating_mul(items).saturating_add(once).saturating_add(1), per_item: 0 }
    }

    fn fragment(&mut self, name: &'a str) -> Cost {
        if let Some(cost) = self.fragments.get(name) {
            return *cost;
        }
        let Some(fragment) = self.document.fragments.get(name) else { return Cost::default() };
        let on = fragment.node.type_condition.node.on.node.as_str();
        let cost = self.selection_set(&fragment.node.selection_set.node, Some(on));
        self.fragments.insert(name, cost);
        cost
    }

    /// What is no page size (null, negative, no integer) is refused later; until then it changes nothing.
    fn page_size(&self, field: &Field, default: usize) -> usize {
        let asked = ["first", "last"].into_iter().filter_map(|name| {
            match self.conditions.evaluate(field.get_argument(name)?)? {
                Value::Number(number) => number.as_u64().map(|size| usize::try_from(size).unwrap_or(usize::MAX)),
                _ => None,
            }
        });
        asked.max().unwrap_or(default)
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{parser::parse_query, value};
    use serde_json::json;

    use super::*;
    use crate::limits::{defaults, outline::EXAMPLE_SDL, shape::Shape};

    fn cost_with(document: &str, variables: serde_json::Value) -> usize {
        let outline = Outline::from_sdl(EXAMPLE_SDL).unwrap();
        let document = parse_query(document).unwrap();
        Shape::measure(&document).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        measure(&outline, &document, &operation.node, &Variables::from_json(variables))
    }

    fn cost(document: &str) -> usize {
        cost_with(document, json!({}))
    }

    #[test]
    fn a_field_costs_one_and_a_list_its_items() {
        for (document, expected) in [
            ("{ me { id name } }", 3),
            ("{ categories { id name } }", 1 + 10 * 2),
            ("{ dashboard { recent { id } } }", 1 + 1 + 5),
            ("{ dashboard { recent(first: 7) { id } categories(first: 3) { share } } }", 1 + (1 + 7) + (1 + 3)),
            ("{ __typename a: __typename }", 2),
            ("mutation { login { accessToken user { id } } }", 4),
        ] {
            assert_eq!(cost(document), expected, "{document}");
        }
    }

    #[test]
    fn a_connection_counts_its_items_and_not_its_page_info() {
        for (document, expected) in [
            ("{ records { totalCount pageInfo { hasNextPage } } }", 1 + 1 + 2),
            ("{ records { nodes { id } totalCount } }", 1 + 1 + 10 + 1),
            ("{ records(first: 100) { edges { cursor node { id notes } } } }", 1 + 1 + 100 * (1 + 1 + 2)),
            ("{ records(last: 3) { nodes { history(first: 2) { nodes { id } } } } }", 1 + 1 + 3 * (1 + 1 + 2)),
            (
                "{ ...F } fragment F on Query { records(first: 4) { ...C } } fragment C on RecordConnection { nodes { id } }",
                6,
            ),
            ("{ records(first: 4) { ... { ... on RecordConnection { nodes { id } } } } }", 6),
        ] {
            assert_eq!(cost(document), expected, "{document}");
        }
    }

    #[test]
    fn one_fragment_costs_what_the_page_is_that_it_is_spread_into() {
        let document = "{ a: records(first: 2) { ...F } b: records(first: 50) { ...F } } \
            fragment F on RecordConnection { nodes { id } }";
        assert_eq!(cost(document), (1 + 1 + 2) + (1 + 1 + 50));
    }

    #[test]
    fn page_sizes_come_from_variables_and_their_defaults() {
        let document = "query($n: Int = 20) { records(first: $n) { nodes { id } } }";
        assert_eq!(cost(document), 22);
        assert_eq!(cost_with(document, json!({"n": 100})), 102);
        assert_eq!(cost_with(document, json!({"n": null})), 12);
        assert_eq!(cost_with("query($n: Int) { records(first: $n) { nodes { id } } }", json!({})), 12);
    }

    #[test]
    fn pages_that_are_refused_later_do_not_make_an_operation_cheap() {
        for first in ["-1", "null", "1.5", "\"x\"", "-9223372036854775808"] {
            assert_eq!(cost(&format!("{{ records(first: {first}) {{ nodes {{ id }} }} }}")), 12, "{first}");
        }
        assert_eq!(cost("{ records(first: 1, last: 30) { nodes { id } } }"), 32);
    }

    #[test]
    fn huge_and_nested_pages_saturate_instead_of_wrapping_around() {
        let huge = cost("{ records(first: 2147483647) { nodes { id } } }");
        assert_eq!(huge, 2_147_483_649);
        assert!(check(huge, &defaults()).is_err());
        let nested = "{ records(first: 18446744073709551615) { nodes { history(first: 18446744073709551615) { nodes { id action } } } } }";
        assert_eq!(cost(nested), usize::MAX);
    }

    #[test]
    fn what_is_left_out_costs_nothing_and_what_may_be_asked_costs() {
        let document = "query($yes: Boolean!, $no: Boolean = false) { \
            a: me @skip(if: $yes) { id } b: me @include(if: $no) { id } ... @include(if: false) { me { id } } \
            ...F @skip(if: true) c: me @skip(if: false) @include(if: true) { id } } fragment F on Query { me { id } }";
        assert_eq!(cost_with(document, json!({"yes": true})), 2);
        assert_eq!(cost_with(document, json!({})), 4, "an unknown condition counts as included");
        assert_eq!(cost_with(document, json!({"yes": true, "no": true})), 4);
    }

    #[test]
    fn the_error_names_the_cost_and_the_limit() {
        let error = check(50_001, &defaults()).unwrap_err();
        assert_eq!(error.code(), ErrorCode::QueryTooComplex);
        let extensions = async_graphql::Error::from(error).extensions.unwrap();
        assert_eq!(extensions.get("cost"), Some(&value!(50_001)));
        assert_eq!(extensions.get("limit"), Some(&value!(50_000)));
        assert!(check(50_000, &defaults()).is_ok());
    }

    #[test]
    fn unknown_fields_types_and_fragments_are_left_to_validation() {
        assert_eq!(cost("{ nope { nope { nope } } ...Nope ... on Nope { nope } }"), 4);
    }

    #[test]
    fn real_uses_are_well_within_the_limit() {
        let records = "{ records(first: 100) { totalCount pageInfo { hasNextPage endCursor } edges { cursor node { \
            id kind date notes version createdAt updatedAt deletedAt amount { amount currency minorUnits } \
            category { id name } createdBy { id name } updatedBy { id name } \
            history(first: 10) { nodes { id at action actor { id name } changes { field before after } } } } } } }";
        let dashboard = "{ dashboard { currency from to summary { ...S } previous { ...S } \
            categories { category { id name } income { ...M } expenses { ...M } net { ...M } recordCount share } \
            recent(first: 20) { id kind date notes amount { ...M } category { id name } createdBy { id name } } \
            trends { from to income { ...M } expenses { ...M } net { ...M } recordCount } } } \
            fragment M on Money { amount currency minorUnits } \
            fragment S on Summary { income { ...M } expenses { ...M } net { ...M } recordCount }";
        for (document, least) in [(records, 30_000), (dashboard, 500)] {
            let cost = cost(document);
            assert!(cost > least, "{cost}");
            assert!(check(cost, &defaults()).is_ok(), "{cost}");
        }
    }

    #[test]
    fn the_standard_introspection_passes_every_limit() {
        let text = include_str!("introspection.graphql");
        crate::limits::scan::measure(text).check(&defaults()).unwrap();
        let document = parse_query(text).unwrap();
        let shape = Shape::measure(&document).unwrap();
        shape.check(&defaults()).unwrap();
        let (name, _) = document.operations.iter().next().unwrap();
        shape.find_operation(name).unwrap().check(&defaults()).unwrap();
        check(cost(text), &defaults()).unwrap();
    }

    #[test]
    fn introspection_is_costed_by_the_size_of_the_schema() {
        let nested = |levels: usize| {
            format!(
                "{{ __schema {{ types {{ {} name {} }} }} }}",
                "fields { type { ".repeat(levels),
                "} }".repeat(levels)
            )
        };
        assert!(check(cost(&nested(2)), &defaults()).is_ok());
        assert!(check(cost(&nested(8)), &defaults()).is_err());
    }
}
