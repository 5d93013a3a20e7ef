//! From where users have signed in. Owns `sign_in_networks`.
//!
//! Guesses from all over the world slow down sign-ins with an e-mail address, but not those from where its user has
//! signed in before. What is kept of an address is coarse, little, and for half a year.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    sign_in_network::{self, Column, Entity},
    user,
};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QueryTrait,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use uuid::Uuid;

use crate::{auth::Author, change::Change, error::Result, services::Services};

/// How many networks of a user are remembered: those that they used last.
const MOST: usize = 20;
/// How long a network is remembered.
const KEPT: TimeDelta = TimeDelta::days(180);
/// How exactly it is known when it was used last.
const COARSE: TimeDelta = TimeDelta::days(1);

/// Whether the user with this e-mail address, if there is one, has signed in from `network`.
pub(super) async fn is_familiar(db: &impl ConnectionTrait, email: &str, network: &str) -> Result<bool> {
    let mut found = Entity::find().filter(Column::Network.eq(network)).filter(user::Column::Email.eq(email));
    QueryTrait::query(&mut found)
        .inner_join(user::Entity, Expr::col((user::Entity, user::Column::Id)).equals((Entity, Column::UserId)));
    Ok(found.one(db).await?.is_some())
}

/// Remembers that the user `user_id`, whose row is locked, signs in from `network`.
pub(super) async fn remember(change: &mut Change, user_id: Uuid, network: String) -> Result<()> {
    let now = change.now();
    let known =
        Entity::find().filter(Column::UserId.eq(user_id)).order_by_desc(Column::LastAt).all(change.db()).await?;
    if known.iter().any(|it| it.network == network && now < it.last_at + COARSE) {
        return Ok(());
    }
    let row = sign_in_network::ActiveModel { user_id: Set(user_id), network: Set(network.clone()), last_at: Set(now) };
    let again = OnConflict::columns([Column::UserId, Column::Network]).update_column(Column::LastAt).to_owned();
    Entity::insert(row).on_conflict(again).exec_without_returning(change.db()).await?;
    for old in known.iter().filter(|it| it.network != network).skip(MOST - 1) {
        Entity::delete_by_id((user_id, old.network.clone())).exec(change.db()).await?;
    }
    Ok(())
}

/// Forgets the networks that nobody has signed in from for half a year.
pub async fn forget_networks(services: &Services) -> Result<()> {
    let mut change = services.change(Author::default()).await?;
    let long_ago: DateTime<Utc> = change.now() - KEPT;
    Entity::delete_many().filter(Column::LastAt.lt(long_ago)).exec(change.db()).await?;
    change.commit().await
}
