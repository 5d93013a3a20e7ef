//! The history of the database: forth, back, and by several servers at once.

use std::collections::BTreeSet;

use entity::Role;
use futures_util::future::join_all;
use migration::{Migrator, MigratorTrait};
use sea_orm::{ConnectionTrait, DbBackend};
use tallybook::db::Db;

use crate::{harness::TestApp, on_both};

on_both![
    a_new_database_has_every_table_and_no_row,
    every_migration_can_be_undone_and_done_again,
    servers_that_start_at_once_migrate_once,
    migrating_what_is_up_to_date_changes_nothing,
    a_database_with_pending_migrations_is_not_ready,
    asking_whether_the_database_is_ready_writes_nothing,
    a_newer_migration_is_in_the_way_unless_it_says_that_it_only_expands,
];

async fn a_new_database_has_every_table_and_no_row(app: TestApp) {
    let mut rows = app.rows().await;
    rows.remove("seaql_migrations").expect("the list of migrations");
    let tables: Vec<_> = rows.keys().map(String::as_str).collect();
    let expected = "api_tokens audit_events categories currency_totals downloads idempotency_keys import_chunks import_formats imports journal journal_head organization \
                    outbox personal_values records \
                    sessions sign_in_networks throttles totals users";
    assert_eq!(tables.join(" "), expected);
    rows.remove("journal_head").expect("where the journal ends");
    // The harness makes it, as a server does that starts.
    assert_eq!(rows.remove("organization").map(|rows| rows.len()), Some(1));
    assert_eq!(rows.values().flatten().count(), 0);
}

async fn every_migration_can_be_undone_and_done_again(app: TestApp) {
    let before = definitions(&app).await;
    undo(&app, None).await;
    let left = definitions(&app).await.into_iter().filter(|line| !line.contains("seaql_migrations"));
    assert_eq!(left.collect::<Vec<_>>(), Vec::<String>::new());
    app.db().migrate().await.expect("the same migrations to work again");
    assert_eq!(definitions(&app).await, before);
}

async fn servers_that_start_at_once_migrate_once(app: TestApp) {
    undo(&app, None).await;
    let servers = (0..10).map(|_| async {
        let db = Db::connect(app.url(), 1).await.expect("a connection");
        db.migrate().await.expect("a migration that waits its turn");
        db.check_ready().await.map_err(|error| format!("{error:?}")).expect("a database that is ready");
    });
    join_all(servers).await;
    let done = app.rows().await.remove("seaql_migrations").expect("the list of migrations");
    assert_eq!(done.len(), Migrator::migrations().len());
}

async fn migrating_what_is_up_to_date_changes_nothing(app: TestApp) {
    app.user(Role::Admin).await;
    let before = app.rows().await;
    app.db().migrate().await.expect("nothing to do");
    assert_eq!(app.rows().await, before);
}

async fn a_database_with_pending_migrations_is_not_ready(app: TestApp) {
    undo(&app, Some(1)).await;
    let error = app.db().check_ready().await.expect_err("a database that is behind");
    assert_eq!(error.code().as_str(), "UNAVAILABLE");
}

async fn asking_whether_the_database_is_ready_writes_nothing(app: TestApp) {
    undo(&app, None).await;
    app.db().read().execute_unprepared("DROP TABLE seaql_migrations").await.expect("no list of migrations");
    assert!(app.db().check_ready().await.is_err());
    assert_eq!(definitions(&app).await, BTreeSet::new());
}

async fn a_newer_migration_is_in_the_way_unless_it_says_that_it_only_expands(app: TestApp) {
    add_migration(&app, "m20300101_000099_expand_records").await;
    app.db().migrate().await.expect("nothing to do");
    app.db().check_ready().await.map_err(|error| format!("{error:?}")).expect("a database that is ready");
    add_migration(&app, "m20300101_000100_drop_records").await;
    app.db().migrate().await.expect_err("tables of another version");
    assert_eq!(app.db().check_ready().await.expect_err("the same").code().as_str(), "UNAVAILABLE");
}

/// Undoes the last migrations, or all.
async fn undo(app: &TestApp, steps: Option<u32>) {
    Migrator::down(&app.outside().await, steps).await.expect("migrations to be undone");
}

async fn add_migration(app: &TestApp, name: &str) {
    let insert = format!("INSERT INTO seaql_migrations (version, applied_at) VALUES ('{name}', 0)");
    app.db().read().execute_unprepared(&insert).await.expect("one more migration");
}

/// How each table and index is defined, as the database tells it.
async fn definitions(app: &TestApp) -> BTreeSet<String> {
    let queries: &[&str] = match app.db().backend() {
        DbBackend::Postgres => &[
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
            "SELECT concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) \
             FROM information_schema.columns WHERE table_schema = 'public'",
            "SELECT concat_ws(' ', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint \
             WHERE connamespace = 'public'::regnamespace",
        ],
        _ => &["SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'"],
    };
    let mut definitions = BTreeSet::new();
    for query in queries {
        definitions.extend(app.texts(query).await);
    }
    definitions
}
