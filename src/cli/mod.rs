//! The command line: which commands there are, and what comes before each of them. No rule of the books is here.
//!
//! One file per command. A command says what went wrong as a [`complaint::Complaint`], prints through
//! [`complaint::say`], and asks [`database`] for the books, which are closed after it.

use std::io::{self, Write};

use clap::{Command as Clap, CommandFactory, FromArgMatches, Parser, Subcommand};
use tallybook::{
    config::{self, Config, EnvFile},
    log,
};

use self::complaint::Outcome;

mod audit;
mod backup;
mod check;
mod complaint;
mod database;
mod demo;
mod export;
mod healthcheck;
mod import;
mod manual;
mod migrate;
mod organization;
mod progress;
mod restore;
mod schema;
mod serve;
mod token;
mod totals;
mod user;

/// A GraphQL service for an organisation's financial records.
///
/// Every setting is also an environment variable, read from `.env` too. Without a command it serves.
#[derive(Parser)]
#[command(version, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten, next_help_heading = "Settings")]
    config: Config,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API (what happens without a command)
    Serve(serve::Arguments),
    /// Bring the database's tables up to date, and stop
    Migrate,
    /// Copy a SQLite database to a file while it is in use; for PostgreSQL, say how
    Backup(backup::Arguments),
    /// Make a SQLite database of such a copy; for PostgreSQL, say how
    Restore(restore::Arguments),
    /// Say what `serve` would do and what is wrong with the settings; changes nothing, and may run beside a server
    Check,
    /// Ask the server at `LISTEN_ADDR` whether it is ready
    Healthcheck,
    /// Print the schema in GraphQL's schema definition language
    Schema,
    /// Add and change users
    #[command(subcommand)]
    User(user::Command),
    /// Look at the organization, change it, close and reopen its books
    #[command(subcommand)]
    Organization(organization::Command),
    /// Make and revoke API tokens, which programs sign in with
    #[command(subcommand)]
    Token(token::Command),
    /// Fill an empty database with sample data, and stop
    Demo(demo::Arguments),
    /// Write records to a file, or to standard output
    Export(export::Arguments),
    /// Import a file of records
    Import(import::Arguments),
    /// Check or repair the totals that the dashboard reads
    #[command(subcommand)]
    Totals(totals::Command),
    /// Check that nobody changed the audit trail, or the books past it
    #[command(subcommand)]
    Audit(audit::Command),
    /// Print what a shell needs to complete commands and options
    Completions(manual::CompletionsArgs),
    /// Write manual pages
    Man(manual::ManArgs),
}

/// Runs the command that the program was started with.
pub(crate) fn run() -> Outcome {
    keep_files_private();
    let Cli { command, config } = parse()?;
    log::start(&config)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match command.unwrap_or(Command::Serve(serve::Arguments::default())) {
            Command::Serve(arguments) => serve::run(config, &arguments).await,
            Command::Migrate => migrate::run(&config).await,
            Command::Backup(arguments) => backup::run(&config, &arguments).await,
            Command::Restore(arguments) => restore::run(config, &arguments).await,
            Command::Check => check::run(&config).await,
            Command::Healthcheck => healthcheck::run(&config).await,
            Command::Schema => schema::run(),
            Command::User(command) => user::run(config, command).await,
            Command::Organization(command) => organization::run(config, command).await,
            Command::Token(command) => token::run(config, command).await,
            Command::Demo(arguments) => demo::run(config, &arguments).await,
            Command::Export(arguments) => export::run(config, arguments).await,
            Command::Import(arguments) => import::run(config, &arguments).await,
            Command::Audit(command) => audit::run(config, &command).await,
            Command::Totals(command) => totals::run(config, &command).await,
            Command::Completions(arguments) => {
                manual::complete(hide_settings_of_commands(Cli::command()), &arguments);
                Ok(())
            }
            Command::Man(arguments) => manual::write(hide_settings_of_commands(Cli::command()), &arguments),
        }
    })
}

/// The books are nobody else's business on this machine, even in a directory that others can read.
fn keep_files_private() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
}

/// The command line, completed from the environment and from `.env`. It is first looked at alone, so that nothing in a
/// file keeps anybody from `--help`.
fn parse() -> Outcome<Cli> {
    let command = config::without_blanks(Cli::command());
    let mut matches = hide_settings_of_commands(command.clone()).get_matches();
    let file = EnvFile::read()?;
    for sentence in file.misspelt(&Cli::command()) {
        let _ = writeln!(io::stderr(), "tallybook: {sentence}");
    }
    if !file.is_empty() {
        let completed = hide_settings_of_commands(file.complete(command.clone())).try_get_matches();
        matches = completed.map_err(|error| file.explain(&command, &error).unwrap_or_else(|| error.exit()))?;
    }
    let Cli { command, config } = Cli::from_arg_matches(&matches).unwrap_or_else(|error| error.exit());
    Ok(Cli { command, config: config.with_files()? })
}

/// Leaves the settings, which are the same for every command, out of the commands' own `--help`.
fn hide_settings_of_commands(mut command: Clap) -> Clap {
    command.build();
    command.mut_subcommands(hide_settings)
}

fn hide_settings(command: Clap) -> Clap {
    command
        .mut_args(|argument| if argument.is_global_set() { argument.hide(true) } else { argument })
        .mut_subcommands(hide_settings)
        .after_help("The settings are options of every command: `tallybook --help` explains them.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_of_a_command_shows_its_own_options_and_says_where_the_settings_are() {
        let mut command = hide_settings_of_commands(Cli::command());
        let user = command.find_subcommand_mut("user").unwrap();
        let help = user.find_subcommand_mut("create").unwrap().render_long_help().to_string();
        assert!(help.contains("--password-stdin") && help.contains("tallybook --help"), "{help}");
        assert!(!help.contains("--max-query-depth") && help.lines().count() < 40, "{help}");
        assert!(command.render_long_help().to_string().contains("--max-query-depth"));
    }

    #[test]
    fn a_setting_is_an_option_before_and_after_the_command() {
        for arguments in
            [["tallybook", "--data-dir", "here", "migrate"], ["tallybook", "migrate", "--data-dir", "here"]]
        {
            let matches = hide_settings_of_commands(Cli::command()).get_matches_from(arguments);
            assert_eq!(Cli::from_arg_matches(&matches).unwrap().config.data_dir.as_os_str(), "here");
        }
    }
}
