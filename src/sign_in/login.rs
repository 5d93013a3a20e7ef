//! Signing in by e-mail address and password.

use entity::{
    audit_event::{AuditAction, AuditEntity},
    user,
};

use super::SignedIn;
use crate::{
    auth::{Attempts, Caller, Password},
    change::{Change, Changes, Event},
    error::{Error, ErrorCode, Result},
    services::Services,
    sessions::{self, Client, Lifetimes, NewSession},
    users::{self, Email},
};

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
pub async fn login(services: &Services, caller: &Caller, credentials: Credentials) -> Result<SignedIn> {
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

    async fn admit(self, user: user::Model, password: &Password) -> Result<SignedIn> {
        let Services { passwords, config, tokens, .. } = self.services;
        let stronger =
            if passwords.is_outdated(&user.password_hash) { Some(passwords.hash(password).await?) } else { None };
        let mut change = self.change(Some(&user)).await?;
        if let Some(address) = &self.address {
            address.succeeded(change.db()).await?;
        }
        self.account.succeeded(change.db()).await?;
        let user = users::lock_if_unchanged(change.db(), &user).await?.ok_or_else(wrong_credentials)?;
        if let Some(hash) = stronger {
            users::replace_hash(change.db(), user.id, hash).await?;
        }
        let new = NewSession { user_id: user.id, client: self.client(), lifetimes: Lifetimes::of(config)? };
        let (session, refresh_token) = sessions::open(&mut change, tokens.refresh_keys(), new).await?;
        change.commit().await?;
        Ok(SignedIn { session, user, refresh_token })
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
