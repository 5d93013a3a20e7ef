//! `tallybook user`. What may be done to a user is the users' rule, here as in the API.

use std::io::{self, Read};

use clap::{Args, Subcommand, ValueEnum};
use entity::{Role, user};
use sea_orm::ConnectionTrait;
use tallybook::{
    auth::{Author, Lane},
    config::Config,
    services::Services,
    sessions::Ending,
    users::{self, Email, NewPassword, NewUser, UserPatch, parse_password},
};

use super::{
    complaint::{Outcome, say},
    database::{Opening, with_services},
};

#[derive(Subcommand)]
pub(super) enum Command {
    /// Add a user
    Create {
        /// E-mail address that they sign in with
        #[arg(long)]
        email: String,
        /// Display name
        #[arg(long)]
        name: String,
        /// Role
        #[arg(long)]
        role: RoleArg,
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// List all users
    List,
    /// Give a user another role
    SetRole {
        /// E-mail address of the user
        #[arg(long)]
        email: String,
        /// New role
        #[arg(long)]
        role: RoleArg,
    },
    /// Give a user another password, and sign them out everywhere
    SetPassword {
        /// E-mail address of the user
        #[arg(long)]
        email: String,
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// Forget a user's failed sign-ins, so that they need not wait any longer
    Unlock {
        /// E-mail address of the user
        #[arg(long)]
        email: String,
    },
}

#[derive(Args)]
pub(super) struct PasswordArgs {
    /// Read the password, 8 to 128 characters, from the first line of standard input
    #[arg(long, required = true)]
    password_stdin: bool,
}

#[derive(ValueEnum, Clone, Copy)]
pub(super) enum RoleArg {
    Viewer,
    Analyst,
    Admin,
}

impl From<RoleArg> for Role {
    fn from(role: RoleArg) -> Self {
        match role {
            RoleArg::Viewer => Self::Viewer,
            RoleArg::Analyst => Self::Analyst,
            RoleArg::Admin => Self::Admin,
        }
    }
}

pub(super) async fn run(config: Config, command: Command) -> Outcome {
    with_services(config, Opening::Current, async |services| match command {
        Command::Create { email, name, role, password: _ } => create(services, &email, &name, role.into()).await,
        Command::List => list(services).await,
        Command::SetRole { email, role } => set_role(services, &email, role.into()).await,
        Command::SetPassword { email, password: _ } => set_password(services, &email).await,
        Command::Unlock { email } => unlock(services, &email).await,
    })
    .await
}

async fn create(services: &Services, email: &str, name: &str, role: Role) -> Outcome {
    let new = NewUser::parse(email, name, read_password()?, role)?;
    let user = users::enter(services, Author::default(), Lane::default(), new).await?;
    say(&[format!("{} may sign in.", user.email), line(&user)])
}

async fn list(services: &Services) -> Outcome {
    let users = users::all(services.db.read()).await?;
    say(&users.iter().map(line).collect::<Vec<_>>())
}

async fn set_role(services: &Services, email: &str, role: Role) -> Outcome {
    let mut change = services.change(Author::default()).await?;
    let user = named(change.db(), email).await?;
    let patch = UserPatch { role: Some(role), ..UserPatch::default() };
    let user = users::update(&mut change, user.id, patch).await?;
    change.commit().await?;
    say(&[line(&user)])
}

async fn set_password(services: &Services, email: &str) -> Outcome {
    let user = named(services.db.read(), email).await?;
    let password = parse_password("password", read_password()?, &user.email, &user.name)?;
    let hash = services.passwords.hash(&password).await?;
    let mut change = services.change(Author::default()).await?;
    let new = NewPassword { hash, replaces: None, ending: Ending::All };
    users::set_password(&mut change, user.id, new).await?;
    change.commit().await?;
    say(&[format!("{} has a new password, and is signed out everywhere.", user.email)])
}

async fn unlock(services: &Services, email: &str) -> Outcome {
    let email = Email::parse("email", email)?;
    let mut change = services.change(Author::default()).await?;
    let user = users::unlock(&mut change, &email).await?;
    change.commit().await?;
    say(&[format!("Failed sign-ins as {} are forgotten.", user.email)])
}

pub(super) async fn named(db: &impl ConnectionTrait, email: &str) -> Outcome<user::Model> {
    let email = Email::parse("email", email)?;
    let found = users::find_by_email(db, &email).await?;
    found.ok_or_else(|| format!("There is no user with the e-mail address {email}.").into())
}

fn read_password() -> Outcome<String> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text).map_err(|error| format!("Cannot read the password: {error}"))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

fn line(user: &user::Model) -> String {
    let active = if user.is_active { "active" } else { "inactive" };
    format!("{:<8} {active:<8} {:<32} {}", word(user.role), user.email, user.name)
}

/// The role as the command line spells it.
pub(super) fn word(role: Role) -> String {
    role.to_string().to_lowercase()
}
