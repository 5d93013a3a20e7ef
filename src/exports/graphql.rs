//! Exports in the schema.

use async_graphql::{Context, Enum, InputObject, InputType, Object, SimpleObject};
use entity::Role;

use super::{store, write::Request};
use crate::{
    auth::{requires_role, role},
    context::ContextExt,
    error::{Error, Result},
    organization,
    records::{Order, RecordFilter, RecordOrder},
    scalars::DateTime,
    services::Services,
    top::QueryRoot,
};

/// What an exported file is like. In each there is a line for every record, with: `id`, `date`, `kind`, `amount`, `currency`, `category`, `counterparty`, `notes`, `minorUnits`, `createdBy` (a name), `createdAt`, `updatedAt`, `version` and `deletedAt`.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// Comma-separated values in UTF-8, with a line of names; lines end with CRLF, as in RFC 4180. Text that a spreadsheet could take for a formula, because it begins with `=`, `+`, `-` or `@`, has a `'` in front, and so has text that begins with `'`.
    Csv,
    /// A JSON object on each line. Amounts are strings; what there is none of is null.
    JsonLines,
    /// A workbook of Office Open XML. Days are days, and amounts are numbers with all decimal places of their currency; those of more than 15 digits are text, because numbers of spreadsheets have no more. A sheet has up to 1,048,575 records; there are as many as it takes.
    Xlsx,
}

impl ExportFormat {
    /// How files of this format are called at the end.
    pub(super) fn ending(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::JsonLines => "jsonl",
            Self::Xlsx => "xlsx",
        }
    }

    /// The media type.
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::JsonLines => "application/x-ndjson",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// Which records to export, and how.
#[derive(InputObject)]
pub(super) struct ExportRecordsInput {
    /// Which records; all when omitted.
    filter: Option<RecordFilter>,
    /// How they are sorted; by day, newest first, when omitted.
    order_by: Option<RecordOrder>,
    /// What the file is like.
    format: ExportFormat,
}

impl ExportRecordsInput {
    /// The input as it was given, for later.
    fn stored(&self) -> Result<serde_json::Value> {
        self.to_value().into_json().map_err(Error::internal)
    }

    /// An input that was stored.
    pub(super) fn from_stored(stored: serde_json::Value) -> Result<Self> {
        let value = async_graphql::Value::from_json(stored).map_err(Error::internal)?;
        Self::parse(Some(value))
            .map_err(|error| Error::internal(error.into_server_error(async_graphql::Pos::default())))
    }

    /// Refuses what somebody of this role may not ask for, or nobody.
    async fn check(self, services: &Services, role: Role) -> Result<()> {
        let base = organization::base_currency(services).await?;
        let filter = self.filter.unwrap_or_default().parse(role, base);
        filter.map(|_| ()).map_err(|error| error.within("filter"))
    }

    /// What is to be exported for somebody of this role.
    ///
    /// # Errors
    /// `BAD_USER_INPUT`, and `FORBIDDEN` for deleted records.
    pub(super) async fn resolve(self, services: &Services, role: Role) -> Result<Request> {
        let Self { filter, order_by, format } = self;
        let filter = filter.unwrap_or_default().resolve(services, role).await;
        let filter = filter.map_err(|error| error.within("filter"))?;
        Ok(Request { filter, order: order_by.map(Order::from).unwrap_or_default(), format })
    }
}

/// Where the file is.
#[derive(SimpleObject)]
struct ExportRecordsPayload {
    /// A path on this server, which answers the file to a GET without an access token. Good for one download, by whoever has it.
    url: String,
    /// Until when the download has to begin.
    expires_at: DateTime,
    /// Everything that can be read, as it is after this change.
    query: QueryRoot,
}

/// Exports of records.
#[derive(Default)]
pub struct ExportMutation;

#[Object]
impl ExportMutation {
    /// Offers the records of a list as a file, all of them, as they are when the file is downloaded. The download has to begin within five minutes, and while the session goes on; what the user may see is checked again then. `RATE_LIMITED` after 100 exports within five minutes.
    #[graphql(guard = "role(Role::Viewer)", directive = requires_role::apply(Role::Viewer, None))]
    async fn export_records(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which records, and how.")] input: ExportRecordsInput,
    ) -> Result<Option<ExportRecordsPayload>> {
        let (services, viewer) = (ctx.services()?, ctx.viewer()?);
        let stored = input.stored()?;
        input.check(services, viewer.user.role).await.map_err(Error::in_input)?;
        let mut change = ctx.change().await?;
        let ticket = store::offer(&mut change, viewer, stored).await?;
        change.commit().await?;
        let url = ticket.url(services.tokens.download_keys())?;
        Ok(Some(ExportRecordsPayload { url, expires_at: DateTime(ticket.expires_at), query: QueryRoot }))
    }
}
