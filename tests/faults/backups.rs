//! Backups, and books that are restored from them.

use std::fs;

use serde_json::json;

use crate::{
    command_line::{bare, said},
    site::Site,
};

#[tokio::test]
async fn a_backup_of_books_in_use_is_complete_private_and_overwrites_nothing() {
    use std::os::unix::fs::PermissionsExt;
    let site = Site::on_sqlite();
    let server = site.start();
    server.admin().await.create("1").await.unwrap().ok();
    let copy = site.data().join("copy.db");
    let name = copy.to_str().unwrap();
    let output = site.run(&["backup", name]);
    assert!(output.status.success(), "{output:?}");
    assert_eq!(fs::metadata(&copy).unwrap().permissions().mode() & 0o777, 0o600);
    let verified =
        site.command(&["totals", "verify"]).env("DATABASE_URL", format!("sqlite://{name}")).output().unwrap();
    assert!(verified.status.success(), "{verified:?}");

    fs::write(&copy, "mine").unwrap();
    let output = site.run(&["backup", name]);
    assert!(!output.status.success() && said(&output).contains("exists"), "{output:?}");
    assert_eq!(fs::read_to_string(&copy).unwrap(), "mine");
}

#[test]
fn for_postgresql_a_backup_says_what_to_run_and_that_nothing_was_made() {
    let output =
        bare(&["backup", "it's"]).env("DATABASE_URL", "postgres://ada:sesame@localhost/books").output().unwrap();
    assert!(!output.status.success() && said(&output).contains("Nothing was backed up"), "{output:?}");
    assert!(said(&output).contains(
        r"pg_dump --format=custom --file='it'\''s' --host='localhost' --port=5432 --username='ada' --dbname='books'"
    ));
    assert!(!said(&output).contains("sesame"));
}

#[tokio::test]
async fn books_are_restored_from_a_backup_and_nobody_is_signed_in() {
    use std::os::unix::fs::PermissionsExt;
    let site = Site::on_sqlite();
    let server = site.start();
    let client = server.admin().await;
    client.create("kept").await.unwrap().ok();
    let copy = site.data().join("copy.db");
    let copy = copy.to_str().unwrap();
    assert!(site.run(&["backup", copy]).status.success());
    client.create("lost").await.unwrap().ok();
    let beside = site.run(&["restore", copy]);
    assert!(!beside.status.success() && said(&beside).contains("is left as it is"), "{beside:?}");
    assert_eq!(client.notes().await.len(), 2, "the books that are there are left alone");
    server.kill();

    for ending in ["", "-wal", "-shm"] {
        let file = site.data().join(format!("tallybook.db{ending}"));
        let _ = fs::rename(&file, file.with_extension("old"));
    }
    let output = site.run(&["restore", copy]);
    assert!(output.status.success() && said(&output).contains("Sessions ended: 1"), "{output:?}");
    assert_eq!(fs::metadata(site.data().join("tallybook.db")).unwrap().permissions().mode() & 0o777, 0o600);
    for what in ["totals", "audit"] {
        assert!(site.run(&[what, "verify"]).status.success());
    }
    let server = site.start();
    assert!(!client.at(server.address()).run("{ me { id } }", json!({})).await.unwrap().is_ok());
    assert_eq!(server.admin().await.notes().await, ["kept"]);
}

#[test]
fn what_is_no_backup_is_not_restored() {
    let site = Site::without_books();
    let copy = site.data().parent().unwrap().join("copy.db");
    let text = "not a database, however one looks at it ".repeat(100);
    for (bytes, complaint) in [(text.as_str(), "cannot be restored"), ("", "not a copy of Tallybook's")] {
        fs::write(&copy, bytes).unwrap();
        let output = site.run(&["restore", copy.to_str().unwrap()]);
        assert!(!output.status.success() && said(&output).contains(complaint), "{output:?}");
        assert_eq!(fs::read_dir(site.data()).unwrap().count(), 0, "nothing is left over");
    }
    let output = site.run(&["restore", "nowhere.db"]);
    assert!(!output.status.success() && said(&output).contains("nowhere.db"), "{output:?}");
}
