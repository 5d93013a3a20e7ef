//! What a parsed document is like, before it is validated: one memoised pass over its fragments.
//!
//! Validation expands every fragment wherever it is spread, so that 24 fragments, each spreading the
//! next one twice, take it seconds. Here each fragment is measured once and its numbers are added up.
//! Variables do not matter: what `@skip` leaves out is validated all the same.

use std::collections::HashMap;

use async_graphql::{
    Name,
    parser::types::{ExecutableDocument, Field, OperationDefinition, OperationType, Selection, SelectionSet},
};

use super::{Limits, outline::Outline, refuse_above};
use crate::refusal::{Code, Reason, Refusal};

/// How deep selection sets, those of fragments included, may be nested: where the executor's own limit is.
pub const MAX_NESTING: usize = 32;
/// What a document is like.
#[derive(Clone, Debug)]
pub struct Shape {
    /// What all its operations select, with every fragment expanded.
    selections: usize,
    operations: HashMap<Option<Name>, OperationShape>,
}

/// What an operation is like, with every fragment expanded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct OperationShape {
    /// Fields and fragments.
    pub selections: usize,
    /// Fields under another name.
    pub aliases: usize,
    /// Directives, those of the operation and its variables included.
    pub directives: usize,
    /// Fields at the top.
    pub root_fields: usize,
    /// How deep fields are nested; what is below `__schema` and `__type` does not count.
    pub depth: usize,
    /// Fields at the top with `@credential`: they take a password or a token.
    pub credentials: usize,
    /// Whether the schema is asked about itself.
    pub introspects: bool,
    /// Whether the access token that comes along does not matter to any field at the top.
    pub any_token: bool,
}

impl Shape {
    /// Measures every operation of `document`.
    ///
    /// # Errors
    /// `GRAPHQL_VALIDATION_FAILED` for a fragment that spreads itself; `QUERY_TOO_COMPLEX` for selection
    /// sets nested so deep that executing them is not safe.
    pub fn measure(outline: &Outline, document: &ExecutableDocument) -> Result<Self, Refusal> {
        let mut pass = Pass { outline, document, fragments: HashMap::new() };
        for name in document.fragments.keys() {
            pass.fragment(name, 0)?;
        }
        let mut shape = Self { selections: 0, operations: HashMap::new() };
        for (name, operation) in document.operations.iter() {
            let measured = pass.operation(&operation.node)?;
            shape.selections = shape.selections.saturating_add(measured.selections);
            shape.operations.insert(name.cloned(), measured);
        }
        Ok(shape)
    }

    /// Refuses a document that validation would take too long for.
    ///
    /// # Errors
    /// `QUERY_TOO_COMPLEX` with the `limit`.
    pub fn check(&self, limits: &Limits) -> Result<(), Refusal> {
        refuse_above(limits.max_query_selections, self.selections, "A document", "fields and fragments, expanded,")
    }

    /// The operation called `name`.
    #[must_use]
    pub fn find_operation(&self, name: Option<&Name>) -> Option<&OperationShape> {
        self.operations.get(&name.cloned())
    }

    /// Whether an operation holds what should not be kept in memory: a password or a token, perhaps.
    #[must_use]
    pub fn has_credentials(&self) -> bool {
        self.operations.values().any(|operation| operation.credentials > 0)
    }
}

impl OperationShape {
    /// Refuses an operation that is larger than `limits` allow.
    ///
    /// # Errors
    /// `QUERY_TOO_COMPLEX` with the `limit`.
    pub fn check(&self, limits: &Limits) -> Result<(), Refusal> {
        refuse_above(limits.max_query_aliases, self.aliases, "An operation", "aliases")?;
        refuse_above(limits.max_query_root_fields, self.root_fields, "An operation", "fields at its top")?;
        refuse_above(limits.max_query_directives, self.directives, "An operation", "directives")?;
        refuse_above(limits.max_query_depth, self.depth, "An operation", "levels of fields")?;
        refuse_above(1, self.credentials, "An operation", "field that takes a password or a token")
    }
}

/// What a selection set adds up to. `fields`, `credentials`, `sessions` and `introspections` count its own level only.
#[derive(Clone, Copy, Default)]
struct Tally {
    selections: usize,
    aliases: usize,
    directives: usize,
    depth: usize,
    nesting: usize,
    fields: usize,
    credentials: usize,
    sessions: usize,
    introspections: usize,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.add_below(other);
        self.fields = self.fields.saturating_add(other.fields);
        self.credentials = self.credentials.saturating_add(other.credentials);
        self.sessions = self.sessions.saturating_add(other.sessions);
        self.introspections = self.introspections.saturating_add(other.introspections);
    }

    fn add_below(&mut self, other: Self) {
        self.selections = self.selections.saturating_add(other.selections);
        self.aliases = self.aliases.saturating_add(other.aliases);
        self.directives = self.directives.saturating_add(other.directives);
        self.depth = self.depth.max(other.depth);
        self.nesting = self.nesting.max(other.nesting);
    }
}

