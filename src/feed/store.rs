//! The queries of the feed.

use std::collections::{BTreeSet, HashSet};

use entity::{
    audit_event::AuditAction,
    category,
    journal::{self, Column},
    journal_head, organization, record, user,
};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, ExprTrait, Order, Query, SimpleExpr},
};
use uuid::Uuid;

use super::{
    cursor::{Listing, Place, Sight, expired},
    graphql::NodeType,
};
use crate::{
    db::{self, Reader},
    error::{Error, Result},
};

/// The most positions that one page looks at: what nobody is told of is passed over, and takes time all the same.
const WINDOW: i64 = 10_000;
/// What happens to users, and changes nothing about them.
const UNSEEN: [AuditAction; 2] = [AuditAction::SignedIn, AuditAction::SignInFailed];

/// A part of the feed.
pub(super) struct Part {
    pub(super) changed: Vec<Changed>,
    /// The place after all of it.
    pub(super) end: Place,
    /// Whether it is known that more follows.
    pub(super) has_more: bool,
}

/// An object that changed.
pub(super) struct Changed {
    pub(super) ty: NodeType,
    pub(super) id: Uuid,
    /// The place after it.
    pub(super) place: Place,
}

/// The place after all changes that have positions now.
pub(super) async fn head(db: &Reader) -> Result<Place> {
    let head = journal_head::Entity::find().one(db).await?;
    let head = head.ok_or_else(|| Error::internal("the journal has no head"))?;
    Ok(Place::at(head.position, &head.hash))
}

/// Up to `size` of the objects that there are, in the order of their sorts and ids. What changes meanwhile stands in the
/// journal after the position of `place`.
pub(super) async fn list(db: &Reader, sight: &Sight, place: &Place, size: usize) -> Result<Part> {
    let mut changed = Vec::new();
    let mut listing = place.listing;
    for ty in &sight.types {
        let mut at = match listing {
            Some(at) if at.ty > *ty => continue,
            Some(at) if at.ty == *ty => at,
            _ => Listing { ty: *ty, after: Uuid::nil() },
        };
        let left = (size - changed.len()) as u64;
        for id in ids(db, *ty, sight.is_admin, at.after, left).await? {
            at.after = id;
            changed.push(Changed { ty: *ty, id, place: Place { listing: Some(at), ..place.clone() } });
        }
        listing = Some(at);
        if changed.len() == size {
            return Ok(Part { changed, end: Place { listing, ..place.clone() }, has_more: true });
        }
    }
    Ok(Part { changed, end: Place { listing: None, ..place.clone() }, has_more: true })
}

/// The ids of up to `limit` objects of one sort, in their order.
async fn ids(db: &Reader, ty: NodeType, is_admin: bool, after: Uuid, limit: u64) -> Result<Vec<Uuid>> {
    Ok(match ty {
        NodeType::Organization => {
            let the_one = (organization::ID > after && limit > 0).then_some(organization::ID);
            the_one.into_iter().collect()
        }
        NodeType::User => page(user::Entity::find(), user::Column::Id, after, limit).into_tuple().all(db).await?,
        NodeType::Category => {
            page(category::Entity::find(), category::Column::Id, after, limit).into_tuple().all(db).await?
        }
        NodeType::Record => {
            let mut all = record::Entity::find();
            if !is_admin {
                all = all.filter(record::Column::DeletedAt.is_null());
            }
            page(all, record::Column::Id, after, limit).into_tuple().all(db).await?
        }
    })
}

fn page<E: EntityTrait>(all: Select<E>, id: E::Column, after: Uuid, limit: u64) -> Select<E> {
    all.select_only().column(id).filter(id.gt(after)).order_by_asc(id).limit(limit)
}

/// Up to `size` of what comes after `place`.
///
/// # Errors
/// As [`since`].
pub(super) async fn after(db: &Reader, sight: &Sight, place: &Place, size: usize) -> Result<Part> {
    match place.listing {
        Some(_) => list(db, sight, place, size).await,
        None => since(db, sight, place, size).await,
    }
}

