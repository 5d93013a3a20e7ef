//! `audit_events`: who changed what, when, from what to what. Rows are only ever added.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

/// What was done.
#[derive(async_graphql::Enum, EnumIter, DeriveActiveEnum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum AuditAction {
    /// It was created.
    #[sea_orm(string_value = "CREATED")]
    Created,
    /// Some of its fields changed.
    #[sea_orm(string_value = "UPDATED")]
    Updated,
    /// A record was deleted, which can be restored; or a category that nothing needed, which is gone.
    #[sea_orm(string_value = "DELETED")]
    Deleted,
    /// A deleted record was restored.
    #[sea_orm(string_value = "RESTORED")]
    Restored,
    /// A category was merged into another. In its own event, and in one of each category merged into it before, `mergedInto` is the name of the category that its records are shown in, before and after; in the other category's event, `mergedFrom` is the name of the one that was merged.
    #[sea_orm(string_value = "MERGED")]
    Merged,
    /// A merge of categories was undone. In the events of the category that was unmerged, and of those that were merged into it before, `mergedInto` is the name of the category that their records are shown in, before and after; in the event of the category that it was merged into, `mergedFrom` is the name of the one that left.
    #[sea_orm(string_value = "UNMERGED")]
    Unmerged,
    /// Days of the books were closed: `closedThrough` is the last of all closed days, before and after.
    #[sea_orm(string_value = "CLOSED")]
    Closed,
    /// Days of the books that had been closed were opened again: `closedThrough` is the last of all closed days, before and after.
    #[sea_orm(string_value = "REOPENED")]
    Reopened,
    /// A user signed in.
    #[sea_orm(string_value = "SIGNED_IN")]
    SignedIn,
    /// Somebody tried to sign in as a user, and failed.
    #[sea_orm(string_value = "SIGN_IN_FAILED")]
    SignInFailed,
    /// A user changed their password.
    #[sea_orm(string_value = "PASSWORD_CHANGED")]
    PasswordChanged,
    /// A session was ended, or a token revoked, before it expired.
    #[sea_orm(string_value = "REVOKED")]
    Revoked,
    /// A refresh token was used a second time, and its session ended for that.
    #[sea_orm(string_value = "REFRESH_REUSED")]
    RefreshReused,
    /// Name and e-mail address of a former user were erased, also from the events before.
    #[sea_orm(string_value = "ERASED")]
    Erased,
}

/// What it was done to.
#[derive(async_graphql::Enum, EnumIter, DeriveActiveEnum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub enum AuditEntity {
    /// A financial record.
    #[sea_orm(string_value = "RECORD")]
    Record,
    /// A category of records.
    #[sea_orm(string_value = "CATEGORY")]
    Category,
    /// A user.
    #[sea_orm(string_value = "USER")]
    User,
    /// A user's session.
    #[sea_orm(string_value = "SESSION")]
    Session,
    /// The organization whose books these are.
    #[sea_orm(string_value = "ORGANIZATION")]
    Organization,
    /// A token that a program signs in with.
    #[sea_orm(string_value = "API_TOKEN")]
    ApiToken,
}

/// A row of `audit_events`.
#[derive(DeriveEntityModel, Clone, Debug, PartialEq, Eq)]
#[sea_orm(table_name = "audit_events")]
pub struct Model {
    /// UUIDv7.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// Who; nobody for the command line and for failed sign-ins.
    pub actor_id: Option<Uuid>,
    /// What was done.
    pub action: AuditAction,
    /// To what sort of thing.
    pub entity_type: AuditEntity,
    /// To which one.
    pub entity_id: Uuid,
    /// A JSON list of `{field, before, after}`; only real differences, never a secret. Of a personal value there is
    /// `{field, sealed}`; of a category, its id too, as `beforeId` and `afterId`. Empty where a record was created: the
    /// record and the later events say what it was.
    pub changes: Json,
    /// The request it was done by; none for the command line.
    pub request_id: Option<String>,
    /// The object's version after it; 0 where it has none, and before 0.2.
    pub entity_version: i32,
    /// The API token it was done through.
    pub api_token_id: Option<Uuid>,
    /// The import it was done by.
    pub import_id: Option<Uuid>,
    /// SHA-256 of the object's state after it; none where the object has no state, and before 0.2.
    pub state_hash: Option<Vec<u8>>,
}

/// None that the ORM knows of: the store joins by hand.
#[derive(EnumIter, DeriveRelation, Clone, Copy, Debug)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
