//! Imports in the schema: types and queries.

use async_graphql::{Context, Description, Enum, ID, Object, SimpleObject, connection::EmptyFields};
use entity::{
    Role,
    import::{self, ImportState},
};
use import_file::Format;
use uuid::Uuid;

use super::{
    checked::{Checked, Problem, Verdict},
    contents::{Contents, Counts},
    formats::{ImportFormatSuggestion, SavedImportFormat},
    input::{self, SAMPLE_LENGTH},
    reading::{self, Window},
    store,
};
use crate::{
    auth::{self, Viewer, requires_role, role},
    constraint::{Bound, Constraint},
    context::ContextExt,
    error::{Error, Problems, Result},
    id::{self, Identified, Kind},
    page::{self, Connection, Listed, MAX_SIZE, Ordering, Page, PageArgs, Position},
    records::{Figure, Summary, stored_currency},
    scalars::{BigInt, Date, DateTime, Given, int, read},
    services::Services,
    users::{self, User},
};

const NEWEST_FIRST: Ordering = Ordering { tag: 48, descending: true };

/// A file of records: how it is read, what is in it, and what became of it.
#[derive(Clone, Debug, Description)]
pub struct Import(pub(super) import::Model);

#[Object(use_type_description)]
impl Import {
    /// Global id.
    pub async fn id(&self) -> ID {
        id::encode(Kind::Import, self.0.id)
    }

    /// What the file is called.
    async fn filename(&self) -> &str {
        &self.0.filename
    }

    /// What the file comes from, such as an account: a row that was imported from the same source before is not imported again.
    async fn source(&self) -> &str {
        &self.0.source
    }

    /// How the file is read.
    async fn format(&self) -> Result<Format> {
        store::format(&self.0)
    }

    /// How far it is.
    async fn state(&self) -> ImportState {
        self.0.state
    }

    /// Where to send the file: `PUT` its bytes to this path, with your access token as for any request. Another file can be sent until the records are entered.
    async fn upload_path(&self) -> String {
        format!("/imports/{}/file", id::encode(Kind::Import, self.0.id).as_str())
    }

    /// Bytes of the file; `"0"` before it arrived.
    async fn size(&self) -> BigInt {
        BigInt(self.0.size.into())
    }

    /// What the rows of the file were when it was last looked at as a whole; null before it arrived.
    async fn counts(&self) -> Result<Option<ImportCounts>> {
        let Some(contents) = self.contents()? else { return Ok(None) };
        let Counts { rows, new, already_imported, zero, pending, problems } = contents.counts;
        Ok(Some(ImportCounts {
            rows: int(rows)?,
            new: int(new)?,
            already_imported: int(already_imported)?,
            zero: int(zero)?,
            pending: int(pending)?,
            problems: int(problems)?,
        }))
    }

    /// What the columns of the file are called, the first 100 characters of each, in its order; null before it arrived, and where no line names them.
    async fn columns(&self) -> Result<Option<Vec<String>>> {
        Ok(self.contents()?.and_then(|contents| contents.columns))
    }

    /// What the rows that become records come to, as `counts` counts them: one for each currency in the file, in the order of the codes; null before it arrived.
    async fn summaries(&self) -> Result<Option<Vec<Summary>>> {
        let Some(contents) = self.contents()? else { return Ok(None) };
        let summary = |(code, sums)| Summary::new(sums, stored_currency(code)?);
        contents.sums().map(|sums| sums.map(summary).collect()).transpose()
    }

