//! Whatever parses can be measured, and what is small enough to be expanded measures what the expansion does.
#![no_main]

use std::sync::LazyLock;

use async_graphql::{
    Variables,
    parser::{
        parse_query,
        types::{ExecutableDocument, Selection, SelectionSet},
    },
};
use libfuzzer_sys::fuzz_target;
use gateway::limits::{cost, outline::Outline, scan, shape::Shape};

static OUTLINE: LazyLock<Outline> =
    LazyLock::new(|| Outline::from_sdl(include_str!("../../schema.graphql")).expect("the schema prints SDL"));

fuzz_target!(|text: &str| {
    let extent = scan::measure(text);
    if extent.brackets > 64 || extent.tokens > 2_000 {
        return;
    }
    let Ok(document) = parse_query(text) else { return };
    let Ok(shape) = Shape::measure(&OUTLINE, &document) else { return };
    for (name, operation) in document.operations.iter() {
        let measured = shape.find_operation(name).expect("every operation is measured");
        if measured.selections <= 5_000 {
            assert_eq!(measured.selections, expanded(&document, &operation.node.selection_set.node));
        }
        assert!(measured.root_fields <= measured.selections);
        if measured.selections <= 5_000 {
            let variables = Variables::default();
            let _ = cost::measure(&OUTLINE, &cost::Nothing, (&document, &operation.node), &variables);
        }
    }
});

fn expanded(document: &ExecutableDocument, set: &SelectionSet) -> usize {
    let selections = set.items.iter().map(|selection| match &selection.node {
        Selection::Field(field) => 1 + expanded(document, &field.node.selection_set.node),
        Selection::InlineFragment(fragment) => 1 + expanded(document, &fragment.node.selection_set.node),
        Selection::FragmentSpread(spread) => {
            let fragment = document.fragments.get(&spread.node.fragment_name.node);
            1 + fragment.map_or(0, |fragment| expanded(document, &fragment.node.selection_set.node))
        }
    });
    selections.sum()
}
