//! The program killed in the middle of an import: while its records are entered, while they are deleted again, and while
//! its file arrives.

use std::{collections::BTreeSet, fmt::Write, time::Duration};

use axum::body::Body;
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use crate::{
    client::Client,
    on_both,
    site::{Server, Site},
    wire::Wire,
};

on_both![an_import_goes_on_by_itself_however_often_the_program_is_killed, a_file_that_arrived_in_part_is_nothing,];

/// So many that a program takes far longer over them than a look at it takes.
const ROWS: i64 = 10_000;
/// How long something may take that happens by itself.
const PATIENCE: Duration = Duration::from_mins(2);
const GOES_ON: &str = "going on with an import that stopped half way";
const IMPORT: &str =
    "id state size uploadPath rowsDone enteredCount revertedCount failure counts { rows new problems }";

/// Rows whose amounts add up to something that no other number of them does.
fn file() -> String {
    let mut file = "Date,Amount,Category,Notes\n".to_owned();
    for n in 1..=ROWS {
        writeln!(file, "2026-02-{:02},-{}.{:02},Category {},Row {n}", n % 28 + 1, n, n % 100, n % 7).unwrap();
    }
    file
}

fn sum() -> String {
    let cents: i64 = (1..=ROWS).map(|n| n * 100 + n % 100).sum();
    format!("{}.{:02}", cents / 100, cents % 100)
}

impl Client {
    async fn create_import(&self) -> Value {
        let create = format!(
            "mutation ($input: CreateImportInput!) {{ createImport(input: $input) {{ import {{ {IMPORT} }} }} }}"
        );
        let format = json!({
            "dateColumn": "Date", "amountColumn": "Amount", "categoryColumns": ["Category"], "notesColumns": ["Notes"],
        });
        let input = json!({ "filename": "bank.csv", "format": format });
        self.run(&create, json!({ "input": input })).await.unwrap().ok()["createImport"]["import"].take()
    }

    async fn import(&self, id: &Value) -> Value {
        let query = format!("query ($id: ID!) {{ import(id: $id) {{ {IMPORT} }} }}");
        self.run(&query, json!({ "id": id })).await.unwrap().ok()["import"].take()
    }

    async fn change_import(&self, mutation: &str, id: &Value) -> crate::client::Answer {
        let input = format!("{}{}Input", mutation[..1].to_uppercase(), &mutation[1..]);
        let change = format!("mutation ($input: {input}!) {{ {mutation}(input: $input) {{ import {{ {IMPORT} }} }} }}");
        self.run(&change, json!({ "input": { "id": id } })).await.unwrap()
    }

