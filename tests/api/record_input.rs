//! Every bad input of every operation on records, categories and the dashboard: the code, the field, nothing written.

use entity::Role;
use serde_json::{Value, json};

use crate::{
    books::{an_expense, with},
    harness::{Client, Response, TestApp},
    on_both,
};

on_both![
    what_is_no_record_is_not_created,
    what_is_no_record_does_not_replace_one,
    categories_refuse_what_is_no_name_and_no_id,
    lists_refuse_filters_that_mean_nothing,
    dashboards_refuse_what_they_cannot_answer,
    ids_of_other_things_and_other_texts_are_refused,
    the_longest_texts_are_accepted,
    numbers_past_32_bits_are_refused_by_name,
];

const CODE: &str = "BAD_USER_INPUT";

#[track_caller]
fn assert_refused(response: &Response, field: &str, case: &Value) {
    assert_eq!((response.code(), response.field()), (CODE, Some(field)), "{case} {}", response.body);
    assert!(response.message().len() > 20, "{case}: {}", response.message());
}

/// What does not fit the schema is refused before or while it is executed, by where in the document it stands.
#[track_caller]
fn assert_misfit(response: &Response, case: &Value) {
    assert!(["GRAPHQL_VALIDATION_FAILED", CODE].contains(&response.code()), "{case} {}", response.body);
}

/// Values of a record's fields that both `createRecord` and `updateRecord` refuse.
fn bad_fields() -> Vec<(&'static str, Value)> {
    let mut cases = Vec::new();
    for amount in [
        json!("0"),
        json!("0.00"),
        json!("-0"),
        json!(0),
        json!("-10000000000000.01"),
        json!("-0.001"),
        json!("10.005"),
        json!("0.001"),
        json!(""),
        json!(" 1"),
        json!("1e3"),
        json!("1,000"),
        json!("$5"),
        json!("NaN"),
        json!("Infinity"),
        json!(true),
        json!([]),
        json!({}),
        json!(0.5),
        json!("99999999999999999999"),
        json!("99999999999999999999999999999"),
        json!("١٢"),
    ] {
        cases.push(("amount", amount));
    }
    for currency in [json!("usd"), json!("US"), json!("ZZZ"), json!("XAU"), json!(""), json!(840), json!("USD ")] {
        cases.push(("currency", currency));
    }
    for date in [
        json!("2026-02-30"),
        json!("2026-13-01"),
        json!("2025-02-29"),
        json!("1899-12-31"),
        json!("2200-01-01"),
        json!("2026-1-1"),
        json!("2026-01-01T00:00:00Z"),
        json!(""),
        json!("today"),
        json!(20_260_101),
        json!("+2026-01-1"),
    ] {
        cases.push(("date", date));
    }
    for category in [
        "",
        "  ",
        "\u{a0}",
        "\u{200b}\u{2060}",
        "a\0b",
        "a\nb",
        "a\u{1b}b",
        "a\u{2028}b",
        "a\u{202e}b",
        &"x".repeat(101),
    ] {
        cases.push(("category", json!(category)));
    }
    for notes in ["a\0b", "a\u{7f}b", "a\rb", "a\u{9b}b", &"x".repeat(2001)] {
        cases.push(("notes", json!(notes)));
    }
    for counterparty in ["a\0b", "a\nb", "a\u{202e}b", "\u{200b}", &"x".repeat(201)] {
        cases.push(("counterparty", json!(counterparty)));
    }
    cases
}

async fn what_is_no_record_is_not_created(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let before = app.rows().await;
    for (field, value) in bad_fields() {
        let case = json!({ field: value });
        assert_refused(&analyst.create(an_expense(case.clone())).await, &format!("input.{field}"), &case);
    }
    for key in ["", " ", "a b", "é", "a\n", &"x".repeat(256)] {
        let case = json!({ "idempotencyKey": key });
        assert_refused(&analyst.create(an_expense(case.clone())).await, "input.idempotencyKey", &case);
    }
    for required in ["kind", "amount", "category", "date"] {
        let mut absent = an_expense(json!({}));
        absent.as_object_mut().expect("an object").remove(required);
        for input in [absent, an_expense(json!({ required: null }))] {
            let response = analyst.create(input).await;
            assert_misfit(&response, &json!(required));
        }
    }
    for unknown in [json!({ "kind": "GIFT" }), json!({ "owner": "me" }), json!({ "version": 1 })] {
        assert_misfit(&analyst.create(an_expense(unknown.clone())).await, &unknown);
    }
    assert_eq!(app.rows().await, before);
}

