//! The fields that an operation selects of an object, in the order in which the specification wants them answered:
//! its `CollectFields`, for a type that is known.

use async_graphql::{
    Name,
    indexmap::IndexMap,
    parser::types::{ExecutableDocument, Field, Selection, SelectionSet, Type},
};

use super::{conditions::Conditions, outline::Outline};

/// The key under which a document is made to tell the types of objects where they cannot be known otherwise. No
/// client's document can have it, and no answer does.
pub const TYPE_KEY: &str = " type";

/// What collects fields.
#[derive(Clone, Copy)]
pub struct Collector<'a> {
    /// The schema.
    pub outline: &'a Outline,
    /// Where the fragments are.
    pub document: &'a ExecutableDocument,
    /// What is left out; `None` where that is not to be looked at.
    pub conditions: Option<Conditions<'a>>,
}

/// All that is selected under one key of an object.
pub struct Collected<'a> {
    /// The key.
    pub key: &'a Name,
    /// The fields with that key, which validation made sure are the same field with the same arguments.
    pub fields: Vec<&'a Field>,
    /// The field's type; `None` where it is not known.
    pub ty: Option<&'a Type>,
}

/// What is selected of an object, by key.
pub type Fields<'a> = IndexMap<&'a str, Collected<'a>>;

impl<'a> Collector<'a> {
    /// What `sets` select of an object of the type `ty`.
    #[must_use]
    pub fn collect(&self, ty: &str, sets: &[&'a SelectionSet]) -> Fields<'a> {
        let (mut fields, mut spread) = (Fields::new(), Vec::new());
        for set in sets {
            self.add(ty, set, &mut fields, &mut spread);
        }
        fields
    }

    fn add(&self, ty: &str, set: &'a SelectionSet, fields: &mut Fields<'a>, spread: &mut Vec<&'a str>) {
        for selection in &set.items {
            if self.conditions.is_some_and(|conditions| !conditions.is_included(selection.node.directives())) {
                continue;
            }
            match &selection.node {
                Selection::Field(field) => self.add_field(ty, &field.node, fields),
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref().map(|condition| condition.node.on.node.as_str());
                    if on.is_none_or(|on| self.outline.is_a(ty, on)) {
                        self.add(ty, &fragment.node.selection_set.node, fields, spread);
                    }
                }
                Selection::FragmentSpread(named) => {
                    let name = named.node.fragment_name.node.as_str();
                    let Some(fragment) = self.document.fragments.get(name) else { continue };
                    let applies = self.outline.is_a(ty, &fragment.node.type_condition.node.on.node);
                    if applies && !spread.contains(&name) {
                        spread.push(name);
                        self.add(ty, &fragment.node.selection_set.node, fields, spread);
                    }
                }
            }
        }
    }

    fn add_field(&self, ty: &str, field: &'a Field, fields: &mut Fields<'a>) {
        let key = &field.response_key().node;
        if key == TYPE_KEY {
            return;
        }
        let collected = fields.entry(key.as_str()).or_insert_with(|| {
            let ty = self.outline.find_field(ty, &field.name.node).map(|known| &known.ty);
            Collected { key, fields: Vec::new(), ty }
        });
        collected.fields.push(field);
    }
}
