//! [`TestApp`]: the service as a client meets it, and the knobs that only a test may turn.

use std::{
    future::pending,
    net::{Ipv4Addr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::ConnectInfo,
    http::{Request, Response, header::CONTENT_TYPE},
};
use chrono::{DateTime, TimeDelta, Utc};
use clap::{Args, Command, FromArgMatches, builder::Resettable};
use entity::{
    Role,
    organization::{self, DayOfWeek},
    session, user,
};
use http_body_util::BodyExt;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectOptions, Database, DatabaseConnection, EntityTrait, IntoActiveModel,
    Statement, sea_query::OnConflict,
};
use tallybook::{
    auth::{Author, Connected, Failures, Password, Passwords, Tokens, Viewers},
    clock::Clock,
    config::Config,
    db::Db,
    event::Bell,
    http, journal,
    news::News,
    records::{self, NewRecord},
    schema,
    services::{Categories, Files, Remembered, Services},
    totals,
};
use tokio::{net::TcpListener, sync::OnceCell};
use tower::ServiceExt;
use uuid::Uuid;

use super::Client;

/// The password of every user that the harness makes.
pub const PASSWORD: &str = "correct horse battery staple";
/// What signs the access tokens.
pub const SECRET: &str = "a secret that signs nothing but tests";
/// What whoever panics on a test's behalf says.
pub const PANIC: &str = "the words of a panic";
/// Enough for ten callers to race for real.
const CONNECTIONS: u32 = 10;
/// When every test begins: a Sunday, the last day of a month that is the last of a quarter.
const BEGINNING: &str = "2026-05-31T10:00:00Z";

/// The service on a database of its own. Clones share it all.
#[derive(Clone)]
pub struct TestApp {
    url: String,
    services: Services,
    router: Router,
    statements: Arc<Mutex<Vec<Statement>>>,
    panics_at: Arc<Mutex<Option<&'static str>>>,
}

impl TestApp {
    /// The service with the settings of [`settings`] on the migrated database at `url`.
    pub async fn on(url: &str) -> Self {
        Self::on_with_clock(url, Clock::fixed(BEGINNING.parse().expect("an instant"))).await
    }

    async fn on_with_clock(url: &str, clock: Clock) -> Self {
        let statements = Arc::<Mutex<Vec<Statement>>>::default();
        let mut db = Db::connect(url, CONNECTIONS).await.expect("a connection to the database");
        let panics_at = Arc::<Mutex<Option<&'static str>>>::default();
        let (sink, trap) = (statements.clone(), panics_at.clone());
        db.set_metric_callback(move |metric| {
            lock(&sink).push(metric.statement.clone());
            let is_trapped = lock(&trap).take_if(|text| metric.statement.sql.contains(*text)).is_some();
            assert!(!is_trapped, "{PANIC}");
        });
        let config = settings();
        let viewers = Viewers::default();
        let services = Services {
            db,
            clock,
            tokens: Arc::new(tokens(&config)),
            passwords: passwords().await,
            categories: Categories::new(&viewers),
            organization: Remembered::new(&viewers),
            viewers,
            connected: Connected::new(config.limits.max_sockets),
            failures: Failures::default(),
            journal: Bell::default(),
            news: News::default(),
            imports: Bell::default(),
            files: Files::default(),
            stopping: Arc::default(),
            demo_accounts: Arc::default(),
            config: Arc::new(config),
        };
        let app = Self { url: url.to_owned(), router: router(&services), services, statements, panics_at };
        app.make_organization().await;
        app
    }

    /// Makes the organization, as `serve` does when it starts, but without an event, if there is none.
    pub async fn make_organization(&self) {
        let new = organization::Model {
            id: organization::ID,
            name: "Tallybook".to_owned(),
            base_currency: "USD".to_owned(),
            financial_year_start: "01-01".to_owned(),
            week_start: DayOfWeek::Monday,
            closed_through: None,
            version: 1,
            updated_at: self.now(),
            updated_by: None,
        };
        let once = OnConflict::column(organization::Column::Id).do_nothing().to_owned();
        let insert = organization::Entity::insert(new.into_active_model()).on_conflict(once);
        insert.exec_without_returning(self.db().read()).await.expect("the organization");
        // As a server that has been running knows it.
        let known = tallybook::organization::base_currency(&self.services).await;
        assert!(known.is_ok(), "{known:?}");
        self.db().has_text_index().await;
    }

    /// Another server on the same database: it shares the clock and nothing else.
    pub async fn elsewhere(&self) -> Self {
        Self::on_with_clock(&self.url, self.services.clock.clone()).await
    }

