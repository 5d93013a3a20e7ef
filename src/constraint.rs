//! `@constraint`: the bounds of an input, printed in the schema where the input stands. Parsers enforce them; a test holds
//! both to each other.

use std::borrow::Cow;

use async_graphql::{
    TypeDirective,
    registry::{
        MetaDirectiveInvocation, Registry,
        location_traits::{Directive_At_ARGUMENT_DEFINITION, Directive_At_INPUT_FIELD_DEFINITION},
    },
};
use directive::constraint;

#[expect(clippy::too_many_arguments, reason = "they are the directive's arguments, by name")]
mod directive {
    use super::TypeDirective;

    /// The bounds of this input. Lengths count the characters of the trimmed text.
    #[TypeDirective(name = "constraint", location = "InputFieldDefinition", location = "ArgumentDefinition")]
    pub(super) fn constraint(
        #[graphql(desc = "The fewest characters.")] min_length: Option<usize>,
        #[graphql(desc = "The most characters.")] max_length: Option<usize>,
        #[graphql(desc = "The regular expression that the text matches.")] pattern: Option<String>,
        #[graphql(desc = "The smallest number.")] min: Option<u64>,
        #[graphql(desc = "The greatest number.")] max: Option<u64>,
        #[graphql(desc = "The fewest items.")] min_items: Option<usize>,
        #[graphql(desc = "The most items.")] max_items: Option<usize>,
        #[graphql(desc = "The greatest amount, in minor units of its currency: a whole number, as text.")]
        max_minor_units: Option<String>,
    ) {
    }
}

/// What bounds an input.
#[derive(Clone, Copy)]
pub(crate) enum Bound {
    /// Text of at most so many characters.
    AtMost(usize),
    /// Text of at least and at most so many characters.
    Length(usize, usize),
    /// Text of a pattern and of at least and at most so many characters.
    Pattern(&'static str, usize, usize),
    /// A number between two, both included.
    Range(u64, u64),
    /// A list of at most so many items.
    Items(usize),
    /// A list of at least one and at most so many items.
    SomeItems(usize),
    /// An amount of at most so many minor units of its currency.
    MinorUnits(i64),
}

/// The directive, used as `directive = Constraint::apply(Bound::AtMost(100))`.
pub(crate) struct Constraint;

impl Constraint {
    pub(crate) fn apply(bound: Bound) -> MetaDirectiveInvocation {
        let apply = constraint::apply;
        match bound {
            Bound::AtMost(most) => apply(None, Some(most), None, None, None, None, None, None),
            Bound::Length(least, most) => apply(Some(least), Some(most), None, None, None, None, None, None),
            Bound::Pattern(pattern, least, most) => {
                apply(Some(least), Some(most), Some(pattern.to_owned()), None, None, None, None, None)
            }
            Bound::Range(least, most) => apply(None, None, None, Some(least), Some(most), None, None, None),
            Bound::SomeItems(most) => apply(None, None, None, None, None, Some(1), Some(most), None),
            Bound::Items(most) => apply(None, None, None, None, None, None, Some(most), None),
            Bound::MinorUnits(most) => apply(None, None, None, None, None, None, None, Some(most.to_string())),
        }
    }
}

impl TypeDirective for Constraint {
    fn name(&self) -> Cow<'static, str> {
        constraint.name()
    }

    fn register(&self, registry: &mut Registry) {
        constraint.register(registry);
    }
}

impl Directive_At_INPUT_FIELD_DEFINITION for Constraint {}
impl Directive_At_ARGUMENT_DEFINITION for Constraint {}
