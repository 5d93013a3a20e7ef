//! Any object by its global id: one, several, or the one that an event is of.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    ContextSelectionSet, ID, Interface, OutputType, Positioned, ServerResult, Value,
    dataloader::{DataLoader, Loader},
    parser::types::Field,
};
use entity::{Role, audit_event::AuditEntity};
use uuid::Uuid;

use crate::{
    audit::AuditEvent,
    auth::{self, Viewer},
    categories::Category,
    db::Operation,
    error::{Error, Result},
    id::{Identified, Kind},
    imports::Import,
    organization::Organization,
    records::Record,
    services::Services,
    sessions::Session,
    tokens::ApiToken,
    users::User,
};

/// An object with a global id.
#[derive(Clone, Interface)]
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
    /// An API token.
    ApiToken(ApiToken),
}

/// Loads the objects that one operation asks for by their ids, through [`gateway::Batches::loader`].
pub(crate) struct NodeLoader {
    services: Services,
    operation: Operation,
    viewer: Option<Viewer>,
}

impl NodeLoader {
    /// A loader for one operation of `viewer`.
    pub(crate) fn new(services: Services, operation: Operation, viewer: Option<Viewer>) -> Self {
        Self { services, operation, viewer }
    }

    async fn find(&self, keys: &[(Kind, Uuid)]) -> Result<HashMap<(Kind, Uuid), Node>> {
        let viewer = self.viewer.as_ref().ok_or_else(auth::unauthenticated)?;
        let mut nodes = HashMap::new();
        for kind in Kind::ALL {
            let ids: Vec<_> = keys.iter().filter(|(of, _)| *of == kind).map(|(_, id)| *id).collect();
            if ids.is_empty() {
                continue;
            }
            let found = match kind {
                Kind::Record => self.all::<Record>(viewer, ids).await?,
                Kind::Category => self.all::<Category>(viewer, ids).await?,
                Kind::User => self.all::<User>(viewer, ids).await?,
                Kind::AuditEvent => self.events(viewer, ids).await?,
                Kind::Session => self.all::<Session>(viewer, ids).await?,
                Kind::Organization => self.all::<Organization>(viewer, ids).await?,
                Kind::Import => self.all::<Import>(viewer, ids).await?,
                Kind::ApiToken => self.all::<ApiToken>(viewer, ids).await?,
            };
            nodes.extend(found.into_iter().map(|(id, node)| ((kind, id), node)));
        }
        Ok(nodes)
    }

    async fn all<T: Identified + Into<Node>>(&self, viewer: &Viewer, ids: Vec<Uuid>) -> Result<Vec<(Uuid, Node)>> {
        let found = T::find_all(&self.services, viewer, ids).await?;
        Ok(found.into_iter().map(|object| (object.uuid(), object.into())).collect())
    }

    /// The events that the viewer may see: any for an admin, for others those that stand in the history of a record which
    /// they can see, and those of categories that they can see.
    async fn events(&self, viewer: &Viewer, ids: Vec<Uuid>) -> Result<Vec<(Uuid, Node)>> {
        let mut events = AuditEvent::find_all(&self.services, ids).await?;
        if auth::require(viewer, Role::Admin).is_err() {
            let of = |wanted| events.iter().map(AuditEvent::entity).filter(move |(entity, _)| *entity == wanted);
            let ids = |wanted| of(wanted).map(|(_, id)| id).collect::<HashSet<_>>().into_iter().collect::<Vec<_>>();
            let records = Record::find_all(&self.services, viewer, ids(AuditEntity::Record)).await?;
            let categories = Category::find_all(&self.services, viewer, ids(AuditEntity::Category)).await?;
            let shown: HashSet<_> =
                records.iter().map(Record::uuid).chain(categories.iter().map(Category::uuid)).collect();
            events.retain(|event| shown.contains(&event.entity().1));
        }
        Ok(events.into_iter().map(|event| (event.uuid(), event.into())).collect())
    }
}

impl Loader<(Kind, Uuid)> for NodeLoader {
    type Value = Node;
    type Error = Error;

    async fn load(&self, keys: &[(Kind, Uuid)]) -> Result<HashMap<(Kind, Uuid), Node>> {
        // Loads are spawned, and belong to the operation nevertheless.
        self.operation.run(self.find(keys)).await
    }
}

/// The loader of the operation.
pub(super) fn loader(found: Option<&DataLoader<NodeLoader>>) -> Result<&DataLoader<NodeLoader>> {
    found.ok_or_else(|| Error::internal("the request came without its loader of objects"))
}

/// What is selected of the object `key`; null where there is none that the viewer may see.
pub(super) async fn resolve(
    ctx: &ContextSelectionSet<'_>,
    field: &Positioned<Field>,
    key: (Kind, Uuid),
) -> ServerResult<Value> {
    let found = match loader(ctx.data_opt()) {
        Ok(loader) => loader.load_one(key).await,
        Err(error) => Err(error),
    };
    let node =
        found.map_err(|error| ctx.set_error_path(async_graphql::Error::from(error).into_server_error(field.pos)));
    match node? {
        Some(node) => OutputType::resolve(&node, ctx, field).await,
        None => Ok(Value::Null),
    }
}
