//! Answers as the specification wants them, whatever order resolvers finish in and whatever a client leaves out.

use async_graphql::Value as Ordered;
use entity::Role;
use serde_json::{Value, json};

use crate::{
    harness::{Response, TestApp},
    on_both,
    scene::Scene,
};

on_both![
    keys_come_in_the_order_of_the_selection,
    an_object_of_which_everything_is_left_out_is_empty,
    a_field_that_failed_is_null_in_its_place_and_errors_come_in_the_order_of_the_answer,
    a_variable_that_is_left_out_means_the_default,
    null_is_no_default,
    a_default_does_not_make_an_invalid_document_valid,
    a_condition_has_the_default_of_its_variable,
    a_mutation_selected_twice_under_one_key_runs_once,
    error_codes_are_found_by_introspection,
    registering_with_a_bad_token_is_refused_like_everything_else,
];

const CREATE: &str = "mutation ($input: CreateRecordInput!) { createRecord(input: $input) { record { id } } }";

/// The keys of all objects of the answer, in their order: `a{b,c[d,e]}`.
fn keys(response: &Response) -> String {
    let body: Ordered = serde_json::from_str(&response.body).expect("JSON");
    let Ordered::Object(body) = body else { panic!("no object: {}", response.body) };
    written(&body["data"])
}

fn written(value: &Ordered) -> String {
    match value {
        Ordered::Object(fields) => {
            let fields: Vec<_> = fields.iter().map(|(key, value)| format!("{key}{}", written(value))).collect();
            format!("{{{}}}", fields.join(","))
        }
        Ordered::List(items) => format!("[{}]", items.iter().map(written).collect::<Vec<_>>().join(",")),
        _ => String::new(),
    }
}

async fn keys_come_in_the_order_of_the_selection(app: TestApp) {
    let scene = Scene::new(&app).await;
    for (document, expected) in [
        (
            "{ a: records { totalCount } b: me { name } c: categories { nodes { name id } } d: dashboard { currency } e: __typename }",
            "{a{totalCount},b{name},c{nodes[{name,id},{name,id},{name,id}]},d{currency},e}",
        ),
        (
            "{ ...Second first: me { id } } fragment Second on Query { second: records { ... { totalCount }
                nodes { createdBy { name id } kind category { name } ...R id } } } fragment R on FinancialRecord { date kind }",
            "{second{totalCount,nodes[{createdBy{name,id},kind,category{name},date,id}]},first{id}}",
        ),
        (
            "{ dashboard { trends { recordCount from } ... { recent { id } } currency summary { net { amount } recordCount } } }",
            "{dashboard{trends[{recordCount,from}],recent[{id}],currency,summary{net{amount},recordCount}}}",
        ),
        ("{ me { email id } records { totalCount } me { name id } }", "{me{email,id,name},records{totalCount}}"),
        (
            "{ a: node(id: $category) { ... on User { x: name id } ... on Category { id x: name } }
               b: node(id: $author) { ... on Category { id x: name } ... on User { x: name id } __typename } }",
            "{a{id,x},b{x,id,__typename}}",
        ),
        ("{ records { nodes { kind @skip(if: true) id date kind } } }", "{records{nodes[{id,date,kind}]}}"),
    ] {
        for _ in 0..5 {
            let response = scene.author.run(&scene.fill(document), Value::Null).await;
            assert_eq!(keys(&response), expected, "{document}: {}", response.body);
        }
    }
}

async fn an_object_of_which_everything_is_left_out_is_empty(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    let document = "query ($no: Boolean! = false) { me { id @include(if: $no) } }";
    assert_eq!(viewer.run(document, Value::Null).await.ok(), json!({ "me": {} }));
    assert_eq!(viewer.run("{ me @skip(if: true) { id } }", Value::Null).await.ok(), json!({}));
    let nobody = "{ node(id: $deletedRecord) { ...F } } fragment F on FinancialRecord { id @skip(if: true) }";
    let scene = Scene::new(&app).await;
    assert_eq!(viewer.run(&scene.fill(nobody), Value::Null).await.ok(), json!({ "node": null }));
}

async fn a_field_that_failed_is_null_in_its_place_and_errors_come_in_the_order_of_the_answer(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    let document = "{ a: users { totalCount } me { name } b: records(first: 101) { totalCount } c: auditEvents { totalCount } d: __typename }";
    for _ in 0..5 {
        let response = viewer.run(document, Value::Null).await;
        assert_eq!(keys(&response), "{a,me{name},b,c,d}", "{}", response.body);
        let paths: Vec<_> = response.errors.iter().map(|error| error["path"][0].as_str().expect("a path")).collect();
        assert_eq!(paths, ["a", "b", "c"]);
    }
}

