//! `tallybook migrate`.

use tallybook::config::Config;

use super::{
    complaint::{Outcome, say},
    database::{self, Opening},
};

pub(super) async fn run(config: &Config) -> Outcome {
    let db = database::open(config, Opening::Create).await?;
    database::close(&db).await;
    say(&["The tables are up to date."])
}
