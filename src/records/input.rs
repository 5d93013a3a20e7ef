//! What clients send to create or change a record, parsed. Pure: knows neither database nor GraphQL.

use chrono::NaiveDate;
use entity::RecordKind;
use iso_currency::Currency;
use rust_decimal::Decimal;
use sha2::{Digest, Sha256};

use super::money::Money;
use crate::{
    categories::CategoryName,
    error::{Error, Result},
    text,
};

/// The most characters of a record's notes.
pub const NOTES_LENGTH: usize = 2_000;

/// A record to be.
#[derive(Clone, Debug)]
pub struct NewRecord {
    /// Income or expense.
    pub kind: RecordKind,
    /// Above zero.
    pub amount: Money,
    /// What it is for.
    pub category: CategoryName,
    /// The day it is booked on.
    pub date: NaiveDate,
    /// Free text, maybe empty.
    pub notes: String,
    /// What the client calls this creation, so that it can safely be sent again.
    pub idempotency_key: Option<IdempotencyKey>,
}

impl NewRecord {
    /// A digest of everything but the key: the same input has the same one.
    #[must_use]
    pub fn digest(&self) -> Vec<u8> {
        let canonical = format!(
            "{:?}\n{}\n{}\n{}\n{}\n{}",
            self.kind,
            self.amount.minor,
            self.amount.currency.code(),
            self.category.key,
            self.date,
            self.notes
        );
        Sha256::digest(canonical).to_vec()
    }
}

/// What a client calls a creation: 1 to 255 visible ASCII characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IdempotencyKey(pub String);

impl IdempotencyKey {
    /// The most characters of a key.
    pub const LENGTH: usize = 255;
    /// Visible ASCII.
    pub const PATTERN: &str = "^[!-~]*$";

    /// A key from the input field `idempotencyKey`.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` when it is empty, too long, or holds anything but visible ASCII.
    pub fn parse(text: String) -> Result<Self> {
        if (1..=Self::LENGTH).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Ok(Self(text));
        }
        let message = "An idempotency key must have 1 to 255 visible ASCII characters, for example a UUID.";
        let refused = Error::bad_input("idempotencyKey", message);
        Err(refused.with("minLength", 1).with("maxLength", Self::LENGTH).with("pattern", Self::PATTERN))
    }
}

/// What is to change of a record; `None` leaves a field as it is.
#[derive(Clone, Debug, Default)]
pub struct RecordPatch {
    /// The version the change was made against.
    pub expected_version: Option<i32>,
    /// Income or expense.
    pub kind: Option<RecordKind>,
    /// The amount's number.
    pub amount: Option<Decimal>,
    /// The amount's currency.
    pub currency: Option<Currency>,
    /// What it is for.
    pub category: Option<CategoryName>,
    /// The day it is booked on.
    pub date: Option<NaiveDate>,
    /// Free text.
    pub notes: Option<String>,
}

impl RecordPatch {
    /// The amount after the change of a record that has `before`. A new currency alone keeps the number,
    /// so 12.50 USD becomes 12.50 EUR.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` when the number does not fit the currency.
    pub fn amount(&self, before: Money) -> Result<Money> {
        let field = if self.amount.is_some() { "amount" } else { "currency" };
        Money::parse_positive(
            field,
            self.amount.unwrap_or_else(|| before.amount()),
            self.currency.unwrap_or(before.currency),
        )
    }
}

/// A record's notes from the input field `notes`.
///
/// # Errors
/// `BAD_USER_INPUT` when they are too long or hold control characters.
pub fn parse_notes(text: &str) -> Result<String> {
    text::lines("notes", text, NOTES_LENGTH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idempotency_keys_are_visible_ascii() {
        assert!(IdempotencyKey::parse("~import/2026-11:1".to_owned()).is_ok());
        for text in [String::new(), "a b".to_owned(), "é".to_owned(), "a\n".to_owned(), "x".repeat(256)] {
            assert!(IdempotencyKey::parse(text).is_err());
        }
    }

    #[test]
    fn a_new_currency_keeps_the_number_or_is_refused() {
        let dollars = Money { minor: 1250, currency: Currency::USD };
        let patch = |currency| RecordPatch { currency: Some(currency), ..RecordPatch::default() };
        assert_eq!(patch(Currency::EUR).amount(dollars).unwrap(), Money { minor: 1250, currency: Currency::EUR });
        assert_eq!(patch(Currency::BHD).amount(dollars).unwrap(), Money { minor: 12_500, currency: Currency::BHD });
        assert!(patch(Currency::JPY).amount(dollars).is_err());
    }
}
