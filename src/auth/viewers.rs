//! Who is signed in, remembered for a moment, so that a request need not ask the database again.
//!
//! A change that ends a right says so ([`crate::change::Change::revokes`]), and everybody is forgotten at once: in this process before the change is acknowledged, in other servers on the same PostgreSQL by
//! `NOTIFY`. Where no notification comes through (another process on SQLite, a broken connection), what is
//! remembered is good for [`AGE`] at the most.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend,
    sqlx::postgres::{PgConnectOptions, PgListener, PgPoolOptions},
};
use uuid::Uuid;

use super::Viewer;
use crate::error::Result;

/// How long a viewer is remembered.
const AGE: TimeDelta = TimeDelta::seconds(2);
/// How many are remembered; one more, and all are forgotten.
const MOST: usize = 10_000;
/// The PostgreSQL channel on which servers tell each other to forget.
const CHANNEL: &str = "tallybook_viewers";
/// How long to wait before listening again after the connection broke.
const PAUSE: Duration = Duration::from_secs(1);

/// The viewers of the last two seconds. Cheap to clone.
#[derive(Clone, Default)]
pub struct Viewers(Arc<Mutex<Remembered>>);

#[derive(Default)]
struct Remembered {
    by_session: HashMap<Uuid, (Viewer, DateTime<Utc>)>,
    /// Rises whenever all are forgotten: what was read before is not remembered after.
    epoch: u64,
}

impl Viewers {
    /// The viewer of a session, if remembered.
    pub(super) fn find(&self, session_id: Uuid, user_id: Uuid, now: DateTime<Utc>) -> Option<Viewer> {
        let remembered = self.lock();
        let (viewer, since) = remembered.by_session.get(&session_id)?;
        let fresh = (TimeDelta::zero()..AGE).contains(&(now - *since));
        (fresh && viewer.user.id == user_id).then(|| viewer.clone())
    }

    /// To be asked before the database is, and handed to [`Viewers::remember`].
    pub(super) fn epoch(&self) -> u64 {
        self.lock().epoch
    }

    /// Remembers a viewer who was read from the database since `epoch`.
    pub(super) fn remember(&self, epoch: u64, viewer: &Viewer, now: DateTime<Utc>) {
        let mut remembered = self.lock();
        if remembered.epoch != epoch {
            return;
        }
        if remembered.by_session.len() >= MOST {
            remembered.by_session.clear();
        }
        remembered.by_session.insert(viewer.session_id, (viewer.clone(), now));
    }

    /// Forgets everybody when what it gives is dropped.
    pub(crate) fn forget_on_drop(&self) -> ForgetOnDrop<'_> {
        ForgetOnDrop(self)
    }

    /// Has every other server forget everybody once the transaction commits.
    pub(crate) async fn tell_others(&self, tx: &DatabaseTransaction) -> Result<()> {
        if tx.get_database_backend() == DbBackend::Postgres {
            tx.execute_unprepared(&format!("NOTIFY {CHANNEL}")).await?;
        }
        Ok(())
    }

    fn forget(&self) {
        let mut remembered = self.lock();
        remembered.epoch += 1;
        remembered.by_session.clear();
    }

    /// Forgets when another server on the PostgreSQL at `url` says so. Ends with the process.
    pub async fn listen(self, url: String) {
        loop {
            if let Err(error) = self.listen_once(&url).await {
                tracing::warn!(%error, "changes of users by other servers are noticed after {} s until PostgreSQL answers again", AGE.num_seconds());
            }
            self.forget();
            tokio::time::sleep(PAUSE).await;
        }
    }

    async fn listen_once(&self, url: &str) -> Result<(), sea_orm::sqlx::Error> {
        let options = url.parse::<PgConnectOptions>()?;
        let pool = PgPoolOptions::new().max_connections(1).connect_with(options).await?;
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.listen(CHANNEL).await?;
        self.forget();
        while listener.try_recv().await?.is_some() {
            self.forget();
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Remembered> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets everybody when it is dropped: also where a client hangs up.
pub(crate) struct ForgetOnDrop<'a>(&'a Viewers);

impl Drop for ForgetOnDrop<'_> {
    fn drop(&mut self) {
        self.0.forget();
    }
}
