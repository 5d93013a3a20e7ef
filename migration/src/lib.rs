//! The history of the database schema. Frozen once landed: it imports nothing of ours, never `entity`.

pub use sea_orm_migration::SchemaManager;
pub use sea_orm_migration::prelude::MigratorTrait;
use sea_orm_migration::prelude::*;

mod m20261123_000001_create_users;
mod m20261123_000002_create_records;
mod m20261123_000003_create_totals;
mod m20261123_000004_create_audit_events;
mod m20261125_000005_widen_totals;
mod m20261125_000006_index_records_kind;
mod m20261127_000007_create_journal;
mod m20261127_000008_rebuild_records;
mod m20261127_000010_merge_categories;
mod m20261127_000012_create_sign_in_networks;
mod m20261128_000011_create_currency_totals;
mod m20261128_000013_expand_index_totals;
mod m20261128_000014_expand_records;
mod m20261128_000015_create_organization;
mod m20261128_000016_create_downloads;
mod m20261128_000017_expand_create_imports;
mod m20261128_000018_search_records;
mod m20261128_000019_expand_index_merged_categories;
mod m20261129_000020_expand_index_updated_at;
mod m20261129_000021_expand_create_api_tokens;

/// All migrations, oldest first.
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_create_users::Migration),
            Box::new(m20261123_000002_create_records::Migration),
            Box::new(m20261123_000003_create_totals::Migration),
            Box::new(m20261123_000004_create_audit_events::Migration),
            Box::new(m20261125_000005_widen_totals::Migration),
            Box::new(m20261125_000006_index_records_kind::Migration),
            Box::new(m20261127_000007_create_journal::Migration),
            Box::new(m20261127_000008_rebuild_records::Migration),
            Box::new(m20261127_000010_merge_categories::Migration),
            Box::new(m20261127_000012_create_sign_in_networks::Migration),
            Box::new(m20261128_000011_create_currency_totals::Migration),
            Box::new(m20261128_000013_expand_index_totals::Migration),
            Box::new(m20261128_000014_expand_records::Migration),
            Box::new(m20261128_000015_create_organization::Migration),
            Box::new(m20261128_000016_create_downloads::Migration),
            Box::new(m20261128_000017_expand_create_imports::Migration),
            Box::new(m20261128_000018_search_records::Migration),
            Box::new(m20261128_000019_expand_index_merged_categories::Migration),
            Box::new(m20261129_000020_expand_index_updated_at::Migration),
            Box::new(m20261129_000021_expand_create_api_tokens::Migration),
        ]
    }
}
