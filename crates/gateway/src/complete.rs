//! Gives an answer the shape that the specification wants: keys in the order of the selection, and null for a field
//! that failed, or, where its type does not allow that, for the nearest field around it whose type does.
//!
//! The executor puts fields into the answer as they finish, and leaves out one that failed. The errors are put into the
//! order of the answer too.

use std::{cell::RefCell, collections::HashMap, rc::Rc};

use async_graphql::{
    Name, PathSegment, ServerError, Value,
    indexmap::IndexMap,
    parser::types::{ExecutableDocument, OperationDefinition, SelectionSet, Type},
};

use crate::limits::{
    collect::{Collector, TYPE_KEY},
    conditions::Conditions,
    outline::{Outline, item_type, named_type},
};

/// The answer to `operation` in `document`: its data and its errors, from what the executor made of them.
pub fn complete(
    (outline, document): (&Outline, &ExecutableDocument),
    (operation, conditions): (&OperationDefinition, Conditions<'_>),
    data: Value,
    errors: Vec<ServerError>,
) -> (Value, Vec<ServerError>) {
    let tree = Tree::of(&errors);
    let collector = Collector { outline, document, conditions: Some(conditions) };
    let mut walk = Walk { collector, order: Vec::new() };
    let mut data = data;
    let root = outline.root(operation.ty).unwrap_or_default();
    let plan = walk.plan(root, &[&operation.selection_set.node]);
    if data == Value::Null {
        data = Value::Object(IndexMap::new());
    }
    if !walk.object(&mut data, &plan, Some(&tree)) {
        data = Value::Null;
    }
    let order = walk.order;
    drop(tree);
    (data, sorted(errors, &order))
}

/// `errors` in the order in which the answer has their places, those without a place first.
fn sorted(errors: Vec<ServerError>, order: &[usize]) -> Vec<ServerError> {
    if errors.len() < 2 {
        return errors;
    }
    let ranks: HashMap<usize, usize> = order.iter().enumerate().map(|(rank, index)| (*index, rank)).collect();
    let rank = |index: &usize, error: &ServerError| match ranks.get(index) {
        _ if error.path.is_empty() => (0, 0),
        Some(rank) => (1, *rank),
        None => (2, 0),
    };
    let mut errors: Vec<_> = errors.into_iter().enumerate().collect();
    errors.sort_by_key(|(index, error)| rank(index, error));
    errors.into_iter().map(|(_, error)| error).collect()
}

/// The errors by their places.
#[derive(Default)]
struct Tree<'a> {
    /// The errors of this very place.
    here: Vec<usize>,
    fields: IndexMap<&'a str, Tree<'a>>,
    items: HashMap<usize, Tree<'a>>,
}

impl<'a> Tree<'a> {
    fn of(errors: &'a [ServerError]) -> Self {
        let mut root = Self::default();
        for (index, error) in errors.iter().enumerate() {
            let place = error.path.iter().fold(&mut root, |place, segment| match segment {
                PathSegment::Field(key) => place.fields.entry(key).or_default(),
                PathSegment::Index(index) => place.items.entry(*index).or_default(),
            });
            place.here.push(index);
        }
        root
    }
}

/// What is answered of an object, in order.
type Plan<'a> = Vec<Planned<'a>>;

struct Planned<'a> {
    key: &'a Name,
    ty: Option<&'a Type>,
    sets: Vec<&'a SelectionSet>,
    /// What is answered of the object in this field, for each type that was met.
    plans: RefCell<Vec<(String, Rc<Plan<'a>>)>>,
}

impl Planned<'_> {
    fn may_be_null(&self) -> bool {
        self.ty.is_none_or(|ty| ty.nullable)
    }
}

struct Walk<'a> {
    collector: Collector<'a>,
    /// The errors in the order in which the walk passed their places.
    order: Vec<usize>,
}

