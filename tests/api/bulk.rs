//! Many records entered at once: together or not at all, in their order, once for each key, whoever else writes.

use std::collections::HashMap;

use entity::Role;
use futures_util::future::join_all;
use sea_orm::DbBackend;
use serde_json::{Value, json};
use tallybook::totals;

use crate::{
    books::{an_expense, with},
    harness::{Client, Response, Rows, TestApp},
    on_both,
};

on_both![
    many_records_are_entered_in_their_order_each_with_its_event,
    a_record_is_stored_alike_whether_it_comes_alone_or_with_others,
    one_bad_record_keeps_all_from_being_entered_and_every_problem_is_told,
    past_a_hundred_problems_the_last_error_says_how_many_more_there_are,
    with_skip_the_good_ones_are_entered_and_problems_are_data,
    a_dry_run_says_what_would_be_and_writes_nothing,
    five_hundred_are_entered_at_once_and_no_more,
    what_is_selected_of_many_results_costs_as_much,
    a_replay_gives_the_records_as_they_are_now,
    a_key_belongs_to_one_input,
    a_replay_does_not_show_deleted_records_to_an_analyst,
    twenty_requests_with_one_key_enter_the_records_once,
    twenty_callers_who_name_categories_in_opposite_orders_all_succeed,
];

const CREATE: &str = "mutation ($input: CreateRecordsInput!) { createRecords(input: $input) {
    createdCount replayed results { index record { id notes version category { name } createdBy { id }
        amount { amount currency } deletedAt } problems { code field message min max minLength maxLength pattern fractionDigits } }
} }";

impl Client {
    /// Enters records by `input`.
    async fn create_many(&self, input: Value) -> Response {
        self.run(CREATE, json!({ "input": input })).await
    }

    /// Enters records by `input`, which must succeed.
    async fn enter_many(&self, input: Value) -> Value {
        self.create_many(input).await.ok()["createRecords"].take()
    }
}

/// As many expenses, each noted by its place.
fn expenses(count: usize) -> Vec<Value> {
    (0..count).map(|n| an_expense(json!({ "notes": n.to_string(), "amount": (n + 1).to_string() }))).collect()
}

fn results(created: &Value) -> &[Value] {
    created["results"].as_array().expect("results")
}

fn fields(response: &Response) -> Vec<&str> {
    response.errors.iter().map(|error| error["extensions"]["field"].as_str().unwrap_or_default()).collect()
}

/// The totals are those of the records, and the journal is whole.
async fn assert_whole(app: &TestApp) {
    let mismatches = totals::verify(app.db()).await.unwrap_or_else(|error| panic!("{error:?}"));
    assert!(mismatches.is_empty(), "{mismatches:?}");
    assert_eq!(app.verify_journal().await.faults, Vec::<String>::new());
}

fn count(rows: &Rows, table: &str) -> usize {
    rows[table].len()
}

async fn many_records_are_entered_in_their_order_each_with_its_event(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let mut records = expenses(7);
    records[2] = with(records[2].clone(), json!({ "category": "Travel", "currency": "JPY", "counterparty": "Acme" }));
    records[4] = with(records[4].clone(), json!({ "amount": "-3.50" }));
    let created = analyst.enter_many(json!({ "records": records })).await;
    assert_eq!((&created["createdCount"], &created["replayed"]), (&json!(7), &json!(false)));
    for (n, result) in results(&created).iter().enumerate() {
        let record = &result["record"];
        assert_eq!((&result["index"], &record["notes"]), (&json!(n), &json!(n.to_string())));
        assert_eq!((&record["version"], &record["createdBy"]["id"]), (&json!(1), &json!(analyst.id())));
        assert_eq!(result["problems"], json!([]));
        let history = "query ($id: ID!) { record(id: $id) { notes history { nodes { action } totalCount } } }";
        let data = analyst.run(history, json!({ "id": record["id"] })).await.ok();
        assert_eq!(data["record"]["history"], json!({ "nodes": [{ "action": "CREATED" }], "totalCount": 1 }));
        assert_eq!(data["record"]["notes"], n.to_string());
    }
    assert_eq!(results(&created)[2]["record"]["amount"], json!({ "amount": "3", "currency": "JPY" }));
    assert_eq!(results(&created)[2]["record"]["category"]["name"], "Travel");
    assert_eq!(results(&created)[4]["record"]["amount"]["amount"], "-3.50");
    let rows = app.rows().await;
    assert_eq!([count(&rows, "records"), count(&rows, "categories"), count(&rows, "audit_events")], [7, 2, 9]);
    assert_whole(&app).await;
}

