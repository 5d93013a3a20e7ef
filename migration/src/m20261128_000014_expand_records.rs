//! Who was paid or who paid, and which row of which import a record was made from.

use sea_orm_migration::{
    prelude::*,
    schema::{binary_null, text_null, uuid_null},
};

/// Only of the records that have one: others pay nothing for them.
const INDEXES: [(&str, &str); 3] = [
    (
        "idx_records_counterparty_date_id",
        "CREATE INDEX idx_records_counterparty_date_id ON records (counterparty, date, id) \
         WHERE counterparty IS NOT NULL",
    ),
    (
        "idx_records_import_id_date_id",
        "CREATE INDEX idx_records_import_id_date_id ON records (import_id, date, id) WHERE import_id IS NOT NULL",
    ),
    (
        "idx_records_source_key",
        "CREATE UNIQUE INDEX idx_records_source_key ON records (source_key) WHERE source_key IS NOT NULL",
    ),
];

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [text_null("counterparty"), uuid_null("import_id"), binary_null("source_key")] {
            manager.alter_table(Table::alter().table("records").add_column(column).to_owned()).await?;
        }
        for (_, index) in INDEXES {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, _) in INDEXES {
            manager.drop_index(Index::drop().name(name).table("records").to_owned()).await?;
        }
        for column in ["counterparty", "import_id", "source_key"] {
            manager.alter_table(Table::alter().table("records").drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
