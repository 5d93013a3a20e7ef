//! Lists by when a record was last changed: what a client asks for that keeps a copy.

use sea_orm_migration::prelude::*;

const NAME: &str = "idx_records_updated_at_id";

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let index = format!("CREATE INDEX {NAME} ON records (updated_at, id)");
        manager.get_connection().execute_unprepared(&index).await.map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name(NAME).table("records").to_owned()).await
    }
}
