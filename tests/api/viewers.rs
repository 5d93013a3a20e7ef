//! Who is signed in is remembered for a moment; what takes a right away is not overlooked meanwhile.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use entity::Role;
use sea_orm::{ConnectOptions, ConnectionTrait, Database};
use serde_json::{Value, json};

use crate::{
    harness::{self, Client, PASSWORD, TestApp},
    on_both,
    sign_in::{login, refresh},
};

on_both![
    who_was_here_just_now_is_let_in_without_a_statement,
    what_takes_a_right_away_acts_on_the_next_request,
    another_server_that_is_not_told_notices_after_two_seconds,
    the_users_that_records_name_are_remembered_for_two_seconds_and_known_when_renamed,
];

/// A request that takes an admin, and nothing from the database to find that out.
const ADMINS_ONLY: &str = "{ users(first: 0) { pageInfo { hasNextPage } } }";
/// The connections that listen.
pub const LISTENERS: &str = "SELECT application_name FROM pg_stat_activity \
    WHERE datname = current_database() AND application_name = 'tallybook_' || md5(current_schema())";
/// How long what is waited for may take.
const MOMENT: Duration = Duration::from_secs(10);

/// The ways to take a right away from an admin.
#[derive(Clone, Copy, Debug)]
enum Way {
    Demotion,
    Deactivation,
    PasswordChange,
    Logout,
    LogoutEverywhere,
    RevokeSession,
    EndSessions,
    RefreshReuse,
}

const WAYS: [Way; 8] = [
    Way::Demotion,
    Way::Deactivation,
    Way::PasswordChange,
    Way::Logout,
    Way::LogoutEverywhere,
    Way::RevokeSession,
    Way::EndSessions,
    Way::RefreshReuse,
];

/// An admin who is signed in here and, in another session, there.
struct Victim {
    here: Client,
    there: Client,
    /// Of the session here, replaced long ago.
    old_refresh_token: Value,
}

impl Victim {
    async fn new(app: &TestApp) -> Self {
        let user = app.user(Role::Admin).await;
        let there = app.signed_in(&user).await;
        let mut data = login(&app.anonymous(), &user.email, PASSWORD).await.ok()["login"].take();
        let here = app.with_token(data["accessToken"].as_str().expect("an access token"));
        let old_refresh_token = data["refreshToken"].take();
        refresh(app, &old_refresh_token).await.ok();
        app.advance(TimeDelta::seconds(10));
        Self { here, there, old_refresh_token }
    }

    /// Takes a right away from the session here, by requests to `app`.
    async fn suffer(&self, app: &TestApp, way: Way) {
        let admin = app.as_(Role::Admin).await;
        let (user, there) = (self.there.id(), &self.there);
        let sessions = self.here.run("{ mySessions { id isCurrent } }", Value::Null).await.ok()["mySessions"].take();
        let sessions = sessions.as_array().expect("a list");
        let session = &sessions.iter().find(|session| session["isCurrent"] == true).expect("this session")["id"];
        match way {
            Way::Demotion => {
                let document = "mutation ($id: ID!) { updateUser(input: {id: $id, role: VIEWER}) { user { id } } }";
                admin.run(document, json!({ "id": user })).await.ok()
            }
            Way::Deactivation => {
                let document = "mutation ($id: ID!) { updateUser(input: {id: $id, isActive: false}) { user { id } } }";
                admin.run(document, json!({ "id": user })).await.ok()
            }
            Way::PasswordChange => {
                let document =
                    "mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { user { id } } }";
                let input = json!({ "currentPassword": PASSWORD, "newPassword": "parsnips and turnips" });
                there.run(document, json!({ "input": input })).await.ok()
            }
            Way::Logout => self.here.run("mutation { logout(input: {}) { loggedOut } }", Value::Null).await.ok(),
            Way::LogoutEverywhere => {
                there.run("mutation { logout(input: {everywhere: true}) { loggedOut } }", Value::Null).await.ok()
            }
            Way::RevokeSession => {
                let document = "mutation ($id: ID!) { revokeSession(input: {id: $id}) { session { id } } }";
                there.run(document, json!({ "id": session })).await.ok()
            }
            Way::EndSessions => {
                let document = "mutation ($id: ID!) { endSessions(input: {userId: $id}) { endedCount } }";
                admin.run(document, json!({ "id": user })).await.ok()
            }
            Way::RefreshReuse => {
                assert_eq!(refresh(app, &self.old_refresh_token).await.code(), "UNAUTHENTICATED");
                Value::Null
            }
        };
    }
}

impl Way {
    fn code(self) -> &'static str {
        if matches!(self, Self::Demotion) { "FORBIDDEN" } else { "UNAUTHENTICATED" }
    }
}

/// Whether the client is let in by a server that has just let it in.
pub async fn is_remembered(app: &TestApp, client: &Client) -> bool {
    client.run(ADMINS_ONLY, Value::Null).await.ok();
    let (response, statements) = app.statements_of(client.run("{ me { id } }", Value::Null)).await;
    response.ok();
    statements.is_empty()
}

