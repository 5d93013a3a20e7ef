//! The filters that programs use: lists of ids and currencies, stretches of time; the order of changes, and the sums of
//! every currency.

use chrono::TimeDelta;
use entity::Role;
use serde_json::{Value, json};

use crate::{
    books::with,
    harness::{Client, TestApp},
    on_both,
};

on_both![
    lists_restrict_to_any_of_their_items,
    lists_have_bounds_and_their_problems_a_place,
    merged_categories_are_meant_by_their_ids,
    stretches_of_time_begin_at_an_instant_and_end_before_another,
    records_come_in_the_order_of_their_changes,
    there_is_a_summary_of_each_currency,
    summaries_count_deleted_records_only_where_they_are_asked_for,
];

/// The notes of the records that `filter` means, by day, and that count and sums are of the same records.
async fn found(client: &Client, filter: &Value) -> String {
    let query = "query ($filter: RecordFilter) { records(filter: $filter, first: 50) {
        totalCount summaries { recordCount } nodes { notes } } }";
    let list = client.run(query, json!({ "filter": filter })).await.ok()["records"].take();
    let notes: String = list["nodes"].as_array().expect("nodes").iter().filter_map(|it| it["notes"].as_str()).collect();
    let summaries = list["summaries"].as_array().expect("summaries").iter();
    let counts: i64 = summaries.filter_map(|it| it["recordCount"].as_i64()).sum();
    assert_eq!(
        (json!(notes.len()), json!(counts)),
        (list["totalCount"].clone(), list["totalCount"].clone()),
        "{filter}"
    );
    let count = client
        .run("query ($filter: RecordFilter) { records(filter: $filter) { totalCount } }", json!({ "filter": filter }));
    assert_eq!(count.await.ok()["records"]["totalCount"], list["totalCount"], "{filter}");
    notes
}

async fn lists_restrict_to_any_of_their_items(app: TestApp) {
    let (client, other) = (app.as_(Role::Analyst).await, app.as_(Role::Analyst).await);
    let mut ids = Vec::new();
    let mut categories = Vec::new();
    for (notes, currency, category) in
        [("a", "USD", "Sales"), ("b", "EUR", "Rent"), ("c", "JPY", "Rent"), ("d", "USD", "Office")]
    {
        let day = format!("2026-01-0{}", 5 - ids.len());
        let author = if notes == "d" { &other } else { &client };
        let record = author
            .enter(json!({ "notes": notes, "amount": "12", "currency": currency, "category": category, "date": day }))
            .await;
        ids.push(record["id"].clone());
        categories.push(record["category"]["id"].clone());
    }
    for (filter, expected) in [
        (json!({ "ids": [ids[3], ids[0], ids[0]] }), "ad"),
        (json!({ "ids": [] }), ""),
        (json!({ "ids": [ids[0]], "currency": "EUR" }), ""),
        (json!({ "categoryIds": [categories[0], categories[3]] }), "ad"),
        (json!({ "categoryIds": [categories[1]] }), "bc"),
        (json!({ "categoryIds": [] }), ""),
        (json!({ "categoryIds": ["category_01h455vb4pex5vsknk084sn02q"] }), ""),
        (json!({ "categoryIds": [categories[1], categories[0]], "categories": ["Office", "rent"] }), "bc"),
        (json!({ "currencies": ["USD", "JPY"] }), "acd"),
        (json!({ "currencies": ["EUR"] }), "b"),
        (json!({ "currencies": [] }), ""),
        (json!({ "currencies": ["USD", "EUR"], "currency": "EUR" }), "b"),
        (json!({ "currencies": ["USD"], "currency": "EUR" }), ""),
        (json!({ "currencies": ["EUR"], "minAmount": "12" }), "b"),
        (json!({ "currencies": ["EUR", "JPY"], "minAmount": "12" }), ""),
        (
            json!({ "currencies": ["USD", "JPY"], "from": "2026-01-03", "categories": ["Rent", "Sales"], "kind": "EXPENSE" }),
            "ac",
        ),
        (json!({ "createdByIds": [other.id()] }), "d"),
        (json!({ "createdByIds": [other.id(), client.id()] }), "abcd"),
        (json!({ "createdByIds": [other.id()], "createdBy": client.id() }), ""),
        (json!({ "createdByIds": [] }), ""),
        (
            json!({ "ids": ids, "categoryIds": categories, "currencies": ["EUR", "USD"], "createdByIds": [client.id()] }),
            "ab",
        ),
    ] {
        assert_eq!(found(&client, &filter).await, expected, "{filter}");
    }
}

