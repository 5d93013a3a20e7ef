//! Importing a file of this machine, for the operator: the same steps as a client takes, one after the other.

use std::{fs::File, io::Read, path::Path, time::Duration};

use entity::{Role, import, import::ImportState, user};
use futures_util::stream;
use import_file::Format;
use sea_orm::EntityTrait;

use super::{
    checked::Verdict,
    contents::{Contents, Counts},
    enter::{self, Wanted},
    going_on::{self, Taking},
    input::{parse_format, parse_name},
    reading::{self, Window},
    store::{self, NewImport},
    upload::{Lost, upload},
};
use crate::{
    auth::Author,
    error::{Error, ErrorCode, Result},
    idempotency::Once,
    services::Services,
    users::{self, Email},
};

/// How often progress is told.
const TICK: Duration = Duration::from_millis(200);
/// Bytes that are read at once.
const BLOCK: usize = 256 * 1024;
/// How many problems a report has.
const REPORTED: usize = 20;

/// What the operator wants imported.
#[derive(Clone, Debug)]
pub struct Local<'a> {
    /// The file.
    pub path: &'a Path,
    /// The name of a saved format, or the path of a JSON file that holds one.
    pub format: &'a str,
    /// What the file comes from; the name of the saved format, else `default`, when omitted.
    pub source: Option<&'a str>,
    /// The e-mail address of the user who imports it.
    pub user: &'a str,
    /// Leaves rows with problems out.
    pub skips_problems: bool,
    /// Leaves rows out that look like records that are there already.
    pub skips_duplicates: bool,
    /// Enters nothing.
    pub is_dry_run: bool,
}

/// What became of a file.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// How many rows it has.
    pub rows: i64,
    /// How many of these were imported before.
    pub already_imported: i64,
    /// How many have an amount of zero.
    pub zero: i64,
    /// How many are not booked yet.
    pub pending: i64,
    /// How many have problems, and the first of these, a sentence each.
    pub problems: (i64, Vec<String>),
    /// How many records were entered, or would be.
    pub entered: i64,
}

/// Imports a file; `progress` is told how many rows are dealt with, of how many.
///
/// # Errors
/// A file or a format that cannot be read, a user who may not import, and what `commitImport` refuses.
pub async fn import_local(services: &Services, local: &Local<'_>, progress: impl Fn(u64, u64)) -> Result<Report> {
    let user = find_user(services, local.user).await?;
    let author = Author { user: Some(user.id), ..Author::default() };
    let name = local.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let (format, saved_as) = find_format(services, local.format).await?;
    let source = local.source.map_or_else(|| saved_as.unwrap_or_else(|| "default".to_owned()), str::to_owned);
    let new = NewImport { filename: parse_name("filename", &name)?, source: parse_name("source", &source)?, format };
    let file = File::open(local.path).map_err(|error| unreadable(local.path, &error))?;
    let mut change = services.change(author.clone()).await?;
    let import = store::create(&mut change, new)?;
    change.commit().await?;
    let sent = upload(services, author.clone(), import.id, in_blocks(file), u64::MAX).await;
    let import = match sent {
        Ok(import) => import,
        Err(lost) => {
            forget(services, &author, &import).await?;
            return Err(match lost {
                Lost::Failed(error) => error,
                Lost::TooLarge | Lost::Interrupted => {
                    Error::bad_value("The file changed, or went away, while it was read.")
                }
            });
        }
    };
    let mut report = report(services, &import).await?;
    if local.is_dry_run {
        forget(services, &author, &import).await?;
        return Ok(report);
    }
    let wanted = Wanted { skips_problems: local.skips_problems, skips_duplicates: local.skips_duplicates };
    let once = Once::new("commitImport", None, Vec::new);
    let committed = enter::commit(services, author.clone(), &once, import.id, wanted).await;
    if let Err(error) = committed {
        // Refused; otherwise some of it may have been entered nevertheless.
        if error.code() == ErrorCode::Conflict {
            forget(services, &author, &import).await?;
        }
        return Err(error);
    }
    let import = wait(services, &import, report.rows.unsigned_abs(), progress).await?;
    report.entered = import.entered;
    match import.failure {
        Some(failure) => Err(Error::new(ErrorCode::Conflict, format!("The import stopped half way: {failure}"))),
        None => Ok(report),
    }
}

