//! The schema's own scalars: [`Decimal`], [`BigInt`], [`Date`], [`DateTime`], [`CurrencyCode`], and [`Given`], which
//! carries a scalar that could not be read to the place that knows the field's name.

use std::{borrow::Cow, fmt};

use async_graphql::{InputType, InputValueError, InputValueResult, Scalar, ScalarType, Value, registry::Registry};
use chrono::{NaiveDate, SecondsFormat, Utc};

use crate::{
    calendar::{FIRST_DAY, LAST_DAY, TimeRange},
    currency::Currency,
    error::{Error, Problems, Result},
};

/// A scalar that can say in its own words why a value is none.
pub trait Readable: ScalarType + InputType {
    /// The value.
    ///
    /// # Errors
    /// `BAD_USER_INPUT`, of no field yet.
    fn read(value: &Value) -> Result<Self>;
}

fn parse<T: Readable>(value: &Value) -> InputValueResult<T> {
    T::read(value)
        .map_err(|error| InputValueError::custom(error.message()).with_extension("code", error.code().as_str()))
}

fn refused(message: impl Into<Cow<'static, str>>) -> Error {
    Error::bad_value(message)
}

impl Readable for i32 {
    fn read(value: &Value) -> Result<Self> {
        let number = match value {
            Value::Number(number) => number.as_i64().and_then(|number| number.try_into().ok()),
            _ => None,
        };
        number.ok_or_else(|| {
            let message = format!("An Int is a whole number from {} to {}.", Self::MIN, Self::MAX);
            refused(message).with("min", Self::MIN).with("max", Self::MAX)
        })
    }
}

/// An exact decimal number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decimal(pub rust_decimal::Decimal);

/// The most digits that a [`Decimal`] is read with: all of them are kept exactly.
const DECIMAL_DIGITS: usize = 28;
const DECIMAL_PATTERN: &str = r"^-?[0-9]+(\.[0-9]+)?$";

impl Readable for Decimal {
    fn read(value: &Value) -> Result<Self> {
        match value {
            Value::String(text) => read_decimal(text),
            Value::Number(number) if number.is_i64() || number.is_u64() => read_decimal(&number.to_string()),
            Value::Number(number) => Err(refused(format!(
                "A Decimal with a fraction is sent as a string, \"{number}\", since a JSON number is not exact."
            ))),
            _ => Err(refused("A Decimal is a string such as \"1234.50\", or an integer.")),
        }
    }
}

fn read_decimal(text: &str) -> Result<Decimal> {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, "0"));
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) {
        let message = "A Decimal is written with digits and at most one point, as \"1234.50\" or \"-3\".";
        return Err(refused(message).with("pattern", DECIMAL_PATTERN));
    }
    let parsed = text.parse().ok().filter(|_| whole.len() + fraction.len() <= DECIMAL_DIGITS);
    parsed.map(Decimal).ok_or_else(|| refused(format!("A Decimal has at most {DECIMAL_DIGITS} digits.")))
}

/// An exact decimal number, written as a string: `"1234.50"`. An integer is also accepted as a JSON number; a fraction is not, because JSON numbers are not exact. At most 28 digits, no exponent.
#[Scalar(specified_by_url = "https://www.w3.org/TR/xmlschema-2/#decimal")]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        parse(&value)
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// An integer of any size that sums reach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BigInt(pub i128);

impl Readable for BigInt {
    fn read(value: &Value) -> Result<Self> {
        let number = match value {
            Value::String(text) => text.parse().ok(),
            Value::Number(number) => number.as_i64().map(i128::from),
            _ => None,
        };
        number.map(BigInt).ok_or_else(|| refused("A BigInt is an integer, as the string \"1234\"."))
    }
}

