//! The organization's row: made once, read from memory, changed.

use chrono::Weekday;
use chrono::{DateTime, Utc};
use entity::{
    Role,
    audit_event::AuditAction,
    organization::{self, Column, DayOfWeek, Entity, ID},
    user,
};
use sea_orm::{
    ActiveEnum, ActiveModelTrait,
    ActiveValue::NotSet,
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect,
    sea_query::{LockType, OnConflict},
};

use super::input::OrganizationPatch;
use crate::{
    auth::Author,
    calendar::{Calendar, ClosedPeriod},
    change::Change,
    currency::Currency,
    error::{Error, Result},
    event::{Changes, Event},
    services::Services,
};

/// What an organization is called until somebody gives it a name.
const NAME: &str = "Tallybook";
/// The base currency where none is set.
const CURRENCY: &str = "USD";
/// The financial year is the calendar's until somebody says otherwise.
const YEAR_START: &str = "01-01";

/// Makes the organization where there is none, in the base currency that the settings name; where there is one, warns of
/// settings that name another.
pub async fn prepare(services: &Services) -> Result<()> {
    let Some(found) = find(services.db.read()).await? else {
        let mut change = services.change(Author::default()).await?;
        make(&mut change).await?;
        return change.commit().await;
    };
    let given = services.config.base_currency.map(Currency::code);
    if let Some(given) = given.filter(|given| *given != found.base_currency) {
        tracing::warn!(
            "BASE_CURRENCY is {given}, but the base currency of these books is {}: that is what counts. `updateOrganization` changes it",
            found.base_currency
        );
    }
    Ok(())
}

async fn make(change: &mut Change) -> Result<()> {
    let at = change.now();
    let new = new(change.services(), at);
    // Of two servers that start at once one makes it.
    let made = Entity::insert(new.clone().into_active_model())
        .on_conflict(OnConflict::column(Column::Id).do_nothing().to_owned())
        .exec_without_returning(change.db())
        .await?;
    if made > 0 {
        let changes = Changes::default().field("name", None, Some(&new.name)).field(
            "baseCurrency",
            None,
            Some(&new.base_currency),
        );
        change.record(Event::organization(AuditAction::Created, &new).changes(changes));
    }
    Ok(())
}

/// The organization that is made where there is none.
fn new(services: &Services, at: DateTime<Utc>) -> organization::Model {
    organization::Model {
        id: ID,
        name: NAME.to_owned(),
        base_currency: services.config.base_currency.map_or(CURRENCY, Currency::code).to_owned(),
        financial_year_start: YEAR_START.to_owned(),
        week_start: DayOfWeek::default(),
        closed_through: None,
        version: 1,
        updated_at: at,
        updated_by: None,
    }
}

async fn find(db: &impl ConnectionTrait) -> Result<Option<organization::Model>> {
    Ok(Entity::find_by_id(ID).one(db).await?)
}

/// The organization as it is in `db` now.
pub(super) async fn load(db: &impl ConnectionTrait) -> Result<organization::Model> {
    find(db).await?.ok_or_else(missing)
}

pub(super) fn missing() -> Error {
    Error::internal("the books have no organization, which `serve` makes when it starts")
}

/// The organization, if it is remembered.
pub(super) fn remembered(services: &Services) -> Option<organization::Model> {
    services.organization.row.get(&(), services.clock.now())
}

/// The organization, from memory where it was read a moment ago.
pub async fn current(services: &Services) -> Result<organization::Model> {
    if let Some(known) = remembered(services) {
        return Ok(known);
    }
    let epoch = services.organization.row.epoch();
    // A command may look at books that no server has started on yet.
    let found = find(services.db.read()).await?;
    let found = found.unwrap_or_else(|| new(services, services.clock.now()));
    services.organization.row.keep(epoch, [((), found.clone())], services.clock.now());
    Ok(found)
}

/// Whether somebody can sign in as an admin; from memory where that was read a moment ago.
pub(super) async fn has_admin(services: &Services) -> Result<bool> {
    let Services { db, clock, organization, .. } = services;
    if let Some(known) = organization.has_admin.get(&(), clock.now()) {
        return Ok(known);
    }
    let epoch = organization.has_admin.epoch();
    let admins =
        user::Entity::find().filter(user::Column::Role.eq(Role::Admin)).filter(user::Column::IsActive.eq(true));
    let found = admins.one(db.read()).await?.is_some();
    organization.has_admin.keep(epoch, [((), found)], clock.now());
    Ok(found)
}

