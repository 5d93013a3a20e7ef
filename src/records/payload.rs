//! The part of a payload that shows a record: with its place in a list, so that a client can put it there.

use async_graphql::{Context, Object};

use super::{
    filter_input::{RecordFilter, RecordOrder},
    graphql::Record,
    order::Order,
    store,
};
use crate::{
    context::ContextExt,
    error::{Error, Result},
    page::Edge,
};

/// A record that was created, changed or restored.
pub(super) struct Placed(pub(super) Record);

#[Object]
impl Placed {
    /// The record.
    async fn record(&self) -> &Record {
        &self.0
    }

    /// The record as an edge of the list that `records` gives for the same `filter` and `orderBy`; null where it is not in that list. For caches that keep lists up to date, such as Relay's `@prependEdge`.
    async fn record_edge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The list's filter; all records when omitted.")] filter: Option<RecordFilter>,
        #[graphql(desc = "The list's order; by day, newest first, when omitted.")] order_by: Option<RecordOrder>,
    ) -> Result<Option<Edge<Record>>> {
        let (services, role) = (ctx.services()?, ctx.viewer()?.user.role);
        let filter = filter.unwrap_or_default().resolve(services, role).await;
        let filter = filter.map_err(|error: Error| error.within("filter"))?;
        let Self(Record(row)) = self;
        if !store::is_in(services, &filter, row.record.id).await? {
            return Ok(None);
        }
        let order = order_by.map(Order::from).unwrap_or_default();
        let position = order.field.position(&row.record);
        Ok(Some(Edge::new(&position, order.into(), self.0.clone())))
    }
}
