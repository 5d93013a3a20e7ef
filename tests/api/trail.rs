//! What the audit trail can be relied on for: a change and its event are one, and no event is touched again.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use entity::Role;
use sea_orm::ConnectionTrait;
use serde_json::Value;
use tallybook::sessions;

use crate::{
    access::MUTATIONS,
    harness::{Rows, TestApp},
    on_both,
    scene::Scene,
};

on_both![a_change_that_cannot_be_written_down_does_not_happen, nothing_that_can_be_done_touches_an_event,];

/// Refreshing is no event; that an old token was used is. Nor is offering a file, or preparing to import one.
fn leaves_an_event(mutation: &str) -> bool {
    let silent =
        ["refreshSession", "exportRecords", "createImport", "updateImport", "saveImportFormat", "deleteImportFormat"];
    !silent.iter().any(|name| mutation.starts_with(name))
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
    let is_addition =
        |it: &String| it.matches("audit_events").count() == it.matches("INSERT INTO \"audit_events\"").count();
    assert!(!writes.is_empty() && writes.iter().all(is_addition), "{writes:#?}");
}
