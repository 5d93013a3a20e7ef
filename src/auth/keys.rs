//! Keys for other purposes than access tokens, derived from the secrets that sign those, so that nobody has to keep and
//! rotate a second list. What one purpose signs says nothing about another's keys.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::{
    config::Secret,
    error::{Error, Result},
};

type HmacSha256 = Hmac<Sha256>;

/// The keys of one purpose, one of each secret, in their order: the first signs, all verify.
#[derive(Clone)]
pub struct DerivedKeys(Vec<DerivedKey>);

/// A key for one purpose.
#[derive(Clone)]
pub struct DerivedKey(HmacSha256);

impl DerivedKey {
    /// The tag of the joined `parts`.
    pub(crate) fn tag(&self, parts: &[&[u8]]) -> [u8; 32] {
        tag(self.0.clone(), parts)
    }
}

impl DerivedKeys {
    /// HKDF with SHA-256 (RFC 5869): one block, no salt, `purpose` as its info.
    pub(super) fn new(secrets: &[Secret], purpose: &str) -> Self {
        let derive = |secret: &Secret| {
            let extracted = tag(keyed(&[]), &[secret.expose().as_bytes()]);
            DerivedKey(keyed(&tag(keyed(&extracted), &[purpose.as_bytes(), &[1]])))
        };
        Self(secrets.iter().map(derive).collect())
    }

    /// The key that signs.
    pub(crate) fn first(&self) -> Result<&DerivedKey> {
        self.0.first().ok_or_else(|| Error::internal("no secret to sign with"))
    }

    /// All of them, the one that signs first.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &DerivedKey> {
        self.0.iter()
    }

    /// Whether a key gives the joined `parts` a tag that begins with `start`, compared in constant time.
    pub(crate) fn verify(&self, parts: &[&[u8]], start: &[u8]) -> bool {
        self.0.iter().any(|key| absorb(key.0.clone(), parts).verify_truncated_left(start).is_ok())
    }
}

fn keyed(key: &[u8]) -> HmacSha256 {
    HmacSha256::new_from_slice(key).expect("HMAC takes keys of any length")
}

fn absorb(mac: HmacSha256, parts: &[&[u8]]) -> HmacSha256 {
    parts.iter().fold(mac, Mac::chain_update)
}

fn tag(mac: HmacSha256, parts: &[&[u8]]) -> [u8; 32] {
    absorb(mac, parts).finalize().into_bytes().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(secrets: &[&str], purpose: &str) -> DerivedKeys {
        let secrets: Vec<Secret> = secrets.iter().map(|secret| secret.parse().unwrap()).collect();
        DerivedKeys::new(&secrets, purpose)
    }

    #[test]
    fn a_tag_is_good_for_its_purpose_and_any_of_the_secrets() {
        let tag = keys(&["old"], "letters").first().unwrap().tag(&[b"a", b"b"]);
        assert!(keys(&["new", "old"], "letters").verify(&[b"ab"], &tag[..16]));
        assert!(!keys(&["new"], "letters").verify(&[b"ab"], &tag));
        assert!(!keys(&["old"], "parcels").verify(&[b"ab"], &tag));
        assert!(!keys(&["old"], "letters").verify(&[b"ac"], &tag));
    }
}
