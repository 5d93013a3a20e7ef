//! Amounts and dates, as files write them. Nothing is guessed: what does not fit the form is refused.

use chrono::NaiveDate;
use rust_decimal::Decimal;

use crate::format::{DateForm, DecimalSign, ThousandsSign};

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Signs of currencies that may stand around an amount, with the code of those that mean one currency only.
const SIGNS: [(char, Option<&str>); 12] = [
    ('£', None),
    ('$', None),
    ('€', Some("EUR")),
    ('¥', None),
    ('₹', Some("INR")),
    ('₽', Some("RUB")),
    ('₺', Some("TRY")),
    ('₴', Some("UAH")),
    ('₩', None),
    ('₪', Some("ILS")),
    ('₫', Some("VND")),
    ('₦', Some("NGN")),
];

const MINUS: [char; 5] = ['-', '−', '\u{2010}', '\u{2011}', '\u{2013}'];

/// An amount as it stands in a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Amount {
    pub(crate) number: Decimal,
    /// The code of the currency, where it or a sign that only it has stands around the amount.
    pub(crate) code: Option<String>,
}

/// The amount in `text`; `None` where there is none, an error where it is none.
pub(crate) fn amount(text: &str, decimal: DecimalSign, thousands: ThousandsSign) -> Result<Option<Amount>, String> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let read = || {
        let Around { digits, is_negative, code, .. } = Around::of(text)?;
        let number = number(digits, decimal, thousands)?;
        Some(Amount { number: if is_negative { -number } else { number }, code })
    };
    let refuse = || format!("{text:?} is not an amount as the format says{}.", example(decimal, thousands));
    read().map(Some).ok_or_else(refuse)
}

/// The digits of an amount and the signs between them, without what stands around; `None` where `text` is none.
pub(crate) fn digits(text: &str) -> Option<&str> {
    let Around { digits, .. } = Around::of(text.trim())?;
    let is_part_of_it = |c: char| c.is_ascii_digit() || c.is_whitespace() || ".,'’".contains(c);
    (digits.contains(|c: char| c.is_ascii_digit()) && digits.chars().all(is_part_of_it)).then_some(digits)
}

/// What stands around the digits of an amount.
#[derive(Default)]
struct Around<'a> {
    digits: &'a str,
    has_sign: bool,
    is_negative: bool,
    has_currency: bool,
    code: Option<String>,
}

impl<'a> Around<'a> {
    /// Takes it off `text`: a sign and a currency, in front or behind, each at most once.
    fn of(text: &'a str) -> Option<Self> {
        let mut around = Self { digits: text, ..Self::default() };
        loop {
            around.digits = around.digits.trim();
            let rest = around.digits;
            if let Some(inner) = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
                around.sign('-', inner)?;
                continue;
            }
            let (first, last) = (rest.chars().next()?, rest.chars().next_back()?);
            if is_sign(first) {
                around.sign(first, &rest[first.len_utf8()..])?;
            } else if is_sign(last) {
                around.sign(last, &rest[..rest.len() - last.len_utf8()])?;
            } else if let Some((code, shorter)) = currency_at_an_end(rest, first, last) {
                if around.has_currency {
                    return None;
                }
                (around.digits, around.has_currency, around.code) = (shorter, true, code.map(str::to_owned));
            } else {
                return Some(around);
            }
        }
    }

    fn sign(&mut self, sign: char, rest: &'a str) -> Option<()> {
        if self.has_sign {
            return None;
        }
        (self.has_sign, self.is_negative, self.digits) = (true, MINUS.contains(&sign), rest);
        Some(())
    }
}

fn is_sign(c: char) -> bool {
    c == '+' || MINUS.contains(&c)
}

