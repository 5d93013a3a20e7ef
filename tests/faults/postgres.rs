//! [`Cluster`]: a `PostgreSQL` server that a test has for itself, and may stop.

use std::{
    io::{BufRead, BufReader, Write},
    os::unix::net::UnixListener,
    path::{Path, PathBuf},
    process::Child,
};

use crate::cluster::start_if_installed;

/// A server with one database.
pub struct Cluster {
    url: String,
    watchdog: Child,
}

impl Cluster {
    /// A new server, where `PostgreSQL` is installed.
    pub fn start_if_installed() -> Option<Self> {
        let (url, watchdog) = start_if_installed()?;
        // What is acknowledged has to survive the server here, too.
        Some(Self { url: format!("{url}&options[synchronous_commit]=on"), watchdog })
    }

    /// Where to connect to.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Ends the server; `mode` is "fast" or "immediate". Its socket stays, so that connections are refused as at a
    /// port where nobody listens.
    pub fn stop(&mut self, mode: &str) {
        self.order(&format!("stop {mode}"));
        UnixListener::bind(self.socket()).unwrap();
    }

    /// Where it listens.
    pub fn socket(&self) -> PathBuf {
        let directory = self.url.split("host=").nth(1).and_then(|rest| rest.split('&').next()).unwrap();
        Path::new(directory).join(".s.PGSQL.5432")
    }

    /// Starts the server that was stopped.
    pub fn resume(&mut self) {
        self.order("start");
    }

    fn order(&mut self, order: &str) {
        let (Some(input), Some(output)) = (&mut self.watchdog.stdin, &mut self.watchdog.stdout) else {
            unreachable!("the watchdog has pipes")
        };
        writeln!(input, "{order}").unwrap();
        let mut answer = String::new();
        BufReader::new(output).read_line(&mut answer).unwrap();
        assert_eq!(answer, "done\n", "{order}");
    }
}
