//! Sums in the schema.

use async_graphql::SimpleObject;

use super::money::Figure;
use crate::{currency::Currency, error::Result, scalars::int, totals::Sums};

/// Sums over some records in one currency.
#[derive(SimpleObject)]
pub struct Summary {
    /// What came in, less what of it was paid back.
    income: Figure,
    /// What went out, less what came back as refunds and credit notes; below zero where these are more.
    expenses: Figure,
    /// Income minus expenses; negative when more went out than came in.
    net: Figure,
    /// How many records there are.
    record_count: i32,
}

impl Summary {
    /// `sums`, which are in `currency`.
    pub fn new(sums: Sums, currency: Currency) -> Result<Self> {
        let (income, expenses) = (sums.income.minor, sums.expenses.minor);
        Ok(Self {
            income: Figure { minor: income, currency },
            expenses: Figure { minor: expenses, currency },
            net: Figure { minor: income - expenses, currency },
            record_count: int(sums.count())?,
        })
    }
}
