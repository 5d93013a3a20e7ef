//! How the databases find what the usual queries want: by an index, never by reading all records.

use entity::{RecordKind, Role};
use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::{Value, json};
use tallybook::{
    categories::CategoryName,
    records::{Money, NewRecord},
};

use crate::{
    harness::{Client, TestApp},
    on_both,
};

on_both![the_usual_lists_and_sums_use_an_index];

/// How many records are entered one by one, and how many copies of each there are in the end: 100,000 together.
const ENTERED: i64 = 200;
const COPIES: i64 = 500;
/// How many more have a word that no other has.
const RARE: i64 = 3;

const DASHBOARD: &str = "query ($filter: DashboardFilter) { dashboard(filter: $filter) { summary { net { amount } } \
    previous { net { amount } } categories { share } otherCategories { share } trends { net { amount } } } }";
const SUMS: &str =
    "query ($filter: RecordFilter) { records(filter: $filter) { totalCount summary { net { amount } } } }";

async fn the_usual_lists_and_sums_use_an_index(app: TestApp) {
    let client = app.as_(Role::Admin).await;
    fill(&app, &client).await;
    lists_use_an_index(&app, &client).await;
    sums_use_an_index(&app, &client).await;
    searches_use_an_index(&app, &client).await;
    changes_walk_the_ids(&app, &client).await;
    merged_categories_are_walked_one_by_one(&app, &client).await;
    if app.db().backend() == DbBackend::Postgres {
        return;
    }
    // SQLite has statistics only where somebody made them, and reads them when it connects.
    app.outside().await.execute_unprepared("PRAGMA analysis_limit = 400; ANALYZE").await.expect("statistics");
    let app = app.elsewhere().await;
    let client = app.signed_in(client.user()).await;
    lists_use_an_index(&app, &client).await;
    sums_use_an_index(&app, &client).await;
    searches_use_an_index(&app, &client).await;
    changes_walk_the_ids(&app, &client).await;
    merged_categories_are_walked_one_by_one(&app, &client).await;
}

const SEARCHED: &str = "query ($filter: RecordFilter) { records(filter: $filter) { totalCount nodes { id } } }";

/// Rare words by the index of texts, and common ones along the list, unless all that are found are counted.
async fn searches_use_an_index(app: &TestApp, client: &Client) {
    let by_texts = if app.db().backend() == DbBackend::Postgres { "idx_records_search_text" } else { "json_each" };
    for (filter, is_rare) in [
        (json!({ "search": "rare" }), true),
        (json!({ "search": "RARE shared" }), true),
        (json!({ "search": "nowhere" }), true),
        (json!({ "search": "rare", "categories": ["Category 0"], "from": "2024-01-01" }), true),
        (json!({ "search": "rare", "createdBy": client.id() }), true),
        (json!({ "search": "category 0 rare" }), true),
        (json!({ "search": "shared" }), false),
        (json!({ "search": "ändern" }), false),
        (json!({ "search": "sh" }), false),
    ] {
        let plan = plan_of_page(app, client, &json!({ "filter": filter })).await;
        assert_eq!(plan.contains(by_texts), is_rare, "{filter}\n{plan}");
        assert!(is_rare || plan.contains("idx_records_date_id"), "{filter}\n{plan}");
        assert_reads_no_whole_table(&plan);
    }
    let found = async |search: &str| {
        let (response, statements) = app
            .executed_by(client.run(SEARCHED, json!({ "filter": { "search": search, "deleted": "INCLUDE" } })))
            .await;
        let count = response.ok()["records"]["totalCount"].as_i64().expect("a count");
        let listed = statements.iter().find(|one| one.sql.contains("COUNT(*)") && one.sql.contains("\"currency\""));
        (count, explain(app, listed.expect("the list")).await)
    };
    let most = ENTERED * COPIES;
    for (search, expected) in
        [("rare", RARE), ("shared", most + RARE), ("ändern", most), ("ändern rare", 0), ("sh rare", RARE)]
    {
        let (count, plan) = found(search).await;
        assert_eq!(count, expected, "{search}");
        if app.db().backend() == DbBackend::Sqlite {
            assert!(plan.contains(by_texts) || plan.contains("record_texts"), "{search}\n{plan}");
            assert_reads_no_whole_table(&plan);
        }
    }
}

