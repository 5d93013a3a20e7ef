//! Staying signed in and signing out, by hand, by time and by theft.

use std::time::Duration;

use axum::http::header::USER_AGENT;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use entity::{Role, session};
use futures_util::future::join_all;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tallybook::{
    config::Secret,
    id::{self, Kind},
    sessions,
};

use crate::{
    harness::{PASSWORD, SECRET, TestApp},
    on_both,
    sign_in::{ME, login, refresh, tokens, works},
};

on_both![
    a_refresh_token_works_once_and_gives_the_next,
    an_old_refresh_token_ends_its_session,
    a_lost_answer_is_given_again,
    a_former_token_ends_its_session_once_its_successor_was_used,
    ten_refreshes_at_once_get_the_same_successor,
    a_token_that_somebody_made_up_ends_nothing,
    wrong_tokens_are_counted_by_address_and_keep_nobody_from_refreshing,
    a_session_of_an_older_version_goes_on,
    refreshing_goes_on_while_the_secret_is_replaced,
    what_is_no_refresh_token_is_refused,
    an_unused_session_ends_and_a_used_one_does_not,
    no_session_outlives_its_longest_life,
    signing_out_ends_the_session_at_once,
    signing_out_works_with_a_refresh_token_alone,
    signing_out_everywhere_ends_every_session,
    signing_out_of_nothing_is_no_error,
    users_see_and_end_their_own_sessions,
    an_admin_ends_all_sessions_of_a_user,
    a_session_that_was_not_refreshed_in_time_is_over_and_can_be_ended,
    an_access_token_does_not_outlive_its_session,
    what_has_long_ended_is_removed,
    an_access_token_expires,
];

const LOGOUT: &str = "mutation ($input: LogoutInput!) { logout(input: $input) { loggedOut } }";
const MY_SESSIONS: &str = "{ mySessions { id createdAt lastUsedAt expiresAt userAgent isCurrent } }";
const REVOKE: &str = "mutation ($id: ID!) { revokeSession(input: {id: $id}) { session { id } } }";
const END_SESSIONS: &str = "mutation ($id: ID!) { endSessions(input: {userId: $id}) { endedCount user { name } } }";

async fn a_refresh_token_works_once_and_gives_the_next(app: TestApp) {
    let (_, first) = tokens(&app).await;
    app.advance(TimeDelta::days(1));
    let second = refresh(&app, &first).await.ok();
    assert!(works(&app.with_token(second["refreshSession"]["accessToken"].as_str().expect("a text"))).await);
    let third = refresh(&app, &second["refreshSession"]["refreshToken"]).await.ok();
    assert!(works(&app.with_token(third["refreshSession"]["accessToken"].as_str().expect("a text"))).await);
}

async fn an_old_refresh_token_ends_its_session(app: TestApp) {
    for refreshes in 1..=3 {
        let (client, first) = tokens(&app).await;
        let mut last = first.clone();
        for _ in 0..refreshes {
            last = refresh(&app, &last).await.ok()["refreshSession"]["refreshToken"].take();
            app.advance(TimeDelta::seconds(10));
        }
        assert_eq!(refresh(&app, &first).await.code(), "UNAUTHENTICATED");
        assert_eq!(refresh(&app, &last).await.code(), "UNAUTHENTICATED");
        assert!(!works(&client).await);
    }
}

async fn a_lost_answer_is_given_again(app: TestApp) {
    let (_, first) = tokens(&app).await;
    let mut second = refresh(&app, &first).await.ok()["refreshSession"]["refreshToken"].take();
    app.advance(TimeDelta::milliseconds(9_999));
    let before = app.rows().await;
    let (response, statements) = app.statements_of(refresh(&app, &first)).await;
    let again = response.ok();
    assert_eq!(again["refreshSession"]["refreshToken"], second);
    assert!(works(&app.with_token(again["refreshSession"]["accessToken"].as_str().expect("a text"))).await);
    assert_eq!(app.rows().await, before);
    assert!(statements.iter().all(|statement| statement.starts_with("SELECT")), "{statements:#?}");
    second = refresh(&app, &second).await.ok()["refreshSession"]["refreshToken"].take();
    assert!(works(&app.with_token(again["refreshSession"]["accessToken"].as_str().expect("a text"))).await);
    refresh(&app, &second).await.ok();
}

async fn a_former_token_ends_its_session_once_its_successor_was_used(app: TestApp) {
    let (client, first) = tokens(&app).await;
    let second = refresh(&app, &first).await.ok()["refreshSession"]["refreshToken"].take();
    let third = refresh(&app, &second).await.ok()["refreshSession"]["refreshToken"].take();
    assert_eq!(refresh(&app, &first).await.code(), "UNAUTHENTICATED");
    assert!(!works(&client).await);
    assert_eq!(refresh(&app, &third).await.code(), "UNAUTHENTICATED");
}

