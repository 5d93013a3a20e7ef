//! How many records a filter means, and what they add up to: from the totals where these can tell, at a cost that
//! does not depend on the number of records; otherwise from the records.

use std::ops::Add;

use entity::{RecordKind, record};
use sea_orm::{ColumnTrait, ConnectionTrait, FromQueryResult, PaginatorTrait, QuerySelect};

use super::{filter::Filter, scope::CHOSEN};
use crate::{
    calendar::segments,
    currency::Currency,
    db,
    error::{Error, Result},
    totals::{self, Sum, Sums, whole},
};

/// How many records `filter` means.
pub async fn count(db: &impl ConnectionTrait, filter: &Filter) -> Result<i64> {
    let backend = db.get_database_backend();
    let Some(scope) = filter.scope() else {
        let count = filter.select(backend).count(db).await?;
        return i64::try_from(count).map_err(Error::internal);
    };
    // Of counts alone: amounts of all currencies together can be past 64 bits.
    let mut count = scope.totals(backend, &segments(scope.dates));
    count.clear_selects().expr_as(db::sum(scope.count()), "count");
    let row = db.query_one(&count).await?.ok_or_else(|| Error::internal("a sum without its row"))?;
    Ok(row.try_get("", "count")?)
}

/// What the records in `currency` that `filter` means add up to.
pub async fn sums(db: &impl ConnectionTrait, filter: &Filter, currency: Currency) -> Result<Sums> {
    if filter.currency.is_some_and(|only| only != currency) {
        return Ok(Sums::default());
    }
    let backend = db.get_database_backend();
    let filter = Filter { currency: Some(currency), ..filter.clone() };
    if let Some(scope) = filter.scope() {
        let mut sums = totals::summed();
        sums.from_subquery(scope.totals(backend, &segments(scope.dates)), CHOSEN);
        let row = db.query_one(&sums).await?.ok_or_else(|| Error::internal("a sum without its row"))?;
        return Ok(Sums::from_query_result(&row, "")?);
    }
    let [high, low] = db::sum_halves(record::Column::AmountMinor);
    let by_kind: Vec<(RecordKind, i64, i64, i64)> = filter
        .select(backend)
        .select_only()
        .column(record::Column::Kind)
        .expr(high)
        .expr(low)
        .expr(record::Column::Id.count())
        .group_by(record::Column::Kind)
        .into_tuple()
        .all(db)
        .await?;
    let sums = |(kind, high, low, count)| Sums::of(kind, Sum { minor: whole(high, low), count });
    Ok(by_kind.into_iter().map(sums).fold(Sums::default(), Sums::add))
}
