//! The settings: flags and environment variables, one definition for both. The only reader of either.
//!
//! Secrets are masked in `Debug`, so that no log line can hold one.

#![expect(clippy::doc_markdown, reason = "the comments on settings are the text of --help")]

use std::{net::SocketAddr, ops::RangeInclusive, path::PathBuf, time::Duration};

use clap::{Args, ValueEnum, builder::ArgAction};

use crate::{currency::Currency, limits::Limits};

mod environment;
mod secret;

pub use environment::{EnvFile, without_blanks};
pub use secret::Secret;
use secret::{DIFFERENT_BYTES, SECRET_BYTES};

/// Clients wait for a while before they send something again.
const IDEMPOTENCY_KEY_SECONDS: RangeInclusive<u64> = 3_600..=3_660 * 86_400;

/// Every setting of the program. `Config::check` says what is unsafe about a combination.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// Where the records are: `sqlite://PATH` or `postgres://USER:PASSWORD@HOST/NAME` [default: tallybook.db in the data directory]
    #[arg(long, env, global = true, hide_env_values = true)]
    pub database_url: Option<Secret>,

    /// File that holds what DATABASE_URL would; a newline at its end is not part of it
    #[arg(long, env, global = true)]
    pub database_url_file: Option<PathBuf>,

    /// Connections to the database for signed-in users: on PostgreSQL half of them write, and up to 5 more serve sign-in, /readyz and the server itself; on SQLite all of them read, and 3 more do the rest
    #[arg(long, env, global = true, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=200))]
    pub database_connections: u32,

    /// How PostgreSQL plans statements: once for all values, or by these; Citus needs `auto`
    #[arg(long, env, global = true, default_value = "force_generic_plan")]
    pub plan_cache_mode: PlanCacheMode,

    /// Directory for what the server itself keeps: the SQLite database and the generated secret
    #[arg(long, env, global = true, default_value = "data")]
    pub data_dir: PathBuf,

    /// Address and port to listen on; any non-loopback address requires JWT_SECRET and REGISTRATION
    #[arg(long, env, global = true, default_value = "127.0.0.1:8000")]
    pub listen_addr: SocketAddr,

    /// Address and port at which Prometheus reads /metrics, for example 127.0.0.1:9464 [default: none]
    #[arg(long, env, global = true)]
    pub metrics_addr: Option<SocketAddr>,

    /// Secrets for access tokens, 32 bytes or more each, separated by commas: the first signs, all verify
    #[arg(long, env, global = true, value_delimiter = ',', hide_env_values = true)]
    pub jwt_secret: Vec<Secret>,

    /// File that holds what JWT_SECRET would; a newline at its end is not part of it
    #[arg(long, env, global = true)]
    pub jwt_secret_file: Option<PathBuf>,

    /// How long an access token is valid
    #[arg(long, env, global = true, default_value = "30m", value_parser = humantime::parse_duration)]
    pub access_token_ttl: Duration,

    /// How long a refresh token is valid after its last use
    #[arg(long, env, global = true, default_value = "30d", value_parser = humantime::parse_duration)]
    pub refresh_token_ttl: Duration,

    /// Maximum lifetime of a session, however often it is refreshed
    #[arg(long, env, global = true, default_value = "90d", value_parser = humantime::parse_duration)]
    pub session_ttl: Duration,

    /// How long a change that came with an idempotency key can be sent again without being made again
    #[arg(long, env, global = true, default_value = "30d", value_parser = humantime::parse_duration)]
    pub idempotency_key_ttl: Duration,

    /// Work factor of the password hash; each step doubles the time
    #[arg(long, env, global = true, default_value_t = 12, value_parser = clap::value_parser!(u32).range(10..=16))]
    pub bcrypt_cost: u32,

    /// Whether anyone may register, as a viewer [default: open on a loopback address without proxies]
    #[arg(long, env, global = true)]
    pub registration: Option<Registration>,

    /// Currency (ISO 4217) assumed when an amount or a dashboard names none; read when the books are made, later `updateOrganization` changes it [default: USD]
    #[arg(long, env, global = true, value_parser = parse_currency)]
    pub base_currency: Option<Currency>,

    /// Origins whose pages may call the API, with cookies too, separated by commas, for example https://app.example.org
    #[arg(long, env, global = true, value_delimiter = ',', value_parser = parse_origin)]
    pub cors_origins: Vec<String>,

    /// Number of reverse proxies in front of the server, each appending its client's address to X-Forwarded-For; if there are any, JWT_SECRET and REGISTRATION have to be set
    #[arg(long, env, global = true, default_value_t = 0)]
    pub trusted_proxies: u8,

    /// Serve the app at /
    #[arg(long, env, global = true, action = ArgAction::Set, num_args = 0..=1, default_value_t = true, default_missing_value = "true")]
    pub app: bool,

    /// Serve GraphiQL at /graphiql [default: true on a loopback address without proxies, else false]
    #[arg(long, env, global = true, action = ArgAction::Set, num_args = 0..=1, default_missing_value = "true")]
    pub graphiql: Option<bool>,

    /// Answer introspection queries [default: true on a loopback address without proxies, else false]
    #[arg(long, env, global = true, action = ArgAction::Set, num_args = 0..=1, default_missing_value = "true")]
    pub introspection: Option<bool>,

    /// Format of log lines [default: pretty on a terminal, else json]
    #[arg(long, env, global = true)]
    pub log_format: Option<LogFormat>,

    // PostgreSQL warns that there is no transaction whenever a client hangs up while its commit is under way: what is
    // rolled back then has ended. The on-call engineer need not see it.
    /// Log level: error, warn, info, debug or trace; also per module, for example `info,tallybook=debug`
    #[arg(
        long,
        env = "RUST_LOG",
        global = true,
        default_value = "info,sea_orm_migration=warn,sqlx::postgres::notice=error"
    )]
    pub log: String,

    /// Time limit for one request
    #[arg(long, env, global = true, default_value = "30s", value_parser = humantime::parse_duration)]
    pub request_timeout: Duration,

    /// How long the server still serves after it is told to stop, while /readyz says no: until proxies have noticed
    #[arg(long, env, global = true, default_value = "0s", value_parser = humantime::parse_duration)]
    pub shutdown_delay: Duration,

    /// How long requests in flight may take to finish after the server is told to stop
    #[arg(long, env, global = true, default_value = "20s", value_parser = humantime::parse_duration)]
    pub shutdown_timeout: Duration,

    /// Maximum size in bytes of a file to import
    #[arg(long, env, global = true, default_value_t = 128 * 1024 * 1024, value_parser = clap::value_parser!(u64).range(1024..))]
    pub max_import_bytes: u64,

    /// Maximum size in bytes of all exported files that the server keeps in DATA_DIR at a time, until they are downloaded
    #[arg(long, env, global = true, default_value_t = 2 * 1024 * 1024 * 1024, value_parser = clap::value_parser!(u64).range(1024..))]
    pub max_export_bytes: u64,

    /// How large and costly an operation may be.
    #[command(flatten)]
    pub limits: Limits,
}