    /// Another server on the same database, whose clock stands at `now`.
    pub async fn elsewhere_at(&self, now: DateTime<Utc>) -> Self {
        Self::on_with_clock(&self.url, Clock::fixed(now)).await
    }

    /// Has this server listen for what other servers say, until the test ends.
    pub fn listen(&self) {
        tokio::spawn(self.services.viewers.clone().listen(
            self.services.db.clone(),
            self.url.clone(),
            self.services.news.clone(),
        ));
    }

    /// Serves this server on a port that the system chooses, with what goes on beside the requests, until the test ends.
    pub async fn serve(&self) -> SocketAddr {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
        let address = listener.local_addr().expect("its address");
        let Services { news, connected, db, clock, .. } = self.services.clone();
        tokio::spawn(journal::keep_numbering(self.services.clone()));
        tokio::spawn(news.keep_pace());
        tokio::spawn(connected.keep_watch(db.read().clone(), move || clock.now()));
        tokio::spawn(http::serve(listener, self.router.clone(), pending(), Duration::ZERO));
        address
    }

    /// A second server on the same database, clock and pool, with other settings.
    #[must_use]
    pub fn with(&self, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = (*self.services.config).clone();
        change(&mut config);
        let services =
            Services { tokens: Arc::new(tokens(&config)), config: Arc::new(config), ..self.services.clone() };
        Self { router: router(&services), services, ..self.clone() }
    }

    /// A second server like [`TestApp::with`]'s, which hashes passwords at `cost`.
    #[must_use]
    pub fn with_cost(&self, cost: u32) -> Self {
        let services = Services { passwords: Passwords::new(cost), ..self.services.clone() };
        Self { router: router(&services), services, ..self.clone() }
    }

    /// Where the database is.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The database.
    pub fn db(&self) -> &Db {
        &self.services.db
    }

    /// A connection of somebody else's, where statements take as long as they take.
    pub async fn outside(&self) -> DatabaseConnection {
        let mut options = ConnectOptions::new(&self.url);
        options.max_connections(1).sqlx_logging(false);
        Database::connect(options).await.expect("a connection from outside")
    }

    /// What the service is made of.
    pub fn services(&self) -> &Services {
        &self.services
    }

    /// Makes the totals anew from the records.
    pub async fn rebuild_totals(&self) -> tallybook::error::Result<()> {
        let change = self.services.change(Author::default()).await?;
        totals::rebuild(&change).await?;
        change.commit().await
    }

    /// Puts all records into the index of searches, as a server does after a moment.
    pub async fn index_texts(&self) {
        let more = async || records::index_more(&self.services, 1).await;
        while more().await.unwrap_or_else(|error| panic!("{error:?}")) {}
    }

    /// Enters `news` as the user `creator`, in one change.
    pub async fn enter_all(&self, creator: Uuid, news: &[NewRecord]) -> tallybook::error::Result<()> {
        let author = Author { user: Some(creator), ..Author::default() };
        let mut change = self.services.change(author).await?;
        records::create_many(&mut change, news).await?;
        change.commit().await
    }

    /// The time.
    pub fn now(&self) -> DateTime<Utc> {
        self.services.clock.now()
    }

    /// Lets `time` pass.
    pub fn advance(&self, time: TimeDelta) {
        self.services.clock.advance(time);
    }

    /// A client without a token.
    pub fn anonymous(&self) -> Client {
        Client::new(self.clone(), None)
    }

    /// A client with `token`, good or bad.
    pub fn with_token(&self, token: &str) -> Client {
        Client::new(self.clone(), Some(token.to_owned()))
    }

    /// A new user of `role`, signed in.
    pub async fn as_(&self, role: Role) -> Client {
        let user = self.user(role).await;
        self.signed_in(&user).await
    }

    /// A new user of `role`, deactivated after they signed in; their session was not ended.
    pub async fn deactivated(&self, role: Role) -> Client {
        let client = self.as_(role).await;
        let mut user = client.user().clone().into_active_model();
        user.is_active = Set(false);
        user.update(self.db().read()).await.expect("a user to deactivate");
        client
    }

    /// A new user of `role`, whose password is [`PASSWORD`].
    pub async fn user(&self, role: Role) -> user::Model {
        let id = Uuid::now_v7();
        let name = format!("{role:?}");
        let user = user::Model {
            id,
            email: format!("{}-{}@example.org", name.to_lowercase(), id.simple()),
            name,
            password_hash: password_hash().await,
            role,
            is_active: true,
            version: 1,
            created_at: self.now(),
            updated_at: self.now(),
        };
        user.into_active_model().insert(self.db().read()).await.expect("a new user")
    }

