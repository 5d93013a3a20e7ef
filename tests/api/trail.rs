//! What the audit trail can be relied on for: a change and its event are one, and no event is touched again.

use std::{collections::BTreeSet, fs, path::Path};

use chrono::TimeDelta;
use entity::Role;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tallybook::sessions;

use crate::{
    access::MUTATIONS,
    harness::{Rows, TestApp},
    on_both,
    scene::Scene,
};

on_both![a_change_that_cannot_be_written_down_does_not_happen, nothing_that_can_be_done_touches_an_event,];

/// Refreshing is no event; that an old token was used is.
fn leaves_an_event(mutation: &str) -> bool {
    !mutation.starts_with("refreshSession")
}

/// What has no history.
fn without_counters(mut rows: Rows) -> Rows {
    rows.remove("throttles");
    rows.remove("sign_in_networks");
    rows
}

async fn a_change_that_cannot_be_written_down_does_not_happen(app: TestApp) {
    for (_, mutation) in MUTATIONS.iter().filter(|(_, mutation)| leaves_an_event(mutation)) {
        let (scene, admin) = (Scene::new(&app).await, app.as_(Role::Admin).await);
        let document = scene.fill_for(&admin, &format!("mutation {{ {mutation} }}")).await;
        let before = without_counters(app.rows().await);
        rename(&app, "audit_events", "elsewhere").await;
        let response = admin.run(&document, Value::Null).await;
        assert_eq!(response.code(), "INTERNAL_SERVER_ERROR", "{mutation}: {}", response.body);
        rename(&app, "elsewhere", "audit_events").await;
        assert_eq!(without_counters(app.rows().await), before, "{mutation}");
    }
}

async fn rename(app: &TestApp, from: &str, to: &str) {
    let statement = format!("ALTER TABLE {from} RENAME TO {to}");
    app.db().read().execute_unprepared(&statement).await.expect("the table to be renamed");
}

async fn nothing_that_can_be_done_touches_an_event(app: TestApp) {
    let mut writes = BTreeSet::new();
    for (_, mutation) in MUTATIONS {
        let (scene, admin) = (Scene::new(&app).await, app.as_(Role::Admin).await);
        let document = scene.fill_for(&admin, &format!("mutation {{ {mutation} }}")).await;
        let before = app.rows().await["audit_events"].clone();
        let (response, statements) = app.statements_of(admin.run(&document, Value::Null)).await;
        response.ok();
        let after = app.rows().await["audit_events"].clone();
        assert!(before.iter().all(|event| after.contains(event)), "{mutation}");
        assert_eq!(after.len() > before.len(), leaves_an_event(mutation), "{mutation}");
        writes.extend(statements.into_iter().filter(|it| it.contains("audit_events")));
    }
    app.advance(TimeDelta::days(1_000));
    let events = app.rows().await["audit_events"].clone();
    assert!(sessions::remove_ended(app.services()).await.is_ok());
    assert_eq!(app.rows().await["audit_events"], events);
    let first_words: BTreeSet<_> = writes.iter().filter_map(|statement| statement.split(' ').next()).collect();
    assert_eq!(json!(first_words), json!(["INSERT"]));
}

/// What the tests above cannot see: code that no request reaches. The table is named in two modules: one adds
/// to it, one reads it, and neither has a word for anything else.
#[test]
fn no_code_can_update_or_delete_an_event() {
    let mut sources = Vec::new();
    read_sources(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut sources);
    assert!(sources.len() > 50, "{}", sources.len());
    let is_used = |text: &str| text.split("audit_event").skip(1).any(names_the_table);
    let users: BTreeSet<_> = sources.iter().filter(|(_, text)| is_used(text)).map(|(path, _)| path.as_str()).collect();
    assert_eq!(json!(users), json!(["src/audit/graphql.rs", "src/audit/store.rs", "src/change.rs"]));
    let changing = ["update", "delete", "save(", "on_conflict", "unprepared", "truncate"];
    for (path, text) in sources.iter().filter(|(path, _)| users.contains(path.as_str())) {
        let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<String>().to_lowercase();
        let found: Vec<_> = changing.iter().filter(|word| code.contains(*word)).collect();
        assert!(found.is_empty(), "{path}: {found:?}");
    }
}

/// Whether what follows `audit_event` takes anything from there but the names of actions and things.
fn names_the_table(rest: &str) -> bool {
    let names = match (rest.strip_prefix("::{"), rest.strip_prefix("::")) {
        (Some(list), _) => list.split('}').next().unwrap_or_default(),
        (None, Some(path)) => path.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or_default(),
        (None, None) => return true,
    };
    names.split(',').map(str::trim).any(|name| !["", "AuditAction", "AuditEntity"].contains(&name))
}

fn read_sources(directory: &Path, sources: &mut Vec<(String, String)>) {
    for entry in fs::read_dir(directory).expect("a directory") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            read_sources(&path, sources);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let name = path.strip_prefix(env!("CARGO_MANIFEST_DIR")).expect("a source of ours").display().to_string();
            sources.push((name, fs::read_to_string(&path).expect("a source")));
        }
    }
}
