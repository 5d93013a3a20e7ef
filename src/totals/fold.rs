//! Makes one row again of each total that writers who met have spread over several.

use std::ops::Add;

use chrono::NaiveDate;
use entity::{
    currency_total,
    total::{self, Span},
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, ModelTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, ExprTrait, LockBehavior, LockType},
};
use uuid::Uuid;

use super::{
    difference::{Difference, Key, Of, apply, rows_of},
    sums::Sums,
};
use crate::{auth::Author, error::Result, services::Services};

/// Makes as few rows as can hold it of each total that is spread over several; of rows that are written right now, none.
/// A total that cannot be folded now is left as it is, which is right too, and told in the log.
pub async fn fold(services: &Services) -> Result<()> {
    let db = services.db.read();
    let several = || Expr::cust("COUNT(*)").gt(Expr::cust("1"));
    let ones: Vec<(Span, String, NaiveDate, Uuid)> = {
        use total::Column::{CategoryId, Currency, Span, Start};
        let key = [Span, Currency, Start, CategoryId];
        let spread = total::Entity::find().select_only().columns(key).having(several());
        key.into_iter().fold(spread, QuerySelect::group_by).into_tuple().all(db).await?
    };
    let together: Vec<(Span, String, NaiveDate)> = {
        use currency_total::Column::{Currency, Span, Start};
        let key = [Span, Currency, Start];
        let spread = currency_total::Entity::find().select_only().columns(key).having(several());
        key.into_iter().fold(spread, QuerySelect::group_by).into_tuple().all(db).await?
    };
    let ones = ones.into_iter().map(|(span, currency, start, id)| Key { of: Of::Category(id), span, start, currency });
    let together = together.into_iter().map(|(span, currency, start)| Key { of: Of::All, span, start, currency });
    for key in ones.chain(together) {
        let total = format!("{key:?}");
        if let Err(error) = fold_one(services, key).await {
            tracing::warn!(
                ?error,
                total,
                "a total stays spread over several rows; it is right, and will be folded in an hour"
            );
        }
    }
    Ok(())
}

/// One total a transaction: a writer never waits for two.
async fn fold_one(services: &Services, key: Key) -> Result<()> {
    let change = services.change(Author::default()).await?;
    let tx = change.db();
    if tx.get_database_backend() == DbBackend::Postgres {
        // As every writer does first: see `rebuild`.
        tx.execute_unprepared("LOCK TABLE totals IN ROW EXCLUSIVE MODE").await?;
    }
    match key.of {
        Of::Category(id) => {
            let rows = total::Entity::find()
                .filter(total::Column::Span.eq(key.span))
                .filter(total::Column::Start.eq(key.start))
                .filter(total::Column::Currency.eq(&key.currency))
                .filter(total::Column::CategoryId.eq(id));
            fold_rows(tx, key, free_rows(tx, rows).await?).await?;
        }
        Of::All => {
            let rows = currency_total::Entity::find()
                .filter(currency_total::Column::Span.eq(key.span))
                .filter(currency_total::Column::Start.eq(key.start))
                .filter(currency_total::Column::Currency.eq(&key.currency));
            fold_rows(tx, key, free_rows(tx, rows).await?).await?;
        }
    }
    change.commit().await
}

/// The rows that nobody writes, kept from being written until the transaction ends.
async fn free_rows<E: EntityTrait>(tx: &impl ConnectionTrait, rows: sea_orm::Select<E>) -> Result<Vec<E::Model>> {
    Ok(rows.lock_with_behavior(LockType::NoKeyUpdate, LockBehavior::SkipLocked).all(tx).await?)
}

async fn fold_rows<M>(tx: &impl ConnectionTrait, key: Key, free: Vec<M>) -> Result<()>
where
    M: ModelTrait + sea_orm::IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
    for<'a> Sums: From<&'a M>,
    <M::Entity as EntityTrait>::ActiveModel: sea_orm::ActiveModelBehavior + Send,
{
    let sums = free.iter().map(Sums::from).fold(Sums::default(), Sums::add);
    if free.len() > rows_of(sums) {
        for row in free {
            row.delete(tx).await?;
        }
        apply(tx, Difference([(key, sums)].into())).await?;
    }
    Ok(())
}
