//! `tallybook totals`.

use clap::Subcommand;
use tallybook::{auth::Author, config::Config, services::Services, totals};

use super::{
    complaint::{Outcome, say},
    database::{Opening, with_services},
    progress,
};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Compare the totals with the records; fails and lists what differs, if anything does
    Verify,
    /// Rebuild the totals from the records
    Rebuild,
}

pub(super) async fn run(config: Config, command: &Command) -> Outcome {
    with_services(config, Opening::Current, async |services| match command {
        Command::Verify => verify(services).await,
        Command::Rebuild => rebuild(services).await,
    })
    .await
}

async fn verify(services: &Services) -> Outcome {
    let clock = progress::clock("Verifying");
    let differences = totals::verify(&services.db).await;
    clock.finish_and_clear();
    let differences = differences?;
    if differences.is_empty() {
        return say(&["The totals agree with the records."]);
    }
    say(&differences.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    let count = differences.len();
    Err(format!("Totals that differ from the records: {count}. `tallybook totals rebuild` rebuilds them.").into())
}

async fn rebuild(services: &Services) -> Outcome {
    let clock = progress::clock("Rebuilding");
    let rebuilt = async {
        let change = services.change(Author::default()).await?;
        totals::rebuild(&change).await?;
        change.commit().await
    };
    let rebuilt = rebuilt.await;
    clock.finish_and_clear();
    rebuilt?;
    say(&["The totals were rebuilt from the records."])
}
