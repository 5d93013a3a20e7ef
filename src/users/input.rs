//! What clients send about users, parsed. Pure: knows neither database nor GraphQL.

use std::fmt;

use email_address::{EmailAddress, Options};
use entity::Role;
use unicode_normalization::UnicodeNormalization;

use super::look_alike;
use crate::{
    auth::Password,
    error::{Error, Problems, Result},
    text,
};

/// The most characters of an e-mail address (RFC 3696, erratum 1690).
pub(crate) const EMAIL_LENGTH: usize = 254;
/// The fewest characters of a word that no password of its owner may hold: shorter ones are in many by chance.
const WORD_LENGTH: usize = 4;
const SERVICE: &str = "tallybook";
/// The most characters of a name.
pub(crate) const NAME_LENGTH: usize = 100;

/// An e-mail address as it is stored and compared: trimmed, composed (NFC), lower-case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Email(String);

impl Email {
    /// An address from the input field `field`.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` when it is too long, or no address.
    pub fn parse(field: &'static str, text: &str) -> Result<Self> {
        let text = text.trim().nfc().collect::<String>().to_lowercase();
        let length = text.chars().count();
        if length > EMAIL_LENGTH {
            let message = format!("An e-mail address has at most {EMAIL_LENGTH} characters; this one has {length}.");
            return Err(Error::bad_input(field, message).with("maxLength", EMAIL_LENGTH));
        }
        let options = Options::default().without_display_text().without_domain_literal();
        let unseen = |c: char| c.is_control() || c.is_whitespace() || text::is_layout(c) || text::is_invisible(c);
        if text.contains(unseen) || EmailAddress::parse_with_options(&text, options).is_err() {
            return Err(Error::bad_input(field, "This is not a valid e-mail address. Example: ada@example.org."));
        }
        Ok(Self(text))
    }

