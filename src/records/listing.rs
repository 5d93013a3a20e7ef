//! All that a list shows, read by one statement: nodes, count and sums are of one moment, whoever writes, and no
//! connection is held while the nodes are resolved.

use entity::record;
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, FromQueryResult, QueryResult, QueryTrait,
    sea_query::{Asterisk, Expr, JoinType, Query, SelectStatement},
};
use uuid::Uuid;

use super::{
    filter::Filter,
    order::Order,
    store::{self, Row},
    sums,
};
use crate::{
    currency::Currency,
    error::{Error, Result},
    page::Page,
    services::Services,
    totals::{SUMS, Sums},
};

/// What is wanted of a list.
#[derive(Clone, Debug, Default)]
pub(super) struct Wanted {
    /// The records of the page.
    pub(super) page: bool,
    /// How many there are on all pages.
    pub(super) count: bool,
    /// What those in these currencies add up to, on all pages; each once.
    pub(super) sums: Vec<Currency>,
    /// What they add up to in each currency that there is, on all pages.
    pub(super) summaries: bool,
}

/// What was wanted of a list.
#[derive(Debug, Default)]
pub(super) struct Listing {
    /// The records of the page, and one more if there is more.
    pub(super) rows: Vec<Row>,
    /// How many there are on all pages.
    pub(super) count: Option<i64>,
    /// What those in some currencies add up to.
    pub(super) sums: Vec<(Currency, Sums)>,
    /// What they add up to, by the code of each currency that there is.
    pub(super) summaries: Option<Vec<(String, Sums)>>,
}

impl Listing {
    /// Reads what is wanted of the records that `filter` means.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` for a cursor that was made up.
    pub(super) async fn read(
        services: &Services,
        filter: &Filter,
        order: Order,
        page: &Page,
        wanted: &Wanted,
    ) -> Result<Self> {
        let backend = services.db.backend();
        let Wanted { page: wants_page, count, sums, summaries } = wanted;
        if *summaries {
            return Self::read_with_summaries(services, filter, order, page, wanted).await;
        }
        if !count && sums.is_empty() {
            let rows = if *wants_page { store::list(services, filter, order, page).await? } else { Vec::new() };
            return Ok(Self { rows, ..Self::default() });
        }
        let rows = {
            let db = services.db.read_planned(filter.wants_own_plan()).await?;
            db.query_all(&statement(backend, filter, order, page, wanted)?).await?
        };
        let first = rows.first().ok_or_else(|| Error::internal("a count without its row"))?;
        let sums = sums.iter().enumerate().map(|(n, currency)| {
            let exists = sums::sums_query(backend, filter, *currency).is_some();
            let sums = if exists { Sums::from_query_result(first, &prefix(n))? } else { Sums::default() };
            Ok((*currency, sums))
        });
        Ok(Self {
            count: count.then(|| first.try_get("", "count")).transpose()?,
            sums: sums.collect::<Result<_, DbErr>>()?,
            rows: if *wants_page {
                in_order(read_page(services, filter, &rows).await?, order, page)
            } else {
                Vec::new()
            },
            summaries: None,
        })
    }

    /// As [`Listing::read`], by two statements of one moment: the sums of all currencies tell the count too.
    async fn read_with_summaries(
        services: &Services,
        filter: &Filter,
        order: Order,
        page: &Page,
        wanted: &Wanted,
    ) -> Result<Self> {
        let (summaries, records) = {
            let db = services.db.snapshot_planned(filter.wants_own_plan()).await?;
            let summaries = sums::by_currency(&db, filter).await?;
            let page = store::page_query(services.db.backend(), filter, order, page)?;
            (summaries, if wanted.page { page.all(&db).await? } else { Vec::new() })
        };
        let of = |currency: Currency| summaries.iter().find(|(code, _)| code == currency.code());
        let sums = |currency: &Currency| (*currency, of(*currency).map(|(_, sums)| *sums).unwrap_or_default());
        Ok(Self {
            rows: store::with_categories(services, filter, records).await?,
            count: Some(summaries.iter().map(|(_, sums)| sums.count()).sum()),
            sums: wanted.sums.iter().map(sums).collect(),
            summaries: Some(summaries),
        })
    }
}

/// One row of counts and sums for each record of the page, and one without a record where there is none:
///
/// ```sql
/// SELECT counted.count, sums_0.income_high AS "0_income_high", …, page.*
/// FROM (SELECT …) AS counted JOIN (SELECT …) AS sums_0 ON TRUE LEFT JOIN (SELECT … LIMIT 11) AS page ON TRUE
/// ```
fn statement(
    backend: DbBackend,
    filter: &Filter,
    order: Order,
    page: &Page,
    wanted: &Wanted,
) -> Result<SelectStatement> {
    let always = || Expr::cust("TRUE");
    let mut one = Query::select();
    one.expr(Expr::cust("1"));
    let mut all = Query::select();
    all.from_subquery(one, "one");
    if wanted.count {
        all.expr_as(Expr::col(("counted", "count")), "count");
        all.join_subquery(JoinType::InnerJoin, sums::count_query(backend, filter), "counted", always());
    }
    for (n, currency) in wanted.sums.iter().enumerate() {
        let Some(sums) = sums::sums_query(backend, filter, *currency) else { continue };
        let name = format!("sums_{n}");
        for column in SUMS {
            all.expr_as(Expr::col((name.clone(), column)), format!("{}{column}", prefix(n)));
        }
        all.join_subquery(JoinType::InnerJoin, sums, name, always());
    }
    let of_page = store::page_query(backend, filter, order, page)?.into_query();
    if wanted.page {
        all.column(("page", Asterisk)).join_subquery(JoinType::LeftJoin, of_page, "page", always());
    }
    Ok(all)
}

fn prefix(n: usize) -> String {
    format!("{n}_")
}

async fn read_page(services: &Services, filter: &Filter, rows: &[QueryResult]) -> Result<Vec<Row>> {
    let mut records = Vec::with_capacity(rows.len());
    for row in rows {
        if row.try_get::<Option<Uuid>>("", "id")?.is_some() {
            records.push(record::Model::from_query_result(row, "")?);
        }
    }
    store::with_categories(services, filter, records).await
}

/// The rows as the page was read: a join promises no order.
fn in_order(mut rows: Vec<Row>, order: Order, page: &Page) -> Vec<Row> {
    let place = |row: &Row| {
        let position = order.field.position(&row.record);
        (position.key, position.id)
    };
    rows.sort_by_key(place);
    if page.reads_greatest_first() {
        rows.reverse();
    }
    rows
}
