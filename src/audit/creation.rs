//! What a record was when it was entered. The trail does not repeat that, which would be half of the database: it is
//! the record as it is now, with all that happened since taken back; its category by the name that it was shown under.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{
    Context,
    dataloader::{DataLoader, Loader},
};
use entity::{audit_event, record};
use rust_decimal::Decimal;
use sea_orm::{ActiveEnum, EntityTrait, QueryFilter};
use uuid::Uuid;

use super::{
    changes::{self, AuditChange, Stored},
    shown::Shown,
    store,
};
use crate::{
    currency::Currency,
    db::{self, Operation},
    error::{Error, Result},
    services::Services,
};

/// The event of a record's creation, and the record.
type Creation = (Uuid, Uuid);

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

    async fn find(&self, creations: &[Creation]) -> Result<HashMap<Creation, Arc<[AuditChange]>>> {
        let db = self.services.db.read();
        let ids: Vec<_> = creations.iter().map(|(_, record)| *record).collect();
        let wanted = db::any_of(self.services.db.backend(), record::Column::Id, ids.clone());
        let found = record::Entity::find().filter(wanted).all(db).await?;
        let updates = store::updates(db, &ids).await?;
        let mut entered = Vec::with_capacity(found.len());
        for record in found {
            let later = Later::of(&record, &updates)?;
            entered.push((record, later));
        }
        let categories = entered.iter().map(|(record, later)| later.first_category(record)).collect();
        let shown = Shown::read(db, &categories).await?;
        let events: HashMap<_, _> = creations.iter().map(|(event, record)| (*record, *event)).collect();
        let mut states = HashMap::new();
        for (record, later) in entered {
            let Some(event) = events.get(&record.id) else { continue };
            let category = shown.name_at(later.first_category(&record), *event)?;
            states.insert((*event, record.id), first_state(&record, &later, category)?.into());
        }
        Ok(states)
    }
}

/// The fields of a record when it was entered by `event`, together with all others that the operation asks for just now.
pub(super) async fn load(ctx: &Context<'_>, event: &audit_event::Model) -> Result<Vec<AuditChange>> {
    let loader: &DataLoader<CreationLoader> =
        ctx.data_opt().ok_or_else(|| Error::internal("the request came without its loader of creations"))?;
    let changes = loader.load_one((event.id, event.entity_id)).await?;
    Ok(changes.ok_or_else(|| Error::internal(format!("there is no record {}", event.entity_id)))?.to_vec())
}

impl Loader<Creation> for CreationLoader {
    type Value = Arc<[AuditChange]>;
    type Error = Error;

    async fn load(&self, creations: &[Creation]) -> Result<HashMap<Creation, Arc<[AuditChange]>>> {
        // Loads are spawned, and belong to the operation nevertheless.
        self.operation.run(self.find(creations)).await
    }
}

/// What became of one record since it was entered: of each field the first change.
struct Later(HashMap<String, Stored>);

impl Later {
    /// `updates` are of several records, the oldest first.
    fn of(record: &record::Model, updates: &[audit_event::Model]) -> Result<Self> {
        let mut first = HashMap::new();
        for event in updates.iter().filter(|event| event.entity_id == record.id) {
            for change in changes::stored(&event.changes)? {
                first.entry(change.field.clone()).or_insert(change);
            }
        }
        Ok(Self(first))
    }

    fn before(&self, field: &str) -> Option<String> {
        self.0.get(field).and_then(|change| change.before.clone())
    }

    /// The category that it was entered in.
    fn first_category(&self, record: &record::Model) -> Uuid {
        self.0.get("category").and_then(|change| change.before_id).unwrap_or(record.category_id)
    }
}

fn first_state(record: &record::Model, later: &Later, category: String) -> Result<Vec<AuditChange>> {
    let code = later.before("currency").unwrap_or_else(|| record.currency.clone());
    let amount = match later.before("amount") {
        Some(amount) => amount.parse().map_err(Error::internal)?,
        None => Decimal::from_i128_with_scale(record.amount_minor.into(), places(&record.currency)),
    };
    let counterparty = match later.0.get("counterparty") {
        Some(change) => change.before.clone(),
        None => record.counterparty.clone(),
    };
    let fields = [
        ("kind", later.before("kind").unwrap_or_else(|| record.kind.to_value())),
        ("amount", in_places(amount, places(&code)).to_string()),
        ("currency", code),
        ("category", category),
        ("date", later.before("date").unwrap_or_else(|| record.date.to_string())),
        ("notes", later.before("notes").unwrap_or_else(|| record.notes.clone())),
    ];
    let entered =
        |(field, after): (&str, String)| AuditChange { field: field.to_owned(), before: None, after: Some(after) };
    let counterparty = counterparty.map(|name| ("counterparty", name));
    Ok(fields.into_iter().chain(counterparty).map(entered).collect())
}

fn places(code: &str) -> u32 {
    code.parse().map_or(0, Currency::fraction_digits)
}

/// The same number with this many decimal places: a change of the currency alone kept the number.
fn in_places(mut amount: Decimal, places: u32) -> Decimal {
    amount.rescale(places);
    amount
}