async fn a_variable_that_is_left_out_means_the_default(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    for day in 1..=7 {
        let input = json!({ "kind": "INCOME", "amount": "1", "category": "Gifts", "date": format!("2026-05-0{day}") });
        analyst.run(CREATE, json!({ "input": input })).await.ok();
    }
    let trends = |data: &Value| data["dashboard"]["trends"].as_array().expect("trends").len();
    let document = "query T($interval: TrendInterval) { dashboard { trends(interval: $interval) { from } } }";
    assert_eq!(trends(&analyst.run(document, json!({})).await.ok()), 1);
    assert_eq!(trends(&analyst.run(document, json!({ "interval": "DAY" })).await.ok()), 7);
    let document = "query T($interval: TrendInterval = DAY) { dashboard { ...F } }
        fragment F on Dashboard { trends(interval: $interval) { from } }";
    assert_eq!(trends(&analyst.run(document, json!({})).await.ok()), 7);

    let document = "query ($n: Int, $d: OrderDirection, $f: RecordOrderField!) { dashboard { recent(first: $n) { id } }
        records(first: $n, orderBy: { direction: $d, field: $f }) { nodes { date } } }";
    let data = analyst.run(document, json!({ "f": "DATE" })).await.ok();
    assert_eq!(data["dashboard"]["recent"].as_array().map(Vec::len), Some(5));
    assert_eq!(data["records"]["nodes"].as_array().map(Vec::len), Some(7), "that argument has another default");
    assert_eq!(data["records"]["nodes"][0]["date"], "2026-05-07", "DESC");
    let data = analyst.run(document, json!({ "f": "DATE", "d": "ASC", "n": 2 })).await.ok();
    assert_eq!(data["records"]["nodes"], json!([{ "date": "2026-05-01" }, { "date": "2026-05-02" }]));

    let introspection = "query ($all: Boolean) { __type(name: \"User\") { fields(includeDeprecated: $all) { name } } }";
    assert!(analyst.run(introspection, json!({})).await.ok()["__type"]["fields"].is_array());
}

async fn null_is_no_default(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    let document = "query T($interval: TrendInterval) { dashboard { trends(interval: $interval) { from } } }";
    let response = viewer.run(document, json!({ "interval": null })).await;
    assert_eq!((response.code(), response.field()), ("BAD_USER_INPUT", Some("interval")), "{}", response.body);
    let document = "query T($d: OrderDirection) { records(orderBy: { field: DATE, direction: $d }) { totalCount } }";
    assert_eq!(viewer.run(document, json!({ "d": null })).await.code(), "BAD_USER_INPUT");
    viewer.run(document, json!({})).await.ok();
}

async fn a_default_does_not_make_an_invalid_document_valid(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    for document in [
        "query ($n: Int) { dashboard { recent(first: $n) { id } } nope }",
        "query ($n: Int, $unused: Int) { dashboard { recent(first: $n) { id } } }",
        "query ($n: Int) { dashboard { recent(first: $n) { id } } } fragment Unused on User { id }",
        "query ($n: Int) { me { id } me { id: name } dashboard { recent(first: $n) { id } } }",
        "query ($n: Int) { a: me { id } a: dashboard { recent(first: $n) { id } } }",
    ] {
        let response = viewer.run(document, json!({})).await;
        assert_eq!(response.codes(), ["GRAPHQL_VALIDATION_FAILED"], "{document}: {}", response.body);
        assert!(!response.body.contains("\"data\""), "{}", response.body);
    }
}

async fn a_condition_has_the_default_of_its_variable(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    let document = "query ($yes: Boolean = true, $no: Boolean! = false) { me {
        id @include(if: $no) name @include(if: $yes) role @skip(if: $yes) email @skip(if: $no) } }";
    let response = viewer.run(document, json!({})).await;
    assert_eq!(keys(&response), "{me{name,email}}", "{}", response.body);
    let response = viewer.run(document, json!({ "yes": false, "no": true })).await;
    assert_eq!(keys(&response), "{me{id,role}}", "{}", response.body);
}

async fn a_mutation_selected_twice_under_one_key_runs_once(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let input = json!({ "kind": "INCOME", "amount": "1", "category": "Gifts", "date": "2026-05-01" });
    let document = "mutation ($input: CreateRecordInput!) {
        made: createRecord(input: $input) { record { id } } ...F made: createRecord(input: $input) { record { date } }
    } fragment F on Mutation { made: createRecord(input: $input) { record { kind id } } }";
    let response = analyst.run(document, json!({ "input": input })).await;
    assert_eq!(keys(&response), "{made{record{id,kind,date}}}", "{}", response.body);
    let another = "mutation ($input: CreateRecordInput!) { made: createRecord(input: $input) { replayed } ...F }
        fragment F on Mutation { made: createRecord(input: {kind: INCOME, amount: 2, category: \"Gifts\", date: \"2026-05-01\"}) { replayed } }";
    let response = analyst.run(another, json!({ "input": input })).await;
    assert_eq!(response.codes(), ["GRAPHQL_VALIDATION_FAILED"], "{}", response.body);
    assert_eq!(analyst.run("{ records { totalCount } }", Value::Null).await.ok()["records"]["totalCount"], 1);
}

async fn error_codes_are_found_by_introspection(app: TestApp) {
    let document = "{ __type(name: \"ErrorCode\") { enumValues { name description } } errorCodes }";
    let data = app.anonymous().run(document, Value::Null).await.ok();
    let values = data["__type"]["enumValues"].as_array().expect("values");
    assert!(values.iter().all(|value| value["description"].as_str().is_some_and(|text| text.len() > 10)), "{values:?}");
    let names: Vec<_> = values.iter().map(|value| value["name"].clone()).collect();
    assert_eq!(data["errorCodes"], json!(names));
    assert!(names.contains(&json!("VERSION_CONFLICT")));
}

async fn registering_with_a_bad_token_is_refused_like_everything_else(app: TestApp) {
    let register = "mutation { register(input: {email: \"a@example.org\", name: \"A\", password: \"parsnips and turnips\"}) { user { id } } }";
    let before = app.rows().await;
    let response = app.with_token("bad").run(register, Value::Null).await;
    assert_eq!((response.status.as_u16(), response.code()), (401, "UNAUTHENTICATED"));
    assert_eq!(app.rows().await, before);
    app.anonymous().run(register, Value::Null).await.ok();
}
