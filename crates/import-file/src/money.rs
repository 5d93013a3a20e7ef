//! Which way the money of a row went, how much it is, and in which currency as far as the amount says.

use rust_decimal::Decimal;

use crate::{
    columns::{Columns, Found, cell},
    format::{BelowZero, Format, KindRule},
    misfit::same_flag,
    row::{Kind, Problem},
    split::Raw,
    values::{self, Amount},
};

/// The money of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Money {
    pub(crate) kind: Kind,
    /// Below zero where it came back.
    pub(crate) amount: Decimal,
    /// The code of the currency, where it stands around the amount.
    pub(crate) code: Option<String>,
}

impl Money {
    /// That of a row, as the format says.
    pub(crate) fn read(columns: &Columns, format: &Format, raw: &Raw) -> Result<Self, Problem> {
        let money = match (format.kind, &columns.amount) {
            (KindRule::TwoColumns, _) => Self::of_two_columns(columns, format, raw)?,
            (_, Some(column)) => Self::of_one_column(columns, format, raw, column)?,
            (_, None) => return Err(Problem::about("amount", None, "There is no column of the amount.")),
        };
        let column = match money.kind {
            Kind::Income => columns.amount.as_ref().or(columns.income.as_ref()),
            Kind::Expense => columns.amount.as_ref().or(columns.expense.as_ref()),
        };
        Ok(Self { amount: below_zero(format, money.amount, column)?, ..money })
    }

    fn of_one_column(columns: &Columns, format: &Format, raw: &Raw, column: &Found) -> Result<Self, Problem> {
        let text = cell(raw, column);
        let (text, suffix) = match format.kind {
            KindRule::Suffix => without_suffix(format, text),
            _ => (text, None),
        };
        let nothing = || Problem::about("amount", Some(column), "There is no amount.");
        let Amount { number, code } = read(format, text, column)?.ok_or_else(nothing)?;
        let amount = columns.subtracted.iter().try_fold(number, |rest, column| {
            let less = read(format, cell(raw, column), column)?.map_or(Decimal::ZERO, |amount| amount.number);
            rest.checked_sub(less).ok_or_else(|| Problem::about("amount", Some(column), "This is too large."))
        })?;
        let by_sign = |amount: Decimal| {
            if amount < Decimal::ZERO { (Kind::Expense, -amount) } else { (Kind::Income, amount) }
        };
        let (kind, amount) = match format.kind {
            KindRule::Sign => by_sign(amount),
            KindRule::InverseSign => by_sign(-amount),
            KindRule::Income => (Kind::Income, amount),
            KindRule::Expense => (Kind::Expense, amount),
            // Nothing was booked: whatever stands beside it does not matter.
            _ if amount.is_zero() => (Kind::Income, amount),
            KindRule::Suffix => {
                let message = "Behind the amount nothing says which way the money went.";
                (suffix.ok_or_else(|| Problem::about("kind", Some(column), message))?, amount)
            }
            KindRule::Flag | KindRule::TwoColumns => (of_flag(columns, format, raw)?, amount),
        };
        Ok(Self { kind, amount, code })
    }

    fn of_two_columns(columns: &Columns, format: &Format, raw: &Raw) -> Result<Self, Problem> {
        let read = |column: &Option<Found>| match column {
            Some(column) => read(format, cell(raw, column), column),
            None => Ok(None),
        };
        let (income, expense) = (read(&columns.income)?, read(&columns.expense)?);
        let is_something = |amount: &Option<Amount>| amount.as_ref().is_some_and(|amount| !amount.number.is_zero());
        let (kind, amount) = match (is_something(&income), is_something(&expense)) {
            (true, true) => {
                let message = "Both columns have an amount. One of them has to be empty.";
                return Err(Problem::about("amount", columns.expense.as_ref(), message));
            }
            (true, false) => (Kind::Income, income),
            (false, true) => (Kind::Expense, expense),
            (false, false) => (Kind::Income, income.or(expense)),
        };
        let nothing = || Problem::about("amount", columns.income.as_ref(), "Neither column has an amount.");
        let Amount { number, code } = amount.ok_or_else(nothing)?;
        Ok(Self { kind, amount: number, code })
    }
}

/// An amount below zero, as the format means it.
fn below_zero(format: &Format, amount: Decimal, column: Option<&Found>) -> Result<Decimal, Problem> {
    let meaning = format.below_zero.unwrap_or(match format.kind {
        KindRule::TwoColumns | KindRule::Flag | KindRule::Suffix => BelowZero::Problem,
        _ => BelowZero::Refund,
    });
    match meaning {
        BelowZero::Ignored => Ok(amount.abs()),
        BelowZero::Problem if amount < Decimal::ZERO => {
            let message = "This is below zero, and the format does not say what that means. See `belowZero`.";
            Err(Problem::about("amount", column, message))
        }
        _ => Ok(amount),
    }
}

fn read(format: &Format, text: &str, column: &Found) -> Result<Option<Amount>, Problem> {
    values::amount(text, format.decimal_sign, format.thousands_sign)
        .map_err(|message| Problem::about("amount", Some(column), message))
}

fn of_flag(columns: &Columns, format: &Format, raw: &Raw) -> Result<Kind, Problem> {
    let flag = columns.flag.as_ref().map_or("", |column| cell(raw, column));
    let is_one_of = |flags: &[String]| flags.iter().any(|one| same_flag(one, flag));
    match (is_one_of(&format.income_flags), is_one_of(&format.expense_flags)) {
        (true, false) => Ok(Kind::Income),
        (false, true) => Ok(Kind::Expense),
        _ => {
            let message = format!("{flag:?} is none of the values that say which way the money went.");
            Err(Problem::about("kind", columns.flag.as_ref(), message))
        }
    }
}

/// An amount, and which way it went by what stands behind it.
fn without_suffix<'a>(format: &Format, text: &'a str) -> (&'a str, Option<Kind>) {
    let usual = ["Cr".to_owned(), "Dr".to_owned()];
    let (income, expense) = match (&format.income_flags[..], &format.expense_flags[..]) {
        ([], []) => (&usual[..1], &usual[1..]),
        given => given,
    };
    let both = income.iter().map(|flag| (flag, Kind::Income)).chain(expense.iter().map(|flag| (flag, Kind::Expense)));
    let mut known: Vec<_> = both.map(|(flag, kind)| (flag.trim(), kind)).collect();
    known.sort_by_key(|(flag, _)| std::cmp::Reverse(flag.len()));
    for (flag, kind) in known {
        let at = text.len().saturating_sub(flag.len());
        if let (Some(rest), Some(end)) = (text.get(..at), text.get(at..))
            && same_flag(end, flag)
        {
            return (rest.trim(), Some(kind));
        }
    }
    (text, None)
}
