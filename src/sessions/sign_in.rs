//! Who gets a session: by e-mail address and password, or by the refresh token of one.

use entity::{
    audit_event::{AuditAction, AuditEntity},
    session, user,
};

use super::{
    store::{self, Client, Lifetimes},
    token::RefreshToken,
};
use crate::{
    auth::{Attempts, Author, Caller, Password},
    change::{Change, Changes, Event},
    error::{Error, ErrorCode, Result},
    services::Services,
    users::{self, Email},
};

/// A session that was just opened or refreshed, and what its client gets.
pub struct Admission {
    /// The session.
    pub session: session::Model,
    /// Whose it is.
    pub user: user::Model,
    /// The token that refreshes it next.
    pub refresh_token: RefreshToken,
}

/// What somebody typed to sign in.
pub struct Credentials {
    /// Anything, perhaps an e-mail address.
    pub email: String,
    /// Anything.
    pub password: Password,
}

/// Opens a session for the user with these credentials.
///
/// # Errors
/// `UNAUTHENTICATED`, the same in the same time for an unknown address, a wrong password and a user who is not
/// active; `RATE_LIMITED` before any of them is looked at.
pub async fn sign_in(services: &Services, caller: &Caller, credentials: Credentials) -> Result<Admission> {
    let email = Email::parse("email", &credentials.email).ok();
    let account = Attempts::to_sign_in_as(email.as_ref().map_or(&credentials.email, Email::as_str));
    let attempt = Attempt { services, caller, account, address: caller.address.map(Attempts::to_sign_in_from) };
    attempt.count().await?;
    let user = match &email {
        Some(email) => users::find_by_email(services.db.read(), email).await?,
        None => None,
    };
    let hash = user.as_ref().map(|user| user.password_hash.clone());
    let matches = services.passwords.verify(&credentials.password, hash).await?;
    match user {
        Some(user) if matches && user.is_active => attempt.admit(user, &credentials.password).await,
        user => attempt.refuse(user).await,
    }
}

struct Attempt<'a> {
    services: &'a Services,
    caller: &'a Caller,
    account: Attempts,
    address: Option<Attempts>,
}

/// Every transaction touches address, account, user and session in this order, or two of them could deadlock.
impl Attempt<'_> {
    async fn count(&self) -> Result<()> {
        let mut change = self.change(None).await?;
        let now = change.now();
        if let Some(address) = &self.address {
            address.count(change.db(), now).await?;
        }
        self.account.count(change.db(), now).await?;
        change.commit().await
    }

    async fn admit(self, user: user::Model, password: &Password) -> Result<Admission> {
        let Services { passwords, config, .. } = self.services;
        let stronger =
            if passwords.is_outdated(&user.password_hash) { Some(passwords.hash(password).await?) } else { None };
        let mut change = self.change(Some(&user)).await?;
        if let Some(address) = &self.address {
            address.succeeded(change.db()).await?;
        }
        self.account.succeeded(change.db()).await?;
        let user = users::still_welcome(change.db(), &user).await?.ok_or_else(wrong_credentials)?;
        if let Some(hash) = stronger {
            users::replace_hash(change.db(), user.id, hash).await?;
        }
        let origin = (self.client(), Lifetimes::of(config)?);
        let (session, refresh_token) = store::open(&mut change, user.id, origin).await?;
        change.commit().await?;
        Ok(Admission { session, user, refresh_token })
    }

    /// Writes for an unknown user, too, so that the answer takes as long.
    async fn refuse<T>(self, user: Option<user::Model>) -> Result<T> {
        let mut change = self.change(None).await?;
        let now = change.now();
        self.account.failed(change.db(), now).await?;
        if let Some(user) = user {
            let changes = Changes::default().field("address", None, self.client().address.as_ref());
            change.record(Event::new(AuditAction::SignInFailed, AuditEntity::User, user.id).changes(changes));
        }
        change.commit().await?;
        Err(wrong_credentials())
    }

    async fn change(&self, author: Option<&user::Model>) -> Result<Change> {
        self.services.change(self.caller.author(author.map(|user| user.id))).await
    }

    fn client(&self) -> Client {
        Client {
            user_agent: self.caller.user_agent.clone(),
            address: self.caller.address.map(|address| address.to_canonical().to_string()),
        }
    }
}

fn wrong_credentials() -> Error {
    Error::new(ErrorCode::Unauthenticated, "The e-mail address or the password is wrong, or the account is not active.")
}

/// Refreshes the session that the text of a refresh token belongs to.
///
/// # Errors
/// `UNAUTHENTICATED`, the same for every reason. A token that was used before ends its session.
pub async fn refresh(services: &Services, author: Author, token: Option<&str>) -> Result<Admission> {
    let token = token.and_then(RefreshToken::parse).ok_or_else(wrong_token)?;
    let lifetimes = Lifetimes::of(&services.config)?;
    let mut change = services.change(author).await?;
    let now = change.now();
    let Some((session, refresh_token)) = store::rotate(change.db(), now, &token, lifetimes).await? else {
        store::end_if_reused(&mut change, &token).await?;
        change.commit().await?;
        return Err(wrong_token());
    };
    let user = users::find(change.db(), session.user_id).await?;
    change.commit().await?;
    match user {
        Some(user) => Ok(Admission { session, user, refresh_token }),
        None => Err(Error::internal("a session without its user")),
    }
}

fn wrong_token() -> Error {
    Error::new(
        ErrorCode::Unauthenticated,
        "The refresh token is not valid: it was used before, or its session has ended. Sign in again.",
    )
}
