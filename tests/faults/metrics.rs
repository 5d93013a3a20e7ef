//! What the program tells Prometheus.

use std::{collections::BTreeMap, net::SocketAddr};

use serde_json::json;

use crate::{
    client::Client,
    on_both,
    site::{EMAIL, Server, Site},
    wire::Wire,
};

on_both![what_the_program_does_is_counted_and_names_nobody];

async fn what_the_program_does_is_counted_and_names_nobody(site: Site) {
    let site = site.with("METRICS_ADDR", "127.0.0.1:0");
    let server = site.start();
    let client = server.admin().await;
    for key in ["1", "2"] {
        client.create(key).await.unwrap().ok();
    }
    assert!(!client.run("{ record(id: \"nonsense\") { id } }", json!({})).await.unwrap().is_ok());
    let wrong = json!({ "input": { "email": EMAIL, "password": "not that one" } });
    let login = "mutation ($input: LoginInput!) { login(input: $input) { accessToken } }";
    assert!(!Client::nobody(server.address()).run(login, wrong).await.unwrap().is_ok());

    let found = scraped(&server).await;
    let text = |series: &str| found.get(series).map_or("0", String::as_str);
    let count = |series: &str| text(series).parse::<u64>().unwrap();
    let number = |series: &str| text(series).parse::<f64>().unwrap();
    assert_eq!(count("tallybook_requests_total{kind=\"mutation\",code=\"OK\"}"), 3, "{found:?}");
    assert_eq!(count("tallybook_requests_total{kind=\"query\",code=\"BAD_USER_INPUT\"}"), 1, "{found:?}");
    assert_eq!(count("tallybook_request_duration_seconds_count{kind=\"mutation\"}"), 4);
    for (outcome, times) in [("OK", 1), ("INVALID_CREDENTIALS", 1)] {
        assert_eq!(count(&format!("tallybook_sign_ins_total{{outcome=\"{outcome}\"}}")), times, "{outcome}");
    }
    assert!(count("tallybook_viewers_looked_up_total{found=\"memory\"}") >= 1);
    assert!(count("tallybook_connections{share=\"writes\"}") >= 1);
    assert_eq!(count("tallybook_connections_awaited{share=\"reads\"}"), 0);
    assert!(count("tallybook_connection_wait_seconds_count{share=\"writes\"}") >= 2);
    assert!(found.contains_key("tallybook_journal_lag_seconds") && found.contains_key("tallybook_sockets"));
    assert!(number("process_resident_memory_bytes") > 1e6 && number("process_start_time_seconds") > 1e9);
    assert!(!found.keys().any(|series| series.contains('@') || series.contains("nonsense")), "{found:?}");
    assert!(found.len() < 500, "{} series", found.len());

    let elsewhere = read(server.address()).await;
    assert!(elsewhere.starts_with("HTTP/1.1 404"), "clients have no metrics: {elsewhere}");
}

/// Every series with its value.
async fn scraped(server: &Server) -> BTreeMap<String, String> {
    let answer = read(server.metrics()).await;
    let (head, text) = answer.split_once("\r\n\r\n").unwrap();
    assert!(head.starts_with("HTTP/1.1 200") && head.contains("text/plain; version=0.0.4"), "{head}");
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    lines
        .map(|line| {
            let (series, value) = line.rsplit_once(' ').unwrap();
            (series.to_owned(), value.to_owned())
        })
        .collect()
}

async fn read(address: SocketAddr) -> String {
    let mut wire = Wire::connect(address).await;
    wire.send(&format!("GET /metrics HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")).await;
    wire.read_to_end().await
}
