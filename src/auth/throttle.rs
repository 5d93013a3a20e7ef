//! How often something may be tried, counted in the database, so that every server sees every attempt.
//!
//! An attempt is counted before it is looked at, in one statement, and taken back when it succeeds: of a thousand that
//! arrive at once, no more get through than of a thousand in a row. A read is enough to find that none is left.
//!
//! Where counters are written together, they are written in the order of their keys.

use std::net::IpAddr;

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, TimeDelta, Utc};
use entity::throttle::{self, Column, Entity};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter,
    sea_query::{CaseStatement, Expr, ExprTrait, OnConflict, Query, SimpleExpr},
};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::network::{network, rate_limited};
use crate::{
    db::any_of,
    error::{Error, ErrorCode, Result},
};

/// How many failures cost nothing.
const FREE_FAILURES: i32 = 5;
/// After so long without an attempt, a counter starts afresh.
const FORGOTTEN_AFTER: TimeDelta = TimeDelta::days(1);
/// How many failed sign-ins, and how many registrations, an address has in each [`WINDOW`].
const ATTEMPTS_PER_ADDRESS: i32 = 20;
const WINDOW: TimeDelta = TimeDelta::minutes(1);

/// The waits after failures: 1 s, each next one twice as long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Waits {
    /// How many waits there are before the longest.
    doublings: i32,
    /// The longest.
    longest: TimeDelta,
}

/// For guesses from one network.
const LONG: Waits = Waits { doublings: 10, longest: TimeDelta::minutes(15) };
/// For guesses from networks that the account never signed in from: short, so that guessing keeps nobody out for long.
const SHORT: Waits = Waits { doublings: 6, longest: TimeDelta::minutes(1) };

/// What attempts are counted for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attempts {
    key: String,
    limit: Limit,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Limit {
    /// Some failures are free, then each doubles the wait for the next.
    Waits(Waits),
    /// A number of attempts in each window.
    PerWindow,
}

impl Attempts {
    /// Sign-ins with an e-mail address, whether or not there is such a user, from networks that it never signed in from.
    #[must_use]
    pub fn to_sign_in_as(email: &str) -> Self {
        Self { key: format!("account:{}", digest(email)), limit: Limit::Waits(SHORT) }
    }

    /// Sign-ins with an e-mail address, whether or not there is such a user, from the network of an address.
    #[must_use]
    pub fn to_sign_in_as_from(email: &str, address: Option<IpAddr>) -> Self {
        let network = address.map_or_else(|| "unknown".to_owned(), |address| network(address).to_string());
        Self { key: format!("sign-in:{}:{network}", digest(email)), limit: Limit::Waits(LONG) }
    }

    /// Guesses at their own password by somebody who is signed in as the user.
    #[must_use]
    pub fn to_confirm_password_of(user_id: Uuid) -> Self {
        Self { key: format!("password:{user_id}"), limit: Limit::Waits(LONG) }
    }

    /// Sign-ins that fail, from the network of an address.
    #[must_use]
    pub fn to_sign_in_from(address: IpAddr) -> Self {
        Self { key: format!("address:{}", network(address)), limit: Limit::PerWindow }
    }

    /// Registrations from an address.
    #[must_use]
    pub fn to_register_from(address: IpAddr) -> Self {
        Self { key: format!("registration:{}", network(address)), limit: Limit::PerWindow }
    }

    /// Whether each of `all` has an attempt left, by a read.
    ///
    /// # Errors
    /// `RATE_LIMITED` until each of them has.
    pub async fn check(db: &impl ConnectionTrait, now: DateTime<Utc>, all: &[&Self]) -> Result<()> {
        let keys = all.iter().map(|attempts| attempts.key.clone()).collect();
        let rows = Entity::find().filter(any_of(db.get_database_backend(), Column::Key, keys)).all(db).await?;
        let until = all.iter().filter_map(|attempts| {
            let row = rows.iter().find(|row| row.key == attempts.key)?;
            attempts.next_at(row).filter(|next| *next > now)
        });
        until.max().map_or(Ok(()), |until| Err(rate_limited(until - now)))
    }

