//! How large and costly an operation may be, decided before anything of it is executed.
//!
//! [`scan`] looks at the text before it is parsed, [`shape`] at the parsed document before it is
//! validated, [`cost`] at what the chosen operation can answer. All three are pure and linear in the
//! length of the document; none of them knows users or the database.

use crate::refusal::Refusal;

pub mod conditions;
pub mod cost;
pub mod outline;
pub mod scan;
pub mod shape;

pub(crate) mod collect;

/// How much an operation and its document may have.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Characters of a document.
    pub max_query_characters: usize,
    /// Tokens of a document: names, numbers, strings, punctuation.
    pub max_query_tokens: usize,
    /// How deep brackets of a document may be nested; the parser needs stack for each.
    pub max_query_brackets: usize,
    /// Fields and fragments that a document selects, each counted wherever its fragment is spread.
    pub max_query_selections: usize,
    /// Aliases of an operation.
    pub max_query_aliases: usize,
    /// Fields at the top of an operation.
    pub max_query_root_fields: usize,
    /// Directives of an operation.
    pub max_query_directives: usize,
    /// How deep the fields of an operation may be nested, introspection aside.
    pub max_query_depth: usize,
    /// The cost of an operation.
    pub max_query_cost: usize,
}

impl Limits {
    /// What suits a schema whose clients are apps and scripts.
    pub const DEFAULT: Self = Self {
        max_query_characters: 15_000,
        max_query_tokens: 2_000,
        max_query_brackets: 64,
        max_query_selections: 5_000,
        max_query_aliases: 30,
        max_query_root_fields: 20,
        max_query_directives: 50,
        max_query_depth: 12,
        max_query_cost: 50_000,
    };
}

impl Default for Limits {
    fn default() -> Self {
        Self::DEFAULT
    }
}

/// Refuses `found` where it is over `limit`; `subject` and `noun` make the sentence.
fn refuse_above(limit: usize, found: usize, subject: &str, noun: &str) -> Result<(), Refusal> {
    if found <= limit {
        return Ok(());
    }
    let found = if found == usize::MAX { "far more".to_owned() } else { found.to_string() };
    let message = format!("{subject} may have {limit} {noun} at most; this one has {found}.");
    Err(Refusal::too_complex(message).with("limit", limit))
}

#[cfg(test)]
pub(crate) fn defaults() -> Limits {
    Limits::default()
}
