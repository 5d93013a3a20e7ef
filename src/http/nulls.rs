//! Puts nulls where the specification wants them: a field that failed is null, and where its type
//! does not allow that, so is the nearest field around it whose type does.
//!
//! The executor leaves a failed field out instead, whether its type may be null or not, so that an
//! answer could lack what its type promises. Only answers with errors are looked at.

use async_graphql::{
    Name, PathSegment, ServerError, Value,
    parser::types::{BaseType, ExecutableDocument, OperationDefinition, Selection, SelectionSet, Type},
};

use crate::limits::outline::Outline;

/// The answer to `operation`, `data`, with the nulls that `errors` mean.
pub fn complete(
    (outline, document): (&Outline, &ExecutableDocument),
    operation: &OperationDefinition,
    data: Value,
    errors: &[ServerError],
) -> Value {
    let walk = Walk { outline, document };
    let mut data = data;
    for error in errors.iter().filter(|error| !error.path.is_empty()) {
        open(&mut data, &error.path);
    }
    for error in errors.iter().filter(|error| !error.path.is_empty()) {
        let nullable = walk.nullable_at(operation, &error.path);
        match nullable.iter().rposition(|nullable| *nullable) {
            Some(last) => set_null(&mut data, &error.path[..=last]),
            None => return Value::Null,
        }
    }
    data
}

/// Makes objects of the nulls on the way of `path`: of an object all of whose fields failed the executor makes null,
/// but who was asked for them is there.
fn open(data: &mut Value, path: &[PathSegment]) {
    let [segment, below @ ..] = path else { return };
    match segment {
        PathSegment::Field(key) => {
            if *data == Value::Null {
                *data = Value::Object(async_graphql::indexmap::IndexMap::new());
            }
            if let Value::Object(fields) = data
                && let Some(value) = fields.get_mut(key.as_str())
            {
                open(value, below);
            }
        }
        PathSegment::Index(index) => {
            if let Value::List(items) = data
                && let Some(item) = items.get_mut(*index)
            {
                open(item, below);
            }
        }
    }
}

/// Sets what is at `path` to null, unless something above it is already.
fn set_null(data: &mut Value, path: &[PathSegment]) {
    let [segment, below @ ..] = path else { return *data = Value::Null };
    match (data, segment) {
        (Value::Object(fields), PathSegment::Field(key)) => {
            if below.is_empty() {
                fields.insert(Name::new(key), Value::Null);
            } else if let Some(value) = fields.get_mut(key.as_str()) {
                set_null(value, below);
            }
        }
        (Value::List(items), PathSegment::Index(index)) => {
            if let Some(item) = items.get_mut(*index) {
                set_null(item, below);
            }
        }
        _ => {}
    }
}

struct Walk<'a> {
    outline: &'a Outline,
    document: &'a ExecutableDocument,
}

impl<'a> Walk<'a> {
    /// Whether what is at each step of `path` may be null; what is not known may.
    fn nullable_at(&self, operation: &'a OperationDefinition, path: &[PathSegment]) -> Vec<bool> {
        let mut sets = vec![(&operation.selection_set.node, self.outline.root(operation.ty).unwrap_or_default())];
        let mut ty: Option<&Type> = None;
        path.iter()
            .map(|segment| {
                match segment {
                    PathSegment::Index(_) => ty = ty.and_then(item_type),
                    PathSegment::Field(key) => {
                        let mut fields = Vec::new();
                        for (set, parent) in &sets {
                            self.collect(set, parent, key, &mut fields);
                        }
                        ty = fields.first().map(|(_, ty)| *ty);
                        sets = fields.into_iter().map(|(set, ty)| (set, named_type(ty))).collect();
                    }
                }
                ty.is_none_or(|ty| ty.nullable)
            })
            .collect()
    }

