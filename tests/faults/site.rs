//! [`Site`]: a directory and a database for the program; [`Server`]: the program, while it runs there.

use std::{
    fs::File,
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Output, Stdio},
    time::Duration,
};

use axum::http::StatusCode;
use sea_orm::{
    ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
};
use serde_json::Value;
use tempfile::TempDir;

use crate::{client::Client, load::Tally, postgres::Cluster, wire::Wire};

pub const EMAIL: &str = "admin@example.com";
pub const PASSWORD: &str = "nothing is ever lost";
/// How often a process is asked whether it has ended.
const TICK: Duration = Duration::from_millis(10);

/// Where the program keeps its books, whether or not it runs.
pub struct Site {
    directory: TempDir,
    database_url: String,
    settings: Vec<(&'static str, String)>,
}

impl Site {
    /// New books on `SQLite`, with an admin.
    pub fn on_sqlite() -> Self {
        Self::on_sqlite_in(TempDir::with_prefix("tallybook-faults-").unwrap())
    }

    /// Books on `SQLite` that are not there yet.
    pub fn without_books() -> Self {
        let directory = TempDir::with_prefix("tallybook-faults-").unwrap();
        let database_url = format!("sqlite://{}", directory.path().join("data/tallybook.db").display());
        Self { directory, database_url, settings: Vec::new() }
    }

    /// New books on `SQLite` with an admin, in a certain directory.
    pub fn on_sqlite_in(directory: TempDir) -> Self {
        Self::with_admin(directory, |data| format!("sqlite://{}", data.join("tallybook.db").display()))
    }

    /// New books on `PostgreSQL`, with an admin.
    pub fn on_postgres(cluster: &Cluster) -> Self {
        let directory = TempDir::with_prefix("tallybook-faults-").unwrap();
        Self::with_admin(directory, |_| cluster.url().to_owned())
    }

    /// Where the books are.
    pub fn database_url(&self) -> &str {
        &self.database_url
    }

    fn with_admin(directory: TempDir, database_url: impl FnOnce(&Path) -> String) -> Self {
        let database_url = database_url(&directory.path().join("data"));
        let site = Self { directory, database_url, settings: Vec::new() };
        assert!(site.run(&["migrate"]).status.success());
        site.add_admin();
        site
    }

    /// The same, where the program runs with the setting `name`.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: &str) -> Self {
        self.settings.push((name, value.to_owned()));
        self
    }