/// The currency before or behind an amount, its code if it is known, and the rest.
fn currency_at_an_end(text: &str, first: char, last: char) -> Option<(Option<&str>, &str)> {
    let sign = |c: char| SIGNS.iter().find(|(sign, _)| *sign == c).map(|(_, code)| *code);
    if let Some(code) = sign(first) {
        return Some((code, &text[first.len_utf8()..]));
    }
    if let Some(code) = sign(last) {
        return Some((code, &text[..text.len() - last.len_utf8()]));
    }
    let is_code = |code: &str| code.bytes().all(|byte| byte.is_ascii_uppercase());
    let front = text.split_at_checked(3).filter(|(code, _)| is_code(code)).map(|(code, rest)| (Some(code), rest));
    front.or_else(|| {
        let (rest, code) = text.split_at_checked(text.len().checked_sub(3)?)?;
        is_code(code).then_some((Some(code), rest))
    })
}

/// The number that `digits` are.
fn number(digits: &str, decimal: DecimalSign, thousands: ThousandsSign) -> Option<Decimal> {
    let point = if decimal == DecimalSign::Point { '.' } else { ',' };
    let (whole, fraction) = digits.split_once(point).unwrap_or((digits, ""));
    let whole = without_thousands(whole, thousands)?;
    let is_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_digits(&whole) || !is_digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let whole = if whole.is_empty() { "0" } else { &whole };
    let number = if fraction.is_empty() { whole.to_owned() } else { format!("{whole}.{fraction}") };
    Decimal::from_str_exact(&number).ok()
}

/// The digits of `whole`, whose groups of three are apart by `thousands`, or not apart at all.
fn without_thousands(whole: &str, thousands: ThousandsSign) -> Option<String> {
    let is_sign = |c: char| match thousands {
        ThousandsSign::None => false,
        ThousandsSign::Point => c == '.',
        ThousandsSign::Comma => c == ',',
        ThousandsSign::Blank => c.is_whitespace(),
        ThousandsSign::Apostrophe => c == '\'' || c == '’',
    };
    let groups: Vec<_> = whole.split(is_sign).collect();
    let fits = match &groups[..] {
        [_] => true,
        [first, rest @ ..] => (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3),
        [] => false,
    };
    fits.then(|| groups.concat())
}

fn example(decimal: DecimalSign, thousands: ThousandsSign) -> String {
    let point = if decimal == DecimalSign::Point { '.' } else { ',' };
    let sign = match thousands {
        ThousandsSign::None => "",
        ThousandsSign::Point => ".",
        ThousandsSign::Comma => ",",
        ThousandsSign::Blank => " ",
        ThousandsSign::Apostrophe => "'",
    };
    format!(", such as 1{sign}234{point}56")
}

/// The day in `text`, which a time of day may follow.
pub(crate) fn date(text: &str, form: DateForm) -> Option<NaiveDate> {
    let text = text.trim();
    if form == DateForm::Digits {
        let (digits, rest) = text.split_at_checked(8)?;
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) || !is_time(rest) {
            return None;
        }
        let part = |text: &str| text.parse().ok();
        return NaiveDate::from_ymd_opt(digits[..4].parse().ok()?, part(&digits[4..6])?, part(&digits[6..])?);
    }
    let [first, second, third] = parts(text)?;
    let (year, month, day) = match form {
        DateForm::YearMonthDay => (year_of(first).filter(|_| first.len() == 4)?, of_two(second)?, of_two(third)?),
        DateForm::DayMonthYear => (year_of(third)?, of_two(second)?, of_two(first)?),
        DateForm::MonthDayYear => (year_of(third)?, of_two(first)?, of_two(second)?),
        DateForm::DayNameYear => (year_of(third)?, month_called(second)?, of_two(first)?),
        DateForm::NameDayYear => (year_of(third)?, month_called(first)?, of_two(second)?),
        DateForm::Digits => return None,
    };
    NaiveDate::from_ymd_opt(year, month, day)
}

