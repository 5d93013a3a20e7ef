//! Which totals make up the sums of some records.

use std::sync::Arc;

use entity::{
    RecordKind, currency_total,
    total::{self, Column},
};
use sea_orm::{
    Condition, DbBackend,
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
    /// Of this currency.
    pub currency: Option<Currency>,
}

/// What statements call the totals of a scope.
pub(crate) const CHOSEN: &str = "chosen";

impl Scope {
    /// The totals in `segments` that belong to this scope: their first day and their sums; those of another kind
    /// are zero. They are of all categories together, unless the scope is of some. A row may be a part of a total, and
    /// below zero: only the sum of the parts means anything.
    #[must_use]
    pub(crate) fn totals(&self, backend: DbBackend, segments: &[Segment]) -> SelectStatement {
        let mut totals = self.select(segments);
        match &self.categories {
            None => totals.from(currency_total::Entity),
            Some(of) => totals.from(total::Entity).and_where(db::any_of(backend, Column::CategoryId, ids(of))),
        };
        totals
    }

    /// As [`Scope::totals`], but those of each category, with its id.
    #[must_use]
    pub(crate) fn totals_of_categories(&self, backend: DbBackend, segments: &[Segment]) -> SelectStatement {
        let mut totals = self.select(segments);
        totals.column(Column::CategoryId).from(total::Entity);
        if let Some(of) = &self.categories {
            totals.and_where(db::any_of(backend, Column::CategoryId, ids(of)));
        }
        totals
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
        let belongs = Condition::all()
            .add_option(self.currency.map(|currency| Expr::col(Column::Currency).eq(currency.code())))
            .add(anywhere);
        let mut totals = Query::select();
        totals.column(Column::Start).cond_where(belongs);
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
