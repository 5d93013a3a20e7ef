//! Users, their sessions, and the counters of failed sign-ins.

use sea_orm_migration::{
    prelude::*,
    schema::{
        binary, binary_null, boolean, integer, text, text_null, timestamp_with_time_zone,
        timestamp_with_time_zone_null, uuid,
    },
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let users = Table::create()
            .table("users")
            .col(uuid("id").primary_key())
            .col(text("email"))
            .col(text("name"))
            .col(text("password_hash"))
            .col(text("role"))
            .col(boolean("is_active"))
            .col(integer("version"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("updated_at"))
            .check(Expr::col("role").is_in(["VIEWER", "ANALYST", "ADMIN"]))
            .to_owned();
        manager.create_table(users).await?;

        let sessions = Table::create()
            .table("sessions")
            .col(uuid("id").primary_key())
            .col(uuid("user_id"))
            .col(binary("secret_hash"))
            .col(binary_null("previous_secret_hash"))
            .col(timestamp_with_time_zone("rotated_at"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("last_used_at"))
            .col(timestamp_with_time_zone("expires_at"))
            .col(timestamp_with_time_zone("absolute_expires_at"))
            .col(timestamp_with_time_zone_null("revoked_at"))
            .col(text_null("user_agent"))
            .foreign_key(ForeignKey::create().from("sessions", "user_id").to("users", "id"))
            .to_owned();
        manager.create_table(sessions).await?;

        let throttles = Table::create()
            .table("throttles")
            .col(text("key").primary_key())
            .col(integer("failures"))
            .col(timestamp_with_time_zone("window_start"))
            .col(timestamp_with_time_zone("blocked_until"))
            .to_owned();
        manager.create_table(throttles).await?;

        for index in [
            "CREATE UNIQUE INDEX uq_users_email ON users (email)",
            "CREATE INDEX idx_users_created_at_id ON users (created_at, id)",
            "CREATE INDEX idx_sessions_user_id ON sessions (user_id)",
        ] {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["throttles", "sessions", "users"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}
