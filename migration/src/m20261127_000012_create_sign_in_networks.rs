//! From where users have signed in: guesses from elsewhere do not keep them out there.

use sea_orm_migration::{
    prelude::*,
    schema::{text, timestamp_with_time_zone, uuid},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let networks = Table::create()
            .table("sign_in_networks")
            .col(uuid("user_id"))
            .col(text("network"))
            .col(timestamp_with_time_zone("last_at"))
            .primary_key(Index::create().col("user_id").col("network"))
            .foreign_key(ForeignKey::create().from("sign_in_networks", "user_id").to("users", "id"))
            .to_owned();
        manager.create_table(networks).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("sign_in_networks").to_owned()).await
    }
}
