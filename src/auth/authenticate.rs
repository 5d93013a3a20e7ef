//! From a request's `Authorization` header to its viewer.

use std::{net::IpAddr, time::Duration};

use axum::http::{HeaderMap, header::AUTHORIZATION};
use chrono::{DateTime, Utc};
use entity::{api_token, session, user};
use sea_orm::{
    ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryTrait, Select,
    sea_query::{Expr, ExprTrait, SimpleExpr},
};
use uuid::Uuid;

use super::{ApiToken, Failures, Source, Through, Tokens, Viewer, Viewers};
use crate::{
    db::{Db, look_up, waited_in_vain},
    error::{Error, ErrorCode, Result},
};

/// Longest that looking up who is asking may take. A database that is busier than that has no time for the rest.
const PATIENCE: Duration = Duration::from_secs(1);

/// What tells who is asking. Cheap to make.
pub(crate) struct Door<'a> {
    pub(crate) db: &'a Db,
    pub(crate) tokens: &'a Tokens,
    pub(crate) viewers: &'a Viewers,
    pub(crate) failures: &'a Failures,
    pub(crate) now: DateTime<Utc>,
}

/// What a request brings to say who is asking.
pub(crate) struct Arrival<'a> {
    /// Its headers.
    pub(crate) headers: &'a HeaderMap,
    /// The address that it came from, where the transport tells.
    pub(crate) address: Option<IpAddr>,
}

/// The user whose access token or API token the request carries; `None` for a request that carries none.
///
/// # Errors
/// `UNAUTHENTICATED` for a header or a token that is not good, and for a session or a user that is not active;
/// `RATE_LIMITED` where too many API tokens from one network were not good.
pub(crate) async fn authenticate(door: &Door<'_>, arrival: Arrival<'_>) -> Result<Option<Viewer>> {
    let Some(text) = bearer_token(arrival.headers)? else { return Ok(None) };
    let (viewer, _) = by_token(door, text, arrival.address).await?;
    Ok(Some(viewer))
}

/// The user whose token `authorization` holds, which is what such a header would, and when that expires, if ever.
///
/// # Errors
/// As [`authenticate`].
pub(crate) async fn admit(
    door: &Door<'_>,
    authorization: &str,
    address: Option<IpAddr>,
) -> Result<(Viewer, Option<DateTime<Utc>>)> {
    by_token(door, after_bearer(authorization).ok_or_else(no_bearer)?, address).await
}

async fn by_token(door: &Door<'_>, text: &str, address: Option<IpAddr>) -> Result<(Viewer, Option<DateTime<Utc>>)> {
    if ApiToken::is_meant(text) {
        return by_api_token(door, text, address).await;
    }
    let claims = door.tokens.verify(text, door.now)?;
    let viewer = in_session(door, claims.sub, claims.sid).await?;
    let ended = || Error::new(ErrorCode::Unauthenticated, "This session has ended. Sign in again.");
    Ok((viewer.ok_or_else(ended)?, DateTime::from_timestamp(claims.exp, 0)))
}

/// The user `user_id` signed in through the session or the API token `id`; `None` where one of them is no longer active.
pub(crate) async fn find_viewer(door: &Door<'_>, user_id: Uuid, id: Uuid) -> Result<Option<Viewer>> {
    if let Some(viewer) = in_session(door, user_id, id).await? {
        return Ok(Some(viewer));
    }
    let token = look_up_token(door, api_token::Column::Id.eq(id).and(api_token::Column::UserId.eq(user_id)));
    Ok(token.await?.and_then(|found| found.viewer))
}

async fn in_session(door: &Door<'_>, user_id: Uuid, session_id: Uuid) -> Result<Option<Viewer>> {
    let Door { db, viewers, now, .. } = *door;
    if let Some(viewer) = viewers.find(session_id, user_id, now) {
        return Ok(Some(viewer));
    }
    let epoch = viewers.epoch();
    let mut owner = active_user()
        .filter(user::Column::Id.eq(user_id))
        .filter(session::Column::Id.eq(session_id))
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(now))
        .filter(session::Column::AbsoluteExpiresAt.gt(now));
    QueryTrait::query(&mut owner).inner_join(
        session::Entity,
        Expr::col((session::Entity, session::Column::UserId)).equals((user::Entity, user::Column::Id)),
    );
    let found = patiently(owner.one(db.read())).await?;
    let viewer = found.map(|user| Viewer { user: user.into(), through: Through::Session(session_id) });
    if let Some(viewer) = &viewer {
        viewers.remember(epoch, viewer, now);
    }
    Ok(viewer)
}

