//! Signing in: who gets tokens, and how often whoever should not may try.

use chrono::TimeDelta;
use entity::{Role, user};
use futures_util::future::join_all;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};
use tallybook::id::{self, Kind};

use crate::{
    harness::{Client, PASSWORD, Response, TestApp},
    on_both,
};

on_both![
    signing_in_gives_tokens_that_work_and_the_user_to_whom_they_belong,
    signing_in_ignores_a_bad_token,
    unknown_wrong_and_inactive_get_the_same_answer,
    unknown_wrong_and_inactive_cost_the_same,
    five_failures_are_free_and_then_the_account_waits,
    success_gives_an_account_its_free_failures_back,
    a_waiting_account_keeps_its_sessions,
    a_burst_gets_no_more_guesses_than_a_sequence,
    who_waits_is_answered_before_the_password_is_looked_at,
    an_address_fails_twenty_times_a_minute,
    sign_ins_that_succeed_do_not_use_up_an_address,
    another_cost_hashes_the_password_anew_at_sign_in,
    a_long_password_is_verified_to_its_last_character,
];

/// A query for the signed-in user.
pub const ME: &str = "{ me { id } }";
const LOGIN: &str = "mutation ($input: LoginInput!) {
    login(input: $input) { accessToken accessTokenExpiresAt refreshToken user { name email role } }
}";
const REFRESH: &str = "mutation ($input: RefreshSessionInput!) {
    refreshSession(input: $input) { accessToken refreshToken user { email } }
}";
const LOGOUT: &str = "mutation { logout(input: {}) { loggedOut } }";

/// What signing in with these credentials gives.
pub async fn login(client: &Client, email: &str, password: &str) -> Response {
    client.run(LOGIN, json!({ "input": { "email": email, "password": password } })).await
}

/// What refreshing a session with `token` gives.
pub async fn refresh(app: &TestApp, token: &Value) -> Response {
    app.anonymous().run(REFRESH, json!({ "input": { "refreshToken": token } })).await
}

/// A new user's sign-in: the access and the refresh token.
pub async fn tokens(app: &TestApp) -> (Client, Value) {
    let user = app.user(Role::Viewer).await;
    let mut data = login(&app.anonymous(), &user.email, PASSWORD).await.ok();
    let access = data["login"]["accessToken"].as_str().expect("an access token").to_owned();
    (app.with_token(&access), data["login"]["refreshToken"].take())
}

/// Whether the client counts as signed in.
pub async fn works(client: &Client) -> bool {
    let response = client.run(ME, Value::Null).await;
    let is_refused = !response.errors.is_empty() && response.code() == "UNAUTHENTICATED";
    if !is_refused {
        response.ok();
    }
    !is_refused
}

async fn signing_in_gives_tokens_that_work_and_the_user_to_whom_they_belong(app: TestApp) {
    let user = app.user(Role::Analyst).await;
    let data = login(&app.anonymous(), &format!(" {} ", user.email.to_uppercase()), PASSWORD).await.ok();
    let payload = &data["login"];
    assert_eq!(payload["user"], json!({ "name": "Analyst", "email": user.email, "role": "ANALYST" }));
    assert_eq!(payload["accessTokenExpiresAt"], "2026-05-31T10:30:00Z");
    assert!(works(&app.with_token(payload["accessToken"].as_str().expect("a text"))).await);
    refresh(&app, &payload["refreshToken"]).await.ok();
}

async fn signing_in_ignores_a_bad_token(app: TestApp) {
    let user = app.user(Role::Viewer).await;
    let (client, refresh_token) = (app.with_token("stale"), tokens(&app).await.1);
    login(&client, &user.email, PASSWORD).await.ok();
    client.run(REFRESH, json!({ "input": { "refreshToken": refresh_token } })).await.ok();
    client.run(LOGOUT, Value::Null).await.ok();
}

