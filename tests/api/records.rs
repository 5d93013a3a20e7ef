//! The life of one record: created, read, updated, deleted, restored.

use entity::Role;
use serde_json::{Value, json};

use crate::{
    books::{an_expense, with},
    harness::TestApp,
    on_both,
};

on_both![
    a_created_record_reads_back_as_it_was_entered,
    a_record_of_least_input_is_in_the_base_currency_and_has_no_notes,
    an_update_changes_what_it_names_and_nothing_else,
    null_and_absent_fields_leave_a_record_as_it_is,
    empty_notes_clear_the_notes,
    an_update_that_changes_nothing_is_no_change,
    a_new_currency_keeps_the_number,
    a_deleted_record_is_hidden_until_it_is_restored,
    a_record_is_deleted_once_and_restored_once,
    a_stale_version_changes_nothing,
    unknown_records_are_null_in_queries_and_not_found_in_mutations,
    a_key_that_is_sent_again_brings_the_first_record_back,
    every_change_is_in_the_history_with_what_it_was_before,
];

async fn a_created_record_reads_back_as_it_was_entered(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let input = json!({
        "kind": "INCOME", "amount": "5000.00", "currency": "EUR", "category": "  Consulting ",
        "date": "2026-02-28", "notes": "  Café\r\nsecond line\t* ",
    });
    let created = analyst.create(input).await.ok();
    assert_eq!(created["createRecord"]["replayed"], false);
    let record = &created["createRecord"]["record"];
    let category = &record["category"]["id"];
    let expected = json!({
        "id": record["id"], "kind": "INCOME",
        "amount": { "amount": "5000.00", "currency": "EUR", "minorUnits": "500000" },
        "category": { "id": category, "name": "Consulting" }, "date": "2026-02-28",
        "notes": "Café\nsecond line\t*", "version": 1,
        "createdBy": { "id": analyst.id() }, "updatedBy": { "id": analyst.id() },
        "createdAt": "2026-05-31T10:00:00Z", "updatedAt": "2026-05-31T10:00:00Z",
        "deletedAt": null, "deletedBy": null,
    });
    assert_eq!(*record, expected);
    assert_eq!(app.as_(Role::Viewer).await.record(&record["id"]).await, expected);
    let node = "query ($id: ID!) { node(id: $id) { __typename id ... on FinancialRecord { date } } }";
    let node = analyst.run(node, json!({ "id": record["id"] })).await.ok();
    assert_eq!(node["node"], json!({ "__typename": "FinancialRecord", "id": record["id"], "date": "2026-02-28" }));
}

async fn a_record_of_least_input_is_in_the_base_currency_and_has_no_notes(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let record = analyst.enter(json!({ "notes": "", "currency": null })).await;
    assert_eq!((&record["amount"]["currency"], &record["notes"]), (&json!("USD"), &json!("")));
    let update = "mutation { updateOrganization(input: {baseCurrency: \"JPY\"}) { organization { baseCurrency } } }";
    app.as_(Role::Admin).await.run(update, json!({})).await.ok();
    let record = analyst.enter(json!({ "amount": "12" })).await;
    assert_eq!(record["amount"], json!({ "amount": "12", "currency": "JPY", "minorUnits": "12" }));
}

async fn an_update_changes_what_it_names_and_nothing_else(app: TestApp) {
    let author = app.as_(Role::Analyst).await;
    let editor = app.as_(Role::Analyst).await;
    let mut expected = author.enter(json!({ "notes": "as it was" })).await;
    let steps = [
        (json!({ "kind": "INCOME" }), json!({ "kind": "INCOME" })),
        (json!({ "amount": "0.01" }), json!({ "amount": { "amount": "0.01", "currency": "USD", "minorUnits": "1" } })),
        (json!({ "date": "1900-01-01" }), json!({ "date": "1900-01-01" })),
        (json!({ "notes": "as it is" }), json!({ "notes": "as it is" })),
    ];
    for (version, (patch, outcome)) in (2..).zip(steps) {
        app.advance(chrono::TimeDelta::microseconds(1));
        let now = app.now().to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
        let changed = json!({ "version": version, "updatedBy": { "id": editor.id() }, "updatedAt": now });
        expected = with(with(expected, outcome), changed);
        let updated = editor.update(with(patch, json!({ "id": expected["id"] }))).await.ok();
        assert_eq!(updated["updateRecord"]["record"], expected);
        assert_eq!(editor.record(&expected["id"]).await, expected);
    }
    let moved = editor.update(json!({ "id": expected["id"], "category": "Office" })).await.ok();
    assert_eq!(moved["updateRecord"]["record"]["category"]["name"], "Office");
}

