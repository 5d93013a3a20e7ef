//! What changes, as it does.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::{Context, Subscription};
use entity::Role;
use uuid::Uuid;

use super::{
    cursor::{Place, Sight},
    graphql::{Changes, DEFAULT_SIZE, NodeType},
    store::{self, Part},
};
use crate::{
    auth::{requires_role, role},
    context::{ContextExt, Now, now},
    error::{Error, Problems, Result},
    id::Kind,
    journal, organization,
    records::{self, RecordFilter},
    services::Services,
};

/// Where a subscription to changes stands between two of its answers; part of the data of each.
#[derive(Default)]
pub(crate) struct Bookmark(Mutex<Mark>);

/// What a bookmark says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mark {
    /// The cursor that the last answer ended with; none before the first.
    pub(crate) cursor: Option<String>,
    /// Whether more is known to follow it.
    pub(crate) has_more: bool,
}

impl Bookmark {
    /// One after the answer that ended with this cursor.
    pub(crate) fn new(cursor: Option<String>) -> Self {
        Self(Mutex::new(Mark { cursor, has_more: false }))
    }

    /// What it says.
    pub(crate) fn mark(&self) -> Mark {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, mark: Mark) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = mark;
    }
}

/// The subscription to what changes.
#[derive(Default)]
pub struct FeedSubscription;

#[Subscription]
impl FeedSubscription {
    /// The changes of the books, as they happen. The first answer comes at once: it has what changed after `after`. Without `after` it has no changes, only the `endCursor` of now. Keep the last `endCursor`: after an interruption, pass it as `after`. An answer has at most 100 changes, each object once; if there are more, the next answer follows at once.
    #[graphql(guard = "role(Role::Viewer)", directive = requires_role::apply(Role::Viewer, None))]
    async fn changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only what comes after this cursor: the last `endCursor`, of the same `types`.")]
        after: Option<String>,
        #[graphql(desc = "Only these sorts of objects, at most 4; all that the user may follow when omitted.")]
        types: Option<Vec<NodeType>>,
        #[graphql(
            desc = "Only these records are shown: another one that changes has null as its `node`, so that a list drops it."
        )]
        filter: Option<RecordFilter>,
    ) -> Result<Now<Changes>> {
        let (services, viewer) = (ctx.services()?, ctx.viewer()?);
        let bookmark =
            ctx.data_opt::<Arc<Bookmark>>().ok_or_else(|| Error::internal("a subscription without a bookmark"))?;
        let filter = match filter {
            None => None,
            Some(filter) => {
                let base = organization::base_currency(services).await?;
                Some(filter.parse(viewer.user.role, base).map_err(|error| error.within("filter")))
            }
        };
        let mark = bookmark.mark();
        let cursor = mark.cursor.as_deref().or(after.as_deref());
        let mut problems = Problems::default();
        let sight = Sight::of(viewer, types.as_deref());
        let place = problems.read(cursor.map(|cursor| Place::decode(cursor, sight.as_ref().ok())).transpose());
        let filter = problems.read(filter.transpose());
        let sight = problems.read(sight);
        let ((place, filter), sight) = problems.finish(place.zip(filter).zip(sight))?;
        let db = services.db.read();
        let part = if let Some(place) = &place {
            store::after(db, &sight, place, DEFAULT_SIZE).await?
        } else {
            // What was committed before has happened before.
            journal::catch_up(services).await;
            Part { changed: Vec::new(), end: store::head(db).await?, has_more: false }
        };
        bookmark.set(Mark { cursor: Some(part.end.encode(&sight)), has_more: part.has_more });
        if part.changed.is_empty() && mark.cursor.is_some() {
            return Ok(now(None));
        }
        let shown = match filter {
            None => None,
            Some((filter, named)) => {
                let filter = named.look_up(services, filter).await?;
                Some(in_filter(services, &filter, &part).await?)
            }
        };
        let is_shown = |kind, id| kind != Kind::Record || shown.as_ref().is_none_or(|shown| shown.contains(&id));
        Ok(now(Some(Changes::read(db, part, &sight, cursor, is_shown).await?)))
    }
}

/// The records of `part` that `filter` means.
async fn in_filter(services: &Services, filter: &records::Filter, part: &Part) -> Result<HashSet<Uuid>> {
    let records = part.changed.iter().filter(|change| change.ty == NodeType::Record).map(|change| change.id);
    records::those_in(services, filter, records.collect()).await
}
