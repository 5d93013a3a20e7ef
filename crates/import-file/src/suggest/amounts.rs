//! Which column has the amount, or which two have it, and which signs its numbers have.

use super::{
    Suggestion,
    dates::Dates,
    table::{Table, is_called},
};
use crate::{
    format::{BelowZero, DecimalSign, KindRule, ThousandsSign},
    values,
};

const AMOUNT: [&str; 9] = ["amount", "betrag", "bedrag", "importe", "importo", "montant", "umsatz", "kwota", "=value"];
const BALANCE: [&str; 5] = ["saldo", "balance", "solde", "kontostand", "guthaben"];
/// Numbers beside the amount, which are not it.
const BESIDE: [&str; 14] = [
    "vat",
    "tax",
    "fee",
    "mwst",
    "steuer",
    "btw",
    "tva",
    "koers",
    "rate",
    "kurs",
    "refund",
    "orig",
    "oorspr",
    "converted",
];
const INCOME: [&str; 11] = [
    "credit",
    "crédit",
    "kredit",
    "deposit",
    "haben",
    "paid in",
    "money in",
    "einnahme",
    "gutschrift",
    "ingreso",
    "income",
];
const EXPENSE: [&str; 11] = [
    "debit",
    "débit",
    "debet",
    "withdrawal",
    "soll",
    "paid out",
    "money out",
    "ausgabe",
    "lastschrift",
    "gasto",
    "expense",
];

/// What the signs in one number say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Clue {
    /// It has none.
    Integer,
    /// It has one, with three digits behind it: it may be either.
    Either(char),
    /// What its signs are.
    Signs { decimal: Option<DecimalSign>, thousands: Option<ThousandsSign> },
}

impl Clue {
    /// That of a cell; `None` where it is no number.
    pub(super) fn of(cell: &str) -> Option<Self> {
        let digits = values::digits(cell)?;
        let is_sign = |c: char| !c.is_ascii_digit();
        let signs: Vec<_> = digits.chars().filter(|c| is_sign(*c)).map(plain).collect();
        let parts: Vec<_> = digits.split(is_sign).map(str::len).collect();
        let (Some(sign), Some(behind)) = (signs.last().copied(), parts.last().copied()) else {
            return Some(Self::Integer);
        };
        let groups = |parts: &[usize]| (1..=3).contains(&parts[0]) && parts[1..].iter().all(|length| *length == 3);
        let alike = |signs: &[char]| signs.windows(2).all(|pair| pair[0] == pair[1]);
        let all_groups = alike(&signs) && groups(&parts);
        let decimal = decimal(sign);
        let whole = &parts[..parts.len() - 1];
        match (signs.len(), decimal) {
            (1, Some(_)) if all_groups && !digits.starts_with('0') => Some(Self::Either(sign)),
            (1, Some(_)) if behind > 0 => Some(Self::Signs { decimal, thousands: None }),
            (_, None) | (2.., _) if all_groups => Some(Self::Signs {
                decimal: match sign {
                    '.' => Some(DecimalSign::Comma),
                    ',' => Some(DecimalSign::Point),
                    _ => None,
                },
                thousands: thousands(sign),
            }),
            (2.., Some(_)) if alike(&signs[..signs.len() - 1]) && signs[0] != sign && groups(whole) => {
                Some(Self::Signs { decimal, thousands: thousands(signs[0]) })
            }
            _ => None,
        }
    }
}

fn plain(sign: char) -> char {
    match sign {
        '’' => '\'',
        blank if blank.is_whitespace() => ' ',
        other => other,
    }
}

fn decimal(sign: char) -> Option<DecimalSign> {
    match sign {
        '.' => Some(DecimalSign::Point),
        ',' => Some(DecimalSign::Comma),
        _ => None,
    }
}

fn thousands(sign: char) -> Option<ThousandsSign> {
    match sign {
        '.' => Some(ThousandsSign::Point),
        ',' => Some(ThousandsSign::Comma),
        '\'' => Some(ThousandsSign::Apostrophe),
        ' ' => Some(ThousandsSign::Blank),
        _ => None,
    }
}

/// The columns of numbers that can be money.
fn numbers(table: &Table, dates: &[Dates]) -> Vec<usize> {
    let is_number = |at: &usize| {
        let clues: Option<Vec<_>> = table.cells(*at).map(Clue::of).collect();
        let is_money = |clue: &Clue| *clue != Clue::Integer;
        let header = table.header(*at);
        let is_named = is_called(&header, &AMOUNT) || is_called(&header, &INCOME) || is_called(&header, &EXPENSE);
        clues.is_some_and(|clues| !clues.is_empty() && (is_named || clues.iter().any(is_money)))
    };
    let is_date = |at: &usize| dates.iter().any(|dates| dates.at == *at);
    (0..table.width).filter(|at| !is_date(at)).filter(is_number).collect()
}

