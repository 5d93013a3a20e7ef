//! Opening the books for a command, naming them, and closing them after it.

use std::{
    io::{self, Write},
    path,
    time::Duration,
};

use tallybook::{
    config::{Config, LogFormat},
    db::{self, Db},
    log, organization, server,
    services::Services,
};

use super::{complaint::Outcome, progress};

/// Longest that closing may take. What is not brought into the one file of `SQLite` by then is in its log, and safe.
const CLOSING: Duration = Duration::from_secs(3);

/// What a command does about a database that is not as it needs it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Opening {
    /// Makes it where there is none, and brings its tables up to date.
    Create,
    /// Does neither; complains about one that is missing or behind.
    Current,
    /// Complains about one that is missing, and takes any tables.
    AsItIs,
}

/// Gives `work` the services, on a database that is closed afterwards, however the work ended.
pub(super) async fn with_services<T>(
    config: Config,
    opening: Opening,
    work: impl AsyncFnOnce(&Services) -> Outcome<T>,
) -> Outcome<T> {
    let db = open(&config, opening).await?;
    let outcome = async {
        let services = server::services(config, db.clone()).await?;
        if opening == Opening::Create {
            organization::prepare(&services).await?;
        }
        work(&services).await
    };
    let outcome = outcome.await;
    close(&db).await;
    outcome
}

/// The database, with all its tables. The caller closes it.
pub(super) async fn open(config: &Config, opening: Opening) -> Outcome<Db> {
    let db = connect(config, opening == Opening::Create).await?;
    let outcome = match opening {
        Opening::Create => migrate(&db).await,
        Opening::AsItIs => Ok(()),
        Opening::Current => check_tables(&db).await,
    };
    if let Err(complaint) = outcome {
        close(&db).await;
        return Err(complaint.into());
    }
    Ok(db)
}

async fn connect(config: &Config, create: bool) -> Outcome<Db> {
    let url = config.database_url();
    let name = db::describe(&url);
    if let (Some(file), false) = (db::file(&url), create)
        && !file.exists()
    {
        return Err(format!(
            "There is no database at {}. `tallybook serve` and `tallybook migrate` make one; DATABASE_URL or DATA_DIR says where another is.",
            path::absolute(&file).unwrap_or(file).display()
        )
        .into());
    }
    let db = Db::connect_with(&url, config.database_connections, config.plan_cache_mode)
        .await
        // Some errors repeat the URL, with the password in it.
        .map_err(|error| format!("Cannot open the database: {error}").replace(&url, "***"))?;
    match log::format(config) {
        // Lost where nobody can read it.
        LogFormat::Pretty => drop(writeln!(io::stderr(), "Database: {name}")),
        LogFormat::Json => tracing::info!(database = name, "the database is open"),
    }
    Ok(db)
}

async fn migrate(db: &Db) -> Result<(), String> {
    let clock = progress::clock("Migrating");
    let migrated = db.migrate().await;
    clock.finish_and_clear();
    migrated.map_err(|error| format!("Cannot bring the tables up to date: {error}"))
}

async fn check_tables(db: &Db) -> Result<(), String> {
    match db.pending_migrations().await {
        Ok(0) => Ok(()),
        Ok(pending) => Err(format!(
            "The database's tables are not those of this version (pending migrations: {pending}). Nothing was done; `tallybook migrate` brings them up to date."
        )),
        Err(error) => Err(format!("Cannot look at the database's tables: {error}")),
    }
}

/// Closes the database: `SQLite` then brings all that was written into its one file.
pub(super) async fn close(db: &Db) {
    match tokio::time::timeout(CLOSING, db.close()).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the database was not closed well; nothing is lost"),
        Err(_) => tracing::warn!("the database was still in use at the end; nothing is lost"),
    }
}
