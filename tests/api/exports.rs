//! What stands in an exported file.

use std::{
    collections::BTreeSet,
    io::{self, Cursor, Read, Write},
    sync::mpsc,
};

use axum::{
    body::{Body, Bytes},
    http::{Request, Response, StatusCode},
};
use chrono::TimeDelta;
use entity::{RecordKind, Role};
use sea_orm::ConnectionTrait;
use serde_json::{Value, json};
use tallybook::{
    categories::CategoryName,
    exports,
    records::{Money, NewRecord},
};
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::{
    books::{nodes, with},
    harness::{Client, Response as Answer, TestApp},
    on_both,
};

on_both![
    a_file_has_the_records_of_the_list_in_its_order,
    a_file_says_what_the_list_says,
    text_that_a_spreadsheet_would_run_has_an_apostrophe_in_front_in_csv,
    a_file_is_of_one_moment_however_long_it_takes,
    a_workbook_has_days_and_amounts_as_numbers_and_text_as_text,
    an_empty_list_is_a_file_of_names,
    an_amount_in_an_unknown_currency_is_left_out,
];

impl Client {
    /// Asks for an export.
    pub async fn export(&self, input: Value) -> Answer {
        let export = "mutation ($input: ExportRecordsInput!) { exportRecords(input: $input) { url expiresAt } }";
        self.run(export, json!({ "input": input })).await
    }

    /// Where an export is that must be possible.
    pub async fn export_url(&self, input: Value) -> String {
        self.export(input).await.ok()["exportRecords"]["url"].as_str().expect("a URL").to_owned()
    }
}

impl TestApp {
    /// What stands at `url`.
    pub async fn fetch(&self, url: &str) -> Response<Bytes> {
        self.request(Request::get(url).body(Body::empty()).expect("a request")).await
    }

    /// The exported file.
    pub async fn file(&self, client: &Client, input: Value) -> String {
        let file = self.fetch(&client.export_url(input).await).await;
        assert_eq!(file.status(), StatusCode::OK, "{file:?}");
        String::from_utf8(file.into_body().into()).expect("a file of UTF-8")
    }
}

/// The lines of a CSV file, each as an object.
fn csv_lines(file: &str) -> Vec<Value> {
    let mut reader = csv::Reader::from_reader(file.as_bytes());
    let names = reader.headers().expect("a line of names").clone();
    let object = |line: csv::StringRecord| {
        let fields = names.iter().zip(line.iter()).map(|(name, cell)| (name.to_owned(), json!(cell)));
        Value::Object(fields.collect())
    };
    reader.records().map(|line| object(line.expect("a line"))).collect()
}

fn json_lines(file: &str) -> Vec<Value> {
    file.lines().map(|line| serde_json::from_str(line).expect("an object")).collect()
}

fn column(lines: &[Value], name: &str) -> Vec<Value> {
    lines.iter().map(|line| line[name].clone()).collect()
}

/// A few records of everything, by two people, one of them deleted.
async fn some_books(app: &TestApp) -> Client {
    let (admin, other) = (app.as_(Role::Admin).await, app.as_(Role::Analyst).await);
    for (n, kind, amount, currency, category, date) in [
        (1, "INCOME", "10", "USD", "Sales", "2026-01-01"),
        (2, "EXPENSE", "20.05", "USD", "Rent", "2026-02-01"),
        (3, "EXPENSE", "3000", "JPY", "Rent", "2026-03-01"),
        (4, "INCOME", "40.125", "BHD", "Sales", "2026-03-01"),
        (5, "EXPENSE", "-50", "USD", "Office", "2025-05-01"),
        (6, "EXPENSE", "7", "USD", "Office", "2026-05-01"),
    ] {
        let author = if n % 3 == 0 { &other } else { &admin };
        let input = json!({ "notes": format!("note {n},\n\"ü\""), "kind": kind, "amount": amount, "currency": currency, "category": category, "counterparty": format!("Supplier {n}"), "date": date });
        author.enter(input).await;
    }
    let last = admin.enter(json!({ "notes": "deleted", "category": "Bureau" })).await;
    admin.delete(json!({ "id": last["id"] })).await.ok();
    let office = admin.records(json!({ "filter": { "categories": ["Office"] } })).await.ok();
    let office = nodes(&office).next().expect("a record")["category"]["id"].clone();
    admin.merge(&last["category"]["id"], &office).await.ok();
    admin
}

