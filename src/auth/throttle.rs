//! How often something may be tried, counted in the database, so that every server sees every attempt.
//!
//! An attempt is counted before it is looked at, in one statement, and taken back when it succeeds: of a
//! thousand that arrive at once, no more get through than of a thousand in a row.

use std::net::IpAddr;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use entity::throttle::{Column, Entity};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::{CaseStatement, Expr, ExprTrait, OnConflict, Query, SimpleExpr},
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::network::{network, rate_limited};
use crate::error::{Error, Result};

/// How many failures of an account cost nothing.
const FREE_FAILURES: i32 = 5;
/// The longest that an account waits after a failure; the first wait is 1 s, each next one twice as long.
const LONGEST_WAIT: TimeDelta = TimeDelta::minutes(15);
/// How many waits there are before the longest.
const DOUBLINGS: i32 = 10;
/// An account that nobody has tried for so long starts afresh.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::days(1);
/// How many attempts an address has in each [`WINDOW`].
const ATTEMPTS_PER_ADDRESS: i32 = 20;
const WINDOW: TimeDelta = TimeDelta::minutes(1);

/// What attempts are counted for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempts {
    key: String,
    limit: Limit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Limit {
    /// Some failures are free, then each doubles the wait for the next.
    Waits,
    /// A number of attempts in each window.
    PerWindow,
}

impl Attempts {
    /// Sign-ins with an e-mail address, whether or not there is such a user.
    #[must_use]
    pub fn to_sign_in_as(email: &str) -> Self {
        let digest = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(email));
        Self { key: format!("account:{digest}"), limit: Limit::Waits }
    }

    /// Guesses at their own password by somebody who is signed in as the user.
    #[must_use]
    pub fn to_confirm_password_of(user_id: Uuid) -> Self {
        Self { key: format!("password:{user_id}"), limit: Limit::Waits }
    }

    /// Sign-ins from an address.
    #[must_use]
    pub fn to_sign_in_from(address: IpAddr) -> Self {
        Self { key: format!("address:{}", network(address)), limit: Limit::PerWindow }
    }

    /// Registrations from an address.
    #[must_use]
    pub fn to_register_from(address: IpAddr) -> Self {
        Self { key: format!("registration:{}", network(address)), limit: Limit::PerWindow }
    }

    /// Counts one attempt at `now`.
    ///
    /// # Errors
    /// `RATE_LIMITED`, and then the attempt is not counted.
    pub async fn count(&self, db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<()> {
        let insert = Query::insert()
            .into_table(Entity)
            .columns([Column::Key, Column::Failures, Column::WindowStart, Column::BlockedUntil])
            .values([self.key.as_str().into(), 1.into(), now.into(), now.into()])
            .map_err(Error::internal)?
            .on_conflict(self.counted_again(now))
            .returning_col(Column::Failures)
            .to_owned();
        if db.query_one(&insert).await?.is_some() {
            return Ok(());
        }
        let row = Entity::find_by_id(&self.key).one(db).await?;
        let until = row.map_or(now, |row| match self.limit {
            Limit::Waits => row.blocked_until,
            Limit::PerWindow => row.window_start + WINDOW,
        });
        Err(rate_limited(until - now))
    }

    /// What happens to a key that has been counted before: nothing, if it has no attempt left.
    fn counted_again(&self, now: DateTime<Utc>) -> OnConflict {
        let old = |column: Column| Expr::col((Entity, column));
        let (restarts, allowed, blocked_until) = match self.limit {
            Limit::Waits => (
                old(Column::BlockedUntil).lte(now - FORGOTTEN_AFTER),
                old(Column::BlockedUntil).lte(now),
                blocked_until(now, 1),
            ),
            Limit::PerWindow => {
                let restarts = old(Column::WindowStart).lte(now - WINDOW);
                let allowed = restarts.clone().or(old(Column::Failures).lt(ATTEMPTS_PER_ADDRESS));
                (restarts, allowed, Expr::value(now))
            }
        };
        let fresh_or =
            |fresh: SimpleExpr, other: SimpleExpr| CaseStatement::new().case(restarts.clone(), fresh).finally(other);
        OnConflict::column(Column::Key)
            .value(Column::Failures, fresh_or(Expr::value(1), old(Column::Failures).add(1)))
            .value(Column::WindowStart, fresh_or(Expr::value(now), old(Column::WindowStart)))
            .value(Column::BlockedUntil, fresh_or(Expr::value(now), blocked_until))
            .action_and_where(allowed)
            .to_owned()
    }

    /// Lets an account's wait begin `now`, when the attempt has failed, however long it was looked at.
    pub async fn failed(&self, db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<()> {
        if self.limit == Limit::Waits {
            Entity::update_many()
                .col_expr(Column::BlockedUntil, blocked_until(now, 0))
                .filter(Column::Key.eq(&self.key))
                .exec(db)
                .await?;
        }
        Ok(())
    }

    /// Takes back what [`Attempts::count`] counted: the attempt succeeded. An account starts afresh.
    pub async fn succeeded(&self, db: &impl ConnectionTrait) -> Result<()> {
        match self.limit {
            Limit::Waits => {
                Entity::delete_by_id(&self.key).exec(db).await?;
            }
            Limit::PerWindow => {
                Entity::update_many()
                    .col_expr(Column::Failures, Expr::col(Column::Failures).sub(1))
                    .filter(Column::Key.eq(&self.key))
                    .filter(Column::Failures.gt(0))
                    .exec(db)
                    .await?;
            }
        }
        Ok(())
    }
}

/// Until when an account waits, by its failures, of which `uncounted` are not yet in their column.
fn blocked_until(now: DateTime<Utc>, uncounted: i32) -> SimpleExpr {
    let counted = || Expr::col((Entity, Column::Failures));
    let mut cases = CaseStatement::new().case(counted().lt(FREE_FAILURES - uncounted), now);
    for failures in FREE_FAILURES..FREE_FAILURES + DOUBLINGS {
        cases = cases.case(counted().eq(failures - uncounted), now + wait_after(failures));
    }
    cases.finally(now + LONGEST_WAIT).into()
}

fn wait_after(failures: i32) -> TimeDelta {
    match failures - FREE_FAILURES {
        ..0 => TimeDelta::zero(),
        doublings @ 0..DOUBLINGS => TimeDelta::seconds(1 << doublings),
        DOUBLINGS.. => LONGEST_WAIT,
    }
}

/// Removes the counters that no longer count.
pub async fn forget(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<()> {
    Entity::delete_many().filter(Column::BlockedUntil.lte(now - FORGOTTEN_AFTER)).exec(db).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn five_failures_are_free_and_then_the_wait_doubles_up_to_a_quarter_of_an_hour() {
        let seconds = [1, 4, 5, 6, 7, 14, 15, 16, 1_000_000].map(|failures| wait_after(failures).num_seconds());
        assert_eq!(seconds, [0, 0, 1, 2, 4, 512, 900, 900, 900]);
    }
}
