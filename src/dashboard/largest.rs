//! The categories with the most money moved, and how a statement finds them without adding up every category.
//!
//! No category moved more in some days than in all days without its refunds, and of that there is one total of each. So
//! those that are
//! greatest by these totals are added up first. Where the last one asked for moved more than any other category ever did,
//! no other can be among them. Otherwise all categories are added up, by another statement.

use chrono::Datelike;
use entity::{
    RecordKind,
    category::{
        self,
        Column::{CreatedAt, Name, NameKey, Version},
    },
    total::{Column, Span},
};
use sea_orm::{
    DbBackend,
    sea_query::{CommonTableExpression, Expr, ExprTrait, Func, JoinType, Order, Query, SelectStatement, SimpleExpr},
};

use super::figures::{Part, padded, part};
use crate::{
    calendar::{DateRange, Segment, segments},
    categories, db,
    records::Scope,
    totals::{SUMS, summed},
};

/// How many categories are added up first.
const CANDIDATES: u64 = 128;
/// Ranges that begin and end fewer months apart are added up for every category at once: they have few rows.
const FEW_MONTHS: i32 = 3;
/// The relative error that a sum of floats may have, after any number of additions.
const MARGIN: f64 = 1e-9;
/// What a category moved in all days, in minor units.
pub(super) const MOST: &str = "most";

/// Which categories are wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Largest {
    /// By the money that was moved one way alone.
    pub(super) kind: Option<RecordKind>,
    /// How many.
    pub(super) first: usize,
}

/// Whether it is worth trying those that are greatest by the totals of all days.
pub(super) fn is_worth_trying(scope: &Scope) -> bool {
    let DateRange { from, to } = scope.dates;
    let months = from
        .zip(to)
        .map(|(from, to)| (to.year() - from.year()) * 12 + to.month0().cast_signed() - from.month0().cast_signed());
    scope.categories.is_none() && months.is_none_or(|months| months >= FEW_MONTHS)
}

/// Whether a category whose turnover is `turnover` moved more than any that is not a candidate, the greatest of which
/// moved no more than `bound`, ever.
pub(super) fn is_beyond(turnover: i128, bound: f64) -> bool {
    #[expect(clippy::cast_precision_loss, reason = "the margin is for that")]
    let turnover = turnover as f64;
    turnover > bound * (1.0 + MARGIN)
}

impl Largest {
    /// The categories, from the totals of the candidates alone or from all; in no order.
    pub(super) fn select(self, backend: DbBackend, scope: &Scope, only_candidates: bool) -> SelectStatement {
        let mut found = scope.totals_of_categories(backend, &segments(scope.dates));
        if only_candidates {
            found.and_where(db::any_selected(backend, Column::CategoryId, self.candidates()));
        }
        let mut ones = summed();
        ones.column(Column::CategoryId).from_subquery(found, "found").group_by_col(Column::CategoryId);
        let mut named = Query::select();
        for sum in SUMS {
            named.expr_as(db::sum(Expr::col(("ones", sum))), sum);
        }
        let category = |column: category::Column| Expr::col((category::Entity, column));
        named
            .expr_as(part(Part::largest(self.kind)), "part")
            .expr_as(Expr::cust("CAST(NULL AS double precision)"), MOST)
            .expr_as(Expr::cust("CAST(NULL AS date)"), Column::Start)
            .expr_as(category(category::Column::Id), Column::CategoryId)
            .from_subquery(ones, "ones");
        categories::join_shown(&mut named, ("ones", Column::CategoryId));
        named.add_group_by([category(category::Column::Id)]);
        for column in [Name, NameKey, CreatedAt, Version] {
            named.column((category::Entity, column)).add_group_by([category(column)]);
        }
        named
            .and_having(self.added("count").ne(Expr::cust("0")))
            .order_by_expr(self.added("high").add(self.added("low").right_shift(Expr::cust("32"))), Order::Desc)
            .order_by_expr(self.added("low").bit_and(Expr::cust("4294967295")), Order::Desc)
            .order_by((category::Entity, NameKey), Order::Asc)
            .limit(self.first as u64);
        // Around it, since a part of a union has no order of its own.
        let mut largest = Query::select();
        largest.expr(Expr::cust("*")).from_subquery(named, "largest");
        largest
    }

