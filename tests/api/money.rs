//! Exact money: no float, no mix of currencies, and no sum that wraps around.

use std::collections::BTreeSet;

use entity::{Role, total};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tallybook::totals;

use crate::{
    books::{an_expense, with},
    fold::{Books, assert_dashboard_matches},
    harness::TestApp,
    on_both,
};

on_both![
    ten_cents_and_twenty_are_thirty,
    ninety_billion_and_a_cent_survive_every_sum,
    each_currency_has_its_own_decimal_places,
    amounts_are_strings_or_whole_numbers_in_variables_and_literals,
    an_amount_has_ten_to_the_fifteenth_minor_units_at_the_most,
    what_an_older_version_let_in_can_be_read_changed_and_deleted,
    a_sum_past_64_bits_is_read_exactly,
    a_sum_past_64_bits_refuses_no_record,
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
        ("USD", "10000000000000", "10000000000000.00", "1000000000000000"),
    ] {
        let record = client.enter(json!({ "currency": currency, "amount": given, "category": given })).await;
        assert_eq!(record["amount"], json!({ "amount": shown, "currency": currency, "minorUnits": minor }));
    }
    for (currency, amount) in [("JPY", "0.5"), ("KWD", "0.0001"), ("USD", "10.005"), ("USD", "10000000000000.01")] {
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
        (variable(json!(9_007_199_254_741_i64)).await, "9007199254741.00"),
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

async fn an_amount_has_ten_to_the_fifteenth_minor_units_at_the_most(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    let id = client.enter(json!({})).await["id"].clone();
    let before = app.rows().await;
    for (currency, most, more) in [
        ("USD", "10000000000000.00", "10000000000000.01"),
        ("JPY", "1000000000000000", "1000000000000001"),
        ("KWD", "1000000000000.000", "9999999999999999"),
    ] {
        let amount = json!({ "amount": more, "currency": currency });
        for response in [
            client.create(an_expense(amount.clone())).await,
            client.update(with(json!({ "id": id }), amount.clone())).await,
        ] {
            assert_eq!((response.code(), response.field()), ("BAD_USER_INPUT", Some("input.amount")), "{amount}");
            let facts = &response.errors[0]["extensions"];
            assert_eq!(facts["max"], most);
            assert_eq!(facts["maxMinorUnits"], "1000000000000000");
        }
    }
    for case in [json!({ "amount": "10000000000000.01" }), json!({ "amount": "5000000000000.00", "currency": "KWD" })] {
        let response = client.update(with(json!({ "id": id }), case)).await;
        assert_eq!((response.code(), response.field()), ("BAD_USER_INPUT", Some("input.amount")));
    }
    assert_eq!(app.rows().await, before);
}

const MOST: &str = "92233720368547758.07";

/// Has `record` the largest amount that a column holds, as an older version let it.
async fn enlarge(app: &TestApp, record: &Value) {
    let enlarge = format!(
        "UPDATE records SET amount_minor = {} WHERE notes = {}",
        i64::MAX,
        record["notes"].to_string().replace('"', "'")
    );
    app.db().read().execute_unprepared(&enlarge).await.expect("a larger amount");
    app.rebuild_totals().await.unwrap_or_else(|error| panic!("{error:?}"));
}

async fn what_an_older_version_let_in_can_be_read_changed_and_deleted(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let record = admin.enter(json!({ "notes": "large" })).await;
    let (id, other) = (&record["id"], admin.enter(json!({})).await);
    enlarge(&app, &record).await;
    assert_eq!(admin.record(id).await["amount"]["amount"], MOST);
    let nearly = json!({ "minAmount": "92233720368547758.06" });
    assert_eq!(admin.notes(json!({ "filter": nearly })).await, ["large"]);
    admin.update(json!({ "id": id, "date": "2026-01-01", "category": "Office", "kind": "INCOME" })).await.ok();
    admin.update(json!({ "id": id, "currency": "USD" })).await.ok();
    for change in [json!({ "amount": MOST }), json!({ "currency": "EUR" })] {
        assert_eq!(admin.update(with(json!({ "id": id }), change)).await.code(), "BAD_USER_INPUT");
    }
    assert_totals(&app).await;
    admin.delete(json!({ "id": id })).await.ok();
    admin.restore(json!({ "id": id })).await.ok();
    assert_totals(&app).await;
    admin.merge(&admin.record(id).await["category"]["id"], &other["category"]["id"]).await.ok();
    assert_totals(&app).await;
    admin.update(json!({ "id": id, "amount": "1.00" })).await.ok();
    assert_totals(&app).await;
}

async fn assert_totals(app: &TestApp) {
    assert_eq!(totals::verify(app.db()).await.unwrap_or_else(|error| panic!("{error:?}")), []);
}

async fn a_sum_past_64_bits_is_read_exactly(app: TestApp) {
    let client = app.as_(Role::Admin).await;
    for (kind, category, date) in [
        ("EXPENSE", "Rent", "2026-01-01"),
        ("EXPENSE", "Rent", "2026-01-01"),
        ("EXPENSE", "Office", "2026-01-09"),
        ("EXPENSE", "Rent", "2026-03-15"),
        ("INCOME", "Sales", "2026-03-15"),
        ("EXPENSE", "Rent", "2025-12-31"),
    ] {
        client.enter(json!({ "kind": kind, "category": category, "date": date, "notes": "large" })).await;
    }
    client.enter(json!({ "amount": "0.01", "date": "2026-03-15", "notes": "small" })).await;
    enlarge(&app, &json!({ "notes": "large" })).await;
    let books = Books::read(&app).await;
    for filter in [
        json!({}),
        json!({ "from": "2026-01-01", "to": "2026-03-31" }),
        json!({ "from": "2026-01-01", "to": "2026-01-20" }),
        json!({ "categories": ["Rent"], "kind": "EXPENSE" }),
    ] {
        assert_dashboard_matches(&client, &books, filter).await;
    }
    let list = "query ($filter: RecordFilter) { records(filter: $filter) { totalCount summary { expenses { amount } net { minorUnits } } } }";
    for filter in [json!({}), json!({ "maxAmount": MOST, "search": "" }), json!({ "deleted": "INCLUDE" })] {
        let found = client.run(list, json!({ "filter": filter })).await.ok();
        let sums = json!({ "expenses": { "amount": "461168601842738790.36" }, "net": { "minorUnits": "-36893488147419103229" } });
        assert_eq!(found["records"], json!({ "totalCount": 7, "summary": sums }), "{filter}");
    }
    totals::fold(app.services()).await.unwrap_or_else(|error| panic!("{error:?}"));
    assert_totals(&app).await;
}

async fn a_sum_past_64_bits_refuses_no_record(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let full = admin.enter(json!({ "notes": "large" })).await;
    enlarge(&app, &full).await;
    assert_eq!(slots(&app).await, [0]);
    let more = admin.enter(json!({ "amount": "10000000000000.00" })).await;
    admin.enter(json!({ "kind": "INCOME", "amount": "10000000000000.00" })).await;
    let elsewhere = admin.enter(json!({ "category": "Office", "notes": "large too" })).await;
    enlarge(&app, &elsewhere).await;
    assert_eq!(slots(&app).await, [0, 1]);
    admin.create(an_expense(json!({ "amount": "10000000000000.00" }))).await.ok();
    admin.update(json!({ "id": elsewhere["id"], "category": "Rent" })).await.ok();
    admin.delete(json!({ "id": more["id"] })).await.ok();
    admin.restore(json!({ "id": more["id"] })).await.ok();
    admin.enter(json!({ "category": "Office", "amount": "3.00" })).await;
    admin.merge(&elsewhere["category"]["id"], &full["category"]["id"]).await.ok();
    assert_totals(&app).await;
    totals::fold(app.services()).await.unwrap_or_else(|error| panic!("{error:?}"));
    assert_totals(&app).await;
    let books = Books::read(&app).await;
    assert_dashboard_matches(&admin, &books, json!({})).await;
}

/// The slots of the total of a day.
async fn slots(app: &TestApp) -> Vec<i16> {
    let days = total::Entity::find().filter(total::Column::Span.eq("DAY")).all(app.db().read()).await;
    let slots: BTreeSet<_> = days.expect("totals").into_iter().map(|row| row.slot).collect();
    slots.into_iter().collect()
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
