//! Totals with income and expenses side by side, so that the dashboard reads fewer rows; and with slots, so that
//! writers of one total need not wait for each other. Filled from the records that are there.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, date, small_integer, text, uuid},
    sea_orm::DbBackend,
};

use super::m20261123_000003_create_totals as narrow;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("totals").to_owned()).await?;
        let mut key = Index::create();
        for column in ["span", "start", "currency", "category_id", "slot"] {
            key.col(column);
        }
        let mut totals = Table::create()
            .table("totals")
            .col(text("span"))
            .col(date("start"))
            .col(text("currency"))
            .col(uuid("category_id"))
            .col(small_integer("slot"))
            .col(big_integer("income_minor"))
            .col(big_integer("income_count"))
            .col(big_integer("expenses_minor"))
            .col(big_integer("expenses_count"))
            .primary_key(&mut key)
            .check(Expr::col("span").is_in(["DAY", "MONTH"]))
            .foreign_key(ForeignKey::create().from("totals", "category_id").to("categories", "id"))
            .to_owned();
        if manager.get_database_backend() == DbBackend::Sqlite {
            // SQLite turns an addition that overflows into a float; PostgreSQL refuses it.
            for sum in ["income_minor", "expenses_minor"] {
                totals.check(Expr::cust(format!("typeof({sum}) = 'integer'")));
            }
            // The rows lie in the order of their keys, as they are read.
            totals.extra("WITHOUT ROWID");
        }
        manager.create_table(totals).await?;
        manager
            .get_connection()
            .execute_unprepared("CREATE INDEX idx_totals_category_id_span_start ON totals (category_id, span, start)")
            .await?;

        let month = match manager.get_database_backend() {
            DbBackend::Sqlite => "strftime('%Y-%m-01', date)",
            _ => "CAST(date_trunc('month', date) AS date)",
        };
        // Months first: on PostgreSQL rows lie where they are written, and months are read together.
        for (span, start) in [("MONTH", month), ("DAY", "date")] {
            let fill = format!(
                "INSERT INTO totals (span, start, currency, category_id, slot, \
                 income_minor, income_count, expenses_minor, expenses_count) \
                 SELECT '{span}', {start}, currency, category_id, 0, \
                 COALESCE(SUM(amount_minor) FILTER (WHERE kind = 'INCOME'), 0), COUNT(*) FILTER (WHERE kind = 'INCOME'), \
                 COALESCE(SUM(amount_minor) FILTER (WHERE kind = 'EXPENSE'), 0), COUNT(*) FILTER (WHERE kind = 'EXPENSE') \
                 FROM records WHERE deleted_at IS NULL GROUP BY currency, {start}, category_id"
            );
            manager.get_connection().execute_unprepared(&fill).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("totals").to_owned()).await?;
        narrow::Migration.up(manager).await
    }
}
