//! How large and costly an operation may be, as settings: the [`gateway`] holds operations to them, and `http` what it
//! does not know of.

use clap::{Args, builder::RangedU64ValueParser};
use gateway::limits::Limits as Gateway;

/// The most operations that one WebSocket can have running.
pub(crate) const MOST_OPERATIONS_PER_SOCKET: usize = 32;

/// The limits, each a setting.
#[derive(Args, Clone, Debug)]
pub struct Limits {
    /// Maximum size of a request's body, in bytes
    #[arg(long, env, global = true, default_value_t = 256 * 1024, value_parser = at_least(1024))]
    pub max_body_bytes: usize,

    /// Maximum number of characters of a GraphQL document
    #[arg(long, env, global = true, default_value_t = Gateway::DEFAULT.max_query_characters, value_parser = at_least(1000))]
    pub max_query_characters: usize,

    /// Maximum number of tokens of a document: names, numbers, strings, punctuation
    #[arg(long, env, global = true, default_value_t = Gateway::DEFAULT.max_query_tokens, value_parser = at_least(100))]
    pub max_query_tokens: usize,

    /// How deep brackets of a document may be nested; the parser needs stack for each
    #[arg(long, env, global = true, default_value_t = Gateway::DEFAULT.max_query_brackets, value_parser = RangedU64ValueParser::<usize>::new().range(16..=100))]
    pub max_query_brackets: usize,

    /// Maximum number of fields and fragments that a document selects, counting a fragment once for each spread
    #[arg(long, env, global = true, default_value_t = Gateway::DEFAULT.max_query_selections, value_parser = at_least(100))]
    pub max_query_selections: usize,

    /// Maximum number of aliases of an operation
    #[arg(long, env, global = true, default_value_t = Gateway::DEFAULT.max_query_aliases, value_parser = at_least(0))]
    pub max_query_aliases: usize,

    /// Maximum number of top-level fields of an operation
    #[arg(long, env, global = true, default_value_t = Gateway::DEFAULT.max_query_root_fields, value_parser = at_least(1))]
    pub max_query_root_fields: usize,

    /// Maximum number of directives of an operation
    #[arg(long, env, global = true, default_value_t = Gateway::DEFAULT.max_query_directives, value_parser = at_least(0))]
    pub max_query_directives: usize,

    /// How deep the fields of an operation may be nested, introspection aside
    #[arg(long, env, global = true, default_value_t = Gateway::DEFAULT.max_query_depth, value_parser = at_least(3))]
    pub max_query_depth: usize,

    /// Maximum cost of an operation: roughly the number of values that its answer can contain
    #[arg(long, env, global = true, default_value_t = Gateway::DEFAULT.max_query_cost, value_parser = at_least(100))]
    pub max_query_cost: usize,

    /// Maximum size of an answer in bytes, before it is compressed
    #[arg(long, env, global = true, default_value_t = 8 * 1024 * 1024, value_parser = at_least(64 * 1024))]
    pub max_answer_bytes: usize,

    /// Maximum number of operations of one user at a time; more wait for up to 2 seconds, and are then refused
    #[arg(long, env, global = true, default_value_t = 8, value_parser = RangedU64ValueParser::<usize>::new().range(1..=10_000))]
    pub max_operations_per_user: usize,

    /// Maximum number of operations of all users at a time; more wait for up to 2 seconds, and are then refused
    #[arg(long, env, global = true, default_value_t = 64, value_parser = RangedU64ValueParser::<usize>::new().range(1..=10_000))]
    pub max_operations: usize,

    /// Maximum number of WebSockets and streams of events of one user at a time
    #[arg(long, env, global = true, default_value_t = 20, value_parser = RangedU64ValueParser::<usize>::new().range(1..=100_000))]
    pub max_sockets_per_user: usize,

    /// Maximum number of WebSockets and streams of events of all users at a time
    #[arg(long, env, global = true, default_value_t = 2_000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub max_sockets: u32,
}

fn at_least(least: u64) -> RangedU64ValueParser<usize> {
    RangedU64ValueParser::new().range(least..=u64::from(u32::MAX))
}

impl From<&Limits> for Gateway {
    fn from(limits: &Limits) -> Self {
        Self {
            max_query_characters: limits.max_query_characters,
            max_query_tokens: limits.max_query_tokens,
            max_query_brackets: limits.max_query_brackets,
            max_query_selections: limits.max_query_selections,
            max_query_aliases: limits.max_query_aliases,
            max_query_root_fields: limits.max_query_root_fields,
            max_query_directives: limits.max_query_directives,
            max_query_depth: limits.max_query_depth,
            max_query_cost: limits.max_query_cost,
        }
    }
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
            format!("{} of one user, each with {MOST_OPERATIONS_PER_SOCKET} operations", limits.max_sockets_per_user),
            format!("{} operations", limits.max_operations_per_user),
            format!("{} of all users", limits.max_operations),
        ] {
            assert!(published.contains(&limit), "{limit}");
        }
    }
}
