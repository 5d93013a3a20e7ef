//! Staying signed in and signing out, by hand, by time and by theft.

use axum::http::header::USER_AGENT;
use chrono::TimeDelta;
use entity::Role;
use futures_util::future::join_all;
use serde_json::{Value, json};
use tallybook::sessions;

use crate::{
    harness::{PASSWORD, Response, TestApp},
    on_both,
    sign_in::{ME, login, refresh, tokens, works},
};

on_both![
    a_refresh_token_works_once_and_gives_the_next,
    an_old_refresh_token_ends_its_session,
    a_refresh_token_replaced_just_now_is_refused_and_nothing_more,
    of_ten_refreshes_at_once_one_succeeds_and_the_session_goes_on,
    what_is_no_refresh_token_is_refused,
    an_unused_session_ends_and_a_used_one_does_not,
    no_session_outlives_its_longest_life,
    signing_out_ends_the_session_at_once,
    signing_out_works_with_a_refresh_token_alone,
    signing_out_everywhere_ends_every_session,
    signing_out_of_nothing_is_no_error,
    users_see_and_end_their_own_sessions,
    an_admin_ends_all_sessions_of_a_user,
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

async fn a_refresh_token_replaced_just_now_is_refused_and_nothing_more(app: TestApp) {
    let (client, first) = tokens(&app).await;
    let second = refresh(&app, &first).await.ok();
    app.advance(TimeDelta::milliseconds(9_999));
    let before = app.rows().await;
    let response = refresh(&app, &first).await;
    assert_eq!((response.code(), &response.data["refreshSession"]), ("UNAUTHENTICATED", &Value::Null));
    assert_eq!(app.rows().await, before);
    assert!(works(&client).await);
    refresh(&app, &second["refreshSession"]["refreshToken"]).await.ok();
}

async fn of_ten_refreshes_at_once_one_succeeds_and_the_session_goes_on(app: TestApp) {
    let (client, token) = tokens(&app).await;
    let responses = join_all((0..10).map(|_| refresh(&app, &token))).await;
    let codes: Vec<_> = responses.iter().flat_map(Response::codes).collect();
    assert_eq!(codes, ["UNAUTHENTICATED"; 9]);
    assert!(works(&client).await);
    let winner = responses.into_iter().find(|response| response.errors.is_empty()).expect("a winner");
    refresh(&app, &winner.ok()["refreshSession"]["refreshToken"]).await.ok();
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
    assert_eq!((response.code(), response.field()), ("NOT_FOUND", Some("userId")));
}

async fn what_has_long_ended_is_removed(app: TestApp) {
    tokens(&app).await;
    login(&app.anonymous(), "nobody@example.org", "wrong").await;
    let left = async || {
        assert!(sessions::remove_ended(app.services()).await.is_ok());
        let rows = app.rows().await;
        (rows["sessions"].len(), rows["throttles"].len())
    };
    // The account that failed, and the address.
    assert_eq!(left().await, (1, 2));
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
