//! A database for each test: made by the real migrations, used by nobody else, gone afterwards.

use std::{
    env, fs,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection, DbErr, Statement};
use tallybook::db::Db;
use tempfile::TempDir;
use tokio::sync::OnceCell;
use uuid::Uuid;

use super::postgres::Server;

/// What the names of the databases begin with, by which a later run knows those that a killed one left behind.
const PREFIX: &str = "tallybook_test_";
/// How old a database is when nobody can be using it any more.
const ABANDONED_AFTER: Duration = Duration::from_hours(2);

/// A migrated, empty database that one test has for itself.
pub struct Database {
    url: String,
    place: Place,
}

enum Place {
    Sqlite { _directory: TempDir },
    Postgres { server: &'static Server, name: String },
}

impl Database {
    /// A new `SQLite` file, copied from one that was migrated once.
    pub async fn sqlite() -> Self {
        static MIGRATED: OnceCell<Vec<u8>> = OnceCell::const_new();
        let migrated = MIGRATED
            .get_or_init(|| async {
                let directory = TempDir::with_prefix("tallybook-").expect("a directory");
                let path = directory.path().join("template.db");
                migrate(&format!("sqlite://{}", path.display())).await;
                fs::read(path).expect("the migrated file")
            })
            .await;
        let directory = TempDir::with_prefix("tallybook-").expect("a directory");
        let path = directory.path().join("test.db");
        fs::write(&path, migrated).expect("a copy of the migrated file");
        Self { url: format!("sqlite://{}", path.display()), place: Place::Sqlite { _directory: directory } }
    }

    /// A new database on the `PostgreSQL` server, if there is one, copied from one that was migrated once.
    pub async fn postgres() -> Option<Self> {
        static TEMPLATE: OnceCell<String> = OnceCell::const_new();
        let server = Server::find().await?;
        let template = TEMPLATE.get_or_init(|| make_template(server)).await;
        let name = new_name();
        execute(server, &server.copy(&name, template)).await.expect("a new database");
        Some(Self { url: server.url(&name), place: Place::Postgres { server, name } })
    }

    /// Where to connect to.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Removes the database, whoever is still connected to it.
    pub async fn remove(self) {
        if let Place::Postgres { server, name } = self.place {
            execute(server, &format!("DROP DATABASE {name} WITH (FORCE)")).await.expect("the database to go");
        }
    }
}

/// Makes the template that all processes running this test binary share, unless one of them has made it.
async fn make_template(server: &Server) -> String {
    let binary = env::current_exe().and_then(fs::metadata).and_then(|file| file.modified()).expect("the binary's time");
    let template = name_at(binary, "template");
    remove_abandoned(server, &template).await;
    let draft = new_name();
    execute(server, &format!("CREATE DATABASE {draft}")).await.expect("the right to make databases");
    migrate(&server.url(&draft)).await;
    // Renamed only when it is complete; where another process was first, its template is as good.
    if execute(server, &format!("ALTER DATABASE {draft} RENAME TO {template}")).await.is_err() {
        execute(server, &format!("DROP DATABASE {draft} WITH (FORCE)")).await.expect("the draft to go");
    }
    template
}

/// Drops what killed runs left behind, and the templates of earlier builds.
async fn remove_abandoned(server: &Server, template: &str) {
    let oldest_in_use = name_at(SystemTime::now() - ABANDONED_AFTER, "");
    let abandoned = format!(
        "SELECT datname FROM pg_database WHERE starts_with(datname, '{PREFIX}') \
         AND datname < '{oldest_in_use}' AND datname <> '{template}'"
    );
    let maintenance = maintenance(server).await.expect("a connection to the server");
    let abandoned = maintenance
        .query_all_raw(Statement::from_string(maintenance.get_database_backend(), abandoned))
        .await
        .expect("the databases' names");
    for row in abandoned {
        let name: String = row.try_get_by_index(0).expect("a database's name");
        // Another process may be at it, too.
        let _ = maintenance.execute_unprepared(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
    }
    let _ = maintenance.close().await;
}

fn new_name() -> String {
    name_at(SystemTime::now(), &Uuid::now_v7().simple().to_string())
}

/// Names sort by age.
fn name_at(time: SystemTime, suffix: &str) -> String {
    let seconds = time.duration_since(UNIX_EPOCH).expect("a time after 1970").as_secs();
    format!("{PREFIX}{seconds:08x}_{suffix}")
}

async fn migrate(url: &str) {
    let db = Db::connect(url, 1).await.expect("a connection to the new database");
    db.migrate().await.expect("migrations that work");
    db.close().await.expect("the connection to close");
}

async fn execute(server: &Server, statement: &str) -> Result<(), DbErr> {
    let maintenance = maintenance(server).await?;
    maintenance.execute_unprepared(statement).await?;
    maintenance.close().await
}

async fn maintenance(server: &Server) -> Result<DatabaseConnection, DbErr> {
    let mut options = ConnectOptions::new(server.maintenance_url());
    options.max_connections(1).sqlx_logging(false);
    sea_orm::Database::connect(options).await
}
