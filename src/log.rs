//! Log lines: pretty on a terminal, JSON otherwise. Never a variable, a password or a token.

use std::io::{self, IsTerminal};

use tracing_subscriber::{EnvFilter, fmt};

use crate::config::{Config, LogFormat};

/// Whatever is asked for: the spans of this crate, which every line within them repeats, hold the database's URL, with
/// its password, and statements.
const QUIET: &str = "sea_orm::=warn";

/// How log lines look: as the settings say, or as suits who reads them.
#[must_use]
pub fn format(config: &Config) -> LogFormat {
    config.log_format.unwrap_or(if io::stderr().is_terminal() { LogFormat::Pretty } else { LogFormat::Json })
}

/// Starts logging to standard error.
///
/// # Errors
/// A filter that cannot be read.
pub fn start(config: &Config) -> Result<(), String> {
    let filter = EnvFilter::try_new(&config.log).map_err(|error| format!("RUST_LOG `{}`: {error}", config.log))?;
    let filter = filter.add_directive(QUIET.parse().map_err(|error| format!("`{QUIET}`: {error}"))?);
    // A line that cannot be written, as on a full disk, is lost. Saying so on the same stream would panic.
    let lines = fmt().with_env_filter(filter).with_writer(io::stderr).log_internal_errors(false);
    match format(config) {
        LogFormat::Pretty => lines.with_target(false).with_ansi(io::stderr().is_terminal()).init(),
        LogFormat::Json => lines.json().flatten_event(true).with_current_span(true).with_span_list(false).init(),
    }
    Ok(())
}
