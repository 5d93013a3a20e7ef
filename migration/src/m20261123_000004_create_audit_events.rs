//! The audit trail.

use sea_orm_migration::{
    prelude::*,
    schema::{json_binary, text, text_null, timestamp_with_time_zone, uuid, uuid_null},
};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let audit_events = Table::create()
            .table("audit_events")
            .col(uuid("id").primary_key())
            .col(timestamp_with_time_zone("at"))
            .col(uuid_null("actor_id"))
            .col(text("action"))
            .col(text("entity_type"))
            .col(uuid("entity_id"))
            .col(json_binary("changes"))
            .col(text_null("request_id"))
            .foreign_key(ForeignKey::create().from("audit_events", "actor_id").to("users", "id"))
            .to_owned();
        manager.create_table(audit_events).await?;
        for index in [
            "CREATE INDEX idx_audit_events_at_id ON audit_events (at, id)",
            "CREATE INDEX idx_audit_events_entity_id_at_id ON audit_events (entity_id, at, id)",
            "CREATE INDEX idx_audit_events_actor_id_at_id ON audit_events (actor_id, at, id)",
        ] {
            manager.get_connection().execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_table(Table::drop().table("audit_events").to_owned()).await
    }
}
