//! Exact money: no float, no mix of currencies, and no sum that wraps around.

use entity::Role;
use serde_json::{Value, json};

use crate::{
    books::an_expense,
    harness::{Client, TestApp},
    on_both,
};

on_both![
    ten_cents_and_twenty_are_thirty,
    ninety_billion_and_a_cent_survive_every_sum,
    each_currency_has_its_own_decimal_places,
    amounts_are_strings_or_whole_numbers_in_variables_and_literals,
    a_sum_past_64_bits_is_refused_when_it_is_written,
    a_sum_past_64_bits_is_refused_when_it_is_read,
    currencies_are_never_added_up,
];

async fn ten_cents_and_twenty_are_thirty(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    for amount in ["0.10", "0.20"] {
        client.enter(json!({ "amount": amount })).await;
    }
    let sums = "expenses { amount minorUnits } net { amount }";
    let found =
        client.dashboard(json!({}), &format!("summary {{ {sums} }} categories {{ {sums} }} trends {{ {sums} }}")).await;
    let expected = json!({ "expenses": { "amount": "0.30", "minorUnits": "30" }, "net": { "amount": "-0.30" } });
    assert_eq!(found, json!({ "summary": expected, "categories": [expected], "trends": [expected] }));
}

async fn ninety_billion_and_a_cent_survive_every_sum(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    for day in 1..=3 {
        let record = client
            .enter(json!({ "amount": "90000000000.01", "date": format!("2026-01-{day:02}"), "notes": "x" }))
            .await;
        assert_eq!(
            record["amount"],
            json!({ "amount": "90000000000.01", "currency": "USD", "minorUnits": "9000000000001" })
        );
        assert_eq!(client.record(&record["id"]).await["amount"], record["amount"]);
    }
    let query = "query ($filter: RecordFilter) { records(filter: $filter) { summary { expenses { amount } } } }";
    for filter in
        [json!({}), json!({ "search": "x" }), json!({ "minAmount": "90000000000.01", "maxAmount": "90000000000.01" })]
    {
        let found = client.run(query, json!({ "filter": filter })).await.ok();
        assert_eq!(found["records"]["summary"]["expenses"]["amount"], "270000000000.03");
    }
    let sums = "expenses { amount minorUnits }";
    let selection = format!(
        "summary {{ {sums} }} categories {{ {sums} }} month: trends {{ {sums} }} day: trends(interval: DAY) {{ {sums} }} previous {{ {sums} }}"
    );
    let found = client.dashboard(json!({ "from": "2026-01-02", "to": "2026-01-03" }), &selection).await;
    let (one, two) = (money("90000000000.01", "9000000000001"), money("180000000000.02", "18000000000002"));
    let expected = json!({ "summary": two, "categories": [two], "month": [two], "day": [one, one], "previous": one });
    assert_eq!(found, expected);
}

fn money(amount: &str, minor: &str) -> Value {
    json!({ "expenses": { "amount": amount, "minorUnits": minor } })
}

async fn each_currency_has_its_own_decimal_places(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    for (currency, given, shown, minor) in [
        ("JPY", "5000", "5000", "5000"),
        ("JPY", "5000.00", "5000", "5000"),
        ("KWD", "1.234", "1.234", "1234"),
        ("KWD", "1.2", "1.200", "1200"),
        ("CLF", "0.0001", "0.0001", "1"),
        ("USD", "92233720368547758.07", "92233720368547758.07", "9223372036854775807"),
    ] {
        let record = client.enter(json!({ "currency": currency, "amount": given, "category": given })).await;
        assert_eq!(record["amount"], json!({ "amount": shown, "currency": currency, "minorUnits": minor }));
    }
    for (currency, amount) in [("JPY", "0.5"), ("KWD", "0.0001"), ("USD", "10.005"), ("USD", "92233720368547758.08")] {
        let response = client.create(an_expense(json!({ "currency": currency, "amount": amount }))).await;
        assert_eq!(
            (response.code(), response.field()),
            ("BAD_USER_INPUT", Some("input.amount")),
            "{amount} {currency}"
        );
        assert!(response.message().contains(amount) && response.message().contains(currency), "{}", response.message());
    }
}

