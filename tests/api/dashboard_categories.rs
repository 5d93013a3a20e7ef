//! The dashboard's categories: which are the largest, and their shares.

use entity::{RecordKind, Role};
use serde_json::{Value, json};
use tallybook::{
    categories::CategoryName,
    records::{Money, NewRecord},
    totals,
};

use crate::{
    fold::{Books, assert_dashboard_matches},
    harness::TestApp,
    on_both,
};

on_both![
    shares_are_of_the_kind_that_is_asked_for,
    shares_add_up_to_one,
    a_category_that_was_refunded_later_is_found_in_the_months_before,
    the_largest_of_many_categories_are_found_in_any_range,
];

async fn shares_are_of_the_kind_that_is_asked_for(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    for (category, kind, amount) in
        [("A", "INCOME", "10"), ("A", "EXPENSE", "20"), ("B", "EXPENSE", "30"), ("C", "EXPENSE", "30")]
    {
        client.enter(json!({ "category": category, "kind": kind, "amount": amount })).await;
    }
    let shares = async |arguments: &str| {
        let found =
            client.dashboard(json!({}), &format!("categories{arguments} {{ category {{ name }} share }}")).await;
        let list = found["categories"].as_array().expect("a list").clone();
        let texts = list.iter().map(|one| format!("{} {}", one["category"]["name"], one["share"]).replace('"', ""));
        texts.collect::<Vec<_>>()
    };
    assert_eq!(shares("").await, ["A 0.3334", "B 0.3333", "C 0.3333"]);
    assert_eq!(shares("(kind: EXPENSE)").await, ["B 0.3750", "C 0.3750", "A 0.2500"]);
    assert_eq!(shares("(kind: INCOME)").await, ["A 1.0000"]);
    assert_eq!(shares("(kind: EXPENSE, first: 1)").await, ["B 0.3750"]);
    assert_eq!(shares("(first: 0)").await, Vec::<String>::new());
    let others = async |arguments: &str| {
        let found = client.dashboard(json!({}), &format!("otherCategories{arguments} {{ share recordCount }}")).await;
        found["otherCategories"].clone()
    };
    assert_eq!(others("").await, Value::Null);
    assert_eq!(others("(first: 1)").await, json!({ "share": "0.6667", "recordCount": 2 }));
    assert_eq!(others("(kind: EXPENSE, first: 2)").await, json!({ "share": "0.2500", "recordCount": 1 }));
    assert_eq!(others("(kind: INCOME, first: 0)").await, json!({ "share": "1.0000", "recordCount": 1 }));
    assert_eq!(others("(kind: INCOME, first: 1)").await, Value::Null);
}

async fn shares_add_up_to_one(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    for number in 1..=7_i64 {
        client.enter(json!({ "category": format!("Category {number}") })).await;
        let found = client.dashboard(json!({}), "categories { share }").await;
        let shares = found["categories"].as_array().expect("a list").iter();
        let units = shares.map(|one| one["share"].as_str().expect("a share").replace('.', "").parse::<i64>());
        assert_eq!(units.map(|units| units.expect("digits")).sum::<i64>(), 10_000, "{found}");
    }
}

