//! Lists of records: filters, orders, pages, cursors, the count and the sums of all pages.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use entity::Role;
use serde_json::{Value, json};

use crate::{
    books::nodes,
    harness::{Client, TestApp},
    on_both,
};

on_both![
    each_filter_restricts_the_list_and_all_of_them_together,
    null_and_empty_filters_restrict_nothing,
    amount_bounds_without_a_currency_are_in_the_base_currency,
    deleted_records_are_listed_for_admins_who_ask,
    records_come_in_each_order,
    records_entered_microseconds_apart_come_in_their_order,
    pages_walk_the_list_both_ways_without_gaps,
    pages_hold_while_rows_come_and_go,
    a_page_is_bounded,
    cursors_of_other_orders_lists_and_makers_are_refused,
    the_count_and_the_sums_are_of_all_pages_and_of_the_filter,
    sums_are_in_the_currency_that_is_asked_for,
    counts_and_sums_of_plain_filters_do_not_touch_the_records,
];

async fn each_filter_restricts_the_list_and_all_of_them_together(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    let other = app.as_(Role::Analyst).await;
    for (notes, kind, amount, currency, category, date) in [
        ("a", "INCOME", "10", "USD", "Sales", "2026-01-01"),
        ("b", "EXPENSE", "20", "USD", "Rent", "2026-02-01"),
        ("c", "EXPENSE", "30", "EUR", "Rent", "2026-03-01"),
        ("d", "INCOME", "40", "USD", "Sales", "2026-04-01"),
        ("e", "EXPENSE", "50", "USD", "Office", "2026-05-01"),
    ] {
        let author = if notes == "e" { &other } else { &client };
        author
            .enter(json!({ "notes": notes, "kind": kind, "amount": amount, "currency": currency, "category": category, "date": date }))
            .await;
    }
    let cases = [
        (json!({}), "edcba"),
        (json!({ "kind": "INCOME" }), "da"),
        (json!({ "categories": ["rent", " SALES"] }), "dcba"),
        (json!({ "categories": ["Rent", "rent", "None such"] }), "cb"),
        (json!({ "categories": [] }), ""),
        (json!({ "categories": ["None such"] }), ""),
        (json!({ "from": "2026-02-01" }), "edcb"),
        (json!({ "to": "2026-02-01" }), "ba"),
        (json!({ "from": "2026-02-01", "to": "2026-04-01" }), "dcb"),
        (json!({ "from": "2026-02-01", "to": "2026-02-01" }), "b"),
        (json!({ "currency": "EUR" }), "c"),
        (json!({ "minAmount": "20.00" }), "edb"),
        (json!({ "maxAmount": "20" }), "ba"),
        (json!({ "minAmount": "20.01", "maxAmount": 49 }), "d"),
        (json!({ "minAmount": "-5", "maxAmount": "0" }), ""),
        (json!({ "minAmount": "30", "currency": "EUR" }), "c"),
        (json!({ "search": "E" }), "edcba"),
        (json!({ "search": "D sales" }), "d"),
        (json!({ "createdBy": other.id() }), "e"),
        (json!({ "createdBy": "user_01h455vb4pex5vsknk084sn02q" }), ""),
        (
            json!({ "kind": "EXPENSE", "categories": ["Rent"], "from": "2026-01-01", "to": "2026-12-31", "minAmount": "1",
            "maxAmount": "20", "currency": "USD", "search": "b", "createdBy": client.id(), "deleted": "EXCLUDE" }),
            "b",
        ),
    ];
    for (filter, expected) in cases {
        let list = client.records(json!({ "filter": filter })).await.ok();
        let found: String = nodes(&list).map(|node| node["notes"].as_str().expect("notes")).collect();
        assert_eq!(found, expected, "{filter}");
        assert_eq!(list["records"]["totalCount"], expected.len(), "{filter}");
    }
}

async fn null_and_empty_filters_restrict_nothing(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    client.enter(json!({ "notes": "one" })).await;
    let nulls = json!({ "kind": null, "categories": null, "from": null, "to": null, "minAmount": null, "maxAmount": null,
        "currency": null, "search": null, "createdBy": null, "deleted": null });
    for arguments in [
        json!({}),
        json!({ "filter": null, "orderBy": null, "first": null, "after": null, "last": null, "before": null }),
        json!({ "filter": {} }),
        json!({ "filter": nulls }),
        json!({ "filter": { "search": "" } }),
        json!({ "filter": { "search": " \t" } }),
    ] {
        assert_eq!(client.notes(arguments.clone()).await, ["one"], "{arguments}");
    }
}

