//! What an operation may cost, by the length of its lists and by what the database has to read; and who waits.

use axum::http::StatusCode;
use entity::Role;
use sea_orm::{ConnectionTrait, DbBackend};
use serde_json::{Value, json};

use crate::{harness::TestApp, on_both, published::types};

on_both![
    a_trend_costs_its_intervals,
    an_open_trend_costs_the_intervals_of_the_books,
    a_list_of_categories_costs_its_page_however_many_there_are,
    what_no_total_answers_is_a_scan,
    a_search_with_an_index_is_no_scan_but_costs_more_than_a_total,
    a_search_without_an_index_is_a_scan,
    an_answer_has_a_bound_in_bytes,
    more_operations_than_a_user_may_have_wait_for_each_other,
];

/// `count` aliased trends by day of ten years.
fn trends(count: usize, filter: &str) -> String {
    let trends = (0..count).map(|n| format!("a{n}: trends(interval: DAY) {{ from to net {{ amount }} }} "));
    format!("{{ dashboard{filter} {{ {} }} }}", trends.collect::<String>())
}

async fn a_trend_costs_its_intervals(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    let range = "(filter: {from: \"2016-01-01\", to: \"2026-12-13\"})";
    for client in [&viewer, &app.anonymous()] {
        let (response, statements) = app.statements_of(client.run(&trends(30, range), Value::Null)).await;
        assert_eq!((response.status, response.code()), (StatusCode::BAD_REQUEST, "QUERY_TOO_COMPLEX"));
        let extensions = &response.error()["extensions"];
        assert_eq!((&extensions["cost"], &extensions["limit"]), (&json!(1 + 30 * (1 + 4_000 * 4)), &json!(50_000)));
        assert_eq!(statements, Vec::<String>::new());
    }
    viewer.run(&trends(3, range), Value::Null).await.ok();
    let month = "(filter: {from: \"2026-05-01\", to: \"2026-05-31\"})";
    viewer.run(&trends(30, month), Value::Null).await.ok();
    let variable = "query ($filter: DashboardFilter, $interval: TrendInterval) { dashboard(filter: $filter) { ...F } }
        fragment F on Dashboard { a: trends(interval: $interval) { ...P } b: trends(interval: $interval) { ...P }
            c: trends(interval: $interval) { ...P } d: trends(interval: $interval) { ...P } }
        fragment P on TrendPoint { from to net { amount } income { amount } }";
    let filter = json!({ "from": "2016-01-01", "to": "2026-12-13" });
    viewer.run(variable, json!({ "filter": filter })).await.ok();
    let response = viewer.run(variable, json!({ "filter": filter, "interval": "DAY" })).await;
    assert_eq!(response.code(), "QUERY_TOO_COMPLEX");
}

async fn an_open_trend_costs_the_intervals_of_the_books(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    analyst.run(&trends(30, ""), Value::Null).await.ok();
    let create = "mutation ($date: Date!) { createRecord(input: {kind: INCOME, amount: 1, category: \"Fees\", date: $date}) { record { id } } }";
    for date in ["2016-01-01", "2026-05-01"] {
        analyst.run(create, json!({ "date": date })).await.ok();
    }
    let other = app.elsewhere().await;
    let analyst = other.with_token(analyst.token());
    assert_eq!(analyst.run(&trends(30, ""), Value::Null).await.code(), "QUERY_TOO_COMPLEX");
    analyst.run(&trends(30, "(filter: {from: \"2026-04-30\"})"), Value::Null).await.ok();
}

async fn a_list_of_categories_costs_its_page_however_many_there_are(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    let lists = |count: usize, first: usize| {
        let list = format!("categories(first: {first}) {{ nodes {{ id name recordCount lastUsedOn }} totalCount }}");
        let lists = (0..count).map(|n| format!("a{n}: {list} "));
        format!("{{ {} }}", lists.collect::<String>())
    };
    viewer.run(&lists(20, 100), Value::Null).await.ok();
    let app = app.with(|config| config.limits.max_query_cost = 1_000);
    let viewer = app.with_token(viewer.token());
    let response = viewer.run(&lists(20, 100), Value::Null).await;
    assert_eq!(response.error()["extensions"]["cost"], 20 * (3 + 100 * 4));
    viewer.run(&lists(20, 10), Value::Null).await.ok();
}

async fn what_no_total_answers_is_a_scan(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    let sums = |count: usize, filter: &str| {
        let records = (0..count).map(|n| format!("r{n}: records(filter: {filter}) {{ totalCount }} "));
        format!("{{ {} }}", records.collect::<String>())
    };
    for filter in [
        "{minAmount: \"0.01\"}",
        "{maxAmount: \"1\"}",
        "{search: \"ab ÄÖ -- %%%%\"}",
        "{search: \"rent\", minAmount: \"1\"}",
    ] {
        let response = viewer.run(&sums(5, filter), Value::Null).await;
        assert_eq!(response.code(), "QUERY_TOO_COMPLEX", "{filter}");
        assert_eq!(response.error()["extensions"]["cost"], 5 * (2 + 10_000), "{filter}");
        viewer.run(&sums(4, filter), Value::Null).await.ok();
    }
    for filter in [
        "{kind: INCOME, search: null}",
        "{search: \" \"}",
        "{from: \"2026-01-01\", categories: [\"Fees\"], deleted: EXCLUDE}",
    ] {
        viewer.run(&sums(9, filter), Value::Null).await.ok();
    }
}

