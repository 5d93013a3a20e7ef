//! What somebody does to the tables past the program shows in `tallybook audit verify`.

use entity::Role;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::{
    harness::{Client, TestApp},
    on_both,
};

on_both![
    whatever_is_tampered_with_is_found,
    erased_values_leave_the_chain_whole,
    what_waits_for_its_position_is_no_fault,
];

/// Books with some history, all of it numbered.
async fn books(app: &TestApp) -> Client {
    let admin = app.as_(Role::Admin).await;
    let input =
        json!({ "email": "ada@example.org", "name": "Ada", "password": crate::harness::PASSWORD, "role": "VIEWER" });
    let create = "mutation ($input: CreateUserInput!) { createUser(input: $input) { user { id } } }";
    admin.run(create, json!({ "input": input })).await.ok();
    for notes in ["a", "b", "c"] {
        let record = admin.enter(json!({ "notes": notes })).await;
        admin.update(json!({ "id": record["id"], "notes": "changed" })).await.ok();
    }
    admin.run("{ auditEvents { totalCount } }", Value::Null).await.ok();
    admin
}

async fn whatever_is_tampered_with_is_found(app: TestApp) {
    books(&app).await;
    let whole = app.verify_journal().await;
    assert_eq!((whole.faults.as_slice(), whole.position, whole.waiting, whole.erased), (&[][..], 8, 0, 0));
    let at = |position: i32| format!("(SELECT event_id FROM journal WHERE position = {position})");
    let keep = |table: &str| format!("CREATE TABLE kept AS SELECT * FROM {table}");
    let put_back = |table: &str| match table {
        // Other tables refer to these rows.
        "categories" => "UPDATE categories SET name = 'Rent'; DROP TABLE kept".to_owned(),
        "users" => "UPDATE users SET role = 'VIEWER' WHERE email = 'ada@example.org'; DROP TABLE kept".to_owned(),
        _ => format!("DELETE FROM {table}; INSERT INTO {table} SELECT * FROM kept; DROP TABLE kept"),
    };
    for (table, tampering, found) in [
        (
            "audit_events",
            format!("UPDATE audit_events SET actor_id = NULL WHERE id = {}", at(3)),
            "at position 3 was changed",
        ),
        (
            "audit_events",
            format!("UPDATE audit_events SET changes = '[]' WHERE id = {}", at(6)),
            "at position 6 was changed",
        ),
        (
            "audit_events",
            format!("UPDATE audit_events SET state_hash = NULL WHERE id = {}", at(8)),
            "at position 8 was changed",
        ),
        ("audit_events", format!("DELETE FROM audit_events WHERE id = {}", at(5)), "at position 5 is gone"),
        ("journal", "DELETE FROM journal WHERE position IN (4, 5)".to_owned(), "Positions 4 to 5 are missing"),
        ("journal", "DELETE FROM journal WHERE position = 8".to_owned(), "ends at position 7, but 8 were given"),
        (
            "journal",
            "UPDATE journal SET action = 'DELETED' WHERE position = 2".to_owned(),
            "Position 2 does not describe",
        ),
        (
            "personal_values",
            "UPDATE personal_values SET after = 'Eve' WHERE field = 'name'".to_owned(),
            "The name in the event",
        ),
        (
            "records",
            "UPDATE records SET amount_minor = 99 WHERE notes = 'changed'".to_owned(),
            "is not as its last event",
        ),
        ("categories", "UPDATE categories SET name = 'Rant'".to_owned(), "is not as its last event"),
        (
            "users",
            "UPDATE users SET role = 'ADMIN' WHERE email = 'ada@example.org'".to_owned(),
            "is not as its last event",
        ),
    ] {
        execute(&app, &keep(table)).await;
        execute(&app, &tampering).await;
        let report = app.verify_journal().await;
        assert!(report.faults.iter().any(|fault| fault.contains(found)), "{tampering}: {report:#?}");
        execute(&app, &put_back(table)).await;
        assert_eq!(app.verify_journal().await, whole, "{tampering}");
    }
    let copied = format!(
        "CREATE TABLE kept AS SELECT * FROM audit_events WHERE id = {}; UPDATE kept SET id = entity_id; \
         INSERT INTO audit_events SELECT * FROM kept; DROP TABLE kept",
        at(2)
    );
    execute(&app, &copied).await;
    let report = app.verify_journal().await;
    assert!(report.faults.iter().any(|fault| fault.contains("was put in")), "{report:#?}");
}

async fn erased_values_leave_the_chain_whole(app: TestApp) {
    let admin = books(&app).await;
    let before = app.verify_journal().await;
    execute(&app, "DELETE FROM personal_values").await;
    let after = app.verify_journal().await;
    assert_eq!((after.erased, &after.faults, &after.hash), (2, &vec![], &before.hash));
    let list = "{ auditEvents(filter: { entityType: USER }) { nodes { changes { field before after } } } }";
    let changes = admin.run(list, Value::Null).await.ok()["auditEvents"]["nodes"][0]["changes"].take();
    assert_eq!(changes[0], json!({ "field": "email", "before": null, "after": null }));
    assert_eq!(changes[2], json!({ "field": "role", "before": null, "after": "VIEWER" }));
}

async fn what_waits_for_its_position_is_no_fault(app: TestApp) {
    let admin = books(&app).await;
    admin.enter(json!({})).await;
    let report = app.verify_journal().await;
    assert_eq!((report.waiting, report.faults.len()), (1, 0));
    execute(&app, "DELETE FROM audit_events WHERE id IN (SELECT event_id FROM outbox)").await;
    let report = app.verify_journal().await;
    assert!(report.faults.iter().any(|fault| fault.contains("which waits for its position, is gone")), "{report:#?}");
}

async fn execute(app: &TestApp, statements: &str) {
    app.db().read().execute_unprepared(statements).await.expect("a statement that works");
}
