//! The dashboard's figures: sums of totals, all from one statement, so that they always add up.

use std::{cmp::Reverse, collections::BTreeMap, ops::Add};

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    RecordKind, category,
    total::{Column, Span},
};
use sea_orm::{
    ConnectionTrait, DbErr, FromQueryResult,
    sea_query::{CommonTableExpression, Expr, IntoIden, SelectStatement, SimpleExpr, TableRef, UnionType, WithClause},
};
use uuid::Uuid;

use super::largest::{self, Largest, MOST};
use crate::{
    calendar::{Calendar, Comparison, DateRange, Segment, TrendInterval, segments},
    error::{Error, Result},
    records::{CHOSEN, Scope},
    totals::{Sums, summed},
};

/// Which figures are wanted besides the summary.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// When financial years and weeks begin.
    pub calendar: Calendar,
    /// By month and ragged day, for trends of months and what consists of them.
    pub months: bool,
    /// By day, for trends of days, weeks, and financial years that begin in the midst of a month.
    pub days: bool,
    /// Of the ranges to compare with.
    pub comparisons: Vec<Comparison>,
    /// Of the categories with the most money moved, or with the most of one kind: of each kind once.
    largest: Vec<Largest>,
}

impl Wanted {
    /// Nothing yet.
    pub fn of(calendar: Calendar) -> Self {
        Self { calendar, ..Self::default() }
    }

    /// Also wants the `first` categories by what was moved, all of it or that of `kind`.
    pub fn largest(&mut self, kind: Option<RecordKind>, first: usize) {
        match self.largest.iter_mut().find(|largest| largest.kind == kind) {
            Some(largest) => largest.first = largest.first.max(first),
            None => self.largest.push(Largest { kind, first }),
        }
    }
}

/// A category with its sums.
#[derive(Clone, Debug)]
pub struct CategorySums {
    /// The category.
    pub category: category::Model,
    /// Its sums.
    pub sums: Sums,
}

/// The figures of one dashboard.
#[derive(Clone, Debug)]
pub struct Figures {
    rows: Vec<Row>,
}

/// The parts of the statement; each row says which it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// All together.
    Summary = 1,
    /// By month, or day where the range does not hold the whole month.
    Month = 2,
    /// By day.
    Day = 3,
    /// All together, of the time just before.
    PreviousPeriod = 4,
    /// All together, of the year before.
    PreviousYear = 5,
    /// By category, the largest.
    Largest = 6,
    /// By category, those of the largest income.
    LargestIncome = 7,
    /// By category, those of the largest expenses.
    LargestExpenses = 8,
    /// An upper bound of what any category that is not a candidate ever moved.
    Bound = 9,
    /// Of income alone.
    BoundIncome = 10,
    /// Of expenses alone.
    BoundExpenses = 11,
}

impl Part {
    pub(super) fn largest(kind: Option<RecordKind>) -> Self {
        match kind {
            None => Self::Largest,
            Some(RecordKind::Income) => Self::LargestIncome,
            Some(RecordKind::Expense) => Self::LargestExpenses,
        }
    }

    pub(super) fn bound(kind: Option<RecordKind>) -> Self {
        match kind {
            None => Self::Bound,
            Some(RecordKind::Income) => Self::BoundIncome,
            Some(RecordKind::Expense) => Self::BoundExpenses,
        }
    }
}

#[derive(FromQueryResult, Clone, Debug)]
struct Row {
    part: i32,
    #[sea_orm(nested)]
    sums: Sums,
    most: Option<f64>,
    start: Option<NaiveDate>,
    category_id: Option<Uuid>,
    name: Option<String>,
    name_key: Option<String>,
    created_at: Option<DateTime<Utc>>,
    version: Option<i32>,
}

impl Figures {
    /// Reads the figures of `scope`: all from one statement, one moment of the database.
    pub async fn read(db: &impl ConnectionTrait, scope: &Scope, wanted: &Wanted) -> Result<Self> {
        let tries = !wanted.largest.is_empty() && largest::is_worth_trying(scope);
        let figures = Self::read_once(db, scope, wanted, tries).await?;
        if !tries || wanted.largest.iter().all(|largest| figures.is_sure(*largest)) {
            return Ok(figures);
        }
        Self::read_once(db, scope, wanted, false).await
    }

    async fn read_once(
        db: &impl ConnectionTrait,
        scope: &Scope,
        wanted: &Wanted,
        only_candidates: bool,
    ) -> Result<Self> {
        let backend = db.get_database_backend();
        let mut chosen = CommonTableExpression::new();
        chosen.query(scope.totals(backend, &segments(scope.dates))).table_name(CHOSEN).materialized(true);
        let mut with = WithClause::new().cte(chosen).to_owned();
        let mut statement = grouped(Part::Summary, CHOSEN.into());
        let mut add = |part: SelectStatement| {
            statement.union(UnionType::All, part);
        };
        if wanted.months {
            add(grouped(Part::Month, CHOSEN.into()));
        }
        if wanted.days {
            let days = scope.totals(backend, &[Segment { span: Span::Day, starts: scope.dates }]);
            add(grouped(Part::Day, TableRef::SubQuery(days.into(), "days".into_iden())));
        }
        for comparison in &wanted.comparisons {
            let Some(before) = scope.dates.previous(*comparison, wanted.calendar) else { continue };
            let before = scope.totals(backend, &segments(before));
            add(grouped((*comparison).into(), TableRef::SubQuery(before.into(), "previous".into_iden())));
        }
        for largest in &wanted.largest {
            add(largest.select(backend, scope, only_candidates));
            if only_candidates {
                with.cte(largest.ranking(backend, scope));
                add(largest.bound());
            }
        }
        let rows = db.query_all(&statement.with(with)).await?;
        let rows = rows.iter().map(|row| Row::from_query_result(row, "")).collect::<Result<_, DbErr>>()?;
        Ok(Self { rows })
    }

