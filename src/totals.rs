//! The totals of the records, kept in the same transaction as the records: per day and per month, for
//! each currency and category, income and expenses.
//!
//! Rows whose counts came back to zero stay, and count as nothing; of a total in several rows, that is said of their
//! sum, and one of them can be below zero.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
    ops::{Add, AddAssign, Neg},
};

use chrono::{Datelike, NaiveDate};
use entity::{
    RecordKind, category, record,
    total::{self, Column, Span},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, IdenStatic, ModelTrait, QueryFilter,
    QueryResult, QuerySelect,
    sea_query::{
        Expr, ExprTrait, Func, LockBehavior, LockType, OnConflict, Order, Query, SelectStatement, SimpleExpr,
        ValueTuple,
    },
};
use uuid::Uuid;

use crate::{
    auth::Author,
    change::Change,
    db::{self, Db},
    error::{Error, Result, sum_too_large},
    services::Services,
};

/// Over how many rows a total is spread at the most. A writer takes the first row that no other holds, so that there
/// are as many as once had to be written at the same time, and one is enough for most.
const SLOTS: i64 = 8;
/// How many rows one statement writes at the most: databases bound the number of its parameters.
const CHUNK: usize = 1_000;

/// The columns that are summed up.
pub const SUMS: [Column; 4] = [Column::IncomeMinor, Column::IncomeCount, Column::ExpensesMinor, Column::ExpensesCount];

/// What some records in one currency come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// What came in.
    pub income: Sum,
    /// What went out.
    pub expenses: Sum,
}

/// Minor units, and how many records they are of. Below zero where records are counted out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sum {
    /// Minor units, from as many records of 64 bits as there may be.
    pub minor: i128,
    /// How many records.
    pub count: i64,
}

impl Sums {
    /// What `sum`, of `kind` alone, comes to.
    #[must_use]
    pub fn of(kind: RecordKind, sum: Sum) -> Self {
        match kind {
            RecordKind::Income => Self { income: sum, ..Self::default() },
            RecordKind::Expense => Self { expenses: sum, ..Self::default() },
        }
    }

    /// What of it is of `kind`.
    #[must_use]
    pub fn only(self, kind: RecordKind) -> Self {
        match kind {
            RecordKind::Income => Self { expenses: Sum::default(), ..self },
            RecordKind::Expense => Self { income: Sum::default(), ..self },
        }
    }

    /// How many records.
    #[must_use]
    pub fn count(self) -> i64 {
        self.income.count + self.expenses.count
    }

    /// Income and expenses together.
    #[must_use]
    pub fn turnover(self) -> i128 {
        self.income.minor + self.expenses.minor
    }
}

impl Add for Sums {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        let add = |a: Sum, b: Sum| Sum { minor: a.minor + b.minor, count: a.count + b.count };
        Self { income: add(self.income, other.income), expenses: add(self.expenses, other.expenses) }
    }
}

impl AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Neg for Sums {
    type Output = Self;

    fn neg(self) -> Self {
        let negate = |sum: Sum| Sum { minor: -sum.minor, count: -sum.count };
        Self { income: negate(self.income), expenses: negate(self.expenses) }
    }
}

impl FromQueryResult for Sums {
    fn from_query_result(row: &QueryResult, prefix: &str) -> Result<Self, DbErr> {
        let number = |column: Column| row.try_get::<i64>(prefix, column.as_str());
        Ok(Self {
            income: Sum { minor: number(Column::IncomeMinor)?.into(), count: number(Column::IncomeCount)? },
            expenses: Sum { minor: number(Column::ExpensesMinor)?.into(), count: number(Column::ExpensesCount)? },
        })
    }
}

impl From<&record::Model> for Sums {
    fn from(record: &record::Model) -> Self {
        Self::of(record.kind, Sum { minor: record.amount_minor.into(), count: 1 })
    }
}

impl From<&total::Model> for Sums {
    fn from(total: &total::Model) -> Self {
        Self {
            income: Sum { minor: total.income_minor.into(), count: total.income_count },
            expenses: Sum { minor: total.expenses_minor.into(), count: total.expenses_count },
        }
    }
}

/// A query of the sums, to be read as [`Sums`], of the totals that it will be from.
#[must_use]
pub fn summed() -> SelectStatement {
    let mut query = Query::select();
    for column in SUMS {
        query.expr_as(db::sum(Expr::col(column)), column);
    }
    query
}

/// What a total sums up. Rows are always written in this order, so that two writers cannot wait for each other.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    span: Span,
    start: NaiveDate,
    currency: String,
    category_id: Uuid,
}

/// What a write does to the totals it touches.
#[derive(Debug, Default)]
pub struct Difference(BTreeMap<Key, Sums>);