async fn unknown_wrong_and_inactive_get_the_same_answer(app: TestApp) {
    let (wrong, inactive) = (app.user(Role::Viewer).await, app.user(Role::Viewer).await);
    let admin = app.as_(Role::Admin).await;
    let id = id::encode(Kind::User, inactive.id);
    let deactivate = "mutation ($id: ID!) { updateUser(input: {id: $id, isActive: false}) { user { id } } }";
    admin.run(deactivate, json!({ "id": id })).await.ok();

    let mut answers = Vec::new();
    for (email, password) in [
        ("nobody@example.org", PASSWORD),
        ("no address", PASSWORD),
        ("nul\0", PASSWORD),
        (&wrong.email, "wrong"),
        (&wrong.email, ""),
        (&wrong.email, &format!("{PASSWORD} ")),
        (&inactive.email, PASSWORD),
    ] {
        let response = login(&app.anonymous(), email, password).await;
        assert_eq!(response.code(), "INVALID_CREDENTIALS");
        answers.push((response.message().to_owned(), response.error()["extensions"]["code"].clone()));
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
}

async fn unknown_wrong_and_inactive_cost_the_same(app: TestApp) {
    let (wrong, inactive) = (app.user(Role::Viewer).await, app.user(Role::Viewer).await);
    let admin = app.as_(Role::Admin).await;
    let id = id::encode(Kind::User, inactive.id);
    let deactivate = "mutation ($id: ID!) { updateUser(input: {id: $id, isActive: false}) { user { id } } }";
    admin.run(deactivate, json!({ "id": id })).await.ok();

    let mut costs = Vec::new();
    for (email, password) in [("nobody@example.org", PASSWORD), (&wrong.email, "wrong"), (&inactive.email, PASSWORD)] {
        let (response, mut statements) = app.statements_of(login(&app.anonymous(), email, password)).await;
        assert_eq!(response.code(), "INVALID_CREDENTIALS");
        // In the same transaction as the rest, and only where there is somebody to write of.
        statements.retain(|statement| !statement.contains("audit_events") && !statement.contains("outbox"));
        costs.push(statements);
    }
    costs.dedup();
    assert_eq!(costs.len(), 1, "{costs:#?}");
}

async fn five_failures_are_free_and_then_the_account_waits(app: TestApp) {
    let user = app.user(Role::Viewer).await;
    // Unknown accounts wait, too, or waiting would tell which exist.
    for email in [&*user.email, "nobody@example.org"] {
        for _ in 0..5 {
            assert_eq!(login(&app.anonymous(), email, "wrong").await.code(), "INVALID_CREDENTIALS");
        }
        for wait in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900] {
            let response = login(&app.anonymous(), &email.to_uppercase(), PASSWORD).await;
            assert_eq!(response.code(), "RATE_LIMITED");
            assert_eq!(response.error()["extensions"]["retryAfter"], wait);
            app.advance(TimeDelta::seconds(wait));
            assert_eq!(login(&app.anonymous(), email, "wrong").await.code(), "INVALID_CREDENTIALS");
        }
    }
    app.advance(TimeDelta::minutes(15));
    login(&app.anonymous(), &user.email, PASSWORD).await.ok();
}

async fn success_gives_an_account_its_free_failures_back(app: TestApp) {
    let user = app.user(Role::Viewer).await;
    for _ in 0..3 {
        for _ in 0..4 {
            assert_eq!(login(&app.anonymous(), &user.email, "wrong").await.code(), "INVALID_CREDENTIALS");
        }
        login(&app.anonymous(), &user.email, PASSWORD).await.ok();
    }
}

async fn a_waiting_account_keeps_its_sessions(app: TestApp) {
    let (client, refresh_token) = tokens(&app).await;
    let email = client.run("{ me { email } }", Value::Null).await.ok()["me"]["email"].take();
    for _ in 0..6 {
        login(&app.anonymous(), email.as_str().expect("a text"), "wrong").await;
    }
    assert!(works(&client).await);
    refresh(&app, &refresh_token).await.ok();
}