    /// What rows of the file will become, or why not, in the order of the file; null before it arrived. Without `afterLine` and `onlyProblems` only the beginning of the file is read.
    async fn preview(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "How many rows: 0 to 100.",
            default = 20,
            directive = Constraint::apply(Bound::Range(0, MAX_SIZE))
        )]
        first: Given<i32>,
        #[graphql(desc = "Only rows that begin after this line of the file; all when omitted.")] after_line: Option<
            Given<i32>,
        >,
        #[graphql(desc = "Whether only rows with problems are wanted.", default)] only_problems: bool,
    ) -> Result<Option<Vec<ImportRow>>> {
        let mut problems = Problems::default();
        let first = problems.read(first.read("first").and_then(|first| page::size(first, "first")));
        let after = problems.read(read(after_line, "afterLine")).flatten().unwrap_or_default();
        let window = first.map(|first| Window { after: after.max(0).unsigned_abs().into(), first, only_problems });
        let window = problems.finish(window)?;
        if self.0.upload.is_none() {
            return Ok(None);
        }
        let rows = reading::preview(ctx.services()?, &self.0, window).await?;
        rows.into_iter().map(ImportRow::new).collect::<Result<_>>().map(Some)
    }

    /// How many rows of the file are dealt with. It rises while records are entered in the background.
    async fn rows_done(&self) -> Result<i32> {
        int(self.0.rows_done)
    }

    /// How many records it has made so far. `records(filter: { importId: … })` lists them.
    async fn entered_count(&self) -> Result<i32> {
        int(self.0.entered)
    }

    /// How many of these were deleted by reverting it.
    async fn reverted_count(&self) -> Result<i32> {
        int(self.0.reverted)
    }

    /// Why it stopped half way; null unless it did.
    async fn failure(&self) -> Option<&str> {
        self.0.failure.as_deref()
    }

    /// Who made it.
    async fn created_by(&self, ctx: &Context<'_>) -> Result<User> {
        users::load(ctx, self.0.created_by).await
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// Who had its records entered; null before.
    async fn committed_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        user(ctx, self.0.committed_by).await
    }

    /// When that was asked for; null before.
    async fn committed_at(&self) -> Option<DateTime> {
        self.0.committed_at.map(DateTime)
    }

    /// Who had its records deleted; null unless somebody had.
    async fn reverted_by(&self, ctx: &Context<'_>) -> Result<Option<User>> {
        user(ctx, self.0.reverted_by).await
    }

    /// When that was asked for; null unless it was.
    async fn reverted_at(&self) -> Option<DateTime> {
        self.0.reverted_at.map(DateTime)
    }
}

impl Import {
    /// What is in its file, as far as somebody looked.
    fn contents(&self) -> Result<Option<Contents>> {
        self.0.counts.as_ref().map(Contents::kept).transpose()
    }
}

async fn user(ctx: &Context<'_>, id: Option<Uuid>) -> Result<Option<User>> {
    match id {
        Some(id) => users::load(ctx, id).await.map(Some),
        None => Ok(None),
    }
}

impl Identified for Import {
    fn uuid(&self) -> Uuid {
        self.0.id
    }

    /// Analysts see all.
    async fn find_all(services: &Services, viewer: &Viewer, ids: Vec<Uuid>) -> Result<Vec<Self>> {
        if auth::require(viewer, Role::Analyst).is_err() {
            return Ok(Vec::new());
        }
        Ok(store::find_all(services.db.read(), ids).await?.into_iter().map(Self).collect())
    }
}

impl Listed for Import {}

/// What the rows of a file are.
#[derive(SimpleObject)]
struct ImportCounts {
    /// All rows.
    rows: i32,
    /// Those that become records.
    new: i32,
    /// Those that were imported before.
    already_imported: i32,
    /// Those whose amount is zero, which become no records.
    zero: i32,
    /// Those that are not booked yet, which become no records.
    pending: i32,
    /// Those with problems.
    problems: i32,
}

/// What a row of a file will become.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
enum ImportVerdict {
    /// A new record.
    New,
    /// Nothing: it was imported before.
    AlreadyImported,
    /// A new record, which looks like one that is there: the same day, kind, amount and currency.
    PossibleDuplicate,
    /// Nothing: its amount is zero.
    Zero,
    /// Nothing: it is not booked yet.
    Pending,
    /// Nothing: it has problems.
    Problem,
}

/// A row of a file, and what it will become.
#[derive(SimpleObject)]
struct ImportRow {
    /// The line of the file that it begins in, from 1.
    line: i32,
    /// What stands in it.
    cells: Vec<String>,
    /// What it will become.
    verdict: ImportVerdict,
    /// The record that it will become, or would have; null where there can be none.
    record: Option<ImportedRecord>,
    /// What is wrong with it; empty unless the verdict is `PROBLEM`.
    problems: Vec<ImportProblem>,
}

/// A record that a row of a file will become.
#[derive(SimpleObject)]
struct ImportedRecord {
    /// Which way the money went.
    kind: entity::RecordKind,
    /// How much.
    amount: Figure,
    /// What it is for: the name of a category, which is made if there is none.
    category: String,
    /// The booking date.
    date: Date,
    /// Free text; empty when there is none.
    notes: String,
    /// Who was paid, or who paid; null when the file does not say.
    counterparty: Option<String>,
}

