//! Where a database is, as an operator may read it: without the password, and without what follows a `?` but for the
//! schema.

use std::{
    fs, io,
    path::{self, Path, PathBuf},
    str::FromStr,
};

use sea_orm::sqlx::{postgres::PgConnectOptions, sqlite::SqliteConnectOptions};

/// The file of a `SQLite` database.
#[must_use]
pub fn file(url: &str) -> Option<PathBuf> {
    let options = url.starts_with("sqlite:").then(|| SqliteConnectOptions::from_str(url).ok())??;
    Some(options.get_filename().to_owned())
}

/// A file that was opened, told from one that stands in its place later.
#[derive(Clone, Debug)]
pub(super) struct Opened {
    path: PathBuf,
    /// Its device and number, where files have those.
    identity: Option<(u64, u64)>,
}

impl Opened {
    /// The file at `path`, which is there.
    pub(super) fn at(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path::absolute(path)?, identity: identity(path)? })
    }

    /// Whether it is where it was: its own directory may have been removed, or a backup put in its place.
    pub(super) fn is_in_place(&self) -> bool {
        identity(&self.path).is_ok_and(|identity| identity == self.identity)
    }
}

#[cfg(unix)]
fn identity(path: &Path) -> io::Result<Option<(u64, u64)>> {
    use std::os::unix::fs::MetadataExt;
    fs::metadata(path).map(|file| Some((file.dev(), file.ino())))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> io::Result<Option<(u64, u64)>> {
    fs::metadata(path).map(|_| None)
}

/// The database at `url`, in words that hold no secret.
#[must_use]
pub fn describe(url: &str) -> String {
    if let Some(file) = file(url) {
        return format!("sqlite://{}", path::absolute(&file).unwrap_or(file).display());
    }
    let Ok(options) = PgConnectOptions::from_str(url) else { return "a database whose URL cannot be read".to_owned() };
    let user = options.get_username();
    let host =
        options.get_socket().map_or_else(|| options.get_host().to_owned(), |socket| socket.display().to_string());
    let database = options.get_database().unwrap_or(user);
    let schema = schema(&options).map(|name| format!(", schema {name}")).unwrap_or_default();
    format!("postgres://{user}@{host}:{}/{database}{schema}", options.get_port())
}

/// The schema that the URL chooses, if it does.
pub(super) fn schema_of(url: &str) -> Option<String> {
    let options = PgConnectOptions::from_str(url).ok()?;
    schema(&options).map(str::to_owned)
}

/// As `?options=-c%20search_path%3Dorg1`.
fn schema(options: &PgConnectOptions) -> Option<&str> {
    let (_, path) = options.get_options()?.rsplit_once("search_path=")?;
    path.split([' ', ',']).next().filter(|name| !name.is_empty())
}

/// The command that backs up the `PostgreSQL` database at `url` to `file`, for a shell. The password is not part of it.
#[must_use]
pub fn dump_command(url: &str, file: &str) -> Option<String> {
    let options = PgConnectOptions::from_str(url).ok()?;
    let schema = schema(&options).map(|name| format!(" --schema={}", quoted(name))).unwrap_or_default();
    Some(format!("pg_dump --format=custom --file={} {}{schema}", quoted(file), whereabouts(&options)))
}

/// The command that restores it from there. The database has to be there, and empty.
#[must_use]
pub fn restore_command(url: &str, file: &str) -> Option<String> {
    let options = PgConnectOptions::from_str(url).ok()?;
    let place = whereabouts(&options);
    Some(format!("pg_restore --exit-on-error --single-transaction --no-owner {place} {}", quoted(file)))
}

/// The options of PostgreSQL's programs that say where the database is.
fn whereabouts(options: &PgConnectOptions) -> String {
    let user = options.get_username();
    let host =
        options.get_socket().map_or_else(|| options.get_host().to_owned(), |socket| socket.display().to_string());
    let [host, user, database] = [&host, user, options.get_database().unwrap_or(user)].map(quoted);
    format!("--host={host} --port={} --username={user} --dbname={database}", options.get_port())
}

/// `word`, for a shell.
fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schema_that_the_url_chooses_is_named_and_alone_backed_up() {
        let url = "postgres://ada:sesame@host/db?options=-c%20search_path%3Dorg1";
        assert_eq!(describe(url), "postgres://ada@host:5432/db, schema org1");
        assert!(dump_command(url, "file").unwrap().ends_with("--dbname='db' --schema='org1'"));
        assert!(dump_command("postgres://ada@host/db", "file").unwrap().ends_with("--dbname='db'"));
    }

    #[test]
    fn a_database_is_named_without_its_password() {
        let name = describe("postgres://ada:sesame@books.example.org:5433/ledger?sslmode=require");
        assert_eq!(name, "postgres://ada@books.example.org:5433/ledger");
        for url in
            ["postgres://ada:ses%3Fame@host/db", "postgres://host/db?user=ada&password=sesame", "postgres://:sesame@:x"]
        {
            assert!(!describe(url).contains("ame@") && !describe(url).contains("sesame"), "{}", describe(url));
        }
        assert_eq!(
            describe("sqlite:///var/lib/tallybook/tallybook.db?mode=rwc"),
            "sqlite:///var/lib/tallybook/tallybook.db"
        );
    }
}
