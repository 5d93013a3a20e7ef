//! How a file arrives.

use std::fmt::Display;

use entity::import;
use futures_util::Stream;
use uuid::Uuid;

pub(crate) use super::file::Lost;
use super::{file, reading, store};
use crate::{auth::Author, services::Services};

/// Receives the file of the import `id`, and looks at what is in it. Another file can take its place until its records
/// are entered.
///
/// # Errors
/// See [`Lost`]: `NOT_FOUND`; `CONFLICT` where its records are entered; `BAD_USER_INPUT` where the file cannot be read as
/// its format says. Nothing of the file is kept then.
pub(crate) async fn upload<B: AsRef<[u8]>, E: Display>(
    services: &Services,
    author: Author,
    id: Uuid,
    bytes: impl Stream<Item = Result<B, E>> + Unpin,
    most: u64,
) -> Result<import::Model, Lost> {
    let upload = Uuid::now_v7();
    let import = store::expect_file(services, &author, id).await.map_err(Lost::Failed)?;
    let received = async {
        let size = file::receive(services, &author, (id, upload), bytes, most).await?;
        let import = import::Model { upload: Some(upload), ..import };
        let format = store::format(&import).map_err(Lost::Failed)?;
        let contents = reading::contents(services, &import, format).await.map_err(Lost::Failed)?;
        let mut change = services.change(author.clone()).await.map_err(Lost::Failed)?;
        let kept = store::keep_file(&mut change, id, (upload, size), &contents).await.map_err(Lost::Failed)?;
        change.commit().await.map_err(Lost::Failed)?;
        Ok(kept)
    };
    let received = received.await;
    if received.is_err()
        && let Err(error) = file::forget(services, &author, (id, upload)).await
    {
        tracing::warn!(?error, import = %id, "what was received of a file is kept until it is a month old");
    }
    received
}