/// Something that is wrong with a row of a file.
#[derive(SimpleObject)]
struct ImportProblem {
    /// The field of the record that it is about, such as `amount`; null for the row as a whole.
    field: Option<String>,
    /// The column that it is about, as the file calls it, or by its number, such as `#3`; null for the row as a whole.
    column: Option<String>,
    /// What is wrong, and what would be right.
    message: String,
}

impl ImportRow {
    fn new(row: Checked) -> Result<Self> {
        let Checked { line, cells, verdict } = row;
        let (verdict, new, problems) = match verdict {
            Verdict::New(new) => (ImportVerdict::New, Some(new), Vec::new()),
            Verdict::AlreadyImported(new) => (ImportVerdict::AlreadyImported, Some(new), Vec::new()),
            Verdict::PossibleDuplicate(new) => (ImportVerdict::PossibleDuplicate, Some(new), Vec::new()),
            Verdict::Zero => (ImportVerdict::Zero, None, Vec::new()),
            Verdict::Pending => (ImportVerdict::Pending, None, Vec::new()),
            Verdict::Problem(problems) => (ImportVerdict::Problem, None, problems),
        };
        let record = new.map(|new| ImportedRecord {
            kind: new.kind,
            amount: new.amount.into(),
            category: new.category.name,
            date: Date(new.date),
            notes: new.notes,
            counterparty: new.counterparty,
        });
        let problem = |Problem { field, column, message }| ImportProblem { field, column, message };
        let problems = problems.into_iter().map(problem).collect();
        Ok(Self { line: int(i64::try_from(line).map_err(Error::internal)?)?, cells, verdict, record, problems })
    }
}

/// Queries for imports.
#[derive(Default)]
pub struct ImportQuery;

#[Object]
impl ImportQuery {
    /// One import; null when it does not exist.
    #[graphql(guard = "role(Role::Analyst)", directive = requires_role::apply(Role::Analyst, None))]
    async fn import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The import's global id.")] id: ID,
    ) -> Result<Option<Import>> {
        Import::find(ctx, id::decode("id", Kind::Import, &id)?).await
    }

    /// All imports, the newest first.
    #[graphql(guard = "role(Role::Analyst)", directive = requires_role::apply(Role::Analyst, None))]
    async fn imports(
        &self,
        ctx: &Context<'_>,
        #[graphql(
            desc = "How many imports from the start, or after `after`: 0 to 100; 10 when neither `first` nor `last` is given.",
            directive = Constraint::apply(Bound::Range(0, MAX_SIZE))
        )]
        first: Option<Given<i32>>,
        #[graphql(desc = "Only imports after this cursor.")] after: Option<String>,
        #[graphql(
            desc = "How many imports from the end, or before `before`: 0 to 100; not together with `first`.",
            directive = Constraint::apply(Bound::Range(0, MAX_SIZE))
        )]
        last: Option<Given<i32>>,
        #[graphql(desc = "Only imports before this cursor.")] before: Option<String>,
    ) -> Result<Option<Connection<Import, EmptyFields>>> {
        let page = Page::parse(PageArgs { first, after, last, before }, NEWEST_FIRST)?;
        let rows = store::list(ctx.db()?.read(), &page).await?;
        let position = |row: &import::Model| Position { key: row.created_at.timestamp_micros(), id: row.id };
        Ok(Some(page.connection(rows, position, Import, EmptyFields)))
    }

    /// A format for a file that begins with `sample`, to be confirmed by a person. It is right, or it asks: it never takes a guess at a decimal sign, or at the order of day and month.
    #[graphql(guard = "role(Role::Analyst)", directive = requires_role::apply(Role::Analyst, None))]
    async fn suggest_import_format(
        &self,
        #[graphql(
            desc = "The first bytes of the file, in Base64: 64 KiB of them, or all where there are fewer.",
            directive = Constraint::apply(Bound::AtMost(SAMPLE_LENGTH))
        )]
        sample: String,
    ) -> Result<Option<ImportFormatSuggestion>> {
        let suggested = input::parse_sample(&sample)?;
        Ok(Some(suggested.into()))
    }

    /// The saved formats, by name.
    #[graphql(guard = "role(Role::Analyst)", directive = requires_role::apply(Role::Analyst, None))]
    async fn import_formats(&self, ctx: &Context<'_>) -> Result<Option<Vec<SavedImportFormat>>> {
        let saved = store::saved_formats(ctx.db()?.read()).await?;
        saved.into_iter().map(SavedImportFormat::new).collect::<Result<_>>().map(Some)
    }
}
