//! The rules and queries of API tokens.

use std::net::IpAddr;

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    Role,
    api_token::{self, Column, Entity},
    audit_event::AuditAction,
    user,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, LockType},
};
use uuid::Uuid;

use crate::{
    auth::{self, Author},
    change::Change,
    db,
    error::{Error, ErrorCode, Problems, Result},
    event::{Changes, Event},
    id::Kind,
    page::{self, Page},
    scalars::{self, Given, read, timestamp},
    services::Services,
    text,
};

/// The most characters of a name.
pub(crate) const NAME_LENGTH: usize = 100;
/// The most good tokens of one user.
const MOST: u64 = 100;
/// How exactly it is known when a token was last used.
const COARSE: TimeDelta = TimeDelta::minutes(10);

/// A token to make.
pub struct NewToken {
    name: String,
    role: Role,
    expires_at: Option<DateTime<Utc>>,
}

impl NewToken {
    /// A token called `name`, good until `expires_at`.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` for a name that is none, or a time that is over.
    pub fn parse(
        name: &str,
        role: Role,
        expires_at: Option<Given<scalars::DateTime>>,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let mut problems = Problems::default();
        let name = problems.read(text::line("name", name, NAME_LENGTH));
        let expires_at = problems.read(read(expires_at, "expiresAt")).flatten().map(|at| at.0);
        if expires_at.is_some_and(|at| at <= now) {
            let message = "This time is over. Choose a later one, or leave it out.";
            problems.add(Error::bad_input("expiresAt", message).with("min", timestamp(now)));
        }
        problems.finish(name.map(|name| Self { name, role, expires_at }))
    }

    /// The role that it asks for.
    pub(super) fn role(&self) -> Role {
        self.role
    }
}

/// The tokens with these ids, in no particular order.
pub(super) async fn find_all(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<api_token::Model>> {
    Ok(Entity::find().filter(db::any_of(db.get_database_backend(), Column::Id, ids)).all(db).await?)
}

/// The tokens that are not revoked of `owner`, or of everybody, oldest first.
pub async fn all(db: &impl ConnectionTrait, owner: Option<Uuid>) -> Result<Vec<api_token::Model>> {
    Ok(Entity::find().filter(meant(owner)).order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).all(db).await?)
}

/// The tokens of one page of those that are not revoked, of `owner` or of everybody, and one more if there is more.
pub(super) async fn list(db: &impl ConnectionTrait, owner: Option<Uuid>, page: &Page) -> Result<Vec<api_token::Model>> {
    let query = Entity::find().filter(meant(owner));
    Ok(page.select(query, Column::CreatedAt, Column::Id, page::instant)?.all(db).await?)
}

fn meant(owner: Option<Uuid>) -> Condition {
    Condition::all().add(Column::RevokedAt.is_null()).add_option(owner.map(|owner| Column::UserId.eq(owner)))
}

/// Makes a token of `owner`, and gives its text too, which nobody can find out later.
///
/// # Errors
/// `CONFLICT` where they have a hundred.
pub async fn create(change: &mut Change, owner: Uuid, new: NewToken) -> Result<(api_token::Model, String)> {
    // Of two that are made at once, the later one counts the earlier.
    user::Entity::find_by_id(owner).lock(LockType::NoKeyUpdate).one(change.db()).await?;
    let now = change.now();
    let good = meant(Some(owner)).add(Condition::any().add(Column::ExpiresAt.is_null()).add(Column::ExpiresAt.gt(now)));
    if Entity::find().filter(good).count(change.db()).await? >= MOST {
        let message = format!("A user may have {MOST} API tokens. Revoke one that is not used.");
        return Err(Error::new(ErrorCode::Conflict, message));
    }
    let NewToken { name, role, expires_at } = new;
    let secret = auth::ApiToken::new()?;
    let token = api_token::Model {
        id: Uuid::now_v7(),
        user_id: owner,
        name,
        role,
        secret_hash: secret.hash(),
        created_at: now,
        expires_at,
        last_used_at: None,
        last_used_from: None,
        revoked_at: None,
    };
    let row: api_token::ActiveModel = token.clone().into();
    Entity::insert(row.reset_all()).exec_without_returning(change.db()).await?;
    let until = expires_at.map(timestamp);
    let changes = Changes::default()
        .field("name", None, Some(&token.name))
        .field("role", None, Some(&token.role))
        .field("expiresAt", None, until.as_ref());
    change.record(Event::api_token(AuditAction::Created, token.id).changes(changes));
    Ok((token, secret.text()))
}

/// Revokes the token `id`, of `owner` or of whomever it is.
///
/// # Errors
/// `NOT_FOUND`, also where it was revoked already.
pub async fn revoke(change: &mut Change, id: Uuid, owner: Option<Uuid>) -> Result<api_token::Model> {
    let now = change.now();
    let revoked = Entity::update_many()
        .col_expr(Column::RevokedAt, Expr::value(now))
        .filter(meant(owner).add(Column::Id.eq(id)))
        .exec(change.db())
        .await?;
    let found = if revoked.rows_affected == 0 { None } else { find_all(change.db(), vec![id]).await?.pop() };
    let token = found.ok_or_else(|| Error::not_found("id", &Kind::ApiToken.to_string()))?;
    change.record(Event::api_token(AuditAction::Revoked, id));
    change.forgets();
    Ok(token)
}

/// Writes down that a token was used just now, from `address`; not more often than is told of it, and without anybody
/// waiting for it.
pub(crate) fn note_use(services: &Services, id: Uuid, address: Option<IpAddr>) {
    let now = services.clock.now();
    if services.viewers.is_to_be_noted(id, COARSE, now) {
        let services = services.clone();
        tokio::spawn(async move {
            if let Err(error) = write_use(&services, id, address, now).await {
                tracing::warn!(token = %id, "the use of an API token was not written down: {}", error.message());
            }
        });
    }
}

async fn write_use(services: &Services, id: Uuid, address: Option<IpAddr>, now: DateTime<Utc>) -> Result<()> {
    let change = services.change(Author::default()).await?;
    let is_older = Condition::any().add(Column::LastUsedAt.is_null()).add(Column::LastUsedAt.lt(now - COARSE));
    Entity::update_many()
        .col_expr(Column::LastUsedAt, Expr::value(now))
        .col_expr(Column::LastUsedFrom, Expr::value(address.map(|address| address.to_string())))
        .filter(Condition::all().add(Column::Id.eq(id)).add(is_older))
        .exec(change.db())
        .await?;
    change.commit().await
}
