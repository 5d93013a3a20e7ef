//! Idempotency keys: with one, a request whose answer was lost can be sent again. The key is written in the change's
//! transaction, with the ids of what the change makes. Only a change that succeeds keeps its key.

use std::borrow::Cow;

use chrono::TimeDelta;
use entity::idempotency_key::{self, Column, Entity};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter,
    prelude::Json,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    auth::Author,
    change::Change,
    error::{Error, ErrorCode, Result},
    services::Services,
};

/// A client's key for a change: 1 to 255 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The most characters of a key.
    pub(crate) const LENGTH: usize = 255;
    /// Visible ASCII.
    pub(crate) const PATTERN: &str = "^[!-~]*$";

    /// A key from the input field `idempotencyKey`.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` when it is empty, too long, or holds anything but visible ASCII.
    pub(crate) fn parse(text: String) -> Result<Self> {
        if (1..=Self::LENGTH).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(Self(text));
        }
        let message = "An idempotency key must have 1 to 255 visible ASCII characters, for example a UUID.";
        let refused = Error::bad_input("idempotencyKey", message);
        Err(refused.with("minLength", 1).with("maxLength", Self::LENGTH).with("pattern", Self::PATTERN))
    }
}

/// A mutation that is carried out once, however often it is sent with its key.
pub(crate) struct Once {
    mutation: Cow<'static, str>,
    /// The key, and the digests of the input, each with a first byte that says how it was made; the first is stored.
    keyed: Option<(IdempotencyKey, Vec<Vec<u8>>)>,
}

/// A change in which a key is claimed.
#[expect(clippy::large_enum_variant, reason = "there is one for a moment, and it is nearly always the larger")]
pub(crate) enum Opened {
    /// The request came for the first time, or has no key.
    New(Change),
    /// It was carried out before, and made this.
    Replay(Vec<Uuid>),
}

impl Once {
    /// A request of `mutation` with this key, if it has one, and with the digests of its input.
    pub(crate) fn new(
        mutation: impl Into<Cow<'static, str>>,
        key: Option<IdempotencyKey>,
        digests: impl FnOnce() -> Vec<Vec<u8>>,
    ) -> Self {
        Self { mutation: mutation.into(), keyed: key.map(|key| (key, digests())) }
    }

    /// Opens a change by `author`, and claims the key in it before anything else; `made` are the ids of what it will
    /// make, as far as they are known. A request with the same key that comes at the same time waits until this change
    /// has ended.
    ///
    /// # Errors
    /// `IDEMPOTENCY_KEY_REUSED` when the key came with other input, or another mutation, before.
    pub(crate) async fn open(&self, services: &Services, author: Author, made: &[Uuid]) -> Result<Opened> {
        let mut change = services.change(author).await?;
        let Some((key, digests)) = &self.keyed else { return Ok(Opened::New(change)) };
        if claim(&mut change, &self.mutation, (key, digests), made).await? {
            return Ok(Opened::New(change));
        }
        let found = find(&mut change, key).await?;
        change.rollback().await?;
        if found.mutation != self.mutation || !digests.contains(&found.digest) {
            let message = "This idempotency key was already used with different input. Use a new key for a new change.";
            return Err(Error::new(ErrorCode::IdempotencyKeyReused, message).at("idempotencyKey"));
        }
        Ok(Opened::Replay(Vec::deserialize(&found.made).map_err(Error::internal)?))
    }

    /// Commits a change that [`Once::open`] opened, and that made `made`.
    pub(crate) async fn commit(&self, change: Change, made: &[Uuid]) -> Result<()> {
        if let (Some((key, _)), false) = (&self.keyed, made.is_empty()) {
            let id = (owner(&change)?, key.0.clone());
            let made = idempotency_key::ActiveModel { made: Set(listed(made)), ..Default::default() };
            Entity::update_many()
                .set(made)
                .filter(Column::UserId.eq(id.0))
                .filter(Column::Key.eq(id.1))
                .exec(change.db())
                .await?;
        }
        change.commit().await
    }
}

/// Whether the key was free.
async fn claim(
    change: &mut Change,
    mutation: &str,
    (key, digests): (&IdempotencyKey, &[Vec<u8>]),
    made: &[Uuid],
) -> Result<bool> {
    let (user_id, now) = (owner(change)?, change.now());
    let row = idempotency_key::ActiveModel {
        user_id: Set(user_id),
        key: Set(key.0.clone()),
        mutation: Set(mutation.to_owned()),
        digest: Set(digests.first().cloned().unwrap_or_default()),
        made: Set(listed(made)),
        created_at: Set(now),
    };
    let is_old = Expr::col((Entity, Column::CreatedAt)).lt(now - kept(change.services())?);
    let claimed = Entity::insert(row)
        .on_conflict(
            OnConflict::columns([Column::UserId, Column::Key])
                .update_columns([Column::Mutation, Column::Digest, Column::Made, Column::CreatedAt])
                .action_and_where(is_old)
                .to_owned(),
        )
        .exec_without_returning(change.db())
        .await?;
    Ok(claimed > 0)
}

async fn find(change: &mut Change, key: &IdempotencyKey) -> Result<idempotency_key::Model> {
    let found = Entity::find_by_id((owner(change)?, key.0.clone())).one(change.db()).await?;
    found.ok_or_else(|| Error::internal("an idempotency key is taken and cannot be found"))
}

/// How long a key is remembered; after that it is a new one.
fn kept(services: &Services) -> Result<TimeDelta> {
    TimeDelta::from_std(services.config.idempotency_key_ttl).map_err(Error::internal)
}

fn owner(change: &Change) -> Result<Uuid> {
    change.author().ok_or_else(|| Error::internal("a key belongs to somebody"))
}

fn listed(made: &[Uuid]) -> Json {
    made.iter().map(Uuid::to_string).collect()
}

/// Forgets keys that are older than anybody may rely on.
pub(crate) async fn forget(change: &mut Change) -> Result<()> {
    let old = Column::CreatedAt.lt(change.now() - kept(change.services())?);
    Entity::delete_many().filter(old).exec(change.db()).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_visible_ascii() {
        assert!(IdempotencyKey::parse("~import/2026-11:1".to_owned()).is_ok());
        for text in [String::new(), "a b".to_owned(), "é".to_owned(), "a\n".to_owned(), "x".repeat(256)] {
            assert!(IdempotencyKey::parse(text).is_err());
        }
    }
}
