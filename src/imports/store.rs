//! Imports and saved formats in the database, and how an import goes from one state to the next.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    import::{self, Column, Entity, ImportState},
    import_chunk, import_format,
};
use import_file::Format;
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{Set, Unchanged},
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, LockType, OnConflict, Query, SimpleExpr},
};
use serde::Deserialize;
use uuid::Uuid;

use super::{contents::Contents, file, going_on::Taking};
use crate::{
    auth::Author,
    change::Change,
    db,
    error::{Error, ErrorCode, Result},
    id::Kind,
    page::Page,
    replay::Outcome,
    services::Services,
    text,
};

/// The most characters of the name of a file, a source, or a saved format.
pub(crate) const NAME_LENGTH: usize = 200;
/// How long a server has an import to itself without saying that it goes on.
const LEASE: TimeDelta = TimeDelta::seconds(30);
/// How long the file of an import is kept that does not go on.
const KEPT: TimeDelta = TimeDelta::days(30);
/// How long after its beginning an upload may still go on.
const ARRIVING: TimeDelta = TimeDelta::hours(2);

/// What is wanted of a new import.
pub(crate) struct NewImport {
    pub(crate) filename: String,
    pub(crate) source: String,
    pub(crate) format: Format,
}

/// The import `id` of the input field `field`, kept from changing until the transaction ends.
pub(super) async fn lock(change: &Change, id: Uuid) -> Result<import::Model> {
    let found = Entity::find_by_id(id).lock(LockType::NoKeyUpdate).one(change.db()).await?;
    found.ok_or_else(not_found)
}

pub(super) fn not_found() -> Error {
    Error::not_found("id", &Kind::Import.to_string())
}

/// The import with this id, if there is one.
pub(crate) async fn find(db: &impl ConnectionTrait, id: Uuid) -> Result<Option<import::Model>> {
    Ok(Entity::find_by_id(id).one(db).await?)
}

