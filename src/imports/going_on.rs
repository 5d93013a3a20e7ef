//! What goes on beside the requests: large imports are entered, and taken back, part by part, by one server at a time.

use std::time::Duration;

use entity::import::{self, ImportState};
use uuid::Uuid;

use super::{enter, revert, store};
use crate::{
    auth::Author,
    db::Pages,
    error::{ErrorCode, Result},
    services::Services,
};

/// How often it is looked for imports that another process left, or leaves to a server.
pub(super) const LOOK: Duration = Duration::from_secs(1);

/// Which imports a server takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Taking {
    /// Those that no server has.
    Free,
    /// Also those that one has: it may have been this one, before it was killed. Where two are at one import, one of them
    /// ends with its next part, since the other has dealt with these rows.
    Any,
}

/// Goes on with what waits, one import after the other, for as long as the process lives.
pub async fn keep_going(services: Services) {
    let mut taking = Taking::Any;
    loop {
        match store::waiting(&services, taking).await {
            Ok(waiting) => {
                for id in waiting {
                    if let Err(error) = go_on(&services, id, taking).await {
                        tracing::warn!(?error, import = %id, "an import does not go on; it will be tried again");
                    }
                }
            }
            Err(error) => tracing::warn!(?error, "which imports are to go on is not known; it will be asked again"),
        }
        taking = Taking::Free;
        services.imports.wait(LOOK).await;
    }
}

/// Goes on with one import, if it is to be taken. Where it cannot be, that is kept with it.
pub(super) async fn go_on(services: &Services, id: Uuid, taking: Taking) -> Result<()> {
    let Some(state) = take(services, id, taking).await? else { return Ok(()) };
    services.db.keep_pages(Pages::Many).await;
    let outcome = match state {
        ImportState::Entering => enter::go_on(services, id).await,
        _ => revert::go_on(services, id).await,
    };
    services.db.keep_pages(Pages::Few).await;
    let Err(error) = outcome else { return Ok(()) };
    if matches!(error.code(), ErrorCode::Unavailable | ErrorCode::InternalServerError) {
        return Err(error);
    }
    tracing::warn!(?error, import = %id, "an import stopped half way");
    let mut change = services.change(Author::default()).await?;
    let import = store::lock(&change, id).await?;
    if import.state == state {
        let failure = Some(error.message().to_owned());
        let failed = import::Model { state: ImportState::Failed, failure, leased_until: None, ..import };
        store::write(&mut change, failed).await?;
    }
    change.commit().await
}

/// Takes the import for this server; `None` where another has it, or it need not go on.
async fn take(services: &Services, id: Uuid, taking: Taking) -> Result<Option<ImportState>> {
    let mut change = services.change(Author::default()).await?;
    let import = store::lock(&change, id).await?;
    let now = services.clock.now();
    let may_be_taken = taking == Taking::Any || import.leased_until.is_none_or(|until| until < now);
    if !may_be_taken || !matches!(import.state, ImportState::Entering | ImportState::Reverting) {
        change.rollback().await?;
        return Ok(None);
    }
    let state = import.state;
    if import.leased_until.is_some() {
        let (rows, reverted) = (import.rows_done, import.reverted);
        tracing::info!(import = %id, ?state, rows, reverted, "going on with an import that stopped half way");
    }
    let taken = import::Model { leased_until: Some(store::lease(now)), ..import };
    store::write(&mut change, taken).await?;
    change.commit().await?;
    Ok(Some(state))
}
