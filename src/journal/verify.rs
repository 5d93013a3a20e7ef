//! Whether the journal is whole: nothing changed, removed or put in.

use std::collections::{HashMap, HashSet};

use entity::{audit_event, journal, journal_head, outbox, personal_value};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, ExprTrait, Query},
};
use uuid::Uuid;

use super::{
    chain::{GENESIS, link},
    objects,
};
use crate::{
    db::{self, Db, Snapshot},
    error::{Error, Result},
    event::seal,
    state::hex,
};

/// How many rows are read at a time.
pub(super) const PAGE: u64 = 1_000;
/// The most faults that are named.
const NAMED: usize = 100;

/// What was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// The last position.
    pub position: i64,
    /// The hash there, in hexadecimal digits. Kept elsewhere, it tells later whether the journal up to there is the same.
    pub hash: String,
    /// How many events wait for their positions.
    pub waiting: u64,
    /// How many personal values were erased.
    pub erased: usize,
    /// What is wrong, a sentence each, at most 100.
    pub faults: Vec<String>,
    /// How many faults more there are.
    pub more: usize,
}

/// What was found so far.
pub(super) struct Findings<'a> {
    faults: Vec<String>,
    more: usize,
    erased: usize,
    progress: &'a (dyn Fn(usize) + Sync),
}

impl Findings<'_> {
    pub(super) fn fault(&mut self, fault: String) {
        if self.faults.len() < NAMED {
            self.faults.push(fault);
        } else {
            self.more += 1;
        }
    }

    /// That so many more rows were looked at.
    pub(super) fn checked(&self, rows: usize) {
        (self.progress)(rows);
    }
}

/// How many rows [`verify`] will look at, about.
pub async fn size(db: &Db) -> Result<u64> {
    let db = db.read();
    Ok(journal::Entity::find().count(db).await? + entity::record::Entity::find().count(db).await?)
}

/// Walks the journal from its beginning, and looks at every record, category and user, and at the organization, all as they are at one moment.
/// `progress` is told of the rows that were looked at.
pub async fn verify(db: &Db, progress: &(dyn Fn(usize) + Sync)) -> Result<Report> {
    let tx = db.snapshot().await?;
    tx.take_time().await?;
    let mut findings = Findings { faults: Vec::new(), more: 0, erased: 0, progress };
    let (position, hash) = walk(&tx, &mut findings).await?;
    check_head(&tx, (position, &hash), &mut findings).await?;
    let waiting = check_outbox(&tx, &mut findings).await?;
    objects::check(&tx, &mut findings).await?;
    let Findings { faults, more, erased, .. } = findings;
    Ok(Report { position, hash: hex(&hash), waiting, erased, faults, more })
}

/// The last position, and the hash there. What follows a fault is compared with the hash that stands there, so that one
/// fault is told once.
async fn walk(tx: &Snapshot, findings: &mut Findings<'_>) -> Result<(i64, Vec<u8>)> {
    let (mut last, mut before) = (0, GENESIS.to_vec());
    loop {
        let page = journal::Entity::find()
            .find_also_related(audit_event::Entity)
            .filter(journal::Column::Position.gt(last))
            .order_by_asc(journal::Column::Position)
            .limit(PAGE)
            .all(tx)
            .await?;
        if page.is_empty() {
            return Ok((last, before));
        }
        let events: Vec<_> = page.iter().filter_map(|(_, event)| event.as_ref()).collect();
        check_personal_values(tx, &events, findings).await?;
        findings.checked(page.len());
        for (row, event) in page {
            let is_next = row.position == last + 1;
            if !is_next {
                findings.fault(format!("Positions {} to {} are missing.", last + 1, row.position - 1));
            }
            match event {
                None => findings.fault(format!("The event {} at position {} is gone.", row.event_id, row.position)),
                Some(event) if is_next && link(&before, row.position, &event) != row.hash => {
                    findings.fault(format!("The event {} at position {} was changed.", event.id, row.position));
                }
                Some(event) if !is_copy(&row, &event) => {
                    findings.fault(format!("Position {} does not describe its event, {}.", row.position, event.id));
                }
                Some(_) => {}
            }
            (last, before) = (row.position, row.hash);
        }
    }
}

fn is_copy(row: &journal::Model, event: &audit_event::Model) -> bool {
    let journal::Model { position: _, event_id, hash: _, at, actor_id, action, entity_type, entity_id } = row;
    (*event_id, *at, *actor_id) == (event.id, event.at, event.actor_id)
        && (*action, *entity_type, *entity_id) == (event.action, event.entity_type, event.entity_id)
}

async fn check_personal_values(
    tx: &Snapshot,
    events: &[&audit_event::Model],
    findings: &mut Findings<'_>,
) -> Result<()> {
    let mut sealed = HashMap::new();
    for event in events {
        for change in event.changes.as_array().into_iter().flatten() {
            if let Some((field, seal)) = change["field"].as_str().zip(change["sealed"].as_str()) {
                sealed.insert((event.id, field.to_owned()), seal.to_owned());
            }
        }
    }
    if sealed.is_empty() {
        return Ok(());
    }
    let ids: HashSet<Uuid> = sealed.keys().map(|(id, _)| *id).collect();
    let ids = db::any_of(tx.get_database_backend(), personal_value::Column::EventId, ids.into_iter().collect());
    let values = personal_value::Entity::find().filter(ids).all(tx).await?;
    for value in values {
        let personal_value::Model { event_id, field, salt, before, after } = value;
        let expected = sealed.remove(&(event_id, field.clone()));
        if expected.as_ref() != Some(&seal(&salt, before.as_deref(), after.as_deref())) {
            findings.fault(format!("The {field} in the event {event_id} was changed."));
        }
    }
    findings.erased += sealed.len();
    Ok(())
}

async fn check_head(tx: &Snapshot, last: (i64, &Vec<u8>), findings: &mut Findings<'_>) -> Result<()> {
    let head = journal_head::Entity::find().one(tx).await?;
    let head = head.ok_or_else(|| Error::internal("the journal has no head"))?;
    if (head.position, &head.hash) != last {
        findings.fault(format!("The journal ends at position {}, but {} were given.", last.0, head.position));
    }
    Ok(())
}

/// How many events wait. One that neither waits nor has a position was put in past the program.
async fn check_outbox(tx: &Snapshot, findings: &mut Findings<'_>) -> Result<u64> {
    let event_id = (audit_event::Entity, audit_event::Column::Id);
    let numbered = Query::select()
        .expr(Expr::val(1))
        .from(journal::Entity)
        .and_where(Expr::col((journal::Entity, journal::Column::EventId)).equals(event_id))
        .to_owned();
    let its_place = Expr::col((outbox::Entity, outbox::Column::EventId)).equals(event_id);
    let waiting = Query::select().expr(Expr::val(1)).from(outbox::Entity).and_where(its_place).to_owned();
    let put_in = audit_event::Entity::find()
        .filter(Expr::exists(numbered).not())
        .filter(Expr::exists(waiting).not())
        .all(tx)
        .await?;
    for event in put_in {
        findings.fault(format!("The event {} was put in: it has no position, and waits for none.", event.id));
    }
    let its_event = Expr::col(event_id).equals((outbox::Entity, outbox::Column::EventId));
    let event = Query::select().expr(Expr::val(1)).from(audit_event::Entity).and_where(its_event).to_owned();
    let is_gone = Expr::exists(event).not();
    for lost in outbox::Entity::find().filter(is_gone).all(tx).await? {
        findings.fault(format!("The event {}, which waits for its position, is gone.", lost.event_id));
    }
    Ok(outbox::Entity::find().count(tx).await?)
}
