//! Refresh tokens: what a client keeps to stay signed in. Stored only as a hash.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::error::{Error, Result};

const ID_BYTES: usize = 16;
const SECRET_BYTES: usize = 32;

/// The id of a session and 256 random bits.
pub struct RefreshToken {
    /// The session that it refreshes.
    pub session_id: Uuid,
    bytes: [u8; ID_BYTES + SECRET_BYTES],
}

impl RefreshToken {
    /// A new token for the session `session_id`.
    pub fn new(session_id: Uuid) -> Result<Self> {
        let mut bytes = [0; ID_BYTES + SECRET_BYTES];
        let (id, secret) = bytes.split_at_mut(ID_BYTES);
        id.copy_from_slice(session_id.as_bytes());
        getrandom::fill(secret).map_err(Error::internal)?;
        Ok(Self { session_id, bytes })
    }

    /// The token that a client sent, if it has the form of one.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes: [u8; ID_BYTES + SECRET_BYTES] = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?.try_into().ok()?;
        let session_id = Uuid::from_slice(&bytes[..ID_BYTES]).ok()?;
        Some(Self { session_id, bytes })
    }

    /// The token as it goes to the client.
    pub fn text(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.bytes)
    }

    /// The token as it is stored. It has too many random bits to be guessed, so that a fast hash will do.
    pub fn hash(&self) -> Vec<u8> {
        Sha256::digest(self.bytes).to_vec()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_comes_back_as_it_went_out() {
        let token = RefreshToken::new(Uuid::now_v7()).unwrap();
        let back = RefreshToken::parse(&token.text()).unwrap();
        assert_eq!((back.session_id, back.hash()), (token.session_id, token.hash()));
        assert_eq!(token.text().len(), 64);
        assert_ne!(RefreshToken::new(token.session_id).unwrap().hash(), token.hash());
    }

    #[test]
    fn other_text_is_no_token() {
        let token = RefreshToken::new(Uuid::now_v7()).unwrap().text();
        for text in ["", "abc", &token[1..], &format!("{token}AAAA"), &token.replacen(|_| true, "+", 1), "\0"] {
            assert!(RefreshToken::parse(text).is_none(), "{text:?}");
        }
    }
}
