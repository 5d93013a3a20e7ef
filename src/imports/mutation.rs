//! Imports in the schema: changes.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use entity::Role;
use import_file::Format;

use super::{
    enter::{self, Wanted},
    graphql::{Import, SavedImportFormat},
    input::{parse_format, parse_name},
    reading,
    revert::{self, Unwanted},
    store::{self, NAME_LENGTH, NewImport},
};
use crate::{
    auth::{requires_role, role},
    constraint::{Bound, Constraint},
    context::ContextExt,
    error::{Error, ErrorCode, Problems, Result},
    id::{self, Kind},
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
}

impl CreateImportInput {
    async fn parse(self, ctx: &Context<'_>) -> Result<NewImport> {
        let Self { filename, format, format_name, source } = self;
        let mut problems = Problems::default();
        let filename = problems.read(parse_name("filename", &filename));
        let is_named = format_name.is_some();
        let named = problems.read(format_name.map(|name| parse_name("formatName", &name)).transpose()).flatten();
        let source = problems.read(source.map(|name| parse_name("source", &name)).transpose()).flatten();
        let format = match (format, &named) {
            (Some(format), None) => problems.read(parse_format(format)),
            (None, Some(name)) => problems.read(store::saved_format(ctx.db()?.read(), "formatName", name).await),
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
        let source = source.or(named).unwrap_or_else(|| "default".to_owned());
        problems.finish(filename.zip(format).map(|(filename, format)| NewImport { filename, source, format }))
    }
}

/// The import that was made.
#[derive(SimpleObject)]
struct CreateImportPayload {
    /// The import. Send its file to `uploadPath`.
    import: Import,
}

/// How the file of an import is to be read from now on.
#[derive(InputObject)]
struct UpdateImportInput {
    /// The import.
    id: ID,
    /// How its file is read.
    format: Format,
}

/// The import as it is now.
#[derive(SimpleObject)]
struct UpdateImportPayload {
    /// The import, with the counts that its file has in this format.
    import: Import,
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
}

/// The import as it is now.
#[derive(SimpleObject)]
struct CommitImportPayload {
    /// The import: `ENTERED`, or `ENTERING` where its file has more than 5,000 rows.
    import: Import,
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
}

/// The import as it is now.
#[derive(SimpleObject)]
struct RevertImportPayload {
    /// The import: `REVERTED`, or `REVERTING` where it made more than 5,000 records.
    import: Import,
}

/// A format to save.
#[derive(InputObject)]
struct SaveImportFormatInput {
    /// Its name: 1 to 200 characters on one line. A format that was saved under it before is replaced.
    #[graphql(directive = Constraint::apply(Bound::Length(1, NAME_LENGTH)))]
    name: String,
    /// How files are read.
    format: Format,
}

/// The format that was saved.
#[derive(SimpleObject)]
struct SaveImportFormatPayload {
    /// The format.
    saved_format: SavedImportFormat,
}

/// A saved format to remove.
#[derive(InputObject)]
struct DeleteImportFormatInput {
    /// Its name.
    #[graphql(directive = Constraint::apply(Bound::Length(1, NAME_LENGTH)))]
    name: String,
}

/// The format that was removed.
#[derive(SimpleObject)]
struct DeleteImportFormatPayload {
    /// Its name.
    deleted_name: String,
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
        let new = input.parse(ctx).await.map_err(Error::in_input)?;
        let mut change = ctx.change().await?;
        let import = store::create(&mut change, new)?;
        change.commit().await?;
        Ok(Some(CreateImportPayload { import: Import(import) }))
    }

