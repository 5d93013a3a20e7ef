//! Where statements run whose best plan depends on their values: `PostgreSQL` then plans them anew.

use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement, prelude::async_trait::async_trait,
};

use super::{Db, Reader, Snapshot};
use crate::error::Result;

/// A reader, or a snapshot in which nothing is planned for any value. It has a connection then: to be dropped before
/// something else is read.
#[derive(Debug)]
pub(crate) enum Planned<'a> {
    /// With one plan for all values.
    Once(&'a Reader),
    /// With a plan for these values.
    Anew(Snapshot),
}

impl Db {
    /// Where to read; `anew` where the plan depends on the values.
    pub(crate) async fn read_planned(&self, anew: bool) -> Result<Planned<'_>> {
        if !anew || self.backend() != DbBackend::Postgres {
            return Ok(Planned::Once(self.read()));
        }
        Ok(Planned::Anew(self.snapshot_planned(true).await?))
    }

    /// As [`Db::read_planned`], for several statements that see the database as it was at the first of them.
    pub(crate) async fn snapshot_planned(&self, anew: bool) -> Result<Snapshot> {
        let snapshot = self.snapshot().await?;
        if anew {
            snapshot.plan_anew().await?;
        }
        Ok(snapshot)
    }
}

impl Snapshot {
    /// Has the statements to come planned for their values.
    pub(crate) async fn plan_anew(&self) -> Result<(), DbErr> {
        if self.get_database_backend() == DbBackend::Postgres {
            self.execute_unprepared("SET LOCAL plan_cache_mode = force_custom_plan").await?;
        }
        Ok(())
    }
}

#[async_trait]
impl ConnectionTrait for Planned<'_> {
    fn get_database_backend(&self) -> DbBackend {
        match self {
            Self::Once(reader) => reader.get_database_backend(),
            Self::Anew(snapshot) => snapshot.get_database_backend(),
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match self {
            Self::Once(reader) => reader.execute_raw(statement).await,
            Self::Anew(snapshot) => snapshot.execute_raw(statement).await,
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match self {
            Self::Once(reader) => reader.execute_unprepared(sql).await,
            Self::Anew(snapshot) => snapshot.execute_unprepared(sql).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match self {
            Self::Once(reader) => reader.query_one_raw(statement).await,
            Self::Anew(snapshot) => snapshot.query_one_raw(statement).await,
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Self::Once(reader) => reader.query_all_raw(statement).await,
            Self::Anew(snapshot) => snapshot.query_all_raw(statement).await,
        }
    }
}