async fn amount_bounds_without_a_currency_are_in_the_base_currency(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    client.enter(json!({ "amount": "1000", "currency": "JPY", "notes": "yen" })).await;
    client.enter(json!({ "amount": "10.00", "notes": "dollars" })).await;
    assert_eq!(client.notes(json!({ "filter": { "minAmount": "5" } })).await, ["dollars"]);
    assert_eq!(client.notes(json!({ "filter": { "maxAmount": "2000", "currency": "JPY" } })).await, ["yen"]);
}

async fn deleted_records_are_listed_for_admins_who_ask(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let gone = admin.enter(json!({ "notes": "gone", "date": "2026-01-01" })).await;
    admin.enter(json!({ "notes": "here", "date": "2026-01-02" })).await;
    admin.delete(json!({ "id": gone["id"] })).await.ok();
    for (deleted, expected) in [("EXCLUDE", &["here"][..]), ("INCLUDE", &["here", "gone"]), ("ONLY", &["gone"])] {
        let list = admin.records(json!({ "filter": { "deleted": deleted } })).await.ok();
        let notes: Vec<_> = nodes(&list).map(|node| node["notes"].as_str().expect("notes")).collect();
        assert_eq!(notes, expected);
        assert_eq!(list["records"]["totalCount"], expected.len());
        let response = app.as_(Role::Analyst).await.records(json!({ "filter": { "deleted": deleted } })).await;
        assert_eq!(response.errors.is_empty(), deleted == "EXCLUDE");
        assert!(response.codes().iter().all(|code| *code == "FORBIDDEN"));
    }
}

async fn records_come_in_each_order(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    for (notes, amount, date) in
        [("a", "30", "2026-01-02"), ("b", "10", "2026-01-03"), ("c", "20", "2026-01-01"), ("d", "10", "2026-01-02")]
    {
        app.advance(chrono::TimeDelta::seconds(1));
        client.enter(json!({ "notes": notes, "amount": amount, "date": date })).await;
    }
    for (order, expected) in [
        (json!(null), "bdac"),
        (json!({}), "bdac"),
        (json!({ "direction": "ASC" }), "cadb"),
        (json!({ "field": "AMOUNT" }), "acdb"),
        (json!({ "field": "AMOUNT", "direction": "ASC" }), "bdca"),
        (json!({ "field": "CREATED_AT", "direction": "DESC" }), "dcba"),
        (json!({ "field": "CREATED_AT", "direction": "ASC" }), "abcd"),
    ] {
        assert_eq!(client.notes(json!({ "orderBy": order })).await.concat(), expected, "{order}");
    }
}

