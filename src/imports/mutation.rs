//! Imports in the schema: changes.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use entity::Role;
use import_file::Format;
use uuid::Uuid;

use super::{
    enter::{self, Wanted},
    formats::SavedImportFormat,
    graphql::Import,
    input::{parse_format, parse_name},
    reading,
    revert::{self, Unwanted},
    store::{self, NAME_LENGTH, NewImport},
};
use crate::{
    auth::{requires_role, role},
    change::Change,
    constraint::{Bound, Constraint},
    context::ContextExt,
    error::{Error, Problems, Result},
    id::{self, Kind},
    replay::{self, Done, Outcome, Repeatable},
};

/// A file to import, which is sent afterwards.
#[derive(InputObject)]
struct CreateImportInput {
    /// What the file is called: 1 to 200 characters on one line.
    #[graphql(directive = Constraint::apply(Bound::Length(1, NAME_LENGTH)))]
    filename: String,
    /// How it is read. Either this or `formatName`.
    format: Option<Format>,
    /// How it is read: the name of a saved format.
    #[graphql(directive = Constraint::apply(Bound::Length(1, NAME_LENGTH)))]
    format_name: Option<String>,
    /// What it comes from, such as an account: 1 to 200 characters. Equal rows of one source are one booking, equal rows of two sources are two. The name of the saved format when omitted, else `default`.
    #[graphql(directive = Constraint::apply(Bound::Length(1, NAME_LENGTH)))]
    source: Option<String>,
    #[graphql(flatten)]
    repeatable: Repeatable,
}

/// How the file of a new import is read.
enum Reading {
    As(Box<Format>),
    /// As the format of this name says.
    Saved(String),
}

impl CreateImportInput {
    fn parse(self) -> Result<(String, String, Reading)> {
        let Self { filename, format, format_name, source, repeatable: _ } = self;
        let mut problems = Problems::default();
        let filename = problems.read(parse_name("filename", &filename));
        let is_named = format_name.is_some();
        let named = problems.read(format_name.map(|name| parse_name("formatName", &name)).transpose()).flatten();
        let source = problems.read(source.map(|name| parse_name("source", &name)).transpose()).flatten();
        let source = source.or(named.clone()).unwrap_or_else(|| "default".to_owned());
        let reading = match (format, named) {
            (Some(format), None) => problems.read(parse_format(format)).map(|format| Reading::As(Box::new(format))),
            (None, Some(name)) => Some(Reading::Saved(name)),
            (None, None) if is_named => None,
            (Some(_), Some(_)) => {
                problems.add(Error::bad_input("formatName", "Give either `format` or `formatName`, not both."));
                None
            }
            (None, None) => {
                problems.add(Error::bad_input("format", "Say how the file is read: by `format`, or by `formatName`."));
                None
            }
        };
        problems.finish(filename.zip(reading).map(|(filename, reading)| (filename, source, reading)))
    }
}

/// The import that was made.
#[derive(SimpleObject)]
struct CreateImportPayload {
    /// The import. Send its file to `uploadPath`.
    import: Import,
    #[graphql(flatten)]
    done: Done,
}

/// How the file of an import is to be read from now on.
#[derive(InputObject)]
struct UpdateImportInput {
    /// The import.
    id: ID,
    /// How its file is read.
    format: Format,
    #[graphql(flatten)]
    repeatable: Repeatable,
}

impl UpdateImportInput {
    fn parse(self) -> Result<(Uuid, Format)> {
        let Self { id, format, repeatable: _ } = self;
        let mut problems = Problems::default();
        let id = problems.read(id::decode("id", Kind::Import, &id));
        let format = problems.read(parse_format(format));
        problems.finish(id.zip(format))
    }
}

/// The import as it is now.
#[derive(SimpleObject)]
struct UpdateImportPayload {
    /// The import, with the counts that its file has in this format.
    import: Import,
    #[graphql(flatten)]
    done: Done,
}

/// What becomes of rows that have problems.
#[derive(Enum, Clone, Copy, Debug, Default, PartialEq, Eq)]
enum ImportProblemRule {
    /// Nothing is entered where a row has one.
    #[default]
    RejectAll,
    /// These rows are left out.
    Skip,
}

/// What becomes of rows that look like records that are there already.
#[derive(Enum, Clone, Copy, Debug, Default, PartialEq, Eq)]
enum ImportDuplicateRule {
    /// They are entered.
    #[default]
    Enter,
    /// These rows are left out.
    Skip,
}

