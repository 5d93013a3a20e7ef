//! The values that a request gives to the variables of its operation, and what `@skip` and `@include` leave out by them.

use async_graphql::{
    Name, Positioned, Value, Variables,
    parser::types::{Directive, OperationDefinition},
};
use async_graphql_value::Value as Input;

/// What an operation's variables are in one request.
#[derive(Clone, Copy)]
pub struct Conditions<'a> {
    operation: &'a OperationDefinition,
    variables: &'a Variables,
}

impl<'a> Conditions<'a> {
    /// The variables of `operation` with the values that a request sent.
    #[must_use]
    pub fn new(operation: &'a OperationDefinition, variables: &'a Variables) -> Self {
        Self { operation, variables }
    }

    /// Whether what has these directives is selected. A condition that cannot be known counts as included.
    #[must_use]
    pub fn is_included(&self, directives: &[Positioned<Directive>]) -> bool {
        directives.iter().all(|directive| {
            let leaves_out = match directive.node.name.node.as_str() {
                "skip" => true,
                "include" => false,
                _ => return true,
            };
            let condition = directive.node.get_argument("if").and_then(|condition| self.evaluate(condition));
            condition != Some(Value::Boolean(leaves_out))
        })
    }

    /// What `value` is with these variables, each what was sent, else its default; `None` where one has neither.
    #[must_use]
    pub fn evaluate(&self, value: &Positioned<Input>) -> Option<Value> {
        value.node.clone().into_const_with(|name| self.variable(&name).ok_or(())).ok()
    }

    fn variable(&self, name: &Name) -> Option<Value> {
        if let Some(value) = self.variables.get(name) {
            return Some(value.clone());
        }
        let definition = self.operation.variable_definitions.iter().find(|it| it.node.name.node == *name)?;
        definition.node.default_value.as_ref().map(|value| value.node.clone())
    }
}
