//! The journal: the order in which changes became visible, and the chain over it.
//!
//! Events that stand already are put into the outbox, and numbered as new ones are. The names and addresses of users
//! leave them for a table of their own: `changes` keeps a salted hash of each, so that the values can be erased one day
//! and the chain holds.

use sea_orm_migration::{
    prelude::*,
    schema::{big_integer, binary, binary_null, integer, text, text_null, timestamp_with_time_zone, uuid, uuid_null},
    sea_orm::{DbBackend, JsonValue, QueryResult, Statement, Value, prelude::Uuid},
};
use sha2::{Digest, Sha256};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_column(manager, integer("entity_version").default(0)).await?;
        for column in [uuid_null("api_token_id"), uuid_null("import_id"), binary_null("state_hash")] {
            add_column(manager, column).await?;
        }
        create_tables(manager).await?;
        let db = manager.get_connection();
        for statement in [
            "CREATE UNIQUE INDEX uq_journal_event_id ON journal (event_id)",
            "CREATE INDEX idx_journal_at ON journal (at)",
            "CREATE INDEX idx_journal_actor_id_position ON journal (actor_id, position)",
            "CREATE INDEX idx_journal_action_position ON journal (action, position)",
            "CREATE INDEX idx_journal_entity_id_position ON journal (entity_id, position)",
            "DROP INDEX idx_audit_events_at_id",
            "DROP INDEX idx_audit_events_actor_id_at_id",
            "DROP INDEX idx_audit_events_entity_id_at_id",
            "CREATE INDEX idx_audit_events_entity_id_entity_version_id ON audit_events (entity_id, entity_version, id)",
        ] {
            db.execute_unprepared(statement).await?;
        }
        seal_users(manager).await?;
        db.execute_unprepared("INSERT INTO outbox (event_id) SELECT id FROM audit_events ORDER BY at, id").await?;
        let head = Query::insert()
            .into_table("journal_head")
            .columns(["id", "position", "hash"])
            .values_panic([1.into(), 0_i64.into(), Value::from(vec![0_u8; 32]).into()])
            .to_owned();
        manager.execute(head).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        unseal_users(manager).await?;
        for table in ["outbox", "journal", "journal_head", "personal_values"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        for statement in [
            "DROP INDEX idx_audit_events_entity_id_entity_version_id",
            "CREATE INDEX idx_audit_events_at_id ON audit_events (at, id)",
            "CREATE INDEX idx_audit_events_entity_id_at_id ON audit_events (entity_id, at, id)",
            "CREATE INDEX idx_audit_events_actor_id_at_id ON audit_events (actor_id, at, id)",
        ] {
            db.execute_unprepared(statement).await?;
        }
        for column in ["entity_version", "api_token_id", "import_id", "state_hash"] {
            let drop = Table::alter().table("audit_events").drop_column(column).to_owned();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}

async fn add_column(manager: &SchemaManager<'_>, column: impl IntoColumnDef) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table("audit_events").add_column(column).to_owned()).await
}

async fn create_tables(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let journal = Table::create()
        .table("journal")
        .col(big_integer("position").primary_key())
        .col(uuid("event_id"))
        .col(binary("hash"))
        .col(timestamp_with_time_zone("at"))
        .col(uuid_null("actor_id"))
        .col(text("action"))
        .col(text("entity_type"))
        .col(uuid("entity_id"))
        .to_owned();
    let head = Table::create()
        .table("journal_head")
        .col(integer("id").primary_key())
        .col(big_integer("position"))
        .col(binary("hash"))
        .check(Expr::col("id").eq(1))
        .to_owned();
    let personal_values = Table::create()
        .table("personal_values")
        .col(uuid("event_id"))
        .col(text("field"))
        .col(binary("salt"))
        .col(text_null("before"))
        .col(text_null("after"))
        .primary_key(Index::create().col("event_id").col("field"))
        .to_owned();
    for table in [journal, head, personal_values] {
        manager.create_table(table).await?;
    }
    // The number is given with the row, so that of two events of one object the later one has the greater. SQLite gives
    // the next after the greatest that is there.
    let outbox = match manager.get_database_backend() {
        DbBackend::Postgres => {
            "CREATE TABLE outbox (sequence bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, event_id uuid NOT NULL)"
        }
        _ => "CREATE TABLE outbox (sequence integer PRIMARY KEY, event_id uuid_text NOT NULL)",
    };
    manager.get_connection().execute_unprepared(outbox).await?;
    Ok(())
}

/// Changes of a user as 0.1 wrote them.
fn user_events(manager: &SchemaManager<'_>) -> Statement {
    Statement::from_string(
        manager.get_database_backend(),
        "SELECT id, changes FROM audit_events WHERE entity_type = 'USER' AND action IN ('CREATED', 'UPDATED')",
    )
}

async fn seal_users(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = manager.get_connection();
    for event in db.query_all_raw(user_events(manager)).await? {
        let (id, mut changes) = read(&event)?;
        let mut values = Vec::new();
        for change in changes.as_array_mut().into_iter().flatten() {
            let field = change["field"].as_str().unwrap_or_default().to_owned();
            if field == "name" || field == "email" {
                let text = |name: &str| change[name].as_str().map(str::to_owned);
                let (before, after) = (text("before"), text("after"));
                let mut salt = vec![0; 16];
                getrandom::fill(&mut salt).map_err(|error| DbErr::Custom(error.to_string()))?;
                *change = JsonValue::from_iter([
                    ("field".to_owned(), JsonValue::from(field.as_str())),
                    ("sealed".to_owned(), seal(&salt, before.as_deref(), after.as_deref()).into()),
                ]);
                values.push((field, salt, before, after));
            }
        }
        for (field, salt, before, after) in values {
            let insert = Query::insert()
                .into_table("personal_values")
                .columns(["event_id", "field", "salt", "before", "after"])
                .values_panic([id.clone().into(), field.into(), salt.into(), before.into(), after.into()])
                .to_owned();
            manager.execute(insert).await?;
        }
        write(manager, id, changes).await?;
    }
    Ok(())
}

async fn unseal_users(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = manager.get_connection();
    for event in db.query_all_raw(user_events(manager)).await? {
        let (id, mut changes) = read(&event)?;
        let select = Query::select()
            .columns(["field", "before", "after"])
            .from("personal_values")
            .and_where(Expr::col("event_id").eq(id.clone()))
            .to_owned();
        for value in db.query_all(&select).await? {
            let field: String = value.try_get("", "field")?;
            let text = |name| value.try_get::<Option<String>>("", name);
            let unsealed = JsonValue::from_iter([
                ("field".to_owned(), JsonValue::from(field.as_str())),
                ("before".to_owned(), text("before")?.into()),
                ("after".to_owned(), text("after")?.into()),
            ]);
            for change in changes.as_array_mut().into_iter().flatten().filter(|change| change["field"] == *field) {
                change.clone_from(&unsealed);
            }
        }
        write(manager, id, changes).await?;
    }
    Ok(())
}

fn read(event: &QueryResult) -> Result<(Value, JsonValue), DbErr> {
    Ok((event.try_get::<Uuid>("", "id")?.into(), event.try_get("", "changes")?))
}

async fn write(manager: &SchemaManager<'_>, id: Value, changes: JsonValue) -> Result<(), DbErr> {
    let update =
        Query::update().table("audit_events").value("changes", changes).and_where(Expr::col("id").eq(id)).to_owned();
    manager.execute(update).await
}

/// SHA-256 over the salt and both values, each with its length in front of it, in hexadecimal digits.
fn seal(salt: &[u8], before: Option<&str>, after: Option<&str>) -> String {
    let mut hasher = Sha256::new_with_prefix(salt);
    for value in [before, after] {
        match value {
            None => hasher.update([0]),
            Some(text) => {
                hasher.update([1]);
                hasher.update((text.len() as u64).to_be_bytes());
                hasher.update(text);
            }
        }
    }
    hasher.finalize().iter().fold(String::new(), |digits, byte| digits + &format!("{byte:02x}"))
}
