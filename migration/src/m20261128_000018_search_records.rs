//! What a search looks at in a record, folded; and on SQLite its index, which needs rows that keep their numbers.
//!
//! An implicit row number may change when the file is vacuumed, and a backup is. A named one never does, and costs nothing:
//! it is the number that each row had anyway. PostgreSQL's index needs an extension, which may come later: the program
//! makes it (`db/texts.rs`).

use sea_orm_migration::{
    prelude::*,
    schema::{
        big_integer, binary_null, date, integer, text, text_null, timestamp_with_time_zone,
        timestamp_with_time_zone_null, uuid, uuid_null,
    },
    sea_orm::{DbBackend, Statement, TryGetable},
};
use serde_json::Value as Json;
use unicode_normalization::UnicodeNormalization;

/// How many rows are filled in at a time.
const BATCH: usize = 2_000;

const COLUMNS: &str = "id, kind, amount_minor, currency, category_id, date, notes, counterparty, import_id, source_key, \
                       created_by, updated_by, version, created_at, updated_at, deleted_at, deleted_by";

/// The index of SQLite: of trigrams alone, without their places, up to the row that `record_texts_end` names. It reads the
/// texts where they are, and old ones are told to it where they change. The rows behind are put in by the program, many at
/// a time: one at a time they would cost as much as the record itself.
const INDEX: [&str; 7] = [
    "CREATE VIRTUAL TABLE record_texts USING fts5(search_text, content='records', content_rowid='number', \
     tokenize='trigram case_sensitive 1', detail=none, columnsize=0)",
    "INSERT INTO record_texts(record_texts) VALUES ('rebuild')",
    "CREATE TABLE record_texts_end (through integer NOT NULL)",
    "INSERT INTO record_texts_end SELECT COALESCE(MAX(number), 0) FROM records",
    // The number of a row that was removed is given again.
    "CREATE TRIGGER record_texts_inserted AFTER INSERT ON records \
     WHEN new.number <= (SELECT through FROM record_texts_end) BEGIN \
     INSERT INTO record_texts(rowid, search_text) VALUES (new.number, new.search_text); END",
    "CREATE TRIGGER record_texts_deleted AFTER DELETE ON records \
     WHEN old.number <= (SELECT through FROM record_texts_end) BEGIN \
     INSERT INTO record_texts(record_texts, rowid, search_text) VALUES ('delete', old.number, old.search_text); END",
    "CREATE TRIGGER record_texts_updated AFTER UPDATE OF search_text ON records \
     WHEN old.number <= (SELECT through FROM record_texts_end) AND old.search_text IS NOT new.search_text BEGIN \
     INSERT INTO record_texts(record_texts, rowid, search_text) VALUES ('delete', old.number, old.search_text); \
     INSERT INTO record_texts(rowid, search_text) VALUES (new.number, new.search_text); END",
];

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let indexes = indexes(manager).await?;
        if manager.get_database_backend() == DbBackend::Sqlite {
            manager.create_table(records(true)).await?;
            fill_sqlite(manager).await?;
            replace(manager, &indexes).await?;
            return execute_all(manager, &INDEX).await;
        }
        // Each row is written again, and would be put into each index again.
        for (name, _) in &indexes {
            db.execute_unprepared(&format!("DROP INDEX {name}")).await?;
        }
        db.execute_unprepared("ALTER TABLE records ADD COLUMN search_text text").await?;
        fill_postgres(manager).await?;
        db.execute_unprepared("ALTER TABLE records ALTER COLUMN search_text SET NOT NULL").await?;
        make(manager, &indexes).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        if manager.get_database_backend() != DbBackend::Sqlite {
            db.execute_unprepared("ALTER TABLE records DROP COLUMN search_text").await?;
            return Ok(());
        }
        let indexes = indexes(manager).await?;
        execute_all(manager, &["DROP TABLE record_texts", "DROP TABLE record_texts_end"]).await?;
        manager.create_table(records(false)).await?;
        // In the order of their numbers, which they keep.
        let copy = format!("INSERT INTO records_new ({COLUMNS}) SELECT {COLUMNS} FROM records ORDER BY number");
        db.execute_unprepared(&copy).await?;
        replace(manager, &indexes).await
    }
}