/// A cache that is filled goes through the records by their ids.
async fn changes_walk_the_ids(app: &TestApp, client: &Client) {
    let index =
        if app.db().backend() == DbBackend::Postgres { "records_pkey" } else { "sqlite_autoindex_records_1 (id>?" };
    for client in [client, &app.as_(Role::Viewer).await] {
        let changes = client.run("{ changes(types: [RECORD], first: 2) { nodes { id } } }", Value::Null);
        let (response, statements) = app.executed_by(changes).await;
        assert_eq!(response.ok()["changes"]["nodes"].as_array().map(Vec::len), Some(2));
        let page = statements.iter().find(|one| one.sql.contains("FROM \"records\"")).expect("the page");
        let plan = explain(app, page).await;
        assert!(plan.contains(index) && !plan.contains("Sort") && !plan.contains("ORDER BY"), "{plan}");
    }
}

/// Each by its index as far as a page goes, however many records there are, and never sorted.
async fn merged_categories_are_walked_one_by_one(app: &TestApp, client: &Client) {
    let categories = client.run("{ categories(first: 100) { nodes { id name } } }", Value::Null).await.ok();
    let categories = categories["categories"]["nodes"].as_array().expect("categories");
    let id = |name| Some(categories.iter().find(|category| category["name"] == name)?["id"].clone());
    if let (Some(from), Some(into)) = (id("Category 11"), id("Category 3")) {
        client.merge(&from, &into).await.ok();
    }
    let arguments = json!({ "filter": { "categories": ["Category 3"], "from": "2024-02-01" } });
    for arguments in [arguments.clone(), with_cursor(client, arguments).await] {
        let plan = plan_of_page(app, client, &arguments).await;
        let walks = if app.db().backend() == DbBackend::Postgres {
            let (_, walk) = plan.split_once("Nested Loop").expect(&plan);
            let (_, walk) = walk.split_once("Limit").expect(&plan);
            walk.lines().nth(1).expect(&plan).contains("using idx_records_category_id_date_id on records")
        } else {
            let is_walked = plan.contains("idx_records_category_id_date_id (category_id=? AND date");
            // Only the page itself is sorted.
            is_walked && plan.matches("ORDER BY").count() == 1
        };
        assert!(walks, "{arguments}\n{plan}");
        assert_reads_no_whole_table(&plan);
    }
}

async fn lists_use_an_index(app: &TestApp, client: &Client) {
    for (arguments, index) in [
        (json!({}), "idx_records_date_id"),
        (json!({ "orderBy": { "direction": "ASC" } }), "idx_records_date_id"),
        (json!({ "last": 20 }), "idx_records_date_id"),
        (json!({ "filter": { "from": "2026-01-01", "to": "2026-03-31" } }), "idx_records_date_id"),
        (
            json!({ "filter": { "kind": "EXPENSE", "categories": ["Category 3"], "from": "2026-01-01", "to": "2026-03-31" } }),
            "category_id_date_id",
        ),
        (json!({ "filter": { "kind": "EXPENSE" } }), "date_id"),
        (json!({ "filter": { "categories": ["Category 3"] } }), "idx_records_category_id_date_id"),
        (json!({ "filter": { "minAmount": "10", "maxAmount": "20" } }), "idx_records_amount_minor_id"),
        (json!({ "orderBy": { "field": "AMOUNT" } }), "idx_records_amount_minor_id"),
        (json!({ "orderBy": { "field": "CREATED_AT" } }), "idx_records_created_at_id"),
        (json!({ "orderBy": { "field": "UPDATED_AT" } }), "idx_records_updated_at_id"),
        (json!({ "filter": { "createdByIds": [client.id()] } }), "idx_records_created_by_date_id"),
        (json!({ "filter": { "createdBy": client.id() } }), "idx_records_created_by_date_id"),
        (json!({ "filter": { "counterparty": "Acme Ltd" } }), "idx_records_counterparty_date_id"),
        (json!({ "filter": { "deleted": "ONLY" } }), "idx_records_deleted_date_id"),
        (json!({ "filter": { "deleted": "INCLUDE" } }), "idx_records_date_id"),
        (
            json!({ "filter": { "deleted": "INCLUDE" }, "orderBy": { "field": "AMOUNT" } }),
            "idx_records_amount_minor_id",
        ),
        (
            json!({ "filter": { "deleted": "INCLUDE" }, "orderBy": { "field": "CREATED_AT" } }),
            "idx_records_created_at_id",
        ),
        (
            json!({ "filter": { "categories": ["Category 3"] }, "orderBy": { "field": "AMOUNT" } }),
            "idx_records_category_id_amount_minor_id",
        ),
    ] {
        let plan = plan_of_page(app, client, &arguments).await;
        assert!(plan.contains(index), "{arguments}\n{plan}");
        assert_reads_no_whole_table(&plan);
        let next = with_cursor(client, arguments.clone()).await;
        let plan = plan_of_page(app, client, &next).await;
        assert!(plan.contains("idx_records_"), "{next}\n{plan}");
        assert_reads_no_whole_table(&plan);
    }
}

