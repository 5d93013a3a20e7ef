//! Who may fetch an exported file: once, soon, and only who may see what is in it.

use std::{collections::HashSet, time::Duration};

use axum::{
    body::{Body, Bytes},
    http::{Request, Response, StatusCode, header},
};
use chrono::TimeDelta;
use entity::Role;
use futures_util::future::join_all;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, IntoActiveModel};
use serde_json::{Value, json};
use tallybook::exports;

use crate::{
    harness::{Client, TestApp},
    on_both,
};

on_both![
    a_file_is_fetched_once_and_within_five_minutes,
    of_many_who_fetch_at_once_on_two_servers_one_gets_the_file,
    a_url_that_was_changed_is_refused_and_uses_nothing_up,
    who_may_no_longer_have_the_file_does_not_get_it,
    deleted_records_are_for_those_who_are_admins_when_they_fetch_them,
    looking_first_uses_nothing_up,
    a_file_says_what_it_is_and_is_neither_compressed_nor_cut_off,
    a_file_that_has_no_room_is_refused_and_can_be_fetched_later,
    a_user_is_offered_a_hundred_files_in_five_minutes,
    what_is_wrong_with_an_export_is_told_with_its_path,
    many_users_get_their_files_in_turns,
    expired_offers_are_forgotten,
];

const CSV: fn() -> Value = || json!({ "format": "CSV" });

