//! Makes objects report their type under [`TYPE_KEY`] in two cases: fragments choose fields by type, so that the order of
//! the keys depends on it; or an object may have no fields at all, which the executor would turn into null.

use std::collections::HashMap;

use async_graphql::{
    Name, Pos, Positioned,
    parser::types::{DocumentOperations, ExecutableDocument, Field, Selection, SelectionSet},
};

use crate::limits::{
    collect::TYPE_KEY,
    outline::{Outline, named_type},
};

/// Adds what is needed to `document`, which may not have fragments that spread themselves.
pub fn add(outline: &Outline, document: &mut ExecutableDocument) {
    let answers = fragments_that_answer(outline, document);
    let marks = Marks { outline, answers };
    let operations: Vec<_> = match &mut document.operations {
        DocumentOperations::Single(operation) => vec![operation],
        DocumentOperations::Multiple(operations) => operations.values_mut().collect(),
    };
    for operation in operations {
        if let Some(root) = outline.root(operation.node.ty) {
            marks.add(&mut operation.node.selection_set.node, root, true);
        }
    }
    for fragment in document.fragments.values_mut() {
        let on = fragment.node.type_condition.node.on.node.clone();
        marks.add(&mut fragment.node.selection_set.node, &on, false);
    }
}

struct Marks<'a> {
    outline: &'a Outline,
    answers: HashMap<Name, bool>,
}

impl Marks<'_> {
    /// Adds what is needed to a set selected from `parent`, the whole of an object's or a part of it.
    fn add(&self, set: &mut SelectionSet, parent: &str, is_whole: bool) {
        let chooses =
            self.outline.is_abstract(parent) && set.items.iter().any(|item| !matches!(item.node, Selection::Field(_)));
        let is_needed =
            is_whole && (chooses || !answers(self.outline, set, parent, &|name| self.answers.get(name).copied()));
        for selection in &mut set.items {
            match &mut selection.node {
                Selection::Field(field) => {
                    if let Some(known) = self.outline.find_field(parent, &field.node.name.node)
                        && !field.node.selection_set.node.items.is_empty()
                    {
                        self.add(&mut field.node.selection_set.node, named_type(&known.ty), true);
                    }
                }
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref().map(|condition| condition.node.on.node.clone());
                    let on = on.as_ref().map_or(parent, |on| on.as_str());
                    self.add(&mut fragment.node.selection_set.node, on, false);
                }
                Selection::FragmentSpread(_) => {}
            }
        }
        if is_needed {
            set.items.push(typename());
        }
    }
}

/// The selection that has an object tell its type.
pub fn typename() -> Positioned<Selection> {
    let here = Pos::default();
    let field = Field {
        alias: Some(Positioned::new(Name::new(TYPE_KEY), here)),
        name: Positioned::new(Name::new("__typename"), here),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: Positioned::default(),
    };
    Positioned::new(Selection::Field(Positioned::new(field, here)), here)
}

/// Whether a set gives every object of the type `parent` a field, whatever the variables are. `fragment` says so of a
/// fragment by its name.
fn answers(outline: &Outline, set: &SelectionSet, parent: &str, fragment: &dyn Fn(&Name) -> Option<bool>) -> bool {
    set.items.iter().filter(|selection| selection.node.directives().is_empty()).any(|selection| match &selection.node {
        Selection::Field(_) => true,
        Selection::InlineFragment(inline) => {
            let on = inline.node.type_condition.as_ref().map(|condition| condition.node.on.node.as_str());
            on.is_none_or(|on| outline.is_a(parent, on))
                && answers(outline, &inline.node.selection_set.node, parent, fragment)
        }
        Selection::FragmentSpread(spread) => fragment(&spread.node.fragment_name.node).unwrap_or_default(),
    })
}

fn fragments_that_answer(outline: &Outline, document: &ExecutableDocument) -> HashMap<Name, bool> {
    let mut known = HashMap::new();
    for name in document.fragments.keys() {
        learn(outline, document, name, &mut known);
    }
    known
}

fn learn(outline: &Outline, document: &ExecutableDocument, name: &Name, known: &mut HashMap<Name, bool>) -> bool {
    if let Some(answers) = known.get(name) {
        return *answers;
    }
    let Some(fragment) = document.fragments.get(name) else { return false };
    // What it spreads is looked at first.
    let mut spread = Vec::new();
    spreads(&fragment.node.selection_set.node, &mut spread);
    for name in spread {
        learn(outline, document, name, known);
    }
    let on = fragment.node.type_condition.node.on.node.as_str();
    let answer = answers(outline, &fragment.node.selection_set.node, on, &|name| known.get(name).copied());
    known.insert(name.clone(), answer);
    answer
}

/// The fragments that a set spreads into the same object.
fn spreads<'a>(set: &'a SelectionSet, found: &mut Vec<&'a Name>) {
    for selection in &set.items {
        match &selection.node {
            Selection::Field(_) => {}
            Selection::InlineFragment(fragment) => spreads(&fragment.node.selection_set.node, found),
            Selection::FragmentSpread(spread) => found.push(&spread.node.fragment_name.node),
        }
    }
}
