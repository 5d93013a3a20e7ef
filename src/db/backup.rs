//! A copy of the books in one file, made while they are in use.

use std::{fs, io, path::Path};

use sea_orm::{
    DbBackend, Statement,
    sqlx::{self, Connection, SqliteConnection, sqlite::SqliteConnectOptions},
};

use super::Db;

impl Db {
    /// Writes a copy of a `SQLite` database to `file`, which must not exist yet, and checks it.
    ///
    /// # Errors
    /// A sentence for the operator; there is no new file then.
    pub async fn back_up(&self, file: &Path) -> Result<(), String> {
        // Made here, so that nobody's file is written over, and for the owner alone.
        let mut options = fs::OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(file).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => format!("{} exists, and is left as it is.", file.display()),
            _ => format!("Cannot write {}: {error}", file.display()),
        })?;
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
