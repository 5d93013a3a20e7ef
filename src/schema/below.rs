//! `Query` below the top: where payloads lead to.

use std::borrow::Cow;

use async_graphql::{
    ContainerType, Context, ContextSelectionSet, OutputType, Positioned, ServerResult, Value, parser::types::Field,
    registry::Registry, resolver_utils::resolve_container,
};

use super::Query;
use crate::error::{Error, ErrorCode};

/// All that `Query` has, but for introspection, which the executor answers at the top alone: further down it would be null
/// where nothing may be.
#[derive(Default)]
pub(super) struct Below(Query);

impl OutputType for Below {
    fn type_name() -> Cow<'static, str> {
        Query::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        Query::create_type_info(registry)
    }

    async fn resolve(&self, ctx: &ContextSelectionSet<'_>, _: &Positioned<Field>) -> ServerResult<Value> {
        resolve_container(ctx, self).await
    }
}

impl ContainerType for Below {
    async fn resolve_field(&self, ctx: &Context<'_>) -> ServerResult<Option<Value>> {
        let name = ctx.item.node.name.node.as_str();
        if matches!(name, "__schema" | "__type") {
            let error = Error::new(ErrorCode::BadUserInput, "Introspection is only at the top of a query.");
            let error = async_graphql::Error::from(error).into_server_error(ctx.item.pos);
            return Err(ctx.set_error_path(error));
        }
        self.0.resolve_field(ctx).await
    }
}
