//! Which totals make up the sums of some records: months where the range holds them whole, days at its ragged ends.

use chrono::{Datelike, Days, Months};
use entity::{
    RecordKind,
    total::{Column, Entity, Span},
};
use sea_orm::{
    ColumnTrait, Condition, DbBackend,
    sea_query::{Expr, ExprTrait, Query, SelectStatement, SimpleExpr},
};

use super::filter::DateRange;
use crate::{
    categories::{self, CategoryName},
    currency::Currency,
    totals::month_of,
};

/// Records that are not deleted, by all that the totals tell apart; `None` restricts nothing.
#[derive(Clone, Debug)]
pub struct Scope {
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
pub const CHOSEN: &str = "chosen";

impl Scope {
    /// The totals in `segments` that belong to this scope: their first day, their category, and their sums, of which
    /// those of another kind are zero. Some may be parts, below zero, that come to nothing only together.
    #[must_use]
    pub fn totals(&self, backend: DbBackend, segments: &[Segment]) -> SelectStatement {
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
    pub fn count(&self) -> SimpleExpr {
        match self.kind {
            None => Expr::col(Column::IncomeCount).add(Expr::col(Column::ExpensesCount)),
            Some(RecordKind::Income) => Expr::col(Column::IncomeCount),
            Some(RecordKind::Expense) => Expr::col(Column::ExpensesCount),
        }
    }
}

/// Rows of totals of one span whose first days lie in a range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Days or months.
    pub span: Span,
    /// The range of their first days.
    pub starts: DateRange,
}

/// The totals that make up `dates`: month rows for whole months, day rows for the ragged ends.
#[must_use]
pub fn segments(dates: DateRange) -> Vec<Segment> {
    let days = |from, to| Segment { span: Span::Day, starts: DateRange { from: Some(from), to: Some(to) } };
    // The first month that is in the range from its first day, and the first that is not to its last.
    let first_whole = dates.from.map(|from| if from.day() == 1 { from } else { month_of(from) + Months::new(1) });
    let first_beyond = dates.to.map(|to| month_of(to + Days::new(1)));
    if let (Some(from), Some(to), Some(whole), Some(beyond)) = (dates.from, dates.to, first_whole, first_beyond)
        && whole >= beyond
    {
        return vec![days(from, to)];
    }
    let head = dates
        .from
        .zip(first_whole)
        .filter(|(from, whole)| from < whole)
        .map(|(from, whole)| days(from, whole - Days::new(1)));
    let tail = dates.to.zip(first_beyond).filter(|(to, beyond)| beyond <= to).map(|(to, beyond)| days(beyond, to));
    let months = DateRange { from: first_whole, to: first_beyond.map(|beyond| beyond - Months::new(1)) };
    head.into_iter().chain([Segment { span: Span::Month, starts: months }]).chain(tail).collect()
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn range(from: &str, to: &str) -> DateRange {
        DateRange { from: Some(day(from)), to: Some(day(to)) }
    }

    #[test]
    fn whole_months_are_read_from_months_and_the_rest_from_days() {
        let spans = |dates| segments(dates).iter().map(|s| (s.span, s.starts)).collect::<Vec<_>>();
        assert_eq!(spans(range("2026-01-01", "2026-03-31")), [(Span::Month, range("2026-01-01", "2026-03-01"))]);
        assert_eq!(
            spans(range("2026-01-15", "2026-04-02")),
            [
                (Span::Day, range("2026-01-15", "2026-01-31")),
                (Span::Month, range("2026-02-01", "2026-03-01")),
                (Span::Day, range("2026-04-01", "2026-04-02"))
            ]
        );
        assert_eq!(spans(range("2026-01-02", "2026-02-27")), [(Span::Day, range("2026-01-02", "2026-02-27"))]);
        assert_eq!(spans(DateRange::default()), [(Span::Month, DateRange::default())]);
    }

    fn any_range() -> impl Strategy<Value = DateRange> {
        (0_i64..2000, 0_i64..900).prop_map(|(offset, length)| {
            let from = day("2020-01-01") + chrono::TimeDelta::days(offset);
            DateRange { from: Some(from), to: Some(from + chrono::TimeDelta::days(length)) }
        })
    }

    proptest! {
        #[test]
        fn segments_hold_every_day_of_the_range_once_and_no_other(dates in any_range()) {
            let mut covered = Vec::new();
            for segment in segments(dates) {
                let mut start = segment.starts.from.unwrap();
                while start <= segment.starts.to.unwrap() {
                    let next = if segment.span == Span::Day { start + Days::new(1) } else { start + Months::new(1) };
                    covered.extend(start.iter_days().take_while(|day| *day < next));
                    start = next;
                }
            }
            let to = dates.to.unwrap();
            let expected: Vec<_> = dates.from.unwrap().iter_days().take_while(|day| *day <= to).collect();
            prop_assert_eq!(covered, expected);
        }
    }
}
