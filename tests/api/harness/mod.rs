//! What a test starts with: the real router, on a database of its own, at a time that stands still.
//!
//! Each test is an `async fn` that takes a [`TestApp`]; [`on_both!`](crate::on_both) runs it on `SQLite` and on
//! `PostgreSQL`. Where the latter comes from is written in `postgres.rs`; it takes a second to start, so that
//! runners which start a process for each test (`cargo nextest`) want `TEST_DATABASE_URL` to be set.

mod app;
mod client;
mod database;
mod postgres;
mod rows;
#[path = "../../support/socket.rs"]
pub mod socket;

use std::panic::resume_unwind;

pub use app::{PANIC, PASSWORD, SECRET, TestApp};
pub use client::{Client, Response};
use database::Database;
pub use rows::Rows;

/// Makes a module of each of the named tests, with the tests `sqlite` and `postgres` in it. The list is also the file's
/// index; a test that is missing from it is an unused function, which does not compile without a warning.
#[macro_export]
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => { $(
        mod $test {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                $crate::harness::on_sqlite(super::$test).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                $crate::harness::on_postgres(super::$test).await;
            }
        }
    )+ };
}

/// Runs `test` on a new `SQLite` database.
pub async fn on_sqlite<T: Future<Output = ()> + Send + 'static>(test: fn(TestApp) -> T) {
    run(test, Database::sqlite().await).await;
}

/// Runs `test` on a new `PostgreSQL` database, where there is a server.
pub async fn on_postgres<T: Future<Output = ()> + Send + 'static>(test: fn(TestApp) -> T) {
    if let Some(database) = Database::postgres().await {
        run(test, database).await;
    }
}

async fn run<T: Future<Output = ()> + Send + 'static>(test: fn(TestApp) -> T, database: Database) {
    let app = TestApp::on(database.url()).await;
    // A task of its own, so that the database is removed also when the test panics.
    let outcome = tokio::spawn(test(app)).await;
    database.remove().await;
    if let Err(error) = outcome {
        resume_unwind(error.into_panic());
    }
}
