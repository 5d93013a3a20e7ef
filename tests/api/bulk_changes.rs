//! Many records changed, deleted and restored at once, named by their ids or by a filter: all of them or none, each as if
//! alone, whoever else writes.

use entity::Role;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tallybook::totals;

use crate::{
    books::with,
    harness::{Client, Response, TestApp},
    on_both,
};

on_both![
    many_records_are_changed_each_with_its_event,
    what_is_as_it_should_be_does_not_change,
    a_filter_means_all_that_match,
    another_count_than_the_expected_one_is_told_and_nothing_changes,
    a_filter_that_means_more_than_five_hundred_is_refused_with_their_number,
    five_hundred_are_changed_by_few_statements,
    many_are_deleted_and_restored,
    every_id_that_cannot_be_meant_is_told_and_nothing_changes,
    deleted_records_are_not_changed_by_a_filter,
    records_of_closed_days_stay_as_they_are,
    a_replay_gives_the_records_as_they_are_now_and_changes_nothing,
    twenty_requests_with_one_key_delete_once,
    twenty_callers_who_name_records_in_opposite_orders_all_succeed,
];

impl Client {
    /// Does `mutation`, which has an input of many records, by `input`.
    async fn many(&self, mutation: &str, input: Value) -> Response {
        let ty = mutation[..1].to_uppercase() + &mutation[1..] + "Input";
        let document = format!(
            "mutation ($input: {ty}!) {{ {mutation}(input: $input) {{ recordCount replayed records {{
                id version kind notes date counterparty category {{ name }} updatedBy {{ id }} deletedAt
            }} }} }}"
        );
        self.run(&document, json!({ "input": input })).await
    }

    /// The same, which must succeed.
    async fn do_many(&self, mutation: &str, input: Value) -> Value {
        self.many(mutation, input).await.ok()[mutation].take()
    }

    /// The ids of as many new records, each noted by its place.
    async fn enter_some(&self, count: usize) -> Vec<Value> {
        let record = |n: usize| json!({ "kind": "EXPENSE", "amount": (n + 1).to_string(), "category": "Rent", "date": "2026-05-01", "notes": n.to_string() });
        let records: Vec<_> = (0..count).map(record).collect();
        let create =
            "mutation ($input: CreateRecordsInput!) { createRecords(input: $input) { results { record { id } } } }";
        let data = self.run(create, json!({ "input": { "records": records } })).await.ok();
        let results = data["createRecords"]["results"].as_array().expect("results").clone();
        results.into_iter().map(|mut result| result["record"]["id"].take()).collect()
    }
}

fn each(changed: &Value, field: &str) -> Vec<Value> {
    changed["records"].as_array().expect("records").iter().map(|record| record[field].clone()).collect()
}

/// The totals are those of the records, and the journal is whole.
async fn assert_whole(app: &TestApp) {
    let mismatches = totals::verify(app.db()).await.unwrap_or_else(|error| panic!("{error:?}"));
    assert!(mismatches.is_empty(), "{mismatches:?}");
    assert_eq!(app.verify_journal().await.faults, Vec::<String>::new());
}