async fn ten_refreshes_at_once_get_the_same_successor(app: TestApp) {
    let (client, token) = tokens(&app).await;
    let responses = join_all((0..10).map(|_| refresh(&app, &token))).await;
    let mut given: Vec<_> =
        responses.into_iter().map(|response| response.ok()["refreshSession"]["refreshToken"].take()).collect();
    given.dedup();
    let [next] = &given[..] else { panic!("one successor: {given:?}") };
    assert!(works(&client).await);
    refresh(&app, next).await.ok();
}

/// Whoever saw an access token knows the session's id.
async fn a_token_that_somebody_made_up_ends_nothing(app: TestApp) {
    let (client, token) = tokens(&app).await;
    let real = BASE64_URL_SAFE_NO_PAD.decode(token.as_str().expect("a text")).expect("base64");
    let before = app.rows().await;
    let mut other_secret = real.clone();
    other_secret[20] ^= 1;
    let mut other_tag = real.clone();
    other_tag[60] ^= 1;
    let made_up = [[&real[..16], &[0; 32]].concat(), [&real[..16], &[0; 48]].concat(), other_secret, other_tag];
    for bytes in made_up {
        let token = json!(BASE64_URL_SAFE_NO_PAD.encode(bytes));
        let (response, statements) = app.statements_of(refresh(&app, &token)).await;
        assert_eq!(response.code(), "UNAUTHENTICATED");
        assert!(statements.iter().all(|statement| statement.starts_with("SELECT")), "{statements:#?}");
        let out = json!({ "input": { "refreshToken": token } });
        assert_eq!(app.anonymous().run(LOGOUT, out).await.ok()["logout"]["loggedOut"], false);
    }
    assert_eq!(app.rows().await, before);
    assert!(works(&client).await);
    refresh(&app, &token).await.ok();
}

async fn wrong_tokens_are_counted_by_address_and_keep_nobody_from_refreshing(app: TestApp) {
    let (_, token) = tokens(&app).await;
    let before = app.rows().await;
    for wrong in 0..20 {
        assert_eq!(refresh(&app, &json!(format!("wrong {wrong}"))).await.code(), "UNAUTHENTICATED");
    }
    app.advance(TimeDelta::seconds(20));
    let (response, statements) = app.statements_of(refresh(&app, &json!("wrong"))).await;
    assert_eq!((response.code(), &response.error()["extensions"]["retryAfter"]), ("RATE_LIMITED", &json!(40)));
    assert_eq!(statements, [""; 0]);
    let out = json!({ "input": { "refreshToken": "wrong" } });
    assert_eq!(app.anonymous().run(LOGOUT, out).await.code(), "RATE_LIMITED");
    assert_eq!(app.rows().await, before);
    refresh(&app, &token).await.ok();
    app.advance(TimeDelta::seconds(40));
    assert_eq!(refresh(&app, &json!("wrong")).await.code(), "UNAUTHENTICATED");
}

async fn a_session_of_an_older_version_goes_on(app: TestApp) {
    let client = app.as_(Role::Viewer).await;
    // As 0.1 made them: the session's id and 256 random bits.
    let id = client.session_uuid();
    let token = [&id.as_bytes()[..], &[7; 32]].concat();
    let mut row = session::Entity::find_by_id(id).one(app.db().read()).await.expect("a query").expect("the session");
    row.secret_hash = Sha256::digest(&token).to_vec();
    row.into_active_model().reset_all().update(app.db().read()).await.expect("a session to change");

    let first = json!(BASE64_URL_SAFE_NO_PAD.encode(&token));
    let second = refresh(&app, &first).await.ok()["refreshSession"]["refreshToken"].take();
    assert_eq!(refresh(&app, &first).await.ok()["refreshSession"]["refreshToken"], second);
    refresh(&app, &second).await.ok();
    assert!(works(&client).await);
}

async fn refreshing_goes_on_while_the_secret_is_replaced(app: TestApp) {
    let secret = |text: &str| text.parse::<Secret>().expect("a secret");
    let (old, new) = (secret(SECRET), secret("a secret that signs what comes after"));
    let both = app.with(|config| config.jwt_secret = vec![new.clone(), old]);
    let only_new = app.with(|config| config.jwt_secret = vec![new]);
    let (_, first) = tokens(&app).await;
    let second = refresh(&app, &first).await.ok()["refreshSession"]["refreshToken"].take();
    // Another server knows the new secret already, and which of the two the answer was made with.
    assert_eq!(refresh(&both, &first).await.ok()["refreshSession"]["refreshToken"], second);
    // One that does not know the old one takes the present token, and ends nothing for the one before it.
    assert_eq!(refresh(&only_new, &first).await.code(), "UNAUTHENTICATED");
    let third = refresh(&only_new, &second).await.ok()["refreshSession"]["refreshToken"].take();
    refresh(&only_new, &third).await.ok();
}