    /// An address that somebody is to get, from the input field `field`: one that nobody takes for another.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` as [`Email::parse`], and for an address that mixes scripts or whose first part is in quotes.
    pub fn parse_new(field: &'static str, text: &str) -> Result<Self> {
        let email = Self::parse(field, text)?;
        if email.0.starts_with('"') {
            return Err(Error::bad_input(field, "The part before the @ cannot be in quotes; ada@example.org is not."));
        }
        if look_alike::is_mixed(&email.0) {
            return Err(Error::bad_input(field, "An e-mail address cannot mix scripts, such as Latin and Cyrillic."));
        }
        Ok(email)
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What people call a user: 1 to 100 characters on one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(String);

impl Name {
    /// A name from the input field `field`.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` when it is empty, too long, holds a control character, or mixes scripts in a word.
    pub fn parse(field: &'static str, text: &str) -> Result<Self> {
        let name = text::line(field, text, NAME_LENGTH)?;
        if name.split_whitespace().any(look_alike::is_mixed) {
            return Err(Error::bad_input(field, "A word cannot mix scripts, such as Latin and Cyrillic."));
        }
        Ok(Self(name))
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A validated user, not yet stored.
#[derive(Clone)]
pub struct NewUser {
    /// Unique among the users.
    pub email: Email,
    /// Display name.
    pub name: Name,
    /// What they may do.
    pub role: Role,
    /// What they sign in with.
    pub password: Password,
}

impl NewUser {
    /// A user of `role` from the input fields `email`, `name` and `password`.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` as [`Email::parse_new`], [`Name::parse`] and [`parse_password`] say.
    pub fn parse(email: &str, name: &str, password: String, role: Role) -> Result<Self> {
        let mut problems = Problems::default();
        let parsed = (
            problems.read(Email::parse_new("email", email)),
            problems.read(Name::parse("name", name)),
            problems.read(parse_password("password", password, email, name)),
        );
        let new = match parsed {
            (Some(email), Some(name), Some(password)) => Some(Self { email, name, role, password }),
            _ => None,
        };
        problems.finish(new)
    }
}

/// A new password of the user with this e-mail address and name, from the input field `field`.
///
/// # Errors
/// `BAD_USER_INPUT` as [`Password::parse`], and for one that holds the address, the part of it before the `@`, the name, a
/// word of the name, or the name of this service: what is tried first with this very account.
pub fn parse_password(field: &'static str, text: String, email: &str, name: &str) -> Result<Password> {
    let folded = text::fold(&text).replace(' ', "");
    let (email, name) = (text::fold(email), text::fold(name));
    let local_part = email.split('@').next().unwrap_or_default();
    let words = [SERVICE, &email, local_part, &name.replace(' ', "")].map(ToOwned::to_owned);
    let mut words = words.into_iter().chain(name.split(' ').map(ToOwned::to_owned));
    if words.any(|word| word.chars().count() >= WORD_LENGTH && folded.contains(&word)) {
        return Err(Error::bad_input(
            field,
            "A password cannot contain the e-mail address, the name or `tallybook`. Choose another.",
        ));
    }
    Password::parse(field, text)
}

/// What is to change of a user; `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct UserPatch {
    /// The version the change was made against.
    pub expected_version: Option<i32>,
    /// Display name.
    pub name: Option<Name>,
    /// What they may do.
    pub role: Option<Role>,
    /// Whether they may sign in.
    pub is_active: Option<bool>,
}

/// Restrictions that a user has to meet, all of them; `None` restricts nothing.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Name or e-mail address holds this text.
    pub search: Option<String>,
    /// Has this role, and no higher one.
    pub role: Option<Role>,
    /// Only active, or only inactive users.
    pub is_active: Option<bool>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_address_is_trimmed_and_lower_case() {
        let read = |text: &str| Email::parse("email", text).map(|email| email.to_string());
        assert_eq!(read(" Ada@Example.ORG ").unwrap(), "ada@example.org");
        assert_eq!(read("o'neil+books@example.org").unwrap(), "o'neil+books@example.org");
        assert_eq!(read("JOSE\u{301}@example.org").unwrap(), "josé@example.org");
    }

    #[test]
    fn an_address_that_passes_for_another_is_given_to_nobody() {
        for text in ["\"ada lovelace\"@example.org", "\"ada\"@example.org", "аda@example.org", "ada@exаmple.org"] {
            assert!(Email::parse_new("email", text).is_err(), "{text:?}");
        }
        for text in ["ada+books@example.org", "josé@example.org", "иван@пример.рф", "田中@example.jp"] {
            assert!(Email::parse_new("email", text).is_ok(), "{text:?}");
        }
    }

    #[test]
    fn a_password_is_not_what_everybody_knows_of_its_owner() {
        let parse = |text: &str| parse_password("password", text.to_owned(), "Okafor.A@example.org", "Adam Óla");
        for text in [
            "okafor.a@example.org",
            "OKAFOR.A@EXAMPLE.ORG",
            "my okafor.a 2026",
            "Adam Óla 2026",
            "adamóla!2026",
            "i-am-Adam-2026",
            "Tallybook2026!",
            "tally book 2026",
        ] {
            assert!(parse(text).is_err(), "{text:?}");
        }
        for text in ["correct horse battery staple", "ólafur likes tea", "madness and tea"] {
            assert!(parse(text).is_ok(), "{text:?}");
        }
        let short = |text: &str| parse_password("password", text.to_owned(), "al@example.org", "Al Li");
        assert!(short("halibut and chips").is_ok());
    }

    #[test]
    fn what_is_no_email_address_is_refused() {
        let long = format!("{}@example.org", "a".repeat(243));
        for text in [
            "",
            "ada",
            "ada@",
            "@example.org",
            "a da@example.org",
            "Ada <ada@example.org>",
            "ada@example.org\0",
            "ada\n@example.org",
            "ada@[127.0.0.1]",
            "a\u{200B}da@example.org",
            "ada\u{202E}@example.org",
            &long,
        ] {
            assert!(Email::parse("email", text).is_err(), "{text:?}");
        }
    }
}
