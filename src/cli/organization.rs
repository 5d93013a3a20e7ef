//! `tallybook organization`. What may be done is the organization's rule, here as in the API.

use chrono::NaiveDate;
use clap::{Args, Subcommand, builder::PossibleValuesParser};
use entity::organization::{self as row, DayOfWeek};
use sea_orm::{ActiveEnum, Iterable};
use tallybook::{
    auth::Author,
    config::{Config, parse_currency},
    currency::Currency,
    organization::{self, OrganizationPatch, Wanted, parse_reason},
    services::Services,
};

use super::{
    complaint::{Outcome, say},
    database::{Opening, with_services},
};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Say what it is called, its base currency, its calendar, and which days are closed
    Show,
    /// Change it
    Set(SetArgs),
    /// Close the books: no record of these days is created, changed, deleted or restored any more
    Close {
        /// The last day to close, such as 2026-03-31; it is closed with all days before it
        #[arg(long)]
        through: NaiveDate,
        /// Why, for the audit trail
        #[arg(long)]
        reason: Option<String>,
    },
    /// Open days of the books again
    Reopen {
        /// The last day that stays closed; without, all days are opened
        #[arg(long)]
        through: Option<NaiveDate>,
        /// Why, for the audit trail
        #[arg(long)]
        reason: String,
    },
}

#[derive(Args)]
#[group(required = true, multiple = true)]
pub(super) struct SetArgs {
    /// Name, 1 to 100 characters
    #[arg(long)]
    name: Option<String>,
    /// Base currency (ISO 4217), which is meant where none is named; converts nothing
    #[arg(long, value_parser = parse_currency)]
    currency: Option<Currency>,
    /// Month and day on which the financial year begins, such as 04-06
    #[arg(long)]
    financial_year_start: Option<String>,
    /// Day on which weeks begin
    #[arg(long, value_parser = PossibleValuesParser::new(days()))]
    week_start: Option<String>,
}

pub(super) async fn run(config: Config, command: Command) -> Outcome {
    with_services(config, Opening::Current, async |services| match command {
        Command::Show => say(&lines(&organization::current(services).await?)),
        Command::Set(arguments) => set(services, arguments).await,
        Command::Close { through, reason } => close(services, through, reason).await,
        Command::Reopen { through, reason } => reopen(services, through, &reason).await,
    })
    .await
}

async fn set(services: &Services, arguments: SetArgs) -> Outcome {
    let SetArgs { name, currency, financial_year_start, week_start } = arguments;
    let patch = OrganizationPatch::parse(Wanted {
        name,
        base_currency: Ok(currency),
        financial_year_start,
        week_start: DayOfWeek::iter().find(|day| week_start.as_deref() == Some(&*word(*day))),
        expected_version: Ok(None),
    })?;
    let mut change = services.change(Author::default()).await?;
    let organization = organization::update(&mut change, patch).await?;
    change.commit().await?;
    say(&lines(&organization))
}

async fn close(services: &Services, through: NaiveDate, reason: Option<String>) -> Outcome {
    let reason = reason.map(|reason| parse_reason("reason", &reason)).transpose()?;
    let mut change = services.change(Author::default()).await?;
    let organization = organization::close(&mut change, through, reason).await?;
    change.commit().await?;
    say(&[closed(&organization)])
}

async fn reopen(services: &Services, through: Option<NaiveDate>, reason: &str) -> Outcome {
    let reason = parse_reason("reason", reason)?;
    let mut change = services.change(Author::default()).await?;
    let organization = organization::reopen(&mut change, through, reason).await?;
    change.commit().await?;
    say(&[closed(&organization)])
}

fn lines(organization: &row::Model) -> [String; 5] {
    let row::Model { name, base_currency, financial_year_start, week_start, .. } = organization;
    [
        format!("Name: {name}"),
        format!("Base currency: {base_currency}"),
        format!("Financial year: from {financial_year_start}"),
        format!("Week: from {}", word(*week_start)),
        closed(organization),
    ]
}

fn closed(organization: &row::Model) -> String {
    match organization.closed_through {
        Some(day) => format!("Books: closed through {day}"),
        None => "Books: open".to_owned(),
    }
}

fn days() -> impl Iterator<Item = String> {
    DayOfWeek::iter().map(word)
}

/// The day as the command line spells it.
fn word(day: DayOfWeek) -> String {
    day.to_value().to_lowercase()
}
