//! Whether an operation selects a field, wherever that stands.

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition, Selection, SelectionSet};

use crate::limits::outline::{Outline, named_type};

/// Whether `operation` of `document` selects a field that `is_meant` says is one of its type and name, included or not.
pub fn selects(
    outline: &Outline,
    (document, operation): (&ExecutableDocument, &OperationDefinition),
    is_meant: &dyn Fn(&str, &str) -> bool,
) -> bool {
    let root = outline.root(operation.ty).unwrap_or_default();
    Search { outline, document, is_meant }.is_in(root, &operation.selection_set.node)
}

struct Search<'a> {
    outline: &'a Outline,
    document: &'a ExecutableDocument,
    is_meant: &'a dyn Fn(&str, &str) -> bool,
}

impl Search<'_> {
    fn is_in(&self, ty: &str, set: &SelectionSet) -> bool {
        set.items.iter().any(|selection| match &selection.node {
            Selection::Field(field) => {
                let (name, set) = (field.node.name.node.as_str(), &field.node.selection_set.node);
                let below = || self.outline.find_field(ty, name).map(|field| named_type(&field.ty));
                (self.is_meant)(ty, name) || below().is_some_and(|ty| self.is_in(ty, set))
            }
            Selection::InlineFragment(fragment) => {
                let on = fragment.node.type_condition.as_ref().map(|condition| condition.node.on.node.as_str());
                self.is_in(on.unwrap_or(ty), &fragment.node.selection_set.node)
            }
            // It was measured: no fragment spreads itself.
            Selection::FragmentSpread(spread) => {
                let fragment = self.document.fragments.get(&spread.node.fragment_name.node);
                fragment.is_some_and(|fragment| {
                    self.is_in(&fragment.node.type_condition.node.on.node, &fragment.node.selection_set.node)
                })
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;
    use crate::limits::outline::EXAMPLE_SDL;

    #[test]
    fn fields_are_found_by_their_type_wherever_they_stand() {
        let outline = Outline::from_sdl(EXAMPLE_SDL).unwrap();
        let has_email = |text: &str| {
            let document = parse_query(text).unwrap();
            let (_, operation) = document.operations.iter().next().unwrap();
            selects(&outline, (&document, &operation.node), &|ty, field| (ty, field) == ("User", "email"))
        };
        for text in [
            "{ me { email } }",
            "{ me { a: email @skip(if: true) } }",
            "{ node(id: 1) { ... on User { email } } }",
            "{ records { nodes { ...R } } } fragment R on Record { createdBy { ...U } } fragment U on User { email }",
            "subscription { changed { nodes { field } } ... { changed { nodes { field } } } } fragment F on User { email }",
        ] {
            assert_eq!(has_email(text), !text.starts_with("subscription"), "{text}");
        }
        for text in ["{ me { name } }", "{ nothing { email } }", "{ records { nodes { notes createdBy { id } } } }"] {
            assert!(!has_email(text), "{text}");
        }
    }
}
