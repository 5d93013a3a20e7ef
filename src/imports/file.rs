//! The file of an import: how it is kept, and how it is read again. It lies in pieces, so that no request and no server
//! ever has all of it in memory.

use std::{
    fmt::Display,
    io::{self, Cursor, Read},
};

use entity::{
    import,
    import_chunk::{self, Column, Entity},
};
use futures_util::{Stream, StreamExt};
use sea_orm::{ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, QueryTrait};
use tokio::{sync::mpsc, task::JoinHandle};
use uuid::Uuid;

use crate::{
    auth::Author,
    change::Change,
    error::{Error, Result},
    services::Services,
};

/// Bytes of a piece.
const PIECE: usize = 256 * 1024;
/// How many pieces are read ahead.
const AHEAD: usize = 4;

/// Why a file was not received.
pub enum Lost {
    /// It has more bytes than it may have.
    TooLarge,
    /// Whoever sent it stopped.
    Interrupted,
    /// It could not be kept.
    Failed(Error),
}

/// Keeps what `bytes` brings as the pieces of `upload`, each in a change of its own: nobody waits for a slow client.
/// Gives the size.
///
/// # Errors
/// See [`Lost`].
pub async fn receive<B: AsRef<[u8]>, E: Display>(
    services: &Services,
    author: &Author,
    (import_id, upload): (Uuid, Uuid),
    mut bytes: impl Stream<Item = Result<B, E>> + Unpin,
    most: u64,
) -> Result<i64, Lost> {
    let (mut piece, mut number, mut size) = (Vec::with_capacity(PIECE), 0, 0_u64);
    loop {
        let received = bytes.next().await;
        let is_last = received.is_none();
        if let Some(received) = received {
            let received = received.map_err(|error| {
                tracing::debug!(%error, "an upload ended early");
                Lost::Interrupted
            })?;
            size += received.as_ref().len() as u64;
            if size > most {
                return Err(Lost::TooLarge);
            }
            piece.extend_from_slice(received.as_ref());
        }
        while piece.len() >= PIECE || (is_last && !piece.is_empty()) {
            let rest = piece.split_off(piece.len().min(PIECE));
            let bytes = std::mem::replace(&mut piece, rest);
            let row = import_chunk::Model { import_id, upload, number, bytes };
            keep(services, author, row).await.map_err(Lost::Failed)?;
            number += 1;
        }
        if is_last {
            return i64::try_from(size).map_err(|error| Lost::Failed(Error::internal(error)));
        }
    }
}

async fn keep(services: &Services, author: &Author, row: import_chunk::Model) -> Result<()> {
    let mut change = services.change(author.clone()).await?;
    change.add(Entity::insert(row.into_active_model()).into_query());
    change.commit().await
}

/// Removes the pieces of all uploads of the import but `upload`.
pub(super) async fn forget_others(change: &Change, import_id: Uuid, upload: Option<Uuid>) -> Result<()> {
    let mut others = Entity::delete_many().filter(Column::ImportId.eq(import_id));
    if let Some(upload) = upload {
        others = others.filter(Column::Upload.ne(upload));
    }
    others.exec(change.db()).await?;
    Ok(())
}

/// Removes what was received of one upload.
pub(super) async fn forget(services: &Services, author: &Author, (import_id, upload): (Uuid, Uuid)) -> Result<()> {
    let change = services.change(author.clone()).await?;
    let pieces = Entity::delete_many().filter(Column::ImportId.eq(import_id)).filter(Column::Upload.eq(upload));
    pieces.exec(change.db()).await?;
    change.commit().await
}

/// The file of `import` from its first byte on, for a thread that may wait, for as long as the [`Loading`] is kept. A
/// piece that cannot be read is an error of the reader.
pub(super) fn open(services: &Services, import: &import::Model) -> (impl Read + Send + 'static, Loading) {
    let (sender, pieces) = mpsc::channel(AHEAD);
    let (services, id, upload) = (services.clone(), import.id, import.upload);
    let loading = tokio::spawn(async move {
        for number in 0.. {
            let piece = match upload {
                Some(upload) => piece(&services, (id, upload, number)).await,
                None => Ok(None),
            };
            let is_last = !matches!(piece, Ok(Some(_)));
            let piece = piece.transpose();
            let Some(piece) = piece else { return };
            if sender.send(piece).await.is_err() || is_last {
                return;
            }
        }
    });
    (Pieces { pieces, current: Cursor::default() }, Loading(loading))
}

/// What has the pieces of a file come. When it is dropped, no more do: whoever reads on is soon at an end.
pub(super) struct Loading(JoinHandle<()>);

impl Drop for Loading {
    fn drop(&mut self) {
        self.0.abort();
    }
}

async fn piece(services: &Services, key: (Uuid, Uuid, i32)) -> Result<Option<Vec<u8>>> {
    let piece = Entity::find_by_id(key).select_only().column(Column::Bytes).into_tuple();
    Ok(piece.one(services.db.read()).await?)
}

struct Pieces {
    pieces: mpsc::Receiver<Result<Vec<u8>>>,
    current: Cursor<Vec<u8>>,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.current.read(buffer)?;
            if read > 0 || buffer.is_empty() {
                return Ok(read);
            }
            match self.pieces.blocking_recv() {
                None => return Ok(0),
                Some(Ok(piece)) => self.current = Cursor::new(piece),
                Some(Err(error)) => return Err(io::Error::other(format!("{error:?}"))),
            }
        }
    }
}
