//! The queries of the audit trail.

use entity::audit_event::{Column, Entity, Model};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, Select};
use uuid::Uuid;

use super::filter::Filter;
use crate::{
    error::{Error, Result},
    page::{self, Page},
};

/// The event with this id, if there is one.
pub async fn find(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Model>> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// The events of one page of those that `filter` means, and one more if there is more.
pub async fn list(db: &impl ConnectionTrait, filter: &Filter, page: &Page) -> Result<Vec<Model>> {
    Ok(page.select(matching(filter), Column::At, Column::Id, page::instant)?.all(db).await?)
}

/// How many events `filter` means.
pub async fn count(db: &impl ConnectionTrait, filter: &Filter) -> Result<i64> {
    i64::try_from(matching(filter).count(db).await?).map_err(Error::internal)
}

fn matching(filter: &Filter) -> Select<Entity> {
    Entity::find().filter(
        Condition::all()
            .add_option(filter.actor.map(|id| Column::ActorId.eq(id)))
            .add_option(filter.entity.map(|id| Column::EntityId.eq(id)))
            .add_option(filter.entity_type.map(|sort| Column::EntityType.eq(sort)))
            .add_option(filter.action.map(|action| Column::Action.eq(action)))
            .add_option(filter.from.map(|from| Column::At.gte(from)))
            .add_option(filter.to.map(|to| Column::At.lt(to))),
    )
}
