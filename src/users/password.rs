//! How users get another password.

use entity::{
    audit_event::AuditAction,
    user::{self, Column},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, LockType},
};
use uuid::Uuid;

use super::{
    input::Email,
    store::{find, find_by_email, lock},
};
use crate::{
    auth::{self, Attempts, Caller, Lane, Password, Viewer},
    change::Change,
    error::{Error, ErrorCode, Result},
    event::{Changes, Event},
    services::Services,
    sessions::{self, Ending},
};

/// A change of password.
pub struct NewPassword {
    /// Made by [`crate::auth::Passwords::hash`].
    pub hash: String,
    /// The hash that the current password was checked against; `None` where nobody asked for it.
    pub replaces: Option<String>,
    /// Which of the user's sessions end with it.
    pub ending: Ending,
}

/// Gives the user `id` another password, ends sessions, and forgets failed sign-ins.
///
/// # Errors
/// `NOT_FOUND`; `CONFLICT` when the password was changed by somebody else in the meantime.
pub async fn set_password(change: &mut Change, id: Uuid, new: NewPassword) -> Result<user::Model> {
    // Throttles are written before users.
    let email = find(change.db(), id).await?.map(|user| user.email).ok_or_else(|| Error::not_found("id", "user"))?;
    auth::unlock(change.db(), id, &email).await?;
    let before = lock(change.db(), id).await?;
    if new.replaces.is_some_and(|replaced| replaced != before.password_hash) {
        return Err(Error::new(ErrorCode::Conflict, "The password was changed in the meantime."));
    }
    let mut updated = user::Entity::update_many()
        .col_expr(Column::PasswordHash, Expr::value(new.hash))
        .col_expr(Column::Version, Expr::value(before.version + 1))
        .col_expr(Column::UpdatedAt, Expr::value(change.after(before.updated_at)))
        .filter(Column::Id.eq(id))
        .exec_with_returning(change.db())
        .await?;
    let user = updated.pop().ok_or_else(|| Error::not_found("id", "user"))?;
    change.record(Event::user(AuditAction::PasswordChanged, &user));
    sessions::end(change, id, new.ending).await?;
    Ok(user)
}

/// Passwords as their owner typed them.
pub(super) struct Passwords {
    /// The one that they say they have.
    pub(super) current: Password,
    /// The one that they want.
    pub(super) new: Password,
}

/// Changes the viewer's password, and ends all their sessions but this one.
///
/// # Errors
/// `INVALID_CREDENTIALS` when the current one is wrong; `RATE_LIMITED` when it was wrong too often.
pub(super) async fn change_password(services: &Services, caller: &Caller, passwords: Passwords) -> Result<user::Model> {
    let Passwords { current, new } = passwords;
    let Viewer { user, through } = caller.viewer()?;
    // What is remembered of the viewer may be older than their password.
    let user = find(services.db.read(), user.id).await?.ok_or_else(auth::unauthenticated)?;
    let (author, lane) = (caller.author(Some(user.id)), Lane::of(caller.address, &user.email));
    let guesses = Attempts::to_confirm_password_of(user.id);
    Attempts::check(services.db.read(), services.clock.now(), &[&guesses]).await?;
    let mut change = services.change(author.clone()).await?;
    let now = change.now();
    guesses.count(change.db(), now).await?;
    change.commit().await?;
    if !services.passwords.verify(lane.clone(), &current, user.password_hash.clone()).await? {
        let wrong = Error::new(ErrorCode::InvalidCredentials, "The current password is wrong.");
        return Err(wrong.at("currentPassword"));
    }
    let new = NewPassword {
        hash: services.passwords.hash_in(lane, &new).await?,
        replaces: Some(user.password_hash.clone()),
        ending: Ending::AllBut(through.id()),
    };
    let mut change = services.change(author).await?;
    let user = set_password(&mut change, user.id, new).await?;
    change.commit().await?;
    Ok(user)
}

/// Forgets the failed sign-ins of the user with this e-mail address, so that they need not wait any longer.
///
/// # Errors
/// `NOT_FOUND`.
pub async fn unlock(change: &mut Change, email: &Email) -> Result<user::Model> {
    let user = find_by_email(change.db(), email)
        .await?
        .ok_or_else(|| Error::new(ErrorCode::NotFound, "There is no user with this e-mail address.").at("email"))?;
    let counters = auth::unlock(change.db(), user.id, &user.email).await?;
    let changes = Changes::default().field("failedSignInCounters", Some(&counters), Some(&0));
    if !changes.is_empty() {
        change.record(Event::user(AuditAction::Updated, &user).changes(changes));
    }
    Ok(user)
}

/// Locks the row of `user` until the transaction ends, if they are still active and have the password that they had.
pub async fn lock_if_unchanged(db: &impl ConnectionTrait, user: &user::Model) -> Result<Option<user::Model>> {
    let query = user::Entity::find_by_id(user.id)
        .filter(Column::IsActive.eq(true))
        .filter(Column::PasswordHash.eq(&user.password_hash))
        .lock(LockType::NoKeyUpdate);
    Ok(query.one(db).await?)
}

/// Stores the user's own password in another hash of it.
pub async fn replace_hash(db: &impl ConnectionTrait, id: Uuid, hash: String) -> Result<()> {
    user::Entity::update_many()
        .col_expr(Column::PasswordHash, Expr::value(hash))
        .filter(Column::Id.eq(id))
        .exec(db)
        .await?;
    Ok(())
}
