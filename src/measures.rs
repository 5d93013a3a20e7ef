//! What the server counts and times, for Prometheus. It is recorded through the facade `metrics`: where nobody listens,
//! that costs a branch.
//!
//! No label is text that a client chooses, so the number of series is bounded.

use std::time::Duration;

use metrics::{counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

const REQUESTS: &str = "tallybook_requests_total";
const REQUEST_SECONDS: &str = "tallybook_request_duration_seconds";
const SIGN_INS: &str = "tallybook_sign_ins_total";
const VIEWERS: &str = "tallybook_viewers_looked_up_total";
const IMPORTED: &str = "tallybook_import_rows_total";
const WAIT_SECONDS: &str = "tallybook_connection_wait_seconds";
const CONNECTIONS: &str = "tallybook_connections";
const CONNECTIONS_USED: &str = "tallybook_connections_used";
const WAITING: &str = "tallybook_connections_awaited";
const SOCKETS: &str = "tallybook_sockets";
const JOURNAL_LAG: &str = "tallybook_journal_lag_seconds";
const BUILD: &str = "tallybook_build_info";

/// From an answer out of memory to one that was given up.
const SECONDS: [f64; 14] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0];

/// Begins to keep what is recorded.
///
/// # Errors
/// A sentence for the operator.
pub(crate) fn start() -> Result<PrometheusHandle, String> {
    let builder = PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &SECONDS);
    let handle = builder.and_then(PrometheusBuilder::install_recorder).map_err(|error| format!("Metrics: {error}"))?;
    describe_counter!(
        REQUESTS,
        "Requests, and operations over WebSockets, by kind and by the code of the first error, `OK` without one"
    );
    describe_histogram!(REQUEST_SECONDS, "How long they took, by kind");
    describe_counter!(SIGN_INS, "Sign-ins with a password, by outcome");
    describe_counter!(VIEWERS, "How often it was asked who a token belongs to, by where that was found");
    describe_counter!(IMPORTED, "Rows of files that were dealt with, by verdict");
    describe_histogram!(WAIT_SECONDS, "How long an operation waited for a connection to the database, by share");
    describe_gauge!(CONNECTIONS, "Connections to the database, by share");
    describe_gauge!(CONNECTIONS_USED, "Those of them that are in use");
    describe_gauge!(WAITING, "Operations that wait for one of them");
    describe_gauge!(SOCKETS, "WebSockets and streams of events that are open");
    describe_gauge!(JOURNAL_LAG, "How long the oldest event without a position in the journal has been waiting");
    describe_gauge!(BUILD, "1, with the version of the program");
    gauge!(BUILD, "version" => env!("CARGO_PKG_VERSION")).set(1);
    Ok(handle)
}

/// A request, or an operation over a socket, was answered.
pub(crate) fn answered(kind: Option<&'static str>, code: String, took: Duration) {
    let kind = kind.unwrap_or("other");
    counter!(REQUESTS, "kind" => kind, "code" => code).increment(1);
    histogram!(REQUEST_SECONDS, "kind" => kind).record(took);
}

/// Somebody tried to sign in.
pub(crate) fn signed_in(outcome: &'static str) {
    counter!(SIGN_INS, "outcome" => outcome).increment(1);
}

/// Somebody's token was looked up.
pub(crate) fn looked_up(is_remembered: bool) {
    counter!(VIEWERS, "found" => if is_remembered { "memory" } else { "database" }).increment(1);
}

/// Rows of an import were dealt with.
pub(crate) fn imported(entered: usize, others: usize) {
    counter!(IMPORTED, "verdict" => "entered").increment(entered as u64);
    counter!(IMPORTED, "verdict" => "left out").increment(others as u64);
}

/// An operation got its connection.
pub(crate) fn waited(share: &'static str, time: Duration) {
    histogram!(WAIT_SECONDS, "share" => share).record(time);
}

/// How many connections of a share there are, and what they do.
pub(crate) struct Use {
    pub(crate) share: &'static str,
    pub(crate) all: usize,
    pub(crate) used: usize,
    pub(crate) awaited: usize,
}

impl Use {
    pub(crate) fn record(&self) {
        for (name, number) in [(CONNECTIONS, self.all), (CONNECTIONS_USED, self.used), (WAITING, self.awaited)] {
            gauge!(name, "share" => self.share).set(u32::try_from(number).unwrap_or(u32::MAX));
        }
    }
}

/// So many are connected.
pub(crate) fn connected(number: usize) {
    gauge!(SOCKETS).set(u32::try_from(number).unwrap_or(u32::MAX));
}

/// The oldest event that waits has waited so long.
pub(crate) fn journal_is_behind(time: Duration) {
    gauge!(JOURNAL_LAG).set(time.as_secs_f64());
}
