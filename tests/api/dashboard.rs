//! The dashboard: sums, the newest records, and trends over the calendar.

use entity::Role;
use serde_json::{Value, json};

use crate::{
    books::an_expense,
    fold::{Books, assert_dashboard_matches},
    harness::{Client, TestApp},
    on_both,
};

on_both![
    an_empty_database_has_an_empty_dashboard,
    the_dashboard_is_the_fold_over_the_records,
    the_newest_records_come_first_and_five_unless_asked_otherwise,
    weeks_are_iso_weeks_also_across_years,
    every_interval_is_there_and_cut_to_the_range,
    open_ranges_end_with_whole_intervals,
    whole_months_are_compared_with_whole_months_and_days_with_days,
    a_trend_that_is_too_long_takes_down_nothing_beside_it,
    trends_are_found_wherever_the_document_hides_them,
    a_filter_narrows_every_figure,
    a_dashboard_takes_one_statement_besides_the_newest_records,
];

async fn an_empty_database_has_an_empty_dashboard(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    let selection = "currency from to summary { income { amount } net { amount } recordCount } previous { recordCount } \
        categories { share } otherCategories { share } recent { id } trends { from to recordCount } week: trends(interval: WEEK) { from }";
    let nothing = json!({
        "currency": "USD", "from": null, "to": null,
        "summary": { "income": { "amount": "0.00" }, "net": { "amount": "0.00" }, "recordCount": 0 },
        "previous": null, "categories": [], "otherCategories": null, "recent": [], "trends": [], "week": [],
    });
    assert_eq!(viewer.dashboard(json!(null), selection).await, nothing);
    let half_open = viewer.dashboard(json!({ "from": "2026-01-01" }), "previous { recordCount } trends { from }").await;
    assert_eq!(half_open, json!({ "previous": null, "trends": [] }));
    let range = json!({ "from": "2026-01-31", "to": "2026-02-01" });
    let found = viewer.dashboard(range, "from to previous { recordCount } trends { from to recordCount }").await;
    let point = |day: &str| json!({ "from": day, "to": day, "recordCount": 0 });
    let expected = json!({ "from": "2026-01-31", "to": "2026-02-01", "previous": { "recordCount": 0 },
        "trends": [point("2026-01-31"), point("2026-02-01")] });
    assert_eq!(found, expected);
}

/// A year and a half of records on the edges of months, quarters, years and ISO weeks.
async fn some_books(app: &TestApp) -> Client {
    let client = app.as_(Role::Admin).await;
    let days = [
        "2024-12-29",
        "2024-12-30",
        "2024-12-31",
        "2025-01-01",
        "2025-01-31",
        "2025-02-28",
        "2025-03-01",
        "2025-12-28",
        "2025-12-29",
        "2025-12-31",
        "2026-01-01",
        "2026-01-04",
        "2026-01-05",
        "2026-05-31",
    ];
    for (n, date) in days.iter().enumerate() {
        let kind = if n % 3 == 0 { "INCOME" } else { "EXPENSE" };
        let category = ["Rent", "Sales", "Office", "Travel"][n % 4];
        let currency = if n % 5 == 4 { "EUR" } else { "USD" };
        let input = json!({ "kind": kind, "amount": format!("{}.{n:02}", 1 << n), "category": category, "date": date, "currency": currency });
        let record = client.enter(input).await;
        if n == 6 {
            client.delete(json!({ "id": record["id"] })).await.ok();
        }
    }
    client
}

async fn the_dashboard_is_the_fold_over_the_records(app: TestApp) {
    let client = some_books(&app).await;
    let books = Books::read(&app).await;
    for filter in [
        json!({}),
        json!({ "currency": "EUR" }),
        json!({ "kind": "INCOME" }),
        json!({ "categories": ["rent", "TRAVEL", "None such"] }),
        json!({ "categories": [] }),
        json!({ "from": "2025-01-01", "to": "2025-12-31" }),
        json!({ "from": "2024-12-31", "to": "2026-01-01" }),
        json!({ "from": "2025-12-29", "to": "2026-01-04", "kind": "EXPENSE" }),
        json!({ "from": "2025-12-31" }),
        json!({ "to": "2025-12-28" }),
        json!({ "from": "2025-02-28", "to": "2025-02-28" }),
        json!({ "from": "2030-01-01" }),
    ] {
        assert_dashboard_matches(&client, &books, filter).await;
    }
}

