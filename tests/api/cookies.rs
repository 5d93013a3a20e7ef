//! Refresh tokens in cookies: for pages of this server in a browser, and for nobody else.

use axum::http::header::{ACCESS_CONTROL_ALLOW_CREDENTIALS, COOKIE, HOST, HeaderName, ORIGIN, SET_COOKIE};
use chrono::TimeDelta;
use entity::Role;
use serde_json::{Value, json};

use crate::{
    harness::{Client, PASSWORD, Response, TestApp},
    on_both,
};

on_both![
    a_page_signs_in_refreshes_and_signs_out_with_the_cookie_alone,
    a_cookie_ends_with_its_session,
    pages_of_other_sites_get_no_cookie_and_use_none,
    a_page_of_a_configured_origin_beside_the_server_may_use_the_cookie,
    a_refresh_token_in_the_answer_stays_out_of_cookies,
    a_request_without_a_cookie_refreshes_nothing,
    a_second_tab_gets_the_cookie_of_the_first,
];

const LOGIN: &str = "mutation ($input: LoginInput!) { login(input: $input) { refreshToken user { email } } }";
const REFRESH: &str = "mutation { refreshSession(input: {}) { accessToken refreshToken } }";
const LOGOUT: &str = "mutation { logout(input: {}) { loggedOut } }";
const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What a page of this server, behind a proxy, sends from a browser.
fn page(app: &TestApp) -> Client {
    app.with(|config| config.trusted_proxies = 1)
        .anonymous()
        .with_header(HOST, "books.example.org")
        .with_header(ORIGIN, "https://books.example.org")
        .with_header(SITE, "same-origin")
}

async fn login(page: &Client, app: &TestApp) -> Response {
    let user = app.user(Role::Viewer).await;
    page.run(LOGIN, json!({ "input": { "email": user.email, "password": PASSWORD, "cookie": true } })).await
}

/// The only cookie that the answer sets.
fn cookie(response: &Response) -> &str {
    let mut cookies = response.headers.get_all(SET_COOKIE).iter();
    let cookie = cookies.next().expect("a cookie").to_str().expect("a cookie of text");
    assert_eq!(cookies.next(), None);
    cookie
}

/// The same page with the cookie that the answer set.
fn keep(page: &Client, response: &Response) -> Client {
    page.clone().with_header(COOKIE, cookie(response).split(';').next().expect("a name and a value"))
}

async fn a_page_signs_in_refreshes_and_signs_out_with_the_cookie_alone(app: TestApp) {
    let page = page(&app);
    let signed_in = login(&page, &app).await;
    let (pair, attributes) = cookie(&signed_in).split_once("; ").expect("attributes");
    assert!(pair.starts_with("__Host-tallybook-refresh="), "{pair}");
    assert_eq!(attributes, "Path=/; Max-Age=2592000; HttpOnly; Secure; SameSite=Strict");
    let first = keep(&page, &signed_in);
    assert_eq!(signed_in.ok()["login"]["refreshToken"], Value::Null);

    app.advance(TimeDelta::days(1));
    let refreshed = first.run(REFRESH, Value::Null).await;
    let second = keep(&page, &refreshed);
    let data = refreshed.ok();
    assert_eq!(data["refreshSession"]["refreshToken"], Value::Null);
    let access = data["refreshSession"]["accessToken"].as_str().expect("an access token");
    app.with_token(access).run("{ me { id } }", Value::Null).await.ok();

    let signed_out = second.run(LOGOUT, Value::Null).await;
    assert_eq!(cookie(&signed_out), "__Host-tallybook-refresh=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Strict");
    assert_eq!(signed_out.ok()["logout"]["loggedOut"], true);
    assert_eq!(second.run(REFRESH, Value::Null).await.code(), "UNAUTHENTICATED");
}

