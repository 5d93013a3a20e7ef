//! The totals that the dashboard reads, filled from the records that are there.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, date, text, uuid},
    sea_orm::DbBackend,
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut totals = Table::create()
            .table("totals")
            .col(text("span"))
            .col(text("currency"))
            .col(date("start"))
            .col(uuid("category_id"))
            .col(text("kind"))
            .col(big_integer("amount_minor"))
            .col(big_integer("record_count"))
            .primary_key(Index::create().col("span").col("currency").col("start").col("category_id").col("kind"))
            .check(Expr::col("span").is_in(["DAY", "MONTH"]))
            .foreign_key(ForeignKey::create().from("totals", "category_id").to("categories", "id"))
            .to_owned();
        if manager.get_database_backend() == DbBackend::Sqlite {
            // SQLite turns an addition that overflows into a float; PostgreSQL refuses it.
            totals.check(Expr::cust("typeof(amount_minor) = 'integer'"));
        }
        manager.create_table(totals).await?;
        manager
            .get_connection()
            .execute_unprepared("CREATE INDEX idx_totals_category_id ON totals (category_id)")
            .await?;

        let month = match manager.get_database_backend() {
            DbBackend::Sqlite => "strftime('%Y-%m-01', date)",
            _ => "CAST(date_trunc('month', date) AS date)",
        };
        for (span, start) in [("DAY", "date"), ("MONTH", month)] {
            let fill = format!(
                "INSERT INTO totals (span, currency, start, category_id, kind, amount_minor, record_count) \
                 SELECT '{span}', currency, {start}, category_id, kind, SUM(amount_minor), COUNT(*) FROM records \
                 WHERE deleted_at IS NULL GROUP BY currency, {start}, category_id, kind"
            );
            manager.get_connection().execute_unprepared(&fill).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("totals").to_owned()).await
    }
}
