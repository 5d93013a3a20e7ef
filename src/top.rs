//! The top of the schema for what lies below it: a payload leads to all queries, and an event to the object that it is of.
//! Both are put together in `schema`, which stands above every slice.

use std::{borrow::Cow, pin::Pin};

use async_graphql::{
    ContextSelectionSet, OutputType, Positioned, ServerResult, Value, parser::types::Field, registry::Registry,
};
use uuid::Uuid;

use crate::{error::Error, id::Kind};

/// A selection that is being answered.
pub(crate) type Resolving<'a> = Pin<Box<dyn Future<Output = ServerResult<Value>> + Send + 'a>>;

/// How the top of the schema is answered; part of the schema's data.
pub(crate) struct Top {
    /// What is selected of `Query`.
    pub(crate) query: for<'a> fn(&'a ContextSelectionSet<'a>, &'a Positioned<Field>) -> Resolving<'a>,
    /// What is selected of an object; null where there is none that the viewer may see.
    pub(crate) node: for<'a> fn(&'a ContextSelectionSet<'a>, &'a Positioned<Field>, (Kind, Uuid)) -> Resolving<'a>,
}

impl Top {
    fn of<'a>(ctx: &ContextSelectionSet<'a>, field: &Positioned<Field>) -> ServerResult<&'a Self> {
        ctx.data_opt().ok_or_else(|| {
            let error = Error::internal("the schema was built without its top");
            ctx.set_error_path(async_graphql::Error::from(error).into_server_error(field.pos))
        })
    }
}

/// The type `Query`.
pub(crate) struct QueryRoot;

impl OutputType for QueryRoot {
    fn type_name() -> Cow<'static, str> {
        "Query".into()
    }

    /// The schema registers it, as its root.
    fn create_type_info(_: &mut Registry) -> String {
        Self::qualified_type_name()
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        (Top::of(ctx, field)?.query)(ctx, field).await
    }
}

/// An object as the interface `Node`, or null where the viewer sees none with this id.
pub(crate) struct AnyNode(pub(crate) Kind, pub(crate) Uuid);

impl OutputType for AnyNode {
    fn type_name() -> Cow<'static, str> {
        "Node".into()
    }

    fn qualified_type_name() -> String {
        Self::type_name().into()
    }

    /// The schema registers it, for `Query.node`.
    fn create_type_info(_: &mut Registry) -> String {
        Self::qualified_type_name()
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, field: &Positioned<Field>) -> ServerResult<Value> {
        (Top::of(ctx, field)?.node)(ctx, field, (self.0, self.1)).await
    }
}
