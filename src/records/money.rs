//! Money: a whole number of minor units of a currency. Never a float, never a mix of currencies.

use entity::record;
use rust_decimal::{Decimal, prelude::ToPrimitive};

use crate::{
    currency::Currency,
    error::{Error, ErrorCode, Result},
};

/// The most minor units that a record can be entered with, either way. Records of 0.1 can have more.
pub const MOST_MINOR: i64 = 1_000_000_000_000_000;

/// The amount of a record, exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Money {
    /// Cents of USD, yen of JPY, mils of BHD.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

/// Money as the schema shows it: a record's, or a sum of any number of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Figure {
    pub(crate) minor: i128,
    pub(crate) currency: Currency,
}

impl Figure {
    /// The amount as people write it, with all decimal places of the currency.
    ///
    /// # Errors
    /// `INTERNAL_SERVER_ERROR` past 96 bits: more than four billion records of 64 bits come to.
    pub(crate) fn amount(self) -> Result<Decimal> {
        Decimal::try_from_i128_with_scale(self.minor, self.currency.fraction_digits()).map_err(Error::internal)
    }
}

impl From<Money> for Figure {
    fn from(Money { minor, currency }: Money) -> Self {
        Self { minor: minor.into(), currency }
    }
}

/// Refuses what cannot be the amount of a record, whatever its currency.
///
/// # Errors
/// `BAD_USER_INPUT` for zero, and for what is too much even where the currency has no decimal places.
pub fn check_amount(field: &'static str, decimal: Decimal) -> Result<()> {
    if decimal.is_zero() {
        let message =
            "The amount must not be zero. `kind` says whether it is income or an expense; below zero, it is a refund.";
        return Err(Error::bad_input(field, message).with("not", "0"));
    }
    check_size(field, decimal, Decimal::from(MOST_MINOR), "minor units of its currency")
}

/// Refuses what is more than `most` of `unit`, either way.
fn check_size(field: &'static str, decimal: Decimal, most: Decimal, unit: &str) -> Result<()> {
    let message = if decimal > most {
        format!("{decimal} is too large; an amount is at most {most} {unit}.")
    } else if decimal < -most {
        format!("{decimal} is too far below zero; an amount is at least {} {unit}.", -most)
    } else {
        return Ok(());
    };
    let error = Error::bad_input(field, message).with("min", (-most).to_string()).with("max", most.to_string());
    Err(error.with("maxMinorUnits", MOST_MINOR.to_string()))
}

impl Money {
    /// The amount `decimal` of the input field `field`.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` when it has more decimal places than the currency (it is never rounded), or is past 64 bits.
    pub fn parse(field: &'static str, decimal: Decimal, currency: Currency) -> Result<Self> {
        let decimal = decimal.normalize();
        let (places, code) = (currency.fraction_digits(), currency.code());
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
            let [least, most] = [i64::MIN, i64::MAX].map(|minor| Self { minor, currency }.amount());
            let message = format!("{decimal} is out of range; an amount in {code} is between {least} and {most}.");
            Error::bad_input(field, message).with("min", least.to_string()).with("max", most.to_string())
        })
    }

    /// The amount to enter in a record, from the input field `field`. The record's kind says which way the money went;
    /// below zero, some of it came back.
    ///
    /// # Errors
    /// As [`Money::parse`], and `BAD_USER_INPUT` for zero, and for more than [`MOST_MINOR`] either way.
    pub fn parse_new(field: &'static str, decimal: Decimal, currency: Currency) -> Result<Self> {
        check_size(field, decimal, Self { minor: MOST_MINOR, currency }.amount(), currency.code())?;
        check_amount(field, decimal)?;
        Self::parse(field, decimal, currency)
    }

    /// The amount of a stored record.
    ///
    /// # Errors
    /// As [`stored_currency`].
    pub fn of(record: &record::Model) -> Result<Self> {
        Ok(Self { minor: record.amount_minor, currency: stored_currency(&record.currency)? })
    }

    /// The amount as people write it, with all decimal places of the currency.
    #[must_use]
    pub fn amount(self) -> Decimal {
        Decimal::from_i128_with_scale(self.minor.into(), self.currency.fraction_digits())
    }
}