    /// What the candidate that moved least moved in all days; no row where every category is one.
    pub(super) fn bound(self) -> SelectStatement {
        let mut bound = Query::select();
        for sum in SUMS {
            bound.expr_as(Expr::cust("CAST(0 AS bigint)"), sum);
        }
        bound.expr_as(part(Part::bound(self.kind)), "part").expr_as(Func::min(Expr::col(MOST)), MOST);
        padded(&mut bound, None);
        bound.from(self.name()).and_having(Expr::cust("COUNT(*)").gte(Expr::cust(CANDIDATES.to_string())));
        bound
    }

    /// The candidates: those that moved most in all days, without regard to signs, so that no rounding is too large.
    pub(super) fn ranking(self, backend: DbBackend, scope: &Scope) -> CommonTableExpression {
        let merged = |column: category::Column| Expr::col(("merged", column));
        let days = Segment { span: Span::All, starts: DateRange::default() };
        let totals = scope.totals_of_categories(backend, &[days]);
        let moved = |kind| {
            let minor = match kind {
                RecordKind::Income => Column::IncomeMinor,
                RecordKind::Expense => Column::ExpensesMinor,
            };
            Func::abs(Expr::col(("days", minor)).cast_as("double precision")).into()
        };
        let root = Func::coalesce([merged(category::Column::MergedInto), Expr::col(("days", Column::CategoryId))]);
        let mut ranking = Query::select();
        ranking
            .expr_as(root, "root")
            .expr_as(Func::sum(self.either(moved)), MOST)
            .from_subquery(totals, "days")
            .join_as(
                JoinType::LeftJoin,
                category::Entity,
                "merged",
                merged(category::Column::Id)
                    .equals(("days", Column::CategoryId))
                    .and(merged(category::Column::MergedInto).is_not_null()),
            )
            .group_by_col("root")
            .order_by(MOST, Order::Desc)
            .limit(CANDIDATES);
        CommonTableExpression::new().table_name(self.name()).query(ranking).materialized(true).to_owned()
    }

    /// The ids of the candidates, and of all that was merged into them.
    fn candidates(self) -> SelectStatement {
        let member = |column: category::Column| Expr::col(("member", column));
        let root = || Expr::col((self.name(), "root"));
        let mut ids = Query::select();
        ids.expr(member(category::Column::Id)).from(self.name()).join_as(
            JoinType::InnerJoin,
            category::Entity,
            "member",
            member(category::Column::Id).eq(root()).or(member(category::Column::MergedInto).eq(root())),
        );
        ids
    }

    /// What the statement calls the candidates.
    fn name(self) -> &'static str {
        match self.kind {
            None => "ranked",
            Some(RecordKind::Income) => "ranked_by_income",
            Some(RecordKind::Expense) => "ranked_by_expenses",
        }
    }

    /// What is wanted of each kind, added up.
    fn either(self, of: impl Fn(RecordKind) -> SimpleExpr) -> SimpleExpr {
        match self.kind {
            Some(kind) => of(kind),
            None => of(RecordKind::Income).add(of(RecordKind::Expense)),
        }
    }

    /// The sum of the columns of [`summed`] that end in `part`.
    fn added(self, part: &str) -> SimpleExpr {
        self.either(|kind| {
            let kind = match kind {
                RecordKind::Income => "income",
                RecordKind::Expense => "expenses",
            };
            db::sum(Expr::col(("ones", format!("{kind}_{part}"))))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::is_beyond;

    #[test]
    fn what_rounding_could_explain_is_not_beyond() {
        assert!(is_beyond(101, 100.0));
        assert!(!is_beyond(100, 100.0));
        let large = 1_i128 << 80;
        assert!(!is_beyond(large + 1, 2_f64.powi(80)));
        assert!(is_beyond(large + (large >> 20), 2_f64.powi(80)));
    }
}
