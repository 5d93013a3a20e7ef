//! The day before the currency in the index of a category's totals: what asks for a category and no currency, as the
//! count beside a list does, read the totals of all its days.

use sea_orm_migration::prelude::*;

const FORMER: &str =
    "CREATE INDEX idx_totals_category_id_span_currency_start ON totals (category_id, span, currency, start)";
const INDEX: &str =
    "CREATE INDEX idx_totals_category_id_span_start_currency ON totals (category_id, span, start, currency)";

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(INDEX).await?;
        drop(manager, "idx_totals_category_id_span_currency_start").await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared(FORMER).await?;
        drop(manager, "idx_totals_category_id_span_start_currency").await
    }
}

async fn drop(manager: &SchemaManager<'_>, index: &str) -> Result<(), DbErr> {
    manager.drop_index(Index::drop().name(index).table("totals").to_owned()).await
}