impl Difference {
    /// Counts `record` in.
    #[must_use]
    pub fn plus(mut self, record: &record::Model) -> Self {
        self.add(&record.currency, record.date, record.category_id, record.into());
        self
    }

    /// Counts `record` out.
    #[must_use]
    pub fn minus(mut self, record: &record::Model) -> Self {
        self.add(&record.currency, record.date, record.category_id, -Sums::from(record));
        self
    }

    fn add(&mut self, currency: &str, date: NaiveDate, category_id: Uuid, sums: Sums) {
        for (span, start) in [(Span::Day, date), (Span::Month, month_of(date))] {
            *self.0.entry(Key { span, start, currency: currency.to_owned(), category_id }).or_default() += sums;
        }
    }
}

/// The first day of `date`'s month.
#[must_use]
pub fn month_of(date: NaiveDate) -> NaiveDate {
    date.with_day(1).unwrap_or(date)
}

/// Adds `difference` to the totals.
///
/// # Errors
/// `BAD_USER_INPUT` when a sum would not fit into 64 bits.
pub async fn apply(db: &impl ConnectionTrait, difference: Difference) -> Result<()> {
    let rows: Vec<ValueTuple> =
        difference.0.into_iter().filter(|(_, sums)| *sums != Sums::default()).map(row).collect::<Result<_>>()?;
    for chunk in rows.chunks(CHUNK) {
        add(db, chunk.to_vec()).await?;
    }
    Ok(())
}

/// The columns of a row in the order of the table, but for the slot.
fn row((key, sums): (Key, Sums)) -> Result<ValueTuple> {
    let minor = |sum: Sum| i64::try_from(sum.minor).map_err(|_| sum_too_large());
    Ok(ValueTuple::Many(vec![
        key.span.into(),
        key.start.into(),
        key.currency.into(),
        key.category_id.into(),
        minor(sums.income)?.into(),
        sums.income.count.into(),
        minor(sums.expenses)?.into(),
        sums.expenses.count.into(),
    ]))
}

/// One statement for all `rows`: each is added to a slot of its total that no other transaction holds, or to a new
/// one while there are fewer than [`SLOTS`].
async fn add(db: &impl ConnectionTrait, rows: Vec<ValueTuple>) -> Result<()> {
    const KEY: [Column; 4] = [Column::Span, Column::Start, Column::Currency, Column::CategoryId];
    let given = |n: usize| Expr::col(("given", format!("column{n}")));
    let same_total = || {
        let mut slots = Query::select();
        slots.from(total::Entity);
        for (n, column) in KEY.into_iter().enumerate() {
            slots.and_where(Expr::col((total::Entity, column)).eq(given(n + 1)));
        }
        slots
    };
    let mut free = same_total();
    free.column(Column::Slot)
        .order_by(Column::Slot, Order::Asc)
        .limit(1)
        .lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked);
    let mut next = same_total();
    next.expr(Expr::expr(Expr::cust("COUNT(*)")).modulo(SLOTS));
    let scalar = |query: SelectStatement| SimpleExpr::SubQuery(None, Box::new(query.into()));

    let mut chosen = Query::select();
    chosen
        .exprs((1..=KEY.len()).map(given))
        .expr(Func::coalesce([scalar(free), scalar(next)]))
        .exprs((KEY.len() + 1..=KEY.len() + SUMS.len()).map(given))
        .from_values(rows, "given")
        // Without a condition SQLite would take `ON CONFLICT` for that of a join.
        .and_where(Expr::cust("TRUE"));
    let added = |column: Column| Expr::col((total::Entity, column)).add(Expr::col(("excluded", column)));
    let mut upsert = Query::insert();
    upsert
        .into_table(total::Entity)
        .columns(KEY.into_iter().chain([Column::Slot]).chain(SUMS))
        .select_from(chosen)
        .map_err(Error::internal)?
        .on_conflict(
            OnConflict::columns(KEY.into_iter().chain([Column::Slot]))
                .values(SUMS.map(|column| (column, added(column))))
                .to_owned(),
        );
    db.execute(&upsert).await?;
    Ok(())
}

/// Adds the totals of the category `from` to those of `into`, and removes them.
pub async fn move_category(db: &impl ConnectionTrait, from: Uuid, into: Uuid) -> Result<()> {
    let removed = total::Entity::delete_many().filter(Column::CategoryId.eq(from)).exec_with_returning(db).await?;
    let mut difference = Difference::default();
    for (key, sums) in by_key(removed) {
        difference.0.insert(Key { category_id: into, ..key }, sums);
    }
    apply(db, difference).await
}

