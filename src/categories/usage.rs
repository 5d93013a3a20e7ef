//! What categories are used for: how many records are shown in each, and the last of their days. Both are read from the
//! totals, however many records there are, for all categories that an operation asks for at once.

use std::collections::{HashMap, HashSet};

use async_graphql::{
    Context,
    dataloader::{DataLoader, Loader},
};
use chrono::NaiveDate;
use entity::{
    category::{Column, Entity},
    total::{self, Span},
};
use sea_orm::{
    ConnectionTrait, DbBackend,
    sea_query::{Condition, Expr, ExprTrait, Func, IntoColumnRef, Order, Query, SelectStatement, SimpleExpr},
};
use uuid::Uuid;

use super::store::shown_id;
use crate::{
    db::{self, Operation},
    error::{Error, Result},
    services::Services,
};

/// What a category is used for. A merged one is not used: its records are those of its root.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// How many records are shown in it; deleted ones do not count.
    pub(super) records: i64,
    /// The last day that one of them is booked on.
    pub(super) last: Option<NaiveDate>,
}

/// Loads what the categories are used for that one request asks about, through [`gateway::Batches::loader`].
pub(crate) struct UsageLoader {
    services: Services,
    operation: Operation,
}

impl UsageLoader {
    /// A loader for one operation.
    #[must_use]
    pub(crate) fn new(services: Services, operation: Operation) -> Self {
        Self { services, operation }
    }
}

impl Loader<Uuid> for UsageLoader {
    type Value = Usage;
    type Error = Error;

    async fn load(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Usage>> {
        // Loads are spawned, and belong to the operation nevertheless.
        self.operation.run(usages(self.services.db.read(), ids.to_vec())).await
    }
}

/// What the category `id` is used for, read together with all others that the operation asks about just now.
pub(super) async fn load(ctx: &Context<'_>, id: Uuid) -> Result<Usage> {
    let loader: &DataLoader<UsageLoader> =
        ctx.data_opt().ok_or_else(|| Error::internal("the request came without its loader of usages"))?;
    Ok(loader.load_one(id).await?.unwrap_or_default())
}

/// What each of the categories `ids` is used for.
pub(super) async fn usages(db: &impl ConnectionTrait, ids: Vec<Uuid>) -> Result<HashMap<Uuid, Usage>> {
    let asked: HashSet<_> = ids.iter().copied().collect();
    let mut usages = HashMap::new();
    for row in db.query_all(&statement(db.get_database_backend(), ids)).await? {
        let root = row.try_get("", "root")?;
        if asked.contains(&root) {
            usages.insert(root, Usage { records: row.try_get("", "records")?, last: row.try_get("", "last")? });
        }
    }
    Ok(usages)
}

/// ```sql
/// SELECT COALESCE(merged_into, id) AS root, SUM((records of all days)) AS records, MAX((the last day with any)) AS last
/// FROM categories WHERE id IN ($1, …) OR merged_into IN ($1, …) GROUP BY root
/// ```
fn statement(backend: DbBackend, ids: Vec<Uuid>) -> SelectStatement {
    let own = || (Entity, Column::Id);
    let records = SimpleExpr::SubQuery(None, Box::new(records(own()).into()));
    let last = SimpleExpr::SubQuery(None, Box::new(last_day(own()).into()));
    let is_asked = Condition::any()
        .add(Expr::col(Column::MergedInto).is_null().and(db::any_of(backend, Column::Id, ids.clone())))
        .add(db::any_of(backend, Column::MergedInto, ids));
    let mut usages = Query::select();
    usages
        .expr_as(shown_id(Entity), "root")
        .expr_as(db::sum(records), "records")
        .expr_as(Func::max(last), "last")
        .from(Entity)
        .cond_where(is_asked)
        .add_group_by([shown_id(Entity)]);
    usages
}

/// How many records of the category `id` there are: from one total of each currency.
fn records(id: impl IntoColumnRef) -> SelectStatement {
    let mut records = of_category(Span::All, id);
    records.expr_as(db::sum(count()), "records");
    records
}

/// The last day that a record of the category `id` is booked on; no row where there is none. Totals of a day come to
/// zero when its last record is deleted, and stay.
fn last_day(id: impl IntoColumnRef) -> SelectStatement {
    let mut days = of_category(Span::Day, id);
    days.column(total::Column::Start)
        .group_by_col(total::Column::Start)
        .and_having(db::sum(count()).gt(Expr::cust("0")))
        .order_by(total::Column::Start, Order::Desc)
        .limit(1);
    days
}

fn count() -> SimpleExpr {
    Expr::col(total::Column::IncomeCount).add(Expr::col(total::Column::ExpensesCount))
}

/// A query of the totals of the category `id` over spans like `span`, which is written out so that PostgreSQL leaves
/// the rows of others out when it plans; and as a range, or SQLite would begin with the span, and read those of every
/// category.
fn of_category(span: Span, id: impl IntoColumnRef) -> SelectStatement {
    let only = || SimpleExpr::Constant(span.into());
    let mut totals = Query::select();
    totals
        .from(total::Entity)
        .and_where(Expr::col((total::Entity, total::Column::CategoryId)).equals(id))
        .and_where(Expr::col((total::Entity, total::Column::Span)).between(only(), only()));
    totals
}

/// Whether a row of `categories` is used: whether records of it, or of one that was merged into it, are not deleted.
pub(super) fn is_used() -> Condition {
    let any = |id: (&'static str, Column)| {
        let records = SimpleExpr::SubQuery(None, Box::new(records(id).into()));
        records.gt(Expr::cust("0"))
    };
    let mut merged = Query::select();
    merged
        .expr(Expr::cust("1"))
        .from_as(Entity, "merged")
        .and_where(Expr::col(("merged", Column::MergedInto)).equals((Entity, Column::Id)))
        .and_where(any(("merged", Column::Id)));
    Condition::any().add(any(("categories", Column::Id))).add(Expr::exists(merged))
}