async fn a_file_has_the_records_of_the_list_in_its_order(app: TestApp) {
    let admin = some_books(&app).await;
    let filters = [
        json!({}),
        json!({ "kind": "INCOME" }),
        json!({ "categories": ["rent", "Bureau"] }),
        json!({ "categories": [] }),
        json!({ "from": "2026-01-01", "to": "2026-03-01" }),
        json!({ "minAmount": "10", "maxAmount": "20.05" }),
        json!({ "currency": "JPY" }),
        json!({ "search": "NOTE 3" }),
        json!({ "createdBy": admin.id() }),
        json!({ "counterparty": "Supplier 5" }),
        json!({ "maxAmount": "0" }),
        json!({ "deleted": "INCLUDE" }),
        json!({ "deleted": "ONLY", "categories": ["Office"] }),
    ];
    let mut lengths = BTreeSet::new();
    for filter in filters {
        app.advance(TimeDelta::minutes(1));
        for field in ["DATE", "AMOUNT", "CREATED_AT"] {
            for direction in ["ASC", "DESC"] {
                let order = json!({ "field": field, "direction": direction });
                let list = json!({ "filter": filter, "orderBy": order, "first": 100 });
                let list = admin.records(list).await.ok();
                let ids: Vec<_> = nodes(&list).map(|node| node["id"].clone()).collect();
                lengths.insert(ids.len());
                for format in ["CSV", "JSON_LINES"] {
                    let input = json!({ "filter": filter, "orderBy": order, "format": format });
                    let file = app.file(&admin, input.clone()).await;
                    let lines = if format == "CSV" { csv_lines(&file) } else { json_lines(&file) };
                    assert_eq!(column(&lines, "id"), ids, "{input}");
                }
            }
        }
    }
    assert_eq!(lengths.into_iter().collect::<Vec<_>>(), [0, 1, 2, 4, 6, 7]);
}

async fn a_file_says_what_the_list_says(app: TestApp) {
    let admin = some_books(&app).await;
    let query = "{ records(first: 100, filter: {deleted: INCLUDE}) { nodes { id date kind amount { amount currency minorUnits } \
                 category { name } counterparty notes createdBy { name } createdAt updatedAt version deletedAt } } }";
    let list = admin.run(query, Value::Null).await.ok();
    let expected: Vec<_> = list["records"]["nodes"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|node| {
            let amount = &node["amount"];
            let flat = json!({ "amount": amount["amount"], "currency": amount["currency"], "minorUnits": amount["minorUnits"],
                "category": node["category"]["name"], "createdBy": node["createdBy"]["name"] });
            with(node.clone(), flat)
        })
        .collect();
    assert_eq!(expected.len(), 7);
    let input = |format| json!({ "filter": { "deleted": "INCLUDE" }, "format": format });
    let file = app.file(&admin, input("JSON_LINES")).await;
    assert_eq!(json_lines(&file), expected);
    let names = "id,date,kind,amount,currency,category,counterparty,notes,minorUnits,createdBy,createdAt,updatedAt,version,deletedAt";
    let order: Vec<_> = file
        .lines()
        .next()
        .expect("a line")
        .split('"')
        .filter(|part| names.split(',').any(|name| name == *part))
        .collect();
    assert_eq!(order.join(","), names);
    let file = app.file(&admin, input("CSV")).await;
    assert!(file.starts_with(&format!("{names}\r\n")) && file.ends_with("\r\n"), "{file}");
    let as_text = |value: &Value| match value {
        Value::String(text) => json!(text),
        Value::Null => json!(""),
        other => json!(other.to_string()),
    };
    for (line, expected) in csv_lines(&file).iter().zip(&expected) {
        for (name, cell) in line.as_object().expect("an object") {
            assert_eq!(cell, &as_text(&expected[name]), "{name} of {expected}");
        }
    }
}