async fn what_is_no_refresh_token_is_refused(app: TestApp) {
    let (client, token) = tokens(&app).await;
    let before = app.rows().await;
    let text = token.as_str().expect("a text");
    for bad in ["", "refresh", "\0", &text[1..], &format!("{text}="), &format!("{text}AAAA"), client.token()] {
        assert_eq!(refresh(&app, &json!(bad)).await.code(), "UNAUTHENTICATED", "{bad:?}");
    }
    assert_eq!(app.rows().await, before);
    assert!(!works(&app.with_token(text)).await);
}

async fn an_unused_session_ends_and_a_used_one_does_not(app: TestApp) {
    let (_, unused) = tokens(&app).await;
    let (_, mut used) = tokens(&app).await;
    app.advance(TimeDelta::days(29));
    used = refresh(&app, &used).await.ok()["refreshSession"]["refreshToken"].take();
    app.advance(TimeDelta::days(1));
    assert_eq!(refresh(&app, &unused).await.code(), "UNAUTHENTICATED");
    refresh(&app, &used).await.ok();
}

async fn no_session_outlives_its_longest_life(app: TestApp) {
    let (_, mut token) = tokens(&app).await;
    for days in [29, 29, 29] {
        app.advance(TimeDelta::days(days));
        token = refresh(&app, &token).await.ok()["refreshSession"]["refreshToken"].take();
    }
    app.advance(TimeDelta::days(3) - TimeDelta::minutes(10));
    let mut data = refresh(&app, &token).await.ok();
    let client = app.with_token(data["refreshSession"]["accessToken"].as_str().expect("a text"));
    let sessions = client.run(MY_SESSIONS, Value::Null).await.ok();
    assert_eq!(sessions["mySessions"][0]["expiresAt"], "2026-08-29T10:00:00Z");
    app.advance(TimeDelta::minutes(10));
    assert!(!works(&client).await);
    assert_eq!(refresh(&app, &data["refreshSession"]["refreshToken"].take()).await.code(), "UNAUTHENTICATED");
}

async fn signing_out_ends_the_session_at_once(app: TestApp) {
    let (client, token) = tokens(&app).await;
    let data = client.run(LOGOUT, json!({ "input": {} })).await.ok();
    assert_eq!(data["logout"]["loggedOut"], true);
    assert!(!works(&client).await);
    assert_eq!(refresh(&app, &token).await.code(), "UNAUTHENTICATED");
}

async fn signing_out_works_with_a_refresh_token_alone(app: TestApp) {
    let (client, token) = tokens(&app).await;
    let other = app.as_(Role::Viewer).await;
    let input = json!({ "input": { "refreshToken": token } });
    assert_eq!(other.run(LOGOUT, input.clone()).await.ok()["logout"]["loggedOut"], true);
    assert!(!works(&client).await);
    assert!(works(&other).await);
    assert_eq!(app.anonymous().run(LOGOUT, input).await.ok()["logout"]["loggedOut"], false);
}

async fn signing_out_everywhere_ends_every_session(app: TestApp) {
    let here = app.as_(Role::Viewer).await;
    let there = app.signed_in(here.user()).await;
    let somebody = app.as_(Role::Viewer).await;
    let data = here.run(LOGOUT, json!({ "input": { "everywhere": true } })).await.ok();
    assert_eq!(data["logout"]["loggedOut"], true);
    assert!(!works(&here).await && !works(&there).await);
    assert!(works(&somebody).await);
}

async fn signing_out_of_nothing_is_no_error(app: TestApp) {
    let before = app.rows().await;
    for input in [json!({}), json!({ "refreshToken": "none" }), json!({ "everywhere": true, "refreshToken": "" })] {
        let data = app.anonymous().run(LOGOUT, json!({ "input": input })).await.ok();
        assert_eq!(data["logout"]["loggedOut"], false);
    }
    assert_eq!(app.rows().await, before);
}

