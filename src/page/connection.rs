//! A page of a list in the schema: the Relay connection, its edges, and where it stands.

use std::borrow::Cow;

use async_graphql::{Object, ObjectType, OutputType, SimpleObject, TypeName};

use super::{Ordering, Position, SortKey};

/// One page of a list; `extra` holds the fields that this list has besides the standard ones.
pub struct Connection<T, X> {
    pub(super) edges: Vec<Edge<T>>,
    pub(super) extra: X,
    pub(super) has_previous_page: bool,
    pub(super) has_next_page: bool,
}

/// An item of a list.
pub struct Edge<T> {
    cursor: String,
    node: T,
}

impl<T> Edge<T> {
    /// The item at `position` of a list in this order.
    pub(crate) fn new<K: SortKey>(position: &Position<K>, ordering: Ordering, node: T) -> Self {
        Self { cursor: position.encode(ordering), node }
    }
}

/// Where a page stands in its list.
#[derive(SimpleObject)]
pub struct PageInfo {
    /// Whether there are items before this page.
    has_previous_page: bool,
    /// Whether there are items after this page.
    has_next_page: bool,
    /// Cursor of the first item; null on an empty page.
    start_cursor: Option<String>,
    /// Cursor of the last item; null on an empty page.
    end_cursor: Option<String>,
}

impl PageInfo {
    /// Of a page that is no connection's.
    pub(crate) fn new(has_previous: bool, has_next: bool, start: Option<String>, end: Option<String>) -> Self {
        Self { has_previous_page: has_previous, has_next_page: has_next, start_cursor: start, end_cursor: end }
    }
}

/// What can be listed.
pub trait Listed: OutputType {
    /// What the names of its connection and of its edge begin with.
    #[must_use]
    fn list_name() -> Cow<'static, str> {
        Self::type_name()
    }
}

impl<T: Listed, X: ObjectType> TypeName for Connection<T, X> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Connection", T::list_name()).into()
    }
}

/// One page of a list, in the shape of the Relay cursor connections specification.
#[Object(name_type)]
impl<T: Listed, X: ObjectType> Connection<T, X> {
    /// The items of this page, each with its cursor.
    async fn edges(&self) -> &[Edge<T>] {
        &self.edges
    }

    /// The items of this page.
    async fn nodes(&self) -> Vec<&T> {
        self.edges.iter().map(|edge| &edge.node).collect()
    }

    /// Where this page stands in the list.
    async fn page_info(&self) -> PageInfo {
        PageInfo {
            has_previous_page: self.has_previous_page,
            has_next_page: self.has_next_page,
            start_cursor: self.edges.first().map(|edge| edge.cursor.clone()),
            end_cursor: self.edges.last().map(|edge| edge.cursor.clone()),
        }
    }

    #[graphql(flatten)]
    async fn extra(&self) -> &X {
        &self.extra
    }
}

impl<T: Listed> TypeName for Edge<T> {
    fn type_name() -> Cow<'static, str> {
        format!("{}Edge", T::list_name()).into()
    }
}

/// An item of a list, and its place there.
#[Object(name_type)]
impl<T: Listed> Edge<T> {
    /// The item's place: pass it as `after` or `before`. It is valid only for a list in the same order.
    async fn cursor(&self) -> &str {
        &self.cursor
    }

    /// The item.
    async fn node(&self) -> &T {
        &self.node
    }
}
