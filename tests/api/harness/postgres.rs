//! The `PostgreSQL` server that the tests run on: the one that is named, or a throw-away one of this process.

use std::{
    fs,
    io::{self, BufRead, BufReader, Read, Write},
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    process::{ChildStdin, Command, Stdio},
};

use tokio::{sync::OnceCell, task::spawn_blocking};

/// A server on which databases can be made and dropped.
pub struct Server {
    url: String,
    /// How `CREATE DATABASE` copies fastest here.
    strategy: &'static str,
    /// The throw-away server runs until this end of a pipe closes, which it does however the process ends.
    _lifeline: Option<ChildStdin>,
}

impl Server {
    /// The server, or `None` where there is none and the tests may do without: that is said once, out loud.
    ///
    /// # Panics
    /// Where the environment asks for a server (`TEST_DATABASE_URL`, `REQUIRE_POSTGRES=1`) and it cannot be had.
    pub async fn find() -> Option<&'static Self> {
        static SERVER: OnceCell<Option<Server>> = OnceCell::const_new();
        SERVER.get_or_init(Self::named_or_own).await.as_ref()
    }

    async fn named_or_own() -> Option<Self> {
        if let Some(url) = environment("TEST_DATABASE_URL") {
            return Some(Self { url, strategy: "", _lifeline: None });
        }
        let reason = match spawn_blocking(Self::start).await.expect("the server's start to end") {
            Ok(server) => return Some(server),
            Err(reason) => reason,
        };
        assert!(environment("REQUIRE_POSTGRES").is_none_or(|value| value != "1"), "REQUIRE_POSTGRES=1, but {reason}");
        // Straight to the stream: what a passing test prints by macro is not shown.
        let _ = writeln!(
            io::stderr(),
            "\n!!! NOT RUN: the tests on PostgreSQL; {reason}\n!!! Install it, or name a server in TEST_DATABASE_URL.\n"
        );
        None
    }

    /// The URL of the database `name` on this server.
    pub fn url(&self, name: &str) -> String {
        let (address, parameters) = self.url.split_once('?').unwrap_or((&self.url, ""));
        let authority = address.find("://").map_or(0, |scheme| scheme + 3);
        let end = address[authority..].find('/').map_or(address.len(), |slash| authority + slash);
        format!("{}/{name}?{parameters}", &address[..end])
    }

    /// The statement that makes the database `name` a copy of `template`.
    pub fn copy(&self, name: &str, template: &str) -> String {
        format!("CREATE DATABASE {name} TEMPLATE {template} {}", self.strategy)
    }

    /// The URL of the database to connect to for making and dropping others.
    pub fn maintenance_url(&self) -> &str {
        &self.url
    }

    fn start() -> io::Result<Self> {
        let directory = tempfile::Builder::new().prefix("tallybook-postgres-").tempdir()?;
        let mut command = Command::new("sh");
        if fs::metadata(directory.path())?.uid() == 0 {
            // PostgreSQL refuses to run as root.
            let (user, group) = (id_of_postgres("-u")?, id_of_postgres("-g")?);
            chown(directory.path(), Some(user), Some(group))?;
            command.uid(user).gid(group);
        }
        let mut watchdog = command
            .args(["-c", include_str!("postgres.sh"), "postgres.sh"])
            .arg(directory.path())
            .current_dir(directory.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            // Out of reach of the terminal's Ctrl-C: it has to outlive us to clean up.
            .process_group(0)
            .spawn()?;
        let directory = directory.keep();

        let mut output =
            BufReader::new(watchdog.stdout.take().ok_or_else(|| io::Error::other("the shell has no output"))?);
        let mut answer = String::new();
        output.read_line(&mut answer)?;
        if answer != "ready\n" {
            output.read_to_string(&mut answer)?;
            return Err(io::Error::other(answer.trim_end().to_owned()));
        }
        let url = format!("postgres://postgres@localhost/postgres?host={}", directory.display());
        // Copying the files wants a checkpoint, which costs nothing without fsync. Known to PostgreSQL since 15.
        Ok(Self { url, strategy: "STRATEGY file_copy", _lifeline: watchdog.stdin.take() })
    }
}

fn id_of_postgres(which: &str) -> io::Result<u32> {
    let output = Command::new("id").args([which, "postgres"]).output()?;
    let number = String::from_utf8_lossy(&output.stdout);
    number.trim().parse().map_err(|_| io::Error::other("there is no user `postgres` for root to run it as"))
}

#[expect(clippy::disallowed_methods, reason = "these are settings of the tests, which the program does not have")]
fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
