//! The commands, as an operator types them.

use std::{
    fs,
    process::{Command, Output, Stdio},
};

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::json;
use tallybook::db::Db;
use tempfile::TempDir;

use crate::{
    client::Client,
    on_both,
    site::{EMAIL, Site},
    wire::{answer_to, post},
};

on_both![
    a_command_names_its_database_and_not_its_password,
    sample_data_is_for_empty_books_alone,
    who_looks_at_older_tables_is_told_so_and_changes_nothing,
];

pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

/// The program in a new directory, with nothing set but what `.env` says.
fn in_a_new_directory(env_file: &str, arguments: &[&str]) -> (TempDir, Output) {
    let directory = TempDir::with_prefix("tallybook-faults-").unwrap();
    fs::write(directory.path().join(".env"), env_file).unwrap();
    let inner = directory.path().join("inner");
    fs::create_dir(&inner).unwrap();
    let output = bare(arguments).current_dir(directory.path()).output().unwrap();
    (directory, output)
}

pub fn bare(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tallybook"));
    command.args(arguments).env_remove("DATABASE_URL").env_remove("DATA_DIR");
    command
}

async fn a_command_names_its_database_and_not_its_password(site: Site) {
    let output = site.run(&["user", "list"]);
    assert!(output.status.success(), "{output:?}");
    assert!(String::from_utf8_lossy(&output.stdout).contains(EMAIL), "{output:?}");
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(errors.contains(r#""database":"sqlite:///"#) || errors.contains(r#""database":"postgres://"#), "{errors}");
}

async fn sample_data_is_for_empty_books_alone(site: Site) {
    let output = site.run(&["demo", "--records", "10"]);
    assert!(!output.status.success() && said(&output).contains("not empty"), "{output:?}");
    let list = site.run(&["user", "list"]);
    assert_eq!(String::from_utf8_lossy(&list.stdout).lines().count(), 1, "{list:?}");

    let db = Db::connect(site.database_url(), 1).await.unwrap();
    for table in ["sessions", "users"] {
        db.read().execute_unprepared(&format!("DELETE FROM {table}")).await.unwrap();
    }
    let output = site.run(&["demo", "--records", "10"]);
    assert!(output.status.success(), "{output:?}");
    if db.backend() == DbBackend::Postgres {
        let known = "SELECT CAST(reltuples AS bigint) AS n FROM pg_class WHERE oid = CAST('records' AS regclass)";
        let known = db.read().query_one_raw(Statement::from_string(db.backend(), known)).await.unwrap().unwrap();
        assert_eq!(known.try_get::<i64>("", "n").unwrap(), 10, "what is in the tables is known for plans at once");
    }

    let site = site.with("TRUSTED_PROXIES", "1");
    let output = site.run(&["demo", "--records", "10"]);
    assert!(!output.status.success() && said(&output).contains("TRUSTED_PROXIES=1"), "{output:?}");
    assert!(site.complaint().contains("JWT_SECRET"));
}

async fn who_looks_at_older_tables_is_told_so_and_changes_nothing(site: Site) {
    let db = Db::connect(site.database_url(), 1).await.unwrap();
    let newest = "DELETE FROM seaql_migrations WHERE version = (SELECT MAX(version) FROM seaql_migrations)";
    db.read().execute_unprepared(newest).await.unwrap();
    let count = async || {
        let statement = Statement::from_string(db.backend(), "SELECT COUNT(*) AS n FROM seaql_migrations");
        db.read().query_one_raw(statement).await.unwrap().unwrap().try_get::<i64>("", "n").unwrap()
    };
    let before = count().await;
    for arguments in [["user", "list"], ["totals", "verify"]] {
        let output = site.run(&arguments);
        assert!(!output.status.success() && said(&output).contains("tallybook migrate"), "{output:?}");
    }
    assert_eq!(count().await, before);
    if db.backend() == DbBackend::Sqlite {
        assert!(site.run(&["backup", "before"]).status.success(), "a backup comes before an upgrade");
    }
}

#[test]
fn only_what_makes_a_database_makes_one() {
    for arguments in [&["user", "list"][..], &["totals", "verify"], &["totals", "rebuild"], &["backup", "copy"]] {
        let (directory, output) = in_a_new_directory("", arguments);
        assert!(!output.status.success() && said(&output).contains("There is no database at"), "{output:?}");
        assert!(!directory.path().join("data").exists() && !directory.path().join("copy").exists());
    }
}

#[test]
fn sample_data_says_how_to_sign_in_and_is_entered_once() {
    let (directory, output) = in_a_new_directory("BCRYPT_COST=10", &["demo", "--records", "10"]);
    assert!(output.status.success() && said(&output).contains("admin@example.com"), "{output:?}");
    let again = bare(&["demo"]).current_dir(directory.path()).output().unwrap();
    assert!(!again.status.success() && said(&again).contains("start over"), "{again:?}");
}

#[tokio::test]
async fn a_program_that_stopped_leaves_the_books_in_one_file_that_only_its_owner_reads() {
    let site = Site::on_sqlite();
    assert_alone_in_its_file(&site).await;
    let mut server = site.start();
    server.admin().await.create("1").await.unwrap().ok();
    assert_private(&site, &["tallybook.db", "tallybook.db-wal", "tallybook.db-shm", "jwt-secret"]);
    server.terminate();
    assert!(server.ended().await.success());
    assert_alone_in_its_file(&site).await;
}

async fn assert_alone_in_its_file(site: &Site) {
    let elsewhere = TempDir::with_prefix("tallybook-faults-").unwrap();
    let copy = elsewhere.path().join("copy.db");
    fs::copy(site.data().join("tallybook.db"), &copy).unwrap();
    let output =
        site.command(&["user", "list"]).env("DATABASE_URL", format!("sqlite://{}", copy.display())).output().unwrap();
    assert!(said(&output).contains(EMAIL), "{output:?}");
}

fn assert_private(site: &Site, names: &[&str]) {
    use std::os::unix::fs::PermissionsExt;
    for name in names {
        let mode = fs::metadata(site.data().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name}: {mode:o}");
    }
}

#[tokio::test]
async fn files_are_private_also_in_a_directory_that_others_may_read() {
    let directory = TempDir::with_prefix("tallybook-faults-").unwrap();
    let data = directory.path().join("data");
    fs::create_dir(&data).unwrap();
    let open = std::os::unix::fs::PermissionsExt::from_mode(0o755);
    fs::set_permissions(&data, open).unwrap();
    let site = Site::on_sqlite_in(directory);
    let server = site.start();
    server.admin().await.create("1").await.unwrap().ok();
    assert_private(&site, &["tallybook.db", "tallybook.db-wal", "tallybook.db-shm", "jwt-secret"]);
}

#[tokio::test]
async fn secrets_come_from_files_and_stand_nowhere_else() {
    let site = Site::on_sqlite();
    let directory = site.data();
    let secret = directory.join("secret");
    let url = directory.join("url");
    fs::write(&secret, "a-secret-that-only-a-file-holds-0123456789\n").unwrap();
    fs::write(&url, format!("{}\r\n", site.database_url())).unwrap();
    let from_files = |command: &mut Command| {
        command.env("JWT_SECRET_FILE", &secret).env("DATABASE_URL_FILE", &url).env_remove("DATABASE_URL");
    };
    let mut check = site.command(&["check"]);
    from_files(&mut check);
    let output = check.output().unwrap();
    assert!(output.status.success() && said(&output).contains("1 from "), "{output:?}");
    assert!(!said(&output).contains("a-secret"), "{output:?}");

    let generated = directory.join("jwt-secret");
    fs::remove_file(&generated).unwrap();
    let served = site.with("JWT_SECRET_FILE", secret.to_str().unwrap());
    served.start().admin().await;
    assert!(!generated.exists(), "none is generated");
    let site = served.with("JWT_SECRET_FILE", "");

    let both = check.env("JWT_SECRET", "another").output().unwrap();
    assert!(!both.status.success() && said(&both).contains("JWT_SECRET_FILE are both set"), "{both:?}");
    for (text, complaint) in [("", "is empty"), ("\n", "is empty"), ("one-line\nanother-line", "more than one line")] {
        fs::write(&secret, text).unwrap();
        let mut check = site.command(&["check"]);
        from_files(&mut check);
        let output = check.output().unwrap();
        assert!(!output.status.success() && said(&output).contains(complaint), "{output:?}");
        assert!(!said(&output).contains("one-line"), "{output:?}");
    }
    let missing = site.command(&["check"]).env("JWT_SECRET_FILE", "nowhere").output().unwrap();
    assert!(!missing.status.success() && said(&missing).contains("nowhere cannot be read"), "{missing:?}");
}

#[tokio::test]
async fn a_check_runs_beside_a_server_and_says_what_is_wrong() {
    let site = Site::on_sqlite();
    let server = site.start();
    let port = server.address().port().to_string();
    let output = site.command(&["check"]).env("LISTEN_ADDR", server.address().to_string()).output().unwrap();
    assert!(output.status.success() && said(&output).contains("Nothing is wrong"), "{output:?}");
    assert!(said(&output).contains(&port) && said(&output).contains("Registration: open"), "{output:?}");
    let healthy = site.command(&["healthcheck"]).env("LISTEN_ADDR", format!("0.0.0.0:{port}")).output().unwrap();
    assert!(healthy.status.success() && said(&healthy).contains("ready"), "{healthy:?}");
    server.kill();

    let public = site.command(&["check"]).env("LISTEN_ADDR", "0.0.0.0:80").output().unwrap();
    assert!(!public.status.success() && said(&public).contains("set JWT_SECRET"), "{public:?}");
    let gone = site.command(&["healthcheck"]).env("LISTEN_ADDR", format!("127.0.0.1:{port}")).output().unwrap();
    assert!(!gone.status.success() && said(&gone).contains("No server answers"), "{gone:?}");
    let missing = Site::without_books().run(&["check"]);
    assert!(!missing.status.success() && said(&missing).contains("There is no database"), "{missing:?}");
}

#[test]
fn a_bad_env_file_is_named_by_its_line_and_stands_in_nobodys_way_to_help() {
    for (file, line) in
        [("A=1\nsesame\n", "line 2"), ("BCRYPT_COST=sesame", "line 1"), ("JWT_SECRET='sesame", "line 1")]
    {
        let (directory, output) = in_a_new_directory(file, &["user", "list"]);
        assert!(!output.status.success() && said(&output).contains(line), "{output:?}");
        assert!(!said(&output).contains("sesame"), "{output:?}");
        for arguments in [&["--help"][..], &["--version"], &["user", "create", "--help"]] {
            let output = bare(arguments).current_dir(directory.path()).output().unwrap();
            assert!(output.status.success() && !said(&output).contains("sesame"), "{output:?}");
        }
    }
}

#[test]
fn env_files_are_literal_and_those_of_other_directories_are_not_read() {
    let (directory, output) = in_a_new_directory("DATA_DIR=a$HOME\nBASE_CURRENCY=\n", &["migrate"]);
    assert!(output.status.success(), "{output:?}");
    assert!(directory.path().join("a$HOME/tallybook.db").exists());
    let inner = directory.path().join("inner");
    let output =
        bare(&["migrate"]).env("BASE_CURRENCY", "").env("LOG_FORMAT", "").current_dir(&inner).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(inner.join("data/tallybook.db").exists());
}

#[test]
fn a_misspelt_setting_is_pointed_out() {
    let (directory, output) = in_a_new_directory("DATABSE_URL=sesame\nEDITOR=vi\n", &["schema"]);
    assert!(
        output.status.success() && said(&output).contains("DATABSE_URL is not a setting. Did you mean DATABASE_URL?"),
        "{output:?}"
    );
    assert!(!said(&output).contains("sesame") && !said(&output).contains("EDITOR"));
    let output =
        bare(&["schema"]).env("TALLYBOOK_DATA_DIR", "sesame").current_dir(directory.path().join("inner")).output();
    assert!(said(&output.unwrap()).contains("TALLYBOOK_DATA_DIR is not a setting. Did you mean DATA_DIR?"));
}

#[test]
fn who_reads_only_the_beginning_of_the_schema_gets_no_complaint() {
    let mut child = bare(&["schema"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
}

#[tokio::test]
async fn a_server_for_this_machine_refuses_what_a_proxy_passes_on() {
    let site = Site::on_sqlite();
    let server = site.start();
    let request = post(&[("X-Real-IP", "192.0.2.1")], r#"{"query":"{ __typename }"}"#);
    let answer = answer_to(server.address(), &request).await;
    assert!(answer.starts_with("HTTP/1.1 403") && answer.contains("TRUSTED_PROXIES"), "{answer}");
}

#[test]
fn a_url_that_asks_for_one_of_several_servers_is_refused() {
    for url in [
        "postgres://ada:sesame@localhost/books?target_session_attrs=read-write",
        "postgres://ada:sesame@localhost/books?sslmode=disable&target_session_attrs=primary",
        "postgres://ada:sesame@one,two/books",
    ] {
        let directory = TempDir::with_prefix("tallybook-faults-").unwrap();
        let output = bare(&["user", "list"]).env("DATABASE_URL", url).current_dir(directory.path()).output().unwrap();
        assert!(!output.status.success() && said(&output).contains("all connections go to one host"), "{output:?}");
        assert!(!said(&output).contains("sesame"), "{output:?}");
    }
}

#[tokio::test]
async fn a_demonstration_says_who_can_look_around() {
    let site = Site::without_books();
    let ask = "{ organization { hasAdmin demoAccounts { email role password } } }";
    let server = site.start_by(&["serve", "--demo"]);
    let found = Client::nobody(server.address()).run(ask, json!({})).await.unwrap().ok();
    let accounts = &found["organization"]["demoAccounts"];
    for (account, role) in accounts.as_array().unwrap().iter().zip(["VIEWER", "ANALYST", "ADMIN"]) {
        assert_eq!(account["role"], role);
        let text = |field: &str| account[field].as_str().unwrap();
        Client::sign_in(server.address(), text("email"), text("password")).await;
    }
    assert_eq!((accounts.as_array().unwrap().len(), &found["organization"]["hasAdmin"]), (3, &json!(true)));
    server.kill();

    let server = site.start();
    let found = Client::nobody(server.address()).run(ask, json!({})).await.unwrap().ok();
    assert_eq!(found["organization"]["demoAccounts"], json!([]), "without --demo nobody is named");
}

#[test]
fn a_base_currency_other_than_that_of_the_books_is_warned_of() {
    let demo = ["demo", "--records=1", "--years=1"];
    let (directory, output) = in_a_new_directory("BASE_CURRENCY=EUR\n", &demo);
    assert!(output.status.success() && !said(&output).contains("BASE_CURRENCY"), "{output:?}");
    for (given, is_warned_of) in [("EUR", false), ("", false), ("USD", true)] {
        let mut command = bare(&demo);
        command.env("BASE_CURRENCY", given).env("DATA_DIR", "../data").current_dir(directory.path().join("inner"));
        let output = command.output().unwrap();
        let warning = "BASE_CURRENCY is USD, but the base currency of these books is EUR";
        assert_eq!(said(&output).contains(warning), is_warned_of, "{given}: {output:?}");
    }
}

/// What the examples come to is in `tests/api/import_formats.rs`.
#[test]
fn every_example_of_a_file_is_imported_by_its_format() {
    let site = Site::on_sqlite();
    let examples = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/formats");
    let mut count = 0;
    for entry in fs::read_dir(examples).unwrap() {
        let format = entry.unwrap().path();
        if format.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        count += 1;
        let (format, file) = (format.to_str().unwrap(), format.with_extension("csv"));
        let arguments = ["import", file.to_str().unwrap(), "--format", format, "--source", format, "--user", EMAIL];
        let output = site.run(&arguments);
        let out = String::from_utf8_lossy(&output.stdout);
        assert!(output.status.success() && out.contains("Records entered: ") && !out.contains("problem"), "{output:?}");
    }
    assert_eq!(count, 14);
    assert!(site.run(&["totals", "verify"]).status.success());
}