async fn a_cookie_ends_with_its_session(app: TestApp) {
    let page = page(&app);
    let mut last = login(&page, &app).await;
    for _ in 0..3 {
        app.advance(TimeDelta::days(29));
        last = keep(&page, &last).run(REFRESH, Value::Null).await;
    }
    assert!(cookie(&last).contains("; Max-Age=259200; "), "{}", cookie(&last));
}

async fn pages_of_other_sites_get_no_cookie_and_use_none(app: TestApp) {
    let own = page(&app);
    let kept = keep(&own, &login(&own, &app).await);
    let before = app.rows().await;
    for (header, value) in
        [(ORIGIN, "https://evil.example.org"), (ORIGIN, "null"), (SITE, "cross-site"), (SITE, "same-site")]
    {
        let foreign = kept.clone().with_header(header, value);
        let input = json!({ "input": { "email": "ada@example.org", "password": PASSWORD, "cookie": true } });
        for response in [
            foreign.run(LOGIN, input).await,
            foreign.run(REFRESH, Value::Null).await,
            foreign.run(LOGOUT, Value::Null).await,
        ] {
            assert_eq!(response.code(), "FORBIDDEN");
            assert!(!response.headers.contains_key(SET_COOKIE));
        }
    }
    assert_eq!(app.rows().await, before);
}

async fn a_page_of_a_configured_origin_beside_the_server_may_use_the_cookie(app: TestApp) {
    let served = app.with(|config| {
        config.trusted_proxies = 1;
        config.cors_origins = vec!["https://app.example.org".to_owned()];
    });
    let beside = served
        .anonymous()
        .with_header(HOST, "books.example.org")
        .with_header(ORIGIN, "https://app.example.org")
        .with_header(SITE, "same-site");
    let signed_in = login(&beside, &served).await;
    assert_eq!(signed_in.headers[ACCESS_CONTROL_ALLOW_CREDENTIALS], "true");
    let kept = keep(&beside, &signed_in);
    for (header, value) in [(SITE, "cross-site"), (SITE, "same-origin"), (ORIGIN, "https://other.example.org")] {
        assert_eq!(kept.clone().with_header(header, value).run(REFRESH, Value::Null).await.code(), "FORBIDDEN");
    }
    let refreshed = kept.run(REFRESH, Value::Null).await;
    assert!(cookie(&refreshed).starts_with("__Host-tallybook-refresh="), "{}", cookie(&refreshed));
    assert_eq!(refreshed.ok()["refreshSession"]["refreshToken"], Value::Null);
}

async fn a_refresh_token_in_the_answer_stays_out_of_cookies(app: TestApp) {
    let user = app.user(Role::Viewer).await;
    let page = page(&app);
    for cookie in [Value::Null, json!(false)] {
        let input = json!({ "email": user.email, "password": PASSWORD, "cookie": cookie });
        let response = page.run(LOGIN, json!({ "input": input })).await;
        assert!(!response.headers.contains_key(SET_COOKIE));
        assert!(response.ok()["login"]["refreshToken"].is_string());
    }
}

async fn a_request_without_a_cookie_refreshes_nothing(app: TestApp) {
    for client in [app.anonymous(), page(&app), page(&app).with_header(COOKIE, "theme=dark")] {
        let response = client.run(REFRESH, Value::Null).await;
        assert_eq!(response.code(), "UNAUTHENTICATED");
        assert!(response.error()["message"].as_str().is_some_and(|message| message.contains("no refresh token")));
        let response = client.run(LOGOUT, Value::Null).await;
        assert!(!response.headers.contains_key(SET_COOKIE));
        assert_eq!(response.ok()["logout"]["loggedOut"], false);
    }
}

async fn a_second_tab_gets_the_cookie_of_the_first(app: TestApp) {
    let page = page(&app);
    let both = keep(&page, &login(&page, &app).await);
    let first = both.run(REFRESH, Value::Null).await;
    let second = both.run(REFRESH, Value::Null).await;
    assert_eq!(cookie(&second), cookie(&first));
    keep(&page, &first).run(REFRESH, Value::Null).await.ok();
}
