//! `tallybook backup`.

use std::path::PathBuf;

use clap::Args;
use tallybook::{config::Config, db};

use super::{
    complaint::{Outcome, say},
    database::{self, Opening},
    progress,
};

#[derive(Args)]
pub(super) struct Arguments {
    /// File to write; an existing file is never overwritten
    file: PathBuf,
}

pub(super) async fn run(config: &Config, Arguments { file }: &Arguments) -> Outcome {
    let url = config.database_url();
    if db::file(&url).is_none() {
        let command = db::dump_command(&url, &file.display().to_string()).ok_or("DATABASE_URL cannot be read.")?;
        say(&[command])?;
        return Err(
            "Nothing was backed up: PostgreSQL has its own program for that, and the line above runs it.".into()
        );
    }
    let db = database::open(config, Opening::AsItIs).await?;
    let clock = progress::clock("Copying");
    let outcome = db.back_up(file).await;
    clock.finish_and_clear();
    database::close(&db).await;
    outcome?;
    say(&[format!("{} is a complete copy, and was checked.", file.display())])
}
