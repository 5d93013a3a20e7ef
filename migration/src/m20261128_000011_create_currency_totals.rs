//! Totals of all categories together, so that what asks for no category costs the same however many there are; and of
//! each category those of all days, which tell its greatest from the others.
//!
//! No older server may go on beside it: it would write records, and not these totals.
//!
//! The currency comes before the day in every key: whoever asks for one reads nothing of the others.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, date, small_integer, text, uuid},
    sea_orm::DbBackend,
};

use super::m20261125_000005_widen_totals as of_categories_alone;

/// What is written besides the key.
const SUMS: &str = "income_minor, income_count, expenses_minor, expenses_count";
const ADDED: &str = "SUM(income_minor), SUM(income_count), SUM(expenses_minor), SUM(expenses_count)";
/// Rows whose sums are all within 2^43 add up to one of 64 bits, if they are fewer than a million. The others keep a
/// row each: the hourly folding puts together what fits.
const IS_SMALL: &str =
    "income_minor BETWEEN -8796093022208 AND 8796093022208 AND expenses_minor BETWEEN -8796093022208 AND 8796093022208";

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        db.execute_unprepared("CREATE TABLE former_totals AS SELECT * FROM totals").await?;
        manager.drop_table(Table::drop().table("totals").to_owned()).await?;
        create_totals(manager).await?;
        let columns = format!("span, currency, start, category_id, slot, {SUMS}");
        let copy = format!(
            "INSERT INTO totals ({columns}) SELECT {columns} FROM former_totals \
             ORDER BY span, currency, start, category_id, slot"
        );
        db.execute_unprepared(&copy).await?;
        db.execute_unprepared("DROP TABLE former_totals").await?;
        db.execute_unprepared(
            "CREATE INDEX idx_totals_category_id_span_currency_start ON totals (category_id, span, currency, start)",
        )
        .await?;
        let first_day = match manager.get_database_backend() {
            DbBackend::Sqlite => "'1900-01-01'",
            _ => "DATE '1900-01-01'",
        };
        add_up(manager, "totals", &format!("'ALL', currency, {first_day}, category_id"), "span = 'MONTH'", 4).await?;
        create_currency_totals(manager).await?;
        add_up(manager, "currency_totals", "span, currency, start", "span <> 'ALL'", 3).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("currency_totals").to_owned()).await?;
        of_categories_alone::Migration.up(manager).await
    }
}

async fn create_totals(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut totals = table("totals", &["span", "currency", "start", "category_id", "slot"]);
    let is_sqlite = manager.get_database_backend() == DbBackend::Sqlite;
    totals
        .col(uuid("category_id"))
        .check(Expr::col("span").is_in(["DAY", "MONTH", "ALL"]))
        .foreign_key(ForeignKey::create().from("totals", "category_id").to("categories", "id"))
        .extra(if is_sqlite { "WITHOUT ROWID" } else { "PARTITION BY LIST (span)" });
    refuse_floats(manager, &mut totals);
    manager.create_table(totals).await?;
    if !is_sqlite {
        for (name, span) in [("day_totals", "DAY"), ("month_totals", "MONTH"), ("all_totals", "ALL")] {
            let partition = format!("CREATE TABLE {name} PARTITION OF totals FOR VALUES IN ('{span}')");
            manager.get_connection().execute_unprepared(&partition).await?;
        }
    }
    Ok(())
}

async fn create_currency_totals(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let mut totals = table("currency_totals", &["span", "currency", "start", "slot"]);
    totals.check(Expr::col("span").is_in(["DAY", "MONTH"]));
    if manager.get_database_backend() == DbBackend::Sqlite {
        totals.extra("WITHOUT ROWID");
    }
    refuse_floats(manager, &mut totals);
    manager.create_table(totals).await
}

/// The columns that both tables have, and the key.
fn table(name: &'static str, columns: &[&'static str]) -> TableCreateStatement {
    let mut key = Index::create();
    for column in columns {
        key.col(*column);
    }
    let mut table = Table::create();
    table
        .table(name)
        .col(text("span"))
        .col(text("currency"))
        .col(date("start"))
        .col(small_integer("slot"))
        .col(big_integer("income_minor"))
        .col(big_integer("income_count"))
        .col(big_integer("expenses_minor"))
        .col(big_integer("expenses_count"))
        .primary_key(&mut key);
    table
}

/// SQLite turns an addition that overflows into a float; PostgreSQL refuses it.
fn refuse_floats(manager: &SchemaManager<'_>, table: &mut TableCreateStatement) {
    if manager.get_database_backend() == DbBackend::Sqlite {
        for sum in ["income_minor", "expenses_minor"] {
            table.check(Expr::cust(format!("typeof({sum}) = 'integer'")));
        }
    }
}

/// Fills `table` from the `totals` that `which` tells, added up to the first `keys` columns of its key, which are `key`.
async fn add_up(manager: &SchemaManager<'_>, table: &str, key: &str, which: &str, keys: usize) -> Result<(), DbErr> {
    let columns = ["span", "currency", "start", "category_id"][..keys].join(", ");
    let group: Vec<_> = (1..=keys).map(|column| column.to_string()).collect();
    let small = format!(
        "INSERT INTO {table} ({columns}, slot, {SUMS}) SELECT {key}, 0, {ADDED} FROM totals \
         WHERE {which} AND {IS_SMALL} GROUP BY {}",
        group.join(", ")
    );
    let large = format!(
        "INSERT INTO {table} ({columns}, slot, {SUMS}) \
         SELECT {key}, ROW_NUMBER() OVER (PARTITION BY {key} ORDER BY start, category_id, slot), {SUMS} FROM totals \
         WHERE {which} AND NOT ({IS_SMALL})"
    );
    let db = manager.get_connection();
    db.execute_unprepared(&small).await?;
    db.execute_unprepared(&large).await?;
    Ok(())
}