/// An integer, written as a string, because JavaScript's numbers have only 53 bits: `"123450"`. The amount of one record fits into 64 bits; a sum may not.
#[Scalar(specified_by_url = "https://www.w3.org/TR/xmlschema-2/#integer")]
impl ScalarType for BigInt {
    fn parse(value: Value) -> InputValueResult<Self> {
        parse(&value)
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// A calendar day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Date(pub NaiveDate);

impl Readable for Date {
    fn read(value: &Value) -> Result<Self> {
        let Value::String(text) = value else {
            return Err(refused("A Date is a string such as \"2026-02-28\"."));
        };
        let shaped = text.len() == 10
            && text
                .bytes()
                .enumerate()
                .all(|(i, byte)| if i == 4 || i == 7 { byte == b'-' } else { byte.is_ascii_digit() });
        if !shaped {
            let message = "A Date is written YYYY-MM-DD, as \"2026-02-28\".";
            return Err(refused(message).with("pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"));
        }
        let date: NaiveDate = text.parse().map_err(|_| refused(format!("{text} is not a day of the calendar.")))?;
        if !(FIRST_DAY..=LAST_DAY).contains(&date) {
            let message = format!("The date must be between {FIRST_DAY} and {LAST_DAY}.");
            return Err(refused(message).with("min", FIRST_DAY.to_string()).with("max", LAST_DAY.to_string()));
        }
        Ok(Self(date))
    }
}

/// A calendar day, without a time or a time zone: `"2026-02-28"`. From 1900-01-01 to 2199-12-31.
#[Scalar(specified_by_url = "https://scalars.graphql.org/andimarek/local-date")]
impl ScalarType for Date {
    fn parse(value: Value) -> InputValueResult<Self> {
        parse(&value)
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_string())
    }
}

/// An instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DateTime(pub chrono::DateTime<Utc>);

impl Readable for DateTime {
    fn read(value: &Value) -> Result<Self> {
        let Value::String(text) = value else {
            return Err(refused("A DateTime is a string such as \"2026-02-28T14:30:00Z\"."));
        };
        let instant = chrono::DateTime::parse_from_rfc3339(text)
            .map_err(|_| refused("A DateTime is written as in RFC 3339, for example \"2026-02-28T14:30:00Z\"."))?;
        Ok(Self(instant.to_utc()))
    }
}

/// An instant: a date, a time and an offset, as in RFC 3339: `"2026-02-28T14:30:00Z"`. Answers are in UTC, to the microsecond.
#[Scalar(specified_by_url = "https://scalars.graphql.org/andimarek/date-time")]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        parse(&value)
    }

    fn to_value(&self) -> Value {
        Value::String(timestamp(self.0))
    }
}

/// An instant as answers and files have it.
pub(crate) fn timestamp(at: chrono::DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// A currency that has minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CurrencyCode(pub Currency);

impl Readable for CurrencyCode {
    fn read(value: &Value) -> Result<Self> {
        let Value::String(code) = value else {
            return Err(refused("A CurrencyCode is a string such as \"USD\"."));
        };
        Currency::from_code(code).map(Self).ok_or_else(|| {
            let message = "This is not the ISO 4217 code of a currency with minor units; those are three capital letters, as \"USD\".";
            refused(message).with("pattern", "^[A-Z]{3}$")
        })
    }
}

/// A currency by its ISO 4217 code: `"USD"`, `"EUR"`, `"JPY"`. Codes that were replaced, such as `"ANG"`, find older records; new records in them are refused.
#[Scalar(specified_by_url = "https://www.iso.org/iso-4217-currency-codes.html")]
impl ScalarType for CurrencyCode {
    fn parse(value: Value) -> InputValueResult<Self> {
        parse(&value)
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.code().to_owned())
    }
}

/// A scalar of an input as it was given: readable or not. async-graphql would refuse an unreadable one
/// without naming the field; so it travels on, and [`Given::read`] refuses it by name.
#[derive(Clone, Debug)]
pub struct Given<T>(Result<T>);

impl<T> Given<T> {
    /// The scalar.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` at `field` with the scalar's own reason.
    pub fn read(self, field: &'static str) -> Result<T> {
        self.0.map_err(|error| error.at(field))
    }
}

impl<T: Default> Default for Given<T> {
    fn default() -> Self {
        Self(Ok(T::default()))
    }
}

impl<T> From<T> for Given<T> {
    fn from(readable: T) -> Self {
        Self(Ok(readable))
    }
}

/// Reads an optional scalar of the input field `field`.
pub fn read<T>(given: Option<Given<T>>, field: &'static str) -> Result<Option<T>> {
    given.map(|given| given.read(field)).transpose()
}

/// Each of the `items` of the input field `field`, parsed, with its problems at its own place.
///
/// # Errors
/// Those of `parse`; `BAD_USER_INPUT` for more than `most`.
pub(crate) fn read_each<T, U>(
    items: Vec<T>,
    field: &'static str,
    most: usize,
    parse: impl Fn(T) -> Result<U>,
) -> Result<Vec<U>> {
    if items.len() > most {
        let message = format!("At most {most} are allowed here; these are {}.", items.len());
        return Err(Error::bad_input(field, message).with("maxItems", most));
    }
    let mut problems = Problems::default();
    let parse = |(place, item)| problems.read(parse(item).map_err(|error| error.at(format!("{field}.{place}"))));
    let parsed = items.into_iter().enumerate().filter_map(parse).collect();
    problems.finish(Some(parsed))
}

