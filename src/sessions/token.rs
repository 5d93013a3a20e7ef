//! Refresh tokens: what a client keeps to stay signed in. Stored only as a hash.
//!
//! A token holds its session's id, a secret, and a tag of both by a key of ours. The tag tells a token that we once gave
//! from one that somebody made up, though the database remembers only the last two of a session. The secret of the first
//! is random, and that of each successor a tag of the token before it: a client that lost an answer gets the same one again.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    auth::{DerivedKey, DerivedKeys},
    error::{Error, Result},
};

const ID_BYTES: usize = 16;
const SECRET_BYTES: usize = 32;
const TAG_BYTES: usize = 16;
/// What is tagged, so that no tag can pass for the secret of a successor.
const GENUINE: &[u8] = b"genuine";
const SUCCESSOR: &[u8] = b"successor";

/// A refresh token, ours or made up.
pub(crate) struct RefreshToken {
    /// The session that it is for.
    pub(crate) session_id: Uuid,
    bytes: Vec<u8>,
    is_genuine: bool,
}

impl RefreshToken {
    /// A new token for the session `session_id`, by the first of `keys`.
    pub(crate) fn new(keys: &DerivedKeys, session_id: Uuid) -> Result<Self> {
        let mut secret = [0; SECRET_BYTES];
        getrandom::fill(&mut secret).map_err(Error::internal)?;
        Ok(Self::with_secret(keys.first()?, session_id, secret))
    }

    fn with_secret(key: &DerivedKey, session_id: Uuid, secret: [u8; SECRET_BYTES]) -> Self {
        let mut bytes = [session_id.as_bytes(), &secret[..]].concat();
        let tag = key.tag(&[GENUINE, &bytes]);
        bytes.extend(&tag[..TAG_BYTES]);
        Self { session_id, bytes, is_genuine: true }
    }

    /// The token that a client sent, if it has the form of one. Those of 0.1 have no tag.
    pub(crate) fn parse(keys: &DerivedKeys, text: &str) -> Option<Self> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let (signed, tag) = bytes.split_at_checked(ID_BYTES + SECRET_BYTES)?;
        let is_genuine = match tag.len() {
            0 => false,
            TAG_BYTES => keys.verify(&[GENUINE, signed], tag),
            _ => return None,
        };
        let session_id = Uuid::from_slice(&signed[..ID_BYTES]).ok()?;
        Some(Self { session_id, bytes, is_genuine })
    }

    /// The token that follows this one, by `key`.
    pub(crate) fn successor(&self, key: &DerivedKey) -> Self {
        Self::with_secret(key, self.session_id, key.tag(&[SUCCESSOR, &self.bytes]))
    }

    /// Whether the tag says that the token was given by us, now or long ago.
    pub(crate) fn is_genuine(&self) -> bool {
        self.is_genuine
    }

    /// The token as it goes to the client.
    pub(crate) fn text(&self) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(&self.bytes)
    }

    /// The token as it is stored. It has too many random bits to be guessed, so that a fast hash will do.
    pub(crate) fn hash(&self) -> Vec<u8> {
        Sha256::digest(&self.bytes).to_vec()
    }
}