async fn null_and_absent_fields_leave_a_record_as_it_is(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let before = analyst.enter(json!({ "notes": "kept" })).await;
    let nulls = json!({
        "id": before["id"], "expectedVersion": null, "kind": null, "amount": null, "currency": null,
        "category": null, "date": null, "notes": null,
    });
    assert_eq!(analyst.update(nulls).await.ok()["updateRecord"]["record"], before);
    let with_variables = "mutation ($id: ID!, $notes: String, $amount: Decimal, $date: Date) \
        { updateRecord(input: { id: $id, notes: $notes, amount: $amount, date: $date, kind: INCOME }) { record { id } } }";
    analyst.run(with_variables, json!({ "id": before["id"] })).await.ok();
    let after = analyst.record(&before["id"]).await;
    assert_eq!(
        (&after["notes"], &after["amount"], &after["date"]),
        (&before["notes"], &before["amount"], &before["date"])
    );
    assert_eq!((&after["kind"], &after["version"]), (&json!("INCOME"), &json!(2)));
}

async fn empty_notes_clear_the_notes(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let record = analyst.enter(json!({ "notes": "to go" })).await;
    let cleared = analyst.update(json!({ "id": record["id"], "notes": " " })).await.ok();
    assert_eq!(cleared["updateRecord"]["record"]["notes"], "");
}

async fn an_update_that_changes_nothing_is_no_change(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let record = analyst.enter(json!({})).await;
    let before = app.rows().await;
    let same =
        json!({ "id": record["id"], "expectedVersion": 1, "amount": "12.5", "category": "RENT", "date": "2026-05-01" });
    assert_eq!(app.as_(Role::Admin).await.update(same).await.ok()["updateRecord"]["record"], record);
    let after = app.rows().await;
    for table in ["records", "totals", "categories", "audit_events"] {
        assert_eq!(after[table], before[table], "{table}");
    }
}

async fn a_new_currency_keeps_the_number(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let record = analyst.enter(json!({ "amount": "12" })).await;
    for (currency, amount) in [("EUR", "12.00"), ("JPY", "12"), ("KWD", "12.000"), ("USD", "12.00")] {
        let updated = analyst.update(json!({ "id": record["id"], "currency": currency })).await.ok();
        let money = &updated["updateRecord"]["record"]["amount"];
        assert_eq!((&money["amount"], &money["currency"]), (&json!(amount), &json!(currency)));
    }
}

async fn a_deleted_record_is_hidden_until_it_is_restored(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let record = admin.enter(json!({})).await;
    let id = &record["id"];
    app.advance(chrono::TimeDelta::seconds(1));
    let deleted = admin.delete(json!({ "id": id })).await.ok()["deleteRecord"]["record"].take();
    assert_eq!(deleted["deletedAt"], "2026-05-31T10:00:01Z");
    assert_eq!((&deleted["deletedBy"]["id"], &deleted["version"]), (&json!(admin.id()), &json!(2)));

    let anywhere = "query ($id: ID!) { record(id: $id) { id } node(id: $id) { id } records { totalCount nodes { id } } \
        dashboard { summary { recordCount } recent { id } categories { category { id } } trends { from } } }";
    let viewer = app.as_(Role::Viewer).await;
    let hidden = viewer.run(anywhere, json!({ "id": id })).await.ok();
    let nowhere = json!({
        "record": null, "node": null, "records": { "totalCount": 0, "nodes": [] },
        "dashboard": { "summary": { "recordCount": 0 }, "recent": [], "categories": [], "trends": [] },
    });
    assert_eq!(hidden, nowhere);
    let by_id =
        "query ($id: ID!) { record(id: $id) { deletedAt } node(id: $id) { ... on FinancialRecord { deletedAt } } }";
    let shown = admin.run(by_id, json!({ "id": id })).await.ok();
    let deleted = json!({ "deletedAt": "2026-05-31T10:00:01Z" });
    assert_eq!(shown, json!({ "record": deleted, "node": deleted }));
    let update = admin.update(json!({ "id": id, "notes": "no" })).await;
    assert_eq!((update.code(), update.field()), ("NOT_FOUND", Some("input.id")));

    let restored = admin.restore(json!({ "id": id, "expectedVersion": 2 })).await.ok();
    assert_eq!(restored["restoreRecord"]["record"]["version"], 3);
    assert_eq!(restored["restoreRecord"]["record"]["deletedAt"], Value::Null);
    assert_eq!(restored["restoreRecord"]["record"]["deletedBy"], Value::Null);
    let shown = admin.run(anywhere, json!({ "id": id })).await.ok();
    assert_eq!(shown["record"]["id"], *id);
    assert_eq!(
        (&shown["records"]["totalCount"], &shown["dashboard"]["summary"]["recordCount"]),
        (&json!(1), &json!(1))
    );
}

