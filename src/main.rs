//! The command line; nothing else.

use std::{
    io::{self, Read, Write},
    process::ExitCode,
    time::Duration,
};

use clap::{Args, Parser, Subcommand, ValueEnum};
use entity::{Role, user};
use indicatif::{ProgressBar, ProgressStyle};
use sea_orm::ConnectionTrait;
use tallybook::{
    auth::{Author, Lane},
    config::{self, Config, Registration},
    demo, error, log, schema, server,
    services::Services,
    sessions::Ending,
    totals,
    users::{self, Email, NewPassword, NewUser, UserPatch, parse_password},
};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// A GraphQL service for an organisation's financial records.
///
/// Every option is also an environment variable, read from `.env` too. Without a command it serves.
#[derive(Parser)]
#[command(version, max_term_width = 100)]
struct Cli {
    #[command(flatten)]
    config: Config,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API (what happens without a command)
    Serve(ServeArgs),
    /// Bring the database's tables up to date, and stop
    Migrate,
    /// Print the schema in GraphQL's schema definition language
    Schema,
    /// Add and change users
    #[command(subcommand)]
    User(UserCommand),
    /// Fill an empty database with sample data, and stop
    Demo(DemoArgs),
    /// Check or repair the totals that the dashboard reads
    #[command(subcommand)]
    Totals(TotalsCommand),
}

#[derive(Args, Default)]
struct ServeArgs {
    /// Fill an empty database with three years of sample data first; only on a loopback address
    #[arg(long)]
    demo: bool,
}

#[derive(Args)]
struct DemoArgs {
    /// How many records
    #[arg(long, default_value_t = 2_500)]
    records: usize,
    /// Over how many years, up to today
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=50))]
    years: u32,
    /// The same seed on the same day makes the same records
    #[arg(long, default_value_t = 42)]
    seed: u64,
}

