//! `/metrics`, at an address of its own: what the server is doing, as Prometheus reads it. It is for operators, and names
//! nobody.

use std::time::Duration;

use axum::{Router, extract::State, http::header, response::IntoResponse, routing::get};
use metrics_exporter_prometheus::PrometheusHandle;
use metrics_process::Collector;
use tokio::net::TcpListener;

use crate::{db, journal, measures, services::Services};

/// What Prometheus takes text for.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";
/// How often what was recorded is brought together, so that it does not pile up where nobody reads it.
const UPKEEP: Duration = Duration::from_secs(5);

#[derive(Clone)]
struct Desk {
    services: Services,
    recorded: PrometheusHandle,
    process: Collector,
}

/// Answers at `listener` until it is dropped.
pub async fn serve(listener: TcpListener, services: Services, recorded: PrometheusHandle) {
    let desk = Desk { services, recorded: recorded.clone(), process: Collector::default() };
    desk.process.describe();
    let router = Router::new().route("/metrics", get(scrape)).with_state(desk);
    let upkeep = async {
        loop {
            tokio::time::sleep(UPKEEP).await;
            recorded.run_upkeep();
        }
    };
    tokio::select! {
        served = axum::serve(listener, router) => if let Err(error) = served {
            tracing::warn!(%error, "metrics are not served any more");
        },
        () = upkeep => {}
    }
}

async fn scrape(State(desk): State<Desk>) -> impl IntoResponse {
    let Desk { services, recorded, process } = desk;
    for share in services.db.usage() {
        share.record();
    }
    measures::connected(services.connected.count());
    // Where the database is away, what was known last stands.
    if let Ok(lag) = db::look_up(journal::lag(&services)).await {
        measures::journal_is_behind(lag);
    }
    process.collect();
    ([(header::CONTENT_TYPE, TEXT)], recorded.render())
}
