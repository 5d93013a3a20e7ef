//! Entering the records of an import: a small file in one transaction; a large one in parts, each of which remembers how
//! far it came, so that whoever goes on after a crash enters no row twice and leaves none out.

use entity::import::{self, ImportState};
use uuid::Uuid;

use super::{
    checked::{Checked, Verdict, look_for_duplicates, look_up, refuse_closed},
    pace::Pace,
    reading::{self, Rows},
    store,
};
use crate::{
    auth::Author,
    categories,
    change::Change,
    error::{Error, ErrorCode, Result},
    idempotency::{Once, Opened},
    measures, organization,
    records::{self, NewRecord},
    replay::Outcome,
    services::Services,
    totals::{self, Difference},
};

/// The most rows that are entered in one transaction as a whole.
pub(crate) const MOST_AT_ONCE: i64 = 5_000;
/// After so many rows, and each time after ten times as many, `PostgreSQL` looks at what is in the tables: it planned its
/// statements while there was little in them.
const FIRST_LOOK: i64 = 2_000;

/// What is wanted of an import's records.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted {
    /// Leaves rows with problems out; else nothing is entered where there is one.
    pub(crate) skips_problems: bool,
    /// Leaves rows out that look like records that are there already.
    pub(crate) skips_duplicates: bool,
}

/// Has the records of the import `id` entered: those of a small file now, those of a large one from now on, by
/// [`super::keep_going`].
///
/// # Errors
/// `NOT_FOUND`; `CONFLICT` where it is not ready for that, or rows have problems that are not to be left out.
pub(crate) async fn commit(
    services: &Services,
    author: Author,
    once: &Once,
    id: Uuid,
    wanted: Wanted,
) -> Result<Outcome<import::Model>> {
    let Opened::New(mut change) = once.open(services, author.clone(), &[id]).await? else {
        return store::replay(services, id).await;
    };
    let mut import = store::lock(&change, id).await?;
    store::check_state(&import, &[ImportState::Ready, ImportState::Failed], "committed")?;
    if import.reverted_at.is_some() {
        let message = "This import stopped while its records were being deleted. Revert it once more.";
        return Err(Error::new(ErrorCode::Conflict, message).at("id"));
    }
    let mut is_small = false;
    if import.state == ImportState::Ready {
        drop(change);
        // The file and the books as they are now, which may not be as they were when it arrived.
        let contents = reading::contents(services, &import, store::format(&import)?).await?;
        if contents.counts.problems > 0 && !wanted.skips_problems {
            return Err(refuse_problems(contents.counts.problems));
        }
        // An equal request may have been carried out meanwhile.
        let Opened::New(next) = once.open(services, author.clone(), &[id]).await? else {
            return store::replay(services, id).await;
        };
        change = next;
        let again = store::lock(&change, id).await?;
        if again != import {
            return Err(Error::new(
                ErrorCode::Conflict,
                "Somebody else changed this import meanwhile. Look at it again.",
            )
            .at("id"));
        }
        import.counts = Some(serde_json::to_value(&contents).map_err(Error::internal)?);
        import.committed_by = author.user;
        import.committed_at = Some(change.now());
        is_small = contents.counts.rows <= MOST_AT_ONCE;
    }
    // Also for the rest of one that stopped half way.
    import.skips_problems = wanted.skips_problems;
    import.skips_duplicates = wanted.skips_duplicates;
    if is_small {
        change.rollback().await?;
        return enter_at_once(services, author, once, import).await;
    }
    import.state = ImportState::Entering;
    import.failure = None;
    let import = store::write(&mut change, import).await?;
    change.commit().await?;
    services.imports.ring();
    Ok(Outcome { answer: import, replayed: false })
}

fn refuse_problems(problems: i64) -> Error {
    let message = format!(
        "Rows with problems: {problems}. So nothing was entered. Look at them in `preview(onlyProblems: true)`, or leave them out with `onProblem: SKIP`."
    );
    Error::new(ErrorCode::Conflict, message).at("onProblem").with("problemCount", problems)
}

