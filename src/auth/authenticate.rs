//! From a request's `Authorization` header to its viewer.

use std::time::Duration;

use axum::http::{HeaderMap, header::AUTHORIZATION};
use chrono::{DateTime, Utc};
use entity::{session, user};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryTrait,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use super::{Tokens, Viewer, Viewers};
use crate::{
    db::{Db, look_up, waited_in_vain},
    error::{Error, ErrorCode, Result},
};

/// Longest that looking up who is asking may take. A database that is busier than that has no time for the rest.
const PATIENCE: Duration = Duration::from_secs(1);

/// The user whose access token the request carries; `None` for a request that carries none.
///
/// # Errors
/// `UNAUTHENTICATED` for a header or a token that is not good, and for a session or a user that is not active.
pub async fn authenticate(
    db: &Db,
    (tokens, viewers): (&Tokens, &Viewers),
    now: DateTime<Utc>,
    headers: &HeaderMap,
) -> Result<Option<Viewer>> {
    let Some(token) = bearer_token(headers)? else { return Ok(None) };
    let claims = tokens.verify(token, now)?;
    let viewer = find_viewer(db, viewers, (claims.sub, claims.sid), now).await?;
    let ended = || Error::new(ErrorCode::Unauthenticated, "This session has ended. Sign in again.");
    viewer.ok_or_else(ended).map(Some)
}

/// The user `user_id` in their session `session_id`; `None` where one of them is no longer active.
pub(crate) async fn find_viewer(
    db: &Db,
    viewers: &Viewers,
    (user_id, session_id): (Uuid, Uuid),
    now: DateTime<Utc>,
) -> Result<Option<Viewer>> {
    if let Some(viewer) = viewers.find(session_id, user_id, now) {
        return Ok(Some(viewer));
    }
    let epoch = viewers.epoch();
    let mut owner = user::Entity::find()
        .filter(user::Column::Id.eq(user_id))
        .filter(user::Column::IsActive.eq(true))
        .filter(session::Column::Id.eq(session_id))
        .filter(session::Column::RevokedAt.is_null())
        .filter(session::Column::ExpiresAt.gt(now))
        .filter(session::Column::AbsoluteExpiresAt.gt(now));
    QueryTrait::query(&mut owner).inner_join(
        session::Entity,
        Expr::col((session::Entity, session::Column::UserId)).equals((user::Entity, user::Column::Id)),
    );
    let found = tokio::time::timeout(PATIENCE, look_up(owner.one(db.read())));
    let found = found.await.map_err(|_| waited_in_vain("waited too long to look up who is asking"))??;
    let viewer = found.map(|user| Viewer { user: user.into(), session_id });
    if let Some(viewer) = &viewer {
        viewers.remember(epoch, viewer, now);
    }
    Ok(viewer)
}

fn bearer_token(headers: &HeaderMap) -> Result<Option<&str>> {
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let token = value.to_str().ok().and_then(|text| {
        let (scheme, token) = text.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim_start_matches(' '))
    });
    match (token, values.next()) {
        (Some(token), None) => Ok(Some(token)),
        _ => Err(Error::new(
            ErrorCode::Unauthenticated,
            "The `Authorization` header must be sent once, as `Bearer <access token>`.",
        )),
    }
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
