//! Starting and stopping the server: services, secret, socket, signals, and the work beside the requests.

use std::{
    fs,
    io::{self, Write},
    net::SocketAddr,
    path::Path,
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use base64::{Engine, prelude::BASE64_STANDARD_NO_PAD};
use chrono::TimeDelta;
use sea_orm::DbBackend;
use tokio::{net::TcpListener, task::JoinSet};

use crate::{
    auth::{Author, Connected, Failures, Passwords, Tokens, Viewers},
    clock::Clock,
    config::{Config, Secret},
    db::{Db, make_private_directory},
    error::Result,
    event::Bell,
    exports, http, idempotency, imports, journal, measures,
    news::News,
    records, schema,
    services::{Categories, Files, Remembered, Services},
    sessions, sign_in, systemd, totals, users,
};

/// The file in the data directory that holds the generated secret.
const SECRET_FILE: &str = "jwt-secret";
/// How often what is of no more use is removed, and totals are folded.
const HOUSEKEEPING: Duration = Duration::from_hours(1);
/// How many new records are left to searches that look at each of them.
const FEWEST_TEXTS: i64 = 500;
/// How often it is looked whether there are more, and how long other writers have between two batches of them.
const TEXTS_PERIOD: Duration = Duration::from_secs(2);
const TEXTS_PAUSE: Duration = Duration::from_millis(20);
/// Longest that sockets may take to be closed at the end.
const FAREWELL: Duration = Duration::from_secs(2);
/// Bytes of a generated secret.
const SECRET_BYTES: usize = 48;

/// Everything that lives as long as the process, on a database that is up to date.
///
/// # Errors
/// A sentence for the operator: the secret can neither be read nor made.
pub async fn services(config: Config, db: Db) -> std::result::Result<Services, String> {
    let mut secrets = config.jwt_secrets();
    if secrets.is_empty() {
        secrets.push(kept_secret(&config.data_dir)?);
    }
    let lifetime =
        TimeDelta::from_std(config.access_token_ttl).map_err(|error| format!("ACCESS_TOKEN_TTL: {error}"))?;
    let passwords = Passwords::new(config.bcrypt_cost);
    match users::highest_password_cost(db.read()).await {
        Ok(cost) => passwords.expect_cost(cost.unwrap_or_default()),
        Err(error) => tracing::warn!(?error, "how dear stored password hashes are is not known yet"),
    }
    let viewers = Viewers::default();
    Ok(Services {
        db,
        clock: Clock::default(),
        tokens: Arc::new(Tokens::new(&secrets, lifetime)),
        passwords,
        categories: Categories::new(&viewers),
        organization: Remembered::new(&viewers),
        viewers,
        connected: Connected::new(config.limits.max_sockets),
        failures: Failures::default(),
        journal: Bell::default(),
        news: News::default(),
        imports: Bell::default(),
        files: Files::default(),
        stopping: Arc::default(),
        demo_accounts: Arc::default(),
        config: Arc::new(config),
    })
}

/// The secret that is kept in `directory`, which only the owner can read; made on first use.
fn kept_secret(directory: &Path) -> std::result::Result<Secret, String> {
    let path = directory.join(SECRET_FILE);
    let explain = |error: io::Error| format!("Cannot keep a secret in {}: {error}", path.display());
    make_private_directory(directory).map_err(explain)?;
    let mut random = [0; SECRET_BYTES];
    getrandom::fill(&mut random).map_err(|error| format!("Cannot make a secret: {error}"))?;
    let fresh = BASE64_STANDARD_NO_PAD.encode(random);
    // Written aside and linked into place: of two servers that start at once one wins, and both read the same.
    let aside = directory.join(format!("{SECRET_FILE}.{}", std::process::id()));
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&aside).map_err(explain)?;
    file.write_all(fresh.as_bytes()).and_then(|()| file.sync_all()).map_err(explain)?;
    let linked = fs::hard_link(&aside, &path);
    fs::remove_file(&aside).map_err(explain)?;
    match linked {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(explain(error)),
        _ => {}
    }
    let secret = fs::read_to_string(&path).map_err(explain)?;
    secret.trim().parse().map_err(|error| format!("{error}"))
}

/// Where a server listens.
#[derive(Clone, Copy, Debug)]
pub struct Addresses {
    /// For clients.
    pub api: SocketAddr,
    /// For Prometheus, if it may read.
    pub metrics: Option<SocketAddr>,
}

