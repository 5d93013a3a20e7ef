//! The schema: every slice's queries and mutations, put together.

use async_graphql::{
    Context, ID, MergedObject, MergedSubscription, Object, ObjectType, OutputType, SDLExportOptions, SubscriptionType,
    resolver_utils::EnumType as _,
};
use entity::Role;
use gateway::limits::shape::MAX_NESTING;

use crate::{
    audit::AuditQuery,
    auth::{requires_role, role},
    categories::{CategoryMutation, CategoryQuery},
    constraint::{Bound, Constraint},
    dashboard::{DashboardQuery, DashboardSubscription},
    error::{ErrorCode, Result},
    exports::ExportMutation,
    feed::{FeedQuery, FeedSubscription},
    id,
    imports::{ImportMutation, ImportQuery},
    organization::{OrganizationMutation, OrganizationQuery},
    records::{ManyRecordsMutation, RecordMutation, RecordQuery},
    scalars::read_each,
    services::Services,
    sessions::{SessionMutation, SessionQuery},
    sign_in::SignInMutation,
    tokens::{TokenMutation, TokenQuery},
    top::Top,
    users::{UserMutation, UserQuery},
};

mod below;
mod limits;
mod nodes;

use below::Below;
pub use nodes::Node;
pub(crate) use nodes::NodeLoader;

/// The most ids of `Query.nodes`.
const MOST_NODES: usize = 100;
/// What payloads and events lead to.
const TOP: Top = Top {
    query: |ctx, field| Box::pin(async move { OutputType::resolve(&Below::default(), ctx, field).await }),
    node: |ctx, field, key| Box::pin(nodes::resolve(ctx, field, key)),
};

/// The executable schema.
pub type Schema = async_graphql::Schema<Query, Mutation, Subscription>;

/// Everything that can be read.
///
#[doc = include_str!("limits/published.md")]
#[derive(MergedObject, Default)]
pub struct Query(
    UserQuery,
    SessionQuery,
    TokenQuery,
    RecordQuery,
    CategoryQuery,
    DashboardQuery,
    AuditQuery,
    OrganizationQuery,
    ImportQuery,
    FeedQuery,
    NodeQuery,
    ErrorQuery,
);

/// Everything that can be changed.
#[derive(MergedObject, Default)]
pub struct Mutation(
    UserMutation,
    SessionMutation,
    TokenMutation,
    SignInMutation,
    RecordMutation,
    ManyRecordsMutation,
    CategoryMutation,
    ImportMutation,
    ExportMutation,
    OrganizationMutation,
);

/// What the server sends by itself, over WebSocket (the protocol `graphql-transport-ws`) or server-sent events (GraphQL over SSE, distinct connections), at `/graphql`. An operation selects one of these fields. Its first answer comes at once. It costs what a query with the same selection does, and the same limits hold.
#[derive(MergedSubscription, Default)]
pub struct Subscription(FeedSubscription, DashboardSubscription);

/// Looking up anything by its id.
#[derive(Default)]
struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Any object by its global id; null when it does not exist or the user may not see it.
    #[graphql(guard = "role(Role::Viewer)", directive = requires_role::apply(Role::Viewer, None))]
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "A global id.")] id: ID) -> Result<Option<Node>> {
        nodes::loader(ctx.data_opt())?.load_one(id::decode_any("id", &id)?).await
    }

    /// Objects by their global ids, in the order of `ids`; null for each that does not exist or that the user may not see.
    #[graphql(guard = "role(Role::Viewer)", directive = requires_role::apply(Role::Viewer, None))]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "Global ids, at most 100.",
            directive = Constraint::apply(Bound::Items(MOST_NODES))
        )]
        ids: Vec<ID>,
    ) -> Result<Option<Vec<Option<Node>>>> {
        let keys = read_each(ids, "ids", MOST_NODES, |id| id::decode_any("ids", &id))?;
        let found = nodes::loader(ctx.data_opt())?.load_many(keys.iter().copied()).await?;
        Ok(Some(keys.iter().map(|key| found.get(key).cloned()).collect()))
    }
}

/// What errors are like.
#[derive(Default)]
struct ErrorQuery;

#[Object]
impl ErrorQuery {
    /// Every code that an error can have as `extensions.code`, in no particular order.
    async fn error_codes(&self) -> Option<Vec<ErrorCode>> {
        Some(ErrorCode::items().iter().map(|item| item.value).collect())
    }
}

/// The schema as it is served.
#[must_use]
pub fn build(services: Services) -> Schema {
    let introspection = services.config.introspection();
    let mut builder = builder().data(limits::limits(&services.config)).data(services);
    if !introspection {
        builder = builder.disable_introspection();
    }
    builder.finish()
}

/// The schema in its definition language, sorted: what `schema.graphql` holds.
#[must_use]
pub fn sdl() -> String {
    print(&builder().finish())
}

/// Any schema in its definition language, sorted.
pub(crate) fn print<Q, M, S>(schema: &async_graphql::Schema<Q, M, S>) -> String
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    let options = SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items().include_specified_by();
    let sdl = schema.sdl_with_options(options);
    format!("{}\n", sdl.trim_end())
}

fn builder() -> async_graphql::SchemaBuilder<Query, Mutation, Subscription> {
    Schema::build(Query::default(), Mutation::default(), Subscription::default())
        .data(TOP)
        .disable_suggestions()
        // One more than a client may nest: the gateway wraps what it only wants validated.
        .limit_recursive_depth(MAX_NESTING + 1)
}
