//! Which records are meant: a filter, parsed, and what it is in SQL.

use chrono::NaiveDate;
use entity::{
    RecordKind,
    record::{Column, Entity},
};
use iso_currency::Currency;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Select, sea_query::SimpleExpr};
use uuid::Uuid;

use super::money::Money;
use crate::{
    categories::{self, CategoryName},
    db,
    error::{Error, Result},
};

/// Which of deleted and other records are meant.
#[derive(async_graphql::Enum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeletedFilter {
    /// Only records that are not deleted.
    #[default]
    Exclude,
    /// All records. For admins only.
    Include,
    /// Only deleted records. For admins only.
    Only,
}

/// Restrictions that a record has to meet, all of them; `None` restricts nothing.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    /// Income or expense.
    pub kind: Option<RecordKind>,
    /// Any of these; none of them when empty.
    pub categories: Option<Vec<CategoryName>>,
    /// First day and last day, each maybe open.
    pub dates: DateRange,
    /// At least this.
    pub min_amount: Option<Money>,
    /// At most this.
    pub max_amount: Option<Money>,
    /// Of this currency.
    pub currency: Option<Currency>,
    /// Notes that hold this text; case is ignored for A to Z.
    pub search: Option<String>,
    /// Entered by this user.
    pub created_by: Option<Uuid>,
    /// Deleted records too, or only those.
    pub deleted: DeletedFilter,
}

/// A stretch of days, both ends included; an end that is `None` is open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DateRange {
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub to: Option<NaiveDate>,
}

impl DateRange {
    /// A range of the input fields `from` and `to`.
    ///
    /// # Errors
    /// `BAD_USER_INPUT` when it ends before it begins.
    pub fn parse(from: Option<NaiveDate>, to: Option<NaiveDate>) -> Result<Self> {
        match (from, to) {
            (Some(from), Some(to)) if from > to => {
                Err(Error::bad_input("from", format!("The range begins on {from}, after it ends on {to}.")))
            }
            _ => Ok(Self { from, to }),
        }
    }
}

impl Filter {
    /// The records that meet the restrictions. Category names are looked up first, so that the statement
    /// compares ids; a name that is no category's matches nothing.
    pub(super) async fn select(&self, db: &impl ConnectionTrait) -> Result<Select<Entity>> {
        let mut conditions: Vec<SimpleExpr> = Vec::new();
        // Written out, not bound: SQLite uses a partial index only for a condition it can read.
        match self.deleted {
            DeletedFilter::Exclude => conditions.push(Column::DeletedAt.is_null()),
            DeletedFilter::Only => conditions.push(Column::DeletedAt.is_not_null()),
            DeletedFilter::Include => {}
        }
        conditions.extend(self.kind.map(|kind| Column::Kind.eq(kind)));
        if let Some(names) = &self.categories {
            let ids = categories::ids_of(db, names).await?;
            conditions.push(match ids[..] {
                [id] => Column::CategoryId.eq(id),
                _ => db::any_of(db.get_database_backend(), Column::CategoryId, &ids),
            });
        }
        conditions.extend(self.dates.from.map(|from| Column::Date.gte(from)));
        conditions.extend(self.dates.to.map(|to| Column::Date.lte(to)));
        conditions.extend(self.min_amount.map(|least| Column::AmountMinor.gte(least.minor)));
        conditions.extend(self.max_amount.map(|most| Column::AmountMinor.lte(most.minor)));
        conditions.extend(self.currency.map(|currency| Column::Currency.eq(currency.code())));
        conditions
            .extend(self.search.as_deref().map(|text| db::contains(db.get_database_backend(), Column::Notes, text)));
        conditions.extend(self.created_by.map(|user| Column::CreatedBy.eq(user)));
        Ok(conditions.into_iter().fold(Entity::find(), QueryFilter::filter))
    }
}