async fn a_record_is_deleted_once_and_restored_once(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let record = admin.enter(json!({})).await;
    let id = json!({ "id": record["id"] });
    let restore = admin.restore(id.clone()).await;
    assert_eq!((restore.code(), restore.field()), ("CONFLICT", Some("input.id")));
    admin.delete(id.clone()).await.ok();
    let delete = admin.delete(id.clone()).await;
    assert_eq!((delete.code(), delete.field()), ("CONFLICT", Some("input.id")));
    admin.restore(id).await.ok();
    assert_eq!(tallybook::totals::verify(app.db()).await.unwrap_or_else(|e| panic!("{e:?}")), []);
}

async fn a_stale_version_changes_nothing(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let record = admin.enter(json!({})).await;
    admin.update(json!({ "id": record["id"], "notes": "second" })).await.ok();
    let before = app.rows().await;
    for version in [1, 3, 0, -1, i32::MAX, i32::MIN] {
        let input = json!({ "id": record["id"], "expectedVersion": version });
        for response in [
            admin.update(with(input.clone(), json!({ "notes": "third" }))).await,
            admin.delete(input.clone()).await,
            admin.restore(input).await,
        ] {
            assert_eq!(
                (response.code(), response.field()),
                ("VERSION_CONFLICT", Some("input.expectedVersion")),
                "{version}"
            );
            assert_eq!(response.error()["extensions"]["currentVersion"], 2);
        }
    }
    assert_eq!(app.rows().await, before);
}

async fn unknown_records_are_null_in_queries_and_not_found_in_mutations(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let id = json!("record_01h455vb4pex5vsknk084sn02q");
    assert_eq!(admin.record(&id).await, Value::Null);
    let input = json!({ "id": id });
    let notes = with(input.clone(), json!({ "notes": "no" }));
    for response in [admin.update(notes).await, admin.delete(input.clone()).await, admin.restore(input).await] {
        assert_eq!((response.code(), response.field()), ("NOT_FOUND", Some("input.id")));
    }
}

async fn a_key_that_is_sent_again_brings_the_first_record_back(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let input = an_expense(json!({ "idempotencyKey": "~import/2026-05:1", "notes": "once" }));
    let first = analyst.create(input.clone()).await.ok();
    let again = with(input.clone(), json!({ "amount": "12.500", "category": " rent ", "currency": "USD" }));
    let replayed = analyst.create(again).await.ok();
    assert_eq!(replayed["createRecord"]["replayed"], true);
    assert_eq!(replayed["createRecord"]["record"], first["createRecord"]["record"]);
    for change in [
        json!({ "amount": "12.51" }),
        json!({ "kind": "INCOME" }),
        json!({ "currency": "EUR" }),
        json!({ "category": "Office" }),
        json!({ "date": "2026-05-02" }),
        json!({ "notes": "twice" }),
    ] {
        let before = app.rows().await;
        let reused = analyst.create(with(input.clone(), change)).await;
        assert_eq!((reused.code(), reused.field()), ("IDEMPOTENCY_KEY_REUSED", Some("input.idempotencyKey")));
        assert_eq!(app.rows().await, before);
    }
}

async fn every_change_is_in_the_history_with_what_it_was_before(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let record = admin.enter(json!({ "notes": "a" })).await;
    let id = &record["id"];
    admin.update(json!({ "id": id, "amount": "13", "category": "Office", "notes": "b" })).await.ok();
    admin.delete(json!({ "id": id })).await.ok();
    admin.restore(json!({ "id": id })).await.ok();
    let query = "query ($id: ID!) { record(id: $id) { history { nodes { action actor { id } changes { field before after } } } } }";
    let history = admin.run(query, json!({ "id": id })).await.ok();
    let events = history["record"]["history"]["nodes"].as_array().expect("events");
    let actions: Vec<_> = events.iter().map(|event| event["action"].as_str().expect("an action")).collect();
    assert_eq!(actions, ["RESTORED", "DELETED", "UPDATED", "CREATED"]);
    assert!(events.iter().all(|event| event["actor"]["id"] == json!(admin.id())));
    let expected = json!([
        { "field": "amount", "before": "12.50", "after": "13.00" },
        { "field": "category", "before": "Rent", "after": "Office" },
        { "field": "notes", "before": "a", "after": "b" },
    ]);
    assert_eq!(events[2]["changes"], expected);
}
