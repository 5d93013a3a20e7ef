//! Ending sessions before their time, which takes effect on the next request.

use entity::{
    audit_event::{AuditAction, AuditEntity},
    session::{Column, Entity},
};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, sea_query::Expr};
use uuid::Uuid;

use crate::{
    error::Result,
    trail::{self, Act, Changes},
};

/// Which of a user's sessions are ended.
#[derive(Clone, Copy, Debug)]
pub enum Ending {
    /// All of them.
    All,
    /// This one.
    Only(Uuid),
    /// All but this one.
    AllBut(Uuid),
}

/// Ends sessions of the user `user_id` that are still going on, and says how many that were.
pub async fn end_sessions(db: &impl ConnectionTrait, act: &Act, user_id: Uuid, which: Ending) -> Result<usize> {
    let update = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(act.at))
        .filter(Column::UserId.eq(user_id))
        .filter(Column::RevokedAt.is_null())
        .filter(Column::ExpiresAt.gt(act.at));
    let update = match which {
        Ending::All => update,
        Ending::Only(id) => update.filter(Column::Id.eq(id)),
        Ending::AllBut(id) => update.filter(Column::Id.ne(id)),
    };
    let ended = update.exec_with_returning(db).await?;
    let sessions = ended.iter().map(|session| (AuditEntity::Session, session.id, Changes::default()));
    trail::append_each(db, act, AuditAction::Revoked, sessions).await?;
    Ok(ended.len())
}
