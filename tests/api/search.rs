//! What a search finds: words anywhere in a record's notes, counterparty and category, in any script.

use entity::Role;
use serde_json::{Value, json};

use crate::{
    harness::{Client, TestApp},
    on_both,
};

on_both![
    search_text_is_meant_literally_and_ignores_case_in_every_script,
    each_word_may_be_in_another_place,
    a_search_follows_what_is_changed,
    a_search_follows_the_category_and_leaves_the_records_as_they_are,
    a_search_goes_with_every_other_filter,
    many_records_are_meant_by_a_search,
    texts_that_were_removed_or_vacuumed_are_not_mixed_up,
];

/// The notes of what a search finds, in the order in which they were entered.
async fn found(client: &Client, search: &str) -> Vec<String> {
    client.notes(json!({ "filter": { "search": search }, "orderBy": { "direction": "ASC" }, "first": 100 })).await
}

async fn search_text_is_meant_literally_and_ignores_case_in_every_script(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    let notes = [
        "100% sure",
        "1000 sure",
        "a_b",
        "axb",
        r"back\slash",
        "it's \"quoted\"",
        "Café au lait",
        "two\nlines",
        "[x]*?",
        "MÜLLER GmbH",
        "Тест платёж",
        "Große Straße",
        "漢字 テスト",
        "ΟΔΌΣ Αθηνά",
        "ﬁnance №5",
        "AND OR NEAR(x)",
        "-- #",
        "Kır",
    ];
    for (n, notes) in notes.into_iter().enumerate() {
        client.enter(json!({ "notes": notes, "category": "x\u{301}y" })).await;
        // Some are in the index, and some not yet.
        if n % 5 == 3 {
            app.index_texts().await;
        }
    }
    let cases: &[(&str, &[&str])] = &[
        ("100%", &["100% sure"]),
        ("%", &["100% sure"]),
        ("a_b", &["a_b"]),
        ("_", &["a_b"]),
        (r"\", &[r"back\slash"]),
        (r"\s", &[r"back\slash"]),
        (r"back\\slash", &[]),
        ("'", &["it's \"quoted\""]),
        ("\"Quoted\"", &["it's \"quoted\""]),
        ("\"quo", &["it's \"quoted\""]),
        ("SURE", &["100% sure", "1000 sure"]),
        ("cafe\u{301}", &["Café au lait"]),
        ("CAFÉ", &["Café au lait"]),
        ("cafe", &[]),
        ("müller", &["MÜLLER GmbH"]),
        ("muller", &[]),
        ("тест", &["Тест платёж"]),
        ("ПЛАТЁЖ", &["Тест платёж"]),
        ("ß", &["Große Straße"]),
        ("STRASSE", &["Große Straße"]),
        ("grosse straße", &["Große Straße"]),
        ("漢字", &["漢字 テスト"]),
        ("漢", &["漢字 テスト"]),
        ("テスト", &["漢字 テスト"]),
        ("字 テスト", &["漢字 テスト"]),
        ("οδός", &["ΟΔΌΣ Αθηνά"]),
        ("FINANCE", &["ﬁnance №5"]),
        ("no5", &["ﬁnance №5"]),
        ("kir", &[]),
        ("and or", &["AND OR NEAR(x)"]),
        ("NEAR(", &["AND OR NEAR(x)"]),
        ("[x]*", &["[x]*?"]),
        ("' OR 1=1 --", &[]),
        ("  lines  ", &["two\nlines"]),
        ("lines two", &["two\nlines"]),
        ("au", &["Café au lait"]),
        ("sl ck", &[r"back\slash"]),
    ];
    for (text, expected) in cases {
        assert_eq!(found(&client, text).await, *expected, "{text}");
    }
    for nothing in ["", "  ", "\u{200B}\u{AD}", "\u{3000}"] {
        assert_eq!(found(&client, nothing).await.len(), notes.len(), "{nothing:?}");
    }
    for long in ["ß".repeat(100), "ﷺ".repeat(100), "x ".repeat(50), "'\\%_\"".repeat(20)] {
        let expected: Vec<_> = notes.iter().filter(|_| long.starts_with('x')).copied().collect();
        assert_eq!(found(&client, &long).await, expected, "{long}");
    }
    let response = client.records(json!({ "filter": { "search": "x".repeat(101) } })).await;
    assert_eq!((response.code(), response.field()), ("BAD_USER_INPUT", Some("filter.search")));
}

async fn each_word_may_be_in_another_place(app: TestApp) {
    let client = app.as_(Role::Analyst).await;
    for (notes, counterparty, category) in [
        ("train to Leeds", "Northern Rail", "Travel"),
        ("hotel in Leeds", "Premier", "Travel"),
        ("train set", "Toy shop", "Presents"),
        ("Leeds", "", "Rail travel"),
        ("ab", "cd", "Rent"),
    ] {
        app.index_texts().await;
        client.enter(json!({ "notes": notes, "counterparty": counterparty, "category": category })).await;
    }
    let cases: &[(&str, &[&str])] = &[
        ("travel", &["train to Leeds", "hotel in Leeds", "Leeds"]),
        ("RAIL", &["train to Leeds", "Leeds"]),
        ("leeds rail travel", &["train to Leeds", "Leeds"]),
        ("leeds rail northern", &["train to Leeds"]),
        ("travel premier", &["hotel in Leeds"]),
        ("tra", &["train to Leeds", "hotel in Leeds", "train set", "Leeds"]),
        ("travel travel trav", &["train to Leeds", "hotel in Leeds", "Leeds"]),
        ("travel presents", &[]),
        ("train no", &["train to Leeds"]),
        // Nothing goes from one text into the other.
        ("bc", &[]),
        ("abcd", &[]),
        ("b c", &["ab"]),
    ];
    for (text, expected) in cases {
        assert_eq!(found(&client, text).await, *expected, "{text}");
    }
}

async fn a_search_follows_what_is_changed(app: TestApp) {
    let client = app.as_(Role::Admin).await;
    let enter = async |notes: &str, name: &str| {
        client.enter(json!({ "notes": notes, "counterparty": name })).await["id"].clone()
    };
    let (one, two) = (enter("alpha", "Acme").await, enter("bravo", "Bolt").await);
    app.index_texts().await;
    client.update(json!({ "id": one, "notes": "charlie" })).await.ok();
    assert_eq!(
        (found(&client, "alpha").await, found(&client, "charlie acme").await),
        (vec![], vec!["charlie".to_owned()])
    );
    client.update(json!({ "id": one, "counterparty": "" })).await.ok();
    assert_eq!(found(&client, "acme").await, Vec::<String>::new());
    client.update(json!({ "id": one, "amount": "7" })).await.ok();
    assert_eq!(found(&client, "charlie").await, ["charlie"]);

    let set = async |set: Value| {
        let many = "mutation ($input: UpdateRecordsInput!) { updateRecords(input: $input) { records { id } } }";
        client.run(many, json!({ "input": { "records": { "ids": [one, two] }, "set": set } })).await.ok();
    };
    set(json!({ "counterparty": "Zürich" })).await;
    assert_eq!(found(&client, "zürich").await, ["charlie", "bravo"]);
    assert_eq!(found(&client, "ZÜRICH bravo").await, ["bravo"]);
    assert_eq!(found(&client, "bolt").await, Vec::<String>::new());
    set(json!({ "notes": "delta" })).await;
    assert_eq!(found(&client, "delta zürich").await, ["delta", "delta"]);
    assert_eq!(found(&client, "bravo").await, Vec::<String>::new());
    set(json!({ "notes": "echo", "counterparty": "" })).await;
    assert_eq!((found(&client, "echo").await.len(), found(&client, "zürich").await.len()), (2, 0));

    client.delete(json!({ "id": two })).await.ok();
    assert_eq!(found(&client, "echo").await, ["echo"]);
    let deleted = json!({ "filter": { "search": "echo", "deleted": "ONLY" } });
    assert_eq!(client.notes(deleted).await, ["echo"]);
    client.restore(json!({ "id": two })).await.ok();
    assert_eq!(found(&client, "echo").await, ["echo", "echo"]);
}

async fn a_search_follows_the_category_and_leaves_the_records_as_they_are(app: TestApp) {
    let client = app.as_(Role::Admin).await;
    let enter = async |notes: &str, category: &str| client.enter(json!({ "notes": notes, "category": category })).await;
    let rent = enter("one", "Miete").await["category"]["id"].clone();
    let wages = enter("two", "Wages").await["category"]["id"].clone();
    assert_eq!(found(&client, "MIETE").await, ["one"]);
    client.rename(json!({ "id": rent, "name": "Loyer" })).await.ok();
    assert_eq!((found(&client, "miete").await, found(&client, "loyer").await), (vec![], vec!["one".to_owned()]));
    client.merge(&rent, &wages).await.ok();
    // It is shown as what it was merged into.
    assert_eq!(
        (found(&client, "loyer").await, found(&client, "wages").await),
        (vec![], vec!["one".to_owned(), "two".to_owned()])
    );
    assert_eq!(found(&client, "wages one").await, ["one"]);
    client.unmerge(&rent).await.ok();
    assert_eq!(
        (found(&client, "loyer").await, found(&client, "wages").await),
        (vec!["one".to_owned()], vec!["two".to_owned()])
    );
    let versions = client.records(json!({})).await.ok();
    assert!(crate::books::nodes(&versions).all(|record| record["version"] == 1));
}

async fn a_search_goes_with_every_other_filter(app: TestApp) {
    let client = app.as_(Role::Admin).await;
    for n in 0..30 {
        let (kind, day) = (["INCOME", "EXPENSE"][n % 2], format!("2026-05-{:02}", n + 1));
        let notes = format!("item {n} {}", ["red", "green", "blue"][n % 3]);
        let category = ["Rent", "Sales"][n % 2];
        client.enter(json!({ "kind": kind, "date": day, "notes": notes, "category": category, "amount": (n + 1).to_string() })).await;
    }
    let query = "query ($filter: RecordFilter) { records(filter: $filter, first: 3) \
        { totalCount nodes { notes } summary { income { amount } expenses { amount } recordCount } } }";
    let list = async |filter: Value| client.run(query, json!({ "filter": filter })).await.ok()["records"].take();
    let green = list(json!({ "search": "GREEN", "from": "2026-05-03", "kind": "EXPENSE" })).await;
    assert_eq!(
        green,
        json!({ "totalCount": 4, "nodes": [{ "notes": "item 25 green" }, { "notes": "item 19 green" }, { "notes": "item 13 green" }],
            "summary": { "income": { "amount": "0.00" }, "expenses": { "amount": "68.00" }, "recordCount": 4 } })
    );
    let sales = list(json!({ "search": "sales re", "maxAmount": "12" })).await;
    assert_eq!((&sales["totalCount"], &sales["nodes"][0]["notes"]), (&json!(4), &json!("item 9 red")));
    let both = list(json!({ "search": "blue", "categories": ["Rent", "Sales"] })).await;
    assert_eq!((&both["totalCount"], &both["nodes"][0]["notes"]), (&json!(10), &json!("item 29 blue")));
    let none = list(json!({ "search": "blue purple" })).await;
    assert_eq!(
        (&none["totalCount"], &none["nodes"], &none["summary"]["recordCount"]),
        (&json!(0), &json!([]), &json!(0))
    );
}

async fn many_records_are_meant_by_a_search(app: TestApp) {
    let client = app.as_(Role::Admin).await;
    for notes in ["Тест one", "тест two", "other"] {
        client.enter(json!({ "notes": notes })).await;
    }
    let delete = "mutation ($input: DeleteRecordsInput!) { deleteRecords(input: $input) { records { id } } }";
    let input = json!({ "records": { "filter": { "search": "ТЕСТ" } }, "expectedCount": 2 });
    client.run(delete, json!({ "input": input })).await.ok();
    assert_eq!(client.notes(json!({})).await, ["other"]);
}

/// `SQLite` gives the numbers of removed rows again, and a vacuumed file has its rows anew.
async fn texts_that_were_removed_or_vacuumed_are_not_mixed_up(app: TestApp) {
    use sea_orm::{ConnectionTrait, DbBackend};

    let client = app.as_(Role::Analyst).await;
    for notes in ["first", "second", "third", "fourth"] {
        client.enter(json!({ "notes": notes })).await;
    }
    app.index_texts().await;
    let outside = app.outside().await;
    outside.execute_unprepared("DELETE FROM records WHERE notes IN ('first', 'fourth')").await.expect("a removal");
    if app.db().backend() == DbBackend::Sqlite {
        outside.execute_unprepared("VACUUM").await.expect("a vacuumed file");
        assert_eq!(app.texts("SELECT through || '' FROM record_texts_end").await, ["4"]);
        let checked = "INSERT INTO record_texts(record_texts, rank) VALUES ('integrity-check', 1)";
        outside.execute_unprepared(checked).await.expect("an index that is of these records");
        assert_eq!(app.texts("PRAGMA integrity_check").await, ["ok"]);
    }
    client.enter(json!({ "notes": "fifth" })).await;
    for (search, expected) in
        [("first", &[][..]), ("second", &["second"]), ("third", &["third"]), ("fourth", &[]), ("fifth", &["fifth"])]
    {
        assert_eq!(found(&client, search).await, expected, "{search}");
    }
}