/// The import whose records are to be entered.
#[derive(InputObject)]
struct CommitImportInput {
    /// The import.
    id: ID,
    /// What becomes of rows that have problems.
    #[graphql(default)]
    on_problem: ImportProblemRule,
    /// What becomes of rows that look like records that are there already: the same day, kind, amount and currency.
    #[graphql(default)]
    on_possible_duplicate: ImportDuplicateRule,
    #[graphql(flatten)]
    repeatable: Repeatable,
}

impl CommitImportInput {
    fn parse(self) -> Result<(Uuid, Wanted)> {
        let Self { id, on_problem, on_possible_duplicate, repeatable: _ } = self;
        let wanted = Wanted {
            skips_problems: on_problem == ImportProblemRule::Skip,
            skips_duplicates: on_possible_duplicate == ImportDuplicateRule::Skip,
        };
        Ok((id::decode("id", Kind::Import, &id)?, wanted))
    }
}

/// The import as it is now.
#[derive(SimpleObject)]
struct CommitImportPayload {
    /// The import: `ENTERED`, or `ENTERING` where its file has more than 5,000 rows.
    import: Import,
    #[graphql(flatten)]
    done: Done,
}

/// The import to take back.
#[derive(InputObject)]
struct RevertImportInput {
    /// The import.
    id: ID,
    /// Whether records that somebody changed since are deleted with the others; they are left unless this is true.
    #[graphql(default)]
    delete_changed: bool,
    /// Whether records of closed days are left. Nothing is reverted where there are any, unless this is true.
    #[graphql(default)]
    leave_closed: bool,
    #[graphql(flatten)]
    repeatable: Repeatable,
}

impl RevertImportInput {
    fn parse(self) -> Result<(Uuid, Unwanted)> {
        let Self { id, delete_changed, leave_closed, repeatable: _ } = self;
        let unwanted = Unwanted { deletes_changed: delete_changed, leaves_closed: leave_closed };
        Ok((id::decode("id", Kind::Import, &id)?, unwanted))
    }
}

/// The import as it is now.
#[derive(SimpleObject)]
struct RevertImportPayload {
    /// The import: `REVERTED`, or `REVERTING` where it made more than 5,000 records.
    import: Import,
    #[graphql(flatten)]
    done: Done,
}

/// A format to save.
#[derive(InputObject)]
struct SaveImportFormatInput {
    /// Its name: 1 to 200 characters on one line. A format that was saved under it before is replaced.
    #[graphql(directive = Constraint::apply(Bound::Length(1, NAME_LENGTH)))]
    name: String,
    /// How files are read.
    format: Format,
    #[graphql(flatten)]
    repeatable: Repeatable,
}

impl SaveImportFormatInput {
    fn parse(self) -> Result<(String, Format)> {
        let Self { name, format, repeatable: _ } = self;
        let mut problems = Problems::default();
        let name = problems.read(parse_name("name", &name));
        let format = problems.read(parse_format(format));
        problems.finish(name.zip(format))
    }
}

/// The format that was saved.
#[derive(SimpleObject)]
struct SaveImportFormatPayload {
    /// The format.
    saved_format: SavedImportFormat,
    #[graphql(flatten)]
    done: Done,
}

/// A saved format to remove.
#[derive(InputObject)]
struct DeleteImportFormatInput {
    /// Its name.
    #[graphql(directive = Constraint::apply(Bound::Length(1, NAME_LENGTH)))]
    name: String,
    #[graphql(flatten)]
    repeatable: Repeatable,
}

/// The format that was removed.
#[derive(SimpleObject)]
struct DeleteImportFormatPayload {
    /// Its name.
    deleted_name: String,
    #[graphql(flatten)]
    done: Done,
}

/// Changes of imports.
#[derive(Default)]
pub struct ImportMutation;