/// Enters a small file: all of it, or nothing.
async fn enter_at_once(
    services: &Services,
    author: Author,
    once: &Once,
    import: import::Model,
) -> Result<Outcome<import::Model>> {
    let mut rows = Rows::open(services, &import, store::format(&import)?, 0).await?;
    let mut all = Vec::new();
    while let Some(batch) = rows.next().await {
        all.extend(batch?);
    }
    remember_categories(services, &all).await?;
    let author = Author { import: Some(import.id), ..author };
    let Opened::New(mut change) = once.open(services, author, &[import.id]).await? else {
        return store::replay(services, import.id).await;
    };
    let locked = store::lock(&change, import.id).await?;
    store::check_state(&locked, &[ImportState::Ready], "committed")?;
    if locked.upload != import.upload || locked.format != import.format {
        return Err(
            Error::new(ErrorCode::Conflict, "Somebody else changed this import meanwhile. Look at it again.").at("id")
        );
    }
    let (import, difference) = enter(&mut change, import, all, Difference::default()).await?;
    totals::apply(change.db(), difference).await?;
    let import = store::write(&mut change, import::Model { state: ImportState::Entered, ..import }).await?;
    change.commit().await?;
    Ok(Outcome { answer: import, replayed: false })
}

/// Enters the new ones of `rows`, which are the next ones of the file; gives the import as it is then, and on top of
/// `difference` what the totals differ by, neither written yet.
async fn enter(
    change: &mut Change,
    mut import: import::Model,
    mut rows: Vec<Checked>,
    difference: Difference,
) -> Result<(import::Model, Difference)> {
    look_up(change.db(), &mut rows).await?;
    refuse_closed(organization::closed_period(change).await?, &mut rows);
    if import.skips_duplicates {
        look_for_duplicates(change.db(), &mut rows).await?;
    }
    let problems = rows.iter().filter(|row| matches!(row.verdict, Verdict::Problem(_))).count();
    if problems > 0 && !import.skips_problems {
        return Err(refuse_problems(i64::try_from(problems).unwrap_or(i64::MAX)));
    }
    import.rows_done += i64::try_from(rows.len()).map_err(Error::internal)?;
    let news: Vec<NewRecord> = rows.iter().filter_map(Checked::new_record).cloned().collect();
    import.entered += i64::try_from(news.len()).map_err(Error::internal)?;
    measures::imported(news.len(), rows.len() - news.len());
    let (_, difference) = records::add_many(change, &news, difference).await?;
    Ok((import, difference))
}

/// So that the transaction need not look each of them up.
async fn remember_categories(services: &Services, rows: &[Checked]) -> Result<()> {
    let mut names: Vec<_> = rows.iter().filter_map(Checked::new_record).map(|new| new.category.clone()).collect();
    names.sort_by(|a, b| a.key.cmp(&b.key));
    names.dedup_by(|a, b| a.key == b.key);
    categories::meant(services, &names).await?;
    Ok(())
}

/// Goes on entering a large file, to its end. Another server that does the same, or a revert, ends it.
pub(super) async fn go_on(services: &Services, id: Uuid) -> Result<()> {
    let Some(import) = store::find(services.db.read(), id).await? else { return Ok(()) };
    let first = usize::try_from(import.rows_done).map_err(Error::internal)?;
    let mut rows = Rows::open(services, &import, store::format(&import)?, first).await?;
    let author = Author { user: import.committed_by, import: Some(id), ..Author::default() };
    let start = import.rows_done;
    let (mut pace, mut done, mut look_at) = (Pace::new(), start, start + FIRST_LOOK);
    let mut step = rows.take(pace.size()).await?;
    while !step.is_empty() {
        remember_categories(services, &step).await?;
        let mut change = services.change(author.clone()).await?;
        let mut import = store::lock(&change, id).await?;
        if import.state != ImportState::Entering || import.rows_done != done {
            return Ok(());
        }
        pace.begin_part();
        let mut difference = Difference::default();
        loop {
            let length = step.len();
            (import, difference) = enter(&mut change, import, step, difference).await?;
            pace.end_step(length);
            step = if pace.goes_on(&services.db) { rows.take_ready(pace.size())? } else { Vec::new() };
            if step.is_empty() {
                break;
            }
        }
        totals::apply(change.db(), difference).await?;
        done = import.rows_done;
        import.leased_until = Some(store::lease(services.clock.now()));
        store::write(&mut change, import).await?;
        change.commit().await?;
        if done >= look_at {
            if let Err(error) = services.db.analyze().await {
                tracing::warn!(?error, import = %id, "an import goes on with old plans of its statements, maybe slowly");
            }
            look_at = start + 10 * (look_at - start);
        }
        step = rows.take(pace.size()).await?;
    }
    let mut change = services.change(author).await?;
    let import = store::lock(&change, id).await?;
    if import.state == ImportState::Entering && import.rows_done == done {
        store::write(&mut change, import::Model { state: ImportState::Entered, leased_until: None, ..import }).await?;
        change.commit().await?;
    }
    Ok(())
}
