//! What clients send to create or change a record, parsed. Pure: knows neither database nor GraphQL.

use chrono::NaiveDate;
use entity::RecordKind;
use iso_currency::Currency;
use rust_decimal::Decimal;
use sea_orm::ActiveEnum;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::money::Money;
use crate::{categories::CategoryName, error::Result, idempotency::IdempotencyKey, state::Fields, text};

/// The most characters of a record's notes.
pub const NOTES_LENGTH: usize = 2_000;

/// A record to be.
#[derive(Clone, Debug)]
pub struct NewRecord {
    /// The id that it will have.
    pub id: Uuid,
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
    /// Digests of everything but id and key, as [`Keyed`](crate::idempotency::Keyed) wants them: the same input has the
    /// same ones.
    pub(crate) fn digests(&self) -> Vec<Vec<u8>> {
        let Self { id: _, kind, amount, category, date, notes, idempotency_key: _ } = self;
        let digest = Fields::of("createRecord")
            .text(kind.to_value())
            .number(amount.minor)
            .text(amount.currency.code())
            .text(&category.key)
            .text(date.to_string())
            .text(notes)
            .digest();
        // As 0.1 made them, for the keys of its last days.
        let (minor, code, category) = (amount.minor, amount.currency.code(), &category.key);
        let former = Sha256::digest(format!("{kind:?}\n{minor}\n{code}\n{category}\n{date}\n{notes}"));
        vec![[&[1], &*digest].concat(), [&[0], &*former].concat()]
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
    fn a_new_currency_keeps_the_number_or_is_refused() {
        let dollars = Money { minor: 1250, currency: Currency::USD };
        let patch = |currency| RecordPatch { currency: Some(currency), ..RecordPatch::default() };
        assert_eq!(patch(Currency::EUR).amount(dollars).unwrap(), Money { minor: 1250, currency: Currency::EUR });
        assert_eq!(patch(Currency::BHD).amount(dollars).unwrap(), Money { minor: 12_500, currency: Currency::BHD });
        assert!(patch(Currency::JPY).amount(dollars).is_err());
    }
}