async fn text_that_a_spreadsheet_would_run_has_an_apostrophe_in_front_in_csv(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let texts = ["=1+1", "+1", "-1", "@SUM(A1)", "'quoted'", "=HYPERLINK(\"x\",\"y\")", "5 - 3", "plain"];
    for (n, text) in texts.iter().enumerate() {
        let date = format!("2026-01-{:02}", n + 1);
        analyst.enter(json!({ "notes": text, "category": text, "counterparty": text, "date": date })).await;
    }
    let input = |format| json!({ "format": format, "orderBy": { "direction": "ASC" } });
    let expected = ["'=1+1", "'+1", "'-1", "'@SUM(A1)", "''quoted'", "'=HYPERLINK(\"x\",\"y\")", "5 - 3", "plain"];
    let lines = csv_lines(&app.file(&analyst, input("CSV")).await);
    assert_eq!(column(&lines, "notes"), expected);
    assert_eq!(column(&lines, "category"), expected);
    assert_eq!(column(&lines, "counterparty"), expected);
    let lines = json_lines(&app.file(&analyst, input("JSON_LINES")).await);
    assert_eq!(column(&lines, "notes"), texts);
}

async fn a_workbook_has_days_and_amounts_as_numbers_and_text_as_text(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    for (n, amount, currency) in
        [(1, "-12.50", "USD"), (2, "3000", "JPY"), (3, "9999999999999.99", "USD"), (4, "10000000000000", "USD")]
    {
        let date = format!("2026-05-0{n}");
        analyst.enter(json!({ "amount": amount, "currency": currency, "date": date, "notes": "=1+1", "counterparty": "A & B" })).await;
    }
    let input = json!({ "format": "XLSX", "orderBy": { "direction": "ASC" } });
    let file = app.fetch(&analyst.export_url(input).await).await;
    assert_eq!(file.status(), StatusCode::OK, "{file:?}");
    let mut archive = zip::ZipArchive::new(Cursor::new(file.into_body())).expect("an archive");
    let mut sheet = String::new();
    archive.by_name("xl/worksheets/sheet1.xml").expect("a sheet").read_to_string(&mut sheet).expect("text");
    // A cell as its type and what stands in it; styles have numbers that nobody promises.
    let cell = |at: &str| {
        let start = sheet.split_once(&format!("<c r=\"{at}\"")).unwrap_or_else(|| panic!("no {at} in {sheet}")).1;
        let (head, rest) = start.split_once('>').expect("an end of the tag");
        let text = rest.split_once("</c>").expect("an end of the cell").0;
        let text =
            text.split(['<', '>']).find(|part| !part.is_empty() && !["is", "t", "v", "/t", "/v", "/is"].contains(part));
        (head.contains("t=\"inlineStr\""), text.unwrap_or_default().to_owned())
    };
    let days = [46_143, 46_144, 46_145, 46_146].map(|day| (false, day.to_string()));
    assert_eq!(["B2", "B3", "B4", "B5"].map(cell), days);
    let amounts = [(false, "-12.5"), (false, "3000"), (false, "9999999999999.99"), (true, "10000000000000.00")];
    assert_eq!(["D2", "D3", "D4", "D5"].map(cell), amounts.map(|(is_text, amount)| (is_text, amount.to_owned())));
    assert_eq!(["G2", "H2", "E3"].map(cell), ["A &amp; B", "=1+1", "JPY"].map(|text| (true, text.to_owned())));
    assert!(!sheet.contains("<f>"), "{sheet}");
}

async fn an_empty_list_is_a_file_of_names(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    assert_eq!(app.file(&viewer, json!({ "format": "CSV" })).await.lines().count(), 1);
    assert_eq!(app.file(&viewer, json!({ "format": "JSON_LINES" })).await, "");
}

