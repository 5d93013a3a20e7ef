//! What changed, in the schema.

use async_graphql::{Context, Enum, Object, SimpleObject};
use entity::{Role, audit_event::AuditEntity};
use uuid::Uuid;

use super::{
    cursor::{Place, Sight},
    store::{self, Part},
};
use crate::{
    auth::{self, Viewer, requires_role, role},
    constraint::{Bound, Constraint},
    context::ContextExt,
    db::Reader,
    error::{Error, ErrorCode, Problems, Result},
    id::{self, Kind},
    journal,
    page::PageInfo,
    scalars::{Given, read, read_each},
    top::AnyNode,
};

/// How many changes a page has unless asked otherwise.
pub(crate) const DEFAULT_SIZE: usize = 100;
/// The most changes of a page.
pub(crate) const MAX_SIZE: usize = 1_000;

/// A sort of objects whose changes can be followed.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum NodeType {
    /// The organization whose books these are.
    Organization,
    /// Users. For admins only.
    User,
    /// Categories.
    Category,
    /// Financial records.
    Record,
}

impl NodeType {
    /// All of them, in the order in which objects are gone through: what others refer to comes first.
    pub(super) const ALL: [Self; 4] = [Self::Organization, Self::User, Self::Category, Self::Record];

    /// What events are of that concern such an object.
    pub(super) fn entity(self) -> AuditEntity {
        match self {
            Self::Organization => AuditEntity::Organization,
            Self::User => AuditEntity::User,
            Self::Category => AuditEntity::Category,
            Self::Record => AuditEntity::Record,
        }
    }

    pub(super) fn kind(self) -> Kind {
        match self {
            Self::Organization => Kind::Organization,
            Self::User => Kind::User,
            Self::Category => Kind::Category,
            Self::Record => Kind::Record,
        }
    }
}

impl Sight {
    /// What `viewer` follows: `types`, or, without these, all that they may follow.
    ///
    /// # Errors
    /// `FORBIDDEN` for users, where the viewer is no admin; `BAD_USER_INPUT` for more sorts than there are.
    pub(super) fn of(viewer: &Viewer, types: Option<&[NodeType]>) -> Result<Self> {
        if let Some(types) = types {
            read_each(types.to_vec(), "types", NodeType::ALL.len(), Ok)?;
        }
        let is_admin = auth::require(viewer, Role::Admin).is_ok();
        let is_meant = |ty: &NodeType| types.map_or(is_admin || *ty != NodeType::User, |types| types.contains(ty));
        let types: Vec<_> = NodeType::ALL.into_iter().filter(is_meant).collect();
        if types.contains(&NodeType::User) && !is_admin {
            return Err(Error::new(ErrorCode::Forbidden, "Only admins follow the changes of users.").at("types"));
        }
        Ok(Self { types, is_admin })
    }
}

/// An object that is there, or that changed.
#[derive(SimpleObject)]
pub struct Change {
    /// The place after this change: pass it as `after`.
    cursor: String,
    /// The object's global id. Relay takes a field called `id` for the object's own: select it under another name there.
    id: String,
    /// The object as it is now; null where it is gone, or where the user may not see it, and should be dropped from a cache.
    node: Option<AnyNode>,
}

/// A part of what changed.
#[derive(SimpleObject)]
pub struct Changes {
    /// What changed, each object once.
    nodes: Option<Vec<Change>>,
    /// Where this part stands. `endCursor` is never null, also where there are no `nodes`: whoever goes on from there misses nothing.
    page_info: PageInfo,
}

