//! Which totals make up the sums of some records.

use std::sync::Arc;

use entity::{
    RecordKind, currency_total,
    total::{self, Column},
};
use sea_orm::{
    ColumnTrait, Condition, DbBackend,
    sea_query::{Expr, ExprTrait, Query, SelectStatement, SimpleExpr},
};

use super::filter::ids;
use crate::{
    calendar::{DateRange, Segment},
    currency::Currency,
    db,
    services::Meant,
};

/// Records that are not deleted, by all that the totals tell apart; `None` restricts nothing.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    /// First day and last day, each maybe open.
    pub dates: DateRange,
    /// Any of these; none of them when empty.
    pub categories: Option<Vec<Arc<Meant>>>,
    /// Income or expense.
    pub kind: Option<RecordKind>,
    /// Of any of these currencies; of none when empty.
    pub currencies: Option<Vec<Currency>>,
}

/// What statements call the totals of a scope.
pub(crate) const CHOSEN: &str = "chosen";

impl Scope {
    /// The totals in `segments` that belong to this scope: their first day and their sums; those of another kind
    /// are zero. They are of all categories together, unless the scope is of some. A row may be a part of a total, and
    /// below zero: only the sum of the parts means anything.
    #[must_use]
    pub(crate) fn totals(&self, backend: DbBackend, segments: &[Segment]) -> SelectStatement {
        let Some(categories) = &self.categories else {
            let mut totals = self.select(segments);
            totals.from(currency_total::Entity);
            totals.and_where_option(self.of_currencies(backend, currency_total::Column::Currency));
            return totals;
        };
        let mut totals = self.select_of_categories(backend, segments);
        totals.and_where(db::any_of(backend, Column::CategoryId, ids(categories))).to_owned()
    }

    /// As [`Scope::totals`], but those of each category, with its id.
    #[must_use]
    pub(crate) fn totals_of_categories(&self, backend: DbBackend, segments: &[Segment]) -> SelectStatement {
        let mut totals = self.select_of_categories(backend, segments);
        totals.column(Column::CategoryId);
        if let Some(of) = &self.categories {
            totals.and_where(db::any_of(backend, Column::CategoryId, ids(of)));
        }
        totals
    }

    fn select_of_categories(&self, backend: DbBackend, segments: &[Segment]) -> SelectStatement {
        let mut totals = self.select(segments);
        totals.from(total::Entity).and_where_option(self.of_currencies(backend, Column::Currency)).to_owned()
    }

    /// Whether totals are of its currencies, where it has some.
    fn of_currencies(&self, backend: DbBackend, column: impl ColumnTrait) -> Option<SimpleExpr> {
        Some(match self.currencies.as_deref()? {
            [only] => column.eq(only.code()),
            several => db::any_of(backend, column, several.iter().map(|of| of.code().to_owned()).collect()),
        })
    }

    /// What is the same in both tables.
    fn select(&self, segments: &[Segment]) -> SelectStatement {
        let mut anywhere = Condition::any();
        for Segment { span, starts } in segments {
            // Written out, not bound: PostgreSQL leaves the rows of the other span out when it plans.
            let segment = Condition::all()
                .add(Expr::col(Column::Span).eq(SimpleExpr::Constant((*span).into())))
                .add_option(starts.from.map(|from| Expr::col(Column::Start).gte(from)))
                .add_option(starts.to.map(|to| Expr::col(Column::Start).lte(to)));
            anywhere = anywhere.add(segment);
        }
        let mut totals = Query::select();
        totals.column(Column::Start).cond_where(anywhere);
        for (kind, columns) in [
            (RecordKind::Income, [Column::IncomeMinor, Column::IncomeCount]),
            (RecordKind::Expense, [Column::ExpensesMinor, Column::ExpensesCount]),
        ] {
            for column in columns {
                if self.kind.is_none_or(|only| only == kind) {
                    totals.column(column);
                } else {
                    totals.expr_as(Expr::cust("CAST(0 AS bigint)"), column);
                }
            }
        }
        totals
    }

    /// How many of a total's records belong to this scope.
    #[must_use]
    pub(crate) fn count(&self) -> SimpleExpr {
        match self.kind {
            None => Expr::col(Column::IncomeCount).add(Expr::col(Column::ExpensesCount)),
            Some(RecordKind::Income) => Expr::col(Column::IncomeCount),
            Some(RecordKind::Expense) => Expr::col(Column::ExpensesCount),
        }
    }
}