async fn what_is_no_record_does_not_replace_one(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let id = json!({ "id": analyst.enter(json!({})).await["id"] });
    let before = app.rows().await;
    for (field, value) in bad_fields() {
        let case = json!({ field: value });
        assert_refused(&analyst.update(with(id.clone(), case.clone())).await, &format!("input.{field}"), &case);
    }
    let yen = json!({ "currency": "JPY" });
    assert_refused(&analyst.update(with(id, yen.clone())).await, "input.currency", &yen);
    assert_eq!(app.rows().await, before);
}

async fn categories_refuse_what_is_no_name_and_no_id(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let category = admin.enter(json!({})).await["category"]["id"].clone();
    let before = app.rows().await;
    for name in ["", " ", "a\0b", "a\nb", &"x".repeat(101)] {
        let case = json!({ "id": category, "name": name });
        assert_refused(&admin.rename(case.clone()).await, "input.name", &case);
    }
    for id in ["", "1", "category", "record_01h455vb4pex5vsknk084sn02q", "category_81h455vb4pex5vsknk084sn02q"] {
        let case = json!(id);
        assert_refused(&admin.rename(json!({ "id": id, "name": "New" })).await, "input.id", &case);
        assert_refused(&admin.merge(&case, &category).await, "input.fromId", &case);
        assert_refused(&admin.merge(&category, &case).await, "input.intoId", &case);
    }
    let unknown = json!({ "id": "category_01h455vb4pex5vsknk084sn02q", "name": "New" });
    let response = admin.rename(unknown).await;
    assert_eq!((response.code(), response.field()), ("NOT_FOUND", Some("input.id")));
    assert_eq!(app.rows().await, before);
}

fn bad_filters() -> Vec<(&'static str, Value)> {
    let mut cases = vec![
        ("from", json!({ "from": "2026-02-02", "to": "2026-02-01" })),
        ("categories", json!({ "categories": vec!["x"; 51] })),
        ("categories.1", json!({ "categories": ["Rent", ""] })),
        ("categories.0", json!({ "categories": ["a\0b"] })),
        ("categories.0", json!({ "categories": ["x".repeat(101)] })),
        ("currency", json!({ "currency": "usd" })),
        ("currency", json!({ "currency": "XAU" })),
    ];
    for date in ["2026-02-30", "1899-12-31", "2200-01-01", "soon", ""] {
        cases.extend([("from", json!({ "from": date })), ("to", json!({ "to": date }))]);
    }
    cases
}

async fn lists_refuse_filters_that_mean_nothing(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    let mut cases = bad_filters();
    cases.extend([
        ("minAmount", json!({ "minAmount": "2", "maxAmount": "1" })),
        ("minAmount", json!({ "minAmount": "0.001" })),
        ("maxAmount", json!({ "maxAmount": "0.5", "currency": "JPY" })),
        ("maxAmount", json!({ "maxAmount": 0.5 })),
        ("minAmount", json!({ "minAmount": "much" })),
        ("minAmount", json!({ "minAmount": "99999999999999999999" })),
        ("search", json!({ "search": "a\0b" })),
        ("search", json!({ "search": "x".repeat(101) })),
        ("createdBy", json!({ "createdBy": "record_01h455vb4pex5vsknk084sn02q" })),
        ("createdBy", json!({ "createdBy": "" })),
    ]);
    for (field, filter) in cases {
        assert_refused(&viewer.records(json!({ "filter": filter })).await, &format!("filter.{field}"), &filter);
    }
    for filter in [json!({ "kind": "GIFT" }), json!({ "deleted": "MAYBE" }), json!({ "amount": 1 }), json!([])] {
        assert_misfit(&viewer.records(json!({ "filter": filter })).await, &filter);
    }
}