async fn a_record_is_stored_alike_whether_it_comes_alone_or_with_others(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let texts = ["", "'\"\\", "\\u0000 \\x41", "a\nb\tc", "\u{2028}{}[]", "Zażółć 👩\u{200D}💻", "null"];
    let records: Vec<_> = (0..24)
        .map(|n| {
            let counterparty = texts[(n + 1) % texts.len()].replace(['\n', '\t', '\u{2028}'], " ");
            let counterparty = Some(counterparty).filter(|name| !name.is_empty());
            let (amount, date) = if n % 2 == 0 { ("-9999999999999.99", "1900-01-01") } else { ("0.01", "2026-02-28") };
            an_expense(json!({ "notes": texts[n % texts.len()], "counterparty": counterparty, "amount": amount, "date": date }))
        })
        .collect();
    analyst.enter_many(json!({ "records": records })).await;
    for record in &records {
        analyst
            .run(
                "mutation ($input: CreateRecordInput!) { createRecord(input: $input) { record { id } } }",
                json!({ "input": record }),
            )
            .await
            .ok();
    }
    let stored = async |table: &str, columns: &[&str]| {
        let row = match app.db().backend() {
            DbBackend::Postgres => format!("ROW({})::text", columns.join(", ")),
            _ => columns.iter().map(|column| format!("quote({column})")).collect::<Vec<_>>().join(" || ',' || "),
        };
        let mut counts: HashMap<String, usize> = HashMap::new();
        for row in app.texts(&format!("SELECT {row} FROM {table}")).await {
            *counts.entry(row).or_default() += 1;
        }
        counts
    };
    let of_record = [
        "kind",
        "amount_minor",
        "currency",
        "category_id",
        "date",
        "notes",
        "counterparty",
        "import_id",
        "source_key",
        "search_text",
        "created_by",
        "updated_by",
        "version",
        "created_at",
        "updated_at",
        "deleted_at",
        "deleted_by",
    ];
    let alike = stored("records", &of_record).await;
    assert!(alike.values().sum::<usize>() == 48 && alike.values().all(|count| count % 2 == 0), "{alike:#?}");
    let of_event =
        ["at", "actor_id", "action", "entity_type", "changes", "entity_version", "api_token_id", "import_id"];
    let events = stored("audit_events WHERE entity_type = 'RECORD'", &of_event).await;
    assert_eq!(events.values().collect::<Vec<_>>(), [&48], "{events:#?}");
    assert_whole(&app).await;
}

/// Five records, two of them with problems.
fn some_bad() -> Vec<Value> {
    let mut records = expenses(5);
    records[1] = with(records[1].clone(), json!({ "amount": "12.505", "category": " ", "counterparty": "a\nb" }));
    records[3] = with(records[3].clone(), json!({ "date": "1899-12-31", "notes": "x".repeat(2_001) }));
    records
}

const BAD: [&str; 5] = [
    "input.records.1.amount",
    "input.records.1.category",
    "input.records.1.counterparty",
    "input.records.3.date",
    "input.records.3.notes",
];

async fn one_bad_record_keeps_all_from_being_entered_and_every_problem_is_told(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let before = app.rows().await;
    for mode in [json!({}), json!({ "onProblem": "REJECT_ALL" }), json!({ "onProblem": null, "dryRun": true })] {
        let mut input = with(json!({ "records": some_bad(), "idempotencyKey": "one" }), mode);
        if input["onProblem"].is_null() {
            input.as_object_mut().expect("an object").remove("onProblem");
        }
        let response = analyst.create_many(input).await;
        assert_eq!(fields(&response), BAD, "{}", response.body);
        assert!(response.codes().iter().all(|code| *code == "BAD_USER_INPUT"));
        assert_eq!(response.errors[0]["extensions"]["fractionDigits"], 2);
        assert_eq!(response.data["createRecords"], Value::Null);
    }
    let response = analyst.create_many(json!({ "records": some_bad(), "idempotencyKey": "é" })).await;
    assert_eq!(fields(&response), [&BAD[..], &["input.idempotencyKey"]].concat());
    assert_eq!(app.rows().await, before);
}

async fn past_a_hundred_problems_the_last_error_says_how_many_more_there_are(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let bad = an_expense(json!({ "amount": "0", "category": "" }));
    let response = analyst.create_many(json!({ "records": vec![bad; 60] })).await;
    assert_eq!(response.errors.len(), 101, "{}", response.body);
    assert_eq!(response.errors[99]["extensions"]["field"], "input.records.49.category");
    assert_eq!(response.errors[100]["extensions"]["more"], 20);
}

