//! The rules and queries of users. Every write adds to the audit trail in its transaction.

use entity::{
    Role,
    audit_event::AuditAction,
    user::{self, Column},
};
use sea_orm::{
    ActiveEnum,
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, Func, LockType},
};
use uuid::Uuid;

use super::{
    input::{Email, Filter, Name, NewUser, UserPatch},
    look_alike,
};
use crate::{
    auth::{Author, Lane},
    change::Change,
    db::{self, is_unique_violation},
    error::{Error, ErrorCode, Result},
    event::{Changes, Event},
    page::{self, Page},
    services::Services,
    sessions::{self, Ending},
};

/// The user with this id, if there is one.
pub async fn find(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<user::Model>> {
    Ok(user::Entity::find_by_id(id).one(db).await?)
}

/// The users with these ids, in no particular order.
pub async fn find_all(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<user::Model>> {
    let are_meant = db::any_of(db.get_database_backend(), Column::Id, ids);
    Ok(user::Entity::find().filter(are_meant).all(db).await?)
}

/// The user with this e-mail address, if there is one.
pub async fn find_by_email(db: &impl ConnectionTrait, email: &Email) -> Result<Option<user::Model>> {
    Ok(user::Entity::find().filter(Column::Email.eq(email.as_str())).one(db).await?)
}

/// All users, oldest first.
pub async fn all(db: &impl ConnectionTrait) -> Result<Vec<user::Model>> {
    Ok(user::Entity::find().order_by_asc(Column::CreatedAt).order_by_asc(Column::Id).all(db).await?)
}

/// The highest cost that a password hash of a user was made at, if there are any.
pub async fn highest_password_cost(db: &impl ConnectionTrait) -> Result<Option<u32>> {
    // `$2b$12$…`
    let cost = Func::cust("SUBSTR").args([Expr::col(Column::PasswordHash), Expr::val(5), Expr::val(2)]);
    let highest: Option<Option<String>> =
        user::Entity::find().select_only().expr(Func::max(cost)).into_tuple().one(db).await?;
    Ok(highest.flatten().and_then(|digits| digits.parse().ok()))
}

/// The users of one page of those that `filter` means, and one more if there is more.
pub async fn list(db: &impl ConnectionTrait, filter: &Filter, page: &Page) -> Result<Vec<user::Model>> {
    let query = matching(db, filter);
    Ok(page.select(query, Column::CreatedAt, Column::Id, page::instant)?.all(db).await?)
}

/// How many users `filter` means.
pub async fn count(db: &impl ConnectionTrait, filter: &Filter) -> Result<i64> {
    i64::try_from(matching(db, filter).count(db).await?).map_err(Error::internal)
}

fn matching(db: &impl ConnectionTrait, filter: &Filter) -> Select<user::Entity> {
    let search = filter.search.as_ref().map(|text| {
        let holds = |column: Column| db::contains(db.get_database_backend(), column, text);
        Condition::any().add(holds(Column::Name)).add(holds(Column::Email))
    });
    user::Entity::find().filter(
        Condition::all()
            .add_option(search)
            .add_option(filter.role.map(|role| Column::Role.eq(role)))
            .add_option(filter.is_active.map(|is_active| Column::IsActive.eq(is_active))),
    )
}

/// Adds a user who registers.
///
/// # Errors
/// As [`create`]; `CONFLICT` also when the name can be mistaken for that of an active admin.
pub async fn register(services: &Services, author: Author, lane: Lane, new: NewUser) -> Result<user::Model> {
    let password_hash = services.passwords.hash_in(lane, &new.password).await?;
    let mut change = services.change(author).await?;
    check_no_admin_is_called(&change, &new.name, None).await?;
    let user = create(&mut change, new, password_hash).await?;
    change.commit().await?;
    Ok(user)
}

/// # Errors
/// `CONFLICT` when people can take `name` for that of an active admin other than `user`.
async fn check_no_admin_is_called(change: &Change, name: &Name, user: Option<Uuid>) -> Result<()> {
    let admins = Condition::all().add(Column::Role.eq(Role::Admin)).add(Column::IsActive.eq(true));
    let others = user.map(|id| Column::Id.ne(id));
    let admins = user::Entity::find().filter(admins.add_option(others)).all(change.db()).await?;
    if admins.iter().any(|admin| look_alike::look_alike(&admin.name, &name.to_string())) {
        let message = "This name can be mistaken for somebody else's. Add something to it.";
        return Err(Error::new(ErrorCode::Conflict, message).at("name"));
    }
    Ok(())
}

/// Hashes the password of a new user when it is the turn of `lane`, and adds them in a change of its own.
///
/// # Errors
/// As [`create`].
pub async fn enter(services: &Services, author: Author, lane: Lane, new: NewUser) -> Result<user::Model> {
    let password_hash = services.passwords.hash_in(lane, &new.password).await?;
    let mut change = services.change(author).await?;
    let user = create(&mut change, new, password_hash).await?;
    change.commit().await?;
    Ok(user)
}

/// Adds a user with a hash of their password, made by [`crate::auth::Passwords::hash`].
///
/// # Errors
/// `CONFLICT` when the e-mail address is taken.
pub async fn create(change: &mut Change, new: NewUser, password_hash: String) -> Result<user::Model> {
    let at = change.now();
    let row = user::ActiveModel {
        id: Set(Uuid::now_v7()),
        email: Set(new.email.to_string()),
        name: Set(new.name.to_string()),
        password_hash: Set(password_hash),
        role: Set(new.role),
        is_active: Set(true),
        version: Set(1),
        created_at: Set(at),
        updated_at: Set(at),
    };
    let user = user::Entity::insert(row).exec_with_returning(change.db()).await.map_err(|error| {
        if is_unique_violation(&error) {
            Error::new(ErrorCode::Conflict, "This e-mail address is already taken.").at("email")
        } else {
            error.into()
        }
    })?;
    let changes = Changes::default()
        .personal("email", None, Some(&user.email))
        .personal("name", None, Some(&user.name))
        .field("role", None, Some(&user.role));
    change.record(Event::user(AuditAction::Created, &user).changes(changes));
    Ok(user)
}

/// Changes name, role or active flag of the user `id`. A user who is deactivated is signed out everywhere.
///
/// # Errors
/// `NOT_FOUND`; `VERSION_CONFLICT`; `CONFLICT` when no active admin would be left.
pub async fn update(change: &mut Change, id: Uuid, patch: UserPatch) -> Result<user::Model> {
    let demotes = patch.role.is_some_and(|role| role != Role::Admin);
    let other_admin =
        if demotes || patch.is_active == Some(false) { other_admin(change.db(), id).await? } else { None };
    let before = lock(change.db(), id).await?;
    let after = user::Model {
        name: patch.name.map_or_else(|| before.name.clone(), |name| name.to_string()),
        role: patch.role.unwrap_or(before.role),
        is_active: patch.is_active.unwrap_or(before.is_active),
        ..before.clone()
    };
    if is_active_admin(&before) && !is_active_admin(&after) && other_admin.is_none() {
        let field = if demotes { "role" } else { "isActive" };
        return Err(
            Error::new(ErrorCode::Conflict, "The last active admin can be neither demoted nor deactivated.").at(field)
        );
    }
    let changes = Changes::default()
        .personal("name", Some(&before.name), Some(&after.name))
        .field("role", Some(&before.role), Some(&after.role))
        .field("isActive", Some(&before.is_active), Some(&after.is_active));
    let expected = patch.expected_version.unwrap_or(before.version);
    if changes.is_empty() && expected == before.version {
        return Ok(before);
    }
    let mut updated = user::Entity::update_many()
        .col_expr(Column::Name, Expr::value(after.name))
        .col_expr(Column::Role, Expr::value(after.role.to_value()))
        .col_expr(Column::IsActive, Expr::value(after.is_active))
        .col_expr(Column::Version, Expr::value(before.version + 1))
        .col_expr(Column::UpdatedAt, Expr::value(change.after(before.updated_at)))
        .filter(Column::Id.eq(id))
        .filter(Column::Version.eq(expected))
        .exec_with_returning(change.db())
        .await?;
    let user = updated.pop().ok_or_else(|| Error::version_conflict(before.version))?;
    change.record(Event::user(AuditAction::Updated, &user).changes(changes));
    change.forgets();
    if before.is_active && !user.is_active {
        sessions::end(change, id, Ending::All).await?;
    }
    Ok(user)
}

/// Changes what users may change of their own account. They may keep a name that has come to look like an admin's.
///
/// # Errors
/// As [`update`]; `CONFLICT` also when the new name can be mistaken for that of an active admin.
pub(super) async fn update_own(change: &mut Change, id: Uuid, patch: UserPatch) -> Result<user::Model> {
    let before = lock(change.db(), id).await?;
    if let Some(name) = patch.name.as_ref().filter(|name| name.to_string() != before.name) {
        check_no_admin_is_called(change, name, Some(id)).await?;
    }
    update(change, id, patch).await
}

fn is_active_admin(user: &user::Model) -> bool {
    user.is_active && user.role == Role::Admin
}

/// An active admin other than the user `id`. Locks the rows of all of them, in the same order everywhere, so
/// that of two admins who demote each other one waits, and then finds that they are the last.
async fn other_admin(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<Uuid>> {
    let admins: Vec<Uuid> = user::Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(Column::Role.eq(Role::Admin))
        .filter(Column::IsActive.eq(true))
        .order_by_asc(Column::Id)
        .lock(LockType::NoKeyUpdate)
        .into_tuple()
        .all(db)
        .await?;
    Ok(admins.into_iter().find(|admin| *admin != id))
}

/// The user's row, which nobody else changes until the transaction ends.
pub(super) async fn lock(db: &impl ConnectionTrait, id: Uuid) -> Result<user::Model> {
    let row = user::Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(db).await?;
    row.ok_or_else(|| Error::not_found("id", "user"))
}