/// Waits until the import is at its end, and tells how far it is. A server that runs takes it: there the others have their
/// turns to write, for which on `SQLite` no process waits in line with another. Where none does, or it ends, this process
/// goes on with it.
async fn wait(
    services: &Services,
    import: &import::Model,
    rows: u64,
    progress: impl Fn(u64, u64),
) -> Result<import::Model> {
    let work = async {
        loop {
            tokio::time::sleep(2 * going_on::LOOK).await;
            going_on::go_on(services, import.id, Taking::Free).await?;
        }
    };
    tokio::pin!(work);
    let mut ticks = tokio::time::interval(TICK);
    loop {
        tokio::select! {
            failed = &mut work => return failed,
            _ = ticks.tick() => {}
        }
        let now = store::find(services.db.read(), import.id).await?.ok_or_else(store::not_found)?;
        progress(now.rows_done.unsigned_abs(), rows);
        if now.state != ImportState::Entering {
            return Ok(now);
        }
    }
}

async fn find_user(services: &Services, email: &str) -> Result<user::Model> {
    let found = users::find_by_email(services.db.read(), &Email::parse("user", email)?).await?;
    let found = found.filter(|user| user.is_active && user.role >= Role::Analyst);
    found.ok_or_else(|| {
        let message = format!("There is no active user {email} with the role analyst or admin.");
        Error::new(ErrorCode::NotFound, message).at("user")
    })
}

/// The format, and the name that it is saved under.
async fn find_format(services: &Services, given: &str) -> Result<(Format, Option<String>)> {
    let path = Path::new(given);
    if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
        let text = std::fs::read_to_string(path).map_err(|error| unreadable(path, &error))?;
        let format = serde_json::from_str(&text)
            .map_err(|error| Error::bad_value(format!("{} is not a format: {error}.", path.display())))?;
        return Ok((parse_format(format)?, None));
    }
    Ok((store::saved_format(services.db.read(), "format", given).await?, Some(given.to_owned())))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Error {
    Error::bad_value(format!("Cannot read {}: {error}.", path.display()))
}

fn in_blocks(file: File) -> impl futures_util::Stream<Item = std::io::Result<Vec<u8>>> + Unpin {
    Box::pin(stream::unfold(file, |mut file| async move {
        let mut block = vec![0; BLOCK];
        match file.read(&mut block) {
            Ok(0) => None,
            Ok(read) => {
                block.truncate(read);
                Some((Ok(block), file))
            }
            Err(error) => Some((Err(error), file)),
        }
    }))
}

async fn report(services: &Services, import: &import::Model) -> Result<Report> {
    let stored = import.counts.as_ref().ok_or_else(|| Error::internal("a file that nobody looked at"))?;
    let Counts { rows, new, already_imported, zero, pending, problems } = Contents::kept(stored)?.counts;
    let mut sentences = Vec::new();
    if problems > 0 {
        let window = Window { after: 0, first: REPORTED, only_problems: true };
        for row in reading::preview(services, import, window).await? {
            let Verdict::Problem(found) = row.verdict else { continue };
            sentences.extend(found.iter().map(|problem| match &problem.column {
                Some(column) => format!("Line {}, {column}: {}", row.line, problem.message),
                None => format!("Line {}: {}", row.line, problem.message),
            }));
        }
    }
    Ok(Report { rows, already_imported, zero, pending, problems: (problems, sentences), entered: new })
}

/// Removes an import of which nothing was entered.
async fn forget(services: &Services, author: &Author, import: &import::Model) -> Result<()> {
    let change = services.change(author.clone()).await?;
    super::file::forget_others(&change, import.id, None).await?;
    import::Entity::delete_by_id(import.id).exec(change.db()).await?;
    change.commit().await
}