/// How PostgreSQL plans statements that are prepared: its own setting `plan_cache_mode`.
#[derive(ValueEnum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PlanCacheMode {
    /// Once on each connection, for any values.
    #[default]
    #[value(name = "force_generic_plan")]
    ForceGenericPlan,
    /// Each time, for the values given.
    #[value(name = "force_custom_plan")]
    ForceCustomPlan,
    /// As PostgreSQL finds cheaper.
    Auto,
}

impl PlanCacheMode {
    /// As PostgreSQL calls it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::ForceGenericPlan => "force_generic_plan",
            Self::ForceCustomPlan => "force_custom_plan",
            Self::Auto => "auto",
        }
    }
}

/// Whether people may create their own accounts.
#[derive(async_graphql::Enum, ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum Registration {
    /// Anyone may register, as a viewer.
    Open,
    /// Only admins create users.
    Closed,
}

/// How log lines look.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people, in colour.
    Pretty,
    /// One JSON object per line.
    Json,
}

impl Config {
    /// The database to connect to: the one named, or the `SQLite` file in the data directory.
    #[must_use]
    pub fn database_url(&self) -> String {
        match &self.database_url {
            Some(url) => url.expose().to_owned(),
            None => format!("sqlite://{}", self.data_dir.join("tallybook.db").display()),
        }
    }

    /// The same settings, with what stands in the files that they name.
    ///
    /// # Errors
    /// A sentence for the operator: a file that cannot be read or is empty, or a setting that is there twice.
    pub fn with_files(mut self) -> Result<Self, String> {
        if let Some(url) =
            secret::in_file("DATABASE_URL", self.database_url.is_some(), self.database_url_file.as_deref())?
        {
            self.database_url = Some(Secret::new(&url));
        }
        if let Some(secrets) =
            secret::in_file("JWT_SECRET", !self.jwt_secret.is_empty(), self.jwt_secret_file.as_deref())?
        {
            self.jwt_secret = secrets.split(',').map(Secret::new).collect();
        }
        Ok(self)
    }