impl Changes {
    /// The `part` after the cursor `after`, and the categories that become visible with it; `is_shown` tells of which objects
    /// more than the id is.
    pub(super) async fn read(
        db: &Reader,
        part: Part,
        sight: &Sight,
        after: Option<&str>,
        is_shown: impl Fn(Kind, Uuid) -> bool,
    ) -> Result<Self> {
        let is_told = !sight.is_admin && sight.types.contains(&NodeType::Category);
        let categories = match after {
            Some(after) if is_told && part.changed.iter().all(|change| change.place.listing.is_none()) => {
                let category = |id| Change {
                    cursor: after.to_owned(),
                    id: id::encode(Kind::Category, id).to_string(),
                    node: Some(AnyNode(Kind::Category, id)),
                };
                store::categories_of(db, &part).await?.into_iter().map(category).collect()
            }
            _ => Vec::new(),
        };
        Ok(Self::new(part, sight, after, categories, is_shown))
    }

    fn new(
        part: Part,
        sight: &Sight,
        after: Option<&str>,
        mut nodes: Vec<Change>,
        is_shown: impl Fn(Kind, Uuid) -> bool,
    ) -> Self {
        let end = part.end.encode(sight);
        nodes.extend(part.changed.into_iter().map(|change| {
            let (kind, id) = (change.ty.kind(), change.id);
            let node = is_shown(kind, id).then_some(AnyNode(kind, id));
            Change { cursor: change.place.encode(sight), id: id::encode(kind, id).to_string(), node }
        }));
        let start = nodes.first().map(|first| first.cursor.clone());
        let page_info = PageInfo::new(after.is_some(), part.has_more, start, Some(end));
        Self { nodes: Some(nodes), page_info }
    }
}

/// The query for what changed.
#[derive(Default)]
pub struct FeedQuery;

#[Object]
impl FeedQuery {
    /// What changed after `after`, oldest first: each object once, where it changed last, as it is now. Without `after`, first all objects that there are, by id, and then what changed since. So a client fills its cache, keeps it as the server is, and after any interruption goes on with the last `endCursor`. `CURSOR_EXPIRED` says that it has to start again. A merge changes the categories, and not their records: a cache keeps `FinancialRecord.ownCategoryId`, and finds by `Category.mergedInto` what the record is shown in. Others than admins see a category only while a record is in it: they are told the categories of the records that changed before these, whether they have changed or not.
    #[graphql(guard = "role(Role::Viewer)", directive = requires_role::apply(Role::Viewer, None))]
    async fn changes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only what comes after this cursor: the last `endCursor`, of the same `types`.")]
        after: Option<String>,
        #[graphql(
            desc = "Only these sorts of objects; all that the user may follow when omitted.",
            directive = Constraint::apply(Bound::Items(NodeType::ALL.len()))
        )]
        types: Option<Vec<NodeType>>,
        #[graphql(
            desc = "How many changes: 0 to 1000; 100 when omitted. Categories that come along with records do not count.",
            directive = Constraint::apply(Bound::Range(0, MAX_SIZE as u64))
        )]
        first: Option<Given<i32>>,
    ) -> Result<Option<Changes>> {
        let services = ctx.services()?;
        let mut problems = Problems::default();
        let sight = Sight::of(ctx.viewer()?, types.as_deref());
        let place = after.as_deref().map(|after| Place::decode(after, sight.as_ref().ok())).transpose();
        let place = problems.read(place);
        let size = problems.read(read_size(first));
        let sight = problems.read(sight);
        let ((place, size), sight) = problems.finish(place.zip(size).zip(sight))?;
        let db = services.db.read();
        // So that clients find what they have just done.
        journal::catch_up(services).await;
        let part = match &place {
            None => store::list(db, &sight, &store::head(db).await?.before_all(&sight), size).await?,
            Some(place) => store::after(db, &sight, place, size).await?,
        };
        Changes::read(db, part, &sight, after.as_deref(), |_, _| true).await.map(Some)
    }
}

fn read_size(first: Option<Given<i32>>) -> Result<usize> {
    let Some(first) = read(first, "first")? else { return Ok(DEFAULT_SIZE) };
    usize::try_from(first).ok().filter(|size| *size <= MAX_SIZE).ok_or_else(|| {
        let message = format!("A page can have 0 to {MAX_SIZE} changes; you asked for {first}.");
        Error::bad_input("first", message).with("min", 0).with("max", MAX_SIZE)
    })
}
