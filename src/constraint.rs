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
    /// A number of at least so much.
    AtLeast(u64),
    /// A number between two, both included.
    Range(u64, u64),
    /// A list of at most so many items.
    Items(usize),
}

/// The directive, used as `directive = Constraint::apply(Bound::AtMost(100))`.
pub(crate) struct Constraint;

impl Constraint {
    pub(crate) fn apply(bound: Bound) -> MetaDirectiveInvocation {
        match bound {
            Bound::AtMost(most) => constraint::apply(None, Some(most), None, None, None, None, None),
            Bound::Length(least, most) => constraint::apply(Some(least), Some(most), None, None, None, None, None),
            Bound::Pattern(pattern, least, most) => {
                constraint::apply(Some(least), Some(most), Some(pattern.to_owned()), None, None, None, None)
            }
            Bound::AtLeast(least) => constraint::apply(None, None, None, Some(least), None, None, None),
            Bound::Range(least, most) => constraint::apply(None, None, None, Some(least), Some(most), None, None),
            Bound::Items(most) => constraint::apply(None, None, None, None, None, None, Some(most)),
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
