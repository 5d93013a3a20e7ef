//! Settings that nobody may see.

use std::{collections::BTreeSet, fmt, str::FromStr};

/// Fewest bytes of a `JWT_SECRET`: the output size of its HMAC-SHA-256 (RFC 7518, 3.2).
pub(super) const SECRET_BYTES: usize = 32;
/// Fewest different bytes of a `JWT_SECRET`. Chance gives 32 hexadecimal digits more.
pub(super) const DIFFERENT_BYTES: usize = 8;

/// Text that is shown as `***` wherever it is printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// The text itself. Every use of it is a place to look at in a review.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether it is long enough, and of enough different bytes, for a key.
    pub(super) fn is_hard_to_guess(&self) -> bool {
        let different: BTreeSet<u8> = self.0.bytes().collect();
        self.0.len() >= SECRET_BYTES && different.len() >= DIFFERENT_BYTES
    }
}

impl FromStr for Secret {
    type Err = std::convert::Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