/// What a category moved in a month can be more than what it moved in all: the rest came back. It is found nevertheless,
/// among 300 others that are greater in all days.
async fn a_category_that_was_refunded_later_is_found_in_the_months_before(app: TestApp) {
    let client = app.as_(Role::Admin).await;
    let currency = "USD".parse().expect("a currency");
    let record = |name: &str, minor: i64, date: &str| NewRecord {
        id: uuid::Uuid::now_v7(),
        kind: RecordKind::Expense,
        amount: Money { minor, currency },
        category: CategoryName::parse("category", name).unwrap_or_else(|e| panic!("{e:?}")),
        date: date.parse().expect("a day"),
        notes: String::new(),
        counterparty: None,
        idempotency_key: None,
        origin: None,
    };
    let mut records = vec![
        record("Refunded", 900_000, "2024-02-10"),
        record("Refunded", -899_999, "2025-10-10"),
        record("Only refunds", -5_000, "2024-03-01"),
    ];
    for n in 0..300 {
        // Some are so great that no other seems to matter.
        let minor = if n < 30 { 50_000 + n } else { 100 };
        records.push(record(&format!("Category {n}"), minor, "2024-04-01"));
        records.push(record(&format!("Category {n}"), 10_000 + n, "2025-11-01"));
    }
    app.enter_all(client.user().id, &records).await.unwrap_or_else(|error| panic!("{error:?}"));
    let books = Books::read(&app).await;
    for filter in [
        json!({ "from": "2024-01-01", "to": "2024-12-31" }),
        json!({ "from": "2024-01-01", "to": "2024-12-31", "kind": "EXPENSE" }),
        json!({}),
        json!({ "from": "2024-03-01", "to": "2024-03-31" }),
    ] {
        assert_dashboard_matches(&client, &books, filter).await;
    }
    let year = json!({ "from": "2024-01-01", "to": "2024-12-31" });
    let found = client.dashboard(year, "categories(first: 1) { category { name } expenses { amount } share }").await;
    assert_eq!(
        found["categories"],
        json!([{ "category": { "name": "Refunded" }, "expenses": { "amount": "9000.00" }, "share": "0.3715" }])
    );
    assert_eq!(totals::verify(app.db()).await.unwrap_or_else(|error| panic!("{error:?}")), []);
    app.rebuild_totals().await.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(totals::verify(app.db()).await.unwrap_or_else(|error| panic!("{error:?}")), []);
}

/// Of 300 categories, those that moved most in all days are others than those of single months, and many are equal.
async fn the_largest_of_many_categories_are_found_in_any_range(app: TestApp) {
    let client = app.as_(Role::Admin).await;
    let first: chrono::NaiveDate = "2024-01-15".parse().expect("a day");
    let record = |n: i64| NewRecord {
        counterparty: None,
        id: uuid::Uuid::now_v7(),
        kind: if n % 3 == 0 { RecordKind::Income } else { RecordKind::Expense },
        amount: Money { minor: 1_000 + n * 7_919 % 613 * (n % 300), currency: "USD".parse().expect("a currency") },
        category: CategoryName::parse("category", &format!("Category {}", n % 300)).unwrap_or_else(|e| panic!("{e:?}")),
        date: first + chrono::Months::new(u32::try_from(n * n % 24).expect("a few months")),
        notes: String::new(),
        idempotency_key: None,
        origin: None,
    };
    let records: Vec<_> = (0..1_500).map(record).collect();
    app.enter_all(client.user().id, &records).await.unwrap_or_else(|error| panic!("{error:?}"));
    let id = async |name: &str| {
        let found = client.dashboard(json!({ "categories": [name] }), "categories { category { id } }").await;
        found["categories"][0]["category"]["id"].clone()
    };
    for (from, into) in [("Category 299", "Category 1"), ("Category 2", "Category 298"), ("Category 298", "Category 3")]
    {
        let (from, into) = (id(from).await, id(into).await);
        client.merge(&from, &into).await.ok();
    }
    let books = Books::read(&app).await;
    for filter in [
        json!({}),
        json!({ "from": "2024-01-01", "to": "2025-12-31" }),
        json!({ "from": "2024-02-16", "to": "2025-03-20" }),
        json!({ "from": "2025-03-01", "to": "2025-03-31" }),
        json!({ "from": "2024-02-01", "to": "2024-06-30" }),
        json!({ "kind": "EXPENSE" }),
        json!({ "from": "2024-02-01", "kind": "INCOME" }),
        json!({ "from": "2030-01-01" }),
        json!({ "currency": "EUR" }),
    ] {
        assert_dashboard_matches(&client, &books, filter).await;
    }
    let largest = "categories { share } income: categories(kind: INCOME, first: 3) { share } otherCategories { share }";
    let (_, statements) = app.statements_of(client.dashboard(json!({}), largest)).await;
    assert_eq!(statements.iter().filter(|sql| sql.contains("totals\"")).count(), 1, "{statements:#?}");
}
