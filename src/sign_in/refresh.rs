//! Staying signed in: a refresh token is exchanged for the next.

use entity::session;
use sea_orm::ConnectionTrait;

use super::SignedIn;
use crate::{
    auth::Caller,
    error::{Error, ErrorCode, Result},
    services::Services,
    sessions::{self, Lifetimes, Presented, RefreshToken, Standing},
    users,
};

/// Refreshes the session that the text of a refresh token belongs to. Only a token that changes something opens a
/// change: others are told by looking.
///
/// # Errors
/// `UNAUTHENTICATED`, of a token the same for every reason, and `RATE_LIMITED` after too many of them. A former token ends
/// its session.
pub async fn refresh(services: &Services, caller: &Caller, text: Option<&str>) -> Result<SignedIn> {
    let text = text.ok_or_else(no_token)?;
    let presented = Presented::read(services, caller, text)?;
    let refreshed = match &presented.token {
        Some(token) => exchange(services, caller, token).await?,
        None => None,
    };
    refreshed.ok_or_else(|| {
        presented.failed(services);
        wrong_token()
    })
}

async fn exchange(services: &Services, caller: &Caller, token: &RefreshToken) -> Result<Option<SignedIn>> {
    let keys = services.tokens.refresh_keys();
    let (reader, now) = (services.db.read(), services.clock.now());
    match sessions::look_up(reader, now, token, keys).await? {
        (Standing::Unknown, _) | (_, None) => return Ok(None),
        (Standing::JustReplaced(given), Some(session)) => return signed_in(reader, session, given).await,
        (Standing::Present | Standing::Former, Some(_)) => {}
    }
    let next = token.successor(keys.first()?);
    let mut change = services.change(caller.author(None)).await?;
    if let Some(session) = sessions::rotate(&mut change, token, &next, Lifetimes::of(&services.config)?).await? {
        let refreshed = signed_in(change.db(), session, next).await?;
        change.commit().await?;
        return Ok(refreshed);
    }
    // Another request with the same token came first, or it is a former one.
    let at = change.now();
    match sessions::look_up(change.db(), at, token, keys).await? {
        (Standing::JustReplaced(given), Some(session)) => {
            let refreshed = signed_in(change.db(), session, given).await?;
            change.rollback().await?;
            Ok(refreshed)
        }
        (Standing::Former, _) => {
            sessions::end_reused(&mut change, token).await?;
            change.commit().await?;
            Ok(None)
        }
        (Standing::Present | Standing::Unknown | Standing::JustReplaced(_), _) => Ok(None),
    }
}

async fn signed_in(
    db: &impl ConnectionTrait,
    session: session::Model,
    refresh_token: RefreshToken,
) -> Result<Option<SignedIn>> {
    let user = users::find(db, session.user_id).await?;
    let user = user.ok_or_else(|| Error::internal("a session without its user"))?;
    Ok(Some(SignedIn { session, user, refresh_token }))
}

fn no_token() -> Error {
    let message = "There is no refresh token: the input has none, and no cookie came with the request. Sign in.";
    Error::new(ErrorCode::Unauthenticated, message)
}

fn wrong_token() -> Error {
    Error::new(
        ErrorCode::Unauthenticated,
        "The refresh token is not valid: it was used before, or its session has ended. Sign in again.",
    )
}
