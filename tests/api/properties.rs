//! Lists and dashboards of random books against the plain model of them.

use std::collections::BTreeSet;

use chrono::{Days, NaiveDate, TimeDelta};
use entity::{RecordKind, Role, category, currency_total, record, total};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tallybook::{
    categories::CategoryName,
    id::{self, Kind},
    records::{Money, NewRecord},
    text::fold,
};
use uuid::Uuid;

use crate::{
    books::{nodes, with},
    fold::{Books, Entry, assert_dashboard_matches, day, is_meant, sums},
    harness::{Client, TestApp},
    on_both,
};

on_both![any_list_is_the_filtered_and_sorted_books, any_dashboard_is_the_fold_over_the_books];

/// How many random books each test tries, with [`QUESTIONS`] questions to each.
const CASES: u32 = 6;
const QUESTIONS: usize = 8;
const CATEGORIES: [&str; 4] = ["Rent", "Sales", "Office supplies", "Café"];
const NOTES: [&str; 8] = ["", "100% sure", "a_b", "Axb", "back\\slash", "Große Miete", "МОСКВА rent", "漢字 sales"];
const COUNTERPARTIES: [Option<&str>; 4] = [None, Some("Müller & Söhne"), Some("RENT-A-CAR"), Some("Москва Café")];
const SEARCHES: [&str; 22] = [
    "",
    "%",
    "_",
    "A",
    "x",
    "\\",
    "sure",
    "rent",
    "RENT a",
    "müller",
    "MÜLLER sales",
    "москва",
    "café",
    "cafe",
    "grosse",
    "ße mi",
    "漢字",
    "字 sal",
    "office supplies",
    "supplies %",
    "rent-a-car rent",
    "nothing at all",
];

async fn any_list_is_the_filtered_and_sorted_books(app: TestApp) {
    let clients = [app.as_(Role::Admin).await, app.as_(Role::Analyst).await];
    let question = (list_filter(), order(), 1..40_usize);
    let cases = (any_books(), prop::collection::vec(question, QUESTIONS));
    try_all(cases, async |(books, questions)| {
        let books = keep(&app, &clients, books).await;
        for (filter, order, size) in questions {
            assert_list_matches(&clients, &books, (filter, order, size)).await;
        }
    });
}

async fn any_dashboard_is_the_fold_over_the_books(app: TestApp) {
    let clients = [app.as_(Role::Admin).await, app.as_(Role::Analyst).await];
    let cases = (any_books(), prop::collection::vec(dashboard_filter(), QUESTIONS));
    try_all(cases, async |(books, filters)| {
        let books = keep(&app, &clients, books).await;
        for filter in filters {
            assert_dashboard_matches(&clients[0], &books, filter).await;
        }
    });
}

/// Runs `test` on [`CASES`] random values, and on smaller ones where it fails.
pub fn try_all<S: Strategy>(values: S, test: impl AsyncFn(S::Value)) {
    let config = Config { cases: CASES, max_shrink_iters: 30, failure_persistence: None, ..Config::default() };
    let outcome = tokio::task::block_in_place(|| {
        TestRunner::new(config).run(&values, |value| {
            tokio::runtime::Handle::current().block_on(test(value));
            Ok(())
        })
    });
    outcome.unwrap_or_else(|failure| panic!("{failure}"));
}

/// A record to be, who enters it, and whether it is deleted afterwards.
#[derive(Clone, Debug)]
struct Draft {
    kind: RecordKind,
    minor: i64,
    currency: &'static str,
    category: &'static str,
    date: NaiveDate,
    notes: &'static str,
    counterparty: Option<&'static str>,
    author: usize,
    is_deleted: bool,
}

fn any_books() -> impl Strategy<Value = Vec<Draft>> {
    let draft = (
        prop::sample::select(vec![RecordKind::Income, RecordKind::Expense]),
        // One in four is a refund.
        prop_oneof![3 => 1..2_000_i64, 1 => -2_000..0_i64],
        prop::sample::select(vec!["USD", "USD", "EUR", "JPY"]),
        prop::sample::select(CATEGORIES.to_vec()),
        any_day(),
        prop::sample::select(NOTES.to_vec()),
        prop::sample::select(COUNTERPARTIES.to_vec()),
        0..2_usize,
        prop::bool::weighted(0.1),
    );
    let draft = draft.prop_map(|(kind, minor, currency, category, date, notes, counterparty, author, is_deleted)| {
        Draft { kind, minor, currency, category, date, notes, counterparty, author, is_deleted }
    });
    prop::collection::vec(draft, 0..70)
}