async fn a_burst_gets_no_more_guesses_than_a_sequence(app: TestApp) {
    let user = app.user(Role::Viewer).await;
    let second = app.with(|_| {});
    let guesses = (0..20).map(|number| {
        let client = if number % 2 == 0 { app.anonymous() } else { second.anonymous() };
        let email = user.email.clone();
        async move { login(&client.at_address([192, 0, 2, number]), &email, "wrong").await }
    });
    let responses = join_all(guesses).await;
    let looked_at = responses.iter().filter(|response| response.code() == "INVALID_CREDENTIALS").count();
    assert_eq!(looked_at, 5);
    assert!(responses.iter().all(|response| ["INVALID_CREDENTIALS", "RATE_LIMITED"].contains(&response.code())));
}

async fn who_waits_is_answered_before_the_password_is_looked_at(app: TestApp) {
    let mut user = app.user(Role::Viewer).await.into_active_model();
    user.password_hash = Set("no hash, so that looking at it is an error".to_owned());
    let user = user.update(app.db().read()).await.expect("a user to change");
    for expected in [&["INTERNAL_SERVER_ERROR"; 5][..], &["RATE_LIMITED"; 3]].concat() {
        assert_eq!(login(&app.anonymous(), &user.email, PASSWORD).await.code(), expected);
    }
}

async fn an_address_fails_twenty_times_a_minute(app: TestApp) {
    let user = app.user(Role::Viewer).await;
    for number in 0..20 {
        let email = format!("{number}@example.org");
        assert_eq!(login(&app.anonymous(), &email, "wrong").await.code(), "INVALID_CREDENTIALS");
    }
    app.advance(TimeDelta::seconds(20));
    let response = login(&app.anonymous(), &user.email, PASSWORD).await;
    assert_eq!((response.code(), &response.error()["extensions"]["retryAfter"]), ("RATE_LIMITED", &json!(40)));
    login(&app.anonymous().at_address([192, 0, 2, 1]), &user.email, PASSWORD).await.ok();
    app.advance(TimeDelta::seconds(40));
    login(&app.anonymous(), &user.email, PASSWORD).await.ok();
}

async fn sign_ins_that_succeed_do_not_use_up_an_address(app: TestApp) {
    let user = app.user(Role::Viewer).await;
    for _ in 0..25 {
        login(&app.anonymous(), &user.email, PASSWORD).await.ok();
    }
}

async fn another_cost_hashes_the_password_anew_at_sign_in(app: TestApp) {
    let hash_of = async |id| {
        let user = user::Entity::find_by_id(id).one(app.db().read()).await.expect("a query");
        user.expect("the user").password_hash
    };
    let user = app.user(Role::Viewer).await;
    login(&app.anonymous(), &user.email, PASSWORD).await.ok();
    assert_eq!(hash_of(user.id).await, user.password_hash);

    let dearer = app.with_cost(5);
    assert_eq!(login(&dearer.anonymous(), &user.email, "wrong").await.code(), "INVALID_CREDENTIALS");
    assert_eq!(hash_of(user.id).await, user.password_hash);
    login(&dearer.anonymous(), &user.email, PASSWORD).await.ok();
    assert!(hash_of(user.id).await.starts_with("$2b$05$"));
    login(&app.anonymous(), &user.email, PASSWORD).await.ok();
    assert!(hash_of(user.id).await.starts_with("$2b$04$"));
}

async fn a_long_password_is_verified_to_its_last_character(app: TestApp) {
    let start = "密".repeat(127);
    let register = "mutation ($input: RegisterInput!) { register(input: $input) { user { id } } }";
    let input = json!({ "email": "long@example.org", "name": "Long", "password": format!("{start}a") });
    app.anonymous().run(register, json!({ "input": input })).await.ok();
    login(&app.anonymous(), "long@example.org", &format!("{start}a")).await.ok();
    assert_eq!(login(&app.anonymous(), "long@example.org", &format!("{start}b")).await.code(), "INVALID_CREDENTIALS");
}
