//! What clients send about users, parsed. Pure: knows neither database nor GraphQL.

use std::fmt;

use email_address::{EmailAddress, Options};
use entity::Role;
use unicode_normalization::UnicodeNormalization;

use crate::{
    auth::Password,
    error::{Error, Result},
    text,
};

/// The most characters of an e-mail address (RFC 3696, erratum 1690).
const EMAIL_LENGTH: usize = 254;
/// The most characters of a name.
const NAME_LENGTH: usize = 100;

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
            return Err(Error::bad_input(
                field,
                format!("An e-mail address has at most {EMAIL_LENGTH} characters; this one has {length}."),
            ));
        }
        let options = Options::default().without_display_text().without_domain_literal();
        let unseen = |c: char| c.is_control() || c.is_whitespace() || text::is_layout(c) || text::is_invisible(c);
        if text.contains(unseen) || EmailAddress::parse_with_options(&text, options).is_err() {
            return Err(Error::bad_input(field, "This is not an e-mail address; ada@example.org is one."));
        }
        Ok(Self(text))
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
    /// `BAD_USER_INPUT` when it is empty, too long, or holds a control character.
    pub fn parse(field: &'static str, text: &str) -> Result<Self> {
        text::line(field, text, NAME_LENGTH).map(Self)
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
    /// As people call them.
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
    /// `BAD_USER_INPUT` as [`Email::parse`], [`Name::parse`] and [`Password::parse`] say.
    pub fn parse(email: &str, name: &str, password: String, role: Role) -> Result<Self> {
        Ok(Self {
            email: Email::parse("email", email)?,
            name: Name::parse("name", name)?,
            role,
            password: Password::parse("password", password)?,
        })
    }
}

/// What is to change of a user; `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct UserPatch {
    /// The version the change was made against.
    pub expected_version: Option<i32>,
    /// As people call them.
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
    /// May sign in, or may not.
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