async fn records_entered_microseconds_apart_come_in_their_order(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    let mut expected = String::new();
    for (micros, notes) in [(0, "a"), (1, "b"), (9, "c"), (90, "d"), (900, "e"), (999_000, "f"), (1_000_000, "g")] {
        client.enter(json!({ "notes": notes })).await;
        app.advance(chrono::TimeDelta::microseconds(micros + 1));
        expected.push_str(notes);
    }
    let mut walked = String::new();
    let mut after = Value::Null;
    for _ in 0..7 {
        let order = json!({ "field": "CREATED_AT", "direction": "ASC" });
        let list = client.records(json!({ "orderBy": order, "first": 1, "after": after })).await.ok();
        walked.extend(nodes(&list).map(|node| node["notes"].as_str().expect("notes")));
        after = list["records"]["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(walked, expected);
}

/// Ten records, two a day, newest first from `j` to `a`.
async fn ten(client: &Client) -> String {
    for (n, notes) in (0..).zip('a'..='j') {
        client.enter(json!({ "notes": notes, "date": format!("2026-01-{:02}", n / 2 + 1) })).await;
    }
    "jihgfedcba".to_owned()
}

async fn page(client: &Client, arguments: Value) -> (String, Value) {
    let mut list = client.records(arguments).await.ok();
    (nodes(&list).map(|node| node["notes"].as_str().expect("notes")).collect(), list["records"]["pageInfo"].take())
}

async fn pages_walk_the_list_both_ways_without_gaps(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    let all = ten(&client).await;
    let (mut forwards, mut after) = (Vec::new(), Value::Null);
    loop {
        let (notes, info) = page(&client, json!({ "first": 3, "after": after })).await;
        assert_eq!(info["hasPreviousPage"], !forwards.is_empty());
        forwards.push(notes);
        after = info["endCursor"].clone();
        if info["hasNextPage"] == false {
            break;
        }
    }
    assert_eq!(forwards, ["jih", "gfe", "dcb", "a"]);
    let (mut backwards, mut before) = (Vec::new(), Value::Null);
    loop {
        let (notes, info) = page(&client, json!({ "last": 3, "before": before })).await;
        assert_eq!(info["hasNextPage"], !backwards.is_empty());
        backwards.push(notes);
        before = info["startCursor"].clone();
        if info["hasPreviousPage"] == false {
            break;
        }
    }
    assert_eq!(backwards, ["cba", "fed", "ihg", "j"]);

    let (_, two) = page(&client, json!({ "first": 2 })).await;
    let (_, last_two) = page(&client, json!({ "last": 2 })).await;
    let between = json!({ "after": two["endCursor"], "before": last_two["startCursor"], "first": 100 });
    assert_eq!(page(&client, between).await.0, all[2..8]);
    let (nothing, info) = page(&client, json!({ "after": last_two["endCursor"] })).await;
    assert_eq!(nothing, "");
    assert_eq!(info, json!({ "hasNextPage": false, "hasPreviousPage": true, "startCursor": null, "endCursor": null }));
}

async fn pages_hold_while_rows_come_and_go(app: TestApp) {
    let client = app.as_(Role::Admin).await;
    ten(&client).await;
    let list = client.records(json!({ "first": 4 })).await.ok();
    let end = &list["records"]["pageInfo"]["endCursor"];
    let at_end = nodes(&list).last().expect("a record");
    client.enter(json!({ "notes": "new", "date": "2026-01-31" })).await;
    client.delete(json!({ "id": at_end["id"] })).await.ok();
    // The cursor is a place, which is there though its record is gone.
    assert_eq!(page(&client, json!({ "first": 3, "after": end })).await.0, "fed");
}

async fn a_page_is_bounded(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    ten(&client).await;
    client.enter(json!({})).await;
    assert_eq!(client.notes(json!({})).await.len(), 10);
    assert_eq!(client.notes(json!({ "first": 100 })).await.len(), 11);
    assert_eq!(client.notes(json!({ "last": 100 })).await.len(), 11);
    let (nothing, info) = page(&client, json!({ "first": 0 })).await;
    assert_eq!((nothing.as_str(), &info["hasNextPage"]), ("", &json!(true)));
    for (arguments, field) in [
        (json!({ "first": -1 }), "first"),
        (json!({ "last": -1 }), "last"),
        (json!({ "first": i32::MIN }), "first"),
        (json!({ "first": 1, "last": 1 }), "last"),
    ] {
        let response = client.records(arguments.clone()).await;
        assert_eq!((response.code(), response.field()), ("BAD_USER_INPUT", Some(field)), "{arguments}");
    }
    for field in ["first", "last"] {
        let query = format!("{{ records({field}: 101) {{ pageInfo {{ hasNextPage }} }} }}");
        let response = client.run(&query, json!({})).await;
        assert_eq!((response.code(), response.field()), ("BAD_USER_INPUT", Some(field)));
    }
}

async fn cursors_of_other_orders_lists_and_makers_are_refused(app: TestApp) {
    let client = app.as_(Role::Admin).await;
    ten(&client).await;
    let (_, info) = page(&client, json!({ "first": 3 })).await;
    let cursor = info["endCursor"].as_str().expect("a cursor");
    let users = client.run("{ users { pageInfo { endCursor } } }", json!({})).await.ok();
    let foreign = &users["users"]["pageInfo"]["endCursor"];
    let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(cursor).expect("a cursor's bytes");
    let tampered = |position: usize, byte: u8| {
        let mut bytes = bytes.clone();
        bytes[position] = byte;
        BASE64_URL_SAFE_NO_PAD.encode(bytes)
    };
    let by_amount = json!({ "field": "AMOUNT" });
    let ascending = json!({ "direction": "ASC" });
    let mut cases = vec![
        (json!(cursor), by_amount),
        (json!(cursor), ascending),
        (foreign.clone(), json!(null)),
        (json!(""), json!(null)),
        (json!("made up"), json!(null)),
        (json!(&cursor[1..]), json!(null)),
        (json!(format!("{cursor}AAAA")), json!(null)),
        (json!(tampered(0, 9)), json!(null)),
        (json!(tampered(3, 0x7f)), json!(null)),
        (json!(tampered(3, 0x80)), json!(null)),
        (json!(tampered(7, 0x10)), json!(null)),
    ];
    bytes[1] = 2;
    for (position, byte) in [(3, 0x7f), (3, 0x80), (3, 0x05), (3, 0xff)] {
        let mut bytes = bytes.clone();
        bytes[position] = byte;
        cases.push((json!(BASE64_URL_SAFE_NO_PAD.encode(bytes)), json!({ "field": "CREATED_AT" })));
    }
    for (cursor, order) in cases {
        for field in ["after", "before"] {
            let response = client.records(json!({ "orderBy": order, field: cursor })).await;
            assert_eq!((response.code(), response.field()), ("BAD_USER_INPUT", Some(field)), "{cursor} {order}");
        }
    }
}

const SUMS: &str = "query ($filter: RecordFilter, $currency: CurrencyCode) { records(filter: $filter, first: 1) { totalCount \
    summary(currency: $currency) { income { amount currency } expenses { amount } net { amount } recordCount } } }";

/// Count, currency, income, expenses, net and count in the currency.
async fn sums(client: &Client, variables: Value) -> Vec<String> {
    let records = client.run(SUMS, variables).await.ok()["records"].take();
    let summary = &records["summary"];
    let values = [
        &records["totalCount"],
        &summary["income"]["currency"],
        &summary["income"]["amount"],
        &summary["expenses"]["amount"],
        &summary["net"]["amount"],
        &summary["recordCount"],
    ];
    values.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned)).into()
}

