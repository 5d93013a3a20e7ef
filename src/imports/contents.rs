//! What is in a whole file: what its columns are called, what its rows are, and what its records come to.

use std::collections::BTreeMap;

use entity::{RecordKind, import};
use serde::{Deserialize, Serialize};

use super::checked::Verdict;
use crate::{
    error::{Error, Result},
    records::NewRecord,
    totals::{Sum, Sums},
};

/// The most characters that are kept of a column's name.
const LONGEST_NAME: usize = 100;

/// What an import keeps of its file in the column `counts`, since only reading all of it tells.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Contents {
    #[serde(flatten)]
    pub(crate) counts: Counts,
    /// What the columns are called. Absent where no line names them, and where an earlier version read the file.
    #[serde(default)]
    pub(crate) columns: Option<Vec<String>>,
    /// By code of the currency. Absent where an earlier version read the file.
    #[serde(default)]
    moved: Option<BTreeMap<String, Moved>>,
}

/// What the rows of a file are.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Counts {
    pub(crate) rows: i64,
    pub(crate) new: i64,
    pub(crate) already_imported: i64,
    pub(crate) zero: i64,
    pub(crate) pending: i64,
    pub(crate) problems: i64,
}

/// What new records of one currency come to, each kind as its minor units and how many they are.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Moved {
    income: (Minor, i64),
    expenses: (Minor, i64),
}

/// Minor units, written as text: JSON's numbers are too small for the sum of a large file.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize)]
#[serde(try_from = "String", into = "String")]
struct Minor(i128);

impl TryFrom<String> for Minor {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> std::result::Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

impl From<Minor> for String {
    fn from(minor: Minor) -> Self {
        minor.0.to_string()
    }
}

/// What the rows of the file of `import` are, where it has one.
pub(crate) fn counts(import: &import::Model) -> Result<Option<Counts>> {
    Ok(import.counts.as_ref().map(Contents::kept).transpose()?.map(|contents| contents.counts))
}

impl Contents {
    /// Those of a file whose columns are called `header`, before any row of it.
    pub(super) fn begin(header: &[String]) -> Self {
        let short = |name: &String| name.chars().take(LONGEST_NAME).collect();
        let columns = (!header.is_empty()).then(|| header.iter().map(short).collect());
        Self { columns, moved: Some(BTreeMap::new()), ..Self::default() }
    }

    /// Those that were kept.
    pub(super) fn kept(stored: &serde_json::Value) -> Result<Self> {
        Self::deserialize(stored).map_err(Error::internal)
    }

    pub(super) fn add(&mut self, verdict: &Verdict) {
        let counts = &mut self.counts;
        counts.rows += 1;
        *match verdict {
            Verdict::New(_) | Verdict::PossibleDuplicate(_) => &mut counts.new,
            Verdict::AlreadyImported(_) => &mut counts.already_imported,
            Verdict::Zero => &mut counts.zero,
            Verdict::Pending => &mut counts.pending,
            Verdict::Problem(_) => &mut counts.problems,
        } += 1;
        if let Verdict::New(new) | Verdict::PossibleDuplicate(new) = verdict {
            self.add_record(new);
        }
    }

    fn add_record(&mut self, new: &NewRecord) {
        let moved = self.moved.get_or_insert_default();
        let code = new.amount.currency.code();
        if !moved.contains_key(code) {
            moved.insert(code.to_owned(), Moved::default());
        }
        let Some(of_currency) = moved.get_mut(code) else { return };
        let (minor, count) = match new.kind {
            RecordKind::Income => &mut of_currency.income,
            RecordKind::Expense => &mut of_currency.expenses,
        };
        minor.0 += i128::from(new.amount.minor);
        *count += 1;
    }

    /// What the new records come to, by code of the currency.
    pub(super) fn sums(&self) -> Option<impl Iterator<Item = (&str, Sums)>> {
        let sum = |(minor, count): (Minor, i64)| Sum { minor: minor.0, count };
        let sums = move |moved: &Moved| Sums { income: sum(moved.income), expenses: sum(moved.expenses) };
        Some(self.moved.as_ref()?.iter().map(move |(code, moved)| (code.as_str(), sums(moved))))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_an_earlier_version_kept_has_neither_columns_nor_sums() {
        let stored = json!({ "rows": 2, "new": 1, "alreadyImported": 0, "zero": 1, "pending": 0, "problems": 0 });
        let contents = Contents::kept(&stored).unwrap();
        assert_eq!((contents.counts.rows, contents.counts.zero), (2, 1));
        assert!(contents.columns.is_none() && contents.sums().is_none());
    }

    #[test]
    fn a_sum_past_64_bits_is_kept() {
        let minor = i128::from(i64::MAX) * 1_000;
        let moved = Moved { income: (Minor(minor), 1), ..Moved::default() };
        let contents = Contents { moved: Some([("EUR".to_owned(), moved)].into()), ..Contents::begin(&[]) };
        let kept = Contents::kept(&serde_json::to_value(contents).unwrap()).unwrap();
        let sums: Vec<_> = kept.sums().unwrap().map(|(code, sums)| (code.to_owned(), sums.income.minor)).collect();
        assert_eq!(sums, [("EUR".to_owned(), minor)]);
    }
}
