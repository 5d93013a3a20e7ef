//! The audit trail in the schema.

use async_graphql::{Context, Description, ID, InputObject, Object};
use entity::{
    Role,
    audit_event::{AuditAction, AuditEntity},
    record,
};
use uuid::Uuid;

use super::{
    changes::{self, AuditChange},
    creation,
    history::{self, Entry},
    store::{self, Filter, Row},
};
use crate::{
    auth::{requires_role, role},
    constraint::{Bound, Constraint},
    context::{self, ContextExt},
    error::{Problems, Result},
    id::{self, Kind},
    journal,
    page::{Connection, Listed, MAX_SIZE, Ordering, Page, PageArgs, Position},
    scalars::{DateTime, Given, int, parse_times},
    services::Services,
    top::AnyNode,
    users::{self, User},
};

/// By position in the journal.
const NEWEST_FIRST: Ordering = Ordering { tag: 33, descending: true };
/// By version of the object.
const LAST_VERSION_FIRST: Ordering = Ordering { tag: 34, descending: true };

/// Who did what to what, and when. Events are never changed or removed.
#[derive(Clone, Debug, Description)]
pub struct AuditEvent(Row);

#[Object(use_type_description)]
impl AuditEvent {
    /// Global id.
    pub async fn id(&self) -> ID {
        id::encode(Kind::AuditEvent, self.0.event.id)
    }

    /// When it was done.
    async fn at(&self) -> DateTime {
        DateTime(self.0.event.at)
    }

    /// Who did it; null when it was done on the server's command line, or by somebody who was not signed in.
    async fn actor(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        match self.0.event.actor_id {
            Some(actor) => users::load(ctx, actor).await.map(Some),
            None => Ok(None),
        }
    }

    /// What was done.
    async fn action(&self) -> AuditAction {
        self.0.event.action
    }

    /// The type of the object that it was done to.
    async fn entity_type(&self) -> AuditEntity {
        self.0.event.entity_type
    }

    /// Global id of the object that it was done to.
    async fn entity_id(&self) -> ID {
        id::encode(self.kind(), self.0.event.entity_id)
    }

    /// The object that it was done to, as it is now; null when it is gone or the user may not see it.
    #[graphql(name = "entity")]
    async fn entity_now(&self) -> AnyNode {
        AnyNode(self.kind(), self.0.event.entity_id)
    }

    /// The API token that it was done through, or the import that it was done by; null for what people did themselves, and where the user may not see it.
    async fn via(&self) -> Option<AnyNode> {
        let token = self.0.event.api_token_id.map(|id| AnyNode(Kind::ApiToken, id));
        token.or_else(|| self.0.event.import_id.map(|id| AnyNode(Kind::Import, id)))
    }

    /// The fields that changed by it; never a password or a token.
    async fn changes(&self, ctx: &Context<'_>) -> Result<Vec<AuditChange>> {
        let changes = changes::of(&self.0)?;
        let Row { event, .. } = &self.0;
        let is_creation = event.entity_type == AuditEntity::Record && event.action == AuditAction::Created;
        if is_creation && changes.is_empty() { creation::load(ctx, event).await } else { Ok(changes) }
    }

    /// Id of the request that did it, as in `x-request-id` and the server's log; null for the command line.
    async fn request_id(&self) -> Option<&str> {
        self.0.event.request_id.as_deref()
    }
}

impl Listed for AuditEvent {}

impl AuditEvent {
    /// The events with these ids, whoever may see them, in no particular order.
    pub(crate) async fn find_all(services: &Services, ids: Vec<Uuid>) -> Result<Vec<Self>> {
        Ok(store::find_all(services.db.read(), ids).await?.into_iter().map(Self).collect())
    }

    /// Its id.
    pub(crate) fn uuid(&self) -> Uuid {
        self.0.event.id
    }

    fn kind(&self) -> Kind {
        match self.0.event.entity_type {
            AuditEntity::Record => Kind::Record,
            AuditEntity::Category => Kind::Category,
            AuditEntity::User => Kind::User,
            AuditEntity::Session => Kind::Session,
            AuditEntity::Organization => Kind::Organization,
            AuditEntity::ApiToken => Kind::ApiToken,
        }
    }

    /// What it was done to.
    #[must_use]
    pub fn entity(&self) -> (AuditEntity, Uuid) {
        (self.0.event.entity_type, self.0.event.entity_id)
    }
}

/// What the connection of events has besides the standard fields.
pub enum AuditTotal {
    /// How many there are was read with the page.
    Counted(i64),
    /// Nobody foresaw that it would be asked for.
    Of(Filter),
}

