//! The limits of this server in the schema. What they are is known to the slices that enforce them, which come after
//! this one: `schema` fills them in.

use async_graphql::SimpleObject;

use crate::scalars::{BigInt, Date};

/// What this server accepts, so that a form can be checked before it is sent: those that are settings (`maxImportBytes`, `maxRequestBytes`, `maxAnswerBytes`, `maxOperationsPerUser`, `maxSocketsPerUser`, and those of queries) as they are set here. Lengths count Unicode characters of the trimmed and composed text; of a password, of the text as it is. In JavaScript that is `[...text.trim().normalize()].length`.
#[derive(SimpleObject, Clone, Debug)]
pub(crate) struct Limits {
    /// The most bytes of an answer, before it is compressed.
    pub(crate) max_answer_bytes: BigInt,
    /// The most characters of a category's name.
    pub(crate) max_category_name_length: i32,
    /// The most characters of `counterparty`.
    pub(crate) max_counterparty_length: i32,
    /// The last day that a date can be.
    pub(crate) max_date: Date,
    /// The most characters of an e-mail address.
    pub(crate) max_email_length: i32,
    /// The most categories that a filter can name, and the most items of its other lists but `ids`.
    pub(crate) max_filter_categories: i32,
    /// The most ids of records that a filter can name.
    pub(crate) max_filter_ids: i32,
    /// The most characters of an `idempotencyKey`, all of them visible ASCII.
    pub(crate) max_idempotency_key_length: i32,
    /// The most bytes of the file of an import.
    pub(crate) max_import_bytes: BigInt,
    /// The most characters of the name of an import's file, of its source, or of a saved format.
    pub(crate) max_import_name_length: i32,
    /// The most bytes of the `sample` of `suggestImportFormat`, before they are written in Base64.
    pub(crate) max_import_sample_bytes: i32,
    /// The greatest amount of a record, in minor units of its currency, such as cents. A refund is an amount below zero, of at most as many.
    pub(crate) max_minor_units: BigInt,
    /// The most characters of `notes`.
    pub(crate) max_notes_length: i32,
    /// The most operations that one WebSocket can have running, subscriptions included.
    pub(crate) max_operations_per_socket: i32,
    /// The most operations that a user can have running at a time. More wait for up to 2 seconds, and are then refused.
    pub(crate) max_operations_per_user: i32,
    /// The most characters of the organization's name.
    pub(crate) max_organization_name_length: i32,
    /// The most items of a page: the greatest `first` and `last`.
    pub(crate) max_page_size: i32,
    /// The most characters of a password.
    pub(crate) max_password_length: i32,
    /// The most rows of `Import.preview`: its greatest `first`.
    pub(crate) max_preview_rows: i32,
    /// The most aliases of an operation.
    pub(crate) max_query_aliases: i32,
    /// The most characters of a GraphQL document.
    pub(crate) max_query_characters: i32,
    /// The greatest cost of an operation: roughly, how many values its answer can have.
    pub(crate) max_query_cost: i32,
    /// The most levels of fields of an operation.
    pub(crate) max_query_depth: i32,
    /// The most fields at the top of an operation.
    pub(crate) max_query_root_fields: i32,
    /// The most characters of the `reason` of `closeBooks` and `reopenBooks`.
    pub(crate) max_reason_length: i32,
    /// The most records of one `createRecords`, `updateRecords`, `deleteRecords` or `restoreRecords`.
    pub(crate) max_records_at_once: i32,
    /// The most bytes of a GraphQL request.
    pub(crate) max_request_bytes: BigInt,
    /// The most characters of a text that is searched for.
    pub(crate) max_search_length: i32,
    /// The most WebSockets and streams of events that a user can have open.
    pub(crate) max_sockets_per_user: i32,
    /// The most intervals of a trend.
    pub(crate) max_trend_intervals: i32,
    /// The most characters of a user's name.
    pub(crate) max_user_name_length: i32,
    /// The first day that a date can be.
    pub(crate) min_date: Date,
    /// The fewest characters of a password.
    pub(crate) min_password_length: i32,
}
