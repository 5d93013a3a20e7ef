//! Every value that a document gives to an argument or an input field, with what the schema says of its place.

use std::fmt::{self, Display};

use async_graphql::{
    Name, Pos, Positioned,
    parser::types::{Directive, Field, FragmentDefinition, OperationDefinition, Selection, SelectionSet},
};
use async_graphql_value::Value;

use crate::limits::outline::{InputOutline, Inputs, Outline, named_type};

/// A value in its place.
pub struct Input<'a> {
    pub value: &'a Value,
    /// The name of the type that belongs there, inside lists and nullability.
    pub ty: &'a str,
    /// Whether leaving it out means something else than null.
    pub has_default: bool,
    /// Where it is, from the argument.
    pub path: &'a Path<'a>,
    /// Where its argument stands.
    pub pos: Pos,
}

/// The way from an argument to a value, such as `filter.kinds.0`.
pub struct Path<'a> {
    outer: Option<&'a Self>,
    step: Step<'a>,
}

enum Step<'a> {
    Name(&'a str),
    Index(usize),
}

impl<'a> Path<'a> {
    /// The argument or variable `name` itself.
    pub fn of(name: &'a str) -> Self {
        Self { outer: None, step: Step::Name(name) }
    }
}

impl Display for Path<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(outer) = self.outer {
            write!(formatter, "{outer}.")?;
        }
        match self.step {
            Step::Name(name) => formatter.write_str(name),
            Step::Index(index) => write!(formatter, "{index}"),
        }
    }
}

/// Shows each value to `visit`, a list or an object before what is in it. What the schema does not know is left out.
pub struct Walk<'a, F> {
    pub outline: &'a Outline,
    pub visit: F,
}

impl<F: FnMut(Input<'_>)> Walk<'_, F> {
    pub fn operation(&mut self, operation: &OperationDefinition) {
        self.set(&operation.selection_set.node, self.outline.root(operation.ty).unwrap_or_default());
    }

    pub fn fragment(&mut self, fragment: &FragmentDefinition) {
        self.directives(&fragment.directives);
        self.set(&fragment.selection_set.node, &fragment.type_condition.node.on.node);
    }

    fn set(&mut self, set: &SelectionSet, parent: &str) {
        for selection in &set.items {
            self.directives(selection.node.directives());
            match &selection.node {
                Selection::Field(field) => self.field(&field.node, parent),
                Selection::FragmentSpread(_) => {}
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref().map(|condition| condition.node.on.node.as_str());
                    self.set(&fragment.node.selection_set.node, on.unwrap_or(parent));
                }
            }
        }
    }

    fn field(&mut self, field: &Field, parent: &str) {
        let Some(known) = self.outline.find_field(parent, &field.name.node) else { return };
        self.arguments(&field.arguments, &known.arguments);
        self.set(&field.selection_set.node, known.type_name());
    }

    fn directives(&mut self, directives: &[Positioned<Directive>]) {
        for directive in directives {
            if let Some(known) = self.outline.find_directive(&directive.node.name.node) {
                self.arguments(&directive.node.arguments, known);
            }
        }
    }

    fn arguments(&mut self, arguments: &[(Positioned<Name>, Positioned<Value>)], known: &Inputs) {
        for (name, value) in arguments {
            if let Some(InputOutline { ty, has_default }) = known.get(name.node.as_str()) {
                let (ty, has_default, path) = (named_type(ty), *has_default, &Path::of(&name.node));
                self.input(Input { value: &value.node, ty, has_default, path, pos: name.pos });
            }
        }
    }

    /// `input`, and what is in it.
    pub fn input(&mut self, Input { value, ty, has_default, path, pos }: Input<'_>) {
        (self.visit)(Input { value, ty, has_default, path, pos });
        match value {
            Value::Object(fields) => {
                let Some(known) = self.outline.find_input(ty) else { return };
                for (name, value) in fields {
                    if let Some(InputOutline { ty, has_default }) = known.get(name.as_str()) {
                        let (ty, has_default) = (named_type(ty), *has_default);
                        let path = &Path { outer: Some(path), step: Step::Name(name) };
                        self.input(Input { value, ty, has_default, path, pos });
                    }
                }
            }
            Value::List(items) => {
                for (index, value) in items.iter().enumerate() {
                    let path = &Path { outer: Some(path), step: Step::Index(index) };
                    self.input(Input { value, ty, has_default: false, path, pos });
                }
            }
            _ => {}
        }
    }
}