    /// The secrets that are set. Between two commas there may be none.
    #[must_use]
    pub fn jwt_secrets(&self) -> Vec<Secret> {
        self.jwt_secret.iter().filter(|secret| !secret.expose().is_empty()).cloned().collect()
    }

    /// Whether only this machine can reach the server: a proxy on it passes on what others send.
    #[must_use]
    pub fn is_private(&self) -> bool {
        self.listen_addr.ip().is_loopback() && self.trusted_proxies == 0
    }

    /// Whether anyone may register.
    #[must_use]
    pub fn registration(&self) -> Registration {
        self.registration.unwrap_or(if self.is_private() { Registration::Open } else { Registration::Closed })
    }

    /// Whether GraphiQL is served.
    #[must_use]
    pub fn graphiql(&self) -> bool {
        self.graphiql.unwrap_or(self.is_private())
    }

    /// Whether pages of `origin`, as a browser names it, may call.
    #[must_use]
    pub fn allows_origin(&self, origin: &str) -> bool {
        !origin.is_empty() && self.cors_origins.iter().any(|allowed| allowed == origin)
    }

    /// Whether introspection is answered.
    #[must_use]
    pub fn introspection(&self) -> bool {
        self.introspection.unwrap_or(self.is_private())
    }

    /// What must change before a server may run with these settings; the message is for the operator.
    ///
    /// # Errors
    /// A secret that can be guessed, or lifetimes that contradict each other; where others can reach the server, also
    /// a missing secret, or an unset `REGISTRATION`.
    pub fn check(&self) -> Result<(), String> {
        let secrets = self.jwt_secrets();
        if !secrets.iter().all(Secret::is_hard_to_guess) {
            return Err(format!(
                "Every JWT_SECRET must have at least {SECRET_BYTES} bytes, {DIFFERENT_BYTES} of them different; create one with `openssl rand -base64 48`."
            ));
        }
        if self.access_token_ttl > self.refresh_token_ttl || self.refresh_token_ttl > self.session_ttl {
            return Err(
                "ACCESS_TOKEN_TTL must not be longer than REFRESH_TOKEN_TTL, and REFRESH_TOKEN_TTL not longer than SESSION_TTL."
                    .to_owned(),
            );
        }
        if !IDEMPOTENCY_KEY_SECONDS.contains(&self.idempotency_key_ttl.as_secs()) {
            return Err("IDEMPOTENCY_KEY_TTL must be between 1h and 10years.".to_owned());
        }
        if self.is_private() {
            return Ok(());
        }
        let reachable = self.who_can_reach();
        if secrets.is_empty() {
            return Err(format!(
                "{reachable}: set JWT_SECRET, at least {SECRET_BYTES} bytes; create one with `openssl rand -base64 48`."
            ));
        }
        if self.registration.is_none() {
            return Err(format!("{reachable}: set REGISTRATION to `open` (anyone may become a viewer) or `closed`."));
        }
        Ok(())
    }

    /// What must change before sample data may be made, with its users and their known password.
    ///
    /// # Errors
    /// A server that others can reach.
    pub fn check_demo(&self) -> Result<(), String> {
        if self.is_private() {
            return Ok(());
        }
        Err(format!("{}: there is no sample data here, because its users have a known password.", self.who_can_reach()))
    }

    fn who_can_reach(&self) -> String {
        match self.trusted_proxies {
            0 => format!("{} can be reached from other machines", self.listen_addr),
            proxies => format!("TRUSTED_PROXIES={proxies} says that others reach the server through a proxy"),
        }
    }
}

/// A currency by its code, as the command line takes it.
///
/// # Errors
/// What is wrong with it, for one that cannot be entered any more too.
pub fn parse_currency(code: &str) -> Result<Currency, String> {
    let currency = Currency::from_code(code).ok_or_else(|| {
        format!("`{code}` is not the ISO 4217 code of a currency with minor units. Examples: USD, EUR.")
    })?;
    currency.why_ended().map_or(Ok(currency), Err)
}

