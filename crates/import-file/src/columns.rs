//! Which columns of a file a format means.

use crate::{decode::Fault, format::Format, split::Raw};

/// The most columns that a message names.
const NAMED: usize = 20;

/// A column of the file: where it is, and what it is called.
#[derive(Clone, Debug)]
pub(crate) struct Found {
    pub(crate) at: usize,
    pub(crate) name: String,
}

/// Where everything is.
pub(crate) struct Columns {
    pub(crate) names: Vec<String>,
    pub(crate) date: Option<Found>,
    pub(crate) amount: Option<Found>,
    pub(crate) subtracted: Vec<Found>,
    pub(crate) income: Option<Found>,
    pub(crate) expense: Option<Found>,
    pub(crate) flag: Option<Found>,
    pub(crate) currency: Option<Found>,
    pub(crate) header_currency: Option<String>,
    pub(crate) category: Vec<Found>,
    pub(crate) notes: Vec<Found>,
    pub(crate) counterparty: Vec<Found>,
    pub(crate) pending: Option<Found>,
}

impl Columns {
    pub(crate) fn find(format: &Format, header: Option<&Raw>) -> Result<Self, Fault> {
        let names = header.map(|raw| raw.cells.clone()).unwrap_or_default();
        let place = header.map(|raw| (raw.line, 1));
        let find = |name: &String| match position(&names, name.trim()) {
            Some(at) => Ok(Found { at, name: called(&names, at) }),
            None => Err(Fault { place, message: not_found(&names, name.trim()) }),
        };
        let one = |name: &Option<String>| name.as_ref().filter(|name| !name.trim().is_empty()).map(&find).transpose();
        let all = |names: &Vec<String>| names.iter().map(&find).collect::<Result<Vec<_>, _>>();
        let (amount, income) = (one(&format.amount_column)?, one(&format.income_column)?);
        let header_currency = match amount.as_ref().or(income.as_ref()).filter(|_| format.currency_in_header) {
            None => None,
            Some(column) => Some(code_in(&column.name).ok_or_else(|| Fault {
                place,
                message: format!("In the header {:?} there is no code of a currency, or more than one.", column.name),
            })?),
        };
        Ok(Self {
            date: one(&format.date_column)?,
            amount,
            subtracted: all(&format.subtracted_columns)?,
            income,
            expense: one(&format.expense_column)?,
            flag: one(&format.flag_column)?,
            currency: one(&format.currency_column)?,
            header_currency,
            category: all(&format.category_columns)?,
            notes: all(&format.notes_columns)?,
            counterparty: all(&format.counterparty_columns)?,
            pending: one(&format.pending_column)?,
            names,
        })
    }
}

/// What stands in a column; nothing where the row is too short for it.
pub(crate) fn cell<'a>(raw: &'a Raw, column: &Found) -> &'a str {
    raw.cells.get(column.at).map_or("", String::as_str)
}

/// Where the column is that a format calls `name`; `None` where there is none, or more than one.
pub(crate) fn position(names: &[String], name: &str) -> Option<usize> {
    let mut same = names.iter().enumerate().filter(|(_, header)| *header == name);
    if let Some((at, _)) = same.next() {
        return same.next().is_none().then_some(at);
    }
    let (header, number) = name.rsplit_once('#')?;
    let number: usize = number.parse().ok().filter(|number| (1..=1_000).contains(number))?;
    if header.is_empty() {
        return (names.is_empty() || number <= names.len()).then(|| number - 1);
    }
    names.iter().enumerate().filter(|(_, other)| *other == header.trim()).nth(number - 1).map(|(at, _)| at)
}

/// Why no column, or more than one, is called `name`.
fn not_found(names: &[String], name: &str) -> String {
    let same = names.iter().filter(|header| *header == name).count();
    if same > 1 {
        return format!("{same} columns are called {name:?}. Say which one: `{name}#1`, `{name}#2` ….");
    }
    let known: Vec<_> = names.iter().filter(|name| !name.is_empty()).take(NAMED).map(String::as_str).collect();
    if known.is_empty() {
        return format!("There is no column {name:?}. No line names the columns; use `#1`, `#2` ….");
    }
    format!("There is no column {name:?}. The columns are: {}.", known.join(", "))
}

/// What a message calls the column at this place.
pub(crate) fn called(names: &[String], at: usize) -> String {
    names.get(at).filter(|name| !name.is_empty()).cloned().unwrap_or_else(|| format!("#{}", at + 1))
}

/// The code of a currency in a header, such as `Amount (EUR)`; `None` where there are several, too.
fn code_in(header: &str) -> Option<String> {
    let words = header.split(|c: char| !c.is_alphanumeric());
    let mut codes = words.filter(|word| word.len() == 3 && word.bytes().all(|byte| byte.is_ascii_uppercase()));
    let code = codes.next()?;
    codes.next().is_none().then(|| code.to_owned())
}