/// Half of them within two months, so that days collide; the rest within two years.
fn any_day() -> impl Strategy<Value = NaiveDate> {
    let first = NaiveDate::from_ymd_opt(2024, 12, 15).expect("a day");
    prop_oneof![0..60_u64, 0..730_u64].prop_map(move |days| first + Days::new(days))
}

/// Puts `drafts`, and nothing else, into the database.
async fn keep(app: &TestApp, clients: &[Client; 2], drafts: Vec<Draft>) -> Books {
    // Until the server knows no category any more: one never goes.
    app.advance(TimeDelta::seconds(2));
    let db = app.db().read();
    record::Entity::delete_many().exec(db).await.expect("no records");
    total::Entity::delete_many().exec(db).await.expect("no totals");
    currency_total::Entity::delete_many().exec(db).await.expect("no totals of all together");
    category::Entity::delete_many().exec(db).await.expect("no categories");
    // Batches of one author and time, so that instants are equal, near and far.
    for (n, batch) in drafts.chunk_by(|a, b| a.author == b.author).enumerate() {
        app.advance(TimeDelta::microseconds([1, 1_000, 999_999, 1_000_000][n % 4]));
        let creator = clients[batch[0].author].user().id;
        let batch: Vec<_> = batch.iter().map(new_record).collect();
        let created = app.enter_all(creator, &batch).await;
        created.unwrap_or_else(|error| panic!("{error:?}"));
    }
    if drafts.len().is_multiple_of(2) {
        app.index_texts().await;
    }
    let books = Books::read(app).await;
    let mut ids: Vec<_> = books.0.iter().map(|entry| entry.id).collect();
    ids.sort_unstable();
    for (id, _) in ids.iter().zip(&drafts).filter(|(_, draft)| draft.is_deleted) {
        clients[0].delete(json!({ "id": id::encode(Kind::Record, *id) })).await.ok();
    }
    Books::read(app).await
}

fn new_record(draft: &Draft) -> NewRecord {
    let category = CategoryName::parse("category", draft.category);
    NewRecord {
        id: Uuid::now_v7(),
        kind: draft.kind,
        amount: Money { minor: draft.minor, currency: draft.currency.parse().expect("a currency") },
        category: category.unwrap_or_else(|error| panic!("{error:?}")),
        date: draft.date,
        notes: draft.notes.to_owned(),
        counterparty: draft.counterparty.map(str::to_owned),
        idempotency_key: None,
        origin: None,
    }
}

fn maybe<T: Into<Value> + Clone + std::fmt::Debug + 'static>(
    name: &'static str,
    values: Vec<T>,
) -> impl Strategy<Value = Value> {
    let some = prop::sample::select(values).prop_map(move |value| json!({ name: value.into() }));
    prop_oneof![2 => Just(json!({})), 1 => some]
}

fn dates() -> impl Strategy<Value = Value> {
    (prop::option::of(any_day()), prop::option::of(any_day())).prop_map(|(a, b)| {
        let (from, to) = if a.zip(b).is_some_and(|(a, b)| a > b) { (b, a) } else { (a, b) };
        json!({ "from": from.map(|day| day.to_string()), "to": to.map(|day| day.to_string()) })
    })
}

fn dashboard_filter() -> impl Strategy<Value = Value> {
    let categories =
        prop::sample::subsequence(CATEGORIES.to_vec(), 0..=4).prop_map(|names| json!({ "categories": names }));
    let categories = prop_oneof![Just(json!({})), categories];
    (dates(), categories, maybe("kind", vec!["INCOME", "EXPENSE"]), maybe("currency", vec!["USD", "EUR", "JPY"]))
        .prop_map(|(dates, categories, kind, currency)| with(with(with(dates, categories), kind), currency))
}

/// The creator is the number of a client until it is asked for.
fn list_filter() -> impl Strategy<Value = Value> {
    let amounts = prop_oneof![
        3 => Just(json!({})),
        1 => (-2_000..2_000_i64, 0..1_000_i64).prop_map(|(least, more)| json!({ "minAmount": least, "maxAmount": least + more, "currency": "JPY" })),
        1 => (-20..20_i64).prop_map(|most| json!({ "maxAmount": most })),
    ];
    let deleted = maybe("deleted", vec!["EXCLUDE", "INCLUDE", "ONLY"]);
    let search = maybe("search", SEARCHES.to_vec());
    (dashboard_filter(), amounts, deleted, search, maybe("createdBy", vec![0, 1])).prop_map(
        |(filter, amounts, deleted, search, author)| with(with(with(with(filter, amounts), deleted), search), author),
    )
}

