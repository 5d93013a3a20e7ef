//! Currencies that came and went: nothing that is stored takes down what is around it.

use entity::Role;
use sea_orm::{ConnectionTrait, DbBackend};
use serde_json::{Value, json};
use tallybook::db::Db;

use crate::{
    books::{an_expense, with},
    harness::TestApp,
    on_both,
};

on_both![
    a_replaced_currency_can_be_read_and_not_entered,
    an_unknown_currency_in_the_database_fails_at_that_record_alone,
    a_database_that_is_not_utf8_is_refused,
];

const LIST: &str = "query ($filter: RecordFilter) { records(filter: $filter) { totalCount \
    nodes { id notes amount { amount currency minorUnits } } } }";

async fn store_as(app: &TestApp, code: &str) {
    let store = format!("UPDATE records SET currency = '{code}' WHERE notes = 'old'");
    app.db().read().execute_unprepared(&store).await.expect("another currency");
    app.rebuild_totals().await.unwrap_or_else(|error| panic!("{error:?}"));
}

async fn a_replaced_currency_can_be_read_and_not_entered(app: TestApp) {
    let client = app.as_(Role::Admin).await;
    let record = client.enter(json!({ "notes": "old" })).await;
    let new = client.enter(json!({})).await;
    store_as(&app, "ANG").await;
    let guilders = json!({ "filter": { "currency": "ANG", "minAmount": "12.50" } });
    let found = client.run(LIST, guilders).await.ok();
    let amount = json!({ "amount": "12.50", "currency": "ANG", "minorUnits": "1250" });
    assert_eq!(found["records"]["nodes"], json!([{ "id": record["id"], "notes": "old", "amount": amount }]));
    let sums = client.dashboard(json!({ "currency": "ANG" }), "summary { expenses { amount } }").await;
    assert_eq!(sums["summary"]["expenses"]["amount"], "12.50");
    for response in [
        client.create(an_expense(json!({ "currency": "ANG" }))).await,
        client.update(json!({ "id": new["id"], "currency": "ANG" })).await,
    ] {
        assert_eq!((response.code(), response.field()), ("BAD_USER_INPUT", Some("input.currency")));
        assert!(response.message().starts_with("ANG was replaced by XCG in 2025."), "{}", response.message());
    }
    client.update(json!({ "id": record["id"], "amount": "3", "currency": "ANG" })).await.ok();
    client.update(json!({ "id": record["id"], "currency": "XCG" })).await.ok();
    assert_eq!(client.record(&record["id"]).await["amount"]["amount"], "3.00");
}

async fn an_unknown_currency_in_the_database_fails_at_that_record_alone(app: TestApp) {
    let client = app.as_(Role::Admin).await;
    let record = client.enter(json!({ "notes": "old", "date": "2026-05-01" })).await;
    client.enter(json!({ "notes": "new", "date": "2026-05-02" })).await;
    store_as(&app, "QQQ").await;
    let response = client.run(LIST, json!({})).await;
    let nodes = &response.data["records"]["nodes"];
    assert_eq!((&nodes[0]["amount"]["amount"], &nodes[0]["notes"]), (&json!("12.50"), &json!("new")));
    assert_eq!((&nodes[1]["amount"], &nodes[1]["id"]), (&Value::Null, &record["id"]));
    let [error] = &response.errors[..] else { panic!("{}", response.body) };
    assert_eq!(error["path"], json!(["records", "nodes", 1, "amount"]));
    assert!(error["message"].as_str().is_some_and(|message| message.contains("QQQ")), "{error}");
    // It can be mended, deleted and restored.
    let id = json!({ "id": record["id"] });
    let without_amount = "mutation ($input: UpdateRecordInput!) { updateRecord(input: $input) { record { notes } } }";
    client.run(without_amount, json!({ "input": with(id.clone(), json!({ "notes": "odd" })) })).await.ok();
    let delete = "mutation ($input: DeleteRecordInput!) { deleteRecord(input: $input) { record { id } } }";
    client.run(delete, json!({ "input": id })).await.ok();
    let restore = "mutation ($input: RestoreRecordInput!) { restoreRecord(input: $input) { record { id } } }";
    client.run(restore, json!({ "input": id })).await.ok();
    client.update(with(id.clone(), json!({ "amount": "7", "currency": "EUR" }))).await.ok();
    assert_eq!(client.record(&record["id"]).await["amount"]["amount"], "7.00");
}

async fn a_database_that_is_not_utf8_is_refused(app: TestApp) {
    if app.db().backend() == DbBackend::Sqlite {
        return; // Its files are always UTF-8.
    }
    let (path, parameters) = app.url().split_once('?').unwrap_or((app.url(), ""));
    let (address, name) = path.rsplit_once('/').expect("a name");
    let other = format!("{name}_ascii");
    let create = format!("CREATE DATABASE {other} ENCODING 'SQL_ASCII' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'");
    app.db().read().execute_unprepared(&create).await.expect("a database in another encoding");
    let error = Db::connect(&format!("{address}/{other}?{parameters}"), 1).await.err();
    let drop = format!("DROP DATABASE {other} WITH (FORCE)");
    app.db().read().execute_unprepared(&drop).await.expect("the database to go");
    let sentence = error.expect("a refusal").to_string();
    assert!(sentence.contains("SQL_ASCII") && sentence.contains("UTF8"), "{sentence}");
}