    /// The fields answered under `key`: what each selects, and its type.
    fn collect(
        &self,
        set: &'a SelectionSet,
        parent: &'a str,
        key: &str,
        found: &mut Vec<(&'a SelectionSet, &'a Type)>,
    ) {
        for selection in &set.items {
            match &selection.node {
                Selection::Field(field) if field.node.response_key().node == key => {
                    if let Some(known) = self.outline.find_field(parent, &field.node.name.node) {
                        found.push((&field.node.selection_set.node, &known.ty));
                    }
                }
                Selection::Field(_) => {}
                Selection::InlineFragment(fragment) => {
                    let on = fragment.node.type_condition.as_ref().map(|condition| condition.node.on.node.as_str());
                    self.collect(&fragment.node.selection_set.node, on.unwrap_or(parent), key, found);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        let on = fragment.node.type_condition.node.on.node.as_str();
                        self.collect(&fragment.node.selection_set.node, on, key, found);
                    }
                }
            }
        }
    }
}

fn item_type(ty: &Type) -> Option<&Type> {
    match &ty.base {
        BaseType::List(item) => Some(item),
        BaseType::Named(_) => None,
    }
}

fn named_type(ty: &Type) -> &str {
    match &ty.base {
        BaseType::List(item) => named_type(item),
        BaseType::Named(name) => name,
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{parser::parse_query, value};

    use super::*;
    use crate::limits::outline::EXAMPLE_SDL;

    fn completed(document: &str, data: Value, paths: &[&str]) -> Value {
        let outline = Outline::from_sdl(EXAMPLE_SDL).unwrap();
        let document = parse_query(document).unwrap();
        let errors: Vec<ServerError> = paths
            .iter()
            .map(|path| {
                let segments = path.split('.').map(|segment| {
                    segment.parse().map_or_else(|_| PathSegment::Field(segment.to_owned()), PathSegment::Index)
                });
                ServerError::new("", None).with_path(segments.collect())
            })
            .collect();
        let (_, operation) = document.operations.iter().next().unwrap();
        complete((&outline, &document), &operation.node, data, &errors)
    }

    #[test]
    fn a_root_field_that_failed_is_null_and_its_siblings_stay() {
        assert_eq!(completed("{ me { id } }", Value::Null, &["me"]), value!({"me": null}));
        assert_eq!(
            completed("{ you: me { id } categories { id } }", value!({"categories": []}), &["you"]),
            value!({"categories": [], "you": null})
        );
    }

    #[test]
    fn a_nullable_field_that_failed_is_null_in_its_place() {
        let data = value!({"records": {"nodes": [{"id": 1}, {"id": 2}]}});
        assert_eq!(
            completed(
                "{ records { nodes { ...F } } } fragment F on Record { id deletedAt }",
                data,
                &["records.nodes.1.deletedAt"]
            ),
            value!({"records": {"nodes": [{"id": 1}, {"id": 2, "deletedAt": null}]}})
        );
    }

    #[test]
    fn a_field_that_cannot_be_null_takes_what_is_around_it_along() {
        assert_eq!(
            completed("{ me { id name } }", value!({"me": {"id": 1}}), &["me.name"]),
            value!({"me": null}),
            "name is not null, me may be"
        );
        assert_eq!(
            completed(
                "{ records { nodes { amount { amount } } } }",
                value!({"records": {"nodes": [{"amount": {}}]}}),
                &["records.nodes.0.amount.amount"]
            ),
            value!({"records": null}),
            "neither items nor lists may be null here"
        );
    }

    #[test]
    fn fields_of_one_object_are_found_in_all_selections_of_it() {
        let document = "{ node(id: 1) { id ... on Record { r: createdBy { id } } ...F } } fragment F on Record { r: createdBy { email } }";
        assert_eq!(
            completed(document, value!({"node": {"id": 1, "r": {"id": 2}}}), &["node.r.email"]),
            value!({"node": {"id": 1, "r": {"id": 2, "email": null}}})
        );
    }

    #[test]
    fn what_is_null_already_stays_null() {
        let data = value!({"me": null});
        assert_eq!(completed("{ me { id email } }", data.clone(), &["me.email", "me.id"]), data);
    }
}