#[derive(Subcommand)]
enum UserCommand {
    /// Add a user
    Create {
        /// What they sign in with
        #[arg(long)]
        email: String,
        /// As people call them
        #[arg(long)]
        name: String,
        /// What they may do
        #[arg(long)]
        role: RoleArg,
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// List all users
    List,
    /// Give a user another role
    SetRole {
        /// Whose
        #[arg(long)]
        email: String,
        /// What they may do from now on
        #[arg(long)]
        role: RoleArg,
    },
    /// Give a user another password, and sign them out everywhere
    SetPassword {
        /// Whose
        #[arg(long)]
        email: String,
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// Forget a user's failed sign-ins, so that nobody has to wait who signs in as them
    Unlock {
        /// Whose
        #[arg(long)]
        email: String,
    },
}

#[derive(Args)]
struct PasswordArgs {
    /// Read the password, 8 to 128 characters, from the first line of standard input
    #[arg(long, required = true)]
    password_stdin: bool,
}

#[derive(Subcommand)]
enum TotalsCommand {
    /// Compare the totals with the records; fails and lists what differs, if anything does
    Verify,
    /// Make the totals anew from the records
    Rebuild,
}

#[derive(ValueEnum, Clone, Copy)]
enum RoleArg {
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

/// What goes wrong here is told to the operator, in a sentence.
type Outcome<T = ()> = Result<T, String>;

fn main() -> ExitCode {
    let outcome = config::read_env_file().and_then(|()| {
        let cli = Cli::parse();
        log::start(&cli.config)?;
        let runtime =
            tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(|error| error.to_string())?;
        runtime.block_on(run(cli))
    });
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(io::stderr(), "tallybook: {message}");
            ExitCode::FAILURE
        }
    }
}

async fn run(cli: Cli) -> Outcome {
    let config = cli.config;
    match cli.command.unwrap_or(Command::Serve(ServeArgs::default())) {
        Command::Serve(args) => serve(config, &args).await,
        Command::Migrate => server::database(&config).await.map(drop),
        Command::Schema => say(&[schema::sdl().trim_end()]),
        Command::User(command) => manage_users(server::services(config).await?, command).await,
        Command::Demo(args) => {
            let services = server::services(config).await?;
            fill(&services, demo::Size { records: args.records, years: args.years, seed: args.seed }).await
        }
        Command::Totals(command) => check_totals(&server::services(config).await?, &command).await,
    }
}

async fn serve(config: Config, args: &ServeArgs) -> Outcome {
    config.check()?;
    if args.demo && !config.on_loopback() {
        return Err(format!(
            "--demo makes users with a known password, and {} can be reached from other machines.",
            config.listen_addr
        ));
    }
    let services = server::services(config).await?;
    if args.demo && demo::is_empty(&services).await.map_err(explain)? {
        fill(&services, demo::Size { records: 2_500, years: 3, seed: 42 }).await?;
    }
    let nobody = users::all(services.db.read()).await.map_err(explain)?.is_empty();
    let (config, demo) = (services.config.clone(), args.demo);
    server::run(services, move |address| greet(&config, address, demo, nobody)).await
}

/// Tells where the server is and what to do first.
fn greet(config: &Config, address: std::net::SocketAddr, demo: bool, nobody: bool) {
    let mut lines = vec![format!("Tallybook {} is ready.", env!("CARGO_PKG_VERSION"))];
    if config.graphiql() {
        lines.push(format!("  GraphiQL: http://{address}/"));
    }
    lines.push(format!("  API:      http://{address}/graphql"));
    if demo {
        lines.push("\nSign in as one of".to_owned());
        lines.extend(demo::USERS.map(|(email, _, role)| format!("  {:<9}{email:<22}{}", word(role), demo::PASSWORD)));
    } else if nobody {
        lines.push("\nThere are no users yet. Make the first admin:".to_owned());
        lines.push(
            "  tallybook user create --email you@example.org --name \"Your Name\" --role admin --password-stdin"
                .to_owned(),
        );
        if config.registration() == Registration::Open {
            lines.push("Anyone may register, as a viewer (REGISTRATION=open).".to_owned());
        }
    }
    let _ = say(&lines);
}

async fn fill(services: &Services, size: demo::Size) -> Outcome {
    let bar = ProgressBar::new(size.records as u64);
    if let Ok(style) =
        ProgressStyle::with_template("Sample data {bar:30} {human_pos}/{human_len} records, {elapsed}, {eta} left")
    {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    let outcome = demo::fill(services, size, |done| bar.set_position(done as u64)).await;
    bar.finish_and_clear();
    outcome.map_err(explain)
}

async fn manage_users(services: Services, command: UserCommand) -> Outcome {
    match command {
        UserCommand::Create { email, name, role, password: _ } => {
            let new = NewUser::parse(&email, &name, read_password()?, role.into()).map_err(explain)?;
            let user = users::enter(&services, Author::default(), Lane::default(), new).await.map_err(explain)?;
            say(&[format!("{} may sign in.", user.email), line(&user)])
        }
        UserCommand::List => {
            let users = users::all(services.db.read()).await.map_err(explain)?;
            say(&users.iter().map(line).collect::<Vec<_>>())
        }
        UserCommand::SetRole { email, role } => {
            let mut change = services.change(Author::default()).await.map_err(explain)?;
            let user = named(change.db(), &email).await?;
            let patch = UserPatch { role: Some(role.into()), ..UserPatch::default() };
            let user = users::update(&mut change, user.id, patch).await.map_err(explain)?;
            change.commit().await.map_err(explain)?;
            say(&[line(&user)])
        }
        UserCommand::Unlock { email } => unlock(&services, &email).await,
        UserCommand::SetPassword { email, password: _ } => {
            let user = named(services.db.read(), &email).await?;
            let password = parse_password("password", read_password()?, &user.email, &user.name).map_err(explain)?;
            let hash = services.passwords.hash(&password).await.map_err(explain)?;
            let mut change = services.change(Author::default()).await.map_err(explain)?;
            let new = NewPassword { hash, replaces: None, ending: Ending::All };
            users::set_password(&mut change, user.id, new).await.map_err(explain)?;
            change.commit().await.map_err(explain)?;
            say(&[format!("{} has a new password, and is signed out everywhere.", user.email)])
        }
    }
}

async fn unlock(services: &Services, email: &str) -> Outcome {
    let email = Email::parse("email", email).map_err(explain)?;
    let mut change = services.change(Author::default()).await.map_err(explain)?;
    let user = users::unlock(&mut change, &email).await.map_err(explain)?;
    change.commit().await.map_err(explain)?;
    say(&[format!("Failed sign-ins as {} are forgotten.", user.email)])
}

async fn named(db: &impl ConnectionTrait, email: &str) -> Outcome<user::Model> {
    let email = Email::parse("email", email).map_err(explain)?;
    let found = users::find_by_email(db, &email).await.map_err(explain)?;
    found.ok_or_else(|| format!("There is no user with the e-mail address {email}."))
}

fn read_password() -> Outcome<String> {
    let mut text = String::new();
    io::stdin().read_to_string(&mut text).map_err(|error| format!("Cannot read the password: {error}"))?;
    Ok(text.lines().next().unwrap_or_default().to_owned())
}

fn word(role: Role) -> String {
    role.to_string().to_lowercase()
}

fn line(user: &user::Model) -> String {
    let active = if user.is_active { "active" } else { "inactive" };
    format!("{:<8} {active:<8} {:<32} {}", word(user.role), user.email, user.name)
}

async fn check_totals(services: &Services, command: &TotalsCommand) -> Outcome {
    match command {
        TotalsCommand::Verify => {
            let differences = totals::verify(&services.db).await.map_err(explain)?;
            if differences.is_empty() {
                return say(&["The totals agree with the records."]);
            }
            say(&differences.iter().map(ToString::to_string).collect::<Vec<_>>())?;
            Err(format!(
                "{} totals differ from the records; `tallybook totals rebuild` makes them anew.",
                differences.len()
            ))
        }
        TotalsCommand::Rebuild => {
            let change = services.change(Author::default()).await.map_err(explain)?;
            totals::rebuild(&change).await.map_err(explain)?;
            change.commit().await.map_err(explain)?;
            say(&["The totals were made anew from the records."])
        }
    }
}

fn say(lines: &[impl AsRef<str>]) -> Outcome {
    let mut out = io::stdout().lock();
    lines.iter().try_for_each(|line| writeln!(out, "{}", line.as_ref())).map_err(|error| error.to_string())
}

/// What the operator is told of an error: the sentence for clients, and the cause that clients never see.
#[expect(clippy::needless_pass_by_value, reason = "it is passed to map_err")]
fn explain(error: error::Error) -> String {
    match error.cause() {
        Some(cause) => format!("{} ({cause})", error.message()),
        None => error.message().to_owned(),
    }
}
