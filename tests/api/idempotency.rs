//! Keys of clients: what is sent again is not made again, and says no more than its sender may know.

use chrono::TimeDelta;
use entity::Role;
use serde_json::json;

use crate::{books::an_expense, harness::TestApp, on_both};

on_both![
    a_replay_shows_the_record_as_it_is_now,
    a_replay_does_not_show_a_deleted_record,
    a_key_is_new_after_thirty_days,
    what_was_refused_does_not_keep_its_key,
];

async fn a_replay_shows_the_record_as_it_is_now(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let input = an_expense(json!({ "idempotencyKey": "one" }));
    let record = analyst.create(input.clone()).await.ok()["createRecord"]["record"].take();
    let update = analyst.update(json!({ "id": record["id"], "notes": "changed" })).await.ok();
    let again = analyst.create(input).await.ok()["createRecord"].take();
    assert_eq!((&again["replayed"], &again["record"]), (&json!(true), &update["updateRecord"]["record"]));
}

async fn a_replay_does_not_show_a_deleted_record(app: TestApp) {
    let (admin, analyst) = (app.as_(Role::Admin).await, app.as_(Role::Analyst).await);
    for (client, is_shown) in [(&analyst, false), (&admin, true)] {
        let input = an_expense(json!({ "idempotencyKey": "one" }));
        let record = client.create(input.clone()).await.ok()["createRecord"]["record"]["id"].take();
        admin.update(json!({ "id": record, "notes": "for admins" })).await.ok();
        admin.delete(json!({ "id": record })).await.ok();
        let again = client.create(input.clone()).await;
        if is_shown {
            assert_eq!(again.ok()["createRecord"]["record"]["notes"], "for admins");
        } else {
            assert_eq!((again.code(), again.field()), ("CONFLICT", Some("input.idempotencyKey")));
            assert!(!again.body.contains("for admins"), "{}", again.body);
        }
        let reused = client.create(an_expense(json!({ "idempotencyKey": "one", "notes": "other" }))).await;
        assert_eq!(reused.code(), "IDEMPOTENCY_KEY_REUSED");
    }
    assert_eq!(app.rows().await["records"].len(), 2);
}

async fn a_key_is_new_after_thirty_days(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let enter = async || {
        // Sessions end sooner.
        let client = app.signed_in(analyst.user()).await;
        client.create(an_expense(json!({ "idempotencyKey": "one" }))).await.ok()["createRecord"].take()
    };
    let first = enter().await;
    app.advance(TimeDelta::days(29));
    assert_eq!(enter().await["record"]["id"], first["record"]["id"]);
    app.advance(TimeDelta::days(2));
    let second = enter().await;
    assert_eq!(second["replayed"], false);
    assert_ne!(second["record"]["id"], first["record"]["id"]);
    assert_eq!(enter().await["record"]["id"], second["record"]["id"]);
}

async fn what_was_refused_does_not_keep_its_key(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    app.panic_at("INSERT INTO \"records\"");
    analyst.create(an_expense(json!({ "idempotencyKey": "one" }))).await;
    assert!(app.rows().await["idempotency_keys"].is_empty());
    let entered = analyst.create(an_expense(json!({ "idempotencyKey": "one", "notes": "other" }))).await.ok();
    assert_eq!(entered["createRecord"]["replayed"], false);
}
