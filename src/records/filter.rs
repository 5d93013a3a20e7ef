//! Which records are meant: a filter, parsed, and what it is in SQL.

use std::sync::Arc;

use entity::{
    RecordKind,
    record::{Column, Entity},
};
use sea_orm::{
    ColumnTrait, Condition, DbBackend, EntityTrait, QueryFilter, Select,
    sea_query::{SimpleExpr, Value},
};
use uuid::Uuid;

use super::{
    money::Money,
    order::{Order, RecordOrderField},
    scope::Scope,
    search::{Extent, Search},
};
use crate::{
    calendar::{DateRange, TimeRange},
    currency::Currency,
    db,
    services::Meant,
};

/// Whether deleted records are included.
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
    pub categories: Option<Vec<Arc<Meant>>>,
    /// First day and last day, each maybe open.
    pub dates: DateRange,
    /// At least this.
    pub min_amount: Option<Money>,
    /// At most this.
    pub max_amount: Option<Money>,
    /// Of any of these currencies; of none when empty.
    pub currencies: Option<Vec<Currency>>,
    /// With all words of this search.
    pub search: Option<Arc<Search>>,
    /// Of exactly this counterparty.
    pub counterparty: Option<String>,
    /// Made by this import.
    pub import: Option<Uuid>,
    /// Entered by any of these users; by none when empty.
    pub created_by: Option<Vec<Uuid>>,
    /// Any of these; none when empty.
    pub ids: Option<Vec<Uuid>>,
    /// Entered then.
    pub created_at: TimeRange,
    /// Changed last then.
    pub updated_at: TimeRange,
    /// Deleted records too, or only those.
    pub deleted: DeletedFilter,
}

/// The ids of all that records in `categories` can have.
pub(super) fn ids(categories: &[Arc<Meant>]) -> Vec<Uuid> {
    categories.iter().flat_map(|meant| meant.ids.iter().copied()).collect()
}

/// Whether `column` is one of `values`: of a single one by an index in the list's order, which an array would not be read in.
fn one_of<T>(backend: DbBackend, column: Column, mut values: Vec<T>) -> SimpleExpr
where
    T: Into<Value>,
    Vec<T>: Into<Value>,
{
    match (values.len(), values.pop()) {
        (1, Some(only)) => column.eq(only),
        (_, last) => {
            values.extend(last);
            db::any_of(backend, column, values)
        }
    }
}

impl Filter {
    /// The currency, where it means records of one only.
    pub(super) fn only_currency(&self) -> Option<Currency> {
        match self.currencies.as_deref()? {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// Whether it means records of this currency.
    pub(super) fn includes(&self, currency: Currency) -> bool {
        self.currencies.as_ref().is_none_or(|of| of.contains(&currency))
    }

    /// The same records as the totals know them; `None` when these cannot tell them from others.
    pub(super) fn scope(&self) -> Option<Scope> {
        let Self {
            kind,
            categories,
            dates,
            min_amount: None,
            max_amount: None,
            currencies,
            search: None,
            counterparty: None,
            import: None,
            created_by: None,
            ids: None,
            created_at: TimeRange { from: None, to: None },
            updated_at: TimeRange { from: None, to: None },
            deleted: DeletedFilter::Exclude,
        } = self
        else {
            return None;
        };
        let (categories, currencies) = (categories.clone(), currencies.clone());
        Some(Scope { dates: *dates, categories, kind: *kind, currencies })
    }

    /// The categories that are asked for and the other restrictions, where each category has an index in `order`: a
    /// list then need not sort all that is in them.
    pub(super) fn by_category(&self, backend: DbBackend, order: Order) -> Option<(Vec<Uuid>, Self)> {
        if self.search.as_ref().is_some_and(|search| search.leads(backend)) {
            return None;
        }
        let ids = ids(self.categories.as_deref()?);
        let has_index = matches!(order.field, RecordOrderField::Date | RecordOrderField::Amount)
            && self.deleted != DeletedFilter::Only;
        (has_index && ids.len() > 1).then(|| (ids, Self { categories: None, ..self.clone() }))
    }

    /// Whether the best plan of a statement depends on what is asked for.
    pub(super) fn wants_own_plan(&self) -> bool {
        self.search.is_some()
    }

    /// The records that meet the restrictions, for one that reads a page of them, or the rest from somewhere on.
    pub(super) fn select(&self, backend: DbBackend) -> Select<Entity> {
        self.narrowed(backend, Extent::Page)
    }

    /// The same, for one that reads all of them.
    pub(super) fn select_all(&self, backend: DbBackend) -> Select<Entity> {
        self.narrowed(backend, Extent::All)
    }

    fn narrowed(&self, backend: DbBackend, extent: Extent) -> Select<Entity> {
        let mut conditions: Vec<SimpleExpr> = Vec::new();
        // Written out, not bound: SQLite uses a partial index only for a condition it can read.
        match self.deleted {
            DeletedFilter::Exclude => conditions.push(Column::DeletedAt.is_null()),
            DeletedFilter::Only => conditions.push(Column::DeletedAt.is_not_null()),
            DeletedFilter::Include => {}
        }
        conditions.extend(self.kind.map(|kind| Column::Kind.eq(kind)));
        conditions.extend(self.categories.as_deref().map(|of| one_of(backend, Column::CategoryId, ids(of))));
        conditions.extend(self.dates.from.map(|from| Column::Date.gte(from)));
        conditions.extend(self.dates.to.map(|to| Column::Date.lte(to)));
        conditions.extend(self.min_amount.map(|least| Column::AmountMinor.gte(least.minor)));
        conditions.extend(self.max_amount.map(|most| Column::AmountMinor.lte(most.minor)));
        let currencies = self.currencies.iter().map(|of| of.iter().map(|one| one.code().to_owned()).collect());
        conditions.extend(currencies.map(|codes| one_of(backend, Column::Currency, codes)));
        conditions.extend(self.search.iter().flat_map(|search| search.conditions(backend)));
        conditions.extend(self.counterparty.as_deref().map(|name| Column::Counterparty.eq(name)));
        conditions.extend(self.import.map(|import| Column::ImportId.eq(import)));
        conditions.extend(self.created_by.clone().map(|users| one_of(backend, Column::CreatedBy, users)));
        conditions.extend(self.ids.clone().map(|ids| one_of(backend, Column::Id, ids)));
        for (column, TimeRange { from, to }) in
            [(Column::CreatedAt, self.created_at), (Column::UpdatedAt, self.updated_at)]
        {
            conditions.extend(from.map(|from| column.gte(from)));
            conditions.extend(to.map(|to| column.lt(to)));
        }
        let all = conditions.into_iter().fold(Condition::all(), Condition::add);
        Entity::find().filter(match &self.search {
            Some(search) => search.narrow(all, extent),
            None => all,
        })
    }
}
