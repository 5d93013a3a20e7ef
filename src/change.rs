//! The one way to write: a transaction, together with who writes and what happened in it.
//!
//! Rules are plain functions over `&mut Change`, so that they compose: they lock what they need, ask for the instant,
//! write through [`Change::db`], and say what happened with [`Change::record`]. One [`Change::commit`] writes the
//! events down, commits, and has every server forget what it remembers where that changed. Nothing else begins or
//! commits a transaction that writes; replays and retries stand around a change, not inside a rule.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{audit_event, outbox, personal_value};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait, sea_query::InsertStatement};
use uuid::Uuid;

use crate::{
    auth::Author,
    calendar::ClosedPeriod,
    db::{self, Transaction, is_null_refused, is_out_of_range},
    error::Result,
    event::Event,
    services::Services,
};

/// The most events that are added together with the rest of the change, by one way to the database.
const FEW: usize = 16;

/// A transaction that writes. Dropped without [`Change::commit`], it is rolled back.
pub struct Change {
    services: Services,
    tx: Transaction,
    added: Vec<InsertStatement>,
    author: Author,
    at: Option<DateTime<Utc>>,
    closed: Option<ClosedPeriod>,
    events: Vec<Event>,
    forgets: bool,
}

/// What came of a commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Committed {
    /// The changes are permanent.
    Yes,
    /// A number would leave the 64 bits of its column.
    NoRoom,
    /// A record's day is closed.
    Closed,
    /// A record's category was deleted.
    NoCategory,
}

impl Services {
    /// Opens a change by `author`.
    ///
    /// # Errors
    /// `UNAVAILABLE` when no connection was free in time.
    pub async fn change(&self, author: Author) -> Result<Change> {
        let tx = self.db.write().await?;
        Ok(Change {
            services: self.clone(),
            tx,
            added: Vec::new(),
            author,
            at: None,
            closed: None,
            events: Vec::new(),
            forgets: false,
        })
    }
}

impl Change {
    /// The transaction, to read and write through. It begins with its first statement.
    #[must_use]
    pub fn db(&self) -> &Transaction {
        &self.tx
    }

    /// Adds rows at the end, with all that is added then, and in this order: where that is all that the change does, it
    /// is one statement. Nothing sees them before.
    pub(crate) fn add(&mut self, rows: InsertStatement) {
        self.added.push(rows);
    }

    /// What the process has.
    #[must_use]
    pub(crate) fn services(&self) -> &Services {
        &self.services
    }

    /// The signed-in user who makes the change, if there is one.
    #[must_use]
    pub fn author(&self) -> Option<Uuid> {
        self.author.user
    }

    /// The change's instant. Ask for it once the rows are locked: of two changes of one row, the one that waited is
    /// the later.
    pub fn now(&mut self) -> DateTime<Utc> {
        *self.at.get_or_insert_with(|| self.services.clock.now())
    }

    /// The change's instant, moved past `last` where another server's clock was ahead.
    pub fn after(&mut self, last: DateTime<Utc>) -> DateTime<Utc> {
        let at = self.now().max(last + TimeDelta::microseconds(1));
        self.at = Some(at);
        at
    }

    /// The closed days, if the change has asked for them: they stay the same until it has ended.
    pub(crate) fn closed_period(&self) -> Option<ClosedPeriod> {
        self.closed
    }

    /// Remembers what [`Change::closed_period`] gives.
    pub(crate) fn keep_closed_period(&mut self, period: ClosedPeriod) {
        self.closed = Some(period);
    }

    /// Says what happened.
    pub(crate) fn record(&mut self, event: Event) {
        self.events.push(event);
    }

    /// Says that a user, a session or a category is not as servers may remember it, so that none relies on that.
    pub fn forgets(&mut self) {
        self.forgets = true;
    }

    /// Removes the personal values in the events of the user `id`, with the salt that they are sealed by: the chain holds
    /// without them. Values of events of this change stay.
    pub(crate) async fn erase_values_of(&self, id: Uuid) -> Result<()> {
        let of_user = audit_event::Entity::find()
            .select_only()
            .column(audit_event::Column::Id)
            .filter(audit_event::Column::EntityId.eq(id))
            .into_query();
        let theirs = personal_value::Column::EventId.in_subquery(of_user);
        personal_value::Entity::delete_many().filter(theirs).exec(self.db()).await?;
        Ok(())
    }

    /// Makes the change permanent, with its events.
    pub async fn commit(self) -> Result<()> {
        Ok(self.end().await??)
    }

    /// As [`Change::commit`]; where the database refuses a row, nothing is changed, and it is told why.
    pub(crate) async fn try_commit(self) -> Result<Committed> {
        match self.end().await? {
            Err(error) if is_out_of_range(&error) => Ok(Committed::NoRoom),
            Err(error) if is_null_refused(&error, "date") => Ok(Committed::Closed),
            Err(error) if is_null_refused(&error, "category_id") => Ok(Committed::NoCategory),
            ended => Ok(ended.map(|()| Committed::Yes)?),
        }
    }

    async fn end(mut self) -> Result<Result<(), DbErr>> {
        let has_events = !self.events.is_empty();
        self.add_events().await?;
        let Self { services, tx, added, forgets, .. } = self;
        // Also when the client hangs up while the commit is under way.
        let _forget = forgets.then(|| services.viewers.forget_on_drop());
        let told = if forgets { services.viewers.tell_others(&tx).await? } else { None };
        let ended = tx.commit(added).await?;
        if has_events {
            services.journal.ring();
        }
        if let (Ok(()), Some(told)) = (&ended, told) {
            told.heard().await;
        }
        Ok(ended)
    }

    /// The events, each with a place in the outbox, and what is personal in them apart from it.
    async fn add_events(&mut self) -> Result<()> {
        let at = self.now();
        let (mut rows, mut values) = (Vec::with_capacity(self.events.len()), Vec::new());
        for event in std::mem::take(&mut self.events) {
            let (row, personal) = event.rows(&self.author, at)?;
            rows.push(row);
            values.extend(personal);
        }
        if rows.is_empty() {
            return Ok(());
        }
        let waiting: Vec<_> =
            rows.iter().map(|row| outbox::ActiveModel { event_id: row.id.clone(), ..Default::default() }).collect();
        if rows.len() > FEW {
            db::insert_many(&self.tx, rows).await?;
            db::insert_many(&self.tx, waiting).await?;
            db::insert_many(&self.tx, values).await?;
            return Ok(());
        }
        self.add(audit_event::Entity::insert_many(rows).into_query());
        self.add(outbox::Entity::insert_many(waiting).into_query());
        if !values.is_empty() {
            self.add(personal_value::Entity::insert_many(values).into_query());
        }
        Ok(())
    }

    /// Undoes the change.
    pub async fn rollback(self) -> Result<()> {
        self.tx.rollback().await
    }
}