/// The currency that is meant where none is named.
pub async fn base_currency(services: &Services) -> Result<Currency> {
    currency_of(&current(services).await?)
}

/// The days that are closed, as far as is remembered: to say what would be refused, never to refuse it.
pub(crate) async fn closed_now(services: &Services) -> Result<ClosedPeriod> {
    Ok(closed(&current(services).await?))
}

/// When financial years and weeks begin.
pub(crate) async fn calendar(services: &Services) -> Result<Calendar> {
    let organization = current(services).await?;
    let week_start = match organization.week_start {
        DayOfWeek::Monday => Weekday::Mon,
        DayOfWeek::Tuesday => Weekday::Tue,
        DayOfWeek::Wednesday => Weekday::Wed,
        DayOfWeek::Thursday => Weekday::Thu,
        DayOfWeek::Friday => Weekday::Fri,
        DayOfWeek::Saturday => Weekday::Sat,
        DayOfWeek::Sunday => Weekday::Sun,
    };
    let start = &organization.financial_year_start;
    let calendar = Calendar::new(start, week_start);
    calendar.ok_or_else(|| Error::internal(format!("no financial year begins on {start:?}")))
}

/// The base currency of `organization`.
pub(super) fn currency_of(organization: &organization::Model) -> Result<Currency> {
    let code = &organization.base_currency;
    Currency::from_code(code).ok_or_else(|| Error::internal(format!("the base currency {code:?} is not known")))
}

/// The days that `organization` has closed.
pub(super) fn closed(organization: &organization::Model) -> ClosedPeriod {
    ClosedPeriod { through: organization.closed_through }
}

/// Changes what `patch` names.
///
/// # Errors
/// `VERSION_CONFLICT`.
pub async fn update(change: &mut Change, patch: OrganizationPatch) -> Result<organization::Model> {
    let OrganizationPatch { name, base_currency, financial_year_start, week_start, expected_version } = patch;
    let before = Entity::find_by_id(ID).lock(LockType::NoKeyUpdate).one(change.db()).await?.ok_or_else(missing)?;
    if expected_version.is_some_and(|expected| expected != before.version) {
        return Err(Error::version_conflict(before.version));
    }
    let after = organization::Model {
        name: name.unwrap_or_else(|| before.name.clone()),
        base_currency: base_currency.map_or_else(|| before.base_currency.clone(), |new| new.code().to_owned()),
        financial_year_start: financial_year_start.unwrap_or_else(|| before.financial_year_start.clone()),
        week_start: week_start.unwrap_or(before.week_start),
        ..before.clone()
    };
    if after == before {
        return Ok(before);
    }
    write(change, AuditAction::Updated, &before, after, None).await
}

/// Writes `after` over `before`, which nobody else changes meanwhile, with its event.
pub(super) async fn write(
    change: &mut Change,
    action: AuditAction,
    before: &organization::Model,
    after: organization::Model,
    reason: Option<String>,
) -> Result<organization::Model> {
    let after = organization::Model {
        version: before.version + 1,
        updated_at: change.after(before.updated_at),
        updated_by: change.author(),
        ..after
    };
    let mut row = after.clone().into_active_model().reset_all();
    // A database that spreads rows by a key refuses to set it, also to what it is.
    row.id = NotSet;
    Entity::update_many().set(row).filter(Column::Id.eq(ID)).exec(change.db()).await?;
    change.record(Event::organization(action, &after).changes(changes(before, &after, reason.as_ref())));
    change.forgets();
    Ok(after)
}

fn changes(before: &organization::Model, after: &organization::Model, reason: Option<&String>) -> Changes {
    let organization::Model {
        id: _,
        name,
        base_currency,
        financial_year_start,
        week_start,
        closed_through,
        version: _,
        updated_at: _,
        updated_by: _,
    } = after;
    Changes::default()
        .field("name", Some(&before.name), Some(name))
        .field("baseCurrency", Some(&before.base_currency), Some(base_currency))
        .field("financialYearStart", Some(&before.financial_year_start), Some(financial_year_start))
        .field("weekStart", Some(&before.week_start.to_value()), Some(&week_start.to_value()))
        .field("closedThrough", before.closed_through.as_ref(), closed_through.as_ref())
        .field("reason", None, reason)
}
