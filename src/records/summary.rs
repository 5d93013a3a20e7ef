//! Sums in the schema.

use async_graphql::SimpleObject;
use iso_currency::Currency;

use super::money::Money;
use crate::{error::Result, scalars::int, totals::Sums};

/// Sums over some records in one currency.
#[derive(SimpleObject)]
pub struct Summary {
    /// What came in.
    income: Money,
    /// What went out.
    expenses: Money,
    /// Income less expenses; below zero when more went out than came in.
    net: Money,
    /// How many records there are.
    record_count: i32,
}

impl Summary {
    /// `sums`, which are in `currency`.
    pub fn new(sums: Sums, currency: Currency) -> Result<Self> {
        let (income, expenses) = (sums.income.minor, sums.expenses.minor);
        Ok(Self {
            income: Money::of_sum(income, currency)?,
            expenses: Money::of_sum(expenses, currency)?,
            net: Money::of_sum(income - expenses, currency)?,
            record_count: int(sums.count())?,
        })
    }
}
