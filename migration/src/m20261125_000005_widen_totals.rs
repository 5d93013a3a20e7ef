//! Totals with income and expenses side by side, so that the dashboard reads fewer rows; and with slots, so that
//! writers of one total need not wait for each other. Filled from the records that are there.
//!
//! Months lie apart from days, so that reading the few of them is not reading pages of the many: on SQLite by their key,
//! on PostgreSQL in a partition of their own.

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
        let is_sqlite = manager.get_database_backend() == DbBackend::Sqlite;
        if is_sqlite {
            // SQLite turns an addition that overflows into a float; PostgreSQL refuses it.
            for sum in ["income_minor", "expenses_minor"] {
                totals.check(Expr::cust(format!("typeof({sum}) = 'integer'")));
            }
        }
        totals.extra(if is_sqlite { "WITHOUT ROWID" } else { "PARTITION BY LIST (span)" });
        manager.create_table(totals).await?;
        let db = manager.get_connection();
        if !is_sqlite {
            db.execute_unprepared("CREATE TABLE day_totals PARTITION OF totals FOR VALUES IN ('DAY')").await?;
            db.execute_unprepared("CREATE TABLE month_totals PARTITION OF totals FOR VALUES IN ('MONTH')").await?;
        }
        db.execute_unprepared("CREATE INDEX idx_totals_category_id_span_start ON totals (category_id, span, start)")
            .await?;

        let month = if is_sqlite { "strftime('%Y-%m-01', date)" } else { "CAST(date_trunc('month', date) AS date)" };
        for (span, start) in [("MONTH", month), ("DAY", "date")] {
            let fill = format!(
                "INSERT INTO totals (span, start, currency, category_id, slot, \
                 income_minor, income_count, expenses_minor, expenses_count) \
                 SELECT '{span}', {start}, currency, category_id, 0, \
                 COALESCE(SUM(amount_minor) FILTER (WHERE kind = 'INCOME'), 0), COUNT(*) FILTER (WHERE kind = 'INCOME'), \
                 COALESCE(SUM(amount_minor) FILTER (WHERE kind = 'EXPENSE'), 0), COUNT(*) FILTER (WHERE kind = 'EXPENSE') \
                 FROM records WHERE deleted_at IS NULL GROUP BY currency, {start}, category_id"
            );
            db.execute_unprepared(&fill).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("totals").to_owned()).await?;
        narrow::Migration.up(manager).await
    }
}
