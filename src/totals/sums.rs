//! What records add up to, and how a statement says it: exactly, however many there are.

use std::ops::{Add, AddAssign, Neg};

use entity::{
    RecordKind, currency_total, record,
    total::{self, Column},
};
use sea_orm::{
    DbErr, FromQueryResult, QueryResult,
    sea_query::{Expr, Query, SelectStatement},
};

use crate::{db, error::Result};

/// The columns of [`summed`]. A sum of amounts can be past 64 bits, which no database's integers are, so it travels in
/// two halves.
pub(crate) const SUMS: [&str; 6] =
    ["income_high", "income_low", "income_count", "expenses_high", "expenses_low", "expenses_count"];

/// What some records in one currency come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// What came in.
    pub income: Sum,
    /// What went out.
    pub expenses: Sum,
}

/// Minor units, and how many records they are of. Below zero where records are counted out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// Minor units, from as many records of 64 bits as there may be.
    pub minor: i128,
    /// How many records.
    pub count: i64,
}

impl Sums {
    /// What `sum`, of `kind` alone, comes to.
    #[must_use]
    pub fn of(kind: RecordKind, sum: Sum) -> Self {
        match kind {
            RecordKind::Income => Self { income: sum, ..Self::default() },
            RecordKind::Expense => Self { expenses: sum, ..Self::default() },
        }
    }

    /// What of it is of `kind`.
    #[must_use]
    pub fn only(self, kind: RecordKind) -> Self {
        match kind {
            RecordKind::Income => Self { expenses: Sum::default(), ..self },
            RecordKind::Expense => Self { income: Sum::default(), ..self },
        }
    }

    /// How many records.
    #[must_use]
    pub fn count(self) -> i64 {
        self.income.count + self.expenses.count
    }

    /// How much money was moved: income and expenses together, each less what came back.
    #[must_use]
    pub fn turnover(self) -> i128 {
        self.income.minor + self.expenses.minor
    }

    /// The same without signs: of one record, or of several whose amounts have the same sign.
    #[must_use]
    pub(super) fn unsigned(self) -> Self {
        let unsigned = |sum: Sum| Sum { minor: sum.minor.abs(), ..sum };
        Self { income: unsigned(self.income), expenses: unsigned(self.expenses) }
    }
}

impl Add for Sums {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let add = |a: Sum, b: Sum| Sum { minor: a.minor + b.minor, count: a.count + b.count };
        Self { income: add(self.income, other.income), expenses: add(self.expenses, other.expenses) }
    }
}

impl AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Neg for Sums {
    type Output = Self;

    fn neg(self) -> Self {
        let negate = |sum: Sum| Sum { minor: -sum.minor, count: -sum.count };
        Self { income: negate(self.income), expenses: negate(self.expenses) }
    }
}

impl FromQueryResult for Sums {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        let number = |column| row.try_get::<i64>(prefix, column);
        let [income_high, income_low, income_count, expenses_high, expenses_low, expenses_count] = SUMS;
        let sum =
            |high, low, count| Ok::<_, DbErr>(Sum { minor: whole(number(high)?, number(low)?), count: number(count)? });
        Ok(Self {
            income: sum(income_high, income_low, income_count)?,
            expenses: sum(expenses_high, expenses_low, expenses_count)?,
        })
    }
}

impl From<&record::Model> for Sums {
    fn from(record: &record::Model) -> Self {
        Self::of(record.kind, Sum { minor: record.amount_minor.into(), count: 1 })
    }
}

impl From<&total::Model> for Sums {
    fn from(total: &total::Model) -> Self {
        Self {
            income: Sum { minor: total.income_minor.into(), count: total.income_count },
            expenses: Sum { minor: total.expenses_minor.into(), count: total.expenses_count },
        }
    }
}

impl From<&currency_total::Model> for Sums {
    fn from(total: &currency_total::Model) -> Self {
        Self {
            income: Sum { minor: total.income_minor.into(), count: total.income_count },
            expenses: Sum { minor: total.expenses_minor.into(), count: total.expenses_count },
        }
    }
}

/// The sum whose halves [`db::sum_halves`] gave.
#[must_use]
pub(super) fn whole(high: i64, low: i64) -> i128 {
    (i128::from(high) << 32) + i128::from(low)
}

/// A query of the sums, to be read as [`Sums`], of the totals that it will be from.
#[must_use]
pub(crate) fn summed() -> SelectStatement {
    let mut query = Query::select();
    let [income_high, income_low, income_count, expenses_high, expenses_low, expenses_count] = SUMS;
    for (minor, count, [as_high, as_low, as_count]) in [
        (Column::IncomeMinor, Column::IncomeCount, [income_high, income_low, income_count]),
        (Column::ExpensesMinor, Column::ExpensesCount, [expenses_high, expenses_low, expenses_count]),
    ] {
        let [high, low] = db::sum_halves(Expr::col(minor));
        query.expr_as(high, as_high).expr_as(low, as_low).expr_as(db::sum(Expr::col(count)), as_count);
    }
    query
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_halves_of_any_numbers_add_up_to_their_sum(numbers: Vec<i64>) {
            let high = numbers.iter().map(|number| number >> 32).sum();
            let low = numbers.iter().map(|number| number & 0xffff_ffff).sum();
            prop_assert_eq!(whole(high, low), numbers.iter().copied().map(i128::from).sum::<i128>());
        }
    }
}
