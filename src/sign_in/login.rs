//! Signing in by e-mail address and password.

use entity::{audit_event::AuditAction, user};

use super::{SignedIn, networks};
use crate::{
    auth::{Attempts, Caller, Gate, Lane, Password, Source, area},
    change::Change,
    error::{Error, ErrorCode, Result},
    event::{Changes, Event},
    measures,
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
/// `INVALID_CREDENTIALS`, the same in the same time for an unknown address, a wrong password and a user who is not
/// active; `RATE_LIMITED` before any of them is looked at.
pub async fn login(services: &Services, caller: &Caller, credentials: Credentials) -> Result<SignedIn> {
    let signed_in = try_to_sign_in(services, caller, credentials).await;
    measures::signed_in(signed_in.as_ref().map_or_else(|error| error.code().as_str(), |_| "OK"));
    signed_in
}

async fn try_to_sign_in(services: &Services, caller: &Caller, credentials: Credentials) -> Result<SignedIn> {
    let email = Email::parse("email", &credentials.email).ok();
    let attempt = Attempt::new(services, caller, email.as_ref().map_or(&credentials.email, Email::as_str));
    let is_familiar = match (&email, &attempt.network) {
        (Some(email), Some(network)) => networks::is_familiar(services.db.read(), email.as_str(), network).await?,
        _ => false,
    };
    let attempt = Attempt { is_familiar, ..attempt };
    attempt.check().await?;
    attempt.count().await?;
    let user = match &email {
        Some(email) => users::find_by_email(services.db.read(), email).await?,
        None => None,
    };
    match attempt.admits(&credentials.password, user.as_ref()).await {
        Ok(is_admitted) => match user {
            Some(user) if is_admitted => attempt.admit(user, &credentials.password).await,
            user => attempt.refuse(user).await,
        },
        Err(error) if error.code() == ErrorCode::RateLimited => {
            attempt.take_back().await?;
            Err(error)
        }
        Err(error) => Err(error),
    }
}

struct Attempt<'a> {
    services: &'a Services,
    caller: &'a Caller,
    lane: Lane,
    /// Where it comes from, coarsely.
    network: Option<String>,
    /// Whether the account has signed in from there before: then what others guess does not count.
    is_familiar: bool,
    from_anywhere: Attempts,
    from_address: Option<Attempts>,
    from_here: Attempts,
}

/// Every transaction touches throttles by their keys, then user, then session, or two of them could deadlock.
impl<'a> Attempt<'a> {
    fn new(services: &'a Services, caller: &'a Caller, email: &str) -> Self {
        Self {
            services,
            caller,
            lane: Lane::of(caller.address, email),
            network: caller.address.map(area),
            is_familiar: false,
            from_anywhere: Attempts::to_sign_in_as(email),
            from_address: caller.address.map(Attempts::to_sign_in_from),
            from_here: Attempts::to_sign_in_as_from(email, caller.address),
        }
    }

    /// What the attempt is counted for, in the order of the keys.
    fn counters(&self) -> impl Iterator<Item = &Attempts> {
        (!self.is_familiar).then_some(&self.from_anywhere).into_iter().chain([&self.from_here])
    }

    async fn check(&self) -> Result<()> {
        self.gate().enter()?;
        let all: Vec<_> = self.counters().chain(&self.from_address).collect();
        Attempts::check(self.services.db.read(), self.services.clock.now(), &all).await
    }

    async fn count(&self) -> Result<()> {
        let mut change = self.change(None).await?;
        let now = change.now();
        for attempts in self.counters() {
            attempts.count(change.db(), now).await?;
        }
        change.commit().await
    }

    async fn take_back(&self) -> Result<()> {
        let change = self.change(None).await?;
        for attempts in self.counters() {
            attempts.take_back(change.db()).await?;
        }
        change.commit().await
    }

    async fn admits(&self, password: &Password, user: Option<&user::Model>) -> Result<bool> {
        self.services.passwords.admits(self.lane.clone(), self.gate(), password, user).await
    }

    async fn admit(self, user: user::Model, password: &Password) -> Result<SignedIn> {
        let Services { passwords, config, tokens, .. } = self.services;
        let other_cost = passwords.is_outdated(&user.password_hash);
        let hash = if other_cost { Some(passwords.hash_in(self.lane.clone(), password).await?) } else { None };
        let mut change = self.change(Some(&user)).await?;
        for attempts in self.counters() {
            attempts.succeeded(change.db()).await?;
        }
        let user = users::lock_if_unchanged(change.db(), &user).await?.ok_or_else(wrong_credentials)?;
        if let Some(hash) = hash {
            users::replace_hash(change.db(), user.id, hash).await?;
        }
        if let Some(network) = &self.network {
            networks::remember(&mut change, user.id, network.clone()).await?;
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
        if !self.is_familiar {
            self.from_anywhere.failed(change.db(), now).await?;
        }
        if let Some(address) = &self.from_address {
            address.failed(change.db(), now).await?;
        }
        self.from_here.failed(change.db(), now).await?;
        if let Some(user) = user {
            let changes = Changes::default().field("address", None, self.client().address.as_ref());
            change.record(Event::user(AuditAction::SignInFailed, &user).changes(changes));
        }
        change.commit().await?;
        Err(wrong_credentials())
    }

    fn gate(&self) -> Gate {
        let Services { failures, clock, .. } = self.services;
        let source = self.caller.address.map(Source::sign_ins_from);
        Gate { source, failures: failures.clone(), clock: clock.clone() }
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
    Error::new(
        ErrorCode::InvalidCredentials,
        "The e-mail address or the password is wrong, or the account is not active.",
    )
}
