//! Totals that are spread over several rows, because several writers met.

use entity::{Role, currency_total, total};
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::LockType,
};
use serde_json::{Value, json};
use tallybook::{auth::Author, totals};

use crate::{
    books::an_expense,
    fold::{Books, assert_dashboard_matches},
    harness::{Client, TestApp},
    on_both,
};

on_both![
    a_total_in_several_rows_is_their_sum,
    who_finds_a_total_taken_writes_beside_it,
    rows_are_folded_while_their_categories_are_merged,
];

/// Both tables, with the columns of their keys.
const TABLES: [(&str, &str); 2] =
    [("totals", "span, start, currency, category_id"), ("currency_totals", "span, start, currency")];
const SUMS: &str = "income_minor, income_count, expenses_minor, expenses_count";

async fn a_total_in_several_rows_is_their_sum(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    for (kind, amount, date) in
        [("INCOME", "100.00", "2026-03-30"), ("INCOME", "3.50", "2026-03-31"), ("EXPENSE", "20.00", "2026-05-02")]
    {
        admin.create(an_expense(json!({ "kind": kind, "amount": amount, "date": date }))).await.ok();
    }
    // Each total in two rows: one of counts and sums that make no sense alone, one below zero.
    for (table, key) in TABLES {
        execute(&app, &format!("INSERT INTO {table} ({key}, slot, {SUMS}) SELECT {key}, 1, income_minor + 70, 0, -3, expenses_count + 2 FROM {table}")).await;
        execute(&app, &format!("UPDATE {table} SET income_minor = -70, expenses_minor = expenses_minor + 3, expenses_count = -2 WHERE slot = 0")).await;
    }
    // One that came to nothing, a year before everything else.
    let day = match app.db().backend() {
        DbBackend::Postgres => "DATE '2025-01-01'",
        _ => "'2025-01-01'",
    };
    for ((table, key), (slot, sign)) in TABLES.into_iter().flat_map(|table| [(table, (0, "")), (table, (1, "-"))]) {
        let key_then = key.replace("start", day);
        execute(&app, &format!("INSERT INTO {table} ({key}, slot, {SUMS}) SELECT DISTINCT {key_then}, {slot}, {sign}5, {sign}1, {sign}7, {sign}1 FROM {table} WHERE start > '2026-01-01'")).await;
    }
    assert_sums(&app, &admin).await;
    totals::fold(app.services()).await.unwrap_or_else(|error| panic!("{error:?}"));
    assert_sums(&app, &admin).await;
    assert_eq!(in_other_slots(&app).await, 0);
    app.rebuild_totals().await.unwrap_or_else(|error| panic!("{error:?}"));
    assert_sums(&app, &admin).await;
}

async fn who_finds_a_total_taken_writes_beside_it(app: TestApp) {
    if app.db().backend() == DbBackend::Sqlite {
        return; // It has one writer at a time.
    }
    let analyst = app.as_(Role::Analyst).await;
    analyst.create(an_expense(json!({ "amount": "1.00" }))).await.ok();
    // A writer who has not committed yet.
    let other = app.services().change(Author::default()).await.unwrap_or_else(|error| panic!("{error:?}"));
    total::Entity::find().lock(LockType::NoKeyUpdate).all(other.db()).await.expect("all totals");
    currency_total::Entity::find().lock(LockType::NoKeyUpdate).all(other.db()).await.expect("all totals together");
    analyst.create(an_expense(json!({ "amount": "2.00" }))).await.ok();
    totals::fold(app.services()).await.unwrap_or_else(|error| panic!("{error:?}"));
    other.rollback().await.unwrap_or_else(|error| panic!("{error:?}"));
    assert_eq!(
        in_other_slots(&app).await,
        5,
        "of the day, the month and all days, and of the day and the month together"
    );
    // With nobody in the way, the first row is taken.
    analyst.create(an_expense(json!({ "amount": "4.00" }))).await.ok();
    let days =
        total::Entity::find().filter(total::Column::Span.eq(total::Span::Day.to_value())).all(app.db().read()).await;
    let mut sums: Vec<_> =
        days.expect("the totals of the day").iter().map(|row| (row.slot, row.expenses_minor)).collect();
    sums.sort_unstable();
    assert_eq!(sums, [(0, 500), (1, 200)]);
    assert_sums(&app, &analyst).await;
}

async fn rows_are_folded_while_their_categories_are_merged(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    for round in 0..12 {
        let into = admin.enter(json!({ "category": format!("B{round}") })).await["category"]["id"].clone();
        let from = admin.enter(json!({ "category": format!("A{round}") })).await["category"]["id"].clone();
        for (table, key) in TABLES {
            execute(
                &app,
                &format!(
                    "INSERT INTO {table} ({key}, slot, {SUMS}) SELECT {key}, 1, 5, 0, 0, 0 FROM {table} WHERE slot = 0"
                ),
            )
            .await;
            execute(&app, &format!("UPDATE {table} SET income_minor = income_minor - 5 WHERE slot = 0")).await;
        }
        let (folded, merged) = futures_util::join!(totals::fold(app.services()), admin.merge(&from, &into));
        folded.unwrap_or_else(|error| panic!("{error:?}"));
        merged.ok();
        assert_eq!(totals::verify(app.db()).await.unwrap_or_else(|error| panic!("{error:?}")), []);
        // A total that was being moved is left for the next time.
        totals::fold(app.services()).await.unwrap_or_else(|error| panic!("{error:?}"));
        assert_eq!(in_other_slots(&app).await, 0);
    }
}

async fn assert_sums(app: &TestApp, client: &Client) {
    let books = Books::read(app).await;
    for filter in [json!({}), json!({ "kind": "INCOME" }), json!({ "from": "2026-03-31", "to": "2026-05-31" })] {
        assert_dashboard_matches(client, &books, filter.clone()).await;
        let sums = "summary { income { minorUnits } expenses { minorUnits } net { minorUnits } recordCount }";
        let list = format!("query ($filter: RecordFilter) {{ records(filter: $filter) {{ totalCount {sums} }} }}");
        let list = client.run(&list, json!({ "filter": filter })).await.ok();
        let dashboard: Value = client.dashboard(filter, sums).await;
        assert_eq!(list["records"]["summary"], dashboard["summary"]);
        assert_eq!(list["records"]["totalCount"], dashboard["summary"]["recordCount"]);
    }
    assert_eq!(totals::verify(app.db()).await.unwrap_or_else(|error| panic!("{error:?}")), []);
}

async fn in_other_slots(app: &TestApp) -> u64 {
    let ones = total::Entity::find().filter(total::Column::Slot.gt(0)).count(app.db().read());
    let together = currency_total::Entity::find().filter(currency_total::Column::Slot.gt(0)).count(app.db().read());
    ones.await.expect("a count") + together.await.expect("a count")
}

async fn execute(app: &TestApp, statement: &str) {
    app.db().read().execute_unprepared(statement).await.expect(statement);
}
