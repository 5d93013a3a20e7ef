//! Automatic persisted queries, by Apollo's protocol: a client names a document by the SHA-256 of its text, and sends
//! the text only where the server does not know it.

use gateway::Key;
use serde_json::{Map, Value as Json};
use sha2::{Digest, Sha256};

use super::refusal::{Refusal, bad};
use crate::error::{Error, ErrorCode};

/// What clients look for in an answer, to the letter, before they send the text.
const UNKNOWN: &str = "PersistedQueryNotFound";

/// The SHA-256 of a document's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hash(Key);

impl Hash {
    /// The hash in a request's `extensions`, if there is one.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` for another version, and for a hash that is none.
    pub fn find(extensions: &Map<String, Json>) -> Result<Option<Self>, Refusal> {
        let persisted = match extensions.get("persistedQuery") {
            None | Some(Json::Null) => return Ok(None),
            Some(Json::Object(persisted)) => persisted,
            Some(_) => return Err(bad("`extensions.persistedQuery` must be an object.")),
        };
        if persisted.get("version").and_then(Json::as_u64) != Some(1) {
            return Err(bad("`extensions.persistedQuery.version` must be 1; the server knows no other."));
        }
        let hash = persisted.get("sha256Hash").and_then(Json::as_str).and_then(parse);
        let message = "`extensions.persistedQuery.sha256Hash` must be a SHA-256: 64 hexadecimal digits in lower case.";
        hash.map(|hash| Some(Self(hash))).ok_or_else(|| bad(message))
    }

    /// Refuses a text of another hash: under this one, others would get it.
    ///
    /// # Errors
    /// `BAD_USER_INPUT`.
    pub fn check(&self, text: &str) -> Result<(), Refusal> {
        if Sha256::digest(text).as_slice() == self.0.as_slice() {
            return Ok(());
        }
        Err(bad("The provided sha does not match the query: `sha256Hash` is not the SHA-256 of `query`."))
    }

    /// What the text is kept under.
    pub fn key(&self) -> &Key {
        &self.0
    }
}

/// The refusal that makes clients send the text.
pub fn unknown() -> Refusal {
    Error::new(ErrorCode::PersistedQueryNotFound, UNKNOWN).into()
}

fn parse(text: &str) -> Option<Key> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let mut key = Key::default();
    let (pairs, rest) = text.as_bytes().as_chunks::<2>();
    if pairs.len() != key.len() || !rest.is_empty() {
        return None;
    }
    for (byte, [high, low]) in key.iter_mut().zip(pairs) {
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const OF_A: &str = "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb";

    fn found(persisted: Json) -> Result<Option<Hash>, String> {
        let extensions = Map::from_iter([("persistedQuery".to_owned(), persisted), ("other".to_owned(), json!(1))]);
        Hash::find(&extensions).map_err(|refusal| refusal.errors[0].message.clone())
    }

    #[test]
    fn a_hash_belongs_to_one_text() {
        let hash = found(json!({"version": 1, "sha256Hash": OF_A, "more": {}})).unwrap().unwrap();
        assert!(hash.check("a").is_ok());
        for other in ["", "a ", "A", "\u{feff}a"] {
            assert!(hash.check(other).unwrap_err().errors[0].message.contains("does not match"), "{other}");
        }
    }

    #[test]
    fn without_one_there_is_none() {
        assert_eq!(Hash::find(&Map::new()).unwrap(), None);
        assert_eq!(found(Json::Null), Ok(None));
    }

    #[test]
    fn what_is_no_hash_of_version_1_is_refused_with_the_reason() {
        for (version, hash, reason) in [
            (json!(2), json!(OF_A), "version"),
            (json!("1"), json!(OF_A), "version"),
            (Json::Null, json!(OF_A), "version"),
            (json!(1), Json::Null, "sha256Hash"),
            (json!(1), json!(7), "sha256Hash"),
            (json!(1), json!(""), "sha256Hash"),
            (json!(1), json!(OF_A.to_uppercase()), "sha256Hash"),
            (json!(1), json!(&OF_A[1..]), "sha256Hash"),
            (json!(1), json!(format!("{OF_A}0")), "sha256Hash"),
            (json!(1), json!(format!("{OF_A}00")), "sha256Hash"),
            (json!(1), json!(OF_A.replace('c', "g")), "sha256Hash"),
            (json!(1), json!(format!(" {OF_A}")), "sha256Hash"),
            (json!(1), json!("ü".repeat(32)), "sha256Hash"),
        ] {
            let message = found(json!({"version": version, "sha256Hash": hash})).unwrap_err();
            assert!(message.contains(reason), "{hash}: {message}");
        }
        for persisted in [json!([]), json!("x"), json!(1), json!(true)] {
            assert!(found(persisted).unwrap_err().contains("object"));
        }
    }
}