    /// Whether no category that was not looked at can be among `largest`.
    fn is_sure(&self, Largest { kind, first }: Largest) -> bool {
        let Some(bound) = self.of(Part::bound(kind)).find_map(|row| row.most) else { return true };
        let found = self.of(Part::largest(kind));
        let beyond = found.filter(|row| largest::is_beyond(of_kind(row.sums, kind).turnover(), bound));
        beyond.count() >= first
    }

    fn of(&self, part: Part) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.part == part as i32)
    }

    /// The sums of all that the scope holds.
    pub fn summary(&self) -> Sums {
        self.sum(Part::Summary)
    }

    /// The sums of the range to compare with; zero where there was none.
    pub fn previous(&self, comparison: Comparison) -> Sums {
        self.sum(comparison.into())
    }

    fn sum(&self, part: Part) -> Sums {
        self.of(part).map(|row| row.sums).fold(Sums::default(), Sums::add)
    }

    /// Of the categories that the scope holds records of `kind` of, the `first` by turnover, the greatest first, and
    /// what the others come to.
    pub fn largest(&self, kind: Option<RecordKind>, first: usize) -> Result<(Vec<CategorySums>, Sums)> {
        let found = self.of(Part::largest(kind));
        let found = found.map(|row| Ok(CategorySums { category: row.category()?, sums: of_kind(row.sums, kind) }));
        let mut found: Vec<_> = found.collect::<Result<_>>()?;
        found.sort_by(|a, b| {
            let by_turnover = Reverse(a.sums.turnover()).cmp(&Reverse(b.sums.turnover()));
            by_turnover.then_with(|| a.category.name_key.cmp(&b.category.name_key))
        });
        found.truncate(first);
        let others = found.iter().fold(of_kind(self.summary(), kind), |rest, one| rest + -one.sums);
        Ok((found, others))
    }

    /// The sums of each period of `interval`, oldest first, empty ones too. Where `dates` is open, they begin or end
    /// with the whole period that holds the first or the last record; without any record there are none.
    pub fn trend(
        &self,
        dates: DateRange,
        interval: TrendInterval,
        calendar: Calendar,
    ) -> Result<Vec<(NaiveDate, NaiveDate, Sums)>> {
        let part = if interval.needs_days(calendar) { Part::Day } else { Part::Month };
        let rows = || self.of(part).filter(|row| row.sums.count() != 0);
        let starts = || rows().filter_map(|row| row.start);
        let from = dates.from.or_else(|| starts().min().map(|first| interval.begin_of(first, calendar)));
        let to = dates.to.or_else(|| starts().max().map(|last| interval.end_of(last, calendar)));
        let Some((from, to)) = from.zip(to) else { return Ok(Vec::new()) };
        let mut sums: BTreeMap<NaiveDate, Sums> = BTreeMap::new();
        for row in rows() {
            let start = row.start.ok_or_else(|| Error::internal("a total without its start"))?;
            *sums.entry(interval.start_of(start, calendar)).or_default() += row.sums;
        }
        let periods = interval.periods(from, to, calendar)?;
        let sums_of = |first| sums.get(&interval.start_of(first, calendar)).copied().unwrap_or_default();
        Ok(periods.into_iter().map(|(first, last)| (first, last, sums_of(first))).collect())
    }
}

impl From<Comparison> for Part {
    fn from(comparison: Comparison) -> Self {
        match comparison {
            Comparison::PreviousPeriod => Self::PreviousPeriod,
            Comparison::PreviousYear => Self::PreviousYear,
        }
    }
}

impl Row {
    fn category(&self) -> Result<category::Model> {
        match (self.category_id, &self.name, &self.name_key, self.created_at, self.version) {
            (Some(id), Some(name), Some(name_key), Some(created_at), Some(version)) => Ok(category::Model {
                id,
                name: name.clone(),
                name_key: name_key.clone(),
                created_at,
                merged_into: None,
                merged_parent: None,
                merged_by: None,
                version,
            }),
            _ => Err(Error::internal("totals of a category that is not there")),
        }
    }
}

/// The sums of `source`: by first day, or all together. The first part of the statement is one of these: its columns
/// have their types.
fn grouped(part_of: Part, source: TableRef) -> SelectStatement {
    let mut sums = summed();
    sums.expr_as(part(part_of), "part").expr_as(Expr::cust("CAST(NULL AS double precision)"), MOST);
    let by_day = matches!(part_of, Part::Month | Part::Day);
    if by_day {
        sums.group_by_col(Column::Start);
    }
    padded(&mut sums, by_day.then_some(Column::Start));
    sums.from(source);
    sums
}

/// Adds the columns that a part has nothing for.
pub(super) fn padded(query: &mut SelectStatement, start: Option<Column>) {
    match start {
        Some(start) => query.column(start),
        None => query.expr_as(Expr::cust("CAST(NULL AS date)"), Column::Start),
    };
    for (column, ty) in [
        ("category_id", "uuid"),
        ("name", "text"),
        ("name_key", "text"),
        ("created_at", "timestamptz"),
        ("version", "integer"),
    ] {
        query.expr_as(Expr::cust(format!("CAST(NULL AS {ty})")), column);
    }
}

pub(super) fn part(part: Part) -> SimpleExpr {
    Expr::cust((part as i32).to_string())
}

/// What of `sums` is of `kind`: all of it where there is none.
fn of_kind(sums: Sums, kind: Option<RecordKind>) -> Sums {
    kind.map_or(sums, |kind| sums.only(kind))
}