    /// A client in a new session of `user`.
    pub async fn signed_in(&self, user: &user::Model) -> Client {
        let id = Uuid::now_v7();
        let now = self.now();
        let session = session::Model {
            id,
            user_id: user.id,
            secret_hash: id.as_bytes().to_vec(),
            previous_secret_hash: None,
            rotated_at: now,
            created_at: now,
            last_used_at: now,
            expires_at: now + TimeDelta::days(30),
            absolute_expires_at: now + TimeDelta::days(90),
            revoked_at: None,
            user_agent: None,
        };
        session.into_active_model().insert(self.db().read()).await.expect("a new session");
        match self.services.tokens.issue(user.id, id, now, now + TimeDelta::days(30)) {
            Ok(token) => Client::new(self.clone(), Some(token.text)).of(user.clone(), id),
            Err(error) => panic!("no access token: {error:?}"),
        }
    }

    /// Sends `request` as it is, and gives the first of events that it is answered with; it comes from 127.0.0.1 unless it says otherwise.
    pub async fn request(&self, mut request: Request<Body>) -> Response<Bytes> {
        if request.extensions().get::<ConnectInfo<SocketAddr>>().is_none() {
            request.extensions_mut().insert(ConnectInfo(SocketAddr::from((Ipv4Addr::LOCALHOST, 50_000))));
        }
        let response = self.router.clone().oneshot(request).await.expect("a router that always answers");
        let (head, mut body) = response.into_parts();
        if head.headers.get(CONTENT_TYPE).is_some_and(|ty| ty.as_bytes().starts_with(b"text/event-stream")) {
            let first = body.frame().await.expect("an event").expect("a body").into_data().expect("its data");
            return Response::from_parts(head, first);
        }
        Response::from_parts(head, body.collect().await.expect("the whole body").to_bytes())
    }

    /// Has whoever runs the next statement that holds `text` panic with [`PANIC`] once it has run, in the midst of
    /// whatever they are at.
    pub fn panic_at(&self, text: &'static str) {
        *lock(&self.panics_at) = Some(text);
    }

    /// Whether [`TestApp::panic_at`] still waits for its statement.
    pub fn waits_to_panic(&self) -> bool {
        lock(&self.panics_at).is_some()
    }

    /// What `work` gives, and the SQL of each statement that was run meanwhile.
    pub async fn statements_of<T>(&self, work: impl Future<Output = T>) -> (T, Vec<String>) {
        let (outcome, statements) = self.executed_by(work).await;
        (outcome, statements.into_iter().map(|statement| statement.sql).collect())
    }

    /// What `work` gives, and each statement that was run meanwhile, with its values.
    pub async fn executed_by<T>(&self, work: impl Future<Output = T>) -> (T, Vec<Statement>) {
        lock(&self.statements).clear();
        let outcome = work.await;
        (outcome, std::mem::take(&mut *lock(&self.statements)))
    }
}

/// The one place that knows how a router is made.
fn router(services: &Services) -> Router {
    http::router(services.clone(), schema::build(services.clone()))
}

/// The settings as they are when nobody sets any, whatever the environment of the tests says.
fn settings() -> Config {
    let command = Config::augment_args(Command::new("tallybook")).mut_args(|argument| argument.env(Resettable::Reset));
    let mut config = Config::from_arg_matches(&command.get_matches_from(["tallybook"])).expect("default settings");
    config.data_dir = std::env::temp_dir();
    config.jwt_secret = vec![SECRET.parse().expect("a secret")];
    config
}

fn tokens(config: &Config) -> Tokens {
    Tokens::new(&config.jwt_secret, TimeDelta::from_std(config.access_token_ttl).expect("a short lifetime"))
}

/// As cheap as bcrypt gets.
async fn passwords() -> Passwords {
    static PASSWORDS: OnceCell<Passwords> = OnceCell::const_new();
    PASSWORDS.get_or_init(|| async { Passwords::new(4) }).await.clone()
}

async fn password_hash() -> String {
    static HASH: OnceCell<String> = OnceCell::const_new();
    let make = || async {
        let hash = passwords().await.hash(&Password::attempt(PASSWORD.to_owned())).await;
        hash.unwrap_or_else(|error| panic!("no password hash: {error:?}"))
    };
    HASH.get_or_init(make).await.clone()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