/// `SQLite`'s table with or without its texts and numbers.
fn records(is_searched: bool) -> TableCreateStatement {
    let mut table = Table::create();
    table.table("records_new");
    if is_searched {
        table.col(ColumnDef::new("number").integer().primary_key()).col(uuid("id").unique_key());
    } else {
        table.col(uuid("id").primary_key());
    }
    table
        .col(text("kind"))
        .col(big_integer("amount_minor"))
        .col(text("currency"))
        .col(uuid("category_id"))
        .col(date("date"))
        .col(text("notes"))
        .col(text_null("counterparty"))
        .col(uuid_null("import_id"))
        .col(binary_null("source_key"))
        .col(uuid("created_by"))
        .col(uuid("updated_by"))
        .col(integer("version"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .col(timestamp_with_time_zone_null("deleted_at"))
        .col(uuid_null("deleted_by"))
        .check(Expr::col("kind").is_in(["INCOME", "EXPENSE"]))
        .check(Expr::col("amount_minor").ne(0));
    if is_searched {
        table.col(text("search_text"));
    }
    table.take()
}

/// The indexes of the table, by name, but for that of its key.
async fn indexes(manager: &SchemaManager<'_>) -> Result<Vec<(String, String)>, DbErr> {
    let query = match manager.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT indexname::text AS name, indexdef AS definition FROM pg_indexes \
             WHERE schemaname = current_schema() AND tablename = 'records' AND indexname <> 'records_pkey'"
        }
        _ => {
            "SELECT name, sql AS definition FROM sqlite_schema \
             WHERE type = 'index' AND tbl_name = 'records' AND sql IS NOT NULL"
        }
    };
    let statement = Statement::from_string(manager.get_database_backend(), query);
    let rows = manager.get_connection().query_all_raw(statement).await?;
    rows.iter().map(|row| Ok((row.try_get("", "name")?, row.try_get("", "definition")?))).collect()
}

/// Copies all rows, a batch at a time.
async fn fill_sqlite(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let read =
        format!("SELECT rowid AS key, notes, counterparty FROM records WHERE rowid > ? ORDER BY rowid LIMIT {BATCH}");
    let write = format!(
        "INSERT INTO records_new (number, {COLUMNS}, search_text) \
         SELECT key, {COLUMNS}, folded \
         FROM (SELECT value ->> 0 AS key, value ->> 1 AS folded FROM json_each(?)) CROSS JOIN records \
         ON records.rowid = key"
    );
    fill(manager, 0_i64, &read, &write).await
}

async fn fill_postgres(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let read = format!(
        "SELECT id::text AS key, notes, counterparty FROM records WHERE id > $1::uuid ORDER BY id LIMIT {BATCH}"
    );
    let write = "UPDATE records SET search_text = folded.pair ->> 1 \
                 FROM json_array_elements($1::json) AS folded(pair) WHERE records.id = (folded.pair ->> 0)::uuid";
    fill(manager, "00000000-0000-0000-0000-000000000000".to_owned(), &read, write).await
}

/// Gives `write` the keys of all rows with their texts, as `read` finds them behind a key, from `key` on.
async fn fill<K>(manager: &SchemaManager<'_>, mut key: K, read: &str, write: &str) -> Result<(), DbErr>
where
    K: TryGetable + Into<Value> + Into<Json> + Clone,
{
    let (db, backend) = (manager.get_connection(), manager.get_database_backend());
    loop {
        let rows = db.query_all_raw(Statement::from_sql_and_values(backend, read, [key.clone().into()])).await?;
        let mut pairs = Vec::with_capacity(rows.len());
        for row in &rows {
            key = row.try_get("", "key")?;
            let (notes, counterparty): (String, Option<String>) =
                (row.try_get("", "notes")?, row.try_get("", "counterparty")?);
            let text = format!("{}\n{}", fold(&notes), fold(counterparty.as_deref().unwrap_or_default()));
            pairs.push(Json::Array(vec![key.clone().into(), text.into()]));
        }
        if pairs.is_empty() {
            return Ok(());
        }
        let pairs = Json::Array(pairs).to_string();
        db.execute_raw(Statement::from_sql_and_values(backend, write, [pairs.into()])).await?;
    }
}

/// Puts `records_new` into the place of `records`.
async fn replace(manager: &SchemaManager<'_>, indexes: &[(String, String)]) -> Result<(), DbErr> {
    execute_all(manager, &["DROP TABLE records", "ALTER TABLE records_new RENAME TO records"]).await?;
    make(manager, indexes).await
}

async fn make(manager: &SchemaManager<'_>, indexes: &[(String, String)]) -> Result<(), DbErr> {
    let definitions: Vec<_> = indexes.iter().map(|(_, definition)| definition).collect();
    execute_all(manager, &definitions).await
}

async fn execute_all<T: AsRef<str>>(manager: &SchemaManager<'_>, statements: &[T]) -> Result<(), DbErr> {
    for statement in statements {
        manager.get_connection().execute_unprepared(statement.as_ref()).await?;
    }
    Ok(())
}

/// As the program folds texts.
fn fold(text: &str) -> String {
    let folded: String = text.nfkc().filter(|c| !is_invisible(*c)).flat_map(fold_case).collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ").nfkc().collect()
}

fn fold_case(c: char) -> impl Iterator<Item = char> {
    let capitals = (c != 'ı').then(|| c.to_uppercase().flat_map(char::to_lowercase));
    let itself = capitals.is_none().then_some(c);
    capitals.into_iter().flatten().chain(itself)
}

fn is_invisible(c: char) -> bool {
    matches!(
        c,
        '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{200B}'..='\u{200F}' | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}'
        | '\u{FEFF}' | '\u{FFA0}' | '\u{E0000}'..='\u{E0FFF}'
    )
}