pub(super) fn suggest(table: &Table, dates: &[Dates], suggestion: &mut Suggestion) {
    let numbers = numbers(table, dates);
    let is_beside = |at: &usize| is_called(&table.header(*at), &BALANCE) || is_called(&table.header(*at), &BESIDE);
    let money: Vec<_> = numbers.iter().copied().filter(|at| !is_beside(at)).collect();
    let named: Vec<_> = money.iter().copied().filter(|at| is_called(&table.header(*at), &AMOUNT)).collect();
    let chosen = match (&named[..], two_columns(table), &money[..]) {
        ([], Some(two), _) => {
            (suggestion.format.income_column, suggestion.format.expense_column) =
                (Some(table.name(two[0])), Some(table.name(two[1])));
            suggestion.format.kind = KindRule::TwoColumns;
            ask_below_zero(table, two, suggestion);
            two.to_vec()
        }
        ([first, rest @ ..], _, _) | ([], None, [first, rest @ ..]) => {
            suggestion.format.amount_column = Some(table.name(*first));
            if !rest.is_empty() {
                let candidates = [&[*first], rest].concat().into_iter().map(|at| table.name(at)).collect();
                suggestion.ask(
                    "amountColumn",
                    "More than one column has amounts. Say which one the books take.",
                    candidates,
                );
            }
            vec![*first]
        }
        ([], None, []) => {
            suggestion.ask("amountColumn", "No column has amounts. Say which one has them all the same.", Vec::new());
            return;
        }
    };
    let taken_off =
        |at: &usize| is_called(&table.header(*at), &["refund"]) && !is_called(&table.header(*at), &["converted"]);
    let less: Vec<_> = numbers.iter().filter(|at| taken_off(at)).map(|at| table.name(*at)).collect();
    if !less.is_empty() && suggestion.format.amount_column.is_some() {
        let message = "A column says what was refunded. Say whether it is taken off the amount.";
        suggestion.ask("subtractedColumns", message, less);
    }
    signs(table, &chosen, &numbers, suggestion);
}

/// The column of what came in and that of what went out, where there is one of each.
fn two_columns(table: &Table) -> Option<[usize; 2]> {
    let one = |words: &[&str]| {
        let numeric = |at: &usize| table.cells(*at).all(|cell| Clue::of(cell).is_some());
        let found: Vec<_> = table.called(words).into_iter().filter(numeric).collect();
        (found.len() == 1).then(|| found[0])
    };
    let (income, expense) = (one(&INCOME)?, one(&EXPENSE)?);
    let is_there = table.cells(income).chain(table.cells(expense)).next().is_some();
    (is_there && income != expense).then_some([income, expense])
}

fn ask_below_zero(table: &Table, columns: [usize; 2], suggestion: &mut Suggestion) {
    let is_below = |cell: &str| cell.starts_with(['-', '−', '(']) || cell.ends_with(['-', '−']);
    if columns.iter().any(|at| table.cells(*at).any(is_below)) {
        let names = [BelowZero::Ignored, BelowZero::Refund].map(|meaning| meaning.name().to_owned());
        suggestion.ask("belowZero", "Some amounts are below zero. Say what that means.", names.to_vec());
    }
}

/// Says which signs the numbers have, where the amounts do; asks otherwise.
fn signs(table: &Table, chosen: &[usize], numbers: &[usize], suggestion: &mut Suggestion) {
    let clues = |columns: &[usize]| -> Vec<Clue> {
        columns.iter().flat_map(|at| table.cells(*at)).filter_map(Clue::of).collect()
    };
    let (own, all) = (clues(chosen), clues(numbers));
    let decimals = |clues: &[Clue]| {
        let of = |clue: &Clue| match clue {
            Clue::Signs { decimal, .. } => *decimal,
            _ => None,
        };
        let has = |sign| clues.iter().any(|clue| of(clue) == Some(sign));
        (has(DecimalSign::Point), has(DecimalSign::Comma))
    };
    let either = own.iter().find_map(|clue| match clue {
        Clue::Either(sign) => Some(*sign),
        _ => None,
    });
    let (sign, is_certain) = match (decimals(&own), decimals(&all)) {
        ((true, false), _) => (DecimalSign::Point, true),
        ((false, true), _) => (DecimalSign::Comma, true),
        ((true, true), _) => (DecimalSign::Point, false),
        ((false, false), (false, true)) => (DecimalSign::Comma, either.is_none()),
        ((false, false), _) => (DecimalSign::Point, either.is_none()),
    };
    suggestion.format.decimal_sign = sign;
    if !is_certain {
        let message = match either {
            Some(between) => {
                format!("Say whether `{between}` in the amounts stands before decimal places or between thousands.")
            }
            None => "Amounts have decimal places behind a point and behind a comma. Say which is right.".to_owned(),
        };
        let other = if sign == DecimalSign::Point { DecimalSign::Comma } else { DecimalSign::Point };
        suggestion.ask("decimalSign", message, vec![sign.name().to_owned(), other.name().to_owned()]);
    }
    let seen = |sign: ThousandsSign| {
        all.iter().any(|clue| match clue {
            Clue::Signs { thousands, .. } => *thousands == Some(sign),
            Clue::Either(between) => thousands(*between) == Some(sign),
            Clue::Integer => false,
        })
    };
    let other = if sign == DecimalSign::Point { ThousandsSign::Comma } else { ThousandsSign::Point };
    let possible = [other, ThousandsSign::Apostrophe, ThousandsSign::Blank];
    suggestion.format.thousands_sign = possible.into_iter().find(|sign| seen(*sign)).unwrap_or_default();
}
