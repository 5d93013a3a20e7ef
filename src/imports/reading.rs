//! The rows of an import's file, as they stand in it: read by a thread of their own, since that is work, and waits for the
//! pieces of the file.

use std::{
    collections::VecDeque,
    sync::{Arc, OnceLock},
};

use entity::import;
use import_file::{Fault, Format, Reader};
use tokio::sync::mpsc;

use super::{
    checked::{Checked, Rules, Verdict, look_for_duplicates, look_up, refuse_closed},
    contents::Contents,
    file::{self, Loading},
    store,
};
use crate::{
    db,
    error::{Error, ErrorCode, Result},
    organization,
    queue::{Place, Queue},
    services::Services,
};

/// How many rows are looked at together.
const BATCH: usize = 1_000;

/// The rows of a file, in batches. Nobody reads on once this is dropped.
pub(super) struct Rows {
    batches: mpsc::Receiver<Result<Vec<Checked>>>,
    /// Those of the last batch that were not taken yet.
    left: VecDeque<Checked>,
    header: Arc<OnceLock<Vec<String>>>,
    _loading: Loading,
    _place: Option<Place>,
}

impl Rows {
    /// Those of `import` from the row `first` on, read as `format` says. Users take turns.
    ///
    /// # Errors
    /// See [`Queue::take`].
    pub(super) async fn open(
        services: &Services,
        import: &import::Model,
        format: Format,
        first: usize,
    ) -> Result<Self> {
        let place = place(&services.files.whole).await?;
        Self::read(services, import, (format, first), place).await
    }

    /// The same, for whoever needs the first rows only.
    async fn begin(services: &Services, import: &import::Model, format: Format) -> Result<Self> {
        let place = place(&services.files.beginnings).await?;
        Self::read(services, import, (format, 0), place).await
    }

    async fn read(
        services: &Services,
        import: &import::Model,
        (format, first): (Format, usize),
        place: Option<Place>,
    ) -> Result<Self> {
        let rules = Rules::of(import, organization::base_currency(services).await?);
        let (file, loading) = file::open(services, import);
        let (sender, batches) = mpsc::channel(1);
        let header = Arc::new(OnceLock::new());
        let found = header.clone();
        tokio::task::spawn_blocking(move || {
            let reader = match Reader::new(&format, file) {
                Ok(reader) => reader,
                // Where nobody waits for it, it does not matter.
                Err(fault) => return drop(sender.blocking_send(Err(refuse(&fault)))),
            };
            found.get_or_init(|| reader.header().to_vec());
            let mut batch = Vec::with_capacity(BATCH);
            for row in reader.skip(first) {
                match row {
                    Ok(row) => batch.push(rules.check(row)),
                    Err(fault) => return drop(sender.blocking_send(Err(refuse(&fault)))),
                }
                if batch.len() == BATCH && sender.blocking_send(Ok(std::mem::take(&mut batch))).is_err() {
                    return;
                }
            }
            if !batch.is_empty() {
                let _ = sender.blocking_send(Ok(batch));
            }
        });
        Ok(Self { batches, left: VecDeque::new(), header, _loading: loading, _place: place })
    }

    /// The next rows; `None` at the end.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` where the file cannot be read as its format says.
    pub(super) async fn next(&mut self) -> Option<Result<Vec<Checked>>> {
        self.batches.recv().await
    }

    /// What the columns are called, once the first rows were read; empty where no line names them.
    fn header(&self) -> &[String] {
        self.header.get().map_or(&[], Vec::as_slice)
    }

    /// The next rows, at most `most`; none at the end.
    ///
    /// # Errors
    /// As [`Rows::next`].
    pub(super) async fn take(&mut self, most: usize) -> Result<Vec<Checked>> {
        if self.left.is_empty() {
            self.left = self.next().await.transpose()?.unwrap_or_default().into();
        }
        self.take_ready(most)
    }

    /// The same without waiting: none also where the next ones are still being read. Reading waits for a connection, which
    /// others may have for long, and is not to keep them from writing meanwhile.
    ///
    /// # Errors
    /// As [`Rows::next`].
    pub(super) fn take_ready(&mut self, most: usize) -> Result<Vec<Checked>> {
        if self.left.is_empty()
            && let Ok(batch) = self.batches.try_recv()
        {
            self.left = batch?.into();
        }
        Ok(self.left.drain(..most.min(self.left.len())).collect())
    }
}

/// A place in `queue` for the user who asks; what the server does by itself needs none.
async fn place(queue: &Queue) -> Result<Option<Place>> {
    match db::current_user() {
        Some(user) => queue.take(Some(user)).await.map(Some),
        None => Ok(None),
    }
}

fn refuse(fault: &Fault) -> Error {
    Error::new(ErrorCode::BadUserInput, fault.to_string()).at("file")
}

/// What is in the whole file.
///
/// # Errors
/// As [`Rows::next`].
pub(super) async fn contents(services: &Services, import: &import::Model, format: Format) -> Result<Contents> {
    let closed = organization::closed_now(services).await?;
    let mut rows = Rows::open(services, import, format, 0).await?;
    // The header is read before the first rows.
    let mut next = rows.next().await;
    let mut contents = Contents::begin(rows.header());
    while let Some(batch) = next {
        let mut batch = batch?;
        look_up(services.db.read(), &mut batch).await?;
        refuse_closed(closed, &mut batch);
        for row in batch {
            contents.add(&row.verdict);
        }
        next = rows.next().await;
    }
    Ok(contents)
}

/// Which rows of a preview are wanted.
pub(super) struct Window {
    /// Only rows after this line.
    pub(super) after: u64,
    /// At most so many.
    pub(super) first: usize,
    /// Only those that have problems.
    pub(super) only_problems: bool,
}

/// Some rows of the file, with all that can be known of them.
pub(super) async fn preview(services: &Services, import: &import::Model, window: Window) -> Result<Vec<Checked>> {
    let format = store::format(import)?;
    let mut rows = if window.after == 0 && !window.only_problems {
        Rows::begin(services, import, format).await?
    } else {
        Rows::open(services, import, format, 0).await?
    };
    let closed = organization::closed_now(services).await?;
    let mut found = Vec::new();
    while let Some(batch) = rows.next().await {
        let mut batch: Vec<_> = batch?.into_iter().filter(|row| row.line > window.after).collect();
        if window.only_problems {
            // What was imported before is no problem on a closed day.
            look_up(services.db.read(), &mut batch).await?;
            refuse_closed(closed, &mut batch);
            batch.retain(|row| matches!(row.verdict, Verdict::Problem(_)));
        }
        batch.truncate(window.first - found.len());
        found.extend(batch);
        if found.len() == window.first {
            break;
        }
    }
    look_up(services.db.read(), &mut found).await?;
    refuse_closed(closed, &mut found);
    look_for_duplicates(services.db.read(), &mut found).await?;
    Ok(found)
}