/// Totals, each the sum of its rows.
fn by_key(rows: impl IntoIterator<Item = total::Model>) -> BTreeMap<Key, Sums> {
    let mut totals: BTreeMap<Key, Sums> = BTreeMap::new();
    for row in rows {
        let sums = Sums::from(&row);
        let key = Key { span: row.span, start: row.start, currency: row.currency, category_id: row.category_id };
        *totals.entry(key).or_default() += sums;
    }
    totals
}

/// A total that is not what the records add up to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    key: Key,
    stored: Sums,
    expected: Sums,
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, stored, expected } = self;
        let text = |Sums { income, expenses }: &Sums| {
            format!(
                "{} minor units of income in {} records and {} of expenses in {}",
                income.minor, income.count, expenses.minor, expenses.count
            )
        };
        write!(
            f,
            "{:?} {} {} of category {}: {}, and the records have {}",
            key.span,
            key.start,
            key.currency,
            key.category_id,
            text(stored),
            text(expected)
        )
    }
}

/// The totals that differ from what the records add up to, both read at the same moment.
pub async fn verify(db: &Db) -> Result<Vec<Mismatch>> {
    let snapshot = db.snapshot().await?;
    db::take_time(&snapshot).await?;
    let expected = recompute(&snapshot).await?.0;
    let stored = by_key(total::Entity::find().all(&snapshot).await?);
    snapshot.commit().await?;
    let keys: BTreeSet<_> = expected.keys().chain(stored.keys()).collect();
    let sums = |totals: &BTreeMap<Key, Sums>, key| totals.get(key).copied().unwrap_or_default();
    let mismatches = keys.into_iter().map(|key| Mismatch {
        key: key.clone(),
        stored: sums(&stored, key),
        expected: sums(&expected, key),
    });
    Ok(mismatches.filter(|mismatch| mismatch.stored != mismatch.expected).collect())
}

/// Makes one row of each total that writers who met have spread over several; of rows that are written right now, none.
pub async fn fold(services: &Services) -> Result<()> {
    let spread = total::Entity::find().filter(Column::Slot.gt(0)).all(services.db.read()).await?;
    for key in by_key(spread).into_keys() {
        // One total a transaction: a writer never waits for two. Its category first, as everywhere: a merge that has it
        // could wait for these rows, and be waited for.
        let change = services.change(Author::default()).await?;
        let tx = change.db();
        category::Entity::find_by_id(key.category_id).lock(LockType::KeyShare).one(tx).await?;
        let free = total::Entity::find()
            .filter(Column::Span.eq(key.span))
            .filter(Column::Start.eq(key.start))
            .filter(Column::Currency.eq(&key.currency))
            .filter(Column::CategoryId.eq(key.category_id))
            .lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked)
            .all(tx)
            .await?;
        if free.len() > 1 {
            let sums = free.iter().map(Sums::from).fold(Sums::default(), Sums::add);
            for row in free {
                row.delete(tx).await?;
            }
            apply(tx, Difference(BTreeMap::from([(key, sums)]))).await?;
        }
        change.commit().await?;
    }
    Ok(())
}

/// Makes the totals anew from the records, each in one row. Writers wait meanwhile, and are told so where it takes long.
pub async fn rebuild(change: &Change) -> Result<()> {
    let tx = change.db();
    db::take_time(tx).await?;
    if tx.get_database_backend() == DbBackend::Postgres {
        // From here on no writer can add to the totals; what it wrote before is committed and read below. Categories
        // first, as everywhere: a merge that holds one could wait for the totals, and be waited for.
        tx.execute_unprepared("LOCK TABLE categories, totals IN EXCLUSIVE MODE").await?;
    }
    let difference = recompute(tx).await?;
    total::Entity::delete_many().exec(tx).await?;
    apply(tx, difference).await
}

/// What the totals have to be, from the records themselves.
async fn recompute(db: &impl ConnectionTrait) -> Result<Difference> {
    let days: Vec<(String, NaiveDate, Uuid, RecordKind, i64, i64)> = record::Entity::find()
        .select_only()
        .columns([record::Column::Currency, record::Column::Date, record::Column::CategoryId, record::Column::Kind])
        .expr(db::sum(Expr::col(record::Column::AmountMinor)))
        .expr(record::Column::Id.count())
        .filter(record::Column::DeletedAt.is_null())
        .group_by(record::Column::Currency)
        .group_by(record::Column::Date)
        .group_by(record::Column::CategoryId)
        .group_by(record::Column::Kind)
        .into_tuple()
        .all(db)
        .await?;
    let mut difference = Difference::default();
    for (currency, date, category_id, kind, minor, count) in days {
        difference.add(&currency, date, category_id, Sums::of(kind, Sum { minor: minor.into(), count }));
    }
    Ok(difference)
}