async fn users_see_and_end_their_own_sessions(app: TestApp) {
    let user = app.user(Role::Viewer).await;
    let browser = app.anonymous().with_header(USER_AGENT, "Browser/1.0");
    login(&browser, &user.email, PASSWORD).await.ok();
    app.advance(TimeDelta::hours(1));
    let here = app.signed_in(&user).await;
    let other = app.as_(Role::Viewer).await;

    let sessions = here.run(MY_SESSIONS, Value::Null).await.ok()["mySessions"].take();
    let [current, old] = &sessions.as_array().expect("a list")[..] else { panic!("two sessions: {sessions}") };
    assert_eq!((&current["isCurrent"], &old["isCurrent"]), (&json!(true), &json!(false)));
    let expected = json!({
        "id": old["id"], "createdAt": "2026-05-31T10:00:00Z", "lastUsedAt": "2026-05-31T10:00:00Z",
        "expiresAt": "2026-06-30T10:00:00Z", "userAgent": "Browser/1.0", "isCurrent": false,
    });
    assert_eq!(*old, expected);

    let before = app.rows().await;
    assert_eq!(other.run(REVOKE, json!({ "id": old["id"] })).await.code(), "NOT_FOUND");
    assert_eq!(here.run(REVOKE, json!({ "id": here.id() })).await.code(), "BAD_USER_INPUT");
    assert_eq!(app.rows().await, before);

    let data = here.run(REVOKE, json!({ "id": old["id"] })).await.ok();
    assert_eq!(data["revokeSession"]["session"]["id"], old["id"]);
    assert_eq!(here.run(REVOKE, json!({ "id": old["id"] })).await.code(), "NOT_FOUND");
    let sessions = here.run(MY_SESSIONS, Value::Null).await.ok()["mySessions"].take();
    assert_eq!(sessions, json!([current]));
}

async fn an_admin_ends_all_sessions_of_a_user(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let here = app.as_(Role::Viewer).await;
    let there = app.signed_in(here.user()).await;
    let data = admin.run(END_SESSIONS, json!({ "id": here.id() })).await.ok();
    assert_eq!(data["endSessions"], json!({ "endedCount": 2, "user": { "name": "Viewer" } }));
    assert!(!works(&here).await && !works(&there).await);
    assert!(works(&admin).await);
    let nobody = "user_01h455vb4pex5vsknk084sn02q";
    let response = admin.run(END_SESSIONS, json!({ "id": nobody })).await;
    assert_eq!((response.code(), response.field()), ("NOT_FOUND", Some("input.userId")));
}

/// Where a refresh token lives shorter than an access token, as settings of 0.1 allowed.
async fn a_session_that_was_not_refreshed_in_time_is_over_and_can_be_ended(app: TestApp) {
    let app = app.with(|config| config.refresh_token_ttl = Duration::from_mins(15));
    let admin = app.as_(Role::Admin).await;
    let user = app.user(Role::Viewer).await;
    let data = login(&app.anonymous(), &user.email, PASSWORD).await.ok();
    assert_eq!(data["login"]["accessTokenExpiresAt"], "2026-05-31T10:15:00Z");
    let client = app.with_token(data["login"]["accessToken"].as_str().expect("a text"));
    app.advance(TimeDelta::minutes(15));
    assert!(!works(&client).await);
    let id = id::encode(Kind::User, user.id);
    assert_eq!(admin.run(END_SESSIONS, json!({ "id": id })).await.ok()["endSessions"]["endedCount"], 1);
}

/// A token of 0.1 says that it lives longer than its session may.
async fn an_access_token_does_not_outlive_its_session(app: TestApp) {
    let client = app.as_(Role::Viewer).await;
    let id = client.session_uuid();
    let row = session::Entity::find_by_id(id).one(app.db().read()).await.expect("a query").expect("the session");
    let mut row = row.into_active_model();
    row.expires_at = Set(app.now() + TimeDelta::minutes(15));
    row.update(app.db().read()).await.expect("a session to change");
    assert!(works(&client).await);
    app.advance(TimeDelta::minutes(15));
    assert!(!works(&client).await);
}

async fn what_has_long_ended_is_removed(app: TestApp) {
    tokens(&app).await;
    login(&app.anonymous(), "nobody@example.org", "wrong").await;
    let left = async || {
        assert!(sessions::remove_ended(app.services()).await.is_ok());
        let rows = app.rows().await;
        (rows["sessions"].len(), rows["throttles"].len())
    };
    // The account that failed, the address, and both together.
    assert_eq!(left().await, (1, 3));
    app.advance(TimeDelta::days(1));
    assert_eq!(left().await, (1, 0));
    app.advance(TimeDelta::days(36));
    assert_eq!(left().await, (1, 0));
    app.advance(TimeDelta::seconds(1));
    assert_eq!(left().await, (0, 0));
}

async fn an_access_token_expires(app: TestApp) {
    let (client, token) = tokens(&app).await;
    app.advance(TimeDelta::minutes(30) - TimeDelta::seconds(1));
    assert!(works(&client).await);
    app.advance(TimeDelta::seconds(1));
    let response = client.run(ME, Value::Null).await;
    assert_eq!(response.code(), "UNAUTHENTICATED");
    assert!(response.message().contains("refreshSession"), "{}", response.message());
    refresh(&app, &token).await.ok();
}
