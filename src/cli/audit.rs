//! `tallybook audit`.

use std::time::Duration;

use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};
use tallybook::{
    config::Config,
    journal::{self, Report},
    services::Services,
};

use super::{
    complaint::{Outcome, say},
    database::{Opening, with_services},
};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Walk the chain of all audit events, and compare the books with them; fails and lists what was tampered with
    Verify,
}

pub(super) async fn run(config: Config, command: &Command) -> Outcome {
    with_services(config, Opening::Current, async |services| match command {
        Command::Verify => verify(services).await,
    })
    .await
}

async fn verify(services: &Services) -> Outcome {
    let bar = ProgressBar::new(journal::size(&services.db).await?);
    if let Ok(style) = ProgressStyle::with_template("Verifying {bar:30} {human_pos}/{human_len}, {elapsed}, {eta} left")
    {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    let report = journal::verify(&services.db, &|rows| bar.inc(rows as u64)).await;
    bar.finish_and_clear();
    let Report { position, hash, waiting, erased, faults, more } = report?;
    say(&faults)?;
    if more > 0 {
        say(&[format!("… and {more} more.")])?;
    }
    if waiting > 0 {
        say(&[format!("{waiting} events wait for their positions; a running server assigns them.")])?;
    }
    if erased > 0 {
        say(&[format!("{erased} names and addresses were erased.")])?;
    }
    say(&[format!("Last position: {position}\nHash there: {hash}")])?;
    if faults.is_empty() {
        return say(&["The audit trail is whole, and the books are as it says."]);
    }
    let count = faults.len() + more;
    Err(format!("{count} things are not as the audit trail says. Whoever did that went past Tallybook.").into())
}
