//! Downloads that were offered: what is to be in each, for whom, and whether it was fetched.

use sea_orm_migration::{
    prelude::*,
    schema::{json_binary, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let downloads = Table::create()
            .table("downloads")
            .col(uuid("id").primary_key())
            .col(uuid("user_id"))
            .col(uuid("session_id"))
            .col(json_binary("input"))
            .col(timestamp_with_time_zone("expires_at"))
            .col(timestamp_with_time_zone_null("used_at"))
            .foreign_key(ForeignKey::create().from("downloads", "user_id").to("users", "id"))
            .to_owned();
        manager.create_table(downloads).await?;
        let db = manager.get_connection();
        db.execute_unprepared("CREATE INDEX idx_downloads_user_id_expires_at ON downloads (user_id, expires_at)")
            .await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("downloads").to_owned()).await
    }
}