/// Wrong ones are counted by their network, as sign-ins are: of those that are remembered none can be wrong. One that was
/// good once is not guessed: a program that goes on with it keeps out nobody but itself.
async fn by_api_token(door: &Door<'_>, text: &str, address: Option<IpAddr>) -> Result<(Viewer, Option<DateTime<Utc>>)> {
    let Door { viewers, failures, now, .. } = *door;
    let epoch = viewers.epoch();
    let hash = ApiToken::parse(text).map(|token| token.hash());
    if let Some(viewer) = hash.as_ref().and_then(|hash| viewers.find_by_token(hash, now)) {
        return Ok(viewer);
    }
    let network = address.map(Source::tokens_from);
    for source in network.into_iter().chain(hash.as_deref().map(Source::api_token)) {
        failures.check(source, now)?;
    }
    let mut source = network;
    if let Some(hash) = hash
        && let Some(Found { expires_at, viewer }) =
            look_up_token(door, api_token::Column::SecretHash.eq(hash.clone())).await?
    {
        source = Some(Source::api_token(&hash));
        if let Some(viewer) = viewer {
            viewers.remember_token(epoch, (hash, expires_at), &viewer, now);
            return Ok((viewer, expires_at));
        }
    }
    if let Some(source) = source {
        failures.count(source, now);
    }
    Err(Error::new(ErrorCode::Unauthenticated, "This API token is wrong, has expired, or was revoked."))
}

/// An API token that is good, or was.
struct Found {
    expires_at: Option<DateTime<Utc>>,
    /// The active user whom it acts for, with the lesser of both roles; `None` where it is not good any more.
    viewer: Option<Viewer>,
}

async fn look_up_token(door: &Door<'_>, is_meant: SimpleExpr) -> Result<Option<Found>> {
    let Door { db, now, .. } = *door;
    let db = db.read();
    let Some(token) = patiently(api_token::Entity::find().filter(is_meant).one(db)).await? else { return Ok(None) };
    let is_good = token.revoked_at.is_none() && token.expires_at.is_none_or(|expires_at| expires_at > now);
    let owner =
        if is_good { patiently(active_user().filter(user::Column::Id.eq(token.user_id)).one(db)).await? } else { None };
    let viewer = owner.map(|owner| {
        let user = user::Model { role: std::cmp::min(owner.role, token.role), ..owner };
        Viewer { user: user.into(), through: Through::ApiToken(token.id) }
    });
    Ok(Some(Found { expires_at: token.expires_at, viewer }))
}

fn active_user() -> Select<user::Entity> {
    user::Entity::find().filter(user::Column::IsActive.eq(true))
}

async fn patiently<T>(asked: impl Future<Output = Result<T, DbErr>>) -> Result<T> {
    let found = tokio::time::timeout(PATIENCE, look_up(asked)).await;
    Ok(found.map_err(|_| waited_in_vain("waited too long to look up who is asking"))??)
}

fn bearer_token(headers: &HeaderMap) -> Result<Option<&str>> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    match (value.to_str().ok().and_then(after_bearer), values.next()) {
        (Some(token), None) => Ok(Some(token)),
        _ => Err(no_bearer()),
    }
}

fn after_bearer(text: &str) -> Option<&str> {
    let (scheme, token) = text.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start_matches(' '))
}

fn no_bearer() -> Error {
    Error::new(ErrorCode::Unauthenticated, "The `Authorization` header must be sent once, as `Bearer <access token>`.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(values: &[&str]) -> HeaderMap {
        values.iter().map(|value| (AUTHORIZATION, value.parse().unwrap())).collect()
    }

    #[test]
    fn a_bearer_token_is_taken_from_one_header_in_any_case() {
        assert_eq!(bearer_token(&headers(&[])).unwrap(), None);
        assert_eq!(bearer_token(&headers(&["Bearer a.b.c"])).unwrap(), Some("a.b.c"));
        assert_eq!(bearer_token(&headers(&["bearer  a.b.c"])).unwrap(), Some("a.b.c"));
        for values in [&["a.b.c"][..], &["Basic YTpi"], &["Bearer"], &[""], &["Bearer a.b.c", "Bearer a.b.c"]] {
            assert!(bearer_token(&headers(values)).is_err(), "{values:?}");
        }
    }
}
