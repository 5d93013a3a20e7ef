//! `tallybook schema`. Needs no database.

use tallybook::schema;

use super::complaint::{Outcome, say};

pub(super) fn run() -> Outcome {
    say(&[schema::sdl().trim_end()])
}
