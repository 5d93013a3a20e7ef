//! `tallybook restore`.

use std::path::PathBuf;

use clap::Args;
use tallybook::{config::Config, db, sessions};

use super::{
    complaint::{Outcome, say},
    database::{Opening, with_services},
    progress,
};

#[derive(Args)]
pub(super) struct Arguments {
    /// File that `tallybook backup` wrote
    file: PathBuf,
}

pub(super) async fn run(config: Config, Arguments { file }: &Arguments) -> Outcome {
    let url = config.database_url();
    let Some(database) = db::file(&url) else {
        let command = db::restore_command(&url, &file.display().to_string()).ok_or("DATABASE_URL cannot be read.")?;
        say(&[command])?;
        return Err("Nothing was restored: PostgreSQL has its own program for that, and the line above runs it.".into());
    };
    let clock = progress::clock("Copying");
    let restored = db::restore(file, &database).await;
    clock.finish_and_clear();
    restored?;
    with_services(config, Opening::Create, async |services| {
        let ended = sessions::end_everybodys(services).await?;
        say(&[
            format!("{} holds the books of {} again, and was checked.", database.display(), file.display()),
            format!(
                "Sessions ended: {ended}, since some may have been ended before. Everybody signs in again. API tokens that were revoked since then are good again; `tallybook token list` shows them."
            ),
            "`tallybook totals verify` and `tallybook audit verify` look at the books themselves.".to_owned(),
        ])
    })
    .await
}