fn order() -> impl Strategy<Value = Value> {
    (prop::sample::select(vec!["DATE", "AMOUNT", "CREATED_AT"]), prop::sample::select(vec!["ASC", "DESC"]))
        .prop_map(|(field, direction)| json!({ "field": field, "direction": direction }))
}

fn is_listed(entry: &Entry, filter: &Value, authors: &[Uuid]) -> bool {
    let deleted = match filter["deleted"].as_str() {
        Some("INCLUDE") => true,
        Some("ONLY") => entry.is_deleted,
        _ => !entry.is_deleted,
    };
    let of_currency = match (&filter["currency"], &filter["maxAmount"]) {
        (Value::Null, Value::Number(_)) => with(filter.clone(), json!({ "currency": "USD" })),
        _ => filter.clone(),
    };
    let unit = if entry.currency == "JPY" { 1 } else { 100 };
    let search = fold(filter["search"].as_str().unwrap_or_default());
    let texts = [&*entry.notes, entry.counterparty.as_deref().unwrap_or_default(), &*entry.category.name].map(fold);
    let is_found = search.split_whitespace().all(|word| texts.iter().any(|text| text.contains(word)));
    deleted
        && is_meant(entry, &of_currency)
        && day(filter, "from").is_none_or(|from| entry.date >= from)
        && day(filter, "to").is_none_or(|to| entry.date <= to)
        && filter["minAmount"].as_i64().is_none_or(|least| entry.minor >= least * unit)
        && filter["maxAmount"].as_i64().is_none_or(|most| entry.minor <= most * unit)
        && is_found
        && filter["createdBy"].as_u64().is_none_or(|n| usize::try_from(n).is_ok_and(|n| entry.created_by == authors[n]))
}

async fn assert_list_matches(clients: &[Client; 2], books: &Books, (filter, order, size): (Value, Value, usize)) {
    let authors = clients.each_ref().map(|client| client.user().id);
    let mut listed: Vec<_> = books.0.iter().filter(|entry| is_listed(entry, &filter, &authors)).collect();
    match order["field"].as_str() {
        Some("AMOUNT") => listed.sort_by_key(|entry| (entry.minor, entry.id)),
        Some("CREATED_AT") => listed.sort_by_key(|entry| (entry.created_at, entry.id)),
        _ => listed.sort_by_key(|entry| (entry.date, entry.id)),
    }
    if order["direction"] == "DESC" {
        listed.reverse();
    }
    let expected: Vec<_> = listed.iter().map(|entry| json!(id::encode(Kind::Record, entry.id))).collect();
    let question = format!("{filter} {order} {size}");
    let mut asked = filter.clone();
    if let Some(n) = filter["createdBy"].as_u64().and_then(|n| usize::try_from(n).ok()) {
        asked["createdBy"] = json!(clients[n].id());
    }
    let list = json!({ "filter": asked, "orderBy": order });
    let forwards = walk(&clients[0], &list, size, ("first", "after", "endCursor", "hasNextPage")).await;
    assert_eq!(forwards.concat(), expected, "{question}");
    let mut backwards = walk(&clients[0], &list, size, ("last", "before", "startCursor", "hasPreviousPage")).await;
    backwards.reverse();
    assert_eq!(backwards.concat(), expected, "backwards: {question}");

    let figures = "query ($filter: RecordFilter) { records(filter: $filter, first: 1) { totalCount summary(currency: \"EUR\") \
        { income { minorUnits } expenses { minorUnits } net { minorUnits } recordCount } } }";
    let found = clients[0].run(figures, json!({ "filter": asked })).await.ok();
    assert_eq!(found["records"]["totalCount"], expected.len(), "{question}");
    let euros = listed.into_iter().filter(|entry| entry.currency == "EUR");
    assert_eq!(found["records"]["summary"], sums(euros), "{question}");
}

/// The ids of each page, from one end of the list to the other.
async fn walk(
    client: &Client,
    list: &Value,
    size: usize,
    (count, from, end, more): (&str, &str, &str, &str),
) -> Vec<Vec<Value>> {
    let (mut pages, mut cursors) = (Vec::new(), BTreeSet::new());
    let mut cursor = Value::Null;
    loop {
        let page = client.records(with(list.clone(), json!({ count: size, from: cursor }))).await.ok();
        pages.push(nodes(&page).map(|node| node["id"].clone()).collect());
        let info = &page["records"]["pageInfo"];
        if info[more] == false {
            return pages;
        }
        cursor = info[end].clone();
        assert!(cursors.insert(cursor.to_string()), "the list goes round in circles at {cursor}");
    }
}