async fn the_newest_records_come_first_and_five_unless_asked_otherwise(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    for (n, date) in ["2026-01-03", "2026-01-01", "2026-01-02", "2026-01-03", "2026-01-05", "2026-01-04", "2026-01-06"]
        .iter()
        .enumerate()
    {
        client.enter(json!({ "date": date, "notes": n.to_string() })).await;
    }
    for (arguments, expected) in [("", "64530"), ("(first: 2)", "64"), ("(first: 0)", ""), ("(first: 100)", "6453021")]
    {
        let found = client.dashboard(json!({}), &format!("recent{arguments} {{ notes }}")).await;
        let notes =
            found["recent"].as_array().expect("a list").iter().map(|record| record["notes"].as_str().expect("notes"));
        assert_eq!(notes.collect::<String>(), expected);
    }
}

async fn trend(client: &Client, filter: Value, interval: &str) -> Vec<String> {
    let found = client.dashboard(filter, &format!("trends(interval: {interval}) {{ from to recordCount }}")).await;
    let points = found["trends"].as_array().expect("a list").clone();
    points.iter().map(|p| format!("{} {} {}", p["from"], p["to"], p["recordCount"]).replace('"', "")).collect()
}

async fn weeks_are_iso_weeks_also_across_years(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    for date in ["2020-12-28", "2021-01-03", "2021-01-04", "2024-12-29", "2024-12-30", "2025-01-05"] {
        client.enter(json!({ "date": date })).await;
    }
    assert_eq!(
        trend(&client, json!({ "from": "2020-12-28", "to": "2021-01-10" }), "WEEK").await,
        ["2020-12-28 2021-01-03 2", "2021-01-04 2021-01-10 1"]
    );
    assert_eq!(
        trend(&client, json!({ "from": "2024-12-28", "to": "2025-01-06" }), "WEEK").await,
        ["2024-12-28 2024-12-29 1", "2024-12-30 2025-01-05 2", "2025-01-06 2025-01-06 0"]
    );
}

async fn every_interval_is_there_and_cut_to_the_range(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    for date in ["2025-11-15", "2025-11-30", "2026-02-28", "2026-05-15"] {
        client.enter(json!({ "date": date })).await;
    }
    let range = json!({ "from": "2025-11-15", "to": "2026-05-14" });
    for (interval, expected) in [
        (
            "MONTH",
            &[
                "2025-11-15 2025-11-30 2",
                "2025-12-01 2025-12-31 0",
                "2026-01-01 2026-01-31 0",
                "2026-02-01 2026-02-28 1",
                "2026-03-01 2026-03-31 0",
                "2026-04-01 2026-04-30 0",
                "2026-05-01 2026-05-14 0",
            ][..],
        ),
        ("QUARTER", &["2025-11-15 2025-12-31 2", "2026-01-01 2026-03-31 1", "2026-04-01 2026-05-14 0"]),
        ("YEAR", &["2025-11-15 2025-12-31 2", "2026-01-01 2026-05-14 1"]),
    ] {
        assert_eq!(trend(&client, range.clone(), interval).await, expected);
    }
    let leap = json!({ "from": "2024-02-28", "to": "2024-03-01" });
    assert_eq!(
        trend(&client, leap, "DAY").await,
        ["2024-02-28 2024-02-28 0", "2024-02-29 2024-02-29 0", "2024-03-01 2024-03-01 0"]
    );
    let centuries = json!({ "from": "1900-01-01", "to": "2199-12-31" });
    assert_eq!(trend(&client, centuries.clone(), "MONTH").await.len(), 3_600);
    let days = "query ($filter: DashboardFilter) { dashboard(filter: $filter) { trends(interval: DAY) { from } } }";
    let too_many = client.run(days, json!({ "filter": centuries })).await;
    assert_eq!((too_many.code(), too_many.field()), ("BAD_USER_INPUT", Some("interval")));
}