struct Pass<'a> {
    outline: &'a Outline,
    document: &'a ExecutableDocument,
    /// `None` while a fragment is being measured: a spread that finds that is inside it.
    fragments: HashMap<&'a str, Option<Tally>>,
}

impl<'a> Pass<'a> {
    fn operation(&mut self, operation: &'a OperationDefinition) -> Result<OperationShape, Refusal> {
        let tally = self.selection_set(&operation.selection_set.node, 0)?;
        let of_variables: usize = operation.variable_definitions.iter().map(|it| it.node.directives.len()).sum();
        let is_mutation = operation.ty == OperationType::Mutation;
        Ok(OperationShape {
            selections: tally.selections,
            aliases: tally.aliases,
            directives: tally.directives.saturating_add(operation.directives.len() + of_variables),
            root_fields: tally.fields,
            depth: tally.depth,
            credentials: if is_mutation { tally.credentials } else { 0 },
            introspects: tally.introspections > 0,
            any_token: is_mutation && tally.sessions > 0 && tally.sessions == tally.fields,
        })
    }

    fn selection_set(&mut self, set: &'a SelectionSet, level: usize) -> Result<Tally, Refusal> {
        if level > MAX_NESTING {
            return Err(too_nested());
        }
        let mut sum = Tally::default();
        for selection in &set.items {
            let mut tally = match &selection.node {
                Selection::Field(field) => self.field(&field.node, level)?,
                Selection::FragmentSpread(spread) => {
                    let mut tally = self.fragment(&spread.node.fragment_name.node, level + 1)?;
                    tally.nesting += 1;
                    tally
                }
                Selection::InlineFragment(fragment) => {
                    let mut tally = self.selection_set(&fragment.node.selection_set.node, level + 1)?;
                    tally.nesting += 1;
                    tally
                }
            };
            tally.selections = tally.selections.saturating_add(1);
            tally.directives = tally.directives.saturating_add(selection.node.directives().len());
            sum.add(tally);
        }
        if sum.nesting > MAX_NESTING { Err(too_nested()) } else { Ok(sum) }
    }

    fn field(&mut self, field: &'a Field, level: usize) -> Result<Tally, Refusal> {
        let name = field.name.node.as_str();
        let introspects = matches!(name, "__schema" | "__type");
        let root = self.outline.root(OperationType::Mutation);
        let credential = root.and_then(|root| self.outline.find_field(root, name)?.credential);
        let mut tally = Tally {
            fields: 1,
            aliases: usize::from(field.alias.is_some()),
            credentials: usize::from(credential.is_some()),
            sessions: usize::from(credential.is_some_and(|it| it.any_token) || name == "__typename"),
            introspections: usize::from(introspects),
            ..Tally::default()
        };
        if !field.selection_set.node.items.is_empty() {
            tally.add_below(self.selection_set(&field.selection_set.node, level + 1)?);
            tally.nesting += 1;
        }
        tally.depth = if introspects { 1 } else { tally.depth + 1 };
        Ok(tally)
    }

    /// A fragment that does not exist measures nothing; validation will say so.
    fn fragment(&mut self, name: &'a str, level: usize) -> Result<Tally, Refusal> {
        match self.fragments.get(name) {
            Some(Some(tally)) => return Ok(*tally),
            Some(None) => {
                return Err(Refusal::new(
                    Reason::Limit,
                    Code::GraphqlValidationFailed,
                    format!("The fragment \"{name}\" spreads itself, directly or through others."),
                ));
            }
            None => {}
        }
        let Some(fragment) = self.document.fragments.get(name) else { return Ok(Tally::default()) };
        self.fragments.insert(name, None);
        let mut tally = self.selection_set(&fragment.node.selection_set.node, level)?;
        tally.directives = tally.directives.saturating_add(fragment.node.directives.len());
        self.fragments.insert(name, Some(tally));
        Ok(tally)
    }
}

fn too_nested() -> Refusal {
    Refusal::too_complex(format!(
        "Selections may be nested {MAX_NESTING} levels deep at most, with every fragment expanded."
    ))
    .with("limit", MAX_NESTING)
}

#[cfg(test)]
mod tests;
