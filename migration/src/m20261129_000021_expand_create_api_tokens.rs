//! Tokens that programs sign in with.

use sea_orm_migration::{
    prelude::*,
    schema::{binary, text, text_null, timestamp_with_time_zone, timestamp_with_time_zone_null, uuid},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let tokens = Table::create()
            .table("api_tokens")
            .col(uuid("id").primary_key())
            .col(uuid("user_id"))
            .col(text("name"))
            .col(text("role"))
            .col(binary("secret_hash"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone_null("expires_at"))
            .col(timestamp_with_time_zone_null("last_used_at"))
            .col(text_null("last_used_from"))
            .col(timestamp_with_time_zone_null("revoked_at"))
            .to_owned();
        manager.create_table(tokens).await?;
        let db = manager.get_connection();
        db.execute_unprepared("CREATE UNIQUE INDEX uq_api_tokens_secret_hash ON api_tokens (secret_hash)").await?;
        db.execute_unprepared("CREATE INDEX idx_api_tokens_user_id_created_at ON api_tokens (user_id, created_at, id)")
            .await?;
        db.execute_unprepared("CREATE INDEX idx_api_tokens_created_at_id ON api_tokens (created_at, id)").await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("api_tokens").to_owned()).await
    }
}
