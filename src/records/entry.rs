//! What a client says of a record to enter or to change, alone or as one of many.

use async_graphql::InputObject;
use entity::RecordKind;
use uuid::Uuid;

use super::{
    input::{COUNTERPARTY_LENGTH, NOTES_LENGTH, NewRecord, RecordPatch, parse_counterparty, parse_notes},
    money::{MOST_MINOR, Money, check_in_use},
};
use crate::{
    categories::CategoryName,
    constraint::{Bound, Constraint},
    currency::Currency,
    error::{Problems, Result},
    scalars::{CurrencyCode, Date, Decimal, Given, read},
};

/// One of several records to create.
#[derive(InputObject)]
pub(super) struct CreateRecordsItem {
    /// Which way the money went.
    kind: RecordKind,
    /// The amount: not zero, at most 10^15 minor units of the currency (`"10000000000000.00"` of USD), and with no more decimal places than the currency has; it is never rounded. Below zero it is a refund or a credit note: an expense of `"-20.00"` lowers the expenses by 20.
    #[graphql(directive = Constraint::apply(Bound::MinorUnits(MOST_MINOR)))]
    amount: Given<Decimal>,
    /// The currency; the base currency when omitted. One that was replaced, such as `"ANG"`, is refused.
    currency: Option<Given<CurrencyCode>>,
    /// What it is for: the name of a category, 1 to 100 characters. A new name creates a new category.
    #[graphql(directive = Constraint::apply(Bound::Length(1, CategoryName::LENGTH)))]
    category: String,
    /// The booking date.
    date: Given<Date>,
    /// Free text, at most 2,000 characters.
    #[graphql(directive = Constraint::apply(Bound::AtMost(NOTES_LENGTH)))]
    notes: Option<String>,
    /// Who was paid, or who paid: payee, payer or supplier. One line of at most 200 characters.
    #[graphql(directive = Constraint::apply(Bound::AtMost(COUNTERPARTY_LENGTH)))]
    counterparty: Option<String>,
}

impl CreateRecordsItem {
    /// The record, with a new id and no idempotency key; `base` is the currency of an amount that names none.
    ///
    /// # Errors
    /// `BAD_USER_INPUT`, all problems together.
    pub(super) fn parse(self, base: Currency) -> Result<NewRecord> {
        let Self { kind, amount, currency, category, date, notes, counterparty } = self;
        let mut problems = Problems::default();
        let currency = read(currency, "currency").map(|code| code.map_or(base, |code| code.0));
        let currency = currency.and_then(|currency| check_in_use("currency", currency));
        let amount = problems.read(amount.read("amount").and_then(|amount| match &currency {
            Ok(currency) => Money::parse_new("amount", amount.0, *currency).map(Some),
            Err(_) => Ok(None),
        }));
        problems.read(currency);
        let category = problems.read(CategoryName::parse("category", &category));
        let date = problems.read(date.read("date"));
        let notes = problems.read(parse_notes(&notes.unwrap_or_default()));
        let counterparty = problems.read(parse_counterparty(&counterparty.unwrap_or_default()));
        let new = match (amount.flatten(), category, date, notes, counterparty) {
            (Some(amount), Some(category), Some(Date(date)), Some(notes), Some(counterparty)) => {
                let id = Uuid::now_v7();
                Some(NewRecord {
                    id,
                    kind,
                    amount,
                    category,
                    date,
                    notes,
                    counterparty,
                    idempotency_key: None,
                    origin: None,
                })
            }
            _ => None,
        };
        problems.finish(new)
    }
}

/// What is to change of records, whatever their amounts are. Omitted and null fields stay as they are.
#[derive(InputObject)]
pub(super) struct RecordChanges {
    /// Which way the money went.
    kind: Option<RecordKind>,
    /// What it is for: the name of a category, 1 to 100 characters. A new name creates a new category.
    #[graphql(directive = Constraint::apply(Bound::Length(1, CategoryName::LENGTH)))]
    category: Option<String>,
    /// The booking date.
    date: Option<Given<Date>>,
    /// Free text, at most 2,000 characters; `""` clears it.
    #[graphql(directive = Constraint::apply(Bound::AtMost(NOTES_LENGTH)))]
    notes: Option<String>,
    /// Who was paid, or who paid: one line of at most 200 characters; `""` clears it.
    #[graphql(directive = Constraint::apply(Bound::AtMost(COUNTERPARTY_LENGTH)))]
    counterparty: Option<String>,
}

impl RecordChanges {
    /// # Errors
    /// `BAD_USER_INPUT`, all problems together.
    pub(super) fn parse(self) -> Result<RecordPatch> {
        let Self { kind, category, date, notes, counterparty } = self;
        let mut problems = Problems::default();
        let patch = RecordPatch {
            kind,
            category: problems.read(category.map(|name| CategoryName::parse("category", &name)).transpose()).flatten(),
            date: problems.read(read(date, "date")).flatten().map(|date| date.0),
            notes: problems.read(notes.map(|notes| parse_notes(&notes)).transpose()).flatten(),
            counterparty: problems
                .read(counterparty.map(|name| parse_counterparty(&name)).transpose())
                .flatten()
                .map(Option::unwrap_or_default),
            ..RecordPatch::default()
        };
        problems.finish(Some(patch))
    }
}
