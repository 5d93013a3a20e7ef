//! How the servers on one PostgreSQL tell each other to forget what they remember, and hear that it is done.
//!
//! A change of what is remembered sends a notification with its commit. Every server that listens forgets everything and says
//! so; the change is acknowledged once all have, or after [`PATIENCE`]. How many listen, PostgreSQL tells by the name that
//! they give their connection. Servers in another schema have a channel of their own.
//!
//! On the same channel they hear that the journal has grown.

use std::time::Duration;

use sea_orm::{
    ConnectionTrait, DbBackend, Statement,
    sqlx::{
        self, Row,
        postgres::{PgConnectOptions, PgListener, PgPoolOptions},
    },
};
use tokio::sync::oneshot;
use uuid::Uuid;

use super::{Viewers, viewers::Waiting};
use crate::{
    db::Db,
    error::{Error, Result},
    memory::AGE,
    news::News,
};

/// Longest that a change waits for the other servers. One that is not heard of by then forgets after [`AGE`].
const PATIENCE: Duration = Duration::from_millis(500);
/// How often each server gives a sign of life on the channel.
const BEAT: Duration = Duration::from_secs(10);
/// A listening connection on which nothing is heard for so long is dead, though nobody said so.
const SILENCE: Duration = Duration::from_secs(25);
/// How long to wait before listening again after the connection broke.
const PAUSE: Duration = Duration::from_secs(1);

const FORGET: &str = "forget";
const FORGOTTEN: &str = "forgotten";
const NUMBERED: &str = "numbered";
/// The channel of this schema, which is also what listening connections are called.
const CHANNEL: &str = "SELECT 'tallybook_' || md5(current_schema())";
const NOTIFY: &str = "SELECT pg_notify('tallybook_' || md5(current_schema()), $1)::text";
/// Tells the listeners, and how many they are.
const TELL: &str = "SELECT count(*) AS listeners, pg_notify('tallybook_' || md5(current_schema()), $1)::text \
    FROM pg_stat_activity \
    WHERE datname = current_database() AND application_name = 'tallybook_' || md5(current_schema())";

/// What other servers were told, once the transaction has committed.
pub(crate) struct Told<'a> {
    viewers: &'a Viewers,
    id: Uuid,
    all_forgot: oneshot::Receiver<()>,
}

impl Told<'_> {
    /// Waits until every server that listens has forgotten, but no longer than [`PATIENCE`].
    pub(crate) async fn heard(mut self) {
        if tokio::time::timeout(PATIENCE, &mut self.all_forgot).await.is_err() {
            tracing::warn!("a server did not confirm a change; it acts on it within {} s", AGE.num_seconds());
        }
    }
}

impl Drop for Told<'_> {
    fn drop(&mut self) {
        self.viewers.lock().waiting.remove(&self.id);
    }
}

/// Has every server told, once the transaction commits, that the journal has this `position`.
pub(crate) async fn announce(tx: &impl ConnectionTrait, position: i64) -> Result<()> {
    if tx.get_database_backend() == DbBackend::Postgres {
        let values = [format!("{NUMBERED} {position}").into()];
        tx.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, NOTIFY, values)).await?;
    }
    Ok(())
}

impl Viewers {
    /// Has every other server forget everything once the transaction commits. `None` where there is nobody to wait for.
    pub(crate) async fn tell_others(&self, tx: &impl ConnectionTrait) -> Result<Option<Told<'_>>> {
        if tx.get_database_backend() != DbBackend::Postgres {
            return Ok(None);
        }
        let id = Uuid::now_v7();
        let values = [format!("{FORGET} {id}").into()];
        let told = tx.query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, TELL, values)).await?;
        let told = told.ok_or_else(|| Error::internal("the other servers were not told"))?;
        let listeners: i64 = told.try_get("", "listeners")?;
        let mut remembered = self.lock();
        // A process that does not listen itself, as the command line, hears nothing from others.
        if !remembered.is_listening || listeners == 0 {
            return Ok(None);
        }
        let (all_forgot_sender, all_forgot) = oneshot::channel();
        remembered.waiting.insert(id, Waiting { left: listeners, all_forgot: all_forgot_sender });
        Ok(Some(Told { viewers: self, id, all_forgot }))
    }

    /// Forgets when another server on the PostgreSQL at `url`, which is that of `db`, says so, and tells `news` of positions
    /// that others gave. Ends with the process.
    pub async fn listen(self, db: Db, url: String, news: News) {
        tokio::join!(self.beat(&db), async {
            loop {
                let outcome = self.listen_once(&url, &news).await;
                self.lock().is_listening = false;
                self.forget();
                if let Err(error) = outcome {
                    let seconds = AGE.num_seconds();
                    tracing::warn!(%error, "changes by other servers are noticed after {seconds} s until PostgreSQL is heard again");
                }
                tokio::time::sleep(PAUSE).await;
            }
        });
    }

    /// Gives signs of life, on a connection other than the one that listens.
    async fn beat(&self, db: &Db) {
        loop {
            let values = ["beat".into()];
            let sent = db.read().query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, NOTIFY, values));
            if let Err(error) = sent.await {
                tracing::debug!(%error, "no sign of life could be sent");
            }
            tokio::time::sleep(BEAT).await;
        }
    }

    async fn listen_once(&self, url: &str, news: &News) -> Result<(), sqlx::Error> {
        let options = url.parse::<PgConnectOptions>()?;
        let pool = PgPoolOptions::new().max_connections(1).acquire_timeout(PATIENCE * 10).connect_with(options).await?;
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.eager_reconnect(false);
        let channel: String = sqlx::query(CHANNEL).fetch_one(&mut listener).await?.try_get(0)?;
        listener.listen(&channel).await?;
        // Only now, so that whoever counts the listeners counts none that does not hear yet.
        let rename = sqlx::query("SELECT set_config('application_name', $1, false)").bind(&channel);
        rename.execute(&mut listener).await?;
        self.lock().is_listening = true;
        self.forget();
        loop {
            let silence = |_| sqlx::Error::Io(std::io::Error::new(std::io::ErrorKind::TimedOut, "nothing was heard"));
            let heard = tokio::time::timeout(SILENCE, listener.try_recv()).await.map_err(silence)??;
            let Some(heard) = heard else {
                let lost = std::io::Error::new(std::io::ErrorKind::ConnectionAborted, "the connection was lost");
                return Err(sqlx::Error::Io(lost));
            };
            match heard.payload().split_once(' ') {
                Some((FORGET, id)) => {
                    self.forget();
                    let answer = sqlx::query("SELECT pg_notify($1, $2)").bind(&channel);
                    answer.bind(format!("{FORGOTTEN} {id}")).execute(&mut listener).await?;
                }
                Some((FORGOTTEN, id)) => self.count_forgotten(id),
                Some((NUMBERED, position)) => position.parse().into_iter().for_each(|position| news.tell(position)),
                _ => {}
            }
        }
    }

    fn count_forgotten(&self, id: &str) {
        let Ok(id) = id.parse() else { return };
        let mut remembered = self.lock();
        let Some(waiting) = remembered.waiting.get_mut(&id) else { return };
        waiting.left -= 1;
        if waiting.left <= 0
            && let Some(waiting) = remembered.waiting.remove(&id)
        {
            // Whoever waited may have hung up.
            let _ = waiting.all_forgot.send(());
        }
    }
}