async fn dashboards_refuse_what_they_cannot_answer(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    let run = async |filter: &Value, selection: &str| {
        let query = format!("query ($filter: DashboardFilter) {{ dashboard(filter: $filter) {{ {selection} }} }}");
        viewer.run(&query, json!({ "filter": filter })).await
    };
    for (field, filter) in bad_filters() {
        assert_refused(&run(&filter, "summary { recordCount }").await, &format!("filter.{field}"), &filter);
    }
    let long = json!({ "from": "1900-01-01", "to": "2199-12-31" });
    for (selection, field) in [
        ("recent(first: -1) { id }", "first"),
        ("recent(first: 101) { id }", "first"),
        ("categories(first: -1) { share }", "first"),
        ("categories(first: 101) { share }", "first"),
        ("otherCategories(first: 101) { share }", "first"),
        ("trends(interval: DAY) { from }", "interval"),
        ("trends(interval: WEEK) { from }", "interval"),
    ] {
        assert_refused(&run(&long, selection).await, field, &json!(selection));
    }
    assert_misfit(&run(&long, "trends(interval: HOUR) { from }").await, &long);
}

async fn ids_of_other_things_and_other_texts_are_refused(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let before = app.rows().await;
    for id in [
        json!(""),
        json!("42"),
        json!(42),
        json!("user_01h455vb4pex5vsknk084sn02q"),
        json!("record_"),
        json!("RECORD_01h455vb4pex5vsknk084sn02q"),
    ] {
        let input = json!({ "id": id });
        assert_refused(&admin.update(input.clone()).await, "input.id", &id);
        assert_refused(&admin.delete(input.clone()).await, "input.id", &id);
        assert_refused(&admin.restore(input).await, "input.id", &id);
        let query = "query ($id: ID!) { record(id: $id) { id } }";
        assert_refused(&admin.run(query, json!({ "id": id })).await, "id", &id);
    }
    assert_eq!(app.rows().await, before);
}

async fn the_longest_texts_are_accepted(app: TestApp) {
    let analyst: Client = app.as_(Role::Analyst).await;
    let (category, notes) = ("é".repeat(100), "\u{1f600}".repeat(2000));
    let key = "~".repeat(255);
    let record = analyst.enter(json!({ "category": category, "notes": notes, "idempotencyKey": key })).await;
    assert_eq!((&record["category"]["name"], &record["notes"]), (&json!(category), &json!(notes)));
    let names: Vec<_> = (0..50).map(|n| n.to_string()).collect();
    analyst.records(json!({ "filter": { "categories": names, "search": "x".repeat(100) } })).await.ok();
}

async fn numbers_past_32_bits_are_refused_by_name(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let record = admin.enter(json!({})).await;
    let before = app.rows().await;
    for number in [2_147_483_648_i64, -2_147_483_649] {
        let input = json!({ "id": record["id"], "expectedVersion": number });
        assert_refused(&admin.update(input.clone()).await, "input.expectedVersion", &input);
        assert_refused(&admin.delete(input.clone()).await, "input.expectedVersion", &input);
        assert_refused(&admin.restore(input.clone()).await, "input.expectedVersion", &input);
        let user = format!(
            "mutation {{ updateUser(input: {{ id: {}, expectedVersion: {number} }}) {{ user {{ id }} }} }}",
            json!(admin.id())
        );
        assert_refused(&admin.run(&user, Value::Null).await, "input.expectedVersion", &json!(number));
    }
    // Larger sizes of pages are too costly before they are anything else.
    for size in ["first", "last"] {
        let pages = json!({ size: -2_147_483_649_i64 });
        assert_refused(&admin.records(pages.clone()).await, size, &pages);
        for list in ["users", "auditEvents"] {
            let query = format!("{{ {list}({size}: -2147483649) {{ nodes {{ id }} }} }}");
            assert_refused(&admin.run(&query, Value::Null).await, size, &json!(query));
        }
    }
    assert_eq!(app.rows().await, before);
}
