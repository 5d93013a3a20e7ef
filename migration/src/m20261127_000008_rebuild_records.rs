//! Records may be below zero, the keys of clients have a table of their own, and every index earns its place.
//!
//! SQLite cannot change a check: there the table is made anew. No foreign key is left: neither a category nor a user is
//! ever removed, and each key was looked up again for every record.

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, binary, binary_null, date, integer, json_binary, text, text_null, timestamp_with_time_zone,
        timestamp_with_time_zone_null, uuid, uuid_null,
    },
    sea_orm::DbBackend,
};

const COLUMNS: &str = "id, kind, amount_minor, currency, category_id, date, notes, created_by, updated_by, version, \
                       created_at, updated_at, deleted_at, deleted_by";

/// What the records had before.
const FORMER_INDEXES: [&str; 9] = [
    "CREATE INDEX idx_records_date_id ON records (date, id) WHERE deleted_at IS NULL",
    "CREATE INDEX idx_records_created_at_id ON records (created_at, id) WHERE deleted_at IS NULL",
    "CREATE INDEX idx_records_amount_minor_id ON records (amount_minor, id) WHERE deleted_at IS NULL",
    "CREATE INDEX idx_records_category_id_date_id ON records (category_id, date, id) WHERE deleted_at IS NULL",
    "CREATE INDEX idx_records_kind_category_id_date_id ON records (kind, category_id, date, id) WHERE deleted_at IS NULL",
    "CREATE INDEX idx_records_created_by_date_id ON records (created_by, date, id) WHERE deleted_at IS NULL",
    "CREATE INDEX idx_records_deleted_date_id ON records (date, id) WHERE deleted_at IS NOT NULL",
    "CREATE UNIQUE INDEX uq_records_created_by_idempotency_key ON records (created_by, idempotency_key) WHERE idempotency_key IS NOT NULL",
    "CREATE INDEX idx_records_kind_date_id ON records (kind, date, id) WHERE deleted_at IS NULL",
];

/// Whole, so that lists of deleted records beside the others walk them too.
const INDEXES: [&str; 7] = [
    "CREATE INDEX idx_records_date_id ON records (date, id)",
    "CREATE INDEX idx_records_created_at_id ON records (created_at, id)",
    "CREATE INDEX idx_records_amount_minor_id ON records (amount_minor, id)",
    "CREATE INDEX idx_records_category_id_date_id ON records (category_id, date, id)",
    "CREATE INDEX idx_records_category_id_amount_minor_id ON records (category_id, amount_minor, id)",
    "CREATE INDEX idx_records_created_by_date_id ON records (created_by, date, id)",
    "CREATE INDEX idx_records_deleted_date_id ON records (date, id) WHERE deleted_at IS NOT NULL",
];

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let keys = Table::create()
            .table("idempotency_keys")
            .col(uuid("user_id"))
            .col(text("key"))
            .col(text("mutation"))
            .col(binary("digest"))
            .col(json_binary("made"))
            .col(timestamp_with_time_zone("created_at"))
            .primary_key(Index::create().col("user_id").col("key"))
            .to_owned();
        manager.create_table(keys).await?;
        let db = manager.get_connection();
        db.execute_unprepared("CREATE INDEX idx_idempotency_keys_created_at ON idempotency_keys (created_at)").await?;
        db.execute_unprepared(match manager.get_database_backend() {
            // The first byte says how the digest was made: 0 as in 0.1.
            DbBackend::Postgres => {
                "INSERT INTO idempotency_keys (user_id, key, mutation, digest, made, created_at) \
                 SELECT created_by, idempotency_key, 'createRecord', '\\x00'::bytea || request_hash, \
                 jsonb_build_array(id), created_at FROM records WHERE idempotency_key IS NOT NULL"
            }
            _ => {
                "INSERT INTO idempotency_keys (user_id, key, mutation, digest, made, created_at) \
                 SELECT created_by, idempotency_key, 'createRecord', CAST(x'00' || request_hash AS BLOB), \
                 json_array(lower(substr(hex(id), 1, 8) || '-' || substr(hex(id), 9, 4) || '-' || \
                 substr(hex(id), 13, 4) || '-' || substr(hex(id), 17, 4) || '-' || substr(hex(id), 21))), created_at \
                 FROM records WHERE idempotency_key IS NOT NULL"
            }
        })
        .await?;
        if manager.get_database_backend() == DbBackend::Sqlite {
            return rebuild(manager, records(false), COLUMNS, COLUMNS, &INDEXES).await;
        }
        for index in FORMER_INDEXES {
            db.execute_unprepared(&format!("DROP INDEX {}", name_of(index))).await?;
        }
        db.execute_unprepared(
            "ALTER TABLE records DROP COLUMN idempotency_key, DROP COLUMN request_hash, \
             DROP CONSTRAINT records_amount_minor_check, ADD CHECK (amount_minor <> 0), \
             DROP CONSTRAINT records_category_id_fkey, DROP CONSTRAINT records_created_by_fkey, \
             DROP CONSTRAINT records_updated_by_fkey, DROP CONSTRAINT records_deleted_by_fkey",
        )
        .await?;
        for index in INDEXES {
            db.execute_unprepared(index).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        if manager.get_database_backend() == DbBackend::Sqlite {
            let columns = format!("{COLUMNS}, idempotency_key, request_hash");
            let key = "(SELECT {} FROM idempotency_keys WHERE mutation = 'createRecord' AND user_id = created_by \
                       AND json_extract(made, '$[0]') = lower(substr(hex(records.id), 1, 8) || '-' || \
                       substr(hex(records.id), 9, 4) || '-' || substr(hex(records.id), 13, 4) || '-' || \
                       substr(hex(records.id), 17, 4) || '-' || substr(hex(records.id), 21)))";
            let selected =
                format!("{COLUMNS}, {}, {}", key.replace("{}", "key"), key.replace("{}", "substr(digest, 2)"));
            rebuild(manager, records(true), &columns, &selected, &FORMER_INDEXES).await?;
        } else {
            for index in INDEXES {
                db.execute_unprepared(&format!("DROP INDEX {}", name_of(index))).await?;
            }
            db.execute_unprepared(
                "ALTER TABLE records ADD COLUMN idempotency_key text, ADD COLUMN request_hash bytea, \
                 DROP CONSTRAINT records_amount_minor_check, ADD CHECK (amount_minor > 0), \
                 ADD FOREIGN KEY (category_id) REFERENCES categories, ADD FOREIGN KEY (created_by) REFERENCES users, \
                 ADD FOREIGN KEY (updated_by) REFERENCES users, ADD FOREIGN KEY (deleted_by) REFERENCES users",
            )
            .await?;
            db.execute_unprepared(
                "UPDATE records SET idempotency_key = key, request_hash = substr(digest, 2) FROM idempotency_keys \
                 WHERE mutation = 'createRecord' AND records.id = (made ->> 0)::uuid",
            )
            .await?;
            for index in FORMER_INDEXES {
                db.execute_unprepared(index).await?;
            }
        }
        manager.drop_table(Table::drop().table("idempotency_keys").to_owned()).await
    }
}

