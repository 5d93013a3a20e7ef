//! A disk without space, under `SQLite`.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use axum::http::StatusCode;
use serde_json::json;
use tempfile::TempDir;

use crate::{load::Load, site::Site};

/// A small disk; unmounted when dropped.
struct Disk(TempDir);

impl Disk {
    /// A disk of 64 megabytes, which the log of SQLite may have a quarter of, where the tests may mount one.
    fn mount() -> Option<Self> {
        let directory = TempDir::with_prefix("tallybook-disk-").unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=64m", "tallybook-faults"])
            .arg(directory.path())
            .output()
            .is_ok_and(|output| output.status.success());
        if !mounted {
            // Straight to the stream: what a passing test prints by macro is not shown.
            let _ = writeln!(io::stderr(), "\n!!! NOT RUN: the test of a full disk; only root may mount one.\n");
        }
        mounted.then_some(Self(directory))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    /// Fills it to the last byte; gives the file to remove.
    fn fill(&self) -> PathBuf {
        let path = self.path().join("filler");
        let mut filler = File::create(&path).unwrap();
        while filler.write_all(&[0; 4_096]).is_ok() {}
        path
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_writes_keeps_what_is_there_and_is_forgotten_once_there_is_space() {
    let Some(disk) = Disk::mount() else { return };
    // The program's log is there, too.
    let site = Site::on_sqlite_in(TempDir::new_in(disk.path()).unwrap());
    let server = site.start();
    let client = server.admin().await;
    let load = Load::start(&client, "before");
    tokio::time::sleep(Duration::from_millis(200)).await;
    let filler = disk.fill();
    tokio::time::sleep(Duration::from_millis(800)).await;
    let mut tally = load.finish().await;
    assert!(!tally.refusals.is_empty(), "the disk was not full");
    for refusal in &tally.refusals {
        refusal.assert_unavailable();
    }
    client.run("{ dashboard { from } }", json!({})).await.unwrap().ok();
    tally.assert_kept(&client.notes().await);

    fs::remove_file(filler).unwrap();
    tally.resend(&client).await;
    site.assert_nothing_is_lost(&client, &tally).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_whose_database_was_removed_or_replaced_is_not_ready() {
    let site = Site::on_sqlite();
    let server = site.start();
    assert_eq!(server.readiness().await, StatusCode::OK);
    let elsewhere = TempDir::with_prefix("tallybook-faults-").unwrap();
    let aside = elsewhere.path().join("data");
    fs::rename(site.data(), &aside).unwrap();
    assert_eq!(server.readiness().await, StatusCode::SERVICE_UNAVAILABLE);
    fs::create_dir(site.data()).unwrap();
    fs::copy(aside.join("tallybook.db"), site.data().join("tallybook.db")).unwrap();
    assert_eq!(server.readiness().await, StatusCode::SERVICE_UNAVAILABLE);
    assert!(site.logged().contains("removed or replaced"), "{}", site.logged());
    fs::remove_dir_all(site.data()).unwrap();
    fs::rename(&aside, site.data()).unwrap();
    assert_eq!(server.readiness().await, StatusCode::OK);
}