    /// When there is the next attempt; `None` for now.
    fn next_at(&self, row: &throttle::Model) -> Option<DateTime<Utc>> {
        match self.limit {
            Limit::Waits(_) => Some(row.blocked_until),
            Limit::PerWindow => (row.failures >= ATTEMPTS_PER_ADDRESS).then_some(row.window_start + WINDOW),
        }
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
        let until = row.and_then(|row| self.next_at(&row)).unwrap_or(now);
        Err(rate_limited(until - now))
    }

    /// What happens to a key that has been counted before: nothing, if it has no attempt left.
    fn counted_again(&self, now: DateTime<Utc>) -> OnConflict {
        let old = |column: Column| Expr::col((Entity, column));
        let (restarts, allowed, blocked_until) = match self.limit {
            Limit::Waits(waits) => (
                old(Column::BlockedUntil).lte(now - FORGOTTEN_AFTER),
                old(Column::BlockedUntil).lte(now),
                waits.blocked_until(now, 1),
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

    /// Lets the wait begin `now`, when the attempt has failed, however long it was looked at.
    pub async fn failed(&self, db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<()> {
        if let Limit::Waits(waits) = self.limit {
            Entity::update_many()
                .col_expr(Column::BlockedUntil, waits.blocked_until(now, 0))
                .filter(Column::Key.eq(&self.key))
                .exec(db)
                .await?;
            return Ok(());
        }
        match self.count(db, now).await {
            // The attempts were used up meanwhile: one more or less.
            Err(error) if error.code() == ErrorCode::RateLimited => Ok(()),
            counted => counted,
        }
    }

    /// Takes back what [`Attempts::count`] counted: nobody looked at the attempt.
    pub async fn take_back(&self, db: &impl ConnectionTrait) -> Result<()> {
        Entity::update_many()
            .col_expr(Column::Failures, Expr::col(Column::Failures).sub(1))
            .filter(Column::Key.eq(&self.key))
            .filter(Column::Failures.gt(0))
            .exec(db)
            .await?;
        Ok(())
    }

    /// Starts afresh, after an attempt that succeeded.
    pub async fn succeeded(&self, db: &impl ConnectionTrait) -> Result<()> {
        Entity::delete_by_id(&self.key).exec(db).await?;
        Ok(())
    }
}

impl Waits {
    /// The instant until which there is no further attempt. `uncounted` failures are not in their column yet.
    fn blocked_until(self, now: DateTime<Utc>, uncounted: i32) -> SimpleExpr {
        let counted = || Expr::col((Entity, Column::Failures));
        let mut cases = CaseStatement::new().case(counted().lt(FREE_FAILURES - uncounted), now);
        for failures in FREE_FAILURES..FREE_FAILURES + self.doublings {
            cases = cases.case(counted().eq(failures - uncounted), now + self.after(failures));
        }
        cases.finally(now + self.longest).into()
    }

    fn after(self, failures: i32) -> TimeDelta {
        match failures - FREE_FAILURES {
            ..0 => TimeDelta::zero(),
            doublings if doublings < self.doublings => TimeDelta::seconds(1 << doublings),
            _ => self.longest,
        }
    }
}

fn digest(email: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(email))
}

/// Forgets all failures of the user: at signing in with `email`, from anywhere, and at confirming their password. Says
/// how many counters there were.
pub async fn unlock(db: &impl ConnectionTrait, user_id: Uuid, email: &str) -> Result<u64> {
    let digest = digest(email);
    let mut counters = 0;
    for meant in [
        Column::Key.eq(format!("account:{digest}")),
        Column::Key.eq(format!("password:{user_id}")),
        // The digest's `_` stands for any character here, and no other digest differs in that only.
        Column::Key.starts_with(format!("sign-in:{digest}:")),
    ] {
        counters += Entity::delete_many().filter(meant).exec(db).await?.rows_affected;
    }
    Ok(counters)
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
    fn five_failures_are_free_and_then_the_wait_doubles() {
        let failures = [1, 4, 5, 6, 7, 10, 11, 14, 15, 1_000_000];
        let seconds = |waits: Waits| failures.map(|failures| waits.after(failures).num_seconds());
        assert_eq!(seconds(LONG), [0, 0, 1, 2, 4, 32, 64, 512, 900, 900]);
        assert_eq!(seconds(SHORT), [0, 0, 1, 2, 4, 32, 60, 60, 60, 60]);
    }
}
