//! What happens to the books when something else breaks: each test starts the real program, on a database of its
//! own, breaks something around it, and counts what is left.
//!
//! Time passes here, unlike in `tests/api`: a test waits for an outage to be noticed, or for a program to end.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod backups;
mod client;
#[path = "../support/cluster.rs"]
mod cluster;
mod command_line;
mod contention;
mod disk;
mod exports;
mod hang_up;
mod imports;
mod kill;
mod live;
mod load;
mod log;
mod metrics;
mod network;
mod operator;
mod outage;
mod postgres;
mod shares;
mod site;
mod slow;
#[path = "../support/socket.rs"]
#[expect(dead_code, reason = "tests/api needs all of it")]
mod socket;
mod stop;
mod wire;

/// Makes the tests `sqlite` and `postgres` of each named function that takes a [`Site`](site::Site).
#[macro_export]
macro_rules! on_both {
    ($($test:ident),+ $(,)?) => { $(
        mod $test {
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn sqlite() {
                super::$test($crate::site::Site::on_sqlite()).await;
            }

            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn postgres() {
                if let Some(cluster) = $crate::postgres::Cluster::start_if_installed() {
                    super::$test($crate::site::Site::on_postgres(&cluster)).await;
                }
            }
        }
    )+ };
}

use std::time::Duration;

/// Longest that a request may take to hear that the database cannot serve it.
const PATIENCE: Duration = Duration::from_secs(4);
