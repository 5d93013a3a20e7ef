//! Erasing who a former user was: their name and e-mail address, in the account and in the audit trail. What they did
//! stays, and so does who did it, as somebody without a name.

use entity::{
    audit_event::AuditAction,
    user::{self, Column},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use uuid::Uuid;

use super::store::{find, lock};
use crate::{
    auth,
    change::Change,
    error::{Error, ErrorCode, Result},
    event::Event,
};

/// What everybody is called whose name was erased.
const NAME: &str = "Former user";

/// Erases name and e-mail address of the user `id`, everywhere in the database. `password_hash` is of a password that
/// nobody knows. Nothing changes where that was done before.
///
/// # Errors
/// `NOT_FOUND`; `CONFLICT` for somebody who may still sign in.
pub async fn erase(change: &mut Change, id: Uuid, password_hash: String) -> Result<user::Model> {
    // Throttles are written before users.
    let email = find(change.db(), id).await?.map(|user| user.email).ok_or_else(|| Error::not_found("id", "user"))?;
    auth::unlock(change.db(), id, &email).await?;
    let before = lock(change.db(), id).await?;
    if before.is_active {
        let message = "This user may still sign in. Deactivate them first.";
        return Err(Error::new(ErrorCode::Conflict, message).at("id"));
    }
    let email = erased_email(id);
    if before.email == email {
        return Ok(before);
    }
    let mut updated = user::Entity::update_many()
        .col_expr(Column::Name, Expr::value(NAME))
        .col_expr(Column::Email, Expr::value(email))
        .col_expr(Column::PasswordHash, Expr::value(password_hash))
        .col_expr(Column::Version, Expr::value(before.version + 1))
        .col_expr(Column::UpdatedAt, Expr::value(change.after(before.updated_at)))
        .filter(Column::Id.eq(id))
        .exec_with_returning(change.db())
        .await?;
    let user = updated.pop().ok_or_else(|| Error::not_found("id", "user"))?;
    change.erase_values_of(id).await?;
    change.record(Event::user(AuditAction::Erased, &user));
    change.forgets();
    Ok(user)
}

/// An address that nobody has, and nobody can register with.
fn erased_email(id: Uuid) -> String {
    format!("{}@erased.invalid", id.simple())
}
