//! Imports: files as they came, how they are to be read, and what became of them.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, binary, boolean, integer, json_binary, json_binary_null, text, text_null,
        timestamp_with_time_zone, timestamp_with_time_zone_null, uuid, uuid_null,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let imports = Table::create()
            .table("imports")
            .col(uuid("id").primary_key())
            .col(text("filename"))
            .col(text("source"))
            .col(json_binary("format"))
            .col(text("state"))
            .col(uuid_null("upload"))
            .col(big_integer("size"))
            .col(json_binary_null("counts"))
            .col(boolean("skips_problems"))
            .col(boolean("skips_duplicates"))
            .col(boolean("deletes_changed"))
            .col(boolean("leaves_closed"))
            .col(big_integer("rows_done"))
            .col(big_integer("entered"))
            .col(big_integer("reverted"))
            .col(text_null("failure"))
            .col(uuid("created_by"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("updated_at"))
            .col(uuid_null("committed_by"))
            .col(timestamp_with_time_zone_null("committed_at"))
            .col(uuid_null("reverted_by"))
            .col(timestamp_with_time_zone_null("reverted_at"))
            .col(timestamp_with_time_zone_null("leased_until"))
            .to_owned();
        manager.create_table(imports).await?;
        // The few that go on.
        let going_on =
            "CREATE INDEX idx_imports_going_on ON imports (created_at) WHERE state IN ('ENTERING', 'REVERTING')";
        manager.get_connection().execute_unprepared(going_on).await?;
        let chunks = Table::create()
            .table("import_chunks")
            .col(uuid("import_id"))
            .col(uuid("upload"))
            .col(integer("number"))
            .col(binary("bytes"))
            .primary_key(Index::create().col("import_id").col("upload").col("number"))
            .to_owned();
        manager.create_table(chunks).await?;
        let formats = Table::create()
            .table("import_formats")
            .col(text("name_key").primary_key())
            .col(text("name"))
            .col(json_binary("format"))
            .col(uuid("updated_by"))
            .col(timestamp_with_time_zone("updated_at"))
            .to_owned();
        manager.create_table(formats).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["import_formats", "import_chunks", "imports"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
