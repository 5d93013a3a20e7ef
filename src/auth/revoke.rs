//! Ending sessions before their time, which takes effect on the next request.

use entity::{
    audit_event::{AuditAction, AuditEntity},
    session::{Column, Entity},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use uuid::Uuid;

use crate::{
    change::{Change, Event},
    error::Result,
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
pub async fn end_sessions(change: &mut Change, user_id: Uuid, which: Ending) -> Result<usize> {
    let at = change.now();
    let update = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(at))
        .filter(Column::UserId.eq(user_id))
        .filter(Column::RevokedAt.is_null())
        .filter(Column::ExpiresAt.gt(at));
    let update = match which {
        Ending::All => update,
        Ending::Only(id) => update.filter(Column::Id.eq(id)),
        Ending::AllBut(id) => update.filter(Column::Id.ne(id)),
    };
    let ended = update.exec_with_returning(change.db()).await?;
    for session in &ended {
        change.record(Event::new(AuditAction::Revoked, AuditEntity::Session, session.id));
    }
    change.revokes();
    Ok(ended.len())
}
