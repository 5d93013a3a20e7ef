//! The settings: flags and environment variables, one definition for both. The only reader of either.
//!
//! Secrets are masked in `Debug`, so that no log line can hold one.

#![expect(clippy::doc_markdown, reason = "the comments on settings are the text of --help")]

use std::{fmt, net::SocketAddr, path::PathBuf, str::FromStr, time::Duration};

use clap::{Args, ValueEnum, builder::ArgAction};
use iso_currency::Currency;

use crate::limits::Limits;

/// Fewest bytes of a `JWT_SECRET`: the output size of its HMAC-SHA-256 (RFC 7518, 3.2).
const SECRET_BYTES: usize = 32;

/// Every setting of the program. `Config::check` says what is unsafe about a combination.
#[derive(Args, Clone, Debug)]
pub struct Config {
    /// Where the records are: `sqlite://PATH` or `postgres://USER:PASSWORD@HOST/NAME` [default: tallybook.db in the data directory]
    #[arg(long, env, global = true, hide_env_values = true)]
    pub database_url: Option<Secret>,

    /// Most connections to the database at a time; on SQLite one more, which writes
    #[arg(long, env, global = true, default_value_t = 8, value_parser = clap::value_parser!(u32).range(1..=200))]
    pub database_connections: u32,

    /// Directory for what the server itself keeps: the SQLite database and the generated secret
    #[arg(long, env, global = true, default_value = "data")]
    pub data_dir: PathBuf,

    /// Address and port to listen on; any but a loopback address wants JWT_SECRET and REGISTRATION to be set
    #[arg(long, env, global = true, default_value = "127.0.0.1:8000")]
    pub listen_addr: SocketAddr,

    /// Secrets for access tokens, 32 bytes or more each, separated by commas: the first signs, all verify
    #[arg(long, env, global = true, value_delimiter = ',', hide_env_values = true)]
    pub jwt_secret: Vec<Secret>,

    /// How long an access token is valid
    #[arg(long, env, global = true, default_value = "30m", value_parser = humantime::parse_duration)]
    pub access_token_ttl: Duration,

    /// How long a refresh token is valid after its last use
    #[arg(long, env, global = true, default_value = "30d", value_parser = humantime::parse_duration)]
    pub refresh_token_ttl: Duration,

    /// How long a session lasts at the most, however often it is refreshed
    #[arg(long, env, global = true, default_value = "90d", value_parser = humantime::parse_duration)]
    pub session_ttl: Duration,

    /// Work factor of the password hash; each step doubles the time
    #[arg(long, env, global = true, default_value_t = 12, value_parser = clap::value_parser!(u32).range(10..=16))]
    pub bcrypt_cost: u32,

    /// Whether anyone may register, as a viewer [default: open on a loopback address]
    #[arg(long, env, global = true)]
    pub registration: Option<Registration>,

    /// Currency of amounts that name none, ISO 4217
    #[arg(long, env, global = true, default_value = "USD", value_parser = parse_currency)]
    pub base_currency: Currency,

    /// Origins whose pages may call the API, separated by commas, as https://app.example.org
    #[arg(long, env, global = true, value_delimiter = ',', value_parser = parse_origin)]
    pub cors_origins: Vec<String>,

    /// How many proxies stand before the server, each adding to X-Forwarded-For whom it was called by
    #[arg(long, env, global = true, default_value_t = 0)]
    pub trusted_proxies: u8,

    /// Serve GraphiQL at / [default: true on a loopback address, else false]
    #[arg(long, env, global = true, action = ArgAction::Set, num_args = 0..=1, default_missing_value = "true")]
    pub graphiql: Option<bool>,

    /// Answer introspection queries [default: true on a loopback address, else false]
    #[arg(long, env, global = true, action = ArgAction::Set, num_args = 0..=1, default_missing_value = "true")]
    pub introspection: Option<bool>,

    /// How log lines look: pretty on a terminal and JSON otherwise, unless set
    #[arg(long, env, global = true)]
    pub log_format: Option<LogFormat>,

    // PostgreSQL warns that there is no transaction whenever a client hangs up while its commit is under way: what is
    // rolled back then has ended. It is nothing to the one on call.
    /// What is logged, as a tracing filter such as `info,tallybook=debug`
    #[arg(
        long,
        env = "RUST_LOG",
        global = true,
        default_value = "info,sea_orm_migration=warn,sqlx::postgres::notice=error"
    )]
    pub log: String,

    /// Longest that one request may take
    #[arg(long, env, global = true, default_value = "30s", value_parser = humantime::parse_duration)]
    pub request_timeout: Duration,

    /// Longest that requests in flight may take to finish after the server was told to stop
    #[arg(long, env, global = true, default_value = "20s", value_parser = humantime::parse_duration)]
    pub shutdown_timeout: Duration,

    /// How large and costly an operation may be.
    #[command(flatten)]
    pub limits: Limits,
}

