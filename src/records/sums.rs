//! How many records a filter means, and what they add up to: from the totals where these can tell, at a cost that
//! does not depend on the number of records; otherwise from the records.

use chrono::NaiveDate;
use entity::{RecordKind, record, total};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{CaseStatement, Expr, Order, SelectStatement, SimpleExpr},
};

use super::{filter::Filter, scope::CHOSEN};
use crate::{
    calendar::segments,
    currency::Currency,
    db::{self, Db},
    error::{Error, Result},
    totals::{self, SUMS, Sums},
};

/// What a query calls the code of the currency.
const CURRENCY: &str = "currency";

/// The days of the first and the last record that is not deleted.
pub async fn days(db: &impl ConnectionTrait) -> Result<Option<(NaiveDate, NaiveDate)>> {
    let ends = record::Entity::find().filter(record::Column::DeletedAt.is_null()).select_only();
    let ends = ends.column_as(record::Column::Date.min(), "first").column_as(record::Column::Date.max(), "last");
    let ends: Option<(Option<NaiveDate>, Option<NaiveDate>)> = ends.into_tuple().one(db).await?;
    Ok(ends.and_then(|(first, last)| first.zip(last)))
}

/// How many records `filter` means.
pub(super) async fn count(db: &Db, filter: &Filter) -> Result<i64> {
    let db = db.read_planned(filter.wants_own_plan()).await?;
    let count = count_query(db.get_database_backend(), filter);
    let row = db.query_one(&count).await?.ok_or_else(|| Error::internal("a count without its row"))?;
    Ok(row.try_get("", "count")?)
}

/// What the records in `currency` that `filter` means add up to.
pub(super) async fn sums(db: &Db, filter: &Filter, currency: Currency) -> Result<Sums> {
    let Some(sums) = sums_query(db.backend(), filter, currency) else { return Ok(Sums::default()) };
    let db = db.read_planned(filter.wants_own_plan()).await?;
    let row = db.query_one(&sums).await?.ok_or_else(|| Error::internal("a sum without its row"))?;
    Ok(Sums::from_query_result(&row, "")?)
}

/// What the records that `filter` means add up to, by the codes of the currencies that there are.
pub(super) async fn by_currency(db: &impl ConnectionTrait, filter: &Filter) -> Result<Vec<(String, Sums)>> {
    let mut found = Vec::new();
    for row in db.query_all(&by_currency_query(db.get_database_backend(), filter)).await? {
        let sums = Sums::from_query_result(&row, "")?;
        if sums.count() > 0 {
            found.push((row.try_get("", CURRENCY)?, sums));
        }
    }
    Ok(found)
}

/// A query of one row: the `count`.
pub(super) fn count_query(backend: DbBackend, filter: &Filter) -> SelectStatement {
    let Some(scope) = filter.scope() else {
        let mut count = filter.select_all(backend).into_query();
        return count.clear_selects().expr_as(Expr::cust("COUNT(*)"), "count").to_owned();
    };
    // Of counts alone: amounts of all currencies together can be past 64 bits.
    let mut count = scope.totals(backend, &segments(scope.dates));
    count.clear_selects().expr_as(db::sum(scope.count()), "count").to_owned()
}

/// A query of one row: the [`Sums`]. `None` where the filter means none in this currency.
pub(super) fn sums_query(backend: DbBackend, filter: &Filter, currency: Currency) -> Option<SelectStatement> {
    if !filter.includes(currency) {
        return None;
    }
    let filter = Filter { currencies: Some(vec![currency]), ..filter.clone() };
    Some(match filter.scope() {
        Some(scope) => summed(scope.totals(backend, &segments(scope.dates))),
        None => summed_records(backend, &filter),
    })
}

/// A query of the [`Sums`] of each currency, with its code as `currency`, in its order.
pub(super) fn by_currency_query(backend: DbBackend, filter: &Filter) -> SelectStatement {
    let mut sums = match filter.scope() {
        Some(scope) => summed(scope.totals(backend, &segments(scope.dates)).column(total::Column::Currency).to_owned()),
        None => summed_records(backend, filter),
    };
    let currency = || Expr::col(record::Column::Currency);
    sums.expr_as(currency(), CURRENCY).add_group_by([currency()]).order_by_expr(currency(), Order::Asc).to_owned()
}

/// The sums of these totals.
fn summed(totals: SelectStatement) -> SelectStatement {
    totals::summed().from_subquery(totals, CHOSEN).to_owned()
}

/// The sums of the records that `filter` means, read one by one.
fn summed_records(backend: DbBackend, filter: &Filter) -> SelectStatement {
    let mut sums = filter.select_all(backend).into_query();
    sums.clear_selects();
    let [income_high, income_low, income_count, expenses_high, expenses_low, expenses_count] = SUMS;
    for (kind, [as_high, as_low, as_count]) in [
        (RecordKind::Income, [income_high, income_low, income_count]),
        (RecordKind::Expense, [expenses_high, expenses_low, expenses_count]),
    ] {
        let of_kind = |what: SimpleExpr| {
            let case = CaseStatement::new().case(record::Column::Kind.eq(kind), what).finally(Expr::cust("0"));
            SimpleExpr::Case(Box::new(case))
        };
        let [high, low] = db::sum_halves(of_kind(Expr::col((record::Entity, record::Column::AmountMinor))));
        sums.expr_as(high, as_high).expr_as(low, as_low).expr_as(db::sum(of_kind(Expr::cust("1"))), as_count);
    }
    sums
}
