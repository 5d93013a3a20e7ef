//! Users by id, the many of one request in one statement.

use std::collections::HashMap;

use async_graphql::{
    Context,
    dataloader::{DataLoader, Loader},
};
use entity::user;
use sea_orm::{EntityTrait, QueryFilter};
use uuid::Uuid;

use super::User;
use crate::{
    db::{self, Db},
    error::{Error, Result},
};

/// Loads the users that one request asks for, through [`crate::batch::Batches::loader`].
pub struct UserLoader {
    db: Db,
}

impl UserLoader {
    /// A loader for one request: shared, it would show one user's rows to another.
    #[must_use]
    pub fn new(db: Db) -> Self {
        Self { db }
    }
}

impl Loader<Uuid> for UserLoader {
    type Value = user::Model;
    type Error = Error;

    async fn load(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, user::Model>> {
        let wanted = db::any_of(self.db.backend(), user::Column::Id, ids.to_vec());
        let users = user::Entity::find().filter(wanted).all(self.db.read()).await?;
        Ok(users.into_iter().map(|user| (user.id, user)).collect())
    }
}

/// The user `id`, who is known to exist, together with all others that the operation asks for just now.
pub async fn load(ctx: &Context<'_>, id: Uuid) -> Result<User> {
    let loader: &DataLoader<UserLoader> =
        ctx.data_opt().ok_or_else(|| Error::internal("the request came without its loader of users"))?;
    let user = loader.load_one(id).await?.ok_or_else(|| Error::internal(format!("there is no user {id}")))?;
    Ok(user.into())
}
