//! What is exported as CSV comes back in as the same books.

use chrono::{Days, NaiveDate};
use entity::{Role, category, currency_total, record, total};
use import_file::suggest;
use proptest::prelude::*;
use rust_decimal::Decimal;
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    harness::{Client, TestApp},
    on_both,
    properties::try_all,
};

on_both![an_exported_file_comes_back_as_the_same_books];

/// Signs that a file, a spreadsheet or a reader of formats may take for something else, and letters.
const NOTES: &str = "[a-cA-C0-9ßé漢М '\",;|=+@.\\\\\n\t#-]{0,30}";
const NAME: &str = "[a-cßé漢'\",;=+@#-][a-cßé漢 '\",;=+@#-]{0,12}";
const CREATE: &str = "mutation ($input: CreateRecordsInput!) { createRecords(input: $input) { createdCount } }";

async fn an_exported_file_comes_back_as_the_same_books(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    try_all(prop::collection::vec(any_record(), 1..40), async |news| {
        remove_all(&app).await;
        admin.run(CREATE, json!({ "input": { "records": news } })).await.ok();
        let before = books(&admin).await;
        assert_eq!(before.len(), news.len());
        let file = app.file(&admin, json!({ "format": "CSV" })).await;
        let suggestion = suggest(file.as_bytes()).unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!(suggestion.questions, [], "{file}");
        remove_all(&app).await;
        let input = json!({ "filename": "records.csv", "format": suggestion.format, "source": Uuid::now_v7() });
        let import = app.received(&admin, input, &file).await;
        assert_eq!(import["counts"]["new"], news.len(), "{file}\n{import}");
        admin.commit_import(json!({ "id": import["id"] })).await.ok();
        assert_eq!(books(&admin).await, before, "{file}");
    });
}

fn any_record() -> impl Strategy<Value = Value> {
    let amount = prop_oneof![1..100_000_i64, -100_000..0_i64, Just(999_999_999_999)];
    let first = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
    let day = (0..300_u64).prop_map(move |days| first + Days::new(days));
    let (kind, currency) = (prop::sample::select(vec!["INCOME", "EXPENSE"]), any_currency());
    (kind, amount, currency, NAME, day, NOTES, prop::option::of(NAME)).prop_map(
        |(kind, minor, (currency, places), category, day, notes, counterparty)| {
            let amount = Decimal::new(minor, places).to_string();
            json!({ "kind": kind, "amount": amount, "currency": currency, "category": category, "date": day, "notes": notes,
                "counterparty": counterparty })
        },
    )
}

/// With its decimal places.
fn any_currency() -> impl Strategy<Value = (&'static str, u32)> {
    prop::sample::select(vec![("USD", 2), ("JPY", 0), ("BHD", 3)])
}

async fn remove_all(app: &TestApp) {
    let db = app.db().read();
    record::Entity::delete_many().exec(db).await.expect("no records");
    total::Entity::delete_many().exec(db).await.expect("no totals");
    currency_total::Entity::delete_many().exec(db).await.expect("no totals of all together");
    category::Entity::delete_many().exec(db).await.expect("no categories");
}

/// What the records say, but for who entered them and when.
async fn books(client: &Client) -> Vec<String> {
    let query = "{ records(first: 100) { nodes { date kind amount { amount currency } category { name } counterparty notes } } }";
    let found = client.run(query, Value::Null).await.ok();
    let mut books: Vec<_> =
        found["records"]["nodes"].as_array().expect("records").iter().map(Value::to_string).collect();
    books.sort();
    books
}
