//! `tallybook check`: what `serve` would do, and what would keep it from that. Listens nowhere and changes nothing, so
//! that it can be run beside a server.

use tallybook::{
    config::{Config, Registration},
    organization::EXPLORER,
};

use super::{
    complaint::{Outcome, say},
    database::{self, Opening},
};

pub(super) async fn run(config: &Config) -> Outcome {
    say(&settings(config))?;
    config.check()?;
    let db = database::open(config, Opening::AsItIs).await?;
    let pending = db.pending_migrations().await;
    let ready = db.check_ready().await;
    database::close(&db).await;
    let pending = pending.map_err(|error| format!("The database's tables cannot be used: {error}"))?;
    if pending == 0 {
        ready?;
    } else {
        say(&[format!("Tables: `serve` would bring them up to date first (pending migrations: {pending}).")])?;
    }
    say(&["Nothing is wrong: `tallybook serve` would start."])
}

/// What the settings come to, where they do not say it themselves.
fn settings(config: &Config) -> Vec<String> {
    let served = |is_served, path: &str| if is_served { format!("at {path}") } else { "not served".to_owned() };
    let registration = match config.registration() {
        Registration::Open => "open: anyone may become a viewer",
        Registration::Closed => "closed: admins create users",
    };
    let secret = match (config.jwt_secrets().len(), &config.jwt_secret_file) {
        (0, _) => format!("generated, in {}", config.data_dir.display()),
        (number, Some(file)) => format!("{number} from {}", file.display()),
        (number, None) => format!("{number} from JWT_SECRET"),
    };
    let reached = if config.is_private() { "from this machine alone" } else { "from other machines" };
    vec![
        format!("Address: {}, reached {reached}", config.listen_addr),
        format!("Secrets: {secret}"),
        format!("Registration: {registration}"),
        format!("App: {}", served(config.app, "/")),
        format!("GraphiQL: {}", served(config.graphiql(), EXPLORER)),
        format!("Introspection: {}", if config.introspection() { "answered" } else { "refused" }),
    ]
}