/// The imports with these ids, in no particular order.
pub(super) async fn find_all(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<Vec<import::Model>> {
    Ok(Entity::find().filter(db::any_of(db.get_database_backend(), Column::Id, ids)).all(db).await?)
}

/// What a replay answers: the import `id` as it is now.
pub(super) async fn replay(services: &Services, id: Uuid) -> Result<Outcome<import::Model>> {
    let answer = find(services.db.read(), id).await?.ok_or_else(not_found)?;
    Ok(Outcome { answer, replayed: true })
}

/// The imports of one page, the newest first, and one more if there is more.
pub(super) async fn list(db: &impl ConnectionTrait, page: &Page) -> Result<Vec<import::Model>> {
    let key = |key| crate::page::instant(key);
    let query = page.select(Entity::find(), Column::CreatedAt, Column::Id, key)?;
    Ok(query.all(db).await?)
}

/// Makes an import, whose file is still to come.
pub(crate) fn create(change: &mut Change, new: NewImport) -> Result<import::Model> {
    let created_by = change.author().ok_or_else(|| Error::internal("an import needs somebody who makes it"))?;
    let at = change.now();
    let import = import::Model {
        id: Uuid::now_v7(),
        filename: new.filename,
        source: new.source,
        format: serde_json::to_value(&new.format).map_err(Error::internal)?,
        state: ImportState::AwaitingFile,
        upload: None,
        size: 0,
        counts: None,
        skips_problems: false,
        skips_duplicates: false,
        deletes_changed: false,
        leaves_closed: false,
        rows_done: 0,
        entered: 0,
        reverted: 0,
        failure: None,
        created_by,
        created_at: at,
        updated_at: at,
        committed_by: None,
        committed_at: None,
        reverted_by: None,
        reverted_at: None,
        leased_until: None,
    };
    change.add(Entity::insert(import.clone().into_active_model()).into_query());
    Ok(import)
}

/// How the file of `import` is to be read.
pub(super) fn format(import: &import::Model) -> Result<Format> {
    Format::deserialize(&import.format).map_err(Error::internal)
}

/// Refuses what an import that is in another state is not ready for.
///
/// # Errors
/// `CONFLICT`.
pub(super) fn check_state(import: &import::Model, wanted: &[ImportState], what: &str) -> Result<()> {
    if wanted.contains(&import.state) {
        return Ok(());
    }
    let why = match import.state {
        ImportState::AwaitingFile => "its file has not arrived yet",
        ImportState::Ready => "none of its records is entered",
        ImportState::Entering => "its records are being entered",
        ImportState::Entered => "its records are entered",
        ImportState::Reverting => "its records are being deleted",
        ImportState::Reverted => "its records were deleted again",
        ImportState::Failed => "it stopped half way: revert it, or commit it once more",
    };
    Err(Error::new(ErrorCode::Conflict, format!("This import cannot be {what}: {why}.")).at("id"))
}

/// The import `id`, whose file begins to arrive.
pub(super) async fn expect_file(services: &Services, author: &Author, id: Uuid) -> Result<import::Model> {
    let mut change = services.change(author.clone()).await?;
    let import = lock(&change, id).await?;
    check_state(&import, &[ImportState::AwaitingFile, ImportState::Ready], "given another file")?;
    // So that what arrives is not taken for what an upload left behind.
    let import = write(&mut change, import).await?;
    change.commit().await?;
    Ok(import)
}

/// That the file of the import `id` is here, and what is in it.
pub(super) async fn keep_file(
    change: &mut Change,
    id: Uuid,
    (upload, size): (Uuid, i64),
    contents: &Contents,
) -> Result<import::Model> {
    let mut import = lock(change, id).await?;
    check_state(&import, &[ImportState::AwaitingFile, ImportState::Ready], "given another file")?;
    file::forget_others(change, id, Some(upload)).await?;
    import.upload = Some(upload);
    import.size = size;
    import.counts = Some(serde_json::to_value(contents).map_err(Error::internal)?);
    import.state = ImportState::Ready;
    write(change, import).await
}

/// How the file of the import is to be read from now on, and what is in it then.
pub(super) async fn set_format(
    change: &mut Change,
    read: &import::Model,
    format: &Format,
    contents: Option<&Contents>,
) -> Result<import::Model> {
    let mut import = lock(change, read.id).await?;
    check_state(&import, &[ImportState::AwaitingFile, ImportState::Ready], "read in another format")?;
    if import.upload != read.upload {
        return Err(Error::new(ErrorCode::Conflict, "Another file arrived meanwhile. Try again.").at("id"));
    }
    import.format = serde_json::to_value(format).map_err(Error::internal)?;
    import.counts = contents.map(serde_json::to_value).transpose().map_err(Error::internal)?;
    write(change, import).await
}

/// Writes all of `import`, as gone on with now.
pub(super) async fn write(change: &mut Change, mut import: import::Model) -> Result<import::Model> {
    import.updated_at = change.now();
    let mut row = import.clone().into_active_model().reset_all();
    row.id = Unchanged(import.id);
    Entity::update(row).exec(change.db()).await?;
    Ok(import)
}

/// Until when a server that goes on with an import now has it to itself.
pub(super) fn lease(now: DateTime<Utc>) -> DateTime<Utc> {
    now + LEASE
}

/// The imports that are to go on, and that this server is to take.
pub(super) async fn waiting(services: &Services, taking: Taking) -> Result<Vec<Uuid>> {
    let mut waiting = Entity::find().select_only().column(Column::Id).filter(goes_on()).order_by_asc(Column::CreatedAt);
    if taking == Taking::Free {
        let now = services.clock.now();
        waiting = waiting.filter(Column::LeasedUntil.is_null().or(Column::LeasedUntil.lt(now)));
    }
    Ok(waiting.into_tuple().all(services.db.read()).await?)
}

fn goes_on() -> SimpleExpr {
    Column::State.is_in([ImportState::Entering, ImportState::Reverting])
}

/// Removes the files of imports that did not go on for a month, and what uploads that ended early left behind.
pub async fn forget_files(services: &Services) -> Result<()> {
    let mut change = services.change(Author::default()).await?;
    let now = change.now();
    let of = Expr::col((Entity, Column::Id)).equals((import_chunk::Entity, import_chunk::Column::ImportId));
    let is_its_file = Expr::col((Entity, Column::Upload)).equals((import_chunk::Entity, import_chunk::Column::Upload));
    let may_be_arriving = Column::UpdatedAt.gt(now - ARRIVING);
    let mut in_use = Query::select();
    in_use
        .expr(Expr::val(1))
        .from(Entity)
        .and_where(of)
        .and_where(may_be_arriving.or(is_its_file.and(Column::UpdatedAt.gt(now - KEPT).or(goes_on()))));
    import_chunk::Entity::delete_many().filter(Expr::exists(in_use).not()).exec(change.db()).await?;
    change.commit().await
}

/// A saved format, by the name that it was saved under.
///
/// # Errors
/// `NOT_FOUND` at the input field `field`.
pub(crate) async fn saved_format(db: &impl ConnectionTrait, field: &'static str, name: &str) -> Result<Format> {
    let found = find_format(db, name).await?.ok_or_else(|| no_format(field))?;
    Format::deserialize(&found.format).map_err(Error::internal)
}

/// What is saved under `name`, if there is something.
pub(super) async fn find_format(db: &impl ConnectionTrait, name: &str) -> Result<Option<import_format::Model>> {
    Ok(import_format::Entity::find_by_id(text::fold(name)).one(db).await?)
}

fn no_format(field: &'static str) -> Error {
    Error::new(ErrorCode::NotFound, "There is no saved format of this name.").at(field)
}

/// All saved formats, by name.
pub(super) async fn saved_formats(db: &impl ConnectionTrait) -> Result<Vec<import_format::Model>> {
    Ok(import_format::Entity::find().order_by_asc(import_format::Column::NameKey).all(db).await?)
}

/// Saves `format` under `name`, in the place of what was saved under it before.
pub(super) async fn save_format(change: &mut Change, name: String, format: &Format) -> Result<import_format::Model> {
    let updated_by = change.author().ok_or_else(|| Error::internal("a format needs somebody who saves it"))?;
    let saved = import_format::Model {
        name_key: text::fold(&name),
        name,
        format: serde_json::to_value(format).map_err(Error::internal)?,
        updated_by,
        updated_at: change.now(),
    };
    let row = import_format::ActiveModel { name_key: Set(saved.name_key.clone()), ..saved.clone().into_active_model() };
    import_format::Entity::insert(row)
        .on_conflict(
            OnConflict::column(import_format::Column::NameKey)
                .update_columns([
                    import_format::Column::Name,
                    import_format::Column::Format,
                    import_format::Column::UpdatedBy,
                    import_format::Column::UpdatedAt,
                ])
                .to_owned(),
        )
        .exec_without_returning(change.db())
        .await?;
    Ok(saved)
}

/// Removes the format that is saved under `name`.
///
/// # Errors
/// `NOT_FOUND`.
pub(super) async fn remove_format(change: &Change, name: &str) -> Result<()> {
    let removed = import_format::Entity::delete_by_id(text::fold(name)).exec(change.db()).await?;
    if removed.rows_affected == 0 { Err(no_format("name")) } else { Ok(()) }
}
