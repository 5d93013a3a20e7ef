//! `tallybook token`. What may be done with a token is the tokens' rule, here as in the API.

use clap::Subcommand;
use entity::api_token;
use tallybook::{
    auth::Author,
    config::Config,
    id::{self, Kind},
    scalars::DateTime,
    services::Services,
    tokens::{self, NewToken},
};

use super::{
    complaint::{Outcome, say},
    database::{Opening, with_services},
    user::{RoleArg, named},
};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make a token that a program can use for a user, and print it once
    Create {
        /// E-mail address of the user
        #[arg(long)]
        email: String,
        /// What it is for
        #[arg(long)]
        name: String,
        /// The most that it may do; it never does more than the user may
        #[arg(long)]
        role: RoleArg,
        /// Days until it stops working; never without
        #[arg(long, value_parser = clap::value_parser!(u32).range(1..=36_500))]
        days: Option<u32>,
    },
    /// List the tokens that are not revoked
    List,
    /// Revoke a token
    Revoke {
        /// The token's id, as `tallybook token list` prints it
        id: String,
    },
}

pub(super) async fn run(config: Config, command: Command) -> Outcome {
    with_services(config, Opening::Current, async |services| match command {
        Command::Create { email, name, role, days } => create(services, &email, (&name, role), days).await,
        Command::List => list(services).await,
        Command::Revoke { id } => revoke(services, id).await,
    })
    .await
}

async fn create(services: &Services, email: &str, (name, role): (&str, RoleArg), days: Option<u32>) -> Outcome {
    let mut change = services.change(Author::default()).await?;
    let now = change.now();
    let expires_at = days.map(|days| DateTime(now + chrono::TimeDelta::days(days.into())).into());
    let new = NewToken::parse(name, role.into(), expires_at, now)?;
    let user = named(change.db(), email).await?;
    let (token, text) = tokens::create(&mut change, user.id, new).await?;
    change.commit().await?;
    say(&[line(&token), text])
}

async fn list(services: &Services) -> Outcome {
    let tokens = tokens::all(services.db.read(), None).await?;
    say(&tokens.iter().map(line).collect::<Vec<_>>())
}

async fn revoke(services: &Services, id: String) -> Outcome {
    let id = id::decode("id", Kind::ApiToken, &id.into())?;
    let mut change = services.change(Author::default()).await?;
    let token = tokens::revoke(&mut change, id, None).await?;
    change.commit().await?;
    say(&[line(&token)])
}

fn line(token: &api_token::Model) -> String {
    let (id, owner) = (id::encode(Kind::ApiToken, token.id), id::encode(Kind::User, token.user_id));
    let until =
        token.expires_at.map_or_else(|| "never expires".to_owned(), |at| format!("expires {}", at.date_naive()));
    let state = if token.revoked_at.is_some() { "revoked" } else { &until };
    format!("{}  {}  {}  {}  {state}", id.as_str(), owner.as_str(), token.role, token.name)
}