    /// Where the program keeps what is its own, with the `SQLite` database.
    pub fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    /// A lock that keeps the program from writing until it is dropped, held by somebody else.
    pub async fn lock_out_writers(&self) -> DatabaseTransaction {
        let outside = Database::connect(&self.database_url).await.unwrap();
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        };
        let lock = outside.begin_with_options(options).await.unwrap();
        if outside.get_database_backend() == DbBackend::Postgres {
            lock.execute_unprepared("LOCK TABLE totals, currency_totals IN ACCESS EXCLUSIVE MODE").await.unwrap();
        }
        lock
    }

    /// Has whoever reads a category wait for a minute, or so long that it makes no difference.
    pub async fn slow_categories_down(&self) -> DatabaseConnection {
        let outside = Database::connect(&self.database_url).await.unwrap();
        let slow = match outside.get_database_backend() {
            DbBackend::Postgres => "pg_sleep(60)",
            _ => {
                "(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 1000000000) SELECT max(i) FROM n)"
            }
        };
        outside.execute_unprepared("ALTER TABLE categories RENAME TO kept").await.unwrap();
        let view = format!("CREATE VIEW categories AS SELECT kept.* FROM {slow}, kept");
        outside.execute_unprepared(&view).await.unwrap();
        outside
    }

    /// Undoes that.
    pub async fn restore_categories(&self, outside: DatabaseConnection) {
        outside.execute_unprepared("DROP VIEW categories").await.unwrap();
        outside.execute_unprepared("ALTER TABLE kept RENAME TO categories").await.unwrap();
        outside.close().await.unwrap();
    }

    fn add_admin(&self) {
        self.add_user(EMAIL, "admin", PASSWORD);
    }

    /// Adds a user on the command line.
    pub fn add_user(&self, email: &str, role: &str, password: &str) {
        let arguments = ["user", "create", "--email", email, "--name", "Name", "--role", role, "--password-stdin"];
        let log = self.open_log();
        let mut command =
            self.command(&arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(log).spawn().unwrap();
        writeln!(command.stdin.take().unwrap(), "{password}").unwrap();
        assert!(command.wait().unwrap().success());
    }

    /// Starts the program and waits until it answers.
    pub fn start(&self) -> Server {
        self.start_by(&["serve"])
    }

    /// The same, by these arguments.
    pub fn start_by(&self, arguments: &[&str]) -> Server {
        let log = self.open_log();
        let mut child = self.command(arguments).stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
        let said = lines.map_while(Result::ok).find_map(|line| serde_json::from_str::<Value>(&line).ok());
        let Some(said) = said else { panic!("the program did not start; {}", self.logged()) };
        let address = |name: &str, path: &str| {
            said[name].as_str()?.strip_prefix("http://")?.strip_suffix(path)?.parse::<SocketAddr>().ok()
        };
        Server { child, address: address("api", "/graphql").unwrap(), metrics: address("metrics", "/metrics") }
    }

    /// What the program says that does not start.
    pub fn complaint(&self) -> String {
        let output = self.command(&["serve"]).output().unwrap();
        assert!(!output.status.success(), "{output:?}");
        String::from_utf8_lossy(&output.stderr).into_owned()
    }

    /// The totals are those of the records and the audit trail is whole, says the program; and so do the records, the
    /// dashboard and the writers.
    pub async fn assert_nothing_is_lost(&self, client: &Client, tally: &Tally) {
        let sums = |notes: &[String]| (notes.len() as u64, format!("{}.00", notes.len()));
        let mut notes = client.notes().await;
        // Whoever hung up may still be served between the two requests.
        for _ in 0..20 {
            if client.dashboard().await == sums(&notes) {
                break;
            }
            tokio::time::sleep(TICK).await;
            notes = client.notes().await;
        }
        tally.assert_kept(&notes);
        assert_eq!(client.dashboard().await, sums(&notes));
        for what in ["totals", "audit"] {
            let verified = self.run(&[what, "verify"]);
            assert!(verified.status.success(), "{verified:?}");
        }
    }

    /// What the program says and does, given these arguments.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    /// The program, not yet started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_tallybook"));
        command
            .args(arguments)
            .current_dir(self.directory.path())
            .env("DATA_DIR", self.data())
            .env("DATABASE_URL", &self.database_url)
            .env("LISTEN_ADDR", "127.0.0.1:0")
            .env("BCRYPT_COST", "10")
            .envs(self.settings.iter().map(|(name, value)| (name, value)));
        command
    }

    fn log(&self) -> PathBuf {
        self.directory.path().join("log")
    }

    fn open_log(&self) -> File {
        File::options().create(true).append(true).open(self.log()).unwrap()
    }

    /// What the program has logged so far.
    pub fn logged(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }
}

/// The program. Killed when dropped.
pub struct Server {
    child: Child,
    address: SocketAddr,
    metrics: Option<SocketAddr>,
}

impl Server {
    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where Prometheus may read.
    pub fn metrics(&self) -> SocketAddr {
        self.metrics.unwrap()
    }

    /// The admin, signed in.
    pub async fn admin(&self) -> Client {
        Client::sign_in(self.address, EMAIL, PASSWORD).await
    }

    /// What `/readyz` says.
    pub async fn readiness(&self) -> StatusCode {
        let mut wire = Wire::connect(self.address).await;
        wire.send(&format!("GET /readyz HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address)).await;
        let answer = wire.read_to_end().await;
        answer.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap()
    }

    /// Ends the program at once, as `kill -9` does.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks the program to end, as a service manager does.
    pub fn terminate(&self) {
        assert!(Command::new("kill").arg(self.child.id().to_string()).status().unwrap().success());
    }

    /// How the program ended by itself.
    pub async fn ended(&mut self) -> ExitStatus {
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            tokio::time::sleep(TICK).await;
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
