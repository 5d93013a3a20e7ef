//! Puts the limits together that the organization publishes: each from the setting or the constant that is enforced.

use import_file::LOOKED_AT;

use crate::{
    auth::Password,
    calendar::{FIRST_DAY, LAST_DAY, MOST_POINTS},
    categories::CategoryName,
    config::Config,
    idempotency::IdempotencyKey,
    imports,
    limits::MOST_OPERATIONS_PER_SOCKET,
    organization::{self, Limits},
    page, records,
    scalars::{BigInt, Date},
    text, users,
};

/// The limits of a server with these settings.
pub(super) fn limits(config: &Config) -> Limits {
    let documents = &config.limits;
    Limits {
        max_answer_bytes: BigInt(documents.max_answer_bytes as i128),
        max_category_name_length: at_most(CategoryName::LENGTH),
        max_counterparty_length: at_most(records::COUNTERPARTY_LENGTH),
        max_date: Date(LAST_DAY),
        max_email_length: at_most(users::EMAIL_LENGTH),
        max_filter_categories: at_most(records::MOST_CATEGORIES),
        max_filter_ids: at_most(records::MOST_IDS),
        max_idempotency_key_length: at_most(IdempotencyKey::LENGTH),
        max_import_bytes: BigInt(config.max_import_bytes.into()),
        max_import_name_length: at_most(imports::NAME_LENGTH),
        max_import_sample_bytes: at_most(LOOKED_AT),
        max_minor_units: BigInt(records::MOST_MINOR.into()),
        max_notes_length: at_most(records::NOTES_LENGTH),
        max_operations_per_socket: at_most(MOST_OPERATIONS_PER_SOCKET),
        max_operations_per_user: at_most(documents.max_operations_per_user),
        max_organization_name_length: at_most(organization::NAME_LENGTH),
        max_page_size: at_most(page::MAX_SIZE),
        max_password_length: at_most(*Password::LENGTH.end()),
        max_preview_rows: at_most(page::MAX_SIZE),
        max_query_aliases: at_most(documents.max_query_aliases),
        max_query_characters: at_most(documents.max_query_characters),
        max_query_cost: at_most(documents.max_query_cost),
        max_query_depth: at_most(documents.max_query_depth),
        max_query_root_fields: at_most(documents.max_query_root_fields),
        max_reason_length: at_most(organization::REASON_LENGTH),
        max_records_at_once: at_most(records::MOST_AT_ONCE),
        max_request_bytes: BigInt(documents.max_body_bytes as i128),
        max_search_length: at_most(text::SEARCH_LENGTH),
        max_sockets_per_user: at_most(documents.max_sockets_per_user),
        max_trend_intervals: at_most(MOST_POINTS),
        max_user_name_length: at_most(users::NAME_LENGTH),
        min_date: Date(FIRST_DAY),
        min_password_length: at_most(*Password::LENGTH.start()),
    }
}

/// `limit` as an `Int`. A setting can be greater than any: whoever keeps to the greatest `Int` keeps to it, too.
fn at_most(limit: impl TryInto<i32>) -> i32 {
    limit.try_into().unwrap_or(i32::MAX)
}
