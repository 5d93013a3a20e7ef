//! What the executor is given instead of what a client sent, where it would read that differently from the
//! specification. A document that is rewritten is validated as it came.
//!
//! - An argument or input field whose variable was left out is left out too, so that its default holds.
//! - Fields with the same key are one field: the executor would run a mutation once for each of them.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Name, Pos, Positioned, Variables,
    parser::types::{
        Directive, DocumentOperations, ExecutableDocument, Field, FragmentDefinition, InlineFragment,
        OperationDefinition, OperationType, Selection, SelectionSet,
    },
};
use async_graphql_value::Value;

use crate::{
    inputs::{Input, Walk},
    limits::{
        collect::{Collected, Collector},
        conditions::Conditions,
        outline::{Outline, named_type},
    },
    refusal::Refusal,
    typenames,
};

type Fragments = HashMap<Name, Positioned<FragmentDefinition>>;

/// Gives the variables that were left out their defaults.
pub fn set_defaults(operation: &OperationDefinition, variables: &mut Variables) {
    for definition in operation.variable_definitions.iter().map(|definition| &definition.node) {
        if let Some(default) = &definition.default_value {
            variables.entry(definition.name.node.clone()).or_insert_with(|| default.node.clone());
        }
    }
}

/// What to execute instead of `operation`, one of `document`; `None` where that is right as it is. `repeats` says
/// whether some of its fields may have the same key.
pub fn rewrite(
    outline: &Outline,
    (document, operation): (&ExecutableDocument, &OperationDefinition),
    variables: &Variables,
    repeats: bool,
) -> Option<ExecutableDocument> {
    let omitted = operation.variable_definitions.iter().map(|definition| &definition.node.name.node);
    let omitted: HashSet<_> = omitted.filter(|name| !variables.contains_key(*name)).collect();
    let takes_default = !omitted.is_empty() && takes_default(outline, (document, operation), &omitted);
    if !takes_default && !repeats {
        return None;
    }
    let mut operation = operation.clone();
    let mut fragments = document.fragments.clone();
    if repeats && let Some(root) = outline.root(operation.ty) {
        let conditions = Some(Conditions::new(&operation, variables));
        let merged = merged(&Collector { outline, document, conditions }, root, &[&operation.selection_set.node]);
        operation.selection_set.node = merged;
    }
    let mut used = Used::default();
    let sets = fragments.values_mut().map(|fragment| &mut fragment.node.selection_set.node);
    for set in sets.chain([&mut operation.selection_set.node]) {
        leave_out(set, &omitted);
    }
    used.add(&operation.selection_set.node, &fragments);
    operation.variable_definitions.retain(|definition| used.variables.contains(&definition.node.name.node));
    fragments.retain(|name, _| used.fragments.contains(name));
    let operations = DocumentOperations::Single(Positioned::new(operation, Pos::default()));
    Some(ExecutableDocument { operations, fragments })
}

/// `document` with nothing to do in the operation called `name`, for an executor that validates what it executes.
pub fn idle(document: &ExecutableDocument, name: Option<&Name>) -> ExecutableDocument {
    let mut document = document.clone();
    let operation = match (&mut document.operations, name) {
        (DocumentOperations::Single(operation), _) => Some(operation),
        (DocumentOperations::Multiple(operations), Some(name)) => operations.get_mut(name),
        (DocumentOperations::Multiple(operations), None) => operations.values_mut().next(),
    };
    if let Some(operation) = operation {
        let all = std::mem::take(&mut operation.node.selection_set.node);
        let here = |node| Positioned::new(node, Pos::default());
        let always = Positioned::new(Value::Boolean(true), Pos::default());
        let skip = Directive {
            name: Positioned::new(Name::new("skip"), Pos::default()),
            arguments: vec![(Positioned::new(Name::new("if"), Pos::default()), always)],
        };
        let fragment = InlineFragment {
            type_condition: None,
            directives: vec![Positioned::new(skip, Pos::default())],
            selection_set: Positioned::new(all, operation.node.selection_set.pos),
        };
        let fragment = Selection::InlineFragment(Positioned::new(fragment, Pos::default()));
        operation.node.selection_set.node.items.push(here(fragment));
    }
    document
}

/// Whether fields of an operation have the same key, so that what they select has to be put together: those of a
/// mutation, which would be run twice, and those of an object, whose parts the executor can lose. The executor overlooks
/// fragments at the top of a subscription: these are put together too.
///
/// # Errors
/// `GRAPHQL_VALIDATION_FAILED` where they are not the same field: the executor does not see that in fragments.
pub fn repeats(
    outline: &Outline,
    document: &ExecutableDocument,
    operation: &OperationDefinition,
) -> Result<bool, Refusal> {
    let collector = Collector { outline, document, conditions: None };
    let Some(root) = outline.root(operation.ty) else { return Ok(false) };
    let root_fields = collector.collect(root, &[&operation.selection_set.node]);
    let is_mutation = operation.ty == OperationType::Mutation;
    let is_subscription = operation.ty == OperationType::Subscription;
    let has_fragment = || operation.selection_set.node.items.iter().any(|it| !matches!(it.node, Selection::Field(_)));
    let mut repeats = (is_mutation || is_subscription) && root_fields.values().any(|same| same.fields.len() > 1);
    repeats |= is_subscription && has_fragment();
    for same in root_fields.values() {
        repeats |= repeats_below(&collector, same)?;
    }
    Ok(repeats)
}