async fn many_records_are_changed_each_with_its_event(app: TestApp) {
    let (analyst, other) = (app.as_(Role::Analyst).await, app.as_(Role::Analyst).await);
    let mut ids = analyst.enter_some(4).await;
    ids.reverse();
    let set = json!({ "kind": "INCOME", "category": "Travel", "date": "2026-04-30", "counterparty": "Acme" });
    let changed = other.do_many("updateRecords", json!({ "records": { "ids": ids }, "set": set })).await;
    assert_eq!((&changed["recordCount"], &changed["replayed"]), (&json!(4), &json!(false)));
    assert_eq!(each(&changed, "id"), ids);
    assert_eq!(each(&changed, "notes"), ["3", "2", "1", "0"]);
    for record in changed["records"].as_array().expect("records") {
        assert_eq!((&record["kind"], &record["category"]["name"]), (&json!("INCOME"), &json!("Travel")));
        assert_eq!((&record["date"], &record["counterparty"]), (&json!("2026-04-30"), &json!("Acme")));
        assert_eq!((&record["version"], &record["updatedBy"]["id"]), (&json!(2), &json!(other.id())));
        let history =
            "query ($id: ID!) { record(id: $id) { history { nodes { action changes { field before after } } } } }";
        let data = other.run(history, json!({ "id": record["id"] })).await.ok();
        let newest = &data["record"]["history"]["nodes"][0];
        let fields: Vec<_> =
            newest["changes"].as_array().expect("changes").iter().map(|it| it["field"].clone()).collect();
        assert_eq!((&newest["action"], fields.len()), (&json!("UPDATED"), 4), "{newest}");
    }
    let cleared = json!({ "records": { "ids": ids }, "set": { "counterparty": "", "notes": "same" } });
    let changed = other.do_many("updateRecords", cleared).await;
    assert_eq!(
        (each(&changed, "counterparty"), each(&changed, "notes")),
        (vec![Value::Null; 4], vec![json!("same"); 4])
    );
    assert_whole(&app).await;
}

async fn what_is_as_it_should_be_does_not_change(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let ids = admin.enter_some(3).await;
    admin.update(json!({ "id": ids[1], "notes": "other" })).await.ok();
    let moved = admin.enter(json!({ "category": "Hire" })).await;
    let rent = admin.record(&ids[0]).await["category"]["id"].clone();
    admin.merge(&moved["category"]["id"], &rent).await.ok();
    let events = app.rows().await["audit_events"].len();
    let all = [&ids[..], &[moved["id"].clone()]].concat();
    let input = json!({ "records": { "ids": all }, "set": { "notes": "other", "category": "rent" } });
    let changed = admin.do_many("updateRecords", input.clone()).await;
    assert_eq!(each(&changed, "version"), [2, 2, 2, 2]);
    assert_eq!(app.rows().await["audit_events"].len(), events + 3);
    assert_eq!(each(&admin.do_many("updateRecords", input).await, "version"), [2, 2, 2, 2]);
    // What was merged goes its own way again.
    admin.unmerge(&moved["category"]["id"]).await.ok();
    assert_eq!(admin.record(&moved["id"]).await["category"]["name"], "Hire");
    assert_eq!(admin.record(&ids[0]).await["category"]["name"], "Rent");
    assert_whole(&app).await;
}

async fn a_filter_means_all_that_match(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let ids = analyst.enter_some(5).await;
    analyst.update(json!({ "id": ids[3], "category": "Travel" })).await.ok();
    let filter = json!({ "filter": { "categories": ["rent"], "minAmount": "2" } });
    let input = json!({ "records": filter, "set": { "category": "Housing" }, "expectedCount": 3 });
    let changed = analyst.do_many("updateRecords", input).await;
    assert_eq!(
        (each(&changed, "id"), &changed["recordCount"]),
        (vec![ids[1].clone(), ids[2].clone(), ids[4].clone()], &json!(3))
    );
    let names: Vec<_> = join_all(ids.iter().map(|id| analyst.record(id))).await;
    let names: Vec<_> = names.iter().map(|record| record["category"]["name"].clone()).collect();
    assert_eq!(names, ["Rent", "Housing", "Housing", "Travel", "Housing"]);
    let nothing = json!({ "records": { "filter": { "categories": ["Unheard of"] } }, "set": { "notes": "x" } });
    assert_eq!(analyst.do_many("updateRecords", nothing).await["recordCount"], 0);
    assert_whole(&app).await;
}