/// The first three runs of digits, or of letters, of `text`, with what may stand between the parts of a date.
fn parts(text: &str) -> Option<[&str; 3]> {
    let mut found = [""; 3];
    let mut rest = text;
    for (at, part) in found.iter_mut().enumerate() {
        if at > 0 {
            let trimmed = rest.trim_start_matches(|c: char| c.is_whitespace() || ".,/-".contains(c));
            let between = rest[..rest.len() - trimmed.len()].chars().count();
            if !(1..=2).contains(&between) {
                return None;
            }
            rest = trimmed;
        }
        let is_digit = rest.starts_with(|c: char| c.is_ascii_digit());
        let end =
            rest.find(|c: char| if is_digit { !c.is_ascii_digit() } else { !c.is_alphabetic() }).unwrap_or(rest.len());
        (*part, rest) = rest.split_at(end);
        if part.is_empty() {
            return None;
        }
    }
    is_time(rest).then_some(found)
}

/// Whether `text` is nothing, or a time of day such as `T10:00:00.000+02:00` or ` 9:30 PM`.
fn is_time(text: &str) -> bool {
    let text = text.trim();
    if text.is_empty() {
        return true;
    }
    let time = text.trim_start_matches(['T', 't', ',']).trim_start();
    let hours = time.bytes().take_while(u8::is_ascii_digit).count();
    let is_part_of_it = |c: char| c.is_ascii_alphanumeric() || ":.,+-/_ ".contains(c);
    let minutes = &time[hours..];
    (1..=2).contains(&hours)
        && minutes.len() >= 3
        && minutes.starts_with(':')
        && minutes.bytes().skip(1).take(2).all(|byte| byte.is_ascii_digit())
        && time.chars().all(is_part_of_it)
}

fn of_two(text: &str) -> Option<u32> {
    (1..=2).contains(&text.len()).then(|| text.parse().ok()).flatten()
}

/// A year of four digits, or of two: 1970 to 2069.
fn year_of(text: &str) -> Option<i32> {
    let year: i32 = text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok()).flatten()?;
    match text.len() {
        4 => Some(year),
        2 => Some(if year < 70 { 2000 + year } else { 1900 + year }),
        _ => None,
    }
}

