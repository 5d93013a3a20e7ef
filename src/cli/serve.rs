//! `tallybook serve`, and what it greets with.

use clap::Args;
use tallybook::{
    config::{Config, Registration},
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
        let config = services.config.clone();
        Ok(server::run(services, move |addresses| greet(&config, addresses, advice)).await?)
    })
    .await
}

/// Tells where the server is and what to do first.
fn greet(config: &Config, Addresses { api: address, metrics }: Addresses, advice: Vec<String>) {
    let mut lines = vec![format!("Tallybook {} is ready.", env!("CARGO_PKG_VERSION"))];
    if config.app {
        lines.push(format!("  App:      http://{address}/"));
    }
    if config.graphiql() {
        lines.push(format!("  GraphiQL: http://{address}{EXPLORER}"));
    }
    if let Some(metrics) = metrics {
        lines.push(format!("  Metrics:  http://{metrics}/metrics"));
    }
    lines.push(format!("  API:      http://{address}/graphql"));
    lines.extend(advice);
    let _ = say(&lines);
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
