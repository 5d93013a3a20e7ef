//! The organization's calendar: its financial years, their quarters, and its weeks.

use entity::Role;
use serde_json::{Value, json};

use crate::{
    harness::{Client, TestApp},
    on_both,
};

on_both![
    quarters_and_years_are_those_of_the_financial_year,
    weeks_begin_on_the_organizations_day,
    whole_financial_quarters_and_years_are_compared_with_whole_ones,
];

/// Books with amounts that tell which days they are of.
async fn keep_books(app: &TestApp) -> Client {
    let admin = app.as_(Role::Admin).await;
    for (date, amount) in
        [("2026-04-05", "1"), ("2026-04-06", "2"), ("2026-04-30", "4"), ("2026-07-05", "8"), ("2026-07-06", "16")]
    {
        admin.enter(json!({ "date": date, "amount": amount })).await;
    }
    admin
}

/// A trend as `from to expenses`.
async fn trend(client: &Client, filter: Value, interval: &str) -> Vec<String> {
    let selection = format!("trends(interval: {interval}) {{ from to expenses {{ amount }} }}");
    let found = client.dashboard(filter, &selection).await;
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let points = found["trends"].as_array().expect("a trend").iter();
    points.map(|it| format!("{} {} {}", text(&it["from"]), text(&it["to"]), text(&it["expenses"]["amount"]))).collect()
}

async fn quarters_and_years_are_those_of_the_financial_year(app: TestApp) {
    let admin = keep_books(&app).await;
    for (start, years, quarters) in [
        (
            "04-06",
            ["2025-04-06 2026-04-05 1.00", "2026-04-06 2027-04-05 30.00"],
            &["2026-01-06 2026-04-05 1.00", "2026-04-06 2026-07-05 14.00", "2026-07-06 2026-10-05 16.00"][..],
        ),
        (
            "07-01",
            ["2025-07-01 2026-06-30 7.00", "2026-07-01 2027-06-30 24.00"],
            &["2026-04-01 2026-06-30 7.00", "2026-07-01 2026-09-30 24.00"],
        ),
        (
            "05-31",
            ["2025-05-31 2026-05-30 7.00", "2026-05-31 2027-05-30 24.00"],
            &["2026-02-28 2026-05-30 7.00", "2026-05-31 2026-08-30 24.00"],
        ),
    ] {
        // It shows at once.
        admin.reorganize(json!({ "financialYearStart": start })).await.ok();
        assert_eq!(trend(&admin, json!({}), "YEAR").await, years, "{start}");
        assert_eq!(trend(&admin, json!({}), "QUARTER").await, quarters, "{start}");
    }
    admin.reorganize(json!({ "financialYearStart": "04-06" })).await.ok();
    let cut = json!({ "from": "2026-04-06", "to": "2026-07-31" });
    let expected = ["2026-04-06 2026-07-05 14.00", "2026-07-06 2026-07-31 16.00"];
    assert_eq!(trend(&admin, cut.clone(), "QUARTER").await, expected);
    // Months are the calendar's.
    let expected = [
        "2026-04-06 2026-04-30 6.00",
        "2026-05-01 2026-05-31 0.00",
        "2026-06-01 2026-06-30 0.00",
        "2026-07-01 2026-07-31 24.00",
    ];
    assert_eq!(trend(&admin, cut, "MONTH").await, expected);
    // Of one category, and of the first days that there are.
    admin.enter(json!({ "date": "1900-01-01", "amount": "32", "category": "Old" })).await;
    let old = trend(&admin, json!({ "categories": ["old"] }), "YEAR").await;
    assert_eq!(old, ["1900-01-01 1900-04-05 32.00"]);
}

async fn weeks_begin_on_the_organizations_day(app: TestApp) {
    let admin = keep_books(&app).await;
    // 5 April 2026 is a Sunday.
    let weeks = json!({ "from": "2026-04-01", "to": "2026-04-12" });
    assert_eq!(
        trend(&admin, weeks.clone(), "WEEK").await,
        ["2026-04-01 2026-04-05 1.00", "2026-04-06 2026-04-12 2.00"]
    );
    admin.reorganize(json!({ "weekStart": "SUNDAY" })).await.ok();
    let expected = ["2026-04-01 2026-04-04 0.00", "2026-04-05 2026-04-11 3.00", "2026-04-12 2026-04-12 0.00"];
    assert_eq!(trend(&admin, weeks, "WEEK").await, expected);
}

async fn whole_financial_quarters_and_years_are_compared_with_whole_ones(app: TestApp) {
    let admin = keep_books(&app).await;
    let compare = "previous { from to expenses { amount } } year: previous(compareWith: PREVIOUS_YEAR) { from to }";
    let range = |from: &str, to: &str| json!({ "from": from, "to": to });
    let quarter = range("2026-04-06", "2026-07-05");
    let found = admin.dashboard(quarter.clone(), compare).await;
    // As many days.
    let expected = json!({ "from": "2026-01-05", "to": "2026-04-05", "expenses": { "amount": "1.00" } });
    assert_eq!(found["previous"], expected);

    admin.reorganize(json!({ "financialYearStart": "04-06" })).await.ok();
    let found = admin.dashboard(quarter, compare).await;
    let expected = json!({ "from": "2026-01-06", "to": "2026-04-05", "expenses": { "amount": "1.00" } });
    assert_eq!((&found["previous"], &found["year"]), (&expected, &range("2025-04-06", "2025-07-05")));
    let found = admin.dashboard(range("2026-04-06", "2027-04-05"), compare).await;
    let expected = json!({ "from": "2025-04-06", "to": "2026-04-05", "expenses": { "amount": "1.00" } });
    assert_eq!((&found["previous"], &found["year"]), (&expected, &range("2025-04-06", "2026-04-05")));
}
