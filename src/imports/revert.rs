//! Taking an import back: the records that it made are deleted, and the rows of its file can be imported again.

use entity::import::{self, ImportState};
use uuid::Uuid;

use super::{enter::MOST_AT_ONCE, pace::Pace, store};
use crate::{
    auth::Author,
    error::{Error, Result},
    idempotency::{Once, Opened},
    records::{self, Revert, Reverted},
    replay::Outcome,
    services::Services,
};

/// Which records of an import are to go.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Unwanted {
    /// Also those that were changed since.
    pub(crate) deletes_changed: bool,
    /// All but those of closed days; else none where there are any.
    pub(crate) leaves_closed: bool,
}

/// Has the records deleted that the import `id` made: a few now, many from now on, by [`super::keep_going`]. Those that
/// were changed since are left, unless `deletes_changed`.
///
/// # Errors
/// `NOT_FOUND`; `CONFLICT` where it made none; `PERIOD_CLOSED`.
pub(crate) async fn revert(
    services: &Services,
    author: Author,
    once: &Once,
    id: Uuid,
    Unwanted { deletes_changed, leaves_closed }: Unwanted,
) -> Result<Outcome<import::Model>> {
    let author = Author { import: Some(id), ..author };
    let Opened::New(mut change) = once.open(services, author, &[id]).await? else {
        return store::replay(services, id).await;
    };
    let mut import = store::lock(&change, id).await?;
    let able = [ImportState::Entering, ImportState::Entered, ImportState::Failed, ImportState::Reverted];
    store::check_state(&import, &able, "reverted")?;
    import.deletes_changed = deletes_changed;
    import.leaves_closed = leaves_closed;
    import.failure = None;
    // Whoever still enters its records finds out with the next part.
    import.leased_until = None;
    import.reverted_by = change.author();
    import.reverted_at = Some(change.now());
    if import.entered <= MOST_AT_ONCE {
        let most = usize::try_from(MOST_AT_ONCE).unwrap_or_default() + 1;
        let Reverted { deleted, .. } = records::revert(&mut change, which(&import), None, most).await?;
        import.reverted += i64::try_from(deleted).map_err(Error::internal)?;
        import.state = ImportState::Reverted;
    } else {
        records::check_revert(&mut change, which(&import)).await?;
        import.state = ImportState::Reverting;
    }
    let import = store::write(&mut change, import).await?;
    change.commit().await?;
    services.imports.ring();
    Ok(Outcome { answer: import, replayed: false })
}

fn which(import: &import::Model) -> Revert {
    Revert { import_id: import.id, deletes_changed: import.deletes_changed, leaves_closed: import.leaves_closed }
}

/// Goes on taking a large import back, to its end.
pub(super) async fn go_on(services: &Services, id: Uuid) -> Result<()> {
    let Some(import) = store::find(services.db.read(), id).await? else { return Ok(()) };
    let author = Author { user: import.reverted_by, import: Some(id), ..Author::default() };
    let (mut pace, mut after) = (Pace::new(), None);
    loop {
        let mut change = services.change(author.clone()).await?;
        let mut import = store::lock(&change, id).await?;
        if import.state != ImportState::Reverting {
            return Ok(());
        }
        pace.begin_part();
        let size = pace.size();
        let reverted = records::revert(&mut change, which(&import), after, size).await?;
        import.reverted += i64::try_from(reverted.deleted).map_err(Error::internal)?;
        after = reverted.last;
        import.leased_until = Some(store::lease(services.clock.now()));
        let is_last = after.is_none();
        if is_last {
            (import.state, import.leased_until) = (ImportState::Reverted, None);
        }
        store::write(&mut change, import).await?;
        change.commit().await?;
        if is_last {
            return Ok(());
        }
        pace.end_step(size);
    }
}
