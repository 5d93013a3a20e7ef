//! Closed books: no record of a closed day changes, whoever tries, and whenever.

use entity::Role;
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};

use crate::{
    books::{an_expense, with},
    harness::{Response, TestApp},
    on_both,
};

on_both![
    records_of_closed_days_are_neither_created_nor_changed_nor_deleted_nor_restored,
    of_many_records_those_of_closed_days_are_problems,
    a_record_moves_neither_into_a_closed_period_nor_out_of_one,
    closing_goes_forward_and_reopening_back,
    categories_are_renamed_and_merged_over_closed_days,
    a_creation_that_was_made_before_is_replayed_after_its_day_was_closed,
    a_record_of_an_open_day_is_entered_by_one_statement_while_others_are_closed,
    the_database_refuses_what_a_server_does_not_know_to_be_closed,
];

/// The last day that is closed in these tests.
pub const BORDER: &str = "2026-03-31";

pub fn assert_closed(response: &Response, field: &str) {
    assert_eq!(response.code(), "PERIOD_CLOSED", "{}", response.body);
    let extensions = &response.error()["extensions"];
    assert_eq!((&extensions["field"], &extensions["closedThrough"]), (&json!(field), &json!(BORDER)));
}

async fn records_of_closed_days_are_neither_created_nor_changed_nor_deleted_nor_restored(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let kept = admin.enter(json!({ "date": BORDER })).await;
    let gone = admin.enter(json!({ "date": "2026-03-30" })).await;
    admin.delete(json!({ "id": gone["id"] })).await.ok();
    admin.close(json!({ "through": BORDER })).await.ok();
    let before = app.rows().await;
    for input in [
        json!({ "date": BORDER }),
        json!({ "date": "1900-01-01" }),
        json!({ "date": BORDER, "category": "New" }),
        json!({ "date": BORDER, "idempotencyKey": "key" }),
        json!({ "date": BORDER, "idempotencyKey": "key", "category": "New" }),
    ] {
        assert_closed(&admin.create(an_expense(input)).await, "input.date");
    }
    for change in [json!({ "notes": "changed" }), json!({ "amount": "3" }), json!({ "category": "New" })] {
        let input = with(change, json!({ "id": kept["id"] }));
        assert_closed(&admin.update(input).await, "input.id");
    }
    assert_closed(&admin.delete(json!({ "id": kept["id"] })).await, "input.id");
    assert_closed(&admin.restore(json!({ "id": gone["id"] })).await, "input.id");
    assert_eq!(app.rows().await, before);
    // What would fail anyway, or change nothing, says so.
    assert_eq!(admin.update(json!({ "id": gone["id"], "notes": "n" })).await.code(), "NOT_FOUND");
    assert_eq!(admin.delete(json!({ "id": kept["id"], "expectedVersion": 7 })).await.code(), "VERSION_CONFLICT");
    admin.update(json!({ "id": kept["id"], "date": BORDER })).await.ok();
    assert_eq!(app.rows().await, before);

    admin.reopen(json!({ "through": "2026-03-29", "reason": "A receipt was found." })).await.ok();
    admin.update(json!({ "id": kept["id"], "notes": "changed" })).await.ok();
    admin.restore(json!({ "id": gone["id"] })).await.ok();
    admin.enter(json!({ "date": "2026-03-30" })).await;
    let early = admin.create(an_expense(json!({ "date": "2026-03-29" }))).await;
    assert_eq!(early.error()["extensions"]["closedThrough"], "2026-03-29");
}

async fn of_many_records_those_of_closed_days_are_problems(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    admin.close(json!({ "through": BORDER })).await.ok();
    let create = "mutation ($input: CreateRecordsInput!) { createRecords(input: $input) { createdCount replayed
        results { record { date } problems { code field closedThrough } }
    } }";
    let on = |date: &str| an_expense(json!({ "date": date }));
    let records = [on(BORDER), on("2026-04-01"), on("2026-03-30")];
    let before = app.rows().await;
    let refused = admin.run(create, json!({ "input": { "records": records } })).await;
    let fields: Vec<_> = refused.errors.iter().map(|error| &error["extensions"]["field"]).collect();
    assert_eq!(refused.codes(), ["PERIOD_CLOSED"; 2]);
    assert_eq!(fields, ["input.records.0.date", "input.records.2.date"]);
    assert_eq!(app.rows().await, before);

    let input = json!({ "records": records, "onProblem": "SKIP", "idempotencyKey": "many" });
    let mut created = admin.run(create, json!({ "input": input })).await.ok()["createRecords"].take();
    assert_eq!((&created["createdCount"], &created["results"][1]["record"]["date"]), (&json!(1), &json!("2026-04-01")));
    let problem = json!([{ "code": "PERIOD_CLOSED", "field": "input.records.2.date", "closedThrough": BORDER }]);
    assert_eq!(created["results"][2].take(), json!({ "record": null, "problems": problem }));
    // What was left out stays left out, whatever was opened since.
    admin.reopen(json!({ "reason": "A receipt was found." })).await.ok();
    let replayed = admin.run(create, json!({ "input": input })).await.ok()["createRecords"].take();
    assert_eq!((&replayed["createdCount"], &replayed["replayed"]), (&json!(1), &json!(true)));
    assert_eq!(replayed["results"][2]["problems"][0]["code"], "CONFLICT");
}

