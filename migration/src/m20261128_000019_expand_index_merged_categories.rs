//! Only of the categories that are merged: those that are not are most, and looking for them by this index, SQLite sorted
//! all of them by name for each page of their list.

use sea_orm_migration::prelude::*;

const NAME: &str = "idx_categories_merged_into";

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(
            manager,
            "CREATE INDEX idx_categories_merged_into ON categories (merged_into) WHERE merged_into IS NOT NULL",
        )
        .await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, "CREATE INDEX idx_categories_merged_into ON categories (merged_into)").await
    }
}

async fn replace(manager: &SchemaManager<'_>, index: &str) -> Result<(), DbErr> {
    manager.drop_index(Index::drop().name(NAME).table("categories").to_owned()).await?;
    manager.get_connection().execute_unprepared(index).await?;
    Ok(())
}