impl<'a> Walk<'a> {
    fn plan(&self, ty: &str, sets: &[&'a SelectionSet]) -> Rc<Plan<'a>> {
        let fields = self.collector.collect(ty, sets).into_values().map(|collected| {
            let sets = collected.fields.iter().map(|field| &field.selection_set.node);
            let sets = sets.filter(|set| !set.items.is_empty()).collect();
            Planned { key: collected.key, ty: collected.ty, sets, plans: RefCell::default() }
        });
        Rc::new(fields.collect())
    }

    /// The plan of `object`, which is in the field `planned`.
    fn plan_below(&self, planned: &Planned<'a>, object: &IndexMap<Name, Value>) -> Rc<Plan<'a>> {
        let ty = match object.get(TYPE_KEY) {
            Some(Value::String(ty)) => ty,
            _ => planned.ty.map_or("", named_type),
        };
        let mut plans = planned.plans.borrow_mut();
        if let Some((_, plan)) = plans.iter().find(|(known, _)| known == ty) {
            return Rc::clone(plan);
        }
        let plan = self.plan(ty, &planned.sets);
        plans.push((ty.to_owned(), Rc::clone(&plan)));
        plan
    }

    /// Completes an object; false where it cannot be, because a field that may not be null is.
    fn object(&mut self, object: &mut Value, plan: &[Planned<'a>], tree: Option<&Tree<'_>>) -> bool {
        let Value::Object(fields) = object else { return true };
        let mut holds = true;
        if fields.len() == plan.len() && fields.keys().zip(plan).all(|(key, planned)| key == planned.key) {
            for (planned, value) in plan.iter().zip(fields.values_mut()) {
                holds &= self.value(value, (planned.ty, planned), below(tree, planned.key));
            }
            return holds;
        }
        let mut found = std::mem::take(fields);
        fields.reserve(plan.len());
        for planned in plan {
            let tree = below(tree, planned.key);
            let mut value = found.swap_remove(planned.key);
            if let Some(value) = &mut value {
                holds &= self.value(value, (planned.ty, planned), tree);
            } else {
                self.pass(tree);
                holds &= planned.may_be_null();
            }
            fields.insert(planned.key.clone(), value.unwrap_or_default());
        }
        holds
    }

    /// Completes what is in a field, or in a list in it; false where it would have to be null and may not.
    fn value(
        &mut self,
        value: &mut Value,
        (ty, planned): (Option<&'a Type>, &Planned<'a>),
        tree: Option<&Tree<'_>>,
    ) -> bool {
        // Of an object all of whose fields failed, the executor makes null.
        if *value == Value::Null && tree.is_some_and(|tree| !tree.fields.is_empty()) {
            *value = Value::Object(IndexMap::new());
        }
        let holds = match value {
            Value::List(items) if !planned.sets.is_empty() => {
                let ty = ty.and_then(item_type);
                self.order.extend(tree.into_iter().flat_map(|tree| &tree.here));
                items.iter_mut().enumerate().fold(true, |holds, (index, item)| {
                    holds & self.value(item, (ty, planned), tree.and_then(|tree| tree.items.get(&index)))
                })
            }
            Value::Object(object) if !planned.sets.is_empty() => {
                let plan = self.plan_below(planned, object);
                self.order.extend(tree.into_iter().flat_map(|tree| &tree.here));
                self.object(value, &plan, tree)
            }
            _ => {
                self.pass(tree);
                *value != Value::Null
            }
        };
        if !holds {
            *value = Value::Null;
        }
        holds || ty.is_none_or(|ty| ty.nullable)
    }

    /// Records the order of the errors at and below a place that has nothing to complete.
    fn pass(&mut self, tree: Option<&Tree<'_>>) {
        let Some(tree) = tree else { return };
        self.order.extend(&tree.here);
        let mut items: Vec<_> = tree.items.iter().collect();
        items.sort_by_key(|(index, _)| **index);
        let below = items.into_iter().map(|(_, tree)| tree).chain(tree.fields.values());
        below.for_each(|tree| self.pass(Some(tree)));
    }
}

fn below<'t, 'a>(tree: Option<&'t Tree<'a>>, key: &Name) -> Option<&'t Tree<'a>> {
    tree?.fields.get(key.as_str())
}

#[cfg(test)]
mod tests {
    use async_graphql::{Variables, parser::parse_query, value};

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
        let variables = Variables::default();
        let selected = (&operation.node, Conditions::new(&operation.node, &variables));
        complete((&outline, &document), selected, data, errors).0
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
        let data = value!({"records": {"nodes": [{"deletedAt": "now", "id": 1}, {"id": 2}]}});
        assert_eq!(
            completed(
                "{ records { nodes { ...F } } } fragment F on Record { id deletedAt }",
                data,
                &["records.nodes.1.deletedAt"]
            ),
            value!({"records": {"nodes": [{"id": 1, "deletedAt": "now"}, {"id": 2, "deletedAt": null}]}})
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
            completed(document, value!({"node": {" type": "Record", "r": {"id": 2}, "id": 1}}), &["node.r.email"]),
            value!({"node": {"id": 1, "r": {"id": 2, "email": null}}})
        );
    }

    #[test]
    fn what_is_null_already_stays_null() {
        let data = value!({"me": null});
        assert_eq!(completed("{ me { id email } }", data.clone(), &["me.email", "me.id"]), data);
    }
}
