//! `tallybook user`. What may be done to a user is the users' rule, here as in the API.

use std::io::{self, IsTerminal, Read};

use base64::{Engine, prelude::BASE64_STANDARD};
use chrono::{DateTime, SecondsFormat, Utc};
use clap::{Args, Subcommand, ValueEnum};
use entity::{Role, session, user};
use sea_orm::ConnectionTrait;
use tallybook::{
    auth::{Author, Lane, Password},
    config::Config,
    services::Services,
    sessions::{self, Ending},
    users::{self, Email, Name, NewPassword, NewUser, UserPatch, parse_password},
};

use super::{
    complaint::{Outcome, say},
    database::{Opening, with_services},
};

/// What `erase` does, and why not more.
const WHAT_ERASING_LEAVES: [&str; 3] = [
    "Name and e-mail address are erased from the account and from the audit trail, which stays whole.",
    "What stays: the records and events, which the books need, as those of a former user, and the network addresses that they signed in from, which show misuse; what people wrote in notes; the browsers of their sessions, for a week; the names of their API tokens, and where these were last used from.",
    "Logs and backups are yours to clean. A backup that is restored brings the name back.",
];

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
    /// Give a user another name
    Rename {
        /// E-mail address of the user
        #[arg(long)]
        email: String,
        /// New display name
        #[arg(long)]
        name: String,
    },
    /// Keep a user from signing in, and sign them out everywhere
    Deactivate {
        /// E-mail address of the user
        #[arg(long)]
        email: String,
    },
    /// Let a user sign in again
    Activate {
        /// E-mail address of the user
        #[arg(long)]
        email: String,
    },
    /// List where a user is signed in, or sign them out everywhere
    Sessions {
        /// E-mail address of the user
        #[arg(long)]
        email: String,
        /// End them all
        #[arg(long)]
        end: bool,
    },
    /// Erase name and e-mail address of a deactivated user, for good
    Erase {
        /// E-mail address of the user
        #[arg(long)]
        email: String,
        /// Do it; without, it is only said what would be done
        #[arg(long)]
        yes: bool,
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
    /// Read the password, 8 to 128 characters, from the first line of standard input; without, a terminal asks for it
    #[arg(long)]
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
        Command::Create { email, name, role, password } => {
            create(services, (&email, &name), role.into(), &password).await
        }
        Command::List => list(services).await,
        Command::SetRole { email, role } => {
            update(services, &email, UserPatch { role: Some(role.into()), ..UserPatch::default() }).await
        }
        Command::Rename { email, name } => {
            let name = Some(Name::parse("name", &name)?);
            update(services, &email, UserPatch { name, ..UserPatch::default() }).await
        }
        Command::Deactivate { email } => {
            update(services, &email, UserPatch { is_active: Some(false), ..UserPatch::default() }).await
        }
        Command::Activate { email } => {
            update(services, &email, UserPatch { is_active: Some(true), ..UserPatch::default() }).await
        }
        Command::Sessions { email, end: false } => list_sessions(services, &email).await,
        Command::Sessions { email, end: true } => end_sessions(services, &email).await,
        Command::Erase { email, yes } => erase(services, &email, yes).await,
        Command::SetPassword { email, password } => set_password(services, &email, &password).await,
        Command::Unlock { email } => unlock(services, &email).await,
    })
    .await
}

async fn create(services: &Services, (email, name): (&str, &str), role: Role, password: &PasswordArgs) -> Outcome {
    let new = NewUser::parse(email, name, password.read()?, role)?;
    let user = users::enter(services, Author::default(), Lane::default(), new).await?;
    say(&[format!("{} may sign in.", user.email), line(&user)])
}

async fn list(services: &Services) -> Outcome {
    let users = users::all(services.db.read()).await?;
    say(&users.iter().map(line).collect::<Vec<_>>())
}

async fn update(services: &Services, email: &str, patch: UserPatch) -> Outcome {
    let mut change = services.change(Author::default()).await?;
    let user = named(change.db(), email).await?;
    let user = users::update(&mut change, user.id, patch).await?;
    change.commit().await?;
    say(&[line(&user)])
}

async fn list_sessions(services: &Services, email: &str) -> Outcome {
    let db = services.db.read();
    let user = named(db, email).await?;
    let sessions = sessions::list(db, services.clock.now(), user.id).await?;
    let line = |session: &session::Model| {
        let client = session.user_agent.as_deref().unwrap_or("a client that did not say what it is");
        let second = |at: DateTime<Utc>| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        format!("Since {}, last used {}: {client}", second(session.created_at), second(session.last_used_at))
    };
    say(&sessions.iter().map(line).collect::<Vec<_>>())
}

async fn end_sessions(services: &Services, email: &str) -> Outcome {
    let mut change = services.change(Author::default()).await?;
    let user = named(change.db(), email).await?;
    let ended = sessions::end(&mut change, user.id, Ending::All).await?;
    change.commit().await?;
    say(&[format!("{} is signed out everywhere. Sessions ended: {}.", user.email, ended.len())])
}

async fn erase(services: &Services, email: &str, is_sure: bool) -> Outcome {
    let user = named(services.db.read(), email).await?;
    if !is_sure {
        say(&[line(&user)])?;
        say(&WHAT_ERASING_LEAVES)?;
        return Err("Nothing was erased: it cannot be undone. Add --yes to do it.".into());
    }
    let mut random = [0; 32];
    getrandom::fill(&mut random).map_err(|error| format!("Cannot make a password: {error}"))?;
    let hash = services.passwords.hash(&Password::attempt(BASE64_STANDARD.encode(random))).await?;
    let mut change = services.change(Author::default()).await?;
    let user = users::erase(&mut change, user.id, hash).await?;
    change.commit().await?;
    say(&[line(&user)])?;
    say(&WHAT_ERASING_LEAVES)
}

async fn set_password(services: &Services, email: &str, password: &PasswordArgs) -> Outcome {
    let user = named(services.db.read(), email).await?;
    let password = parse_password("password", password.read()?, &user.email, &user.name)?;
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

impl PasswordArgs {
    fn read(&self) -> Outcome<String> {
        if !self.password_stdin {
            return ask_for_password();
        }
        let mut text = String::new();
        io::stdin().read_to_string(&mut text).map_err(|error| format!("Cannot read the password: {error}"))?;
        Ok(text.lines().next().unwrap_or_default().to_owned())
    }
}

/// A password typed twice, which the terminal does not show.
fn ask_for_password() -> Outcome<String> {
    if !io::stdin().is_terminal() {
        return Err("Nobody can be asked for the password: standard input is no terminal. Send it there, and add --password-stdin.".into());
    }
    let ask = |what| rpassword::prompt_password(what).map_err(|error| format!("Cannot read the password: {error}"));
    let password = ask("Password: ")?;
    if ask("Once more: ")? != password {
        return Err("These are two different passwords. Nothing was done.".into());
    }
    Ok(password)
}

fn line(user: &user::Model) -> String {
    let active = if user.is_active { "active" } else { "inactive" };
    format!("{:<8} {active:<8} {:<32} {}", word(user.role), user.email, user.name)
}

/// The role as the command line spells it.
pub(super) fn word(role: Role) -> String {
    role.to_string().to_lowercase()
}
