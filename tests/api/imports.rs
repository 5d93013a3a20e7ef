//! Files of records: sent, looked at, entered, entered again, and taken back.

use axum::{
    body::{Body, Bytes},
    http::{Request, Response, header},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use entity::Role;
use serde_json::{Value, json};
use tallybook::totals;

use crate::{
    books::with,
    fold::{Books, assert_dashboard_matches},
    harness::{Client, TestApp},
    on_both,
};

on_both![
    a_file_is_looked_at_entered_and_taken_back,
    sums_of_a_file_are_exact_and_by_currency,
    what_was_imported_before_brings_nothing_again,
    two_equal_rows_stay_two_and_two_sources_stay_apart,
    a_file_with_problems_enters_nothing_unless_they_are_skipped,
    rows_that_look_like_records_are_pointed_out_and_can_be_left_out,
    a_format_can_be_changed_without_sending_the_file_again,
    a_saved_format_is_found_by_its_name,
    what_is_wrong_with_a_format_is_told_with_its_path,
    a_suggested_format_reads_the_file_or_asks,
    what_is_no_file_of_rows_is_refused_and_not_kept,
    who_may_not_import_may_not_send_a_file,
    records_say_which_import_made_them,
];

const IMPORT: &str = "fragment I on Import { id filename source state size uploadPath enteredCount revertedCount rowsDone failure \
    counts { rows new alreadyImported zero pending problems } columns \
    summaries { income { amount currency } expenses { amount } net { amount } recordCount } }";

impl Client {
    pub async fn create_import(&self, input: Value) -> crate::harness::Response {
        let create = "mutation ($input: CreateImportInput!) { createImport(input: $input) { import { ...I } } }";
        self.run(&format!("{create} {IMPORT}"), json!({ "input": input })).await
    }

    pub async fn commit_import(&self, input: Value) -> crate::harness::Response {
        let commit = "mutation ($input: CommitImportInput!) { commitImport(input: $input) { import { ...I } } }";
        self.run(&format!("{commit} {IMPORT}"), json!({ "input": input })).await
    }

    pub async fn revert_import(&self, input: Value) -> crate::harness::Response {
        let revert = "mutation ($input: RevertImportInput!) { revertImport(input: $input) { import { ...I } } }";
        self.run(&format!("{revert} {IMPORT}"), json!({ "input": input })).await
    }

    pub async fn import(&self, id: &Value) -> Value {
        let query = format!("query ($id: ID!) {{ import(id: $id) {{ ...I }} }} {IMPORT}");
        self.run(&query, json!({ "id": id })).await.ok()["import"].take()
    }

    /// What the rows of the file will become.
    pub async fn verdicts(&self, id: &Value) -> Vec<String> {
        let query = "query ($id: ID!) { import(id: $id) { preview(first: 100) { verdict } } }";
        let found = self.run(query, json!({ "id": id })).await.ok();
        let rows = found["import"]["preview"].as_array().expect("rows").iter();
        rows.map(|row| row["verdict"].as_str().expect("a verdict").to_owned()).collect()
    }
}

impl TestApp {
    pub async fn send_file(&self, client: &Client, path: &Value, bytes: impl Into<Body>) -> Response<Bytes> {
        let request = Request::put(path.as_str().expect("a path"))
            .header(header::AUTHORIZATION, format!("Bearer {}", client.token()))
            .body(bytes.into());
        self.request(request.expect("a request")).await
    }

    /// An import whose file has arrived.
    pub async fn received(&self, client: &Client, input: Value, file: &str) -> Value {
        let import = client.create_import(input).await.ok()["createImport"]["import"].take();
        assert_eq!(import["state"], "AWAITING_FILE");
        let response = self.send_file(client, &import["uploadPath"], file.to_owned()).await;
        assert_eq!(response.status(), 200, "{response:?}");
        client.import(&import["id"]).await
    }

    pub async fn assert_books_are_sound(&self) {
        assert_eq!(totals::verify(self.db()).await.unwrap_or_else(|error| panic!("{error:?}")), []);
        assert_eq!(self.verify_journal().await.faults, Vec::<String>::new());
    }
}

/// A bank's file: signed amounts, a category, notes and a name.
fn format() -> Value {
    json!({
        "dateColumn": "Date", "amountColumn": "Amount", "categoryColumns": ["Category"], "category": "Other",
        "notesColumns": ["Notes"], "counterpartyColumns": ["Name"],
    })
}

pub fn input() -> Value {
    json!({ "filename": "bank.csv", "format": format(), "source": "Account 1" })
}

pub const FILE: &str = "Date,Amount,Category,Notes,Name\n\
    2026-03-01,100.00,Sales,\"Invoice, 1\",Acme Ltd\n\
    2026-03-02,-25.50,Travel,Train,Rail\n\
    2026-03-02,-25.50,Travel,Train,Rail\n\
    2026-03-03,0.00,Travel,Nothing,Rail\n\
    2026-03-04,-4.50,,Coffee,\n";

async fn a_file_is_looked_at_entered_and_taken_back(app: TestApp) {
    let (analyst, admin) = (app.as_(Role::Analyst).await, app.as_(Role::Admin).await);
    let before = Books::read(&app).await.0.len();
    let import = app.received(&analyst, input(), FILE).await;
    assert_eq!(import["state"], "READY");
    assert_eq!(import["size"], FILE.len().to_string());
    let counts = json!({ "rows": 5, "new": 4, "alreadyImported": 0, "zero": 1, "pending": 0, "problems": 0 });
    assert_eq!(import["counts"], counts);
    assert_eq!(import["columns"], json!(["Date", "Amount", "Category", "Notes", "Name"]));
    let income = json!({ "amount": "100.00", "currency": "USD" });
    let summary =
        json!({ "income": income, "expenses": { "amount": "55.50" }, "net": { "amount": "44.50" }, "recordCount": 4 });
    assert_eq!(import["summaries"], json!([summary]));
    let preview = "query ($id: ID!) { import(id: $id) { preview(first: 2, afterLine: 2) { line cells verdict problems { message } \
        record { kind amount { amount currency } category date notes counterparty } } } }";
    let found = analyst.run(preview, json!({ "id": import["id"] })).await.ok();
    let row = json!({
        "line": 3, "cells": ["2026-03-02", "-25.50", "Travel", "Train", "Rail"], "verdict": "NEW", "problems": [],
        "record": {
            "kind": "EXPENSE", "amount": { "amount": "25.50", "currency": "USD" }, "category": "Travel",
            "date": "2026-03-02", "notes": "Train", "counterparty": "Rail",
        },
    });
    assert_eq!(found["import"]["preview"], json!([row, with(row.clone(), json!({ "line": 4 }))]));
    assert_eq!(Books::read(&app).await.0.len(), before);

    let committed = analyst.commit_import(json!({ "id": import["id"] })).await.ok();
    let import = &committed["commitImport"]["import"];
    assert_eq!(
        (&import["state"], &import["enteredCount"], &import["rowsDone"]),
        (&json!("ENTERED"), &json!(4), &json!(5))
    );
    let march = json!({ "from": "2026-03-01", "to": "2026-03-31" });
    let sums = "summary { income { amount } expenses { amount } recordCount }";
    let found = analyst.dashboard(march.clone(), sums).await;
    let expected = json!({ "income": { "amount": "100.00" }, "expenses": { "amount": "55.50" }, "recordCount": 4 });
    assert_eq!(found["summary"], expected);
    assert_dashboard_matches(&analyst, &Books::read(&app).await, march.clone()).await;
    app.assert_books_are_sound().await;

    let reverted = admin.revert_import(json!({ "id": import["id"] })).await.ok();
    let import = &reverted["revertImport"]["import"];
    assert_eq!((&import["state"], &import["revertedCount"]), (&json!("REVERTED"), &json!(4)));
    assert_eq!(analyst.dashboard(march, sums).await["summary"]["recordCount"], 0);
    app.assert_books_are_sound().await;
    let again = app.received(&analyst, input(), FILE).await;
    assert_eq!(again["counts"], counts);
}

async fn sums_of_a_file_are_exact_and_by_currency(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let awaited = analyst.create_import(input()).await.ok()["createImport"]["import"].take();
    assert_eq!((&awaited["columns"], &awaited["summaries"]), (&Value::Null, &Value::Null));

    let columns = json!({ "headerLine": 0, "dateColumn": "#1", "amountColumn": "#2", "currencyColumn": "#3", "category": "Sales" });
    let most = "10000000000000.00";
    let rows = format!("2026-03-01,{most},USD\n").repeat(10_000);
    let file = format!("{rows}2026-03-01,-1,JPY\n2026-03-02,0.1,USD\n2026-03-03,1.234,BHD\n2026-03-03,1.234,USD\n");
    let import = app.received(&analyst, json!({ "filename": "a.csv", "format": columns }), &file).await;
    assert_eq!((&import["columns"], &import["counts"]["problems"]), (&Value::Null, &json!(1)));
    let sums: Vec<_> =
        import["summaries"].as_array().into_iter().flatten().map(|summary| &summary["net"]["amount"]).collect();
    // Of USD, more minor units than 64 bits hold.
    assert_eq!(sums, ["1.234", "-1", "100000000000000000.10"]);
}

async fn what_was_imported_before_brings_nothing_again(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let first = app.received(&analyst, input(), FILE).await;
    analyst.commit_import(json!({ "id": first["id"] })).await.ok();
    // Recategorised since, which changes nothing about that; and another row behind.
    let records = analyst.records(json!({ "filter": { "categories": ["Travel"] } })).await.ok();
    let id = &crate::books::nodes(&records).next().expect("a record")["id"];
    analyst.update(json!({ "id": id, "category": "Trains" })).await.ok();
    let longer = format!("{FILE}2026-03-05,-1.00,Travel,Bus,\n");
    let second = app.received(&analyst, input(), &longer).await;
    assert_eq!(second["counts"]["alreadyImported"], 4);
    assert_eq!(second["counts"]["new"], 1);
    // Only what becomes a record counts.
    assert_eq!(second["summaries"][0]["expenses"]["amount"], "1.00");
    let verdicts = ["ALREADY_IMPORTED", "ALREADY_IMPORTED", "ALREADY_IMPORTED", "ZERO", "ALREADY_IMPORTED", "NEW"];
    assert_eq!(analyst.verdicts(&second["id"]).await, verdicts);
    let committed = analyst.commit_import(json!({ "id": second["id"] })).await.ok();
    assert_eq!(committed["commitImport"]["import"]["enteredCount"], 1);
    let records = analyst.records(json!({ "first": 100 })).await.ok();
    assert_eq!(records["records"]["totalCount"], 5);
    app.assert_books_are_sound().await;
}

async fn two_equal_rows_stay_two_and_two_sources_stay_apart(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    for (source, entered) in [("Account 1", 4), ("ACCOUNT 1", 0), ("Account 2", 4)] {
        let import = app.received(&analyst, with(input(), json!({ "source": source })), FILE).await;
        let committed = analyst.commit_import(json!({ "id": import["id"] })).await.ok();
        assert_eq!(committed["commitImport"]["import"]["enteredCount"], entered, "{source}");
    }
    let trains = analyst.notes(json!({ "filter": { "categories": ["Travel"] } })).await;
    assert_eq!(trains, ["Train"; 4]);
}

async fn a_file_with_problems_enters_nothing_unless_they_are_skipped(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let file = format!(
        "{FILE}03/05/2026,1.00,Sales,,\n2026-03-06,\"1,000.00\",Sales,,\n2026-03-07,1.005,Sales,,\n2026-03-08,1.00,{},,\n",
        "x".repeat(101)
    );
    let import = app.received(&analyst, input(), &file).await;
    assert_eq!(import["counts"]["problems"], 4);
    let preview = "query ($id: ID!) { import(id: $id) { preview(onlyProblems: true) { line verdict record { date } problems { field column message } } } }";
    let found = analyst.run(preview, json!({ "id": import["id"] })).await.ok();
    let rows = found["import"]["preview"].as_array().expect("rows");
    let about: Vec<_> =
        rows.iter().map(|row| (&row["line"], &row["problems"][0]["field"], &row["problems"][0]["column"])).collect();
    let (date, amount, none) = (json!("date"), json!("amount"), Value::Null);
    let columns = [json!("Date"), json!("Amount")];
    assert_eq!(
        about,
        [
            (&json!(7), &date, &columns[0]),
            (&json!(8), &amount, &columns[1]),
            (&json!(9), &amount, &none),
            (&json!(10), &json!("category"), &none),
        ]
    );
    let before = app.rows().await;
    let refused = analyst.commit_import(json!({ "id": import["id"] })).await;
    assert_eq!((refused.code(), refused.field()), ("CONFLICT", Some("input.onProblem")), "{}", refused.body);
    assert_eq!(refused.error()["extensions"]["problemCount"], 4);
    assert_eq!(app.rows().await, before);
    let skipped = analyst.commit_import(json!({ "id": import["id"], "onProblem": "SKIP" })).await.ok();
    assert_eq!(skipped["commitImport"]["import"]["enteredCount"], 4);
    app.assert_books_are_sound().await;
}

async fn rows_that_look_like_records_are_pointed_out_and_can_be_left_out(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    analyst.enter(json!({ "amount": "25.50", "category": "Train tickets", "date": "2026-03-02" })).await;
    analyst.enter(json!({ "amount": "4.50", "category": "Coffee", "date": "2026-03-05" })).await;
    let import = app.received(&analyst, input(), FILE).await;
    let verdicts = ["NEW", "POSSIBLE_DUPLICATE", "POSSIBLE_DUPLICATE", "ZERO", "NEW"];
    assert_eq!(analyst.verdicts(&import["id"]).await, verdicts);
    let skipped = json!({ "id": import["id"], "onPossibleDuplicate": "SKIP" });
    let committed = analyst.commit_import(skipped).await.ok();
    assert_eq!(committed["commitImport"]["import"]["enteredCount"], 2);
}

async fn a_format_can_be_changed_without_sending_the_file_again(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let file = "Date;Amount\n01.02.2026;1.234,50\n";
    let wrong = json!({ "separator": "SEMICOLON", "dateColumn": "Date", "dateForm": "MONTH_DAY_YEAR", "amountColumn": "Amount", "category": "Bank" });
    let import = app.received(&analyst, json!({ "filename": "a.csv", "format": wrong }), file).await;
    assert_eq!((&import["counts"]["problems"], &import["source"]), (&json!(1), &json!("default")));
    let right = with(wrong, json!({ "dateForm": "DAY_MONTH_YEAR", "decimalSign": "COMMA", "thousandsSign": "POINT" }));
    let update = "mutation ($input: UpdateImportInput!) { updateImport(input: $input) { import { counts { new problems } \
        format { decimalSign dateForm } preview { record { date amount { amount } } } } } }";
    let updated = analyst.run(update, json!({ "input": { "id": import["id"], "format": right } })).await.ok();
    let expected = json!({
        "counts": { "new": 1, "problems": 0 }, "format": { "decimalSign": "COMMA", "dateForm": "DAY_MONTH_YEAR" },
        "preview": [{ "record": { "date": "2026-02-01", "amount": { "amount": "1234.50" } } }],
    });
    assert_eq!(updated["updateImport"]["import"], expected);
    analyst.commit_import(json!({ "id": import["id"] })).await.ok();
    let late = analyst.run(update, json!({ "input": { "id": import["id"], "format": format() } })).await;
    assert_eq!((late.code(), late.field()), ("BAD_USER_INPUT", Some("input.file")), "{}", late.body);
}

async fn a_saved_format_is_found_by_its_name(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let save = "mutation ($input: SaveImportFormatInput!) { saveImportFormat(input: $input) { savedFormat { name } } }";
    let saved = analyst.run(save, json!({ "input": { "name": "My Bank", "format": format() } })).await.ok();
    assert_eq!(saved["saveImportFormat"]["savedFormat"]["name"], "My Bank");
    let import = app.received(&analyst, json!({ "filename": "a.csv", "formatName": "my bank" }), FILE).await;
    assert_eq!((&import["source"], &import["counts"]["new"]), (&json!("my bank"), &json!(4)));
    let unknown = analyst.create_import(json!({ "filename": "a.csv", "formatName": "Another" })).await;
    assert_eq!((unknown.code(), unknown.field()), ("NOT_FOUND", Some("input.formatName")));
    let neither = analyst.create_import(json!({ "filename": " " })).await;
    let paths: Vec<_> = neither.errors.iter().map(|error| &error["extensions"]["field"]).collect();
    assert_eq!(paths, ["input.filename", "input.format"]);
    let remove = "mutation ($input: DeleteImportFormatInput!) { deleteImportFormat(input: $input) { deletedName } }";
    analyst.run(remove, json!({ "input": { "name": "MY BANK" } })).await.ok();
    let again = analyst.run(remove, json!({ "input": { "name": "My Bank" } })).await;
    assert_eq!((again.code(), again.field()), ("NOT_FOUND", Some("input.name")));
    let listed = analyst.run("{ importFormats { name } }", Value::Null).await.ok();
    assert_eq!(listed["importFormats"], json!([]));
}

async fn what_is_wrong_with_a_format_is_told_with_its_path(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let format = json!({ "kind": "TWO_COLUMNS", "amountColumn": "A", "thousandsSign": "POINT", "currency": "XXQ", "date": "1.2.2026" });
    let refused = analyst.create_import(json!({ "filename": "a.csv", "format": format.clone() })).await;
    let paths: Vec<_> =
        refused.errors.iter().map(|error| error["extensions"]["field"].as_str().expect("a field")).collect();
    let expected = ["date", "amountColumn", "incomeColumn", "expenseColumn", "thousandsSign", "currency"];
    let mut sorted = paths.clone();
    sorted.sort_unstable();
    let mut expected: Vec<_> = expected.map(|field| format!("input.format.{field}")).into();
    expected.sort_unstable();
    assert_eq!(sorted, expected);
    let nul = with(format, json!({ "category": "a\0b" }));
    let refused = analyst.create_import(json!({ "filename": "a.csv", "format": nul })).await;
    assert!(refused.codes().iter().all(|code| *code == "BAD_USER_INPUT"), "{}", refused.body);
    let nul = json!({ "dateColumn": "Date", "amountColumn": "Amount", "pendingValues": ["a\0b"] });
    let refused = analyst.create_import(json!({ "filename": "a.csv", "format": nul })).await;
    assert_eq!((refused.code(), refused.field()), ("BAD_USER_INPUT", Some("input.format")), "{}", refused.body);
}

async fn a_suggested_format_reads_the_file_or_asks(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let suggest = "query ($sample: String!) { suggestImportFormat(sample: $sample) { questions { field message candidates } \
        format { separator dateColumn dateForm decimalSign thousandsSign amountColumn kind } } }";
    let suggested = async |file: &str| {
        let sample = BASE64_STANDARD.encode(file);
        analyst.run(suggest, json!({ "sample": sample })).await.ok()["suggestImportFormat"].take()
    };
    let asked = |suggestion: &Value| {
        let questions = suggestion["questions"].as_array().expect("questions").iter();
        questions.map(|question| question["field"].as_str().expect("a field").to_owned()).collect::<Vec<_>>()
    };
    let clear = suggested("Datum;Betrag;Zweck\n31.01.2026;-1.234,50;Miete\n01.02.2026;20,00;Zinsen\n").await;
    let format = json!({
        "separator": "SEMICOLON", "dateColumn": "Datum", "dateForm": "DAY_MONTH_YEAR", "decimalSign": "COMMA",
        "thousandsSign": "POINT", "amountColumn": "Betrag", "kind": "SIGN",
    });
    assert_eq!(clear["format"], format);
    let unclear = suggested("Date,Amount\n01/02/2026,-5.00\n03/04/2026,6.00\n").await;
    assert!(asked(&unclear).contains(&"dateForm".to_owned()), "{unclear}");
    let unclear = suggested("Date;Amount\n2026-01-31;1.234\n2026-02-01;-5.678\n").await;
    assert!(asked(&unclear).contains(&"decimalSign".to_owned()), "{unclear}");
    for sample in ["not base64!", ""] {
        let refused = analyst.run(suggest, json!({ "sample": sample })).await;
        assert_eq!((refused.code(), refused.field()), ("BAD_USER_INPUT", Some("sample")), "{sample:?}");
    }
}

async fn what_is_no_file_of_rows_is_refused_and_not_kept(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let app = app.with(|config| config.max_import_bytes = 2_000_000);
    let import = analyst.create_import(input()).await.ok()["createImport"]["import"].take();
    let wide = vec!["x"; 10_000].join(",");
    let cases: Vec<(Vec<u8>, u16, &str)> = vec![
        (Vec::new(), 400, "empty"),
        (b"\xFF\xFED\0a\0".to_vec(), 400, "UTF-16"),
        (b"PK\x03\x04....".to_vec(), 400, "zip"),
        (b"Date,Amount,Category,Notes,Name\n2026-01-01,\0\n".to_vec(), 400, "NUL"),
        (vec![b'x'; 1_500_000], 400, "1,048,576"),
        (vec![b'x'; 2_000_001], 413, "2000000 bytes"),
        (wide.clone().into_bytes(), 400, "1,000 cells"),
        (format!("{FILE}2026-03-09,\"1.00,Sales,,\n").into_bytes(), 400, "Line 7, column 12"),
        (b"Date,Amount,Category,Notes,Name\n2026-01-01,1.00,Caf\xE9,,\n".to_vec(), 400, "Line 2, column 20"),
        (b"Day,Amount\n2026-01-01,1.00\n".to_vec(), 400, "no column \"Date\""),
        (b"\n\n".to_vec(), 400, "no column"),
    ];
    for (bytes, status, about) in cases {
        let response = app.send_file(&analyst, &import["uploadPath"], bytes).await;
        assert_eq!(response.status(), status, "{about} {response:?}");
        let body: Value = serde_json::from_slice(response.body()).expect("JSON");
        let message = body["errors"][0]["message"].as_str().expect("a message");
        assert!(message.contains(about), "{about}: {message}");
    }
    assert_eq!(analyst.import(&import["id"]).await["state"], "AWAITING_FILE");
    assert_eq!(app.texts("SELECT CAST(COUNT(*) AS text) FROM import_chunks").await, ["0"]);
    // What is announced to be too large is not even read.
    let announced = Request::put(import["uploadPath"].as_str().expect("a path"))
        .header(header::AUTHORIZATION, format!("Bearer {}", analyst.token()))
        .header(header::CONTENT_LENGTH, "2000001")
        .body(Body::empty());
    assert_eq!(app.request(announced.expect("a request")).await.status(), 413);
}

async fn who_may_not_import_may_not_send_a_file(app: TestApp) {
    let (analyst, viewer) = (app.as_(Role::Analyst).await, app.as_(Role::Viewer).await);
    let import = analyst.create_import(input()).await.ok()["createImport"]["import"].take();
    let path = &import["uploadPath"];
    assert_eq!(app.send_file(&viewer, path, FILE).await.status(), 403);
    let nobody = Request::put(path.as_str().expect("a path")).body(Body::from(FILE)).expect("a request");
    assert_eq!(app.request(nobody).await.status(), 401);
    let other = json!(path.as_str().expect("a path").replace("/imports/import_", "/imports/record_"));
    assert_eq!(app.send_file(&analyst, &other, FILE).await.status(), 400);
    let unknown = json!("/imports/import_01h455vb4pex5vsknk084sn02q/file");
    assert_eq!(app.send_file(&analyst, &unknown, FILE).await.status(), 404);
    let get = Request::get(path.as_str().expect("a path")).body(Body::empty()).expect("a request");
    assert_eq!(app.request(get).await.status(), 405);
    assert_eq!(app.send_file(&analyst, path, FILE).await.status(), 200);
    analyst.commit_import(json!({ "id": import["id"] })).await.ok();
    assert_eq!(app.send_file(&analyst, path, FILE).await.status(), 409);
}

async fn records_say_which_import_made_them(app: TestApp) {
    let (analyst, viewer) = (app.as_(Role::Analyst).await, app.as_(Role::Viewer).await);
    let import = app.received(&analyst, input(), FILE).await;
    analyst.commit_import(json!({ "id": import["id"] })).await.ok();
    analyst.enter(json!({})).await;
    let filter = json!({ "filter": { "importId": import["id"] } });
    assert_eq!(viewer.records(filter).await.ok()["records"]["totalCount"], 4);
    let node = "query ($id: ID!) { node(id: $id) { __typename } }";
    assert_eq!(analyst.run(node, json!({ "id": import["id"] })).await.ok()["node"]["__typename"], "Import");
    assert_eq!(viewer.run(node, json!({ "id": import["id"] })).await.ok()["node"], Value::Null);
    let listed =
        analyst.run("{ imports { nodes { filename createdBy { id } committedBy { id } } } }", Value::Null).await.ok();
    let expected =
        json!([{ "filename": "bank.csv", "createdBy": { "id": analyst.id() }, "committedBy": { "id": analyst.id() } }]);
    assert_eq!(listed["imports"]["nodes"], expected);
}
