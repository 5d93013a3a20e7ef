//! Money: a whole number of minor units of a currency. Never a float, never a mix of currencies.

use entity::record;
use iso_currency::Currency;
use rust_decimal::{Decimal, prelude::ToPrimitive};

use crate::error::{Error, Result, sum_too_large};

/// An amount of money, exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money {
    /// Cents of USD, yen of JPY, mils of BHD.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

/// Refuses what is the amount of no record, in whatever currency.
///
/// # Errors
/// `BAD_USER_INPUT` for zero and less.
pub fn check_positive(field: &'static str, decimal: Decimal) -> Result<()> {
    if decimal > Decimal::ZERO {
        return Ok(());
    }
    let message = "The amount must be greater than zero; use `kind` to say whether it is income or an expense.";
    Err(Error::bad_input(field, message).with("min", "0").with("exclusive", true))
}

/// Decimal places of a currency; [`crate::scalars::CurrencyCode`] admits only those that have some, or none on purpose.
fn places(currency: Currency) -> u32 {
    currency.exponent().map_or(0, u32::from)
}

impl Money {
    /// The amount `decimal` of the input field `field`.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` when it is finer than the currency allows (it is never rounded), or too large.
    pub fn parse(field: &'static str, decimal: Decimal, currency: Currency) -> Result<Self> {
        let decimal = decimal.normalize();
        let (places, code) = (places(currency), currency.code());
        if decimal.scale() > places {
            let most = match places {
                0 => "no decimal places".to_owned(),
                1 => "1 decimal place".to_owned(),
                n => format!("{n} decimal places"),
            };
            let message = format!("{decimal} has too many decimal places: {code} has {most}.");
            return Err(Error::bad_input(field, message).with("fractionDigits", places));
        }
        let minor = Decimal::from(10_i64.pow(places)).checked_mul(decimal).and_then(|minor| minor.to_i64());
        minor.map(|minor| Self { minor, currency }).ok_or_else(|| {
            let most = Self { minor: i64::MAX, currency }.amount();
            let message = format!("{decimal} is too large; an amount in {code} is at most {most}.");
            Error::bad_input(field, message).with("max", most.to_string())
        })
    }

    /// The amount of a record from the input field `field`: above zero, since its kind says which way it went.
    ///
    /// # Errors
    /// As [`Money::parse`], and `BAD_USER_INPUT` for zero and less.
    pub fn parse_positive(field: &'static str, decimal: Decimal, currency: Currency) -> Result<Self> {
        check_positive(field, decimal)?;
        Self::parse(field, decimal, currency)
    }

    /// The amount of a stored record.
    pub fn of(record: &record::Model) -> Result<Self> {
        Ok(Self { minor: record.amount_minor, currency: stored_currency(&record.currency)? })
    }

    /// The amount as people write it, with all decimal places of the currency.
    #[must_use]
    pub fn amount(self) -> Decimal {
        Decimal::from_i128_with_scale(self.minor.into(), places(self.currency))
    }

    /// What sums up to `minor` minor units.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` when that is past 64 bits.
    pub fn of_sum(minor: i128, currency: Currency) -> Result<Self> {
        i64::try_from(minor).map(|minor| Self { minor, currency }).map_err(|_| sum_too_large())
    }
}

/// The currency that a column holds.
///
/// # Errors
/// `INTERNAL_SERVER_ERROR` for a code that is none: only codes are ever written.
pub fn stored_currency(code: &str) -> Result<Currency> {
    Currency::from_code(code).ok_or_else(|| Error::internal(format!("{code} stands in a currency column")))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn parse(text: &str, currency: Currency) -> Result<Money> {
        Money::parse("amount", text.parse().unwrap(), currency)
    }

    #[test]
    fn amounts_are_whole_minor_units() {
        assert_eq!(parse("5000.00", Currency::USD).unwrap().minor, 500_000);
        assert_eq!(parse("10", Currency::JPY).unwrap().minor, 10);
        assert_eq!(parse("1.234", Currency::BHD).unwrap().minor, 1234);
        assert_eq!(parse("90000000000.01", Currency::USD).unwrap().minor, 9_000_000_000_001);
        assert_eq!(parse("10.500", Currency::USD).unwrap().minor, 1050);
    }

    #[test]
    fn amounts_finer_than_the_currency_are_refused_and_not_rounded() {
        for (text, currency) in [("10.005", Currency::USD), ("10.5", Currency::JPY), ("0.0001", Currency::BHD)] {
            assert!(parse(text, currency).is_err(), "{text} {currency:?}");
        }
    }

    #[test]
    fn amounts_past_64_bits_of_minor_units_are_refused() {
        assert_eq!(parse("92233720368547758.07", Currency::USD).unwrap().minor, i64::MAX);
        assert!(parse("92233720368547758.08", Currency::USD).is_err());
        assert!(parse("9999999999999999999999999999", Currency::JPY).is_err());
    }

    #[test]
    fn zero_and_less_are_no_amounts_of_a_record() {
        for text in ["0", "0.00", "-1"] {
            assert!(Money::parse_positive("amount", text.parse().unwrap(), Currency::USD).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back_exactly(minor: i64, currency in prop::sample::select(vec![Currency::USD, Currency::JPY, Currency::BHD, Currency::CLF])) {
            let money = Money { minor, currency };
            let printed = money.amount().to_string();
            prop_assert_eq!(Money::parse("amount", printed.parse().unwrap(), currency).unwrap(), money);
            let places = printed.split_once('.').map_or(0, |(_, fraction)| fraction.len());
            prop_assert_eq!(places, usize::from(currency.exponent().unwrap()));
        }
    }
}
