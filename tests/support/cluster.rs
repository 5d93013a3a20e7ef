//! A throw-away `PostgreSQL` server: started on demand, gone when the process ends, however it does.

use std::{
    fs,
    io::{self, BufRead, BufReader, Read, Write},
    os::unix::{
        fs::{MetadataExt, chown},
        process::CommandExt,
    },
    process::{Child, Command, Stdio},
};

/// Starts a server; `None` where there is none and the tests may do without: that is said out loud. Gives the URL,
/// and the process that keeps the server until its standard input closes; `postgres.sh` says what it obeys.
///
/// # Panics
/// Where the environment asks for a server (`REQUIRE_POSTGRES=1`) and it cannot be had.
pub fn start_if_installed() -> Option<(String, Child)> {
    let reason = match start() {
        Ok(started) => return Some(started),
        Err(reason) => reason,
    };
    assert!(environment("REQUIRE_POSTGRES").is_none_or(|value| value != "1"), "REQUIRE_POSTGRES=1, but {reason}");
    // Straight to the stream: what a passing test prints by macro is not shown.
    let _ = writeln!(io::stderr(), "\n!!! NOT RUN: the tests on PostgreSQL; {reason}\n!!! Install it.\n");
    None
}

fn start() -> io::Result<(String, Child)> {
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

    let output = watchdog.stdout.as_mut().ok_or_else(|| io::Error::other("the shell has no output"))?;
    let mut output = BufReader::new(output);
    let mut answer = String::new();
    output.read_line(&mut answer)?;
    if answer != "ready\n" {
        output.read_to_string(&mut answer)?;
        return Err(io::Error::other(answer.trim_end().to_owned()));
    }
    Ok((format!("postgres://postgres@localhost/postgres?host={}", directory.display()), watchdog))
}

fn id_of_postgres(which: &str) -> io::Result<u32> {
    let output = Command::new("id").args([which, "postgres"]).output()?;
    let number = String::from_utf8_lossy(&output.stdout);
    number.trim().parse().map_err(|_| io::Error::other("there is no user `postgres` for root to run it as"))
}

/// A setting of the tests, where it is not empty.
#[expect(clippy::disallowed_methods, reason = "these are settings of the tests, which the program does not have")]
pub fn environment(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|value| !value.is_empty())
}
