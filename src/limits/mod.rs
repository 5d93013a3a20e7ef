//! How large and costly an operation may be.

use clap::Args;

/// The limits, each a setting.
#[derive(Args, Clone, Debug)]
pub struct Limits {
    /// Most characters of a GraphQL document
    #[arg(long, env, global = true, default_value_t = 15_000)]
    pub max_query_characters: usize,
}
