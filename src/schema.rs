//! The schema: every slice's queries and mutations, put together.

use async_graphql::{
    Context, EmptySubscription, ID, Interface, MergedObject, Object, ObjectType, SDLExportOptions,
    resolver_utils::EnumType as _,
};
use entity::{Role, audit_event::AuditEntity};
use gateway::limits::shape::MAX_NESTING;
use uuid::Uuid;

use crate::{
    audit::{AuditEvent, AuditQuery},
    auth::{requires_role, role},
    categories::{Category, CategoryMutation, CategoryQuery},
    context::ContextExt,
    dashboard::DashboardQuery,
    error::{ErrorCode, Result},
    exports::ExportMutation,
    id::{self, Kind},
    imports::{Import, ImportMutation, ImportQuery},
    organization::{Organization, OrganizationMutation, OrganizationQuery},
    records::{ManyRecordsMutation, Record, RecordMutation, RecordQuery},
    services::Services,
    sessions::{Session, SessionMutation, SessionQuery},
    sign_in::SignInMutation,
    users::{User, UserMutation, UserQuery},
};

mod limits;

/// The executable schema.
pub type Schema = async_graphql::Schema<Query, Mutation, EmptySubscription>;

/// Everything that can be read.
///
#[doc = include_str!("limits/published.md")]
#[derive(MergedObject, Default)]
pub struct Query(
    UserQuery,
    SessionQuery,
    RecordQuery,
    CategoryQuery,
    DashboardQuery,
    AuditQuery,
    OrganizationQuery,
    ImportQuery,
    NodeQuery,
    ErrorQuery,
);

/// Everything that can be changed.
#[derive(MergedObject, Default)]
pub struct Mutation(
    UserMutation,
    SessionMutation,
    SignInMutation,
    RecordMutation,
    ManyRecordsMutation,
    CategoryMutation,
    ImportMutation,
    ExportMutation,
    OrganizationMutation,
);

/// An object with a global id.
#[derive(Interface)]
#[graphql(field(name = "id", ty = "ID", desc = "Global id."))]
pub enum Node {
    /// A record.
    Record(Record),
    /// A category.
    Category(Category),
    /// A user.
    User(User),
    /// An audit event.
    AuditEvent(AuditEvent),
    /// A session.
    Session(Session),
    /// The organization.
    Organization(Organization),
    /// An import.
    Import(Import),
}

/// Looking up anything by its id.
#[derive(Default)]
struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Any object by its global id; null when it does not exist or the user may not see it.
    #[graphql(guard = "role(Role::Viewer)", directive = requires_role::apply(Role::Viewer, None))]
    async fn node(&self, ctx: &Context<'_>, #[graphql(desc = "A global id.")] id: ID) -> Result<Option<Node>> {
        let (kind, uuid) = id::decode_any("id", &id)?;
        Ok(match kind {
            Kind::Record => Record::find(ctx, uuid).await?.map(Node::from),
            Kind::Category => Category::find(ctx, uuid).await?.map(Node::from),
            Kind::User => User::find(ctx, uuid).await?.map(Node::from),
            Kind::AuditEvent => find_event(ctx, uuid).await?.map(Node::from),
            Kind::Session => Session::find(ctx, uuid).await?.map(Node::from),
            Kind::Organization => Organization::find(ctx, uuid).await?.map(Node::from),
            Kind::Import => Import::find(ctx, uuid).await?.map(Node::from),
        })
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

/// The event that the viewer may see: any for an admin, for others those that stand in the history of a record which
/// they can see, and those of categories that they can see.
async fn find_event(ctx: &Context<'_>, id: Uuid) -> Result<Option<AuditEvent>> {
    let Some(event) = AuditEvent::find(ctx, id).await? else { return Ok(None) };
    let is_shown = match event.entity() {
        _ if ctx.viewer()?.user.role >= Role::Admin => true,
        (AuditEntity::Record, record) => Record::find(ctx, record).await?.is_some(),
        (AuditEntity::Category, category) => Category::find(ctx, category).await?.is_some(),
        (AuditEntity::User | AuditEntity::Session | AuditEntity::Organization, _) => false,
    };
    Ok(is_shown.then_some(event))
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
pub(crate) fn print<Q, M>(schema: &async_graphql::Schema<Q, M, EmptySubscription>) -> String
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
{
    let options = SDLExportOptions::new().sorted_fields().sorted_arguments().sorted_enum_items().include_specified_by();
    let sdl = schema.sdl_with_options(options);
    format!("{}\n", sdl.trim_end())
}

fn builder() -> async_graphql::SchemaBuilder<Query, Mutation, EmptySubscription> {
    Schema::build(Query::default(), Mutation::default(), EmptySubscription)
        .disable_suggestions()
        // One more than a client may nest: the gateway wraps what it only wants validated.
        .limit_recursive_depth(MAX_NESTING + 1)
}