async fn a_record_moves_neither_into_a_closed_period_nor_out_of_one(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let closed = admin.enter(json!({ "date": BORDER })).await;
    let open = admin.enter(json!({ "date": "2026-04-01" })).await;
    admin.close(json!({ "through": BORDER })).await.ok();
    assert_closed(&admin.update(json!({ "id": closed["id"], "date": "2026-04-01" })).await, "input.id");
    assert_closed(&admin.update(json!({ "id": open["id"], "date": BORDER })).await, "input.date");
    admin.update(json!({ "id": open["id"], "date": "2026-04-02", "notes": "moved" })).await.ok();
}

async fn closing_goes_forward_and_reopening_back(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let organization = |response: Response, field: &str| response.ok()[field]["organization"].take();
    let at = |through: Value, version: i32| json!({ "closedThrough": through, "version": version });
    let reason = json!("A receipt was found.");
    // Nothing is closed: there is nothing to reopen.
    let reopened = admin.reopen(json!({ "reason": reason })).await;
    assert_eq!(organization(reopened, "reopenBooks"), at(Value::Null, 1));
    let refused = admin.reopen(json!({ "reason": reason, "through": BORDER })).await;
    assert_eq!((refused.code(), &refused.error()["extensions"]["closedThrough"]), ("CONFLICT", &Value::Null));

    let closed = admin.close(json!({ "through": BORDER, "reason": "Quarter 1 was audited." })).await;
    assert_eq!(organization(closed, "closeBooks"), at(json!(BORDER), 2));
    let again = admin.close(json!({ "through": BORDER })).await;
    assert_eq!(organization(again, "closeBooks"), at(json!(BORDER), 2));
    for (refused, field) in [
        (admin.close(json!({ "through": "2026-03-30" })).await, "input.through"),
        (admin.reopen(json!({ "through": "2026-04-01", "reason": reason })).await, "input.through"),
    ] {
        let extensions = &refused.error()["extensions"];
        assert_eq!((refused.code(), &extensions["field"]), ("CONFLICT", &json!(field)));
        assert_eq!(extensions["closedThrough"], BORDER);
    }
    let back = admin.reopen(json!({ "through": "2026-02-28", "reason": reason })).await;
    assert_eq!(organization(back, "reopenBooks"), at(json!("2026-02-28"), 3));
    assert_eq!(organization(admin.reopen(json!({ "reason": reason })).await, "reopenBooks"), at(Value::Null, 4));

    let trail =
        "{ auditEvents(filter: {entityType: ORGANIZATION}) { nodes { action changes { field before after } } } }";
    let trail = admin.run(trail, Value::Null).await.ok();
    let through = |before: Value, after: Value| json!({ "field": "closedThrough", "before": before, "after": after });
    let why = |reason: &Value| json!({ "field": "reason", "before": null, "after": reason });
    let expected = json!([
        { "action": "REOPENED", "changes": [through(json!("2026-02-28"), Value::Null), why(&reason)] },
        { "action": "REOPENED", "changes": [through(json!(BORDER), json!("2026-02-28")), why(&reason)] },
        { "action": "CLOSED", "changes": [through(Value::Null, json!(BORDER)), why(&json!("Quarter 1 was audited."))] },
    ]);
    assert_eq!(trail["auditEvents"]["nodes"], expected);
    assert_eq!(app.verify_journal().await.faults, [] as [String; 0]);
}

async fn categories_are_renamed_and_merged_over_closed_days(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let one = admin.enter(json!({ "date": BORDER, "category": "Rent" })).await;
    let other = admin.enter(json!({ "date": BORDER, "category": "Lease" })).await;
    admin.close(json!({ "through": BORDER })).await.ok();
    admin.merge(&one["category"]["id"], &other["category"]["id"]).await.ok();
    admin.rename(json!({ "id": other["category"]["id"], "name": "Premises" })).await.ok();
    admin.unmerge(&one["category"]["id"]).await.ok();
    assert_eq!(admin.record(&one["id"]).await["version"], 1);
}

async fn a_creation_that_was_made_before_is_replayed_after_its_day_was_closed(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let input = an_expense(json!({ "date": BORDER, "idempotencyKey": "one" }));
    admin.create(input.clone()).await.ok();
    admin.close(json!({ "through": BORDER })).await.ok();
    assert_eq!(admin.create(input).await.ok()["createRecord"]["replayed"], true);
}

async fn a_record_of_an_open_day_is_entered_by_one_statement_while_others_are_closed(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    admin.close(json!({ "through": BORDER })).await.ok();
    admin.enter(json!({ "date": "2026-04-01" })).await;
    admin.enter(json!({ "date": "2026-04-01" })).await;
    let (response, statements) = app.statements_of(admin.create(an_expense(json!({ "date": "2026-04-01" })))).await;
    response.ok();
    assert_eq!(statements.len(), 1, "{statements:#?}");
}

/// A server may remember for two seconds that a day is open.
async fn the_database_refuses_what_a_server_does_not_know_to_be_closed(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let date = json!({ "date": BORDER });
    analyst.enter(date.clone()).await;
    let close = format!("UPDATE organization SET closed_through = '{BORDER}'");
    app.db().read().execute_unprepared(&close).await.expect("closed books");
    let before = app.rows().await;
    let (refused, statements) = app.statements_of(analyst.create(an_expense(date))).await;
    assert_closed(&refused, "input.date");
    assert!(statements.iter().any(|it| it.contains("INSERT INTO \"records\"")), "{statements:#?}");
    assert_eq!(app.rows().await, before);
}
