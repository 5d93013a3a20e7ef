//! `tallybook audit`.

use clap::Subcommand;
use tallybook::{
    config::Config,
    journal::{self, Report},
    services::Services,
};

use super::{
    complaint::{Outcome, say},
    database::{Opening, with_services},
    progress,
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
    let bar = progress::bar("Verifying", journal::size(&services.db).await?);
    let report = journal::verify(&services.db, &|rows| bar.inc(rows as u64)).await;
    bar.finish_and_clear();
    let Report { position, hash, waiting, erased, faults, more } = report?;
    say(&faults)?;
    if more > 0 {
        say(&[format!("… and {more} more.")])?;
    }
    if waiting > 0 {
        say(&[format!("Events that wait for their positions: {waiting}. A running server assigns them.")])?;
    }
    if erased > 0 {
        say(&[format!("Erased names and addresses: {erased}.")])?;
    }
    say(&[format!("Last position: {position}\nHash there: {hash}")])?;
    if faults.is_empty() {
        return say(&["The audit trail is whole, and the books are as it says."]);
    }
    let count = faults.len() + more;
    Err(format!("Things that are not as the audit trail says: {count}. Whoever did that went past Tallybook.").into())
}
