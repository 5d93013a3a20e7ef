//! Idempotency keys: with one, a request whose answer was lost can be sent again. The key is written in the change's
//! transaction, with the ids of what the change makes. Only a change that succeeds keeps its key.

use chrono::TimeDelta;
use entity::idempotency_key::{self, Column, Entity};
use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use serde::Deserialize;
use uuid::Uuid;

use crate::{
    change::Change,
    error::{Error, ErrorCode, Result},
};

/// How long a key is remembered; after that it is a new one.
const KEPT: TimeDelta = TimeDelta::days(30);

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

/// A request that came with a key.
pub(crate) struct Keyed<'a> {
    /// Its key.
    pub(crate) key: &'a IdempotencyKey,
    /// The mutation that it asks for.
    pub(crate) mutation: &'static str,
    /// The digests of its input, each with a first byte that says how it was made; the first is the one to store.
    pub(crate) digests: Vec<Vec<u8>>,
}

/// Whether a request is to be carried out.
pub(crate) enum Claim {
    /// It came for the first time: go on in the same change.
    New,
    /// It was carried out before, and made this.
    Replay(Vec<Uuid>),
}

/// Claims the key of `request` for the change's author; `made` is what the change will make. A request with the same key
/// that comes at the same time waits until this change has ended.
///
/// # Errors
/// `IDEMPOTENCY_KEY_REUSED` when the key came with other input, or another mutation, before.
pub(crate) async fn claim(change: &mut Change, request: Keyed<'_>, made: &[Uuid]) -> Result<Claim> {
    let Keyed { key, mutation, digests } = request;
    let user_id = change.author().ok_or_else(|| Error::internal("a key belongs to somebody"))?;
    let (now, digest) = (change.now(), digests.first().cloned().unwrap_or_default());
    let row = idempotency_key::ActiveModel {
        user_id: Set(user_id),
        key: Set(key.0.clone()),
        mutation: Set(mutation.to_owned()),
        digest: Set(digest),
        made: Set(made.iter().map(Uuid::to_string).collect()),
        created_at: Set(now),
    };
    let is_old = Expr::col((Entity, Column::CreatedAt)).lt(now - KEPT);
    let claimed = Entity::insert(row)
        .on_conflict(
            OnConflict::columns([Column::UserId, Column::Key])
                .update_columns([Column::Mutation, Column::Digest, Column::Made, Column::CreatedAt])
                .action_and_where(is_old)
                .to_owned(),
        )
        .exec_without_returning(change.db())
        .await?;
    if claimed > 0 {
        return Ok(Claim::New);
    }
    let found = Entity::find_by_id((user_id, key.0.clone())).one(change.db()).await?;
    let found = found.ok_or_else(|| Error::internal("an idempotency key is taken and cannot be found"))?;
    if found.mutation != mutation || !digests.contains(&found.digest) {
        let message = "This idempotency key was already used with different input. Use a new key for a new change.";
        return Err(Error::new(ErrorCode::IdempotencyKeyReused, message).at("idempotencyKey"));
    }
    Ok(Claim::Replay(Vec::deserialize(&found.made).map_err(Error::internal)?))
}

/// Forgets keys that are older than anybody may rely on.
pub(crate) async fn forget(change: &mut Change) -> Result<()> {
    let old = Column::CreatedAt.lt(change.now() - KEPT);
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