async fn a_search_with_an_index_is_no_scan_but_costs_more_than_a_total(app: TestApp) {
    let app = app.with(|config| config.limits.max_query_cost = 20_000);
    let viewer = app.as_(Role::Viewer).await;
    let sums = |count: usize, search: &str| {
        let list =
            |n| format!("r{n}: records(filter: {{search: \"{search}\", from: \"2026-01-01\"}}) {{ totalCount }} ");
        format!("{{ {} }}", (0..count).map(list).collect::<String>())
    };
    for search in ["rent", "ÄÖÜ", "a b тест", "漢字テスト"] {
        viewer.run(&sums(19, search), Value::Null).await.ok();
        let response = viewer.run(&sums(20, search), Value::Null).await;
        assert_eq!(response.error()["extensions"]["cost"], 20 * (2 + 1_000), "{search}");
    }
}

/// A role that may not create the extension has none: everything is found, and costs what it takes.
async fn a_search_without_an_index_is_a_scan(app: TestApp) {
    if app.db().backend() == DbBackend::Sqlite {
        return;
    }
    app.outside().await.execute_unprepared("DROP EXTENSION pg_trgm CASCADE").await.expect("no trigrams");
    let app = app.elsewhere().await;
    let client = app.as_(Role::Analyst).await;
    client.enter(json!({ "notes": "Тест платёж" })).await;
    assert_eq!(client.notes(json!({ "filter": { "search": "ТЕСТ" } })).await, ["Тест платёж"]);
    let sums = (0..5).map(|n| format!("r{n}: records(filter: {{search: \"тест\"}}) {{ totalCount }} "));
    let response = client.run(&format!("{{ {} }}", sums.collect::<String>()), Value::Null).await;
    assert_eq!(response.error()["extensions"]["cost"], 5 * (2 + 10_000));
    app.db().migrate().await.expect("an index, now that it can be made");
    let index = "SELECT indexdef FROM pg_indexes WHERE indexname = 'idx_records_search_text'";
    assert!(app.texts(index).await.concat().contains("gin_trgm_ops"));
}

async fn an_answer_has_a_bound_in_bytes(app: TestApp) {
    let app = app.with(|config| config.limits.max_answer_bytes = 200);
    let viewer = app.as_(Role::Viewer).await;
    viewer.run("{ me { id name } }", Value::Null).await.ok();
    let response = viewer.run("{ errorCodes }", Value::Null).await;
    assert_eq!((response.status, response.code()), (StatusCode::BAD_REQUEST, "QUERY_TOO_COMPLEX"));
    assert_eq!(response.error()["extensions"]["limit"], 200);
}

async fn more_operations_than_a_user_may_have_wait_for_each_other(app: TestApp) {
    let app = app.with(|config| (config.limits.max_operations_per_user, config.limits.max_operations) = (1, 1));
    let viewer = app.as_(Role::Viewer).await;
    let operations = (0..20).map(|_| viewer.run("{ records(filter: {search: \"a\"}) { totalCount } }", Value::Null));
    for response in futures_util::future::join_all(operations).await {
        response.ok();
    }
}

#[test]
fn every_field_that_takes_a_secret_is_a_credential() {
    use async_graphql::parser::types::TypeKind;

    let is_secret = |name: &str| {
        let name = name.to_lowercase();
        ["password", "token", "secret"].iter().any(|word| name.contains(word))
    };
    let takes_secret: Vec<_> = types()
        .into_iter()
        .filter_map(|definition| match definition.kind {
            TypeKind::InputObject(input) => Some((definition.name.node.to_string(), input.fields)),
            _ => None,
        })
        .filter(|(_, fields)| fields.iter().any(|field| is_secret(&field.node.name.node)))
        .map(|(name, _)| name)
        .collect();
    assert!(takes_secret.len() >= 6, "{takes_secret:?}");
    let page = include_str!("../../assets/graphiql/app.js");
    let mut wrong = Vec::new();
    for definition in types() {
        let TypeKind::Object(object) = definition.kind else { continue };
        for field in object.fields.iter().map(|field| &field.node) {
            let takes = field.arguments.iter().map(|argument| argument.node.ty.node.to_string());
            let takes_one = takes.into_iter().any(|ty| takes_secret.contains(&ty.replace(['!', '[', ']'], "")));
            let is_marked = field.directives.iter().any(|directive| directive.node.name.node == "credential");
            let is_known_to_the_page = page.contains(&format!("'{}'", field.name.node));
            if takes_one != is_marked || (is_marked && !is_known_to_the_page) {
                wrong.push(format!("{}.{}", definition.name.node, field.name.node));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "give it `directive = credential::apply(None)`, and add it to app.js");
}
