//! `tallybook migrate`.

use tallybook::config::Config;

use super::{
    complaint::{Outcome, say},
    database::{self, Opening},
    progress,
};

pub(super) async fn run(config: &Config) -> Outcome {
    let clock = progress::clock("Migrating");
    let opened = database::open(config, Opening::Create).await;
    clock.finish_and_clear();
    database::close(&opened?).await;
    say(&["The tables are up to date."])
}