fn month_called(name: &str) -> Option<u32> {
    let name = name.to_lowercase();
    let found = MONTHS.iter().position(|month| name.len() >= 3 && month.starts_with(&name));
    let found = found.or_else(|| (name == "sept").then_some(8));
    found.and_then(|at| u32::try_from(at + 1).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str, decimal: DecimalSign, thousands: ThousandsSign) -> Option<String> {
        amount(text, decimal, thousands).ok().flatten().map(|amount| amount.number.normalize().to_string())
    }

    #[test]
    fn amounts_are_read_as_the_format_says_and_not_otherwise() {
        use DecimalSign::{Comma, Point};
        use ThousandsSign as T;
        for (text, decimal, thousands, expected) in [
            ("1234.56", Point, T::None, Some("1234.56")),
            ("29.5", Point, T::None, Some("29.5")),
            ("1,234.56", Point, T::Comma, Some("1234.56")),
            ("1,234.56", Point, T::None, None),
            ("1.234,56", Comma, T::Point, Some("1234.56")),
            ("1.234,56", Comma, T::None, None),
            ("1.234", Comma, T::Point, Some("1234")),
            ("1.23", Comma, T::Point, None),
            ("12.34,56", Comma, T::Point, None),
            ("11'373.94", Point, T::Apostrophe, Some("11373.94")),
            ("1 234,56", Comma, T::Blank, Some("1234.56")),
            ("1\u{a0}234\u{202f}567,8", Comma, T::Blank, Some("1234567.8")),
            ("£1,183.23", Point, T::Comma, Some("1183.23")),
            ("+ £1,100.00", Point, T::Comma, Some("1100")),
            ("$-5.00", Point, T::None, Some("-5")),
            ("-$5.00", Point, T::None, Some("-5")),
            ("(5.00)", Point, T::None, Some("-5")),
            ("5.00-", Point, T::None, Some("-5")),
            ("+50,00", Comma, T::None, Some("50")),
            ("\u{2212}3,40", Comma, T::None, Some("-3.4")),
            ("CHF 10.00", Point, T::None, Some("10")),
            ("10,00 EUR", Comma, T::None, Some("10")),
            (".5", Point, T::None, Some("0.5")),
            ("--5", Point, T::None, None),
            ("5-5", Point, T::None, None),
            ("(-5)", Point, T::None, None),
            ("1e3", Point, T::None, None),
            ("٣", Point, T::None, None),
            (".", Point, T::None, None),
            ("-", Point, T::None, None),
            ("EUR", Point, T::None, None),
            ("$(5.00)", Point, T::None, Some("-5")),
            ("(-5.00)", Point, T::None, None),
            ("£5 GBP", Point, T::None, None),
            ("5.", Point, T::None, Some("5")),
            ("1,23,456", Point, T::Comma, None),
            (",123", Point, T::Comma, None),
            ("1,234,", Point, T::Comma, None),
            ("99999999999999999999999999999", Point, T::None, None),
        ] {
            assert_eq!(read(text, decimal, thousands).as_deref(), expected, "{text} {decimal:?} {thousands:?}");
        }
        assert_eq!(amount("  ", Point, T::None), Ok(None));
    }

    #[test]
    fn dates_are_read_in_one_form_and_not_in_another() {
        use DateForm::{DayMonthYear, DayNameYear, Digits, MonthDayYear, NameDayYear, YearMonthDay};
        for (text, form, expected) in [
            ("2026-03-31", YearMonthDay, Some("2026-03-31")),
            ("2021-02-03 13:12", YearMonthDay, Some("2021-02-03")),
            ("2026-03-31T23:59:00+02:00", YearMonthDay, Some("2026-03-31")),
            ("31.03.2026", YearMonthDay, None),
            ("26-03-31", YearMonthDay, None),
            ("31.03.2026", DayMonthYear, Some("2026-03-31")),
            ("31. 3. 2026", DayMonthYear, Some("2026-03-31")),
            ("22.02.18", DayMonthYear, Some("2018-02-22")),
            ("22.02.71", DayMonthYear, Some("1971-02-22")),
            ("03/31/2026", DayMonthYear, None),
            ("6/12/15", MonthDayYear, Some("2015-06-12")),
            ("13/06/15", MonthDayYear, None),
            ("20260331", Digits, Some("2026-03-31")),
            ("202603311", Digits, None),
            ("20260231", Digits, None),
            ("12-Dec-2019", DayNameYear, Some("2019-12-12")),
            ("1 sept 26", DayNameYear, Some("2026-09-01")),
            ("12-Mär-2019", DayNameYear, None),
            ("00:00:00", DayMonthYear, None),
            ("31/04/2026", DayMonthYear, None),
            ("1/2", DayMonthYear, None),
            ("", DayMonthYear, None),
            ("2026-03-31x", YearMonthDay, None),
            ("31.03.20260", DayMonthYear, None),
            ("10:11:12", DayMonthYear, None),
            ("01.02.2018 - 28.02.2018", DayMonthYear, None),
            ("03/31/2026 9:05 PM", MonthDayYear, Some("2026-03-31")),
            ("2021-02-03 13:12 UTC", YearMonthDay, Some("2021-02-03")),
            ("20260331T101500Z", Digits, None),
            ("Mar 31, 2026", NameDayYear, Some("2026-03-31")),
            ("31 Mar 2026", NameDayYear, None),
        ] {
            assert_eq!(date(text, form).map(|day| day.to_string()).as_deref(), expected, "{text} {form:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in "\\PC{0,30}") {
            for decimal in [DecimalSign::Point, DecimalSign::Comma] {
                let _ = amount(&text, decimal, ThousandsSign::Blank);
            }
            for form in [DateForm::YearMonthDay, DateForm::DayMonthYear, DateForm::Digits, DateForm::DayNameYear] {
                let _ = date(&text, form);
            }
        }
    }
}
