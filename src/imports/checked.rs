//! What each row of a file will become, or why not: the same rules as for a record that somebody types in.

use std::collections::HashSet;

use chrono::NaiveDate;
use entity::{RecordKind, import, record};
use import_file::{Entry, Kind, Outcome, Row};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    calendar::{ClosedPeriod, FIRST_DAY, LAST_DAY},
    categories::CategoryName,
    currency::Currency,
    db,
    error::{Error, Problems, Result},
    records::{Money, NewRecord, Origin, check_in_use, parse_counterparty, parse_notes},
};

/// Something that is wrong with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    /// The field of the record that it is about, such as `amount`.
    pub(crate) field: Option<String>,
    /// The column that the field comes from, where it is one.
    pub(crate) column: Option<String>,
    /// What is wrong, and what would be right.
    pub(crate) message: String,
}

/// What a row will become.
#[derive(Clone, Debug)]
pub(crate) enum Verdict {
    /// This record.
    New(Box<NewRecord>),
    /// None: it was imported before.
    AlreadyImported(Box<NewRecord>),
    /// This record, which looks like one that is there already.
    PossibleDuplicate(Box<NewRecord>),
    /// None: its amount is zero.
    Zero,
    /// None: it is not booked yet.
    Pending,
    /// None, for these reasons.
    Problem(Vec<Problem>),
}

/// A row, and what it will become.
#[derive(Clone, Debug)]
pub(crate) struct Checked {
    /// The line of the file that it begins in, from 1.
    pub(crate) line: u64,
    /// What stands in it.
    pub(crate) cells: Vec<String>,
    pub(crate) verdict: Verdict,
}

/// What rows of one import are read with.
pub(super) struct Rules {
    import_id: Uuid,
    source: String,
    base_currency: Currency,
}

impl Rules {
    pub(super) fn of(import: &import::Model, base_currency: Currency) -> Self {
        Self { import_id: import.id, source: crate::text::fold(&import.source), base_currency }
    }

    /// What `row` will become, whatever is in the books.
    pub(super) fn check(&self, row: Row) -> Checked {
        let Row { line, cells, key, outcome } = row;
        let verdict = match outcome {
            Outcome::Zero => Verdict::Zero,
            Outcome::Pending => Verdict::Pending,
            Outcome::Problem(problems) => Verdict::Problem(
                problems
                    .into_iter()
                    .map(|problem| Problem {
                        field: problem.field.map(str::to_owned),
                        column: problem.column,
                        message: problem.message,
                    })
                    .collect(),
            ),
            Outcome::Entry(entry) => match self.record(entry, &key) {
                Ok(new) => Verdict::New(Box::new(new)),
                Err(error) => Verdict::Problem(problems(error)),
            },
        };
        Checked { line, cells, verdict }
    }

    fn record(&self, entry: Entry, key: &[u8]) -> Result<NewRecord> {
        let Entry { kind, amount, currency, date, category, notes, counterparty } = entry;
        let mut problems = Problems::default();
        let currency = match currency {
            None => Ok(self.base_currency),
            Some(code) => code.parse().map_err(|_| {
                Error::bad_input("currency", format!("{code:?} is not the code of a currency, such as EUR."))
            }),
        };
        let currency = problems.read(currency.and_then(|currency| check_in_use("currency", currency)));
        let amount = currency.and_then(|currency| problems.read(Money::parse_new("amount", amount, currency)));
        let date = problems.read(check_day(date));
        let category = problems.read(match category {
            Some(name) => CategoryName::parse("category", &name),
            None => {
                Err(Error::bad_input("category", "The row names no category, and the format names none for such rows."))
            }
        });
        let notes = problems.read(parse_notes(&notes));
        let counterparty = problems.read(parse_counterparty(&counterparty.unwrap_or_default()));
        let new = match (amount, date, category, notes, counterparty) {
            (Some(amount), Some(date), Some(category), Some(notes), Some(counterparty)) => Some(NewRecord {
                id: Uuid::now_v7(),
                kind: match kind {
                    Kind::Income => RecordKind::Income,
                    Kind::Expense => RecordKind::Expense,
                },
                amount,
                category,
                date,
                notes,
                counterparty,
                idempotency_key: None,
                origin: Some(Origin { import_id: self.import_id, source_key: self.source_key(key) }),
            }),
            _ => None,
        };
        problems.finish(new)
    }