fn refusal(response: &Response<Bytes>) -> (u16, String) {
    let body: Value = serde_json::from_slice(response.body()).unwrap_or_default();
    let code = body["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned();
    (response.status().as_u16(), code)
}

const NOT_FOUND: (u16, &str) = (404, "NOT_FOUND");
const FORBIDDEN: (u16, &str) = (403, "FORBIDDEN");

#[track_caller]
fn assert_refused(response: &Response<Bytes>, expected: (u16, &str)) {
    let (status, code) = refusal(response);
    assert_eq!((status, code.as_str()), expected, "{response:?}");
}

async fn a_file_is_fetched_once_and_within_five_minutes(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    let answer = viewer.export(CSV()).await.ok();
    assert_eq!(answer["exportRecords"]["expiresAt"], "2026-05-31T10:05:00Z");
    let url = viewer.export_url(CSV()).await;
    app.advance(TimeDelta::seconds(299));
    let other = app.elsewhere().await;
    assert_eq!(other.fetch(&url).await.status(), StatusCode::OK);
    for app in [&app, &other] {
        assert_refused(&app.fetch(&url).await, NOT_FOUND);
    }
    let late = viewer.export_url(CSV()).await;
    app.advance(TimeDelta::minutes(5));
    assert_refused(&app.fetch(&late).await, NOT_FOUND);
}

async fn of_many_who_fetch_at_once_on_two_servers_one_gets_the_file(app: TestApp) {
    let (viewer, other) = (app.as_(Role::Viewer).await, app.elsewhere().await);
    let url = viewer.export_url(CSV()).await;
    let servers = [&app, &other, &app, &other, &app, &other];
    let fetched = join_all(servers.map(|server| server.fetch(&url))).await;
    let (good, bad): (Vec<_>, Vec<_>) = fetched.iter().partition(|response| response.status() == StatusCode::OK);
    assert_eq!((good.len(), bad.len()), (1, 5));
    for response in bad {
        assert_refused(response, NOT_FOUND);
    }
}

async fn a_url_that_was_changed_is_refused_and_uses_nothing_up(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    let (url, other) = (viewer.export_url(CSV()).await, viewer.export_url(CSV()).await);
    let id = |url: &str| url["/exports/".len()..url.find('?').expect("a query")].to_owned();
    let (start, signature) = url.split_once("signature=").expect("a signature");
    let expires = start.split_once("expires=").expect("an instant").1.trim_end_matches('&');
    let later = (expires.parse::<i64>().expect("seconds") + 60).to_string();
    assert!(!url.contains(viewer.token()) && signature.len() == 43, "{url}");
    let other_key = app.with(|config| config.jwt_secret = vec!["another secret".parse().expect("a secret")]);
    assert_refused(&other_key.fetch(&url).await, NOT_FOUND);
    for changed in [
        url.replace(&id(&url), &id(&other)),
        url.replace(expires, &later),
        url.replace(expires, "99999999999999999"),
        url.replace(expires, ""),
        format!("{start}signature={}", &signature[..40]),
        format!("{start}signature="),
        format!("{start}signature={}", "A".repeat(43)),
        url[..url.find('?').expect("a query")].to_owned(),
        url.replace(&id(&url), "x"),
    ] {
        assert_refused(&app.fetch(&changed).await, NOT_FOUND);
    }
    let post = Request::post(&url).body(Body::empty()).expect("a request");
    assert_eq!(app.request(post).await.status(), StatusCode::METHOD_NOT_ALLOWED);
    let rotated = app.with(|config| {
        config.jwt_secret.insert(0, "a newer secret".parse().expect("a secret"));
    });
    assert_eq!(rotated.fetch(&url).await.status(), StatusCode::OK);
}

async fn who_may_no_longer_have_the_file_does_not_get_it(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let deactivate = "mutation ($id: ID!) { updateUser(input: {id: $id, isActive: false}) { user { id } } }";
    let demote = "mutation ($id: ID!) { updateUser(input: {id: $id, role: VIEWER}) { user { id } } }";
    let (leaver, guest, analyst) =
        (app.as_(Role::Analyst).await, app.as_(Role::Viewer).await, app.as_(Role::Analyst).await);
    let [of_leaver, of_guest, of_analyst] =
        [leaver.export_url(CSV()).await, guest.export_url(CSV()).await, analyst.export_url(CSV()).await];
    admin.run(deactivate, json!({ "id": leaver.id() })).await.ok();
    let end = "mutation ($id: ID!) { revokeSession(input: {id: $id}) { session { id } } }";
    guest.run(end, json!({ "id": guest.session_id() })).await.ok();
    admin.run(demote, json!({ "id": analyst.id() })).await.ok();
    for app in [&app, &app.elsewhere().await] {
        assert_refused(&app.fetch(&of_leaver).await, FORBIDDEN);
        assert_refused(&app.fetch(&of_guest).await, FORBIDDEN);
    }
    assert_eq!(app.fetch(&of_analyst).await.status(), StatusCode::OK, "a viewer may have it too");

    // Inactive, though nobody ended the session.
    let inactive = app.as_(Role::Viewer).await;
    let url = inactive.export_url(CSV()).await;
    let mut user = inactive.user().clone().into_active_model();
    user.is_active = Set(false);
    user.update(app.db().read()).await.expect("a user to deactivate");
    assert_refused(&app.elsewhere().await.fetch(&url).await, FORBIDDEN);
}

async fn deleted_records_are_for_those_who_are_admins_when_they_fetch_them(app: TestApp) {
    let (admin, other) = (app.as_(Role::Admin).await, app.as_(Role::Admin).await);
    let record = admin.enter(json!({ "notes": "to be deleted" })).await;
    admin.delete(json!({ "id": record["id"] })).await.ok();
    for deleted in ["INCLUDE", "ONLY"] {
        let input = json!({ "format": "CSV", "filter": { "deleted": deleted } });
        for role in [Role::Viewer, Role::Analyst] {
            let response = app.as_(role).await.export(input.clone()).await;
            assert_eq!((response.code(), response.field()), ("FORBIDDEN", Some("input.filter.deleted")));
        }
        let file = app.fetch(&admin.export_url(input).await).await;
        assert!(String::from_utf8_lossy(file.body()).contains("to be deleted"), "{file:?}");
    }
    let file = app.fetch(&admin.export_url(CSV()).await).await;
    assert!(!String::from_utf8_lossy(file.body()).contains("to be deleted"), "{file:?}");

    let url = admin.export_url(json!({ "format": "CSV", "filter": { "deleted": "INCLUDE" } })).await;
    let demote = "mutation ($id: ID!) { updateUser(input: {id: $id, role: ANALYST}) { user { id } } }";
    other.run(demote, json!({ "id": admin.id() })).await.ok();
    assert_refused(&app.fetch(&url).await, FORBIDDEN);
}

async fn looking_first_uses_nothing_up(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    let url = viewer.export_url(CSV()).await;
    let look = || Request::head(&url).body(Body::empty()).expect("a request");
    for _ in 0..2 {
        let response = app.request(look()).await;
        assert_eq!(response.status(), StatusCode::OK);
        assert_eq!(response.headers()[header::CONTENT_DISPOSITION], "attachment; filename=\"records-2026-05-31.csv\"");
        assert!(!response.headers().contains_key(header::CONTENT_LENGTH), "{response:?}");
        assert!(response.body().is_empty());
    }
    assert_eq!(app.fetch(&url).await.status(), StatusCode::OK);
    assert_eq!(app.request(look()).await.status(), StatusCode::NOT_FOUND);
}

async fn a_file_says_what_it_is_and_is_neither_compressed_nor_cut_off(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    analyst.enter(json!({ "notes": "long ".repeat(400) })).await;
    // No time at all for an answer.
    let hasty = app.with(|config| config.request_timeout = Duration::ZERO);
    for (format, name, media) in [
        ("CSV", "records-2026-05-31.csv", "text/csv; charset=utf-8; header=present"),
        ("JSON_LINES", "records-2026-05-31.jsonl", "application/x-ndjson"),
        ("XLSX", "records-2026-05-31.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ] {
        let url = analyst.export_url(json!({ "format": format })).await;
        let request = Request::get(&url).header(header::ACCEPT_ENCODING, "gzip, br").body(Body::empty());
        let response = hasty.request(request.expect("a request")).await;
        assert_eq!(response.status(), StatusCode::OK, "{response:?}");
        let headers = response.headers();
        assert_eq!(headers[header::CONTENT_TYPE], media);
        assert_eq!(headers[header::CONTENT_DISPOSITION], format!("attachment; filename=\"{name}\""));
        assert_eq!(headers[header::CONTENT_LENGTH], response.body().len().to_string());
        assert!(response.body().len() > 2_000 && !headers.contains_key(header::CONTENT_ENCODING));
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
        assert!(headers.contains_key("x-request-id"));
    }
    let impatient = Client::export(&hasty.with_token(analyst.token()), CSV()).await;
    assert_eq!(impatient.code(), "UNAVAILABLE");
    let elsewhere = Request::get(analyst.export_url(CSV()).await).header(header::HOST, "evil.example");
    let response = app.request(elsewhere.body(Body::empty()).expect("a request")).await;
    assert_eq!(response.status(), StatusCode::MISDIRECTED_REQUEST);
}

async fn a_file_that_has_no_room_is_refused_and_can_be_fetched_later(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    analyst.enter(json!({ "notes": "x".repeat(2_000) })).await;
    let url = analyst.export_url(CSV()).await;
    let small = app.with(|config| config.max_export_bytes = 1_024);
    let response = small.fetch(&url).await;
    assert_refused(&response, (413, "QUERY_TOO_COMPLEX"));
    let body: Value = serde_json::from_slice(response.body()).expect("an object");
    assert_eq!(body["errors"][0]["extensions"]["limit"], 1_024);
    assert_eq!(app.fetch(&url).await.status(), StatusCode::OK);
    // What was written before gave its room back.
    let tight = app.with(|config| config.max_export_bytes = 3_000);
    for _ in 0..3 {
        let url = analyst.export_url(CSV()).await;
        let fetched = tight.fetch(&url).await;
        assert_eq!(fetched.status(), StatusCode::OK, "{fetched:?}");
    }
}

async fn a_user_is_offered_a_hundred_files_in_five_minutes(app: TestApp) {
    let (viewer, other) = (app.as_(Role::Viewer).await, app.as_(Role::Viewer).await);
    for _ in 0..100 {
        viewer.export(CSV()).await.ok();
    }
    let response = viewer.export(CSV()).await;
    assert_eq!(response.code(), "RATE_LIMITED");
    assert_eq!(response.error()["extensions"]["retryAfter"], 300);
    other.export(CSV()).await.ok();
    app.advance(TimeDelta::minutes(5));
    viewer.export(CSV()).await.ok();
}

async fn what_is_wrong_with_an_export_is_told_with_its_path(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    let before = app.rows().await;
    let filter = json!({ "categories": ["fine", "a\0b"], "from": "2026-02-30", "currency": "usd" });
    let response = viewer.export(json!({ "format": "CSV", "filter": filter })).await;
    let paths: Vec<_> = response.errors.iter().map(|error| error["extensions"]["field"].clone()).collect();
    assert_eq!(paths, ["input.filter.categories.1", "input.filter.from", "input.filter.currency"]);
    let response = viewer.export(json!({ "format": "PDF" })).await;
    assert_eq!((response.code(), response.field()), ("BAD_USER_INPUT", Some("input.format")), "{}", response.body);
    assert_eq!(app.rows().await, before);
}

async fn many_users_get_their_files_in_turns(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    admin.enter(json!({})).await;
    let mut urls = Vec::new();
    for _ in 0..6 {
        let viewer = app.as_(Role::Viewer).await;
        urls.push(viewer.export_url(CSV()).await);
        urls.push(viewer.export_url(CSV()).await);
    }
    assert_eq!(urls.iter().collect::<HashSet<_>>().len(), 12);
    let files = join_all(urls.iter().map(|url| app.fetch(url))).await;
    assert!(files.iter().all(|file| file.status() == StatusCode::OK), "{files:?}");
}

async fn expired_offers_are_forgotten(app: TestApp) {
    app.as_(Role::Viewer).await.export(CSV()).await.ok();
    app.advance(TimeDelta::minutes(60));
    app.as_(Role::Viewer).await.export(CSV()).await.ok();
    app.advance(TimeDelta::minutes(6));
    let forget = async || exports::forget(app.services()).await.unwrap_or_else(|error| panic!("{error:?}"));
    forget().await;
    assert_eq!(app.rows().await["downloads"].len(), 1);
    app.advance(TimeDelta::minutes(60));
    forget().await;
    assert_eq!(app.rows().await["downloads"].len(), 0);
}
