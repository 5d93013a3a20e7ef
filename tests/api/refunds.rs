//! Amounts below zero: refunds and credit notes lower the sum of their kind everywhere.

use entity::Role;
use serde_json::json;
use tallybook::totals;

use crate::{
    books::{an_expense, with},
    fold::{Books, assert_dashboard_matches},
    harness::TestApp,
    on_both,
};

on_both![
    a_refund_lowers_the_expenses_everywhere,
    refunds_alone_leave_a_sum_below_zero,
    an_amount_can_change_its_sign,
    amounts_are_sorted_and_filtered_with_their_sign,
    an_amount_is_at_least_ten_to_the_fifteenth_minor_units_below_zero,
];

async fn a_refund_lowers_the_expenses_everywhere(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    client.enter(json!({ "amount": "120.00", "category": "Travel", "date": "2026-03-05" })).await;
    let refund = client.enter(json!({ "amount": "-20.00", "category": "Travel", "date": "2026-03-20" })).await;
    client.enter(json!({ "amount": "25.00", "category": "Rent", "date": "2026-03-20" })).await;
    assert_eq!(refund["kind"], "EXPENSE");
    assert_eq!(refund["amount"], json!({ "amount": "-20.00", "currency": "USD", "minorUnits": "-2000" }));

    let sums = "income { amount } expenses { amount } net { amount } recordCount";
    let march = json!({ "from": "2026-03-01", "to": "2026-03-31" });
    let found = client
        .dashboard(march, &format!("summary {{ {sums} }} categories {{ share {sums} }} trends {{ {sums} }}"))
        .await;
    let summed = |income: &str, expenses: &str, net: &str, count: i32| json!({ "income": { "amount": income }, "expenses": { "amount": expenses }, "net": { "amount": net }, "recordCount": count });
    let all = summed("0.00", "125.00", "-125.00", 3);
    assert_eq!(found["summary"], all);
    assert_eq!(found["trends"], json!([all]));
    let shared = |share: &str, sums| with(json!({ "share": share }), sums);
    assert_eq!(
        found["categories"],
        json!([
            shared("0.8000", summed("0.00", "100.00", "-100.00", 2)),
            shared("0.2000", summed("0.00", "25.00", "-25.00", 1)),
        ])
    );
    let list =
        format!("query ($filter: RecordFilter) {{ records(filter: $filter) {{ totalCount summary {{ {sums} }} }} }}");
    for filter in [json!({}), json!({ "minAmount": "-100" }), json!({ "search": "" })] {
        let found = client.run(&list, json!({ "filter": filter })).await.ok();
        assert_eq!(found["records"], json!({ "totalCount": 3, "summary": all }));
    }
}

async fn refunds_alone_leave_a_sum_below_zero(app: TestApp) {
    let client = app.as_(Role::Admin).await;
    client.enter(json!({ "amount": "-7.50", "category": "Travel", "kind": "INCOME" })).await;
    let record = client.enter(json!({ "amount": "-2.50", "category": "Rent" })).await;
    let selection = "summary { income { amount } expenses { amount } net { amount } } categories { category { name } share } \
                     otherCategories(first: 1) { share expenses { amount } }";
    let found = client.dashboard(json!({}), selection).await;
    let expected = json!({
        "summary": { "income": { "amount": "-7.50" }, "expenses": { "amount": "-2.50" }, "net": { "amount": "-5.00" } },
        "categories": [
            { "category": { "name": "Rent" }, "share": "0.0000" },
            { "category": { "name": "Travel" }, "share": "0.0000" },
        ],
        "otherCategories": { "share": "0.0000", "expenses": { "amount": "0.00" } },
    });
    assert_eq!(found, expected);
    client.delete(json!({ "id": record["id"] })).await.ok();
    let found = client.dashboard(json!({ "kind": "EXPENSE" }), "summary { expenses { amount } recordCount }").await;
    assert_eq!(found["summary"], json!({ "expenses": { "amount": "0.00" }, "recordCount": 0 }));
    assert_dashboard_matches(&client, &Books::read(&app).await, json!({})).await;
    assert_eq!(totals::verify(app.db()).await.unwrap_or_else(|error| panic!("{error:?}")), []);
}

async fn an_amount_can_change_its_sign(app: TestApp) {
    let client = app.as_(Role::Admin).await;
    let record = client.enter(json!({ "amount": "12.50" })).await;
    let id = &record["id"];
    let updated = client.update(json!({ "id": id, "amount": "-12.50" })).await.ok();
    assert_eq!(updated["updateRecord"]["record"]["amount"]["amount"], "-12.50");
    client.update(json!({ "id": id, "currency": "EUR" })).await.ok();
    let found = client.dashboard(json!({ "currency": "EUR" }), "summary { expenses { amount } }").await;
    assert_eq!(found["summary"]["expenses"]["amount"], "-12.50");
    client.delete(json!({ "id": id })).await.ok();
    client.restore(json!({ "id": id })).await.ok();
    let history =
        "query ($id: ID!) { record(id: $id) { history { nodes { action changes { field before after } } } } }";
    let history = client.run(history, json!({ "id": id })).await.ok();
    let events = &history["record"]["history"]["nodes"];
    assert_eq!(events[3]["changes"], json!([{ "field": "amount", "before": "12.50", "after": "-12.50" }]));
    let entered = events[4]["changes"].as_array().expect("changes").iter().find(|change| change["field"] == "amount");
    assert_eq!(entered.expect("an amount")["after"], "12.50");
    assert_eq!(totals::verify(app.db()).await.unwrap_or_else(|error| panic!("{error:?}")), []);
}

async fn amounts_are_sorted_and_filtered_with_their_sign(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    for amount in ["5", "-5", "0.01", "-0.01", "-300"] {
        client.enter(json!({ "amount": amount, "notes": amount })).await;
    }
    let by_amount = json!({ "field": "AMOUNT", "direction": "ASC" });
    let sorted = ["-300", "-5", "-0.01", "0.01", "5"];
    assert_eq!(client.notes(json!({ "orderBy": by_amount })).await, sorted);
    for (filter, meant) in [
        (json!({ "maxAmount": "0" }), &sorted[..3]),
        (json!({ "maxAmount": "-5" }), &sorted[..2]),
        (json!({ "minAmount": "-5", "maxAmount": "0.01" }), &sorted[1..4]),
        (json!({ "minAmount": "0" }), &sorted[3..]),
    ] {
        assert_eq!(client.notes(json!({ "filter": filter, "orderBy": by_amount })).await, meant, "{filter}");
    }
}

async fn an_amount_is_at_least_ten_to_the_fifteenth_minor_units_below_zero(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    for (currency, least, less) in [
        ("USD", "-10000000000000.00", "-10000000000000.01"),
        ("JPY", "-1000000000000000", "-1000000000000001"),
        ("KWD", "-1000000000000.000", "-9999999999999999"),
    ] {
        let record = client.enter(json!({ "currency": currency, "amount": least })).await;
        assert_eq!(record["amount"]["minorUnits"], "-1000000000000000");
        let response = client.create(an_expense(json!({ "currency": currency, "amount": less }))).await;
        assert_eq!((response.code(), response.field()), ("BAD_USER_INPUT", Some("input.amount")));
        assert_eq!(response.errors[0]["extensions"]["min"], least);
        assert!(response.message().contains("below zero"), "{}", response.message());
    }
    assert_eq!(totals::verify(app.db()).await.unwrap_or_else(|error| panic!("{error:?}")), []);
}
