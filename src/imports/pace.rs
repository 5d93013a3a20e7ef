//! How much of a large import is done in one transaction: much, since each total and each page that many rows change is
//! then written once for all of them; and little where somebody waits meanwhile.

use std::time::{Duration, Instant};

use sea_orm::DbBackend;

use crate::db::Db;

/// How long a step may take, after which it is seen whether somebody waits.
const STEP: Duration = Duration::from_millis(50);
/// How long a part may keep others from writing who wait.
const AWAITED: Duration = Duration::from_millis(80);
/// How long a part may take in which nobody waits for their turn. Somebody may wait for its locks on `PostgreSQL`.
const ALONE: Duration = Duration::from_millis(500);
const ALONE_ON_SQLITE: Duration = Duration::from_millis(1_500);
/// How many rows it may have.
const MOST: usize = 10_000;

/// The pace of one import: parts, which are transactions, of several steps.
#[derive(Debug)]
pub(super) struct Pace {
    size: usize,
    longest: Duration,
    part: Instant,
    step: Instant,
    rows: usize,
}

impl Pace {
    pub(super) fn new() -> Self {
        let now = Instant::now();
        Self { size: 100, longest: AWAITED, part: now, step: now, rows: 0 }
    }

    /// How many rows the next step has.
    pub(super) fn size(&self) -> usize {
        self.size
    }

    /// A part begins, with its first step.
    pub(super) fn begin_part(&mut self) {
        (self.part, self.rows) = (Instant::now(), 0);
        self.step = self.part;
    }

    /// A step of `rows` rows ends.
    pub(super) fn end_step(&mut self, rows: usize) {
        let now = Instant::now();
        self.size = next_size(rows, now - self.step);
        self.step = now;
        self.rows += rows;
    }

    /// Whether the part goes on with another step.
    pub(super) fn goes_on(&mut self, db: &Db) -> bool {
        let alone = if db.backend() == DbBackend::Sqlite { ALONE_ON_SQLITE } else { ALONE };
        let longest = if db.has_waiting_writers() { AWAITED } else { self.longest };
        // One more may take as long as this one.
        let goes_on = self.step - self.part + STEP < longest && self.rows + self.size <= MOST;
        if !goes_on {
            // The first are short, so that progress is seen soon.
            self.longest = alone.min(2 * longest);
        }
        goes_on
    }
}

/// How many rows the next step has, after one of `rows` rows took `time`.
fn next_size(rows: usize, time: Duration) -> usize {
    let fitting =
        STEP.as_secs_f64() / time.as_secs_f64().max(1e-6) * f64::from(u32::try_from(rows).unwrap_or(u32::MAX));
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two small numbers")]
    let fitting = fitting.clamp(50.0, 1_000.0) as usize;
    // Not more than twice as many at once: one step may have been lucky.
    fitting.min(2 * rows.max(50))
}
