//! What clients send to change many records, parsed.

use async_graphql::{Enum, InputObject};

use super::{MOST, create::Entries};
use crate::{
    constraint::{Bound, Constraint},
    currency::Currency,
    error::{Error, Problems, Result},
    idempotency::IdempotencyKey,
    records::entry::CreateRecordsItem,
    replay::Repeatable,
};

/// What happens where some of several records have problems.
#[derive(Enum, Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum OnProblem {
    /// Nothing is written, and every problem of every record is an error.
    #[default]
    RejectAll,
    /// The records without problems are created; the problems of the others are in `results`.
    Skip,
}

/// Records to create together.
#[derive(InputObject)]
pub(super) struct CreateRecordsInput {
    /// The records, 1 to 500.
    #[graphql(directive = Constraint::apply(Bound::SomeItems(MOST)))]
    records: Vec<CreateRecordsItem>,
    /// What happens where some of the records have problems.
    #[graphql(default)]
    on_problem: OnProblem,
    /// Only say what would happen: nothing is written, also no category, and the idempotency key is not used up.
    #[graphql(default)]
    dry_run: bool,
    #[graphql(flatten)]
    repeatable: Repeatable,
}

impl CreateRecordsInput {
    /// # Errors
    /// `BAD_USER_INPUT`, all problems together; those of single records only where they are not to be skipped.
    pub(super) fn parse(self, base: Currency) -> Result<Entries> {
        let Self { records, on_problem, dry_run, repeatable } = self;
        let mut problems = Problems::default();
        problems.read(check_count("records", "records", records.len()));
        let is_too_long = records.len() > MOST;
        let parse = |(index, record): (usize, CreateRecordsItem)| {
            record.parse(base).map_err(|error| error.within(&format!("records.{index}")))
        };
        // Of a list that is refused as a whole, nothing else is said.
        let records: Vec<_> =
            records.into_iter().take(if is_too_long { 0 } else { MOST }).enumerate().map(parse).collect();
        if on_problem == OnProblem::RejectAll {
            for error in records.iter().filter_map(|record| record.as_ref().err()) {
                problems.add(error.clone());
            }
        }
        let key = problems.read(repeatable.idempotency_key.map(IdempotencyKey::parse).transpose()).flatten();
        problems.finish(Some(Entries { records, on_problem, is_dry_run: dry_run, key }))
    }
}

/// Refuses a list in the input field `field` that has no items, or too many.
pub(super) fn check_count(field: &'static str, noun: &str, count: usize) -> Result<()> {
    if (1..=MOST).contains(&count) {
        return Ok(());
    }
    let message = format!("Between 1 and {MOST} {noun} are allowed; these are {count}.");
    Err(Error::bad_input(field, message).with("minItems", 1).with("maxItems", MOST))
}