async fn sums_use_an_index(app: &TestApp, client: &Client) {
    let ragged = json!({ "kind": "EXPENSE", "categories": ["Category 3"], "from": "2026-01-15", "to": "2026-03-31" });
    for filter in [json!({}), json!({ "currency": "USD" }), ragged] {
        for query in [DASHBOARD, SUMS] {
            let (response, statements) = app.executed_by(client.run(query, json!({ "filter": filter }))).await;
            response.ok();
            let (sums, others): (Vec<_>, Vec<_>) =
                statements.into_iter().partition(|statement| statement.sql.contains("totals\""));
            assert!(!sums.is_empty(), "{query} {filter}");
            for statement in sums {
                let plan = explain(app, &statement).await;
                assert!(!plan.contains("records"), "{query} {filter}\n{plan}");
                assert_reads_no_whole_table(&plan);
                // The count is of all currencies, and looks at none of the category's other days.
                let counts_a_category = query == SUMS && filter["categories"].is_array();
                if counts_a_category && app.db().backend() == DbBackend::Sqlite {
                    let days = "idx_totals_category_id_span_start_currency (category_id=? AND span=? AND start>?";
                    assert!(plan.contains(days), "{plan}");
                }
            }
            // The page of the list; the sums have no limit.
            let is_page = |statement: &Statement| statement.sql.contains("LIMIT");
            assert!(others.iter().all(|one| is_page(one) || !one.sql.contains("records")), "{others:#?}");
        }
        // With its page it is one statement, whose page is read as it is without.
        let query = SUMS.replace("totalCount", "totalCount nodes { id }");
        let (response, statements) = app.executed_by(client.run(&query, json!({ "filter": filter }))).await;
        response.ok();
        let of_records: Vec<_> = statements.iter().filter(|one| one.sql.contains("FROM \"records\"")).collect();
        let [statement] = of_records[..] else { panic!("one statement for a list: {statements:#?}") };
        let plan = explain(app, statement).await;
        assert!(plan.contains("idx_records_"), "{filter}\n{plan}");
        assert_reads_no_whole_table(&plan);
    }
}

async fn fill(app: &TestApp, client: &Client) {
    let first: chrono::NaiveDate = "2024-01-01".parse().expect("a day");
    let others = [app.user(Role::Analyst).await.id, app.user(Role::Analyst).await.id];
    let record = |n: i64| {
        let category = CategoryName::parse("category", &format!("Category {}", n % 12));
        NewRecord {
            counterparty: None,
            id: uuid::Uuid::now_v7(),
            kind: if n / 12 % 3 == 0 { RecordKind::Income } else { RecordKind::Expense },
            amount: Money { minor: n * 7_919 % 100_003 + 1, currency: "USD".parse().expect("a currency") },
            category: category.unwrap_or_else(|error| panic!("{error:?}")),
            date: first + chrono::TimeDelta::days(n * 31 % 1_000),
            notes: "shared Ändern".to_owned(),
            idempotency_key: None,
            origin: None,
        }
    };
    let entered: Vec<_> = (0..ENTERED).map(record).collect();
    for (n, batch) in entered.chunks(10).enumerate() {
        app.advance(chrono::TimeDelta::seconds(1));
        let creator = if n % 20 == 0 { client.user().id } else { others[n % 2] };
        app.enter_all(creator, batch).await.unwrap_or_else(|error| panic!("{error:?}"));
    }
    copy(app).await;
    app.rebuild_totals().await.unwrap_or_else(|error| panic!("{error:?}"));
    for _ in 0..RARE {
        client.enter(json!({ "notes": "shared rare", "category": "Category 0", "date": "2024-01-01" })).await;
    }
    app.index_texts().await;
    let listed = client.records(json!({ "first": 40 })).await.ok();
    for record in crate::books::nodes(&listed) {
        client.delete(json!({ "id": record["id"] })).await.ok();
    }
    if app.db().backend() == DbBackend::Postgres {
        app.outside().await.execute_unprepared("ANALYZE").await.expect("statistics");
    }
}