/// Up to `size` of the objects that changed after `place`, each once, where it changed last.
///
/// # Errors
/// `CURSOR_EXPIRED` where the journal does not have the place: it was removed, or the journal is another one.
pub(super) async fn since(db: &Reader, sight: &Sight, place: &Place, size: usize) -> Result<Part> {
    let (start, end) = window(db, place.position).await?;
    let is_known = start.as_ref().map_or(place.position == 0, |start| place.is_of(&start.hash));
    if !is_known {
        return Err(expired("These books have no such place in their history, or no longer."));
    }
    let Some(end) = end else { return Ok(Part { changed: Vec::new(), end: place.clone(), has_more: false }) };
    let rows = changed(sight, place.position, end.position).limit(size as u64 + 1).all(db).await?;
    let is_cut = rows.len() > size;
    let changed: Vec<_> = rows.iter().take(size).map(Changed::read).collect::<Result<_>>()?;
    let last = changed.last().map(|last| last.place.clone());
    Ok(match last {
        _ if !is_cut => {
            let has_more = end.position == place.position + WINDOW;
            Part { changed, end: Place::at(end.position, &end.hash), has_more }
        }
        Some(last) => Part { changed, end: last, has_more: true },
        None => Part { changed, end: place.clone(), has_more: true },
    })
}

/// The entries at `position`, and at the last position after it that one page looks at, where there are such.
async fn window(db: &Reader, position: i64) -> Result<(Option<journal::Model>, Option<journal::Model>)> {
    // Two statements: PostgreSQL would read the whole journal for both at once.
    let start = journal::Entity::find_by_id(position).one(db).await?;
    let end = journal::Entity::find()
        .filter(Column::Position.gt(position))
        .filter(Column::Position.lte(position + WINDOW))
        .order_by_desc(Column::Position);
    Ok((start, end.one(db).await?))
}

/// The entries after one position and up to another that are the last ones of what they are of.
pub(super) fn changed(sight: &Sight, after: i64, end: i64) -> Select<journal::Entity> {
    let seen = |column: SimpleExpr| column.is_not_in(UNSEEN.map(|action| action.to_value()));
    let of = |column| Expr::col(("later", column));
    // Not "no later one exists": PostgreSQL would join that, and read the whole journal. Nor the greatest of all: it would read
    // all entries of an object that changes often.
    let newest = Query::select()
        .expr(of(Column::Position))
        .from_as(journal::Entity, "later")
        .and_where(of(Column::EntityId).equals((journal::Entity, Column::EntityId)))
        .and_where(seen(of(Column::Action)))
        .order_by(("later", Column::Position), Order::Desc)
        .limit(1)
        .to_owned();
    journal::Entity::find()
        .filter(Column::Position.gt(after))
        .filter(Column::Position.lte(end))
        .filter(Column::EntityType.is_in(sight.types.iter().map(|ty| ty.entity())))
        .filter(seen(Expr::col((journal::Entity, Column::Action))))
        .filter(Expr::col((journal::Entity, Column::Position)).in_subquery(newest))
        .order_by_asc(Column::Position)
}

/// The categories that the records of `part` are in and shown in, without those that are in it themselves. Others than admins
/// see a category only once a record is in it, which changes nothing about the category.
pub(super) async fn categories_of(db: &Reader, part: &Part) -> Result<Vec<Uuid>> {
    let of = |ty: NodeType| part.changed.iter().filter(move |change| change.ty == ty).map(|change| change.id);
    let records: Vec<_> = of(NodeType::Record).collect();
    if records.is_empty() {
        return Ok(Vec::new());
    }
    let used = Query::select()
        .column(record::Column::CategoryId)
        .from(record::Entity)
        .and_where(db::any_of(db.get_database_backend(), record::Column::Id, records))
        .and_where(record::Column::DeletedAt.is_null())
        .to_owned();
    let found = category::Entity::find()
        .select_only()
        .columns([category::Column::Id, category::Column::MergedInto])
        .filter(db::any_selected(db.get_database_backend(), category::Column::Id, used));
    let found: Vec<(Uuid, Option<Uuid>)> = found.into_tuple().all(db).await?;
    let known: HashSet<_> = of(NodeType::Category).collect();
    let all: BTreeSet<_> = found.into_iter().flat_map(|(id, root)| [Some(id), root]).flatten().collect();
    Ok(all.into_iter().filter(|id| !known.contains(id)).collect())
}

impl Changed {
    fn read(entry: &journal::Model) -> Result<Self> {
        let ty = NodeType::ALL.into_iter().find(|ty| ty.entity() == entry.entity_type);
        let ty = ty.ok_or_else(|| Error::internal("a change of what nobody follows"))?;
        Ok(Self { ty, id: entry.entity_id, place: Place::at(entry.position, &entry.hash) })
    }
}