async fn with_skip_the_good_ones_are_entered_and_problems_are_data(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let input = json!({ "records": some_bad(), "onProblem": "SKIP", "idempotencyKey": "one" });
    let created = analyst.enter_many(input.clone()).await;
    assert_eq!(created["createdCount"], 3);
    let notes: Vec<_> = results(&created).iter().map(|result| result["record"]["notes"].clone()).collect();
    assert_eq!(notes, [json!("0"), Value::Null, json!("2"), Value::Null, json!("4")]);
    let problems: Vec<_> =
        results(&created).iter().flat_map(|result| result["problems"].as_array().expect("problems")).collect();
    assert_eq!(problems.iter().map(|problem| problem["field"].clone()).collect::<Vec<_>>(), BAD);
    assert!(problems.iter().all(|problem| problem["code"] == "BAD_USER_INPUT"));
    assert_eq!(problems[0]["fractionDigits"], 2);
    assert_eq!((&problems[1]["minLength"], &problems[1]["maxLength"]), (&json!(1), &json!(100)));
    assert_eq!((&problems[3]["min"], &problems[3]["max"]), (&json!("1900-01-01"), &json!("2199-12-31")));
    assert_eq!(app.rows().await["records"].len(), 3);

    let again = analyst.enter_many(input).await;
    assert_eq!(with(again, json!({ "replayed": false })), created);
    let only_bad = json!({ "records": [some_bad()[1]], "onProblem": "SKIP", "idempotencyKey": "two" });
    let nothing = analyst.enter_many(only_bad).await;
    assert_eq!((&nothing["createdCount"], &nothing["replayed"]), (&json!(0), &json!(false)));
    assert_eq!(app.rows().await["records"].len(), 3);
    assert_whole(&app).await;
}

async fn a_dry_run_says_what_would_be_and_writes_nothing(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    analyst.enter(json!({})).await;
    let before = app.rows().await;
    let input = json!({ "records": some_bad(), "onProblem": "SKIP", "idempotencyKey": "one", "dryRun": true });
    let mut input = with(input, json!({}));
    input["records"][0]["category"] = json!("Unheard of");
    let would_be = analyst.enter_many(input.clone()).await;
    assert_eq!((&would_be["createdCount"], &would_be["replayed"]), (&json!(3), &json!(false)));
    assert_eq!(results(&would_be)[0]["record"]["category"]["name"], "Unheard of");
    assert_eq!(app.rows().await, before);
    assert_eq!(analyst.categories().await, ["Rent"]);

    input["dryRun"] = json!(false);
    let created = analyst.enter_many(input.clone()).await;
    assert_eq!((&created["createdCount"], &created["replayed"]), (&json!(3), &json!(false)));
    assert_eq!(app.rows().await["records"].len(), 4);
    input["dryRun"] = json!(true);
    assert_eq!(analyst.enter_many(input).await["replayed"], true);
    assert_whole(&app).await;
}

async fn five_hundred_are_entered_at_once_and_no_more(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    for count in [0, 501] {
        let response = analyst.create_many(json!({ "records": expenses(count), "onProblem": "SKIP" })).await;
        assert_eq!((response.code(), response.field()), ("BAD_USER_INPUT", Some("input.records")), "{count}");
        let facts = &response.error()["extensions"];
        assert_eq!((&facts["minItems"], &facts["maxItems"]), (&json!(1), &json!(500)));
    }
    let mut records = expenses(500);
    for (n, record) in records.iter_mut().enumerate() {
        record["category"] = json!(format!("Category {}", n % 25));
        record["date"] = json!(format!("2026-{:02}-{:02}", n % 12 + 1, n % 28 + 1));
        record["currency"] = json!(["USD", "EUR"][n % 2]);
    }
    let created = analyst.enter_many(json!({ "records": records })).await;
    assert_eq!(created["createdCount"], 500);
    let notes = results(&created).iter().map(|result| result["record"]["notes"].as_str().expect("notes").to_owned());
    assert_eq!(notes.collect::<Vec<_>>(), (0..500).map(|n| n.to_string()).collect::<Vec<_>>());
    assert_whole(&app).await;
}

async fn what_is_selected_of_many_results_costs_as_much(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let history = "history(first: 40) { nodes { id at action } }";
    let create = format!(
        "mutation ($input: CreateRecordsInput!) {{ createRecords(input: $input) {{ results {{ record {{ {history} }} problems {{ code }} }} }} }}"
    );
    let run = async |count| analyst.run(&create, json!({ "input": { "records": expenses(count) } })).await;
    run(50).await.ok();
    let before = app.rows().await;
    let response = run(500).await;
    assert_eq!(response.code(), "QUERY_TOO_COMPLEX");
    // The mutation, `results`, and in each `record`, `history`, `nodes`, 40 × 3, `problems` and 6 codes.
    assert_eq!(response.error()["extensions"]["cost"], 2 + 500 * (3 + 40 * 3 + 1 + 6));
    assert_eq!(app.rows().await, before);
}

