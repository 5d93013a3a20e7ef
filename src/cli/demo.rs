//! `tallybook demo`, and `serve --demo`.

use clap::Args;
use tallybook::{
    config::Config,
    db, demo,
    services::{DemoAccount, Services},
};

use super::{
    complaint::{Complaint, Outcome, say},
    database::{Opening, with_services},
    progress,
    user::word,
};

/// What `serve --demo` fills an empty database with.
const SIZE: demo::Size = demo::Size { records: 2_500, years: 3, seed: 42 };

#[derive(Args)]
pub(super) struct Arguments {
    /// How many records
    #[arg(long, default_value_t = SIZE.records)]
    records: usize,
    /// Over how many years, up to today
    #[arg(long, default_value_t = SIZE.years, value_parser = clap::value_parser!(u32).range(1..=50))]
    years: u32,
    /// The same seed on the same day makes the same records
    #[arg(long, default_value_t = SIZE.seed)]
    seed: u64,
}

pub(super) async fn run(config: Config, arguments: &Arguments) -> Outcome {
    config.check_demo()?;
    let &Arguments { records, years, seed } = arguments;
    with_services(config, Opening::Create, async |services| {
        if !demo::is_empty(services.db.read()).await? {
            let begun = !demo::accounts(services).await?.is_empty();
            let hint = if begun {
                format!(" They hold sample data; if that was interrupted, {}", how_to_start_over(services))
            } else {
                " Choose other books with DATABASE_URL or DATA_DIR.".to_owned()
            };
            return Err(format!("The books are not empty, so nothing was added.{hint}").into());
        }
        fill(services, demo::Size { records, years, seed }).await?;
        say(&[format!("Records entered: {records}. Years: {years}.")])?;
        say(&how_to_sign_in(&demo::accounts(services).await?))
    })
    .await
}

/// Fills the books, if they are empty, for `serve --demo`; gives who can look around.
pub(super) async fn prepare(services: &Services) -> Outcome<Vec<DemoAccount>> {
    if demo::is_empty(services.db.read()).await? {
        fill(services, SIZE).await?;
    }
    Ok(demo::accounts(services).await?)
}

/// What to greet with: the users with whom it works.
pub(super) fn how_to_sign_in(accounts: &[DemoAccount]) -> Vec<String> {
    if accounts.is_empty() {
        return vec!["\nThe books were not empty, so no sample data was added.".to_owned()];
    }
    let line = |DemoAccount { email, role, password, .. }: &_| format!("  {:<9}{email:<22}{password}", word(*role));
    ["\nSign in as one of".to_owned()].into_iter().chain(accounts.iter().map(line)).collect()
}

async fn fill(services: &Services, size: demo::Size) -> Outcome {
    let bar = progress::bar("Sample data", size.records as u64);
    let outcome = demo::fill(services, size, |done| bar.set_position(done as u64)).await;
    bar.finish_and_clear();
    outcome.map_err(|error| {
        let cause = Complaint::from(error);
        format!("{cause} The sample data is not complete; {}", how_to_start_over(services)).into()
    })
}

fn how_to_start_over(services: &Services) -> String {
    let url = services.config.database_url();
    match db::file(&url) {
        Some(file) => format!("to start over, remove {0}, {0}-wal and {0}-shm, and run this again.", file.display()),
        None => format!("to start over, drop {}, create it again, and run this again.", db::describe(&url)),
    }
}
