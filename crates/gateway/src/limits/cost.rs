//! What an operation can cost: `published.md` says how it is counted, in the description of the schema's `Query`.
//!
//! Every fragment is counted wherever it is spread: [`Shape::check`](super::shape::Shape::check) bounds how many
//! selections that makes. Sums and products saturate.

use async_graphql::{
    Value, Variables,
    parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet},
};

use super::{
    Limits,
    collect::TYPE_KEY,
    conditions::Conditions,
    outline::{FieldOutline, Outline},
};
use crate::refusal::Refusal;

/// What a field costs besides what is selected in it, where the database has to read all that its filter means.
pub const SCAN: usize = 10_000;

/// What a slice knows of its fields that the schema does not say.
pub trait Estimates {
    /// How many items a list has at the most, where its arguments and those of the fields around it tell.
    fn items(&self, field: &Asked<'_>) -> Option<usize>;
    /// Whether no index and no total answers the field.
    fn is_scan(&self, field: &Asked<'_>) -> bool;
    /// What the field costs besides where it is no scan, and yet has the database read more than it answers.
    fn extra(&self, _: &Asked<'_>) -> usize {
        0
    }
}

/// Nothing is known.
pub struct Nothing;

impl Estimates for Nothing {
    fn items(&self, _: &Asked<'_>) -> Option<usize> {
        None
    }

    fn is_scan(&self, _: &Asked<'_>) -> bool {
        false
    }
}

/// A field of an operation.
pub struct Asked<'a> {
    /// The type that it is selected from.
    pub parent: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The field around it.
    pub around: Option<&'a Asked<'a>>,
    field: &'a Field,
    conditions: Conditions<'a>,
}

impl Asked<'_> {
    /// The value of an argument, if it has one that is not null.
    #[must_use]
    pub fn argument(&self, name: &str) -> Option<Value> {
        let value = self.conditions.evaluate(self.field.get_argument(name)?)?;
        (value != Value::Null).then_some(value)
    }
}

/// What an operation costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// All of it.
    pub total: usize,
    /// How many of its fields are scans.
    pub scans: usize,
}

/// The cost of an operation of a document, with `variables`.
///
/// The document must have passed [`Shape::measure`](super::shape::Shape::measure), which refuses
/// fragments that spread themselves.
#[must_use]
pub fn measure(
    outline: &Outline,
    estimates: &dyn Estimates,
    (document, operation): (&ExecutableDocument, &OperationDefinition),
    variables: &Variables,
) -> Cost {
    let pass = Pass { outline, estimates, document, conditions: Conditions::new(operation, variables) };
    pass.selection_set(&operation.selection_set.node, outline.root(operation.ty), &Place { around: None, items: 1 })
}

/// Refuses a `cost` that is over the limit.
///
/// # Errors
/// `QUERY_TOO_COMPLEX` with the `cost` and the `limit`.
pub fn check(cost: usize, limits: &Limits) -> Result<(), Refusal> {
    let limit = limits.max_query_cost;
    if cost <= limit {
        return Ok(());
    }
    Err(Refusal::too_complex(
        format!("This operation may cost up to {cost}, but the limit is {limit}. Ask for fewer fields, for shorter pages with `first`, or for a shorter range of days."),
    )
    .with("cost", cost)
    .with("limit", limit))
}

impl Cost {
    fn add(&mut self, other: Self) {
        self.total = self.total.saturating_add(other.total);
        self.scans = self.scans.saturating_add(other.scans);
    }

    fn times(self, items: usize) -> Self {
        Self { total: self.total.saturating_mul(items), scans: self.scans.saturating_mul(items) }
    }
}

/// The field of a type in an introspection that gives what it wraps.
const WRAPPED: &str = "ofType";
/// How often a type is wrapped at the most, as in `[Record!]!`: what is asked for inside is never there.
const MOST_WRAPS: usize = 3;

/// How many fields of this kind, right around each other, the innermost of which is `asked`, lead here.
fn wraps(asked: Option<&Asked<'_>>) -> usize {
    let chain = std::iter::successors(asked, |asked| asked.around);
    chain.take_while(|asked| asked.name == WRAPPED).count()
}

/// Where a selection set stands.
struct Place<'a> {
    around: Option<&'a Asked<'a>>,
    /// How long the list of the connection is, where this is one.
    items: usize,
}