async fn lists_have_bounds_and_their_problems_a_place(app: TestApp) {
    let client = app.as_(Role::Viewer).await;
    let id = "record_01h455vb4pex5vsknk084sn02q";
    for (name, item, most) in [
        ("ids", id, 500),
        ("categoryIds", "category_01h455vb4pex5vsknk084sn02q", 50),
        ("createdByIds", "user_01h455vb4pex5vsknk084sn02q", 50),
        ("currencies", "USD", 50),
    ] {
        let list = |count: usize| json!({ "filter": { name: vec![item; count] } });
        client.records(list(most)).await.ok();
        let refused = client.records(list(most + 1)).await;
        assert_eq!((refused.code(), refused.field()), ("BAD_USER_INPUT", Some(format!("filter.{name}").as_str())));
        assert_eq!(refused.error()["extensions"]["maxItems"], most);
    }
    let bad = json!({ "ids": ["x"], "categoryIds": [id], "createdByIds": [id, id], "currencies": ["USD", "XXQ"],
        "createdAt": { "from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z" }, "updatedAt": { "to": "yesterday" } });
    let refused = client.records(json!({ "filter": bad })).await;
    let fields: Vec<_> = refused.errors.iter().filter_map(|error| error["extensions"]["field"].as_str()).collect();
    let expected = [
        "filter.categoryIds.0",
        "filter.currencies.1",
        "filter.createdByIds.0",
        "filter.createdByIds.1",
        "filter.createdAt.from",
        "filter.updatedAt.to",
        "filter.ids.0",
    ];
    let sorted = |mut fields: Vec<&str>| {
        fields.sort_unstable();
        fields.join(" ")
    };
    assert_eq!(sorted(fields), sorted(expected.to_vec()), "{}", refused.body);
}

async fn merged_categories_are_meant_by_their_ids(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let (from, into) = (
        admin.enter(json!({ "notes": "a" })).await,
        admin.enter(json!({ "notes": "b", "category": "Office", "date": "2026-04-01" })).await,
    );
    let [from, into] = [from, into].map(|record| record["category"]["id"].clone());
    admin.merge(&from, &into).await.ok();
    for ids in [json!([from]), json!([into]), json!([from, into])] {
        assert_eq!(found(&admin, &json!({ "categoryIds": ids })).await, "ab", "{ids}");
    }
    admin.unmerge(&from).await.ok();
    assert_eq!(found(&admin, &json!({ "categoryIds": [from] })).await, "a");
}

async fn stretches_of_time_begin_at_an_instant_and_end_before_another(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    let first = client.enter(json!({ "notes": "a", "date": "2026-05-02" })).await;
    app.advance(TimeDelta::seconds(10));
    let second = client.enter(json!({ "notes": "b" })).await;
    app.advance(TimeDelta::seconds(10));
    let changed =
        client.update(json!({ "id": first["id"], "date": "2026-05-03" })).await.ok()["updateRecord"]["record"].take();
    let (first, second, changed) = (&first["createdAt"], &second["createdAt"], &changed["updatedAt"]);
    for (filter, expected) in [
        (json!({ "createdAt": { "from": second } }), "b"),
        (json!({ "createdAt": { "to": second } }), "a"),
        (json!({ "createdAt": { "from": first, "to": second } }), "a"),
        (json!({ "createdAt": { "from": first, "to": first } }), ""),
        (json!({ "createdAt": {} }), "ab"),
        (json!({ "createdAt": null, "updatedAt": { "from": null, "to": null } }), "ab"),
        (json!({ "updatedAt": { "from": changed } }), "a"),
        (json!({ "updatedAt": { "to": changed } }), "b"),
        (json!({ "updatedAt": { "from": second }, "createdAt": { "from": second } }), "b"),
    ] {
        assert_eq!(found(&client, &filter).await, expected, "{filter}");
    }
}

