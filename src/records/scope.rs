//! Which totals make up the sums of some records.

use entity::{
    RecordKind,
    total::{Column, Entity},
};
use sea_orm::{
    ColumnTrait, Condition, DbBackend,
    sea_query::{Expr, ExprTrait, Query, SelectStatement, SimpleExpr},
};

use crate::{
    calendar::{DateRange, Segment},
    categories::{self, CategoryName},
    currency::Currency,
};

/// Records that are not deleted, by all that the totals tell apart; `None` restricts nothing.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    /// First day and last day, each maybe open.
    pub dates: DateRange,
    /// Any of these; none of them when empty.
    pub categories: Option<Vec<CategoryName>>,
    /// Income or expense.
    pub kind: Option<RecordKind>,
    /// Of this currency.
    pub currency: Option<Currency>,
}

/// What statements call the totals of a scope.
pub(crate) const CHOSEN: &str = "chosen";

impl Scope {
    /// The totals in `segments` that belong to this scope: their first day, their category, and their sums, of which
    /// those of another kind are zero. Some may be parts, below zero, that come to nothing only together.
    #[must_use]
    pub(crate) fn totals(&self, backend: DbBackend, segments: &[Segment]) -> SelectStatement {
        let mut anywhere = Condition::any();
        for Segment { span, starts } in segments {
            // Written out, not bound: PostgreSQL leaves the rows of the other span out when it plans.
            let segment = Condition::all()
                .add(Expr::col(Column::Span).eq(SimpleExpr::Constant((*span).into())))
                .add_option(starts.from.map(|from| Column::Start.gte(from)))
                .add_option(starts.to.map(|to| Column::Start.lte(to)));
            anywhere = anywhere.add(segment);
        }
        let belongs = Condition::all()
            .add_option(self.currency.map(|currency| Column::Currency.eq(currency.code())))
            .add(anywhere)
            .add_option(
                self.categories.as_deref().map(|names| categories::is_called(backend, Column::CategoryId, names)),
            );
        let mut totals = Query::select();
        totals.columns([Column::Start, Column::CategoryId]).from(Entity).cond_where(belongs);
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
