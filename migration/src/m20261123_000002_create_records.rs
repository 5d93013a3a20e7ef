//! Categories and records, with an index for each ordering and filter that lists are asked for.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, binary_null, date, integer, text, text_null, timestamp_with_time_zone,
        timestamp_with_time_zone_null, uuid, uuid_null,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let categories = Table::create()
            .table("categories")
            .col(uuid("id").primary_key())
            .col(text("name"))
            .col(text("name_key"))
            .col(timestamp_with_time_zone("created_at"))
            .to_owned();
        manager.create_table(categories).await?;

        let records = Table::create()
            .table("records")
            .col(uuid("id").primary_key())
            .col(text("kind"))
            .col(big_integer("amount_minor"))
            .col(text("currency"))
            .col(uuid("category_id"))
            .col(date("date"))
            .col(text("notes"))
            .col(uuid("created_by"))
            .col(uuid("updated_by"))
            .col(integer("version"))
            .col(text_null("idempotency_key"))
            .col(binary_null("request_hash"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("updated_at"))
            .col(timestamp_with_time_zone_null("deleted_at"))
            .col(uuid_null("deleted_by"))
            .check(Expr::col("kind").is_in(["INCOME", "EXPENSE"]))
            .check(Expr::col("amount_minor").gt(0))
            .foreign_key(ForeignKey::create().from("records", "category_id").to("categories", "id"))
            .foreign_key(ForeignKey::create().from("records", "created_by").to("users", "id"))
            .foreign_key(ForeignKey::create().from("records", "updated_by").to("users", "id"))
            .foreign_key(ForeignKey::create().from("records", "deleted_by").to("users", "id"))
            .to_owned();
        manager.create_table(records).await?;

        for index in [
            "CREATE UNIQUE INDEX uq_categories_name_key ON categories (name_key)",
            "CREATE INDEX idx_records_date_id ON records (date, id) WHERE deleted_at IS NULL",
            "CREATE INDEX idx_records_created_at_id ON records (created_at, id) WHERE deleted_at IS NULL",
            "CREATE INDEX idx_records_amount_minor_id ON records (amount_minor, id) WHERE deleted_at IS NULL",
            "CREATE INDEX idx_records_category_id_date_id ON records (category_id, date, id) WHERE deleted_at IS NULL",
            "CREATE INDEX idx_records_kind_category_id_date_id ON records (kind, category_id, date, id) WHERE deleted_at IS NULL",
            "CREATE INDEX idx_records_created_by_date_id ON records (created_by, date, id) WHERE deleted_at IS NULL",
            "CREATE INDEX idx_records_deleted_date_id ON records (date, id) WHERE deleted_at IS NOT NULL",
            "CREATE UNIQUE INDEX uq_records_created_by_idempotency_key ON records (created_by, idempotency_key) WHERE idempotency_key IS NOT NULL",
        ] {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["records", "categories"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
