//! `tallybook serve`, and what it greets with.

use std::sync::Arc;

use chrono::SecondsFormat;
use clap::Args;
use serde::Serialize;
use tallybook::{
    clock::Clock,
    config::{Config, LogFormat, Registration},
    db, log,
    organization::EXPLORER,
    server::{self, Addresses},
    services::Services,
    users,
};

use super::{
    complaint::{Outcome, say},
    database::{Opening, with_services},
    demo,
};

const VERSION: &str = env!("CARGO_PKG_VERSION");

#[derive(Args, Default)]
pub(super) struct Arguments {
    /// Fill an empty database with three years of sample data first; only on a loopback address, without proxies
    #[arg(long)]
    demo: bool,
}

pub(super) async fn run(config: Config, arguments: &Arguments) -> Outcome {
    config.check()?;
    if arguments.demo {
        config.check_demo()?;
    }
    with_services(config, Opening::Create, async |services| {
        let mut services = services.clone();
        let advice = if arguments.demo {
            let accounts = demo::prepare(&services).await?;
            let advice = demo::how_to_sign_in(&accounts);
            services.demo_accounts = accounts.into();
            advice
        } else {
            first_steps(&services).await?
        };
        let greeting = Greeting::of(&services, advice);
        Ok(server::run(services, move |addresses| greeting.say(addresses)).await?)
    })
    .await
}

/// What the program says once it serves.
struct Greeting {
    config: Arc<Config>,
    database: String,
    clock: Clock,
    advice: Vec<String>,
}

impl Greeting {
    fn of(services: &Services, advice: Vec<String>) -> Self {
        let database = db::describe(&services.config.database_url());
        Self { config: services.config.clone(), database, clock: services.clock.clone(), advice }
    }

    /// Tells where the server is: people also what to do first, programs in one JSON object among the log's, whatever
    /// level of that they want.
    fn say(self, Addresses { api: address, metrics }: Addresses) {
        let line = Line {
            timestamp: self.clock.now().to_rfc3339_opts(SecondsFormat::Micros, true),
            level: "INFO",
            message: format!("Tallybook {VERSION} is ready."),
            version: VERSION,
            database: self.database,
            app: self.config.app.then(|| format!("http://{address}/")),
            graphiql: self.config.graphiql().then(|| format!("http://{address}{EXPLORER}")),
            metrics: metrics.map(|metrics| format!("http://{metrics}/metrics")),
            api: format!("http://{address}/graphql"),
        };
        let lines = match log::format(&self.config) {
            LogFormat::Pretty => line.for_people().into_iter().chain(self.advice).collect(),
            LogFormat::Json => serde_json::to_string(&line).into_iter().collect::<Vec<_>>(),
        };
        let _ = say(&lines);
    }
}

/// That the server is ready, and where.
#[derive(Serialize)]
struct Line {
    timestamp: String,
    level: &'static str,
    message: String,
    version: &'static str,
    database: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    app: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    graphiql: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metrics: Option<String>,
    api: String,
}

impl Line {
    fn for_people(self) -> Vec<String> {
        let Self { message, app, graphiql, metrics, api, .. } = self;
        let places = [("App", app), ("GraphiQL", graphiql), ("Metrics", metrics), ("API", Some(api))];
        let places = places.into_iter().filter_map(|(name, url)| Some((format!("{name}:"), url?)));
        [message].into_iter().chain(places.map(|(name, url)| format!("  {name:<10}{url}"))).collect()
    }
}

/// What to do where there are no users yet.
async fn first_steps(services: &Services) -> Outcome<Vec<String>> {
    if !users::all(services.db.read()).await?.is_empty() {
        return Ok(Vec::new());
    }
    let mut lines = vec![
        "\nThere are no users yet. Create the first admin:".to_owned(),
        "  tallybook user create --email you@example.org --name \"Your Name\" --role admin --password-stdin".to_owned(),
    ];
    if services.config.registration() == Registration::Open {
        lines.push("Anyone may register, as a viewer (REGISTRATION=open).".to_owned());
    }
    Ok(lines)
}
