//! The `PostgreSQL` server that the tests run on: the one that is named, or a throw-away one of this process.

use std::process::Child;

use tokio::{sync::OnceCell, task::spawn_blocking};

use crate::cluster::{environment, start_if_installed};

/// A server on which databases can be made and dropped.
pub struct Server {
    url: String,
    /// How `CREATE DATABASE` copies fastest here.
    strategy: &'static str,
    /// The throw-away server runs until the pipe to this process closes, which it does however ours ends.
    _lifeline: Option<Child>,
}

impl Server {
    /// The server, the one in `TEST_DATABASE_URL` or one of our own; `None` where the tests may do without.
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
        let (url, watchdog) = spawn_blocking(start_if_installed).await.expect("the server's start to end")?;
        // Copying the files wants a checkpoint, which costs nothing without fsync. Known to PostgreSQL since 15.
        Some(Self { url, strategy: "STRATEGY file_copy", _lifeline: Some(watchdog) })
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
}
