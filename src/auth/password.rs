//! Passwords: parsed once, hashed with bcrypt off the async threads.
//!
//! bcrypt looks at 72 bytes and no more, so that it gets `base64(hmac-sha384(password))`, 64 ASCII
//! bytes, as OWASP's password storage cheat sheet has it. The key of the HMAC is fixed: it keeps our
//! hashes apart from any other service's, and leaves no second secret to lose.

use std::{
    collections::HashSet,
    fmt,
    sync::{
        Arc, LazyLock,
        atomic::{AtomicU32, Ordering},
    },
};

use base64::{Engine, prelude::BASE64_STANDARD};
use entity::user;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha384;

use super::{Lane, failures::Gate, threads::Threads};
use crate::error::{Error, Result};

/// The most common passwords of 8 and more characters, in lower case.
static COMMON: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("../../assets/common-passwords.txt").lines().collect());

const PREHASH_KEY: &[u8] = b"tallybook password v1";
/// Characters of a bcrypt hash behind its version and cost: 22 of salt, 31 of hash.
const SALT_AND_HASH_LENGTH: usize = 53;

/// A password as it was typed: 8 to 128 characters of any script, verified whole.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// The fewest and the most characters of a new password.
    pub const LENGTH: std::ops::RangeInclusive<usize> = 8..=128;

    /// A new password from the input field `field`.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` when it is too short, too long, holds a NUL, or is among those that everybody tries first.
    pub fn parse(field: &'static str, text: String) -> Result<Self> {
        let characters = text.chars().count();
        if !Self::LENGTH.contains(&characters) {
            let (least, most) = (*Self::LENGTH.start(), *Self::LENGTH.end());
            let message = format!("A password must have {least} to {most} characters; this one has {characters}.");
            return Err(Error::bad_input(field, message).with("minLength", least).with("maxLength", most));
        }
        if text.contains('\0') {
            return Err(Error::bad_input(field, "A password cannot contain a NUL character."));
        }
        if COMMON.contains(&*text.to_lowercase()) {
            return Err(Error::bad_input(field, "This password is too common. Choose another."));
        }
        Ok(Self(text))
    }

    /// A password to compare with, as somebody typed it at sign-in; it may have any length.
    #[must_use]
    pub fn attempt(text: String) -> Self {
        Self(text)
    }

    fn prehash(&self) -> Result<String> {
        let mut mac = Hmac::<Sha384>::new_from_slice(PREHASH_KEY).map_err(Error::internal)?;
        mac.update(self.0.as_bytes());
        Ok(BASE64_STANDARD.encode(mac.finalize().into_bytes()))
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

/// Hashes and verifies passwords.
#[derive(Clone)]
pub struct Passwords {
    cost: u32,
    /// The highest cost of a hash that is known to be stored; never less than `cost`.
    highest: Arc<AtomicU32>,
    threads: Threads,
}

impl Passwords {
    /// `cost` is bcrypt's work factor.
    #[must_use]
    pub fn new(cost: u32) -> Self {
        Self { cost, highest: Arc::new(cost.into()), threads: Threads::start() }
    }

    /// Says that hashes of this cost are stored, as they are after `BCRYPT_COST` was lowered.
    pub fn expect_cost(&self, cost: u32) {
        self.highest.fetch_max(cost, Ordering::Relaxed);
    }

    /// The hash to store for `password`.
    pub async fn hash(&self, password: &Password) -> Result<String> {
        self.hash_in(Lane::default(), password).await
    }

    /// The hash to store for `password`, made when it is the turn of `lane`.
    #[expect(clippy::disallowed_methods, reason = "this is the home of password hashing")]
    pub async fn hash_in(&self, lane: Lane, password: &Password) -> Result<String> {
        let (prehash, cost) = (password.prehash()?, self.cost);
        self.threads.run(lane, move || bcrypt::hash(prehash, cost)).await?.map_err(Error::internal)
    }

    /// Whether `password` is the one that `hash` was made of.
    #[expect(clippy::disallowed_methods, reason = "this is the home of password hashing")]
    pub async fn verify(&self, lane: Lane, password: &Password, hash: String) -> Result<bool> {
        let prehash = password.prehash()?;
        self.threads.run(lane, move || bcrypt::verify(prehash, &hash)).await?.map_err(Error::internal)
    }

    /// Whether `password` lets `user` in, looked at when it is the turn of `lane` and `gate` allows it. A refusal takes
    /// the same time whether there is no such user, they are inactive or the password is wrong, and at whatever cost
    /// their hash was made.
    #[expect(clippy::disallowed_methods, reason = "this is the home of password hashing")]
    pub(crate) async fn admits(
        &self,
        lane: Lane,
        gate: Gate,
        password: &Password,
        user: Option<&user::Model>,
    ) -> Result<bool> {
        let is_active = user.is_some_and(|user| user.is_active);
        let hash = user.map_or_else(|| self.decoy(), |user| user.password_hash.clone());
        let cost = cost(&hash).unwrap_or(self.cost);
        self.expect_cost(cost);
        let (prehash, highest) = (password.prehash()?, self.highest.load(Ordering::Relaxed));
        let look = move || {
            gate.enter()?;
            let is_admitted = bcrypt::verify(&prehash, &hash).map_err(Error::internal)? && is_active;
            if !is_admitted {
                gate.failed();
                // 2^cost rounds are done. Those of each cost up to the highest make it 2^highest.
                for cost in cost..highest {
                    bcrypt::hash(&prehash, cost).map_err(Error::internal)?;
                }
            }
            Ok(is_admitted)
        };
        self.threads.run(lane, look).await?
    }

    /// A hash of nobody's password.
    fn decoy(&self) -> String {
        let highest = self.highest.load(Ordering::Relaxed);
        format!("$2b${highest:02}${}", ".".repeat(SALT_AND_HASH_LENGTH))
    }

    /// Whether `hash` was made at another cost than hashes are made at now.
    #[must_use]
    pub fn is_outdated(&self, hash: &str) -> bool {
        cost(hash).is_some_and(|cost| cost != self.cost)
    }
}

fn cost(hash: &str) -> Option<u32> {
    hash.parse::<bcrypt::HashParts>().ok().map(|parts| parts.get_cost())
}

#[cfg(test)]
mod tests {
    use super::{super::Failures, *};
    use crate::clock::Clock;

    /// The lowest cost that bcrypt knows: fast.
    const COST: u32 = 4;

    fn parse(text: &str) -> Result<Password> {
        Password::parse("password", text.to_owned())
    }

    #[test]
    fn a_password_has_eight_to_a_hundred_and_twenty_eight_characters_of_any_script() {
        for text in ["pässwörd", "密码密码密码密码", &"🔑".repeat(128), "with blanks  and\ttabs "] {
            assert!(parse(text).is_ok(), "{text:?}");
        }
        for text in ["", "seven77", &"x".repeat(129), "nul\0inside"] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn the_passwords_that_are_tried_first_are_refused_in_any_case() {
        assert!(COMMON.len() >= 3_000, "{}", COMMON.len());
        for text in COMMON.iter().copied() {
            assert!(text.len() >= *Password::LENGTH.start() && text == text.to_lowercase(), "{text:?}");
            assert!(parse(text).is_err() && parse(&text.to_uppercase()).is_err(), "{text:?}");
        }
    }

    /// What several tallies of leaks have on their first pages, so that the list is one of those and stays one.
    #[test]
    fn the_list_has_what_everybody_knows() {
        for text in [
            "12345678",
            "123456789",
            "1234567890",
            "11111111",
            "00000000",
            "87654321",
            "88888888",
            "12341234",
            "password",
            "password1",
            "password123",
            "Passw0rd",
            "p@ssw0rd",
            "qwertyuiop",
            "qwerty123",
            "1qaz2wsx",
            "1q2w3e4r",
            "1q2w3e4r5t",
            "asdfghjkl",
            "zxcvbnm1",
            "q1w2e3r4",
            "qazwsxedc",
            "iloveyou",
            "sunshine",
            "princess",
            "football",
            "baseball",
            "superman",
            "trustno1",
            "starwars",
            "whatever",
            "computer",
            "michelle",
            "jennifer",
            "liverpool",
            "abcd1234",
            "letmein1",
            "welcome1",
            "charlie1",
            "administrator",
        ] {
            assert!(parse(text).is_err(), "{text:?}");
        }
    }

    #[tokio::test]
    async fn a_long_password_is_verified_to_its_last_character() {
        let passwords = Passwords::new(COST);
        let long = "a".repeat(120);
        let hash = passwords.hash(&parse(&format!("{long}b")).unwrap()).await.unwrap();
        let matches = async |text: String| {
            passwords.verify(Lane::default(), &Password::attempt(text), hash.clone()).await.unwrap()
        };
        assert!(matches(format!("{long}b")).await);
        assert!(!matches(format!("{long}c")).await);
        assert!(!matches(long).await);
    }

    async fn admits(passwords: &Passwords, user: Option<&user::Model>) -> bool {
        let gate = Gate { source: None, failures: Failures::default(), clock: Clock::default() };
        passwords.admits(Lane::default(), gate, &parse("correct horse").unwrap(), user).await.unwrap()
    }

    #[tokio::test]
    async fn nobody_has_the_password_of_an_unknown_user() {
        assert!(!admits(&Passwords::new(COST), None).await);
    }

    #[tokio::test]
    async fn a_hash_of_another_cost_is_outdated() {
        let hash = Passwords::new(COST + 1).hash(&parse("correct horse").unwrap()).await.unwrap();
        assert!(Passwords::new(COST).is_outdated(&hash));
        assert!(Passwords::new(COST + 2).is_outdated(&hash));
        assert!(!Passwords::new(COST + 1).is_outdated(&hash));
    }

    /// The decoy costs what the dearest known hash does.
    #[test]
    fn nobody_is_as_dear_as_the_dearest_user() {
        let passwords = Passwords::new(COST);
        passwords.expect_cost(COST + 2);
        assert_eq!(cost(&passwords.decoy()), Some(COST + 2));
        passwords.expect_cost(COST + 1);
        assert_eq!(cost(&passwords.decoy()), Some(COST + 2));
    }
}
