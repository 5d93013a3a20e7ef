//! The URL of a download: which one, until when, and a signature of both, so that nobody can make one up. The database
//! alone has what is to be downloaded and for whom: URLs end up in histories and logs.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::{
    auth::DerivedKeys,
    error::{Error, ErrorCode, Result},
};

/// Bytes of a signature. A shorter one could be guessed.
const SIGNATURE_BYTES: usize = 32;

/// The right to one download.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ticket {
    /// Which.
    pub(crate) id: Uuid,
    /// Until when, in whole seconds.
    pub(crate) expires_at: DateTime<Utc>,
}

impl Ticket {
    /// The path and query that it is presented by. The signature is in the query, which is not logged.
    pub(super) fn url(self, keys: &DerivedKeys) -> Result<String> {
        let signature = BASE64_URL_SAFE_NO_PAD.encode(keys.first()?.tag(&[&self.signed()]));
        Ok(format!("/exports/{}?expires={}&signature={signature}", self.id, self.expires_at.timestamp()))
    }

    /// The ticket that was presented at `now`, by the parts of its URL.
    ///
    /// # Errors
    /// `NOT_FOUND` for one that is not ours, or has expired.
    pub(crate) fn verify(
        (id, expires, signature): (&str, i64, &str),
        keys: &DerivedKeys,
        now: DateTime<Utc>,
    ) -> Result<Self> {
        let id = Uuid::try_parse(id).map_err(|_| unknown())?;
        let expires_at = DateTime::from_timestamp(expires, 0).ok_or_else(unknown)?;
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).map_err(|_| unknown())?;
        let ticket = Self { id, expires_at };
        if signature.len() != SIGNATURE_BYTES || !keys.verify(&[&ticket.signed()], &signature) {
            return Err(unknown());
        }
        if expires_at <= now {
            let message = "This download has expired. Export the records again.";
            return Err(Error::new(ErrorCode::NotFound, message));
        }
        Ok(ticket)
    }

    fn signed(self) -> Vec<u8> {
        [&self.id.as_bytes()[..], &self.expires_at.timestamp().to_be_bytes()].concat()
    }
}

/// There is no such download.
pub(crate) fn unknown() -> Error {
    Error::new(ErrorCode::NotFound, "There is no such download. Use the whole `url` of `exportRecords`.")
}
