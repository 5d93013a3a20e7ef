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
    auth::{Attempts, Password},
    context::{Caller, Services},
    error::{Error, ErrorCode, Result},
    trail::{self, Act, Changes},
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
        Some(email) => users::find_by_email(&*services.db, email).await?,
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
        let (tx, now) = (self.services.db.write().await?, self.services.clock.now());
        if let Some(address) = &self.address {
            address.count(&*tx, now).await?;
        }
        self.account.count(&*tx, now).await?;
        tx.commit().await
    }

    async fn admit(self, user: user::Model, password: &Password) -> Result<Admission> {
        let Services { passwords, config, db, .. } = self.services;
        let stronger =
            if passwords.is_outdated(&user.password_hash) { Some(passwords.hash(password).await?) } else { None };
        let act = self.act(Some(&user));
        let tx = db.write().await?;
        if let Some(address) = &self.address {
            address.succeeded(&*tx).await?;
        }
        self.account.succeeded(&*tx).await?;
        let user = users::still_welcome(&*tx, &user).await?.ok_or_else(wrong_credentials)?;
        if let Some(hash) = stronger {
            users::replace_hash(&*tx, user.id, hash).await?;
        }
        let origin = (self.client(), Lifetimes::of(config)?);
        let (session, refresh_token) = store::open(&*tx, &act, user.id, origin).await?;
        tx.commit().await?;
        Ok(Admission { session, user, refresh_token })
    }

    /// Writes for an unknown user, too, so that the answer takes as long.
    async fn refuse<T>(self, user: Option<user::Model>) -> Result<T> {
        let (tx, act) = (self.services.db.write().await?, self.act(None));
        self.account.failed(&*tx, act.at).await?;
        if let Some(user) = user {
            let changes = Changes::default().field("address", None, self.client().address.as_ref());
            trail::append(&*tx, &act, AuditAction::SignInFailed, (AuditEntity::User, user.id), changes).await?;
        }
        tx.commit().await?;
        Err(wrong_credentials())
    }

    fn act(&self, actor: Option<&user::Model>) -> Act {
        Act {
            actor: actor.map(|user| user.id),
            at: self.services.clock.now(),
            request_id: Some(self.caller.request_id.clone()),
        }
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
pub async fn refresh(services: &Services, act: &Act, token: Option<&str>) -> Result<Admission> {
    let token = token.and_then(RefreshToken::parse).ok_or_else(wrong_token)?;
    let lifetimes = Lifetimes::of(&services.config)?;
    let tx = services.db.write().await?;
    let Some((session, refresh_token)) = store::rotate(&*tx, act.at, &token, lifetimes).await? else {
        store::end_if_reused(&*tx, act, &token).await?;
        services.viewers.commit(tx).await?;
        return Err(wrong_token());
    };
    let user = users::find(&*tx, session.user_id).await?;
    tx.commit().await?;
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