#[Object]
impl ImportMutation {
    /// Makes an import. Its file is sent afterwards, by `PUT` to `uploadPath`; nothing is entered before `commitImport`.
    #[graphql(guard = "role(Role::Analyst)", directive = requires_role::apply(Role::Analyst, None))]
    async fn create_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The file.")] input: CreateImportInput,
    ) -> Result<Option<CreateImportPayload>> {
        let (once, (filename, source, reading)) = replay::read(ctx, input, CreateImportInput::parse)?;
        let rule = async |change: &mut Change| {
            let format = match reading {
                Reading::As(format) => *format,
                Reading::Saved(name) => store::saved_format(change.db(), "formatName", &name).await?,
            };
            store::create(change, NewImport { filename, source, format }).map(Import)
        };
        let Outcome { answer: import, replayed } = replay::carry_out(ctx, once, rule).await?;
        Ok(Some(CreateImportPayload { import, done: Done::of(replayed) }))
    }

    /// Has the file of an import read in another format; it need not be sent again. `CONFLICT` once its records are entered.
    #[graphql(guard = "role(Role::Analyst)", directive = requires_role::apply(Role::Analyst, None))]
    async fn update_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The import and its format.")] input: UpdateImportInput,
    ) -> Result<Option<UpdateImportPayload>> {
        let (once, (id, format)) = replay::read(ctx, input, UpdateImportInput::parse)?;
        // A replay reads no file: it may have been removed since.
        if let Some(import) = replay::earlier(ctx, &once).await? {
            return Ok(Some(UpdateImportPayload { import, done: Done::of(true) }));
        }
        let services = ctx.services()?;
        let import = store::find(services.db.read(), id).await?.ok_or_else(|| store::not_found().in_input())?;
        let contents = match import.upload {
            Some(_) => Some(reading::contents(services, &import, format.clone()).await.map_err(Error::in_input)?),
            None => None,
        };
        let rule = async |change: &mut Change| {
            store::set_format(change, &import, &format, contents.as_ref()).await.map(Import)
        };
        let Outcome { answer: import, replayed } = replay::carry_out(ctx, once, rule).await?;
        Ok(Some(UpdateImportPayload { import, done: Done::of(replayed) }))
    }

    /// Enters the records of an import: all or none of up to 5,000 rows at once, more in the background, visible as they come. `CONFLICT` when it is not ready for that, or rows have problems that are not to be left out. A second time it goes on with one that stopped half way.
    #[graphql(guard = "role(Role::Analyst)", directive = requires_role::apply(Role::Analyst, None))]
    async fn commit_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The import.")] input: CommitImportInput,
    ) -> Result<Option<CommitImportPayload>> {
        let (once, (id, wanted)) = replay::read(ctx, input, CommitImportInput::parse)?;
        let committed = enter::commit(ctx.services()?, ctx.author()?, &once, id, wanted).await;
        let Outcome { answer, replayed } = committed.map_err(Error::in_input)?;
        Ok(Some(CommitImportPayload { import: Import(answer), done: Done::of(replayed) }))
    }

    /// Takes an import back: deletes the records that it made, but for those that were changed since, and lets the rows of its file be imported again. `CONFLICT` when it made none; `PERIOD_CLOSED` when some are of closed days that are not to be left.
    #[graphql(guard = "role(Role::Admin)", directive = requires_role::apply(Role::Admin, None))]
    async fn revert_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The import.")] input: RevertImportInput,
    ) -> Result<Option<RevertImportPayload>> {
        let (once, (id, unwanted)) = replay::read(ctx, input, RevertImportInput::parse)?;
        let reverted = revert::revert(ctx.services()?, ctx.author()?, &once, id, unwanted).await;
        let Outcome { answer, replayed } = reverted.map_err(Error::in_input)?;
        Ok(Some(RevertImportPayload { import: Import(answer), done: Done::of(replayed) }))
    }

    /// Saves a format by name, so that the next file of the same form needs only that.
    #[graphql(guard = "role(Role::Analyst)", directive = requires_role::apply(Role::Analyst, None))]
    async fn save_import_format(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The format and its name.")] input: SaveImportFormatInput,
    ) -> Result<Option<SaveImportFormatPayload>> {
        let (once, (name, format)) = replay::read(ctx, input, SaveImportFormatInput::parse)?;
        let now = async |_| store::find_format(ctx.db()?.read(), &name).await;
        let rule = async |change: &mut Change| store::save_format(change, name.clone(), &format).await;
        let Outcome { answer, replayed } = replay::carry_out_with(ctx, once, rule, |_| Vec::new(), now).await?;
        Ok(Some(SaveImportFormatPayload { saved_format: SavedImportFormat::new(answer)?, done: Done::of(replayed) }))
    }

    /// Removes a saved format. Imports that were made with it keep theirs. `NOT_FOUND` when there is none of this name.
    #[graphql(guard = "role(Role::Analyst)", directive = requires_role::apply(Role::Analyst, None))]
    async fn delete_import_format(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The format's name.")] input: DeleteImportFormatInput,
    ) -> Result<Option<DeleteImportFormatPayload>> {
        let parse = |DeleteImportFormatInput { name, repeatable: _ }| parse_name("name", &name);
        let (once, name) = replay::read(ctx, input, parse)?;
        let rule = async |change: &mut Change| store::remove_format(change, &name).await;
        let outcome = replay::carry_out_with(ctx, once, rule, |()| Vec::new(), async |_| Ok(Some(()))).await?;
        Ok(Some(DeleteImportFormatPayload { deleted_name: name, done: Done::of(outcome.replayed) }))
    }
}