/// The table as it becomes, or as it was.
fn records(as_before: bool) -> TableCreateStatement {
    let mut table = Table::create();
    table
        .table("records_new")
        .col(uuid("id").primary_key())
        .col(text("kind"))
        .col(big_integer("amount_minor"))
        .col(text("currency"))
        .col(uuid("category_id"))
        .col(date("date"))
        .col(text("notes"))
        .col(uuid("created_by"))
        .col(uuid("updated_by"))
        .col(integer("version"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .col(timestamp_with_time_zone_null("deleted_at"))
        .col(uuid_null("deleted_by"))
        .check(Expr::col("kind").is_in(["INCOME", "EXPENSE"]));
    if !as_before {
        return table.check(Expr::col("amount_minor").ne(0)).take();
    }
    let refers = |column, to| ForeignKey::create().from("records_new", column).to(to, "id").to_owned();
    table
        .col(text_null("idempotency_key"))
        .col(binary_null("request_hash"))
        .check(Expr::col("amount_minor").gt(0))
        .foreign_key(&mut refers("category_id", "categories"))
        .foreign_key(&mut refers("created_by", "users"))
        .foreign_key(&mut refers("updated_by", "users"))
        .foreign_key(&mut refers("deleted_by", "users"))
        .take()
}

async fn rebuild(
    manager: &SchemaManager<'_>,
    table: TableCreateStatement,
    columns: &str,
    selected: &str,
    indexes: &[&str],
) -> Result<(), DbErr> {
    manager.create_table(table).await?;
    let db = manager.get_connection();
    db.execute_unprepared(&format!("INSERT INTO records_new ({columns}) SELECT {selected} FROM records")).await?;
    db.execute_unprepared("DROP TABLE records").await?;
    db.execute_unprepared("ALTER TABLE records_new RENAME TO records").await?;
    for index in indexes {
        db.execute_unprepared(index).await?;
    }
    Ok(())
}

fn name_of(index: &str) -> &str {
    index.split(' ').skip_while(|word| *word != "INDEX").nth(1).unwrap_or_default()
}