async fn another_count_than_the_expected_one_is_told_and_nothing_changes(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let ids = admin.enter_some(3).await;
    let before = app.rows().await;
    for records in [json!({ "ids": ids }), json!({ "filter": {} })] {
        for (mutation, more) in
            [("updateRecords", json!({ "set": { "notes": "x", "category": "New" } })), ("deleteRecords", json!({}))]
        {
            let input = with(json!({ "records": records, "expectedCount": 4, "idempotencyKey": "one" }), more);
            let response = admin.many(mutation, input).await;
            assert_eq!(
                (response.code(), response.field()),
                ("CONFLICT", Some("input.expectedCount")),
                "{}",
                response.body
            );
            assert_eq!(response.error()["extensions"]["count"], 3);
        }
    }
    assert_eq!(app.rows().await, before);
}

async fn a_filter_that_means_more_than_five_hundred_is_refused_with_their_number(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    admin.enter_some(500).await;
    let last = admin.enter_some(2).await;
    let before = app.rows().await;
    let all = json!({ "records": { "filter": {} }, "idempotencyKey": "one" });
    let response = admin.many("deleteRecords", all.clone()).await;
    assert_eq!(
        (response.code(), response.field()),
        ("BAD_USER_INPUT", Some("input.records.filter")),
        "{}",
        response.body
    );
    let facts = &response.error()["extensions"];
    assert_eq!((&facts["count"], &facts["maxItems"]), (&json!(502), &json!(500)));
    let ids = vec![last[0].clone(); 501];
    let response = admin.many("deleteRecords", json!({ "records": { "ids": ids } })).await;
    assert_eq!((response.code(), response.field()), ("BAD_USER_INPUT", Some("input.records.ids")));
    assert_eq!(app.rows().await, before);
    admin.do_many("deleteRecords", json!({ "records": { "ids": last } })).await;
    assert_eq!(admin.do_many("deleteRecords", all).await["recordCount"], 500);
    assert_eq!(admin.records(json!({})).await.ok()["records"]["totalCount"], 0);
    assert_whole(&app).await;
}

async fn five_hundred_are_changed_by_few_statements(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let ids = admin.enter_some(500).await;
    for (mutation, more) in [
        ("updateRecords", json!({ "set": { "date": "2026-03-01", "notes": "x" } })),
        ("deleteRecords", json!({})),
        ("restoreRecords", json!({})),
    ] {
        let input = with(json!({ "records": { "ids": ids }, "idempotencyKey": mutation }), more);
        let (changed, statements) = app.statements_of(admin.do_many(mutation, input)).await;
        assert_eq!(changed["recordCount"], 500);
        assert!(statements.len() <= 12, "{mutation}: {}", statements.len());
    }
    assert_whole(&app).await;
}

async fn many_are_deleted_and_restored(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let ids = admin.enter_some(4).await;
    let kept = ids[0].clone();
    let some = json!({ "records": { "ids": &ids[1..] } });
    let deleted = admin.do_many("deleteRecords", some).await;
    assert!(each(&deleted, "deletedAt").iter().all(Value::is_string));
    assert_eq!(admin.records(json!({})).await.ok()["records"]["totalCount"], 1);
    assert_whole(&app).await;
    // A filter of deleted ones, whatever it says of them.
    for deleted in [json!({}), json!({ "deleted": "ONLY" })] {
        let restored = admin.do_many("restoreRecords", json!({ "records": { "filter": deleted } })).await;
        assert_eq!(each(&restored, "id"), ids[1..]);
        assert_eq!(each(&restored, "deletedAt"), vec![Value::Null; 3]);
        assert_whole(&app).await;
        admin.do_many("deleteRecords", json!({ "records": { "filter": { "minAmount": "2" } } })).await;
    }
    assert_eq!(admin.record(&kept).await["version"], 1);
    assert_eq!(admin.record(&ids[1]).await["version"], 6);
}

