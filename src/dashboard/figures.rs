//! The dashboard's figures: sums of totals, all from one statement, so that they always add up.

use std::{collections::BTreeMap, ops::Add};

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    RecordKind, category,
    total::{Column, Span},
};
use sea_orm::{
    ConnectionTrait, DbErr, FromQueryResult,
    sea_query::{
        CommonTableExpression, Expr, IntoIden, Query, SelectStatement, SimpleExpr, TableRef, UnionType, WithClause,
    },
};
use uuid::Uuid;

use crate::{
    calendar::{Comparison, DateRange, Segment, TrendInterval, segments},
    categories,
    error::{Error, Result},
    records::{CHOSEN, Scope},
    totals::{SUMS, Sums, summed},
};

/// Which figures are wanted besides those by category.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// By month and ragged day, for trends of months and longer.
    pub months: bool,
    /// By day, for trends of days and weeks.
    pub days: bool,
    /// Of the ranges to compare with.
    pub comparisons: Vec<Comparison>,
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
enum Part {
    /// By category.
    Category = 1,
    /// By month, or day where the range does not hold the whole month.
    Month = 2,
    /// By day.
    Day = 3,
    /// All together, of the time just before.
    PreviousPeriod = 4,
    /// All together, of the year before.
    PreviousYear = 5,
}

#[derive(FromQueryResult, Clone, Debug)]
struct Row {
    part: i32,
    #[sea_orm(nested)]
    sums: Sums,
    start: Option<NaiveDate>,
    category_id: Option<Uuid>,
    name: Option<String>,
    name_key: Option<String>,
    created_at: Option<DateTime<Utc>>,
    version: Option<i32>,
}

impl Figures {
    /// Reads the figures of `scope`: one statement, one moment of the database.
    pub async fn read(db: &impl ConnectionTrait, scope: &Scope, wanted: Wanted) -> Result<Self> {
        let backend = db.get_database_backend();
        let mut chosen = CommonTableExpression::new();
        chosen.query(scope.totals(backend, &segments(scope.dates))).table_name(CHOSEN).materialized(true);
        let mut statement = by_category();
        if wanted.months {
            statement.union(UnionType::All, grouped(Part::Month, CHOSEN.into()));
        }
        if wanted.days {
            let days = scope.totals(backend, &[Segment { span: Span::Day, starts: scope.dates }]);
            statement.union(UnionType::All, grouped(Part::Day, TableRef::SubQuery(days.into(), "days".into_iden())));
        }
        for comparison in wanted.comparisons {
            let Some(before) = scope.dates.previous(comparison) else { continue };
            let before = scope.totals(backend, &segments(before));
            let before = TableRef::SubQuery(before.into(), "previous".into_iden());
            statement.union(UnionType::All, grouped(comparison.into(), before));
        }
        let statement = statement.with(WithClause::new().cte(chosen).to_owned());
        let rows = db.query_all(&statement).await?;
        let rows = rows.iter().map(|row| Row::from_query_result(row, "")).collect::<Result<_, DbErr>>()?;
        Ok(Self { rows })
    }

    fn of(&self, part: Part) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(move |row| row.part == part as i32)
    }

    /// The sums of all that the scope holds.
    pub fn summary(&self) -> Sums {
        self.sum(Part::Category)
    }

    /// The sums of the range to compare with; zero where there was none.
    pub fn previous(&self, comparison: Comparison) -> Sums {
        self.sum(comparison.into())
    }

    fn sum(&self, part: Part) -> Sums {
        self.of(part).map(|row| row.sums).fold(Sums::default(), Sums::add)
    }

    /// The categories that the scope holds records of `kind` of, the one with the greatest turnover first.
    pub fn by_category(&self, kind: Option<RecordKind>) -> Result<Vec<CategorySums>> {
        let mut shown: BTreeMap<Uuid, CategorySums> = BTreeMap::new();
        for row in self.of(Part::Category) {
            let sums = kind.map_or(row.sums, |kind| row.sums.only(kind));
            let category = row.category()?;
            shown.entry(category.id).or_insert(CategorySums { category, sums: Sums::default() }).sums += sums;
        }
        let mut found: Vec<_> = shown.into_values().filter(|category| category.sums.count() != 0).collect();
        found.sort_by(|a, b| {
            b.sums.turnover().cmp(&a.sums.turnover()).then_with(|| a.category.name_key.cmp(&b.category.name_key))
        });
        Ok(found)
    }

    /// The sums of each period of `interval`, oldest first, empty ones too. Where `dates` is open, they begin or end
    /// with the whole period that holds the first or the last record; without any record there are none.
    pub fn trend(&self, dates: DateRange, interval: TrendInterval) -> Result<Vec<(NaiveDate, NaiveDate, Sums)>> {
        let part = if interval.needs_days() { Part::Day } else { Part::Month };
        let rows = || self.of(part).filter(|row| row.sums.count() != 0);
        let starts = || rows().filter_map(|row| row.start);
        let from = dates.from.or_else(|| starts().min().map(|first| interval.start_of(first)));
        let to = dates.to.or_else(|| starts().max().map(|last| interval.end_of(last)));
        let Some((from, to)) = from.zip(to) else { return Ok(Vec::new()) };
        let mut sums: BTreeMap<NaiveDate, Sums> = BTreeMap::new();
        for row in rows() {
            let start = row.start.ok_or_else(|| Error::internal("a total without its start"))?;
            *sums.entry(interval.start_of(start)).or_default() += row.sums;
        }
        let periods = interval.periods(from, to)?;
        let sums_of = |first| sums.get(&interval.start_of(first)).copied().unwrap_or_default();
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

/// The sums of the chosen totals by category, each with the one that it is shown as. The first part of the statement:
/// its columns have their types.
fn by_category() -> SelectStatement {
    use category::Column::{CreatedAt, Name, NameKey, Version};

    let mut sums = summed();
    sums.column(Column::CategoryId).from(CHOSEN).group_by_col(Column::CategoryId);
    let category = |column: category::Column| (category::Entity, column);
    let mut named = Query::select();
    named
        .columns(SUMS.map(|column| ("sums", column)))
        .expr_as(part(Part::Category), "part")
        .expr_as(Expr::cust("CAST(NULL AS date)"), Column::Start)
        .expr_as(Expr::col(category(category::Column::Id)), Column::CategoryId)
        .columns([Name, NameKey, CreatedAt, Version].map(category))
        .from_subquery(sums, "sums");
    categories::join_shown(&mut named, ("sums", Column::CategoryId));
    named
}

/// The sums of `source`, but for the previous range by first day.
fn grouped(part_of: Part, source: TableRef) -> SelectStatement {
    let mut sums = summed();
    sums.expr_as(part(part_of), "part");
    if matches!(part_of, Part::PreviousPeriod | Part::PreviousYear) {
        sums.expr(Expr::cust("CAST(NULL AS date)"));
    } else {
        sums.column(Column::Start).group_by_col(Column::Start);
    }
    for _ in ["category_id", "name", "name_key", "created_at", "version"] {
        sums.expr(Expr::cust("NULL"));
    }
    sums.from(source);
    sums
}

fn part(part: Part) -> SimpleExpr {
    Expr::cust((part as i32).to_string())
}
