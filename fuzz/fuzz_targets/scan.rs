//! Text that the scan lets pass must not harm the parser, and the parser must not see more brackets than the scan.
#![no_main]

use async_graphql::{
    Value,
    parser::{
        parse_query,
        types::{Selection, SelectionSet},
    },
};
use libfuzzer_sys::fuzz_target;
use gateway::limits::scan;

fuzz_target!(|text: &str| {
    let extent = scan::measure(text);
    assert!(extent.tokens <= extent.characters);
    if extent.brackets > 64 || extent.tokens > 2_000 || extent.characters > 15_000 {
        return;
    }
    let Ok(document) = parse_query(text) else { return };
    for (_, operation) in document.operations.iter() {
        assert!(brackets_of_set(&operation.node.selection_set.node) <= extent.brackets);
    }
    for fragment in document.fragments.values() {
        assert!(brackets_of_set(&fragment.node.selection_set.node) <= extent.brackets);
    }
});

fn brackets_of_set(set: &SelectionSet) -> usize {
    let inside = set.items.iter().map(|selection| match &selection.node {
        Selection::Field(field) => {
            let values = field.node.arguments.iter().filter_map(|(_, value)| value.node.clone().into_const());
            let arguments = values.map(|value| 1 + brackets_of_value(&value)).max().unwrap_or(0);
            arguments.max(brackets_of_set(&field.node.selection_set.node))
        }
        Selection::InlineFragment(fragment) => brackets_of_set(&fragment.node.selection_set.node),
        Selection::FragmentSpread(_) => 0,
    });
    inside.max().map_or(0, |deepest| 1 + deepest)
}

fn brackets_of_value(value: &Value) -> usize {
    match value {
        Value::List(items) => 1 + items.iter().map(brackets_of_value).max().unwrap_or(0),
        Value::Object(fields) => 1 + fields.values().map(brackets_of_value).max().unwrap_or(0),
        _ => 0,
    }
}