struct Pass<'a> {
    outline: &'a Outline,
    estimates: &'a dyn Estimates,
    document: &'a ExecutableDocument,
    conditions: Conditions<'a>,
}

impl Pass<'_> {
    /// `parent` is the type selected from; `None` where validation will find that there is none.
    fn selection_set(&self, set: &SelectionSet, parent: Option<&str>, place: &Place<'_>) -> Cost {
        let mut sum = Cost::default();
        for selection in &set.items {
            if !self.conditions.is_included(selection.node.directives()) {
                continue;
            }
            sum.add(match &selection.node {
                Selection::Field(field) if field.node.response_key().node == TYPE_KEY => Cost::default(),
                Selection::Field(field) => self.field(&field.node, parent, place),
                Selection::FragmentSpread(spread) => {
                    match self.document.fragments.get(&spread.node.fragment_name.node) {
                        Some(fragment) => {
                            let on = fragment.node.type_condition.node.on.node.as_str();
                            self.selection_set(&fragment.node.selection_set.node, Some(on), place)
                        }
                        None => Cost::default(),
                    }
                }
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref().map(|condition| condition.node.on.node.as_str());
                    self.selection_set(&fragment.node.selection_set.node, on.or(parent), place)
                }
            });
        }
        sum
    }

    fn field(&self, field: &Field, parent: Option<&str>, place: &Place<'_>) -> Cost {
        let mut cost = Cost { total: 1, scans: 0 };
        let known = parent.and_then(|parent| Some((parent, self.outline.find_field(parent, &field.name.node)?)));
        let Some((parent, known)) = known else {
            cost.add(self.selection_set(&field.selection_set.node, None, &Place { around: None, items: 1 }));
            return cost;
        };
        if parent == "__Type" && field.name.node == WRAPPED && wraps(place.around) >= MOST_WRAPS {
            return cost;
        }
        let asked = Asked { parent, name: &field.name.node, around: place.around, field, conditions: self.conditions };
        if self.estimates.is_scan(&asked) {
            cost.add(Cost { total: SCAN, scans: 1 });
        }
        cost.add(Cost { total: self.estimates.extra(&asked), scans: 0 });
        let is_of_connection = known.is_list() && self.outline.is_connection(parent);
        let items = if is_of_connection { place.items } else { self.items(&asked, known) };
        let inside = Place { around: Some(&asked), items };
        let inside = self.selection_set(&field.selection_set.node, Some(known.type_name()), &inside);
        cost.add(if known.is_list() { inside.times(items) } else { inside });
        cost
    }

    /// What is no page size (null, negative, no integer) is refused later; until then it changes nothing.
    fn items(&self, asked: &Asked<'_>, known: &FieldOutline) -> usize {
        if let Some(items) = self.estimates.items(asked) {
            return items;
        }
        let sizes = ["first", "last"].into_iter().filter_map(|name| match asked.argument(name)? {
            Value::Number(number) => number.as_u64().map(|size| usize::try_from(size).unwrap_or(usize::MAX)),
            _ => None,
        });
        sizes.max().unwrap_or(known.page_size)
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
        Shape::measure(&example(), &document).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        measure(&outline, &Nothing, (&document, &operation.node), &Variables::from_json(variables)).total
    }

    fn example() -> Outline {
        Outline::from_sdl(EXAMPLE_SDL).unwrap()
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
        assert_eq!(error.code(), Some("QUERY_TOO_COMPLEX"));
        let extensions = error.errors[0].extensions.clone().unwrap();
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
        let shape = Shape::measure(&example(), &document).unwrap();
        shape.check(&defaults()).unwrap();
        let (name, _) = document.operations.iter().next().unwrap();
        shape.find_operation(name).unwrap().check(&defaults()).unwrap();
        check(cost(text), &defaults()).unwrap();
    }

    #[test]
    fn what_no_type_wraps_costs_nothing() {
        let nested = |levels: usize| {
            format!(
                "{{ __schema {{ queryType {{ {} kind {} }} }} }}",
                "ofType { kind ".repeat(levels),
                "}".repeat(levels)
            )
        };
        assert!(cost(&nested(3)) > cost(&nested(2)));
        assert_eq!(cost(&nested(9)), cost(&nested(4)));
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