/// The stretch of time of the input fields `from` and `to`.
///
/// # Errors
/// `BAD_USER_INPUT` for an impossible instant, or a stretch that ends before it begins.
pub fn parse_times(from: Option<Given<DateTime>>, to: Option<Given<DateTime>>) -> Result<TimeRange> {
    let mut problems = Problems::default();
    let from = problems.read(read(from, "from")).flatten().map(|at| at.0);
    let to = problems.read(read(to, "to")).flatten().map(|at| at.0);
    let times = problems.read(TimeRange::parse(from, to));
    problems.finish(times)
}

impl<T: Readable + Send + Sync> InputType for Given<T> {
    type RawValueType = Self;

    fn type_name() -> Cow<'static, str> {
        <T as InputType>::type_name()
    }

    fn create_type_info(registry: &mut Registry) -> String {
        <T as InputType>::create_type_info(registry)
    }

    fn parse(value: Option<Value>) -> InputValueResult<Self> {
        Ok(Self(T::read(&value.unwrap_or_default())))
    }

    fn to_value(&self) -> Value {
        self.0.as_ref().map_or(Value::Null, ScalarType::to_value)
    }

    fn as_raw_value(&self) -> Option<&Self> {
        Some(self)
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// `number` as an `Int` of the schema.
///
/// # Errors
/// `INTERNAL_SERVER_ERROR` past 2,147,483,647.
pub fn int(number: i64) -> Result<i32> {
    i32::try_from(number).map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decimal(json: &serde_json::Value) -> Result<String, String> {
        let read = Decimal::read(&Value::from_json(json.clone()).unwrap());
        read.map(|d| d.to_string()).map_err(|error| error.message().to_owned())
    }

    #[test]
    fn a_decimal_is_a_string_or_an_integer_and_keeps_its_digits() {
        assert_eq!(decimal(&"5000.00".into()), Ok("5000.00".to_owned()));
        assert_eq!(decimal(&"-0.010".into()), Ok("-0.010".to_owned()));
        assert_eq!(decimal(&12.into()), Ok("12".to_owned()));
        assert_eq!(decimal(&"90000000000.01".into()), Ok("90000000000.01".to_owned()));
    }

    #[test]
    fn a_fraction_as_a_json_number_is_refused_with_the_reason() {
        assert!(decimal(&0.1.into()).unwrap_err().contains("\"0.1\""));
    }

    #[test]
    fn other_spellings_of_a_number_are_no_decimal() {
        for text in
            ["", " 1", "1e3", "+1", ".5", "5.", "1,000", "0x1", "--1", "1_000", "NaN", "12345678901234567890123456789"]
        {
            assert!(decimal(&text.into()).is_err(), "{text:?}");
        }
    }

    #[test]
    fn only_real_days_in_range_are_dates() {
        let read = |text: &str| Date::read(&Value::from(text));
        assert!(read("2024-02-29").is_ok());
        assert!(read("1900-01-01").is_ok());
        for text in ["2026-02-30", "2026-2-3", "1899-12-31", "2200-01-01", "2026-01-01T00:00:00Z", "", "20260101"] {
            assert!(read(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn currencies_without_minor_units_are_refused() {
        let read = |text: &str| CurrencyCode::read(&Value::from(text));
        assert!(read("JPY").is_ok());
        for text in ["XAU", "usd", "US", "ZZZ", ""] {
            assert!(read(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn each_problem_has_its_own_place() {
        let odd = |n: i32| if n % 2 == 1 { Ok(n) } else { Err(Error::bad_input("list", "even")) };
        let fields = |error: Error| error.each().map(|one| one.field().map(str::to_owned)).collect::<Vec<_>>();
        let error = read_each(vec![1, 2, 3, 4], "list", 4, odd).unwrap_err();
        assert_eq!(fields(error), [Some("list.1".to_owned()), Some("list.3".to_owned())]);
        assert_eq!(fields(read_each(vec![1, 3], "list", 1, odd).unwrap_err()), [Some("list".to_owned())]);
        assert_eq!(read_each(vec![1, 3], "list", 2, odd).unwrap(), [1, 3]);
    }
}