/// Whether people may create their own accounts.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
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
    /// One JSON object a line.
    Json,
}

/// Text that is shown as `***` wherever it is printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself. Every use of it is a place to look at in a review.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for Secret {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
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

    /// The secrets that are set. A variable that is set to nothing, `JWT_SECRET=`, sets none.
    #[must_use]
    pub fn jwt_secrets(&self) -> Vec<Secret> {
        self.jwt_secret.iter().filter(|secret| !secret.expose().is_empty()).cloned().collect()
    }

    /// Whether only this machine can reach the server.
    #[must_use]
    pub fn on_loopback(&self) -> bool {
        self.listen_addr.ip().is_loopback()
    }

    /// Whether anyone may register.
    #[must_use]
    pub fn registration(&self) -> Registration {
        self.registration.unwrap_or(if self.on_loopback() { Registration::Open } else { Registration::Closed })
    }

    /// Whether GraphiQL is served.
    #[must_use]
    pub fn graphiql(&self) -> bool {
        self.graphiql.unwrap_or(self.on_loopback())
    }

    /// Whether introspection is answered.
    #[must_use]
    pub fn introspection(&self) -> bool {
        self.introspection.unwrap_or(self.on_loopback())
    }

    /// What must change before a server may run with these settings; the message is for the operator.
    ///
    /// # Errors
    /// A secret that is too short; off loopback, also one that is missing, or an unset `REGISTRATION`.
    pub fn check(&self) -> Result<(), String> {
        if self.jwt_secrets().iter().any(|secret| secret.expose().len() < SECRET_BYTES) {
            return Err(format!(
                "Every JWT_SECRET needs {SECRET_BYTES} bytes or more; `openssl rand -base64 48` makes one."
            ));
        }
        if self.on_loopback() {
            return Ok(());
        }
        let address = self.listen_addr;
        if self.jwt_secrets().is_empty() {
            return Err(format!(
                "{address} can be reached from other machines: set JWT_SECRET, {SECRET_BYTES} bytes or more; `openssl rand -base64 48` makes one."
            ));
        }
        if self.registration.is_none() {
            return Err(format!(
                "{address} can be reached from other machines: set REGISTRATION to `open` (anyone may become a viewer) or `closed`."
            ));
        }
        Ok(())
    }
}

fn parse_currency(code: &str) -> Result<Currency, String> {
    let currency = Currency::from_code(code).filter(|currency| currency.exponent().is_some());
    currency.ok_or_else(|| format!("`{code}` is no ISO 4217 code of a currency with minor units; USD and EUR are."))
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
        _ => Err(format!("`{origin}` is no origin; https://app.example.org and http://localhost:3000 are.")),
    }
}

/// Reads `.env` in the working directory, if there is one, into the environment that the settings are read from.
///
/// # Errors
/// A file that is there but cannot be read or parsed.
pub fn read_env_file() -> Result<(), String> {
    match dotenvy::dotenv() {
        Ok(_) => Ok(()),
        Err(error) if error.not_found() => Ok(()),
        Err(error) => Err(format!(".env: {error}")),
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

    #[test]
    fn off_loopback_secret_and_registration_have_to_be_set() {
        let secret = "x".repeat(SECRET_BYTES);
        let public = ["--listen-addr", "0.0.0.0:8000"];
        let (secret, open) = (["--jwt-secret", &secret], ["--registration", "open"]);
        assert!(with(&[]).check().is_ok());
        assert!(with(&public).check().unwrap_err().contains("JWT_SECRET"));
        assert!(with(&[public, secret].concat()).check().unwrap_err().contains("REGISTRATION"));
        assert!(with(&[public, open].concat()).check().unwrap_err().contains("JWT_SECRET"));
        assert!(with(&[public, secret, open].concat()).check().is_ok());
        let served = with(&[public, secret, open].concat());
        assert!(!served.graphiql() && !served.introspection());
    }

    #[test]
    fn what_is_set_to_nothing_is_not_set_and_secrets_are_not_shown() {
        let blank = with(&["--jwt-secret", "", "--cors-origins", ""]);
        assert!(blank.check().is_ok());
        assert!(blank.jwt_secrets().is_empty());
        assert!(with(&["--jwt-secret", "short"]).check().is_err());
        assert!(!format!("{:?}", with(&["--jwt-secret", "tell-nobody"])).contains("tell-nobody"));
    }
}
