//! A category's name, parsed.

use crate::{error::Result, text};

/// A name of 1 to 100 characters, and the key that makes `Rent` and ` rent` the same category.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CategoryName {
    /// As it is shown.
    pub name: String,
    /// As it is compared.
    pub key: String,
}

impl CategoryName {
    /// The most characters of a name.
    pub const LENGTH: usize = 100;

    /// A name from the input field `field`.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` when it is empty, too long or holds control characters.
    pub fn parse(field: &'static str, text: &str) -> Result<Self> {
        let name = text::line(field, text, Self::LENGTH)?;
        let key = text::fold(&name);
        Ok(Self { name, key })
    }
}