/// An origin as browsers send it: scheme, host, perhaps a port, and nothing after it.
fn parse_origin(origin: &str) -> Result<String, String> {
    let host = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
    match host {
        // `CORS_ORIGINS=`: no origin.
        None if origin.is_empty() => Ok(String::new()),
        Some(host)
            if !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_graphic() && !b"/?#@*".contains(&byte)) =>
        {
            Ok(origin.to_ascii_lowercase())
        }
        _ => Err(format!(
            "`{origin}` is not an origin (no path, no trailing slash). Examples: https://app.example.org, http://localhost:3000."
        )),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use clap::{Command, FromArgMatches, builder::Resettable};

    use super::*;

    fn with(arguments: &[&str]) -> Config {
        let command = Config::augment_args(Command::new("tallybook")).mut_args(|arg| arg.env(Resettable::Reset));
        Config::from_arg_matches(&command.get_matches_from([&["tallybook"], arguments].concat())).unwrap()
    }

    #[test]
    fn the_example_file_lists_every_setting_with_its_default() {
        let command = Config::augment_args(Command::new("tallybook"));
        let settings: BTreeMap<_, _> = command
            .get_arguments()
            .map(|argument| {
                let defaults = argument.get_default_values().iter().map(|value| value.to_string_lossy());
                (argument.get_env().unwrap().to_string_lossy(), defaults.collect::<String>())
            })
            .collect();
        let example = include_str!("../.env.example");
        let listed: BTreeMap<_, _> = example
            .lines()
            .filter_map(|line| line.strip_prefix("# ")?.split_once('='))
            .filter(|(name, _)| !name.contains(' '))
            .collect();
        assert_eq!(settings.keys().collect::<Vec<_>>(), listed.keys().collect::<Vec<_>>());
        for (name, default) in settings.iter().filter(|(_, default)| !default.is_empty()) {
            assert_eq!(listed[name.as_ref()], default, "{name}");
        }
    }

    const SECRET: [&str; 2] = ["--jwt-secret", "0123456789abcdef0123456789abcdef"];

    #[test]
    fn where_others_can_reach_the_server_secret_and_registration_have_to_be_set() {
        let (secret, open) = (SECRET, ["--registration", "open"]);
        assert!(with(&[]).check().is_ok() && with(&[]).check_demo().is_ok());
        for public in [["--listen-addr", "0.0.0.0:8000"], ["--trusted-proxies", "1"]] {
            assert!(with(&public).check().unwrap_err().contains("JWT_SECRET"));
            assert!(with(&[public, secret].concat()).check().unwrap_err().contains("REGISTRATION"));
            assert!(with(&[public, open].concat()).check().unwrap_err().contains("JWT_SECRET"));
            let served = with(&[public, secret, open].concat());
            assert!(served.check().is_ok() && served.check_demo().is_err());
            assert!(!served.graphiql() && !served.introspection());
            assert_eq!(with(&public).registration(), Registration::Closed);
        }
    }

    #[test]
    fn secrets_that_can_be_guessed_are_refused_and_none_is_shown() {
        for secret in ["short", &"x".repeat(64), &"secret!".repeat(8), &SECRET[1][1..]] {
            assert!(with(&["--jwt-secret", secret]).check().unwrap_err().contains("JWT_SECRET"), "{secret}");
            assert!(with(&["--jwt-secret", &format!("{},{secret}", SECRET[1])]).check().is_err(), "{secret}");
        }
        assert!(with(&SECRET).check().is_ok());
        assert!(with(&["--jwt-secret", ","]).jwt_secrets().is_empty());
        assert!(!format!("{:?}", with(&["--jwt-secret", "tell-nobody"])).contains("tell-nobody"));
    }

    #[test]
    fn a_token_may_not_outlive_what_it_stands_for() {
        for lifetimes in [["--refresh-token-ttl", "15m"], ["--session-ttl", "1d"], ["--access-token-ttl", "31d"]] {
            assert!(with(&lifetimes).check().unwrap_err().contains("SESSION_TTL"), "{lifetimes:?}");
        }
        assert!(with(&["--refresh-token-ttl", "30m", "--session-ttl", "30m"]).check().is_ok());
    }

    #[test]
    fn keys_are_remembered_for_a_while_and_not_for_ever() {
        for (time, is_good) in [("59m", false), ("1h", true), ("10years", true), ("11years", false)] {
            assert_eq!(with(&["--idempotency-key-ttl", time]).check().is_ok(), is_good, "{time}");
        }
    }
}
