//! What sessions and API tokens give now, many at a time.

use chrono::{DateTime, Utc};
use entity::{Role, api_token, session, user};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use crate::{
    db::{self, Reader},
    error::Result,
};

/// The roles of the users of those sessions that are active.
pub(super) async fn of_sessions(db: &Reader, ids: Vec<Uuid>, now: DateTime<Utc>) -> Result<Vec<(Uuid, Role)>> {
    let mut roles = session::Entity::find()
        .select_only()
        .column(session::Column::Id)
        .column(user::Column::Role)
        .filter(db::any_of(db.get_database_backend(), session::Column::Id, ids))
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(now))
        .filter(session::Column::AbsoluteExpiresAt.gt(now))
        .filter(user::Column::IsActive.eq(true));
    let is_owner = Expr::col((user::Entity, user::Column::Id)).equals((session::Entity, session::Column::UserId));
    QueryTrait::query(&mut roles).inner_join(user::Entity, is_owner);
    Ok(roles.into_tuple().all(db).await?)
}

/// The roles that those tokens give that were not revoked: the lesser of their own and their owner's.
pub(super) async fn of_tokens(db: &Reader, ids: Vec<Uuid>) -> Result<Vec<(Uuid, Role)>> {
    let mut roles = api_token::Entity::find()
        .select_only()
        .column(api_token::Column::Id)
        .column(api_token::Column::Role)
        .column_as(user::Column::Role, "owners")
        .filter(db::any_of(db.get_database_backend(), api_token::Column::Id, ids))
        .filter(api_token::Column::RevokedAt.is_null())
        .filter(user::Column::IsActive.eq(true));
    let is_owner = Expr::col((user::Entity, user::Column::Id)).equals((api_token::Entity, api_token::Column::UserId));
    QueryTrait::query(&mut roles).inner_join(user::Entity, is_owner);
    let found: Vec<(Uuid, Role, Role)> = roles.into_tuple().all(db).await?;
    Ok(found.into_iter().map(|(id, role, owners)| (id, std::cmp::min(role, owners))).collect())
}