/// Serves until the process is told to stop, then lets the requests in flight finish. `ready` is called with
/// the addresses once the server answers there.
///
/// # Errors
/// A sentence for the operator: the address cannot be listened on.
pub async fn run(services: Services, ready: impl FnOnce(Addresses)) -> std::result::Result<(), String> {
    let grace = services.config.shutdown_timeout;
    let (listener, bound) = listen(services.config.listen_addr).await?;
    let mut house = JoinSet::new();
    let metrics = match services.config.metrics_addr {
        Some(address) => Some(serve_metrics(address, &services, &mut house).await?),
        None => None,
    };
    keep_house(&services, &mut house);
    let schema = schema::build(services.clone());
    let (connected, stopping, delay) =
        (services.connected.clone(), services.stopping.clone(), services.config.shutdown_delay);
    let router = http::router(services, schema);
    // Before anybody is told that there is something to stop.
    let mut signals = Signals::listen()?;
    ready(Addresses { api: bound, metrics });
    systemd::ready();
    // The connections that are served know nothing of what they were upgraded to, and wait for streams to end.
    let stop = async {
        signals.next().await;
        stopping.store(true, Ordering::Relaxed);
        systemd::stopping();
        if !delay.is_zero() {
            tracing::info!(?delay, "stopping: /readyz says no, and requests are served until the delay is over");
            // Who asks twice does not want to wait.
            let _ = tokio::time::timeout(delay, signals.next()).await;
        }
        tracing::info!("stopping: requests in flight may finish");
        connected.stop();
    };
    http::serve(listener, router, stop, grace).await;
    connected.gone(FAREWELL).await;
    // Before the connections to the database are closed: what still runs would complain about that.
    house.shutdown().await;
    Ok(())
}

async fn listen(address: SocketAddr) -> std::result::Result<(TcpListener, SocketAddr), String> {
    let listener = TcpListener::bind(address).await.map_err(|error| format!("Cannot listen on {address}: {error}"))?;
    let bound = listener.local_addr().map_err(|error| error.to_string())?;
    Ok((listener, bound))
}

/// Serves metrics at `address`; gives where that is.
async fn serve_metrics(
    address: SocketAddr,
    services: &Services,
    house: &mut JoinSet<()>,
) -> std::result::Result<SocketAddr, String> {
    let (listener, bound) = listen(address).await?;
    house.spawn(http::serve_metrics(listener, services.clone(), measures::start()?));
    Ok(bound)
}

/// Starts what goes on beside the requests.
fn keep_house(services: &Services, house: &mut JoinSet<()>) {
    if services.db.backend() == DbBackend::Postgres {
        house.spawn(services.viewers.clone().listen(
            services.db.clone(),
            services.config.database_url(),
            services.news.clone(),
        ));
    }
    house.spawn(journal::keep_numbering(services.clone()));
    house.spawn(services.news.clone().keep_pace());
    let clock = services.clock.clone();
    house.spawn(services.connected.clone().keep_watch(services.db.read().clone(), move || clock.now()));
    house.spawn(imports::keep_going(services.clone()));
    house.spawn(keep_texts_indexed(services.clone()));
    let services = services.clone();
    house.spawn(async move {
        let mut hours = tokio::time::interval(HOUSEKEEPING);
        loop {
            hours.tick().await;
            if let Err(error) = sessions::remove_ended(&services).await {
                tracing::warn!(?error, "sessions that ended long ago could not be removed; they will be in an hour");
            }
            if let Err(error) = sign_in::forget_networks(&services).await {
                tracing::warn!(?error, "networks that nobody signs in from any more are kept for another hour");
            }
            if let Err(error) = imports::forget_files(&services).await {
                tracing::warn!(?error, "files of old imports are kept for another hour");
            }
            if let Err(error) = forget_keys(&services).await {
                tracing::warn!(?error, "old idempotency keys are kept for another hour");
            }
            if let Err(error) = exports::forget(&services).await {
                tracing::warn!(?error, "downloads that have expired are remembered for another hour");
            }
            if let Err(error) = totals::fold(&services).await {
                tracing::warn!(
                    ?error,
                    "totals use more rows than necessary; they are correct, and folding is retried in an hour"
                );
            }
        }
    });
}

/// Has new records put into the index of searches, many together, with room for other writers in between.
async fn keep_texts_indexed(services: Services) {
    loop {
        let pause = match records::index_more(&services, FEWEST_TEXTS).await {
            Ok(true) => TEXTS_PAUSE,
            Ok(false) => TEXTS_PERIOD,
            Err(error) => {
                tracing::warn!(?error, "new records are not in the index of searches yet; they are found all the same");
                TEXTS_PERIOD
            }
        };
        tokio::time::sleep(pause).await;
    }
}

async fn forget_keys(services: &Services) -> Result<()> {
    let mut change = services.change(Author::default()).await?;
    idempotency::forget(&mut change).await?;
    change.commit().await
}

/// SIGINT (Ctrl-C) and SIGTERM, which end the process only as long as nobody listens for them.
struct Signals {
    #[cfg(unix)]
    interrupt: tokio::signal::unix::Signal,
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Signals {
    fn listen() -> std::result::Result<Self, String> {
        #[cfg(unix)]
        {
            use tokio::signal::unix::{SignalKind, signal};
            let listen = |kind| signal(kind).map_err(|error| format!("Cannot listen for signals: {error}"));
            Ok(Self { interrupt: listen(SignalKind::interrupt())?, terminate: listen(SignalKind::terminate())? })
        }
        #[cfg(not(unix))]
        Ok(Self {})
    }

    /// Waits for the next one.
    async fn next(&mut self) {
        #[cfg(unix)]
        tokio::select! { _ = self.interrupt.recv() => {}, _ = self.terminate.recv() => {} }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    }
}