async fn every_id_that_cannot_be_meant_is_told_and_nothing_changes(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let ids = admin.enter_some(3).await;
    admin.delete(json!({ "id": ids[1] })).await.ok();
    let missing = json!("record_01h455vb4pex5vsknk084sn02q");
    let some = [&ids[..], &[missing]].concat();
    let before = app.rows().await;
    for (mutation, more, expected) in [
        ("updateRecords", json!({ "set": { "category": "New" } }), &[(1, "NOT_FOUND"), (3, "NOT_FOUND")][..]),
        ("deleteRecords", json!({}), &[(1, "CONFLICT"), (3, "NOT_FOUND")]),
        ("restoreRecords", json!({}), &[(0, "CONFLICT"), (2, "CONFLICT"), (3, "NOT_FOUND")]),
    ] {
        let input = with(json!({ "records": { "ids": some }, "idempotencyKey": "one" }), more);
        let response = admin.many(mutation, input).await;
        let told: Vec<_> = response.errors.iter().map(|error| error["extensions"]["field"].clone()).collect();
        let paths: Vec<_> = expected.iter().map(|(place, _)| format!("input.records.ids.{place}")).collect();
        assert_eq!(told, paths, "{mutation} {}", response.body);
        assert_eq!(response.codes(), expected.iter().map(|(_, code)| *code).collect::<Vec<_>>());
    }
    let wrong = json!({ "records": { "ids": [ids[0], admin.id(), ids[0]] }, "set": { "date": "2026-02-30" }, "expectedCount": 3 });
    let response = admin.many("updateRecords", wrong).await;
    let told: Vec<_> =
        response.errors.iter().map(|error| error["extensions"]["field"].as_str().expect("a path")).collect();
    assert_eq!(told, ["input.records.ids.1", "input.records.ids.2", "input.set.date"]);
    for records in [json!({}), json!({ "ids": [ids[0]], "filter": {} })] {
        let response = admin.many("deleteRecords", json!({ "records": records })).await;
        assert_eq!((response.code(), response.field()), ("BAD_USER_INPUT", Some("input.records")), "{}", response.body);
    }
    assert_eq!(app.rows().await, before);
}

async fn deleted_records_are_not_changed_by_a_filter(app: TestApp) {
    let (admin, analyst) = (app.as_(Role::Admin).await, app.as_(Role::Analyst).await);
    let ids = admin.enter_some(2).await;
    admin.delete(json!({ "id": ids[0] })).await.ok();
    let before = app.rows().await;
    for deleted in ["ONLY", "INCLUDE"] {
        let input = json!({ "records": { "filter": { "deleted": deleted } }, "set": { "notes": "x" } });
        for (client, code) in [(&admin, "BAD_USER_INPUT"), (&analyst, "FORBIDDEN")] {
            let response = client.many("updateRecords", input.clone()).await;
            assert_eq!((response.code(), response.field()), (code, Some("input.records.filter.deleted")));
        }
    }
    assert_eq!(app.rows().await, before);
    let input = json!({ "records": { "filter": {} }, "set": { "notes": "x" } });
    assert_eq!(each(&analyst.do_many("updateRecords", input).await, "id"), ids[1..]);
}

async fn records_of_closed_days_stay_as_they_are(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let ids = admin.enter_some(3).await;
    admin.update(json!({ "id": ids[1], "date": "2026-04-30" })).await.ok();
    let close = "mutation { closeBooks(input: {through: \"2026-04-30\"}) { organization { id } } }";
    admin.run(close, Value::Null).await.ok();
    let before = app.rows().await;
    for (mutation, more, places) in [
        ("updateRecords", json!({ "set": { "notes": "x" } }), &[1][..]),
        ("updateRecords", json!({ "set": { "date": "2026-04-01" } }), &[0, 1, 2]),
        ("deleteRecords", json!({}), &[1]),
    ] {
        let response = admin.many(mutation, with(json!({ "records": { "ids": ids } }), more)).await;
        let told: Vec<_> = response.errors.iter().map(|error| error["extensions"]["field"].clone()).collect();
        let paths: Vec<_> = places.iter().map(|place| format!("input.records.ids.{place}")).collect();
        assert_eq!(told, paths, "{mutation} {}", response.body);
        assert!(response.codes().iter().all(|code| *code == "PERIOD_CLOSED"));
    }
    assert_eq!(app.rows().await, before);
}

