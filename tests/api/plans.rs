//! How the databases find the records of the usual lists: by an index, never by reading all of them.

use entity::{RecordKind, Role};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};
use tallybook::{
    categories::CategoryName,
    records::{self, Money, NewRecord},
    trail::Act,
};

use crate::{
    harness::{Client, TestApp},
    on_both,
};

on_both![the_usual_lists_use_an_index];

/// Enough for an index to be worth it, few enough to be quick.
const RECORDS: i64 = 8_000;

async fn the_usual_lists_use_an_index(app: TestApp) {
    let client = app.as_(Role::Admin).await;
    fill(&app, &client).await;
    for (arguments, index) in [
        (json!({}), "idx_records_date_id"),
        (json!({ "orderBy": { "direction": "ASC" } }), "idx_records_date_id"),
        (json!({ "last": 20 }), "idx_records_date_id"),
        (
            json!({ "filter": { "kind": "EXPENSE", "categories": ["Category 3"], "from": "2026-01-01", "to": "2026-03-31" } }),
            "idx_records_kind_category_id_date_id",
        ),
        (json!({ "filter": { "categories": ["Category 3"] } }), "idx_records_category_id_date_id"),
        (json!({ "orderBy": { "field": "AMOUNT" } }), "idx_records_amount_minor_id"),
        (json!({ "orderBy": { "field": "CREATED_AT" } }), "idx_records_created_at_id"),
        (json!({ "filter": { "createdBy": client.id() } }), "idx_records_created_by_date_id"),
        (json!({ "filter": { "deleted": "ONLY" } }), "idx_records_deleted_date_id"),
    ] {
        let plan = plan_of(&app, &client, &arguments).await;
        assert!(plan.contains(index), "{arguments}\n{plan}");
        assert!(!plan.contains("Seq Scan on records") && !plan.contains("SCAN records\n"), "{arguments}\n{plan}");
        let next = with_cursor(&client, arguments.clone()).await;
        let plan = plan_of(&app, &client, &next).await;
        assert!(plan.contains("idx_records_") && !plan.contains("Seq Scan on records"), "{next}\n{plan}");
    }
}

async fn fill(app: &TestApp, client: &Client) {
    let first: chrono::NaiveDate = "2024-01-01".parse().expect("a day");
    let others = [app.user(Role::Analyst).await.id, app.user(Role::Analyst).await.id];
    let record = |n: i64| {
        let category = CategoryName::parse("category", &format!("Category {}", n % 12));
        NewRecord {
            kind: if n % 3 == 0 { RecordKind::Income } else { RecordKind::Expense },
            amount: Money { minor: n * 7_919 % 100_003 + 1, currency: iso_currency::Currency::USD },
            category: category.unwrap_or_else(|error| panic!("{error:?}")),
            date: first + chrono::TimeDelta::days(n * 31 % 1_000),
            notes: String::new(),
            idempotency_key: None,
        }
    };
    let all: Vec<_> = (0..RECORDS).map(record).collect();
    for (n, batch) in all.chunks(200).enumerate() {
        app.advance(chrono::TimeDelta::seconds(1));
        let creator = if n % 20 == 0 { client.user().id } else { others[n % 2] };
        let act = Act { actor: Some(creator), at: app.now(), request_id: None };
        records::create_many(app.db(), &act, creator, batch).await.unwrap_or_else(|error| panic!("{error:?}"));
    }
    let listed = client.records(json!({ "first": 40 })).await.ok();
    for record in crate::books::nodes(&listed) {
        client.delete(json!({ "id": record["id"] })).await.ok();
    }
    app.db().execute_unprepared("ANALYZE").await.expect("statistics");
}

async fn with_cursor(client: &Client, arguments: Value) -> Value {
    let list = client.records(arguments.clone()).await.ok();
    let info = &list["records"]["pageInfo"];
    let cursor = match arguments["last"] {
        Value::Null => json!({ "after": info["endCursor"] }),
        _ => json!({ "before": info["startCursor"] }),
    };
    crate::books::with(arguments, cursor)
}

/// How the database runs the statement that brings the page.
async fn plan_of(app: &TestApp, client: &Client, arguments: &Value) -> String {
    let query = "query ($filter: RecordFilter, $orderBy: RecordOrder, $first: Int, $after: String, $last: Int, $before: String) \
        { records(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) { nodes { id } } }";
    let (response, statements) = app.executed_by(client.run(query, arguments.clone())).await;
    response.ok();
    let of_records: Vec<_> = statements.iter().filter(|one| one.sql.contains("FROM \"records\"")).collect();
    let [statement] = of_records[..] else { panic!("one statement for a page: {statements:#?}") };
    explain(app, statement).await
}

async fn explain(app: &TestApp, statement: &Statement) -> String {
    let (word, column) = match statement.db_backend {
        DbBackend::Postgres => ("EXPLAIN", 0),
        _ => ("EXPLAIN QUERY PLAN", 3),
    };
    let explained = Statement { sql: format!("{word} {}", statement.sql), ..statement.clone() };
    let lines = app.db().query_all_raw(explained).await.expect("a plan");
    lines.iter().map(|line| line.try_get_by_index::<String>(column).expect("a line") + "\n").collect()
}