/// A currency to enter something in, from the input field `field`.
///
/// # Errors
/// `BAD_USER_INPUT` for one that another has replaced.
pub fn check_in_use(field: &'static str, currency: Currency) -> Result<Currency> {
    currency.why_ended().map_or(Ok(currency), |why| {
        Err(Error::bad_input(field, format!("{why} Records in it can be read; new ones are in what replaced it.")))
    })
}

/// The currency that a column holds.
///
/// # Errors
/// `INTERNAL_SERVER_ERROR` for a code that this program does not know: it never wrote that. What an amount in it is
/// can only be guessed, so nobody does.
pub fn stored_currency(code: &str) -> Result<Currency> {
    Currency::from_code(code).ok_or_else(|| {
        let message = format!(
            "The currency of this record, {code:?}, is not known to this version of the server, so its amount cannot be shown."
        );
        Error::new(ErrorCode::InternalServerError, message).because("an unknown code stands in a currency column")
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    fn parse(text: &str, code: &str) -> Result<Money> {
        Money::parse("amount", text.parse().unwrap(), currency(code))
    }

    #[test]
    fn amounts_are_whole_minor_units() {
        assert_eq!(parse("5000.00", "USD").unwrap().minor, 500_000);
        assert_eq!(parse("10", "JPY").unwrap().minor, 10);
        assert_eq!(parse("1.234", "BHD").unwrap().minor, 1234);
        assert_eq!(parse("90000000000.01", "USD").unwrap().minor, 9_000_000_000_001);
        assert_eq!(parse("10.500", "USD").unwrap().minor, 1050);
    }

    #[test]
    fn amounts_finer_than_the_currency_are_refused_and_not_rounded() {
        for (text, code) in [("10.005", "USD"), ("10.5", "JPY"), ("0.0001", "BHD")] {
            assert!(parse(text, code).is_err(), "{text} {code}");
        }
    }

    #[test]
    fn amounts_past_64_bits_of_minor_units_are_refused() {
        assert_eq!(parse("92233720368547758.07", "USD").unwrap().minor, i64::MAX);
        assert!(parse("92233720368547758.08", "USD").is_err());
        assert_eq!(parse("-92233720368547758.08", "USD").unwrap().minor, i64::MIN);
        assert!(parse("-92233720368547758.09", "USD").is_err());
        assert!(parse("9999999999999999999999999999", "JPY").is_err());
    }

    #[test]
    fn a_record_is_entered_with_ten_to_the_fifteenth_minor_units_at_the_most() {
        let new = |text: &str, code| Money::parse_new("amount", text.parse().unwrap(), currency(code));
        for (most, more, code) in [
            ("10000000000000.00", "10000000000000.01", "USD"),
            ("1000000000000000", "1000000000000001", "JPY"),
            ("1000000000000", "1000000000000.001", "KWD"),
        ] {
            assert_eq!(new(most, code).unwrap().minor, MOST_MINOR);
            assert!(new(more, code).is_err());
            assert!(parse(more, code).is_ok());
        }
    }

    #[test]
    fn zero_is_no_amount_of_a_record_and_less_is_a_refund() {
        let new = |text: &str| Money::parse_new("amount", text.parse().unwrap(), currency("USD"));
        for text in ["0", "0.00", "-0", "-10000000000000.01"] {
            assert!(new(text).is_err(), "{text}");
        }
        assert_eq!(new("-0.01").unwrap().minor, -1);
        assert_eq!(new("-10000000000000.00").unwrap().minor, -MOST_MINOR);
    }

    proptest! {
        #[test]
        fn what_is_printed_is_read_back_exactly(minor: i64, code in prop::sample::select(vec!["USD", "JPY", "BHD", "CLF"])) {
            let money = Money { minor, currency: currency(code) };
            let printed = money.amount().to_string();
            prop_assert_eq!(Money::parse("amount", printed.parse().unwrap(), money.currency).unwrap(), money);
            let places = printed.split_once('.').map_or(0, |(_, fraction)| fraction.len());
            prop_assert_eq!(places, money.currency.fraction_digits() as usize);
        }
    }
}