async fn open_ranges_end_with_whole_intervals(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    for date in ["2025-11-12", "2026-02-11"] {
        client.enter(json!({ "date": date })).await;
    }
    for (filter, interval, first, last, length) in [
        (json!({}), "DAY", "2025-11-12 2025-11-12 1", "2026-02-11 2026-02-11 1", 92),
        (json!({}), "WEEK", "2025-11-10 2025-11-16 1", "2026-02-09 2026-02-15 1", 14),
        (json!({}), "MONTH", "2025-11-01 2025-11-30 1", "2026-02-01 2026-02-28 1", 4),
        (json!({}), "QUARTER", "2025-10-01 2025-12-31 1", "2026-01-01 2026-03-31 1", 2),
        (json!({}), "YEAR", "2025-01-01 2025-12-31 1", "2026-01-01 2026-12-31 1", 2),
        (json!({ "from": "2025-12-15" }), "MONTH", "2025-12-15 2025-12-31 0", "2026-02-01 2026-02-28 1", 3),
        (json!({ "to": "2025-11-20" }), "MONTH", "2025-11-01 2025-11-20 1", "2025-11-01 2025-11-20 1", 1),
        (json!({ "to": "2026-01-10" }), "WEEK", "2025-11-10 2025-11-16 1", "2026-01-05 2026-01-10 0", 9),
    ] {
        let points = trend(&client, filter.clone(), interval).await;
        let outer = (points.first().map(String::as_str), points.last().map(String::as_str), points.len());
        assert_eq!(outer, (Some(first), Some(last), length), "{interval} {filter}");
    }
}

async fn whole_months_are_compared_with_whole_months_and_days_with_days(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    for (date, amount) in [
        ("2025-03-01", "32"),
        ("2025-03-31", "64"),
        ("2026-01-31", "1"),
        ("2026-02-01", "2"),
        ("2026-02-28", "4"),
        ("2026-03-01", "8"),
        ("2026-03-31", "16"),
    ] {
        client.enter(json!({ "date": date, "amount": amount })).await;
    }
    let sums = "from to expenses { amount }";
    let selection = format!("p: previous {{ {sums} }} y: previous(compareWith: PREVIOUS_YEAR) {{ {sums} }}");
    let sum = |from: &str, to: &str, amount: &str| json!({ "from": from, "to": to, "expenses": { "amount": amount } });
    for ((from, to), period, year) in [
        (
            ("2026-03-01", "2026-03-31"),
            sum("2026-02-01", "2026-02-28", "6.00"),
            sum("2025-03-01", "2025-03-31", "96.00"),
        ),
        (
            ("2026-03-01", "2026-03-30"),
            sum("2026-01-30", "2026-02-28", "7.00"),
            sum("2025-03-01", "2025-03-30", "32.00"),
        ),
        (
            ("2026-01-01", "2026-12-31"),
            sum("2025-01-01", "2025-12-31", "96.00"),
            sum("2025-01-01", "2025-12-31", "96.00"),
        ),
    ] {
        let found = client.dashboard(json!({ "from": from, "to": to }), &selection).await;
        assert_eq!(found, json!({ "p": period, "y": year }), "{from} {to}");
    }
    let early = json!({ "from": "1900-01-01", "to": "1900-01-31" });
    for nothing in [json!({ "from": "2026-03-01" }), json!({ "to": "2026-03-01" }), json!({}), early] {
        assert_eq!(client.dashboard(nothing, &selection).await, json!({ "p": null, "y": null }));
    }
    let named = "query ($with: Comparison!) { dashboard(filter: { from: \"2026-03-01\", to: \"2026-03-31\" }) \
        { previous(compareWith: $with) { expenses { amount } } } }";
    let found = client.run(named, json!({ "with": "PREVIOUS_YEAR" })).await.ok();
    assert_eq!(found["dashboard"]["previous"]["expenses"]["amount"], "96.00");
}

async fn a_trend_that_is_too_long_takes_down_nothing_beside_it(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    client.enter(json!({ "date": "2026-05-01" })).await;
    client.enter(json!({ "date": "2062-05-01" })).await;
    let query = "{ dashboard { summary { recordCount } trends(interval: DAY) { from } months: trends { from } categories { share } recent { date } } }";
    let response = client.run(query, json!({})).await;
    let dashboard = &response.data["dashboard"];
    assert_eq!((&dashboard["summary"]["recordCount"], &dashboard["trends"]), (&json!(2), &Value::Null));
    assert_eq!(dashboard["months"].as_array().map(Vec::len), Some(36 * 12 + 1));
    assert_eq!(dashboard["recent"].as_array().map(Vec::len), Some(2));
    let [error] = &response.errors[..] else { panic!("{}", response.body) };
    let facts = &error["extensions"];
    assert_eq!((&error["path"], &facts["code"]), (&json!(["dashboard", "trends"]), &json!("BAD_USER_INPUT")));
    assert_eq!((&facts["field"], &facts["max"]), (&json!("interval"), &json!(4_000)));
    assert_eq!((&facts["from"], &facts["to"]), (&json!("2026-05-01"), &json!("2062-05-01")));
    // The last week there is ends with the last day that a filter takes.
    client.enter(json!({ "date": "2199-12-30" })).await;
    let last = client.dashboard(json!({ "from": "2199-12-01" }), "trends(interval: WEEK) { to }").await;
    assert_eq!(last["trends"].as_array().and_then(|weeks| weeks.last()), Some(&json!({ "to": "2199-12-31" })));
}

