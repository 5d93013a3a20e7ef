//! How many records a filter means, and what they add up to: from the totals where these can tell, at a cost that
//! does not depend on the number of records; otherwise from the records.

use entity::{RecordKind, record, total};
use iso_currency::Currency;
use sea_orm::{ColumnTrait, ConnectionTrait, PaginatorTrait, QuerySelect, Select, sea_query::Expr};

use super::{
    filter::Filter,
    money::Money,
    scope::{Scope, segments},
};
use crate::{
    db,
    error::{Error, Result, sum_too_large},
};

/// Income, expenses and count of some records in one currency, in minor units.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    income: i64,
    expenses: i64,
    count: i64,
}

impl Sums {
    /// The same with `count` records more, which come to `amount_minor`.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` when a sum is past 64 bits.
    pub fn plus(self, kind: RecordKind, amount_minor: i64, count: i64) -> Result<Self> {
        let add = |sum: i64| sum.checked_add(amount_minor).ok_or_else(sum_too_large);
        let count = self.count + count;
        Ok(match kind {
            RecordKind::Income => Self { income: add(self.income)?, count, ..self },
            RecordKind::Expense => Self { expenses: add(self.expenses)?, count, ..self },
        })
    }

    /// What came in.
    #[must_use]
    pub fn income(self, currency: Currency) -> Money {
        Money { minor: self.income, currency }
    }

    /// What went out.
    #[must_use]
    pub fn expenses(self, currency: Currency) -> Money {
        Money { minor: self.expenses, currency }
    }

    /// How many records.
    #[must_use]
    pub fn count(self) -> i64 {
        self.count
    }

    /// Income and expenses together, which can be past 64 bits.
    #[must_use]
    pub fn turnover(self) -> i128 {
        i128::from(self.income) + i128::from(self.expenses)
    }
}

/// How many records `filter` means.
pub async fn count(db: &impl ConnectionTrait, filter: &Filter) -> Result<i64> {
    let Some(scope) = filter.scope() else {
        let count = filter.select(db.get_database_backend()).count(db).await?;
        return i64::try_from(count).map_err(Error::internal);
    };
    let count = totals(db, &scope).expr(db::sum(Expr::col(total::Column::RecordCount))).into_tuple().one(db).await?;
    Ok(count.unwrap_or_default())
}

/// What the records in `currency` that `filter` means add up to.
///
/// # Errors
/// `BAD_USER_INPUT` when a sum is past 64 bits.
pub async fn sums(db: &impl ConnectionTrait, filter: &Filter, currency: Currency) -> Result<Sums> {
    if filter.currency.is_some_and(|only| only != currency) {
        return Ok(Sums::default());
    }
    let filter = Filter { currency: Some(currency), ..filter.clone() };
    let by_kind = match filter.scope() {
        Some(scope) => totals(db, &scope)
            .column(total::Column::Kind)
            .expr(db::sum(Expr::col(total::Column::AmountMinor)))
            .expr(db::sum(Expr::col(total::Column::RecordCount)))
            .group_by(total::Column::Kind)
            .into_tuple()
            .all(db),
        None => filter
            .select(db.get_database_backend())
            .select_only()
            .column(record::Column::Kind)
            .expr(db::sum(Expr::col(record::Column::AmountMinor)))
            .expr(record::Column::Id.count())
            .group_by(record::Column::Kind)
            .into_tuple()
            .all(db),
    };
    let by_kind: Vec<(RecordKind, i64, i64)> = by_kind.await?;
    by_kind.into_iter().try_fold(Sums::default(), |sums, (kind, amount, count)| sums.plus(kind, amount, count))
}

fn totals(db: &impl ConnectionTrait, scope: &Scope) -> Select<total::Entity> {
    scope.totals(db.get_database_backend(), &segments(scope.dates)).select_only()
}