#[Object]
impl AuditTotal {
    /// How many events match, on all pages.
    async fn total_count(&self, ctx: &Context<'_>) -> Result<i32> {
        int(match self {
            Self::Counted(count) => *count,
            Self::Of(filter) => store::count(ctx.db()?.read(), filter).await?,
        })
    }
}

/// Only events that match all of these conditions.
#[derive(InputObject)]
struct AuditFilter {
    /// Only events by this user.
    actor: Option<ID>,
    /// Only events about the object with this id: a record, a category, a user, a session, an API token or the organization.
    entity_id: Option<ID>,
    /// Only events about this type of object.
    entity_type: Option<AuditEntity>,
    /// Only events with this action.
    action: Option<AuditAction>,
    /// Only events at this time or later.
    from: Option<Given<DateTime>>,
    /// Only events before this time.
    to: Option<Given<DateTime>>,
}

impl AuditFilter {
    fn parse(self) -> Result<Filter> {
        let Self { actor, entity_id, entity_type, action, from, to } = self;
        let mut problems = Problems::default();
        let actor = actor.map(|id| id::decode("actor", Kind::User, &id)).transpose();
        let actor = problems.read(actor).flatten();
        let entity = problems.read(entity_id.map(|id| id::decode_any("entityId", &id)).transpose()).flatten();
        let times = problems.read(parse_times(from, to)).unwrap_or_default();
        let entity = entity.map(|(_, uuid)| uuid);
        problems.finish(Some(Filter { actor, entity, entity_type, action, times }))
    }
}

/// Queries for the audit trail.
#[derive(Default)]
pub struct AuditQuery;

#[Object]
impl AuditQuery {
    /// What was done, newest first: in the order in which changes became visible, so that a client that continues from a cursor misses nothing and sees nothing twice.
    #[graphql(guard = "role(Role::Admin)", directive = requires_role::apply(Role::Admin, None))]
    async fn audit_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which events; all when omitted.")] filter: Option<AuditFilter>,
        #[graphql(
            desc = "How many events from the start, or after `after`: 0 to 100; 10 when neither `first` nor `last` is given.",
            directive = Constraint::apply(Bound::Range(0, MAX_SIZE))
        )]
        first: Option<Given<i32>>,
        #[graphql(desc = "Only events after this cursor.")] after: Option<String>,
        #[graphql(
            desc = "How many events from the end, or before `before`: 0 to 100; not together with `first`.",
            directive = Constraint::apply(Bound::Range(0, MAX_SIZE))
        )]
        last: Option<Given<i32>>,
        #[graphql(desc = "Only events before this cursor.")] before: Option<String>,
    ) -> Result<Option<Connection<AuditEvent, AuditTotal>>> {
        let mut problems = Problems::default();
        let filter = filter.map(AuditFilter::parse).transpose().map_err(|error| error.within("filter"));
        let filter = problems.read(filter).flatten().unwrap_or_default();
        let page = problems.read(Page::parse(PageArgs { first, after, last, before }, NEWEST_FIRST));
        list(ctx, filter, problems.finish(page)?).await.map(Some)
    }
}

/// What was done to `record`, and to the categories that it was shown in meanwhile, its last version first. The field's
/// guard says who may see it.
pub(crate) async fn history(
    ctx: &Context<'_>,
    record: &record::Model,
    args: PageArgs,
) -> Result<Connection<AuditEvent, AuditTotal>> {
    let page = Page::parse(args, LAST_VERSION_FIRST)?;
    let (entries, count) = history::read(&ctx.db()?.snapshot().await?, record, &page).await?;
    Ok(page.connection(entries, Entry::position, |entry| AuditEvent(entry.row), AuditTotal::Counted(count)))
}

async fn list(ctx: &Context<'_>, filter: Filter, page: Page) -> Result<Connection<AuditEvent, AuditTotal>> {
    journal::catch_up(ctx.services()?).await;
    let (rows, total) = if context::selects(ctx, "totalCount") {
        let snapshot = ctx.db()?.snapshot().await?;
        let rows = store::list(&snapshot, &filter, &page).await?;
        (rows, AuditTotal::Counted(store::count(&snapshot, &filter).await?))
    } else {
        (store::list(ctx.db()?.read(), &filter, &page).await?, AuditTotal::Of(filter))
    };
    let position = |(position, row): &(i64, Row)| Position { key: *position, id: row.event.id };
    Ok(page.connection(rows, position, |(_, row)| AuditEvent(row), total))
}
