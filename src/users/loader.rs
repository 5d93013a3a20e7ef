//! Users by id: remembered for a moment, and the others that one request asks for in one statement.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{
    Context,
    dataloader::{DataLoader, Loader},
};
use entity::user;
use uuid::Uuid;

use super::{User, store};
use crate::{
    context::ContextExt,
    db::Operation,
    error::{Error, Result},
    services::Services,
};

/// Loads the users that one request asks for, through [`gateway::Batches::loader`].
pub(crate) struct UserLoader {
    services: Services,
    operation: Operation,
}

impl UserLoader {
    /// A loader for one operation: shared, it would show one user's rows to another.
    #[must_use]
    pub(crate) fn new(services: Services, operation: Operation) -> Self {
        Self { services, operation }
    }
}

impl Loader<Uuid> for UserLoader {
    type Value = Arc<user::Model>;
    type Error = Error;

    async fn load(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<user::Model>>> {
        let Services { db, viewers, clock, .. } = &self.services;
        let (epoch, now) = (viewers.users.epoch(), clock.now());
        // Loads are spawned, and belong to the operation nevertheless.
        let users = self.operation.run(store::find_all(db.read(), ids.to_vec())).await?;
        let users: Vec<_> = users.into_iter().map(Arc::new).collect();
        viewers.users.keep(epoch, users.iter().map(|user| (user.id, user.clone())), now);
        Ok(users.into_iter().map(|user| (user.id, user)).collect())
    }
}

/// The user `id`, who is known to exist, from memory or together with all others that the operation asks for just now.
pub async fn load(ctx: &Context<'_>, id: Uuid) -> Result<User> {
    let Services { viewers, clock, .. } = ctx.services()?;
    if let Some(user) = viewers.users.get(&id, clock.now()) {
        return Ok(user.into());
    }
    let loader: &DataLoader<UserLoader> =
        ctx.data_opt().ok_or_else(|| Error::internal("the request came without its loader of users"))?;
    let user = loader.load_one(id).await?.ok_or_else(|| Error::internal(format!("there is no user {id}")))?;
    Ok(user.into())
}
