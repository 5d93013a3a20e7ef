//! Whose books these are: one row, which the server makes when it first starts. An older server would not know that
//! days can be closed.

use sea_orm_migration::{
    prelude::*,
    schema::{date_null, integer, text, timestamp_with_time_zone, uuid, uuid_null},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let organization = Table::create()
            .table("organization")
            .col(uuid("id").primary_key())
            .col(text("name"))
            .col(text("base_currency").check(Expr::cust("LENGTH(base_currency) = 3")))
            .col(text("financial_year_start").check(Expr::cust("LENGTH(financial_year_start) = 5")))
            .col(text("week_start"))
            .col(date_null("closed_through"))
            .col(integer("version"))
            .col(timestamp_with_time_zone("updated_at"))
            .col(uuid_null("updated_by"))
            .to_owned();
        manager.create_table(organization).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("organization").to_owned()).await
    }
}
