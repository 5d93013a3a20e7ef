//! Staying signed in: a refresh token is exchanged for the next.

use super::SignedIn;
use crate::{
    auth::Author,
    error::{Error, ErrorCode, Result},
    services::Services,
    sessions::{self, Lifetimes, RefreshToken},
    users,
};

/// Refreshes the session that the text of a refresh token belongs to.
///
/// # Errors
/// `UNAUTHENTICATED`, the same for every reason. A token that was used before ends its session.
pub async fn refresh(services: &Services, author: Author, token: Option<&str>) -> Result<SignedIn> {
    let token = token.and_then(RefreshToken::parse).ok_or_else(wrong_token)?;
    let lifetimes = Lifetimes::of(&services.config)?;
    let mut change = services.change(author).await?;
    let now = change.now();
    let Some((session, refresh_token)) = sessions::rotate(change.db(), now, &token, lifetimes).await? else {
        sessions::end_if_reused(&mut change, &token).await?;
        change.commit().await?;
        return Err(wrong_token());
    };
    let user = users::find(change.db(), session.user_id).await?;
    change.commit().await?;
    match user {
        Some(user) => Ok(SignedIn { session, user, refresh_token }),
        None => Err(Error::internal("a session without its user")),
    }
}

fn wrong_token() -> Error {
    Error::new(
        ErrorCode::Unauthenticated,
        "The refresh token is not valid: it was used before, or its session has ended. Sign in again.",
    )
}