async fn a_replay_gives_the_records_as_they_are_now(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let input = json!({ "records": expenses(4), "idempotencyKey": "one" });
    let created = analyst.enter_many(input.clone()).await;
    let id = results(&created)[2]["record"]["id"].clone();
    analyst.update(json!({ "id": id, "notes": "changed" })).await.ok();
    let again = analyst.enter_many(input).await;
    assert_eq!((&again["replayed"], &again["createdCount"]), (&json!(true), &json!(4)));
    for (n, (first, second)) in results(&created).iter().zip(results(&again)).enumerate() {
        assert_eq!(first["record"]["id"], second["record"]["id"]);
        let expected = if n == 2 { "changed".to_owned() } else { n.to_string() };
        assert_eq!(second["record"]["notes"], expected);
    }
    assert_eq!(app.rows().await["records"].len(), 4);
    assert_whole(&app).await;
}

async fn a_key_belongs_to_one_input(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let input = json!({ "records": expenses(3), "idempotencyKey": "one" });
    analyst.enter_many(input.clone()).await;
    let before = app.rows().await;
    let mut swapped = expenses(3);
    swapped.swap(0, 1);
    for change in [
        json!({ "records": expenses(2) }),
        json!({ "records": swapped }),
        json!({ "records": expenses(4) }),
        json!({ "onProblem": "SKIP" }),
    ] {
        let response = analyst.create_many(with(input.clone(), change.clone())).await;
        assert_eq!((response.code(), response.field()), ("IDEMPOTENCY_KEY_REUSED", Some("input.idempotencyKey")));
    }
    let single = analyst.create(with(expenses(1).remove(0), json!({ "idempotencyKey": "one" }))).await;
    assert_eq!(single.code(), "IDEMPOTENCY_KEY_REUSED");
    assert_eq!(app.rows().await, before);
}

async fn a_replay_does_not_show_deleted_records_to_an_analyst(app: TestApp) {
    let (admin, analyst) = (app.as_(Role::Admin).await, app.as_(Role::Analyst).await);
    for (client, is_shown) in [(&analyst, false), (&admin, true)] {
        let input = json!({ "records": expenses(3), "idempotencyKey": "one" });
        let created = client.enter_many(input.clone()).await;
        admin.delete(json!({ "id": results(&created)[1]["record"]["id"] })).await.ok();
        let again = client.enter_many(input).await;
        assert_eq!((&again["replayed"], &again["createdCount"]), (&json!(true), &json!(3)));
        let [first, second, _] = results(&again) else { panic!("three results") };
        assert_eq!(first["record"]["id"], results(&created)[0]["record"]["id"]);
        assert_eq!(second["record"].is_null(), !is_shown);
        let problem = &second["problems"][0];
        let expected = if is_shown { Value::Null } else { json!("CONFLICT") };
        assert_eq!(problem["code"], expected);
        assert_eq!(problem["field"].as_str(), (!is_shown).then_some("input.records.1"));
    }
}

/// Twenty callers of four users, each with their own input.
async fn twenty(app: &TestApp, input: impl Fn(usize) -> Value) -> Vec<Response> {
    let mut users = Vec::new();
    for _ in 0..4 {
        users.push(app.as_(Role::Analyst).await);
    }
    join_all((0..20).map(|n| users[n % 4].create_many(input(n)))).await
}

async fn twenty_requests_with_one_key_enter_the_records_once(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let input = json!({ "records": expenses(20), "idempotencyKey": "one" });
    let answers = join_all((0..20).map(|_| analyst.enter_many(input.clone()))).await;
    assert_eq!(answers.iter().filter(|answer| answer["replayed"] == false).count(), 1);
    assert!(answers.iter().all(|answer| answer["results"] == answers[0]["results"]));
    assert_eq!(app.rows().await["records"].len(), 20);

    let different = twenty(&app, |n| json!({ "records": expenses(3), "idempotencyKey": n.to_string() })).await;
    assert!(different.into_iter().all(|response| response.ok()["createRecords"]["replayed"] == false));
    assert_eq!(app.rows().await["records"].len(), 80);
    assert_whole(&app).await;
}

async fn twenty_callers_who_name_categories_in_opposite_orders_all_succeed(app: TestApp) {
    for round in 0..3 {
        let input = |n: usize| {
            let mut records = expenses(24);
            for (place, record) in records.iter_mut().enumerate() {
                let category = if n.is_multiple_of(2) { place } else { 23 - place };
                record["category"] = json!(format!("{round} {}", category % 8));
                record["date"] = json!(format!("2026-05-{:02}", category + 1));
            }
            json!({ "records": records })
        };
        for response in twenty(&app, input).await {
            assert_eq!(response.ok()["createRecords"]["createdCount"], 24);
        }
    }
    let rows = app.rows().await;
    assert_eq!((count(&rows, "categories"), count(&rows, "records")), (24, 3 * 20 * 24));
    assert_whole(&app).await;
}
