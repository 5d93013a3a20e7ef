//! What clients send to create or change a record, parsed. Pure: knows neither database nor GraphQL.

use chrono::NaiveDate;
use entity::{RecordKind, record};
use rust_decimal::Decimal;
use sea_orm::ActiveEnum;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::money::{Money, check_in_use, stored_currency};
use crate::{
    categories::CategoryName,
    currency::Currency,
    error::Result,
    idempotency::{IdempotencyKey, Once},
    state::Fields,
    text,
};

/// The most characters of a record's notes.
pub const NOTES_LENGTH: usize = 2_000;
/// The most characters of the name of who was paid or who paid.
pub(crate) const COUNTERPARTY_LENGTH: usize = 200;

/// A validated record, not yet stored.
#[derive(Clone, Debug)]
pub struct NewRecord {
    /// The id that it will have.
    pub id: Uuid,
    /// Income or expense.
    pub kind: RecordKind,
    /// Not zero; below it where money came back.
    pub amount: Money,
    /// What it is for.
    pub category: CategoryName,
    /// The day it is booked on.
    pub date: NaiveDate,
    /// Free text, maybe empty.
    pub notes: String,
    /// Who was paid, or who paid.
    pub counterparty: Option<String>,
    /// The client's key for this creation, so that it can safely be sent again.
    pub idempotency_key: Option<IdempotencyKey>,
    /// The row of a file that it is made from.
    pub origin: Option<Origin>,
}

/// A row of an imported file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// The import.
    pub import_id: Uuid,
    /// What the row is known by among all rows of its source.
    pub source_key: Vec<u8>,
}

impl NewRecord {
    /// How to enter it once.
    pub(super) fn once(&self) -> Once {
        Once::new("createRecord", self.idempotency_key.clone(), || self.digests())
    }

    /// Digests of everything but id and key, as [`Once`] wants them: the same input has the same ones.
    pub(crate) fn digests(&self) -> Vec<Vec<u8>> {
        let Self { id: _, kind, amount, category, date, notes, counterparty, idempotency_key: _, origin: _ } = self;
        let fields = Fields::of("createRecord")
            .text(kind.to_value())
            .number(amount.minor)
            .text(amount.currency.code())
            .text(&category.key)
            .text(date.to_string())
            .text(notes);
        // Only where there is one, so that earlier digests of the same input are the same.
        let digest = counterparty.iter().fold(fields, |fields, name| fields.text("counterparty").text(name)).digest();
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
    /// Who was paid, or who paid; empty text takes it away.
    pub counterparty: Option<String>,
}

impl RecordPatch {
    /// Sets the amount of `record`. A new currency alone keeps the number, so 12.50 USD becomes 12.50 EUR.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` when the number does not fit the currency, is more than a new record's may be, or the new
    /// currency is no longer in use. What does not change may be as it is.
    pub fn set_amount(&self, record: &mut record::Model) -> Result<()> {
        let new_currency = self.currency.filter(|currency| currency.code() != record.currency);
        let currency = match (new_currency, self.amount) {
            (None, None) => return Ok(()),
            (Some(currency), _) => check_in_use("currency", currency)?,
            (None, Some(_)) => stored_currency(&record.currency)?,
        };
        let amount = match self.amount {
            Some(amount) => Money::parse_new("amount", amount, currency)?,
            None => Money::parse_new("currency", Money::of(record)?.amount(), currency)?,
        };
        record.amount_minor = amount.minor;
        amount.currency.code().clone_into(&mut record.currency);
        Ok(())
    }
}

/// A record's notes from the input field `notes`.
///
/// # Errors
/// `BAD_USER_INPUT` when they are too long or hold control characters.
pub fn parse_notes(text: &str) -> Result<String> {
    text::lines("notes", text, NOTES_LENGTH)
}

/// Who was paid or who paid, from the input field `counterparty`: one line; `None` where it is empty.
///
/// # Errors
/// `BAD_USER_INPUT` when it is too long or holds control characters.
pub(crate) fn parse_counterparty(text: &str) -> Result<Option<String>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    text::line("counterparty", text, COUNTERPARTY_LENGTH).map(Some)
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    fn record(amount_minor: i64, currency: &str) -> record::Model {
        record::Model {
            id: Uuid::nil(),
            kind: RecordKind::Expense,
            amount_minor,
            currency: currency.to_owned(),
            category_id: Uuid::nil(),
            date: NaiveDate::MIN,
            notes: String::new(),
            counterparty: None,
            import_id: None,
            source_key: None,
            search_text: String::new(),
            created_by: Uuid::nil(),
            updated_by: Uuid::nil(),
            version: 1,
            created_at: DateTime::UNIX_EPOCH,
            updated_at: DateTime::UNIX_EPOCH,
            deleted_at: None,
            deleted_by: None,
        }
    }

    fn patched(record: &record::Model, amount: Option<&str>, currency: Option<Currency>) -> Result<(i64, String)> {
        let mut record = record.clone();
        let amount = amount.map(|amount| amount.parse().unwrap());
        RecordPatch { amount, currency, ..RecordPatch::default() }.set_amount(&mut record)?;
        Ok((record.amount_minor, record.currency))
    }

    #[test]
    fn a_new_currency_keeps_the_number_or_is_refused() {
        let to = |code| patched(&record(1250, "USD"), None, Some(currency(code)));
        assert_eq!(to("EUR").unwrap(), (1250, "EUR".to_owned()));
        assert_eq!(to("BHD").unwrap(), (12_500, "BHD".to_owned()));
        assert!(to("JPY").is_err());
        assert!(to("ANG").is_err());
    }

    #[test]
    fn what_an_older_version_let_in_may_stay_but_not_be_entered_again() {
        let (large, ended) = (record(i64::MAX, "USD"), record(100, "HRK"));
        assert_eq!(patched(&large, None, None).unwrap().0, i64::MAX);
        assert_eq!(patched(&large, None, Some(currency("USD"))).unwrap().0, i64::MAX);
        assert_eq!(patched(&large, Some("5"), None).unwrap().0, 500);
        assert!(patched(&large, None, Some(currency("EUR"))).is_err());
        assert_eq!(patched(&ended, Some("2"), Some(currency("HRK"))).unwrap(), (200, "HRK".to_owned()));
        assert!(patched(&record(100, "QQQ"), Some("2"), None).is_err());
        assert_eq!(patched(&record(100, "QQQ"), Some("2"), Some(currency("USD"))).unwrap().0, 200);
    }
}