    /// Has the file of an import read in another format; it need not be sent again. `CONFLICT` once its records are entered.
    #[graphql(guard = "role(Role::Analyst)", directive = requires_role::apply(Role::Analyst, None))]
    async fn update_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The import and its format.")] input: UpdateImportInput,
    ) -> Result<Option<UpdateImportPayload>> {
        let UpdateImportInput { id, format } = input;
        let mut problems = Problems::default();
        let id = problems.read(id::decode("id", Kind::Import, &id));
        let format = problems.read(parse_format(format));
        let (id, format) = problems.finish(id.zip(format)).map_err(Error::in_input)?;
        let services = ctx.services()?;
        let import = store::find(services.db.read(), id).await?.ok_or_else(|| store::not_found().in_input())?;
        let counts = match import.upload {
            Some(_) => Some(reading::count(services, &import, format.clone()).await.map_err(Error::in_input)?),
            None => None,
        };
        let mut change = ctx.change().await?;
        let import =
            store::set_format(&mut change, &import, &format, counts.as_ref()).await.map_err(Error::in_input)?;
        change.commit().await?;
        Ok(Some(UpdateImportPayload { import: Import(import) }))
    }

    /// Enters the records of an import: all or none of up to 5,000 rows at once, more in the background, visible as they come. `CONFLICT` when it is not ready for that, or rows have problems that are not to be left out. A second time it goes on with one that stopped half way.
    #[graphql(guard = "role(Role::Analyst)", directive = requires_role::apply(Role::Analyst, None))]
    async fn commit_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The import.")] input: CommitImportInput,
    ) -> Result<Option<CommitImportPayload>> {
        let CommitImportInput { id, on_problem, on_possible_duplicate } = input;
        let id = id::decode("id", Kind::Import, &id).map_err(Error::in_input)?;
        let wanted = Wanted {
            skips_problems: on_problem == ImportProblemRule::Skip,
            skips_duplicates: on_possible_duplicate == ImportDuplicateRule::Skip,
        };
        let committed = enter::commit(ctx.services()?, ctx.author()?, id, wanted).await;
        Ok(Some(CommitImportPayload { import: Import(committed.map_err(Error::in_input)?) }))
    }

    /// Takes an import back: deletes the records that it made, but for those that were changed since, and lets the rows of its file be imported again. `CONFLICT` when it made none; `PERIOD_CLOSED` when some are of closed days that are not to be left.
    #[graphql(guard = "role(Role::Admin)", directive = requires_role::apply(Role::Admin, None))]
    async fn revert_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The import.")] input: RevertImportInput,
    ) -> Result<Option<RevertImportPayload>> {
        let RevertImportInput { id, delete_changed, leave_closed } = input;
        let id = id::decode("id", Kind::Import, &id).map_err(Error::in_input)?;
        let wanted = Unwanted { deletes_changed: delete_changed, leaves_closed: leave_closed };
        let reverted = revert::revert(ctx.services()?, ctx.author()?, id, wanted).await;
        Ok(Some(RevertImportPayload { import: Import(reverted.map_err(Error::in_input)?) }))
    }

    /// Saves a format by name, so that the next file of the same form needs only that.
    #[graphql(guard = "role(Role::Analyst)", directive = requires_role::apply(Role::Analyst, None))]
    async fn save_import_format(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The format and its name.")] input: SaveImportFormatInput,
    ) -> Result<Option<SaveImportFormatPayload>> {
        let mut problems = Problems::default();
        let name = problems.read(parse_name("name", &input.name));
        let format = problems.read(parse_format(input.format));
        let (name, format) = problems.finish(name.zip(format)).map_err(Error::in_input)?;
        let mut change = ctx.change().await?;
        let saved = store::save_format(&mut change, name, &format).await?;
        change.commit().await?;
        Ok(Some(SaveImportFormatPayload { saved_format: SavedImportFormat::new(saved)? }))
    }

    /// Removes a saved format. Imports that were made with it keep theirs. `NOT_FOUND` when there is none of this name.
    #[graphql(guard = "role(Role::Analyst)", directive = requires_role::apply(Role::Analyst, None))]
    async fn delete_import_format(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The format's name.")] input: DeleteImportFormatInput,
    ) -> Result<Option<DeleteImportFormatPayload>> {
        let name = parse_name("name", &input.name).map_err(Error::in_input)?;
        let change = ctx.change().await?;
        if !store::remove_format(&change, &name).await? {
            let error = Error::new(ErrorCode::NotFound, "There is no saved format of this name.");
            return Err(error.at("name").in_input());
        }
        change.commit().await?;
        Ok(Some(DeleteImportFormatPayload { deleted_name: name }))
    }
}