fn repeats_below(collector: &Collector<'_>, same: &Collected<'_>) -> Result<bool, Refusal> {
    if let [first, others @ ..] = &same.fields[..]
        && others.iter().any(|other| !is_same(first, other))
    {
        let message = format!("The key \"{}\" stands for different fields. Give them different aliases.", same.key);
        return Err(Refusal::invalid(message));
    }
    let sets = sets(same);
    let ty = same.ty.map(named_type).filter(|ty| !collector.outline.is_abstract(ty));
    let Some(ty) = ty.filter(|_| !sets.is_empty()) else { return Ok(false) };
    let mut repeats = sets.len() > 1;
    for same in collector.collect(ty, &sets).values() {
        repeats |= repeats_below(collector, same)?;
    }
    Ok(repeats)
}

fn is_same(one: &Field, other: &Field) -> bool {
    let given = |name: &Name| other.get_argument(name).map(|value| &value.node);
    one.name.node == other.name.node
        && one.arguments.len() == other.arguments.len()
        && one.arguments.iter().all(|(name, value)| given(&name.node) == Some(&value.node))
}

fn sets<'a>(same: &Collected<'a>) -> Vec<&'a SelectionSet> {
    let sets = same.fields.iter().map(|field| &field.selection_set.node);
    sets.filter(|set| !set.items.is_empty()).collect()
}

/// `sets` as one without fragments, each key once, for an object of the type `ty`.
fn merged(collector: &Collector<'_>, ty: &str, sets_of_object: &[&SelectionSet]) -> SelectionSet {
    let fields = collector.collect(ty, sets_of_object).into_values().filter_map(|same| {
        let first: &Field = same.fields.first()?;
        let sets = sets(&same);
        let set = match same.ty.map(named_type) {
            _ if sets.is_empty() => SelectionSet::default(),
            Some(ty) if !collector.outline.is_abstract(ty) => merged(collector, ty, &sets),
            _ => SelectionSet { items: sets.iter().flat_map(|set| set.items.iter().cloned()).collect() },
        };
        let set = Positioned::new(set, first.selection_set.pos);
        // What is left out has been, and the executor has no use for directives but those.
        let field = Field { selection_set: set, directives: Vec::new(), ..first.clone() };
        let pos = first.response_key().pos;
        Some(Positioned::new(Selection::Field(Positioned::new(field, pos)), pos))
    });
    let mut items: Vec<_> = fields.collect();
    if items.is_empty() {
        items.push(typenames::typename());
    }
    SelectionSet { items }
}

/// Whether a variable that was left out stands where that means a default.
fn takes_default(
    outline: &Outline,
    (document, operation): (&ExecutableDocument, &OperationDefinition),
    omitted: &HashSet<&Name>,
) -> bool {
    let mut found = false;
    let is_omitted = |value: &Value| matches!(value, Value::Variable(name) if omitted.contains(name));
    let mut walk = Walk { outline, visit: |input: Input<'_>| found |= input.has_default && is_omitted(input.value) };
    walk.operation(operation);
    document.fragments.values().for_each(|fragment| walk.fragment(&fragment.node));
    found
}

/// Leaves out what stands for a variable that was `omitted`; in a list it is null.
fn leave_out(set: &mut SelectionSet, omitted: &HashSet<&Name>) {
    for selection in &mut set.items {
        for directive in selection.node.directives_mut() {
            leave_out_arguments(&mut directive.node.arguments, omitted);
        }
        match &mut selection.node {
            Selection::Field(field) => {
                leave_out_arguments(&mut field.node.arguments, omitted);
                leave_out(&mut field.node.selection_set.node, omitted);
            }
            Selection::InlineFragment(fragment) => leave_out(&mut fragment.node.selection_set.node, omitted),
            Selection::FragmentSpread(_) => {}
        }
    }
}

fn leave_out_arguments(arguments: &mut Vec<(Positioned<Name>, Positioned<Value>)>, omitted: &HashSet<&Name>) {
    arguments.retain_mut(|(_, value)| keep(&mut value.node, omitted));
}

fn keep(value: &mut Value, omitted: &HashSet<&Name>) -> bool {
    match value {
        Value::Variable(name) => return !omitted.contains(name),
        Value::Object(fields) => fields.retain(|_, value| keep(value, omitted)),
        Value::List(items) => {
            for item in items {
                if !keep(item, omitted) {
                    *item = Value::Null;
                }
            }
        }
        _ => {}
    }
    true
}

/// What an operation uses.
#[derive(Default)]
struct Used {
    variables: HashSet<Name>,
    fragments: HashSet<Name>,
}

impl Used {
    fn add(&mut self, set: &SelectionSet, fragments: &Fragments) {
        for selection in &set.items {
            self.add_directives(selection.node.directives());
            match &selection.node {
                Selection::Field(field) => {
                    field.node.arguments.iter().for_each(|(_, value)| self.add_value(&value.node));
                    self.add(&field.node.selection_set.node, fragments);
                }
                Selection::InlineFragment(fragment) => self.add(&fragment.node.selection_set.node, fragments),
                Selection::FragmentSpread(spread) => {
                    let name = &spread.node.fragment_name.node;
                    if self.fragments.insert(name.clone())
                        && let Some(fragment) = fragments.get(name)
                    {
                        self.add_directives(&fragment.node.directives);
                        self.add(&fragment.node.selection_set.node, fragments);
                    }
                }
            }
        }
    }

    fn add_directives(&mut self, directives: &[Positioned<Directive>]) {
        let arguments = directives.iter().flat_map(|directive| &directive.node.arguments);
        arguments.for_each(|(_, value)| self.add_value(&value.node));
    }

    fn add_value(&mut self, value: &Value) {
        match value {
            Value::Variable(name) => _ = self.variables.insert(name.clone()),
            Value::List(items) => items.iter().for_each(|item| self.add_value(item)),
            Value::Object(fields) => fields.values().for_each(|value| self.add_value(value)),
            _ => {}
        }
    }
}
