//! A merge leaves the records where they are: the merged category says which one it is shown as.
//!
//! Names are unique among those that are not merged, so that a name can be used again.

use sea_orm_migration::{
    prelude::*,
    schema::{integer, uuid_null},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in [uuid_null("merged_into"), uuid_null("merged_parent"), uuid_null("merged_by")] {
            add_column(manager, column).await?;
        }
        add_column(manager, integer("version").default(1)).await?;
        let db = manager.get_connection();
        for statement in [
            "DROP INDEX uq_categories_name_key",
            "CREATE UNIQUE INDEX uq_categories_unmerged_name_key ON categories (name_key) WHERE merged_into IS NULL",
            "CREATE INDEX idx_categories_name_key ON categories (name_key)",
            "CREATE INDEX idx_categories_merged_into ON categories (merged_into)",
        ] {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let merged = Query::select()
            .expr(Expr::cust("COUNT(*)"))
            .from("categories")
            .and_where(Expr::col("merged_into").is_not_null())
            .to_owned();
        let merged = db.query_one(&merged).await?.map_or(Ok(0_i64), |row| row.try_get_by_index(0))?;
        if merged != 0 {
            let message =
                format!("{merged} categories are merged, which the tables before cannot say: unmerge them first");
            return Err(DbErr::Custom(message));
        }
        for statement in [
            "DROP INDEX idx_categories_merged_into",
            "DROP INDEX idx_categories_name_key",
            "DROP INDEX uq_categories_unmerged_name_key",
            "CREATE UNIQUE INDEX uq_categories_name_key ON categories (name_key)",
        ] {
            db.execute_unprepared(statement).await?;
        }
        for column in ["merged_into", "merged_parent", "merged_by", "version"] {
            manager.alter_table(Table::alter().table("categories").drop_column(column).to_owned()).await?;
        }
        Ok(())
    }
}

async fn add_column(manager: &SchemaManager<'_>, column: impl IntoColumnDef) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table("categories").add_column(column).to_owned()).await
}