async fn who_was_here_just_now_is_let_in_without_a_statement(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    let statements_of_me = async || app.statements_of(viewer.run("{ me { id } }", Value::Null)).await.1.len();
    assert_eq!((statements_of_me().await, statements_of_me().await), (1, 0));
    app.advance(TimeDelta::milliseconds(1_999));
    assert_eq!(statements_of_me().await, 0);
    app.advance(TimeDelta::milliseconds(1));
    assert_eq!((statements_of_me().await, statements_of_me().await), (1, 0));
}

async fn what_takes_a_right_away_acts_on_the_next_request(app: TestApp) {
    for way in WAYS {
        let victim = Victim::new(&app).await;
        assert!(is_remembered(&app, &victim.here).await, "{way:?}");
        victim.suffer(&app, way).await;
        assert_eq!(victim.here.run(ADMINS_ONLY, Value::Null).await.code(), way.code(), "{way:?}");
    }
}

async fn another_server_that_is_not_told_notices_after_two_seconds(app: TestApp) {
    let other = app.elsewhere().await;
    for way in WAYS {
        let victim = Victim::new(&app).await;
        let client = other.with_token(victim.here.token());
        assert!(is_remembered(&other, &client).await, "{way:?}");
        victim.suffer(&app, way).await;
        client.run(ADMINS_ONLY, Value::Null).await.ok();
        app.advance(TimeDelta::seconds(2));
        assert_eq!(client.run(ADMINS_ONLY, Value::Null).await.code(), way.code(), "{way:?}");
    }
}

async fn the_users_that_records_name_are_remembered_for_two_seconds_and_known_when_renamed(app: TestApp) {
    let (admin, analyst) = (app.as_(Role::Admin).await, app.as_(Role::Analyst).await);
    let create = "mutation { createRecord(input: {kind: INCOME, category: \"Rent\", amount: \"1\", date: \"2026-05-01\"}) { record { id } } }";
    analyst.run(create, Value::Null).await.ok();
    let list = async || {
        let list = analyst.run("{ records { nodes { createdBy { name } } } }", Value::Null);
        let (response, statements) = app.statements_of(list).await;
        let name = response.ok()["records"]["nodes"][0]["createdBy"]["name"].take();
        (name, statements.iter().any(|statement| statement.contains("\"users\"")))
    };
    // The first finds out who asks, and with whom to compare.
    list().await;
    assert_eq!(list().await, (json!("Analyst"), false));
    let rename = "mutation ($id: ID!) { updateUser(input: {id: $id, name: \"Ada\"}) { user { id } } }";
    admin.run(rename, json!({ "id": analyst.id() })).await.ok();
    assert_eq!(list().await, (json!("Ada"), true));
    assert_eq!(list().await, (json!("Ada"), false));
    app.advance(TimeDelta::seconds(2));
    assert_eq!(list().await, (json!("Ada"), true));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_server_on_postgresql_is_told() {
    harness::on_postgres(another_server_is_told).await;
}

async fn another_server_is_told(app: TestApp) {
    let other = another_that_listens(&app).await;
    for round in 0..5 {
        for way in WAYS {
            let victim = Victim::new(&app).await;
            let client = other.with_token(victim.here.token());
            // What is left over from the last way may make it forget once more.
            within_a_moment(async { while !is_remembered(&other, &client).await {} }).await;
            victim.suffer(&app, way).await;
            // At once: what takes the right away is not acknowledged before the other server knows.
            assert_eq!(client.run(ADMINS_ONLY, Value::Null).await.code(), way.code(), "{way:?} {round}");
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_does_not_answer_holds_up_no_change_for_long() {
    harness::on_postgres(a_mute_server_is_not_waited_for).await;
}

async fn a_mute_server_is_not_waited_for(app: TestApp) {
    app.listen();
    within_a_moment(async { while app.texts(LISTENERS).await.is_empty() {} }).await;
    // A connection that is called as the listeners are, and says nothing.
    let mut options = ConnectOptions::new(app.url());
    options.max_connections(1).sqlx_logging(false);
    let mute = Database::connect(options).await.expect("a connection");
    let name = "SELECT set_config('application_name', 'tallybook_' || md5(current_schema()), false)";
    mute.execute_unprepared(name).await.expect("a name");
    let victim = Victim::new(&app).await;
    let begin = Instant::now();
    victim.suffer(&app, Way::Demotion).await;
    assert!(begin.elapsed() < Duration::from_secs(3), "{:?}", begin.elapsed());
    assert_eq!(victim.here.run(ADMINS_ONLY, Value::Null).await.code(), "FORBIDDEN");
}

/// Another server on the same database. Both hear each other.
pub async fn another_that_listens(app: &TestApp) -> TestApp {
    let other = app.elsewhere().await;
    app.listen();
    other.listen();
    within_a_moment(async { while app.texts(LISTENERS).await.len() < 2 {} }).await;
    other
}

/// Waits for `event`. The clock of the service stands still meanwhile.
pub async fn within_a_moment(event: impl Future<Output = ()>) {
    tokio::time::timeout(MOMENT, event).await.expect("what was to happen within a moment");
}