    /// What a row is known by among all rows of all sources; `key` is what it is known by in its file.
    fn source_key(&self, key: &[u8]) -> Vec<u8> {
        let source = Sha256::new_with_prefix((self.source.len() as u64).to_be_bytes()).chain_update(&self.source);
        source.chain_update(key).finalize().to_vec()
    }
}

fn check_day(date: NaiveDate) -> Result<NaiveDate> {
    if (FIRST_DAY..=LAST_DAY).contains(&date) {
        return Ok(date);
    }
    Err(Error::bad_input("date", format!("{date} is not between {FIRST_DAY} and {LAST_DAY}.")))
}

fn problems(error: Error) -> Vec<Problem> {
    let problem = |error: Error| Problem {
        field: error.field().map(str::to_owned),
        column: None,
        message: error.message().to_owned(),
    };
    error.each().map(problem).collect()
}

/// Tells the rows that were imported before from those that are new.
pub(super) async fn look_up(db: &impl ConnectionTrait, rows: &mut [Checked]) -> Result<()> {
    let keys = rows.iter().filter_map(|row| Some(row.origin()?.source_key.clone())).collect::<Vec<_>>();
    if keys.is_empty() {
        return Ok(());
    }
    let wanted = db::any_of_many(db.get_database_backend(), record::Column::SourceKey, keys)?;
    let known = record::Entity::find().select_only().column(record::Column::SourceKey).filter(wanted);
    let known: HashSet<Vec<u8>> = known.into_tuple().all(db).await?.into_iter().collect();
    for row in rows {
        if row.origin().is_some_and(|origin| known.contains(&origin.source_key)) {
            row.turn(Verdict::AlreadyImported);
        }
    }
    Ok(())
}

/// Tells new rows whose days are closed.
pub(super) fn refuse_closed(closed: ClosedPeriod, rows: &mut [Checked]) {
    for row in rows {
        let refused = row.new_record().and_then(|new| closed.check("date", new.date).err());
        if let Some(error) = refused {
            row.verdict = Verdict::Problem(problems(error));
        }
    }
}

/// Tells new rows that look like records that are there already: of the same day, kind, amount and currency, and not made
/// from a row of the same import.
pub(super) async fn look_for_duplicates(db: &impl ConnectionTrait, rows: &mut [Checked]) -> Result<()> {
    use record::Column::{AmountMinor, Currency, Date, DeletedAt, ImportId, Kind};

    let news: Vec<_> = rows.iter().filter_map(Checked::new_record).collect();
    let Some(import_id) = news.iter().find_map(|new| Some(new.origin.as_ref()?.import_id)) else { return Ok(()) };
    let backend = db.get_database_backend();
    let amounts: HashSet<_> = news.iter().map(|new| new.amount.minor).collect();
    let (first, last) = (news.iter().map(|new| new.date).min(), news.iter().map(|new| new.date).max());
    let alike = record::Entity::find()
        .select_only()
        .columns([Date, Kind, AmountMinor, Currency])
        .distinct()
        .filter(DeletedAt.is_null())
        .filter(db::any_of_many(backend, AmountMinor, amounts.into_iter().collect())?)
        .filter(Date.gte(first).and(Date.lte(last)))
        .filter(ImportId.is_null().or(ImportId.ne(import_id)));
    let alike: HashSet<(NaiveDate, RecordKind, i64, String)> = alike.into_tuple().all(db).await?.into_iter().collect();
    for row in rows {
        let key =
            row.new_record().map(|new| (new.date, new.kind, new.amount.minor, new.amount.currency.code().to_owned()));
        if key.is_some_and(|key| alike.contains(&key)) {
            row.turn(Verdict::PossibleDuplicate);
        }
    }
    Ok(())
}

impl Checked {
    /// The record that the row becomes, as far as is known.
    pub(super) fn new_record(&self) -> Option<&NewRecord> {
        match &self.verdict {
            Verdict::New(new) => Some(new),
            _ => None,
        }
    }

    fn origin(&self) -> Option<&Origin> {
        self.new_record()?.origin.as_ref()
    }

    /// Has a new row be something else.
    fn turn(&mut self, into: impl FnOnce(Box<NewRecord>) -> Verdict) {
        if let Verdict::New(new) = std::mem::replace(&mut self.verdict, Verdict::Zero) {
            self.verdict = into(new);
        }
    }
}
