//! One connection, and how a statement on it is stopped that nobody waits for any more, or that takes too long.
//!
//! `SQLite` asks now and then, while it works, whether to go on. `PostgreSQL` limits the time itself
//! (`statement_timeout`), does not notice that a client has hung up, and is told on another connection.

use std::{
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use sea_orm::{
    ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, Statement,
    metric::Info,
    sqlx::{self, Row},
};

use super::options::Way;

/// How many instructions `SQLite` works off before it asks again: some tenths of a millisecond.
const INSTRUCTIONS: i32 = 10_000;
/// Instants are counted from here.
static START: LazyLock<Instant> = LazyLock::new(Instant::now);

/// A pool of one: it is opened when it is needed, and again when it broke.
#[derive(Clone, Debug)]
pub(super) struct Connection {
    pub(super) pool: DatabaseConnection,
    state: Arc<State>,
    /// Where `PostgreSQL` is told to stop.
    stopper: Option<DatabaseConnection>,
}

#[derive(Debug, Default)]
struct State {
    /// Tells `SQLite` to stop the statement that it works on.
    stop: AtomicBool,
    /// When `SQLite` stops that statement by itself, in milliseconds after [`START`]; 0 for never.
    deadline: AtomicU64,
    /// The process of `PostgreSQL` that serves the connection.
    process: AtomicI32,
}

impl Connection {
    /// A connection by this `way`, opened now unless it is `lazy`.
    pub(super) async fn open(way: &Way, stopper: Option<DatabaseConnection>, lazy: bool) -> Result<Self, DbErr> {
        let (mut options, way) = (way.options.clone(), way.clone());
        let state = Arc::new(State::default());
        let (sqlite, postgres) = (state.clone(), state.clone());
        options
            .max_connections(1)
            .connect_lazy(lazy)
            .map_sqlx_sqlite_pool_opts(move |pool| {
                let state = sqlite.clone();
                pool.after_connect(move |connection, _| Box::pin(watch(connection, state.clone())))
            })
            .map_sqlx_postgres_pool_opts(move |pool| {
                let (state, way) = (postgres.clone(), way.clone());
                pool.after_connect(move |connection, _| {
                    let (state, greeting) = (state.clone(), way.greeting());
                    Box::pin(async move {
                        let process = greeting.fetch_one(connection).await?;
                        state.process.store(process.try_get(0)?, Ordering::Relaxed);
                        Ok(())
                    })
                })
            });
        Ok(Self { pool: Database::connect(options).await?, state, stopper })
    }

    /// A connection that is open already. Nothing stops its statements.
    pub(super) fn over(pool: DatabaseConnection) -> Self {
        Self { pool, state: Arc::default(), stopper: None }
    }

    /// The same, and tells `callback` of every statement.
    pub(super) fn telling(&self, callback: impl Fn(&Info<'_>) + Send + Sync + 'static) -> Self {
        let mut connection = self.clone();
        connection.pool.set_metric_callback(callback);
        connection
    }

    /// Prepares for a statement that `SQLite` may work on for `limit`.
    pub(super) fn start(&self, limit: Option<Duration>) {
        let deadline = limit.map_or(0, |limit| milliseconds(START.elapsed() + limit).max(1));
        self.state.deadline.store(deadline, Ordering::Relaxed);
        self.state.stop.store(false, Ordering::Relaxed);
    }

    /// Stops the statement that runs, if there is one. Waits until no later one can be meant; `SQLite` is told before.
    pub(super) fn stop(&self) -> impl Future<Output = ()> + Send + 'static {
        self.state.stop.store(true, Ordering::Relaxed);
        let (stopper, process) = (self.stopper.clone(), self.state.process.load(Ordering::Relaxed));
        async move {
            let Some(stopper) = stopper else { return };
            let cancel = "SELECT pg_cancel_backend($1)";
            let cancel = Statement::from_sql_and_values(DbBackend::Postgres, cancel, [process.into()]);
            if let Err(error) = stopper.query_one_raw(cancel).await {
                tracing::debug!(%error, "a statement that nobody waits for could not be stopped");
            }
        }
    }
}

impl State {
    fn may_go_on(&self) -> bool {
        let deadline = self.deadline.load(Ordering::Relaxed);
        let is_late = deadline > 0 && milliseconds(START.elapsed()) >= deadline;
        !is_late && !self.stop.load(Ordering::Relaxed)
    }
}

fn milliseconds(time: Duration) -> u64 {
    time.as_millis().try_into().unwrap_or(u64::MAX)
}

async fn watch(connection: &mut sqlx::SqliteConnection, state: Arc<State>) -> sqlx::Result<()> {
    connection.lock_handle().await?.set_progress_handler(INSTRUCTIONS, move || state.may_go_on());
    Ok(())
}