async fn trends_are_found_wherever_the_document_hides_them(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    client.enter(json!({})).await;
    let points = "{ recordCount }";
    for (document, variables) in [
        (format!("{{ dashboard {{ x: trends(interval: DAY) {points} }} }}"), json!({})),
        (format!("{{ dashboard {{ x: trends {points} }} }}"), json!({})),
        (
            format!("{{ dashboard {{ ... {{ ... on Dashboard {{ x: trends(interval: WEEK) {points} }} }} }} }}"),
            json!({}),
        ),
        (
            format!(
                "{{ dashboard {{ ...A }} }} fragment A on Dashboard {{ ...B }} fragment B on Dashboard {{ x: trends(interval: DAY) {points} }}"
            ),
            json!({}),
        ),
        (
            format!("query ($i: TrendInterval!) {{ dashboard {{ x: trends(interval: $i) {points} }} }}"),
            json!({ "i": "WEEK" }),
        ),
        (format!("query ($i: TrendInterval! = DAY) {{ dashboard {{ x: trends(interval: $i) {points} }} }}"), json!({})),
        (
            format!("query ($i: TrendInterval! = DAY) {{ dashboard {{ x: trends(interval: $i) {points} }} }}"),
            json!({ "i": "YEAR" }),
        ),
        (
            format!(
                "query ($yes: Boolean!) {{ dashboard {{ x: trends(interval: DAY) @include(if: $yes) {points} }} }}"
            ),
            json!({ "yes": true }),
        ),
        (
            format!(
                "{{ a: dashboard {{ trends {points} }} dashboard {{ x: trends(interval: DAY) {points} y: trends {points} }} }}"
            ),
            json!({}),
        ),
    ] {
        let found = client.run(&document, variables).await.ok();
        assert_eq!(found["dashboard"]["x"], json!([{ "recordCount": 1 }]), "{document}");
    }
}

async fn a_filter_narrows_every_figure(app: TestApp) {
    let client = some_books(&app).await;
    let filter = json!({ "categories": ["office"], "kind": "EXPENSE", "from": "2025-01-01", "to": "2026-12-31", "currency": "USD" });
    let selection = "summary { recordCount income { amount } } recent(first: 100) { kind category { name } } categories { category { name } }";
    let found = client.dashboard(filter, selection).await;
    let recent = found["recent"].as_array().expect("a list");
    assert_eq!(found["summary"], json!({ "recordCount": recent.len(), "income": { "amount": "0.00" } }));
    assert!(!recent.is_empty());
    assert!(recent.iter().all(|record| *record == json!({ "kind": "EXPENSE", "category": { "name": "Office" } })));
    assert_eq!(found["categories"], json!([{ "category": { "name": "Office" } }]));
}

async fn a_dashboard_takes_one_statement_besides_the_newest_records(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    client.create(an_expense(json!({}))).await.ok();
    let figures = "summary { recordCount } previous { recordCount } categories { share } otherCategories { share } trends { from } d: trends(interval: DAY) { from }";
    let range = json!({ "from": "2026-01-15", "to": "2026-06-15" });
    let (_, statements) = app.statements_of(client.dashboard(range.clone(), figures)).await;
    assert_eq!(statements.iter().filter(|sql| sql.contains("totals\"")).count(), 1, "{statements:#?}");
    assert!(statements.iter().all(|sql| !sql.contains("\"records\"")), "{statements:#?}");
    let (_, statements) =
        app.statements_of(client.dashboard(range, "recent { category { name } createdBy { name } }")).await;
    assert_eq!(statements.iter().filter(|sql| sql.contains("\"records\"")).count(), 1);
}
