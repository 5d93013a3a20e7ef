//! Settings that nobody may see.

use std::{collections::BTreeSet, fmt, fs, path::Path, str::FromStr};

/// Fewest bytes of a `JWT_SECRET`: the output size of its HMAC-SHA-256 (RFC 7518, 3.2).
pub(super) const SECRET_BYTES: usize = 32;
/// Fewest different bytes of a `JWT_SECRET`. Chance gives 32 hexadecimal digits more.
pub(super) const DIFFERENT_BYTES: usize = 8;

/// Text that is shown as `***` wherever it is printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// What stands in `file`, which the setting `name` with `_FILE` after it names, without a newline at its end.
///
/// # Errors
/// A sentence for the operator, which does not hold what stands there.
pub(super) fn in_file(name: &str, is_set: bool, file: Option<&Path>) -> Result<Option<String>, String> {
    let Some(file) = file else { return Ok(None) };
    let complain = |what: &str| format!("{name}_FILE: {} {what}", file.display());
    if is_set {
        return Err(format!("{name} and {name}_FILE are both set; set one of them."));
    }
    let bytes = fs::read(file).map_err(|error| complain(&format!("cannot be read: {error}")))?;
    let text = String::from_utf8(bytes).map_err(|_| complain("is not UTF-8."))?;
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\r').unwrap_or(text);
    if text.is_empty() {
        return Err(complain("is empty."));
    }
    if text.contains(['\n', '\r']) {
        return Err(complain("has more than one line."));
    }
    Ok(Some(text.to_owned()))
}

impl Secret {
    /// This text, never to be shown.
    pub(super) fn new(text: &str) -> Self {
        Self(text.to_owned())
    }

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
        Ok(Self::new(text))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}