async fn amounts_are_strings_or_whole_numbers_in_variables_and_literals(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    let literal = async |amount: &str| {
        let input = format!(r#"{{ kind: INCOME, amount: {amount}, category: "A", date: "2026-01-01" }}"#);
        client
            .run(
                &format!("mutation {{ createRecord(input: {input}) {{ record {{ amount {{ amount }} }} }} }}"),
                json!({}),
            )
            .await
    };
    let variable = async |amount: Value| {
        let query = "mutation ($amount: Decimal!) { createRecord(input: { kind: INCOME, amount: $amount, category: \"A\", \
            date: \"2026-01-01\" }) { record { amount { amount } } } }";
        client.run(query, json!({ "amount": amount })).await
    };
    for (response, expected) in [
        (literal("12").await, "12.00"),
        (literal("\"12.3\"").await, "12.30"),
        (variable(json!(12)).await, "12.00"),
        (variable(json!("12.34")).await, "12.34"),
        (variable(json!(9_007_199_254_740_993_i64)).await, "9007199254740993.00"),
        (client.create(an_expense(json!({ "amount": 7 }))).await, "7.00"),
    ] {
        assert_eq!(response.ok()["createRecord"]["record"]["amount"]["amount"], expected);
    }
    for response in [
        literal("12.5").await,
        literal("1e2").await,
        variable(json!(12.5)).await,
        variable(json!(0.1)).await,
        client.create(an_expense(json!({ "amount": 12.5 }))).await,
    ] {
        assert_eq!((response.code(), response.field()), ("BAD_USER_INPUT", Some("input.amount")));
        assert!(response.message().contains("JSON number is not exact"), "{}", response.message());
    }
}

const MOST: &str = "92233720368547758.07";

#[track_caller]
fn assert_too_large(response: &crate::harness::Response) {
    assert_eq!(response.code(), "BAD_USER_INPUT", "{}", response.body);
    assert!(response.message().contains("too large"), "{}", response.message());
}

async fn a_sum_past_64_bits_is_refused_when_it_is_written(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let most = admin.enter(json!({ "amount": MOST })).await;
    let other = admin.enter(json!({ "amount": "0.01", "kind": "INCOME" })).await;
    let deleted = admin.enter(json!({ "amount": "0.01", "date": "2026-06-01" })).await;
    admin.delete(json!({ "id": deleted["id"] })).await.ok();
    admin.update(json!({ "id": most["id"], "date": "2026-06-02" })).await.ok();
    let elsewhere = admin.enter(json!({ "category": "Office", "amount": "0.01", "date": "2026-06-03" })).await;
    let before = app.rows().await;
    let same_month = json!({ "amount": "0.01", "date": "2026-06-30" });
    for response in [
        admin.create(an_expense(same_month.clone())).await,
        admin.update(json!({ "id": other["id"], "kind": "EXPENSE", "date": "2026-06-01" })).await,
        admin.update(json!({ "id": elsewhere["id"], "category": "Rent" })).await,
        admin.restore(json!({ "id": deleted["id"] })).await,
    ] {
        assert_too_large(&response);
        assert_eq!(response.field(), Some("input.amount"));
    }
    assert_too_large(&admin.merge(&elsewhere["category"]["id"], &most["category"]["id"]).await);
    assert_eq!(app.rows().await, before);
    admin.delete(json!({ "id": most["id"] })).await.ok();
    admin.create(an_expense(same_month)).await.ok();
}

async fn a_sum_past_64_bits_is_refused_when_it_is_read(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    client.enter(json!({ "amount": MOST, "notes": "x", "date": "2026-01-01" })).await;
    client.enter(json!({ "amount": "0.01", "notes": "x", "date": "2026-02-01", "category": "Office" })).await;
    for query in [
        "{ dashboard { summary { expenses { amount } } } }",
        "{ dashboard { categories { share } } }",
        "{ dashboard { trends(interval: YEAR) { expenses { amount } } } }",
        "{ dashboard(filter: { from: \"2026-03-01\", to: \"2026-05-31\" }) { previous { expenses { amount } } } }",
        "{ records { summary { expenses { amount } } } }",
        "{ records(filter: { search: \"x\" }) { summary { expenses { amount } } } }",
    ] {
        // Sums that are not asked for do not matter, whether or not they are read along.
        let response = client.run(query, json!({})).await;
        if query.contains("share") {
            response.ok();
        } else {
            assert_too_large(&response);
        }
    }
    let month = "{ dashboard { trends { expenses { amount } } } records { totalCount } }";
    let found = client.run(month, json!({})).await.ok();
    assert_eq!(found["dashboard"]["trends"][0]["expenses"]["amount"], MOST);
    assert_eq!(found["records"]["totalCount"], 2);
    let narrow = client.dashboard(json!({ "categories": ["Rent"] }), "summary { expenses { amount } }").await;
    assert_eq!(narrow["summary"]["expenses"]["amount"], MOST);
    let both = an_income(&client).await;
    assert_eq!(both["summary"]["net"]["amount"], "0.00");
}

/// As much again as comes in: the two together are past 64 bits, but nobody adds them up.
async fn an_income(client: &Client) -> Value {
    client.enter(json!({ "kind": "INCOME", "amount": MOST, "date": "2026-01-01" })).await;
    client
        .dashboard(json!({ "categories": ["Rent"] }), "summary { net { amount } } categories { share net { amount } }")
        .await
}

async fn currencies_are_never_added_up(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    for (currency, amount) in [("USD", "1"), ("EUR", "20"), ("JPY", "300")] {
        client.enter(json!({ "currency": currency, "amount": amount })).await;
    }
    for (currency, amount) in [("USD", "1.00"), ("EUR", "20.00"), ("JPY", "300"), ("GBP", "0.00")] {
        let selection = "currency summary { expenses { amount currency } } recent { amount { currency } }";
        let found = client.dashboard(json!({ "currency": currency }), selection).await;
        assert_eq!(found["currency"], currency);
        assert_eq!(found["summary"]["expenses"], json!({ "amount": amount, "currency": currency }));
        assert_eq!(found["recent"].as_array().map(Vec::len), Some(usize::from(currency != "GBP")));
    }
}
