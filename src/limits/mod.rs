//! How large and costly an operation may be, decided before anything of it is executed.
//!
//! [`scan`] looks at the text before it is parsed, [`shape`] at the parsed document before it is
//! validated, [`cost`] at what the chosen operation can answer. All three are pure and linear in the
//! length of the document; none of them knows HTTP, users or the database.

use clap::{Args, builder::RangedU64ValueParser};

use crate::error::{Error, ErrorCode};

pub mod collect;
pub mod conditions;
pub mod cost;
pub mod outline;
pub mod scan;
pub mod shape;

/// The limits, each a setting.
#[derive(Args, Clone, Debug)]
pub struct Limits {
    /// Most bytes of a request's body
    #[arg(long, env, global = true, default_value_t = 128 * 1024, value_parser = at_least(1024))]
    pub max_body_bytes: usize,

    /// Most characters of a GraphQL document
    #[arg(long, env, global = true, default_value_t = 15_000, value_parser = at_least(1000))]
    pub max_query_characters: usize,

    /// Most tokens of a document: names, numbers, strings, punctuation
    #[arg(long, env, global = true, default_value_t = 2_000, value_parser = at_least(100))]
    pub max_query_tokens: usize,

    /// How deep brackets of a document may be nested; the parser needs stack for each
    #[arg(long, env, global = true, default_value_t = 64, value_parser = RangedU64ValueParser::<usize>::new().range(16..=100))]
    pub max_query_brackets: usize,

    /// Most fields and fragments that a document selects, each counted wherever its fragment is spread
    #[arg(long, env, global = true, default_value_t = 5_000, value_parser = at_least(100))]
    pub max_query_selections: usize,

    /// Most aliases of an operation
    #[arg(long, env, global = true, default_value_t = 30, value_parser = at_least(0))]
    pub max_query_aliases: usize,

    /// Most fields at the top of an operation
    #[arg(long, env, global = true, default_value_t = 20, value_parser = at_least(1))]
    pub max_query_root_fields: usize,

    /// Most directives of an operation
    #[arg(long, env, global = true, default_value_t = 50, value_parser = at_least(0))]
    pub max_query_directives: usize,

    /// How deep the fields of an operation may be nested, introspection aside
    #[arg(long, env, global = true, default_value_t = 12, value_parser = at_least(3))]
    pub max_query_depth: usize,

    /// Highest cost of an operation: about the number of values that its answer can hold
    #[arg(long, env, global = true, default_value_t = 50_000, value_parser = at_least(100))]
    pub max_query_cost: usize,

    /// Most bytes of an answer, before it is compressed
    #[arg(long, env, global = true, default_value_t = 8 * 1024 * 1024, value_parser = at_least(64 * 1024))]
    pub max_answer_bytes: usize,

    /// Most operations of one user at a time; others wait for 2 seconds, and are refused then
    #[arg(long, env, global = true, default_value_t = 8, value_parser = RangedU64ValueParser::<usize>::new().range(1..=10_000))]
    pub max_operations_per_user: usize,

    /// Most operations of all users at a time; others wait for 2 seconds, and are refused then
    #[arg(long, env, global = true, default_value_t = 64, value_parser = RangedU64ValueParser::<usize>::new().range(1..=10_000))]
    pub max_operations: usize,
}

fn at_least(least: u64) -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(least..=u64::from(u32::MAX))
}

/// Refuses `found` where it is over `limit`; `subject` and `noun` make the sentence.
fn refuse_above(limit: usize, found: usize, subject: &str, noun: &str) -> Result<(), Error> {
    if found <= limit {
        return Ok(());
    }
    let found = if found == usize::MAX { "far more".to_owned() } else { found.to_string() };
    Err(Error::new(
        ErrorCode::QueryTooComplex,
        format!("{subject} may have {limit} {noun} at most; this one has {found}."),
    )
    .with("limit", limit))
}

#[cfg(test)]
pub(crate) fn defaults() -> Limits {
    use clap::Parser;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        limits: Limits,
    }
    Cli::parse_from(["tallybook"]).limits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_published_are_the_defaults() {
        let published = include_str!("published.md");
        let limits = defaults();
        for limit in [
            format!("{} aliases", limits.max_query_aliases),
            format!("{} fields at the top", limits.max_query_root_fields),
            format!("{} directives", limits.max_query_directives),
            format!("{} levels of fields", limits.max_query_depth),
            format!("cost of {}", limits.max_query_cost),
            format!("{} characters", limits.max_query_characters),
            format!("{} tokens", limits.max_query_tokens),
            format!("nested {} deep", limits.max_query_brackets),
            format!("{} selections", limits.max_query_selections),
            format!("{} KiB", limits.max_body_bytes / 1024),
            format!("{} MiB", limits.max_answer_bytes / 1024 / 1024),
            format!("{} operations", limits.max_operations_per_user),
            format!("{} of all users", limits.max_operations),
        ] {
            assert!(published.contains(&limit), "{limit}");
        }
    }
}