async fn records_come_in_the_order_of_their_changes(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let mut ids = Vec::new();
    for notes in ["a", "b", "c", "d"] {
        ids.push(admin.enter(json!({ "notes": notes })).await["id"].clone());
        app.advance(TimeDelta::seconds(1));
    }
    admin.update(json!({ "id": ids[1], "counterparty": "Acme" })).await.ok();
    app.advance(TimeDelta::seconds(1));
    admin.delete(json!({ "id": ids[2] })).await.ok();
    let order = |direction: &str| json!({ "orderBy": { "field": "UPDATED_AT", "direction": direction } });
    assert_eq!(admin.notes(order("DESC")).await, ["b", "d", "a"]);
    assert_eq!(admin.notes(order("ASC")).await, ["a", "d", "b"]);
    let all = with(order("DESC"), json!({ "filter": { "deleted": "INCLUDE" } }));
    assert_eq!(admin.notes(all.clone()).await, ["c", "b", "d", "a"]);
    let mut walked = Vec::new();
    let mut after = Value::Null;
    for _ in 0..4 {
        let page = admin.records(with(all.clone(), json!({ "first": 1, "after": after }))).await.ok()["records"].take();
        walked.push(page["edges"][0]["node"]["notes"].as_str().expect("a record").to_owned());
        after = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(walked, ["c", "b", "d", "a"]);
}

const SUMMARIES: &str = "query ($filter: RecordFilter) { records(filter: $filter) { totalCount
    base: summary { recordCount net { amount } } euros: summary(currency: \"EUR\") { recordCount net { amount } }
    summaries { recordCount income { amount } expenses { amount } net { amount currency } } } }";

async fn there_is_a_summary_of_each_currency(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    assert_eq!(client.run(SUMMARIES, Value::Null).await.ok()["records"]["summaries"], json!([]));
    for (kind, amount, currency, notes) in [
        ("INCOME", "100.00", "USD", "x"),
        ("EXPENSE", "-2.50", "USD", ""),
        ("EXPENSE", "300", "JPY", "x"),
        ("INCOME", "9000000000000.00", "EUR", "x"),
    ] {
        client.enter(json!({ "kind": kind, "amount": amount, "currency": currency, "notes": notes })).await;
    }
    let of = |count: i64, [income, expenses, net]: [&str; 3], currency: &str| json!({ "recordCount": count, "income": { "amount": income }, "expenses": { "amount": expenses }, "net": { "amount": net, "currency": currency } });
    let euros = of(1, ["9000000000000.00", "0.00", "9000000000000.00"], "EUR");
    let yen = of(1, ["0", "300", "-300"], "JPY");
    let dollars = of(2, ["100.00", "-2.50", "102.50"], "USD");
    // From the totals, and from the records one by one.
    for (filter, expected) in [
        (json!({}), json!([euros, yen, dollars])),
        (json!({ "from": "2026-05-01", "to": "2026-05-01" }), json!([euros, yen, dollars])),
        (json!({ "currencies": ["JPY", "USD"] }), json!([yen, dollars])),
        (json!({ "createdBy": client.id() }), json!([euros, yen, dollars])),
        (json!({ "search": "x", "currencies": ["EUR", "JPY"] }), json!([euros, yen])),
        (json!({ "search": "nowhere" }), json!([])),
    ] {
        let list = client.run(SUMMARIES, json!({ "filter": filter })).await.ok()["records"].take();
        assert_eq!(list["summaries"], expected, "{filter}");
        let counts = expected.as_array().expect("a list").iter().filter_map(|of| of["recordCount"].as_i64());
        assert_eq!(list["totalCount"], counts.sum::<i64>(), "{filter}");
        let is_in =
            |code: &str| expected.as_array().is_some_and(|all| all.iter().any(|of| of["net"]["currency"] == code));
        assert_eq!(list["euros"]["recordCount"], i64::from(is_in("EUR")), "{filter}");
        // The first summary is in the filter's only currency, else in the base currency.
        assert_eq!(list["base"]["recordCount"], if is_in("USD") { 2 } else { 0 }, "{filter}");
    }
}

async fn summaries_count_deleted_records_only_where_they_are_asked_for(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let gone = admin.enter(json!({ "currency": "EUR" })).await;
    admin.enter(json!({})).await;
    admin.delete(json!({ "id": gone["id"] })).await.ok();
    for (deleted, expected) in
        [("EXCLUDE", json!(["USD"])), ("INCLUDE", json!(["EUR", "USD"])), ("ONLY", json!(["EUR"]))]
    {
        let list = admin.run(SUMMARIES, json!({ "filter": { "deleted": deleted } })).await.ok()["records"].take();
        let codes = list["summaries"].as_array().expect("a list").iter().map(|of| of["net"]["currency"].clone());
        assert_eq!(codes.collect::<Value>(), expected);
    }
}