async fn an_amount_in_an_unknown_currency_is_left_out(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    analyst.enter(json!({})).await;
    app.db().read().execute_unprepared("UPDATE records SET currency = 'QQQ'").await.expect("another currency");
    let lines = json_lines(&app.file(&analyst, json!({ "format": "JSON_LINES" })).await);
    let line = &lines[0];
    assert_eq!(
        (&line["amount"], &line["currency"], &line["minorUnits"]),
        (&Value::Null, &json!("QQQ"), &json!("1250"))
    );
    let lines = csv_lines(&app.file(&analyst, json!({ "format": "CSV" })).await);
    assert_eq!(lines[0]["amount"], "");
}

/// A file that takes its first bytes only once the test says so.
struct Gate {
    written: Vec<u8>,
    first: Option<(oneshot::Sender<()>, mpsc::Receiver<()>)>,
}

impl Write for Gate {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some((begun, go_on)) = self.first.take() {
            begun.send(()).expect("a test that waits");
            go_on.recv().expect("a test that goes on");
        }
        self.written.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl exports::Sink for Gate {}

/// `count` records, each on a day of its own before 2020, the last ones first.
fn many(count: usize) -> Vec<NewRecord> {
    let day = chrono::NaiveDate::from_ymd_opt(2019, 12, 31).expect("a day");
    let category = CategoryName::parse("category", "Many").unwrap_or_else(|error| panic!("{error:?}"));
    let new = |n: usize| NewRecord {
        origin: None,
        id: Uuid::now_v7(),
        kind: RecordKind::Expense,
        amount: Money { minor: 100, currency: "USD".parse().expect("a currency") },
        category: category.clone(),
        date: day - chrono::Days::new(n as u64),
        notes: format!("one of many, number {n}"),
        counterparty: None,
        idempotency_key: None,
    };
    (0..count).map(new).collect()
}

/// Three batches: the first is being written while the books change, and the last is read after that.
async fn a_file_is_of_one_moment_however_long_it_takes(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    app.enter_all(admin.user().id, &many(4_500)).await.unwrap_or_else(|error| panic!("{error:?}"));
    let last = admin.records(json!({ "orderBy": { "direction": "ASC" }, "first": 2 })).await.ok();
    let last: Vec<_> = nodes(&last).cloned().collect();

    let request = exports::Request::read(app.services(), Role::Viewer, json!({ "format": "JSON_LINES" })).await;
    let request = request.unwrap_or_else(|error| panic!("{error:?}"));
    let ((begun, begins), (go_on, goes_on)) = (oneshot::channel(), mpsc::channel());
    let sink = Gate { written: Vec::new(), first: Some((begun, goes_on)) };
    let change = async {
        begins.await.expect("a file that begins");
        admin.enter(json!({ "date": "1950-01-01", "notes": "too late" })).await;
        admin.delete(json!({ "id": last[0]["id"] })).await.ok();
        let rename = json!({ "id": last[1]["category"]["id"], "name": "Renamed" });
        admin.rename(rename).await.ok();
        // To another place in the list, which is behind or before where the file is.
        admin.update(json!({ "id": last[1]["id"], "date": "2026-01-01" })).await.ok();
        go_on.send(()).expect("a file that goes on");
    };
    let (written, ()) = tokio::join!(exports::write(app.db(), request, sink), change);
    let written = written.unwrap_or_else(|failure| panic!("{failure:?}")).written;
    let lines = json_lines(&String::from_utf8(written).expect("UTF-8"));
    let ids: BTreeSet<_> = lines.iter().map(|line| line["id"].to_string()).collect();
    assert_eq!((lines.len(), ids.len()), (4_500, 4_500));
    assert!(lines.iter().all(|line| line["category"] == "Many" && line["notes"] != "too late"));
    let end: Vec<_> = lines.iter().rev().take(2).map(|line| (&line["id"], &line["date"], &line["deletedAt"])).collect();
    let expected: Vec<_> = last.iter().map(|node| (&node["id"], &node["date"], &Value::Null)).collect();
    assert_eq!(end, expected);
    assert_eq!(app.file(&admin, json!({ "format": "CSV" })).await.lines().count(), 4_501);
}