    /// The import, as soon as it is as `is_so` says.
    async fn import_when(&self, id: &Value, is_so: impl Fn(&Value) -> bool) -> Value {
        let waited = async {
            loop {
                let import = self.import(id).await;
                if is_so(&import) {
                    return import;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        if let Ok(import) = tokio::time::timeout(PATIENCE, waited).await {
            return import;
        }
        panic!("never: {}", self.import(id).await);
    }
}

/// Kills the program three times as soon as `count` of the import has risen, before it is that of all rows, and starts it
/// again.
async fn kill_while(site: &Site, mut server: Server, client: &Client, id: &Value, count: &str) -> Server {
    let reached = |import: &Value| import[count].as_i64().unwrap();
    let mut last = 0;
    for _ in 0..3 {
        let import = client.at(server.address()).import_when(id, |import| reached(import) > last).await;
        assert!(reached(&import) < ROWS, "it was too fast to be killed: {import}");
        server.kill();
        server = site.start();
        let again = client.at(server.address()).import(id).await;
        assert!(reached(&again) >= reached(&import), "{again} after {import}");
        last = reached(&again);
    }
    server
}

fn assert_sound(site: &Site) {
    for what in ["totals", "audit"] {
        let verified = site.run(&[what, "verify"]);
        assert!(verified.status.success(), "{verified:?}");
    }
}

async fn an_import_goes_on_by_itself_however_often_the_program_is_killed(site: Site) {
    let server = site.start();
    let client = server.admin().await;
    let import = client.create_import().await;
    let (id, path) = (&import["id"], import["uploadPath"].as_str().unwrap());
    client.put(path, file()).await.unwrap().assert_received();
    let counts = json!({ "rows": ROWS, "new": ROWS, "problems": 0 });
    assert_eq!(client.import(id).await["counts"], counts);
    client.change_import("commitImport", id).await.ok();

    let server = kill_while(&site, server, &client, id, "rowsDone").await;
    let client = client.at(server.address());
    let entered = client.import_when(id, |import| import["state"] != "ENTERING").await;
    let expected =
        json!({ "state": "ENTERED", "rowsDone": ROWS, "enteredCount": ROWS, "failure": null, "counts": counts });
    for (field, value) in expected.as_object().unwrap() {
        assert_eq!(entered[field], *value, "{entered}");
    }
    assert_eq!(client.dashboard().await, (ROWS.unsigned_abs(), sum()));
    let rows = usize::try_from(ROWS).unwrap();
    let exported = site.run(&["export", "--format", "csv"]).stdout;
    let exported = String::from_utf8(exported).unwrap();
    let notes: Vec<_> =
        exported.lines().skip(1).filter_map(|line| line.split(',').find(|cell| cell.starts_with("Row "))).collect();
    let unique: BTreeSet<_> = notes.iter().collect();
    assert_eq!((notes.len(), unique.len()), (rows, rows));
    assert_sound(&site);
    let times = site.logged().matches(GOES_ON).count();
    assert!(times >= 3, "it went on {times} times: {}", site.logged());

    client.change_import("revertImport", id).await.ok();
    let server = kill_while(&site, server, &client, id, "revertedCount").await;
    let client = client.at(server.address());
    let reverted = client.import_when(id, |import| import["state"] != "REVERTING").await;
    assert_eq!((&reverted["state"], &reverted["revertedCount"]), (&json!("REVERTED"), &json!(ROWS)), "{reverted}");
    assert_eq!(client.dashboard().await, (0, "0.00".to_owned()));
    assert_sound(&site);
    assert!(site.logged().matches(GOES_ON).count() >= times + 3, "{}", site.logged());
    // Its rows can come again.
    let again = client.create_import().await;
    client.put(again["uploadPath"].as_str().unwrap(), file()).await.unwrap().assert_received();
    assert_eq!(client.import(&again["id"]).await["counts"], counts);
}

async fn a_file_that_arrived_in_part_is_nothing(site: Site) {
    let server = site.start();
    let client = server.admin().await;
    let import = client.create_import().await;
    let (id, path) = (&import["id"], import["uploadPath"].as_str().unwrap());
    // More than two pieces in its first half.
    let file = file().repeat(6);
    let head = format!(
        "PUT {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: {}\r\nContent-Length: {}\r\n\r\n",
        client.authorization(),
        file.len()
    );
    let mut wire = Wire::connect(server.address()).await;
    wire.send(head + &file[..file.len() / 2]).await;
    let outside = Database::connect(site.database_url()).await.unwrap();
    let pieces = async || {
        let count = outside.get_database_backend();
        let count = sea_orm::Statement::from_string(count, "SELECT COUNT(*) AS pieces FROM import_chunks");
        outside.query_one_raw(count).await.unwrap().unwrap().try_get::<i64>("", "pieces").unwrap()
    };
    while pieces().await < 2 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    server.kill();

    let server = site.start();
    let client = client.at(server.address());
    let after = client.import(id).await;
    assert_eq!(
        (&after["state"], &after["size"], &after["counts"]),
        (&json!("AWAITING_FILE"), &json!("0"), &Value::Null)
    );
    let refused = client.change_import("commitImport", id).await;
    assert_eq!(refused.body["errors"][0]["extensions"]["code"], "CONFLICT", "{}", refused.body);
    let small = "Date,Amount,Category,Notes\n2026-02-01,-1.00,Faults,1\n";
    client.put(path, Body::from(small)).await.unwrap().assert_received();
    assert_eq!(pieces().await, 1);
    client.change_import("commitImport", id).await.ok();
    assert_eq!(client.notes().await, ["1"]);
    assert_sound(&site);
}

/// A connection that is closed while bytes arrive is reset, and what was answered may be lost with it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_still_sending_a_file_hears_that_it_is_too_large() {
    let server = Site::on_sqlite().start();
    let client = server.admin().await;
    let path = client.create_import().await["uploadPath"].as_str().unwrap().to_owned();
    for attempt in 0..20 {
        let (mut answers, mut requests) = TcpStream::connect(server.address()).await.unwrap().into_split();
        let head = format!(
            "PUT {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\nContent-Length: {}\r\n\r\n",
            server.address(),
            client.token(),
            200 * 1024 * 1024
        );
        let sending = tokio::spawn(async move {
            let part = vec![b'x'; 64 * 1024];
            requests.write_all(head.as_bytes()).await?;
            for _ in 0..500 {
                requests.write_all(&part).await?;
            }
            Ok::<_, std::io::Error>(requests)
        });
        let mut answer = [0; 12];
        answers.read_exact(&mut answer).await.unwrap_or_else(|error| panic!("attempt {attempt}: {error}"));
        assert_eq!(answer, *b"HTTP/1.1 413");
        sending.await.unwrap().unwrap_or_else(|error| panic!("attempt {attempt}: {error}"));
    }
}