async fn some_sums(app: &TestApp) -> Client {
    let client = app.as_(Role::Admin).await;
    for (kind, amount, currency, date) in [
        ("INCOME", "10.10", "USD", "2026-01-31"),
        ("EXPENSE", "0.20", "USD", "2026-02-01"),
        ("EXPENSE", "30", "USD", "2026-02-28"),
        ("INCOME", "500", "JPY", "2026-02-01"),
    ] {
        client
            .enter(json!({ "kind": kind, "amount": amount, "currency": currency, "date": date, "notes": amount }))
            .await;
    }
    let deleted = client.enter(json!({ "amount": "1000" })).await;
    client.delete(json!({ "id": deleted["id"] })).await.ok();
    client
}

async fn the_count_and_the_sums_are_of_all_pages_and_of_the_filter(app: TestApp) {
    let client = some_sums(&app).await;
    for (filter, expected) in [
        (json!({}), ["4", "USD", "10.10", "30.20", "-20.10", "3"]),
        (json!({ "from": "2026-02-01" }), ["3", "USD", "0.00", "30.20", "-30.20", "2"]),
        (json!({ "to": "2026-02-01" }), ["3", "USD", "10.10", "0.20", "9.90", "2"]),
        (json!({ "kind": "EXPENSE", "categories": ["rent"] }), ["2", "USD", "0.00", "30.20", "-30.20", "2"]),
        (json!({ "categories": [] }), ["0", "USD", "0.00", "0.00", "0.00", "0"]),
        (json!({ "currency": "JPY" }), ["1", "JPY", "500", "0", "500", "1"]),
        (json!({ "maxAmount": "10.10" }), ["2", "USD", "10.10", "0.20", "9.90", "2"]),
        (json!({ "search": "30" }), ["1", "USD", "0.00", "30.00", "-30.00", "1"]),
        (json!({ "createdBy": client.id() }), ["4", "USD", "10.10", "30.20", "-20.10", "3"]),
        (json!({ "deleted": "ONLY" }), ["1", "USD", "0.00", "1000.00", "-1000.00", "1"]),
        (json!({ "deleted": "INCLUDE" }), ["5", "USD", "10.10", "1030.20", "-1020.10", "4"]),
    ] {
        assert_eq!(sums(&client, json!({ "filter": filter })).await, expected, "{filter}");
    }
}

async fn sums_are_in_the_currency_that_is_asked_for(app: TestApp) {
    let client = some_sums(&app).await;
    for (filter, currency, expected) in [
        (json!({}), "JPY", ["4", "JPY", "500", "0", "500", "1"]),
        (json!({ "currency": "JPY" }), "USD", ["1", "USD", "0.00", "0.00", "0.00", "0"]),
        (json!({ "search": "0" }), "JPY", ["4", "JPY", "500", "0", "500", "1"]),
        (json!({ "minAmount": "1" }), "JPY", ["2", "JPY", "0", "0", "0", "0"]),
    ] {
        let variables = json!({ "filter": filter, "currency": currency });
        assert_eq!(sums(&client, variables).await, expected, "{filter} {currency}");
    }
    let response = client.run(SUMS, json!({ "currency": "XAU" })).await;
    assert_eq!((response.code(), response.field()), ("BAD_USER_INPUT", Some("currency")));
}

async fn counts_and_sums_of_plain_filters_do_not_touch_the_records(app: TestApp) {
    let client = some_sums(&app).await;
    let filter = json!({ "from": "2026-01-15", "to": "2026-04-15", "kind": "EXPENSE", "categories": ["Rent"], "currency": "USD" });
    let reads = async |filter: Value| {
        let (_, statements) = app.statements_of(sums(&client, json!({ "filter": filter }))).await;
        statements.iter().map(|sql| sql.matches("FROM \"records\"").count()).sum::<usize>()
    };
    // No record of the page is asked for.
    assert_eq!(reads(filter).await, 0);
    assert_eq!(reads(json!({ "search": "x" })).await, 2);
}
