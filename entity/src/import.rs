//! `imports`: files of records, from their upload to the day they are taken back.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// How far an import is.
#[derive(async_graphql::Enum, EnumIter, DeriveActiveEnum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum ImportState {
    /// Its file has not arrived yet.
    #[sea_orm(string_value = "AWAITING_FILE")]
    AwaitingFile,
    /// Its file is here and was read; nothing is entered yet.
    #[sea_orm(string_value = "READY")]
    Ready,
    /// Its records are being entered, and can be seen as they come.
    #[sea_orm(string_value = "ENTERING")]
    Entering,
    /// Its records are entered.
    #[sea_orm(string_value = "ENTERED")]
    Entered,
    /// Its records are being deleted.
    #[sea_orm(string_value = "REVERTING")]
    Reverting,
    /// Its records were deleted.
    #[sea_orm(string_value = "REVERTED")]
    Reverted,
    /// It stopped half way; `failure` says why. `commitImport` goes on with it, `revertImport` takes it back.
    #[sea_orm(string_value = "FAILED")]
    Failed,
}

/// A row of `imports`.
#[derive(DeriveEntityModel, Clone, Debug, PartialEq, Eq)]
#[sea_orm(table_name = "imports")]
#[expect(clippy::struct_excessive_bools, reason = "each is a column")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// What the file is called.
    pub filename: String,
    /// What the file comes from, such as an account: equal rows of one source are the same booking.
    pub source: String,
    /// How the file is to be read, as JSON.
    pub format: Json,
    /// How far it is.
    pub state: ImportState,
    /// Which upload brought its file.
    pub upload: Option<Uuid>,
    /// Bytes of the file.
    pub size: i64,
    /// What its rows are, as JSON, once the file was read.
    pub counts: Option<Json>,
    /// Whether rows with problems are left out; else nothing is entered where there is one.
    pub skips_problems: bool,
    /// Whether rows that look like records that are there already are left out.
    pub skips_duplicates: bool,
    /// Whether records that were changed since are deleted with the others.
    pub deletes_changed: bool,
    /// Whether records of closed days are left when it is reverted; else it is not reverted where there are any.
    pub leaves_closed: bool,
    /// How many rows of the file are dealt with.
    pub rows_done: i64,
    /// How many records it made.
    pub entered: i64,
    /// How many of these were deleted when it was reverted.
    pub reverted: i64,
    /// Why it stopped half way.
    pub failure: Option<String>,
    /// Who made it.
    pub created_by: Uuid,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last went on.
    pub updated_at: DateTime<Utc>,
    /// Who had its records entered.
    pub committed_by: Option<Uuid>,
    /// When that was asked for.
    pub committed_at: Option<DateTime<Utc>>,
    /// Who had its records deleted.
    pub reverted_by: Option<Uuid>,
    /// When that was asked for.
    pub reverted_at: Option<DateTime<Utc>>,
    /// Until when a server has it to itself.
    pub leased_until: Option<DateTime<Utc>>,
}

/// None that the ORM knows of.
#[derive(EnumIter, DeriveRelation, Clone, Copy, Debug)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
