//! A copy of the books in one file, made while they are in use, and books made of such a copy.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use sea_orm::{
    DbBackend, Statement,
    sqlx::{self, Connection, SqliteConnection, sqlite::SqliteConnectOptions},
};

use super::{Db, make_private_directory};

impl Db {
    /// Writes a copy of a `SQLite` database to `file`, which must not exist yet, and checks it.
    ///
    /// # Errors
    /// A sentence for the operator; there is no new file then.
    pub async fn back_up(&self, file: &Path) -> Result<(), String> {
        make_private_file(file)?;
        let copied = self.copy_to(file).await;
        if copied.is_err() {
            // Ours, and of no use.
            let _ = fs::remove_file(file);
        }
        copied
    }

    async fn copy_to(&self, file: &Path) -> Result<(), String> {
        let path = file.to_str().ok_or("The name of the file is not UTF-8.")?;
        let statement = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [path.into()]);
        self.reader.execute_at_leisure(statement).await.map_err(|error| format!("The backup failed: {error}"))?;
        check(file).await.map_err(|error| format!("The backup cannot be read: {error}"))?;
        fs::File::open(file).and_then(|file| file.sync_all()).map_err(|error| format!("The backup failed: {error}"))
    }
}

/// Makes the `SQLite` database `file`, which must not exist yet, of the copy `copy`, and checks it.
///
/// # Errors
/// A sentence for the operator; there is no new database then.
pub async fn restore(copy: &Path, file: &Path) -> Result<(), String> {
    let aside = beside(file, ".restoring");
    for taken in [file.to_owned(), beside(file, "-wal"), beside(file, "-shm"), aside.clone()] {
        if taken.exists() {
            return Err(format!(
                "{} exists, and is left as it is. Stop the server, move the old database with its -wal and -shm elsewhere, and run this again.",
                taken.display()
            ));
        }
    }
    if let Some(directory) = file.parent().filter(|directory| !directory.as_os_str().is_empty()) {
        make_private_directory(directory).map_err(|error| format!("Cannot write {}: {error}", directory.display()))?;
    }
    make_private_file(&aside)?;
    let restored = fill(copy, &aside).await.and_then(|()| {
        // A link, since that fails where a server has made a database meanwhile.
        fs::hard_link(&aside, file).map_err(|error| format!("Cannot write {}: {error}", file.display()))
    });
    let _ = fs::remove_file(&aside);
    restored
}

/// `file` with `ending` behind its name.
fn beside(file: &Path, ending: &str) -> PathBuf {
    let mut name = file.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// Writes the books that are in `copy` to `file`, which is empty.
async fn fill(copy: &Path, file: &Path) -> Result<(), String> {
    let path = file.to_str().ok_or("The name of the database's file is not UTF-8.")?;
    let explain = |error: sqlx::Error| format!("{} cannot be restored: {error}", copy.display());
    let options = SqliteConnectOptions::new().filename(copy).read_only(true);
    let mut connection = SqliteConnection::connect_with(&options).await.map_err(explain)?;
    let known = "SELECT COUNT(*) FROM sqlite_schema WHERE type = 'table' AND name IN ('seaql_migrations', 'records')";
    let tables: i64 = sqlx::query_scalar(known).fetch_one(&mut connection).await.map_err(explain)?;
    if tables < 2 {
        return Err(format!("{} is a database, but not a copy of Tallybook's.", copy.display()));
    }
    sqlx::query("VACUUM INTO ?").bind(path).execute(&mut connection).await.map_err(explain)?;
    connection.close().await.map_err(explain)?;
    check(file).await.map_err(|error| format!("What was restored cannot be read: {error}"))?;
    fs::File::open(file).and_then(|file| file.sync_all()).map_err(|error| format!("The disk failed: {error}"))
}

/// Made here, so that nobody's file is written over, and for the owner alone.
fn make_private_file(file: &Path) -> Result<(), String> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => format!("{} exists, and is left as it is.", file.display()),
        _ => format!("Cannot write {}: {error}", file.display()),
    })
}

async fn check(file: &Path) -> Result<(), String> {
    let options = SqliteConnectOptions::new().filename(file).read_only(true);
    let mut connection = SqliteConnection::connect_with(&options).await.map_err(|error| error.to_string())?;
    let checked = sqlx::query_scalar::<_, String>("PRAGMA integrity_check").fetch_one(&mut connection).await;
    connection.close().await.map_err(|error| error.to_string())?;
    match checked {
        Ok(verdict) if verdict == "ok" => Ok(()),
        Ok(verdict) => Err(verdict),
        Err(error) => Err(error.to_string()),
    }
}
