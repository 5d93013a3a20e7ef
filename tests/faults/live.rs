//! Subscribers of the real program: one that stops, and readers that do not read.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};

use crate::{
    client::Client,
    on_both,
    site::Site,
    socket::{Came, Socket},
};

on_both![
    a_program_that_stops_says_goodbye_to_its_subscribers,
    a_reader_that_does_not_read_is_cut_off_and_loses_nothing,
];

/// Longest that a program may take to stop once it has nothing left to do.
const PATIENCE: Duration = Duration::from_secs(5);
/// The program waits ten seconds for a slow reader.
const LONG: Duration = Duration::from_secs(40);
const DASHBOARD: &str = "subscription { dashboardChanged { summary { recordCount } } }";
/// Records for the slow reader, each of which is 40 kB in an answer: more than the system keeps for a connection.
const RECORDS: usize = 500;

async fn a_program_that_stops_says_goodbye_to_its_subscribers(site: Site) {
    let mut server = site.start();
    let client = server.admin().await;
    let mut socket = Socket::of(server.address(), client.token()).await;
    socket.subscribe("1", DASHBOARD, json!({})).await;
    socket.payload("1").await;
    let mut events = TcpStream::connect(server.address()).await.unwrap();
    let body = json!({ "query": DASHBOARD }).to_string();
    let head = format!(
        "POST /graphql HTTP/1.1\r\nhost: localhost\r\naccept: text/event-stream\r\nauthorization: Bearer {}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n",
        client.token(),
        body.len()
    );
    events.write_all((head + &body).as_bytes()).await.unwrap();
    events.read_exact(&mut [0; 100]).await.unwrap();
    server.terminate();
    assert_eq!(socket.next().await, Came::Closed(1001));
    let status = timeout(PATIENCE, server.ended()).await.unwrap();
    assert!(status.success(), "{status}");
    let mut rest = String::new();
    // It breaks off, by an end or by an error.
    let _ = events.read_to_string(&mut rest).await;
    assert!(!rest.contains("event: complete"), "{rest}");
    let log = site.logged();
    assert!(!log.contains("WARN") && !log.contains("ERROR"), "{log}");
}

async fn a_reader_that_does_not_read_is_cut_off_and_loses_nothing(site: Site) {
    let server = site.start();
    let client = server.admin().await;
    let start = changes(&client, None).await["pageInfo"]["endCursor"].take();
    let notes = "n".repeat(2_000);
    let record = json!({ "kind": "EXPENSE", "amount": "1", "category": "Rent", "date": "2026-05-01", "notes": notes });
    let many = "mutation ($input: CreateRecordsInput!) { createRecords(input: $input) { createdCount } }";
    for _ in 0..RECORDS / 100 {
        client.run(many, json!({ "input": { "records": vec![&record; 100] } })).await.unwrap().ok();
    }
    let aliases: Vec<_> = (0..20).map(|number| format!("n{number}: notes")).collect();
    let changed = format!(
        "subscription ($after: String) {{ changed(after: $after, types: [RECORD]) {{ \
             nodes {{ node {{ ... on FinancialRecord {{ {} }} }} }} pageInfo {{ endCursor }} }} }}",
        aliases.join(" ")
    );
    let mut slow = Socket::of(server.address(), client.token()).await;
    slow.subscribe("1", &changed, json!({ "after": start })).await;
    let first = slow.payload("1").await["data"]["changed"].take();
    let told = async {
        while !site.logged().contains("was too slow, and was cut off") {
            sleep(Duration::from_millis(200)).await;
        }
    };
    timeout(LONG, told).await.unwrap();
    // What was on its way is still there, and then nothing more.
    let mut messages = 1;
    while let Came::Message(_) = slow.next().await {
        messages += 1;
    }
    assert!(messages < RECORDS / 100, "{messages}");
    let mut again = Socket::of(server.address(), client.token()).await;
    again.subscribe("1", &changed, json!({ "after": first["pageInfo"]["endCursor"] })).await;
    let mut count = first["nodes"].as_array().unwrap().len();
    while count < RECORDS {
        count += again.payload("1").await["data"]["changed"]["nodes"].as_array().unwrap().len();
    }
    assert_eq!(count, RECORDS);
}

/// All records, to the end of what changed.
async fn changes(client: &Client, mut after: Option<Value>) -> Value {
    let query =
        "query ($after: String) { changes(after: $after, types: [RECORD]) { pageInfo { endCursor hasNextPage } } }";
    loop {
        let mut data = client.run(query, json!({ "after": after })).await.unwrap().ok();
        let page = data["changes"].take();
        if page["pageInfo"]["hasNextPage"] == false {
            return page;
        }
        after = Some(page["pageInfo"]["endCursor"].clone());
    }
}
