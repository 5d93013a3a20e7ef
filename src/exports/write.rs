//! From the books to a file: one moment of them, read and written in batches, so that memory does not grow.

use std::{
    collections::{HashMap, HashSet},
    io,
};

use entity::{Role, user};
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::{
    graphql::{ExportFormat, ExportRecordsInput},
    line::Line,
    room::Sink,
    sheet::Sheet,
};
use crate::{
    db::{self, Db},
    error::{Error, Result},
    records::{Filter, Order, Row, Walk},
    services::Services,
};

/// The most names of users that are remembered on the way.
const MOST_NAMES: usize = 10_000;

/// What is to be exported, and how.
#[derive(Clone, Debug)]
pub struct Request {
    pub(super) filter: Filter,
    pub(super) order: Order,
    pub(super) format: ExportFormat,
}

impl Request {
    /// What an input of `exportRecords`, as JSON, asks for, where somebody of this role asks.
    ///
    /// # Errors
    /// As the mutation's.
    pub async fn read(services: &Services, role: Role, input: serde_json::Value) -> Result<Self> {
        ExportRecordsInput::from_stored(input)?.resolve(services, role).await
    }

    /// What the file is like.
    #[must_use]
    pub fn format(&self) -> ExportFormat {
        self.format
    }
}

/// Why there is no file.
#[derive(Debug)]
pub enum Failure {
    /// The books could not be read.
    Books(Error),
    /// The file could not be written.
    Sink(io::Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Books(error)
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Sink(error)
    }
}

/// Writes the records that `request` asks for to `sink`, which it gives back.
///
/// # Errors
/// Those of the books, and those of `sink`.
pub async fn write<W: Sink>(db: &Db, request: Request, sink: W) -> Result<W, Failure> {
    let Request { filter, order, format } = request;
    let mut walk = Walk::begin(db, filter, order).await?;
    let mut names = HashMap::new();
    let mut sheet = Sheet::begin(format, sink)?;
    let mut rows = walk.next().await?;
    while !rows.is_empty() {
        names = with_names(walk.db(), names, &rows).await?;
        let written = blocking(move || {
            rows.iter().try_for_each(|row| sheet.add(Line::of(row, &names)))?;
            Ok((sheet, names))
        });
        // The next ones are read meanwhile.
        let (written, next) = tokio::join!(written, walk.next());
        (sheet, names) = written?;
        rows = next?;
    }
    drop(walk);
    Ok(blocking(move || sheet.finish()).await?)
}

/// `known`, and the names of those who entered `rows`.
async fn with_names(
    db: &impl ConnectionTrait,
    mut known: HashMap<Uuid, String>,
    rows: &[Row],
) -> Result<HashMap<Uuid, String>> {
    if known.len() > MOST_NAMES {
        known.clear();
    }
    let authors = rows.iter().map(|row| row.record.created_by);
    let unknown: HashSet<_> = authors.filter(|id| !known.contains_key(id)).collect();
    if !unknown.is_empty() {
        let wanted = db::any_of(db.get_database_backend(), user::Column::Id, unknown.into_iter().collect());
        let found = user::Entity::find().select_only().columns([user::Column::Id, user::Column::Name]).filter(wanted);
        known.extend(found.into_tuple::<(Uuid, String)>().all(db).await?);
    }
    Ok(known)
}

/// Runs `work`, which writes to a disk, where nobody else has to wait for it.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}