/// Adds copies of all records, of other amounts, days and times: to enter so many would take a minute.
async fn copy(app: &TestApp) {
    let (patience, id, date, at) = match app.db().backend() {
        DbBackend::Postgres => (
            "SET LOCAL statement_timeout = 0;",
            "gen_random_uuid()",
            "date - n % 30",
            "created_at - n * INTERVAL '1 minute'",
        ),
        _ => (
            "",
            "randomblob(16)",
            "date(date, (-n % 30) || ' days')",
            "strftime('%Y-%m-%dT%H:%M:%f+00:00', created_at, -n || ' minutes')",
        ),
    };
    let copies = format!(
        "{patience} WITH RECURSIVE copies(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM copies WHERE n < {COPIES} - 1) \
         INSERT INTO records (id, kind, amount_minor, currency, category_id, date, notes, \
         search_text, created_by, updated_by, version, created_at, updated_at) \
         SELECT {id}, kind, amount_minor + n * 7919 % 100003, currency, category_id, {date}, notes, \
         search_text, created_by, updated_by, version, {at}, {at} FROM records CROSS JOIN copies"
    );
    let inserted = app.outside().await.execute_unprepared(&copies).await.expect("copies of the records");
    assert_eq!(inserted.rows_affected(), ENTERED.unsigned_abs() * (COPIES.unsigned_abs() - 1));
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
async fn plan_of_page(app: &TestApp, client: &Client, arguments: &Value) -> String {
    let query = "query ($filter: RecordFilter, $orderBy: RecordOrder, $first: Int, $after: String, $last: Int, $before: String) \
        { records(filter: $filter, orderBy: $orderBy, first: $first, after: $after, last: $last, before: $before) { nodes { id } } }";
    let (response, statements) = app.executed_by(client.run(query, arguments.clone())).await;
    response.ok();
    // A search first asks its index for the numbers of records, on SQLite.
    let is_page = |one: &&Statement| one.sql.contains("FROM \"records\"") && !one.sql.contains("json_group_array");
    let of_records: Vec<_> = statements.iter().filter(is_page).collect();
    let [statement] = of_records[..] else { panic!("one statement for a page: {statements:#?}") };
    explain(app, statement).await
}

#[track_caller]
fn assert_reads_no_whole_table(plan: &str) {
    for table in ["records", "totals", "day_totals", "currency_totals"] {
        let whole = plan.contains(&format!("Seq Scan on {table}")) || plan.contains(&format!("SCAN {table}\n"));
        assert!(!whole, "{plan}");
    }
}

/// The plan of `statement`: on `PostgreSQL` that for any values, as the server has it made; of a search that for its own.
pub async fn explain(app: &TestApp, statement: &Statement) -> String {
    let snapshot = app.db().snapshot().await.unwrap_or_else(|error| panic!("{error:?}"));
    if statement.db_backend == DbBackend::Postgres && statement.sql.contains(" LIKE ") {
        snapshot.execute_unprepared("SET LOCAL plan_cache_mode = force_custom_plan").await.expect("a plan of its own");
        let explained = Statement { sql: format!("EXPLAIN {}", statement.sql), ..statement.clone() };
        let lines = snapshot.query_all_raw(explained).await.expect("a plan");
        return lines.iter().map(|line| line.try_get_by_index::<String>(0).expect("a line") + "\n").collect();
    }
    let (explained, column) = match statement.db_backend {
        DbBackend::Postgres => {
            snapshot.execute_unprepared(&format!("PREPARE it AS {}", statement.sql)).await.expect("a statement");
            let values = vec!["NULL"; statement.values.iter().flat_map(|values| &values.0).count()].join(", ");
            let arguments = if values.is_empty() { values } else { format!("({values})") };
            (Statement::from_string(statement.db_backend, format!("EXPLAIN EXECUTE it {arguments}")), 0)
        }
        _ => (Statement { sql: format!("EXPLAIN QUERY PLAN {}", statement.sql), ..statement.clone() }, 3),
    };
    let lines = snapshot.query_all_raw(explained).await.expect("a plan");
    if statement.db_backend == DbBackend::Postgres {
        snapshot.execute_unprepared("DEALLOCATE it").await.expect("the end of the statement");
    }
    lines.iter().map(|line| line.try_get_by_index::<String>(column).expect("a line") + "\n").collect()
}
