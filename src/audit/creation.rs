//! What a record was when it was entered. The trail does not repeat that, which would be half of the database: it is
//! the record as it is now, with all that happened since taken back.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{
    Context,
    dataloader::{DataLoader, Loader},
};
use entity::{audit_event, category, record};
use rust_decimal::Decimal;
use sea_orm::{ActiveEnum, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{
    changes::{self, AuditChange},
    store::{self, Row},
};
use crate::{
    currency::Currency,
    db::{self, Operation},
    error::{Error, Result},
    services::Services,
};

/// Loads what records were when they were entered, through [`gateway::Batches::loader`].
pub(crate) struct CreationLoader {
    services: Services,
    operation: Operation,
}

impl CreationLoader {
    /// A loader for one operation.
    pub(crate) fn new(services: Services, operation: Operation) -> Self {
        Self { services, operation }
    }

    async fn find(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<[AuditChange]>>> {
        let db = self.services.db.read();
        let wanted = db::any_of(self.services.db.backend(), record::Column::Id, ids.to_vec());
        let found = record::Entity::find().filter(wanted).find_also_related(category::Entity).all(db).await?;
        let categories: Vec<_> = found.iter().map(|(record, _)| record.category_id).collect();
        let later = store::updates(db, &[ids, &*categories].concat()).await?;
        let mut creations = HashMap::new();
        for (record, category) in found {
            let category = category.ok_or_else(|| Error::internal("a record without its category"))?;
            creations.insert(record.id, first_state(&record, &category, &later)?.into());
        }
        Ok(creations)
    }
}

/// The fields of the record `id` when it was entered, together with all others that the operation asks for just now.
pub(super) async fn load(ctx: &Context<'_>, id: Uuid) -> Result<Vec<AuditChange>> {
    let loader: &DataLoader<CreationLoader> =
        ctx.data_opt().ok_or_else(|| Error::internal("the request came without its loader of creations"))?;
    let changes = loader.load_one(id).await?.ok_or_else(|| Error::internal(format!("there is no record {id}")))?;
    Ok(changes.to_vec())
}

impl Loader<Uuid> for CreationLoader {
    type Value = Arc<[AuditChange]>;
    type Error = Error;

    async fn load(&self, ids: &[Uuid]) -> Result<HashMap<Uuid, Arc<[AuditChange]>>> {
        // Loads are spawned, and belong to the operation nevertheless.
        self.operation.run(self.find(ids)).await
    }
}

fn first_state(
    record: &record::Model,
    category: &category::Model,
    later: &[audit_event::Model],
) -> Result<Vec<AuditChange>> {
    let before = |entity: Uuid, field: &str| {
        let since = later.iter().filter(|event| event.entity_id == entity && event.at > record.created_at);
        first_before(since, field)
    };
    let code = before(record.id, "currency")?.unwrap_or_else(|| record.currency.clone());
    let amount = match before(record.id, "amount")? {
        Some(amount) => amount.parse().map_err(Error::internal)?,
        None => Decimal::from_i128_with_scale(record.amount_minor.into(), places(&record.currency)),
    };
    let category = match before(record.id, "category")? {
        Some(name) => name,
        None => before(category.id, "name")?.unwrap_or_else(|| category.name.clone()),
    };
    let fields = [
        ("kind", before(record.id, "kind")?.unwrap_or_else(|| record.kind.to_value())),
        ("amount", in_places(amount, places(&code)).to_string()),
        ("currency", code),
        ("category", category),
        ("date", before(record.id, "date")?.unwrap_or_else(|| record.date.to_string())),
        ("notes", before(record.id, "notes")?.unwrap_or_else(|| record.notes.clone())),
    ];
    let entered =
        |(field, after): (&str, String)| AuditChange { field: field.to_owned(), before: None, after: Some(after) };
    Ok(fields.map(entered).into())
}

/// What `field` was before the first of `events` that changed it.
fn first_before<'a>(events: impl Iterator<Item = &'a audit_event::Model>, field: &str) -> Result<Option<String>> {
    for event in events {
        let changes = changes::of(&Row { event: event.clone(), personal: Vec::new() })?;
        if let Some(change) = changes.into_iter().find(|change| change.field == field) {
            return Ok(change.before);
        }
    }
    Ok(None)
}

fn places(code: &str) -> u32 {
    code.parse().map_or(0, Currency::fraction_digits)
}

/// The same number with this many decimal places: a change of the currency alone kept the number.
fn in_places(mut amount: Decimal, places: u32) -> Decimal {
    amount.rescale(places);
    amount
}