async fn a_replay_gives_the_records_as_they_are_now_and_changes_nothing(app: TestApp) {
    let (admin, analyst) = (app.as_(Role::Admin).await, app.as_(Role::Analyst).await);
    let mut ids = admin.enter_some(4).await;
    ids.reverse();
    let deletion =
        json!({ "records": { "filter": { "maxAmount": "2" } }, "expectedCount": 2, "idempotencyKey": "one" });
    let deleted = admin.do_many("deleteRecords", deletion.clone()).await;
    let update = json!({ "records": { "ids": &ids[..2] }, "set": { "notes": "x" }, "idempotencyKey": "two" });
    let updated = analyst.do_many("updateRecords", update.clone()).await;
    admin.update(json!({ "id": ids[0], "notes": "later" })).await.ok();
    admin.delete(json!({ "id": ids[1] })).await.ok();
    let before = app.rows().await;
    let again = admin.do_many("deleteRecords", deletion.clone()).await;
    assert_eq!(with(again, json!({ "replayed": false })), deleted);
    let again = analyst.do_many("updateRecords", update.clone()).await;
    assert_eq!((&again["replayed"], &again["recordCount"]), (&json!(true), &updated["recordCount"]));
    assert_eq!((each(&again, "id"), each(&again, "notes")), (vec![ids[0].clone()], vec![json!("later")]));
    for (client, mutation, input, change) in [
        (&admin, "deleteRecords", &deletion, json!({ "expectedCount": 3 })),
        (&admin, "restoreRecords", &deletion, json!({})),
        (&analyst, "updateRecords", &update, json!({ "set": { "notes": "y" } })),
        (&analyst, "updateRecords", &update, json!({ "records": { "filter": {} } })),
    ] {
        let response = client.many(mutation, with(input.clone(), change.clone())).await;
        assert_eq!(response.code(), "IDEMPOTENCY_KEY_REUSED", "{mutation} {change} {}", response.body);
    }
    assert_eq!(app.rows().await, before);
}

async fn twenty_requests_with_one_key_delete_once(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let ids = admin.enter_some(10).await;
    for (key, records) in [("one", json!({ "ids": ids })), ("two", json!({ "filter": {} }))] {
        let input = json!({ "records": records, "idempotencyKey": key });
        let answers = join_all((0..20).map(|_| admin.do_many("deleteRecords", input.clone()))).await;
        assert_eq!(answers.iter().filter(|answer| answer["replayed"] == false).count(), 1);
        assert!(answers.iter().all(|answer| each(answer, "id") == ids));
        admin.do_many("restoreRecords", json!({ "records": { "ids": ids } })).await;
    }
    assert_whole(&app).await;
}

async fn twenty_callers_who_name_records_in_opposite_orders_all_succeed(app: TestApp) {
    let mut users = Vec::new();
    for _ in 0..4 {
        users.push(app.as_(Role::Analyst).await);
    }
    let ids = users[0].enter_some(30).await;
    let reversed: Vec<_> = ids.iter().rev().cloned().collect();
    let update = async |n: usize| {
        let records = match n % 3 {
            0 => json!({ "ids": ids }),
            1 => json!({ "ids": reversed }),
            _ => json!({ "filter": { "kind": "EXPENSE" } }),
        };
        let set = json!({ "notes": n.to_string(), "date": format!("2026-05-{:02}", n + 1), "category": format!("Cat {}", n % 4) });
        users[n % 4].do_many("updateRecords", json!({ "records": records, "set": set })).await
    };
    for changed in join_all((0..20).map(update)).await {
        assert_eq!(changed["recordCount"], 30);
    }
    let record = users[0].record(&ids[0]).await;
    assert_eq!(record["version"], 21);
    assert_whole(&app).await;
}
