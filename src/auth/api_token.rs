//! API tokens: the text that a program sends, and how it is recognised.
//!
//! `tallybook_`, 256 random bits and the beginning of their SHA-256, both in `Base64URL`: a scanner of secrets knows the form,
//! and what was mistyped is refused before anything is looked up. Only the SHA-256 of the whole text is stored.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use crate::error::{Error, Result};

const PREFIX: &str = "tallybook_";
const SECRET_BYTES: usize = 32;
const CHECK_BYTES: usize = 4;

/// The text of a token.
pub(crate) struct ApiToken(String);

impl ApiToken {
    /// A new one.
    ///
    /// # Errors
    /// `INTERNAL_SERVER_ERROR` where the system has no random bits.
    pub(crate) fn new() -> Result<Self> {
        let mut secret = [0; SECRET_BYTES];
        getrandom::fill(&mut secret).map_err(Error::internal)?;
        Ok(Self::of(&secret))
    }

    fn of(secret: &[u8]) -> Self {
        let check = &Sha256::digest(secret)[..CHECK_BYTES];
        Self(format!("{PREFIX}{}", BASE64_URL_SAFE_NO_PAD.encode([secret, check].concat())))
    }

    /// Whether somebody means `text` to be an API token, and no access token of a session.
    pub(crate) fn is_meant(text: &str) -> bool {
        text.starts_with(PREFIX)
    }

    /// The token that `text` is, if it has the form of one.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text.strip_prefix(PREFIX)?).ok()?;
        let (secret, _) = bytes.split_at_checked(SECRET_BYTES)?;
        Some(Self::of(secret)).filter(|token| token.0 == text)
    }

    /// The text, which is shown once.
    pub(crate) fn text(self) -> String {
        self.0
    }

    /// What is stored of it.
    pub(crate) fn hash(&self) -> Vec<u8> {
        Sha256::digest(&self.0).to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_recognised_and_what_is_almost_one_is_not() {
        let token = ApiToken::new().unwrap();
        let (hash, text) = (token.hash(), token.text());
        assert_eq!(ApiToken::parse(&text).unwrap().hash(), hash);
        assert_eq!(text.len(), "tallybook_".len() + 48);
        for at in 0..text.len() {
            let mut other = text.clone().into_bytes();
            other[at] = if other[at] == b'A' { b'B' } else { b'A' };
            assert!(ApiToken::parse(std::str::from_utf8(&other).unwrap()).is_none(), "{at}");
        }
        for other in ["", "tallybook_", &text[..40], &format!("{text}A"), &text["tallybook_".len()..]] {
            assert!(ApiToken::parse(other).is_none(), "{other}");
        }
        assert_ne!(ApiToken::new().unwrap().hash(), hash);
    }
}
