//! Accounts: how they are made, listed and changed, and what is refused.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use entity::Role;
use futures_util::future::join_all;
use serde_json::{Value, json};

use crate::{
    harness::{PASSWORD, TestApp},
    on_both,
};

on_both![
    an_admin_makes_users_of_any_role,
    users_are_found_by_text_role_and_state,
    users_come_in_pages_both_ways,
    a_change_to_nothing_new_changes_nothing,
    a_change_that_is_out_of_date_is_refused,
    of_ten_changes_of_one_version_one_succeeds,
    the_last_active_admin_can_be_neither_demoted_nor_deactivated,
    admins_who_demote_each_other_at_once_leave_one,
    who_is_deactivated_is_signed_out_at_once_and_can_come_back,
    a_password_is_changed_by_who_knows_it_and_ends_the_other_sessions,
    guesses_at_ones_own_password_are_throttled,
    an_unknown_user_is_null_in_queries_and_an_error_in_mutations,
];

const ME: &str = "{ me { id name email role isActive version } }";
const CREATE_USER: &str = "mutation ($input: CreateUserInput!) {
    createUser(input: $input) { user { id name email role isActive } }
}";
const UPDATE_USER: &str = "mutation ($input: UpdateUserInput!) {
    updateUser(input: $input) { user { name role isActive version } }
}";
const CHANGE_PASSWORD: &str =
    "mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { user { id } } }";
const LOGIN: &str = "mutation ($email: String!, $password: String!) {
    login(input: {email: $email, password: $password}) { user { id } }
}";
const NAMES: &str = "query ($filter: UserFilter) { users(filter: $filter) { nodes { name } totalCount } }";
const PAGE: &str = "query ($first: Int, $after: String, $last: Int, $before: String) {
    users(first: $first, after: $after, last: $last, before: $before) {
        edges { cursor node { name } }
        pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
    }
}";

async fn an_admin_makes_users_of_any_role(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    for (role, expected) in [(Value::Null, "VIEWER"), (json!("ANALYST"), "ANALYST"), (json!("ADMIN"), "ADMIN")] {
        let email = format!("{expected}@example.org");
        let input = json!({ "email": email, "name": expected, "password": PASSWORD, "role": role });
        let data = admin.run(CREATE_USER, json!({ "input": input })).await.ok();
        assert_eq!(data["createUser"]["user"]["role"], expected);
    }
}

async fn users_are_found_by_text_role_and_state(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    for (name, email, role) in [
        ("Zoë 100%", "zoe@example.org", "VIEWER"),
        ("Max_Power", "max@example.org", "ANALYST"),
        ("MaxXPower", "other@example.com", "ANALYST"),
        ("O'Neil \\ Sons", "sons@example.com", "VIEWER"),
    ] {
        app.advance(TimeDelta::seconds(1));
        let input = json!({ "email": email, "name": name, "password": PASSWORD, "role": role });
        admin.run(CREATE_USER, json!({ "input": input })).await.ok();
    }
    for (filter, expected) in [
        (json!(null), vec!["O'Neil \\ Sons", "MaxXPower", "Max_Power", "Zoë 100%", "Admin"]),
        (json!({ "search": "max_" }), vec!["Max_Power"]),
        (json!({ "search": "%" }), vec!["Zoë 100%"]),
        (json!({ "search": "\\" }), vec!["O'Neil \\ Sons"]),
        (json!({ "search": "'" }), vec!["O'Neil \\ Sons"]),
        (json!({ "search": "zoË" }), vec![]),
        (json!({ "search": "ZOë" }), vec!["Zoë 100%"]),
        (json!({ "search": "EXAMPLE.COM" }), vec!["O'Neil \\ Sons", "MaxXPower"]),
        (json!({ "search": " " }), vec!["O'Neil \\ Sons", "MaxXPower", "Max_Power", "Zoë 100%", "Admin"]),
        (json!({ "role": "ANALYST", "search": "power" }), vec!["MaxXPower", "Max_Power"]),
        (json!({ "isActive": false }), vec![]),
    ] {
        let users = admin.run(NAMES, json!({ "filter": filter })).await.ok()["users"].take();
        let expected: Vec<_> = expected.iter().map(|name| json!({ "name": name })).collect();
        assert_eq!(users, json!({ "nodes": expected, "totalCount": expected.len() }), "{filter}");
    }
    for search in ["a\0b".to_owned(), "x".repeat(101)] {
        let response = admin.run(NAMES, json!({ "filter": { "search": search } })).await;
        assert_eq!((response.code(), response.field()), ("BAD_USER_INPUT", Some("filter.search")));
    }
}

async fn users_come_in_pages_both_ways(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    for _ in 0..24 {
        app.user(Role::Viewer).await;
    }
    for (size, from) in [("first", "after"), ("last", "before")] {
        let (mut seen, mut cursor, mut pages) = (BTreeSet::new(), Value::Null, 0);
        loop {
            let page = admin.run(PAGE, json!({ size: 10, from: cursor })).await.ok()["users"].take();
            let edges = page["edges"].as_array().expect("a list");
            seen.extend(edges.iter().map(|edge| edge["cursor"].to_string()));
            pages += 1;
            let (more, next) =
                if size == "first" { ("hasNextPage", "endCursor") } else { ("hasPreviousPage", "startCursor") };
            if page["pageInfo"][more] == false {
                break;
            }
            cursor = page["pageInfo"][next].clone();
        }
        assert_eq!((pages, seen.len()), (3, 25));
    }
    let response = admin.run(PAGE, json!({ "first": 1, "after": "bm8gY3Vyc29y" })).await;
    assert_eq!((response.code(), response.field()), ("BAD_USER_INPUT", Some("after")));
}

async fn a_change_to_nothing_new_changes_nothing(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let user = app.as_(Role::Viewer).await;
    let before = app.rows().await;
    for input in [
        json!({ "id": user.id() }),
        json!({ "id": user.id(), "name": null, "role": null, "isActive": null, "expectedVersion": null }),
        json!({ "id": user.id(), "name": "Viewer", "role": "VIEWER", "isActive": true, "expectedVersion": 1 }),
    ] {
        let data = admin.run(UPDATE_USER, json!({ "input": input })).await.ok();
        assert_eq!(data["updateUser"]["user"]["version"], 1);
    }
    assert_eq!(app.rows().await, before);
}

async fn a_change_that_is_out_of_date_is_refused(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let user = app.as_(Role::Viewer).await;
    let id = user.id();
    let input = json!({ "id": id, "name": "Ada", "expectedVersion": 1 });
    let data = admin.run(UPDATE_USER, json!({ "input": input })).await.ok();
    assert_eq!(data["updateUser"]["user"], json!({ "name": "Ada", "role": "VIEWER", "isActive": true, "version": 2 }));

    let before = app.rows().await;
    for input in [json!({ "id": id, "name": "Eve", "expectedVersion": 1 }), json!({ "id": id, "expectedVersion": 3 })] {
        let response = admin.run(UPDATE_USER, json!({ "input": input })).await;
        assert_eq!(response.code(), "VERSION_CONFLICT");
        assert_eq!(response.error()["extensions"]["currentVersion"], 2);
    }
    assert_eq!(app.rows().await, before);
}

async fn of_ten_changes_of_one_version_one_succeeds(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let user = app.as_(Role::Viewer).await;
    let racers = (0..10).map(|number| {
        let (admin, id) = (admin.clone(), user.id());
        let input = json!({ "id": id, "name": format!("Name {number}"), "expectedVersion": 1 });
        async move { admin.run(UPDATE_USER, json!({ "input": input })).await }
    });
    let responses = join_all(racers).await;
    let codes: Vec<_> = responses.iter().flat_map(|response| response.codes()).collect();
    assert_eq!(codes, ["VERSION_CONFLICT"; 9]);
}

async fn the_last_active_admin_can_be_neither_demoted_nor_deactivated(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let other = app.as_(Role::Admin).await;
    let deactivate = json!({ "input": { "id": other.id(), "isActive": false } });
    admin.run(UPDATE_USER, deactivate).await.ok();

    let before = app.rows().await;
    for (change, field) in [
        (json!({ "role": "ANALYST" }), "role"),
        (json!({ "isActive": false }), "isActive"),
        (json!({ "role": "ADMIN", "isActive": false }), "isActive"),
    ] {
        let mut input = change.clone();
        input["id"] = json!(admin.id());
        let response = admin.run(UPDATE_USER, json!({ "input": input })).await;
        assert_eq!((response.code(), response.field()), ("CONFLICT", Some(&*format!("input.{field}"))));
    }
    assert_eq!(app.rows().await, before);

    let reactivate = json!({ "input": { "id": other.id(), "isActive": true } });
    admin.run(UPDATE_USER, reactivate).await.ok();
    let demote = json!({ "input": { "id": admin.id(), "role": "VIEWER" } });
    admin.run(UPDATE_USER, demote).await.ok();
    assert_eq!(admin.run(UPDATE_USER, json!({ "input": { "id": other.id() } })).await.code(), "FORBIDDEN");
}

async fn admins_who_demote_each_other_at_once_leave_one(app: TestApp) {
    let mut admins = Vec::new();
    for _ in 0..10 {
        admins.push(app.as_(Role::Admin).await);
    }
    let racers = (0..10).map(|number| {
        let (admin, next) = (admins[number].clone(), admins[(number + 1) % 10].id());
        let input = match number % 2 {
            0 => json!({ "id": next, "role": "VIEWER" }),
            _ => json!({ "id": next, "isActive": false }),
        };
        async move { admin.run(UPDATE_USER, json!({ "input": input })).await }
    });
    let responses = join_all(racers).await;
    let codes: BTreeSet<_> = responses.iter().flat_map(|response| response.codes()).collect();
    assert!(codes.iter().all(|code| ["CONFLICT", "FORBIDDEN", "UNAUTHENTICATED"].contains(code)), "{codes:?}");
    let active = app.texts("SELECT role FROM users WHERE is_active").await;
    assert!(active.iter().any(|role| role == "ADMIN"), "{active:?}");
}

async fn who_is_deactivated_is_signed_out_at_once_and_can_come_back(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let user = app.as_(Role::Analyst).await;
    let set_active = async |is_active: bool| {
        let input = json!({ "id": user.id(), "isActive": is_active });
        admin.run(UPDATE_USER, json!({ "input": input })).await.ok();
    };
    user.run(ME, Value::Null).await.ok();
    set_active(false).await;
    assert_eq!(user.run(ME, Value::Null).await.code(), "UNAUTHENTICATED");
    let credentials = json!({ "email": user.user().email, "password": PASSWORD });
    assert_eq!(app.anonymous().run(LOGIN, credentials.clone()).await.code(), "INVALID_CREDENTIALS");
    set_active(true).await;
    assert_eq!(user.run(ME, Value::Null).await.code(), "UNAUTHENTICATED");
    app.anonymous().run(LOGIN, credentials).await.ok();
}

async fn a_password_is_changed_by_who_knows_it_and_ends_the_other_sessions(app: TestApp) {
    let user = app.as_(Role::Viewer).await;
    let elsewhere = app.signed_in(user.user()).await;
    let new = "parsnips and turnips";

    let before = app.rows().await;
    let bad = json!({ "currentPassword": PASSWORD, "newPassword": "12345678" });
    let response = user.run(CHANGE_PASSWORD, json!({ "input": bad })).await;
    assert_eq!((response.code(), response.field()), ("BAD_USER_INPUT", Some("input.newPassword")));
    assert_eq!(app.rows().await, before);
    let wrong = json!({ "currentPassword": "wrong", "newPassword": new });
    let response = user.run(CHANGE_PASSWORD, json!({ "input": wrong })).await;
    assert_eq!((response.code(), response.field()), ("INVALID_CREDENTIALS", Some("input.currentPassword")));
    elsewhere.run(ME, Value::Null).await.ok();

    let right = json!({ "currentPassword": PASSWORD, "newPassword": new });
    user.run(CHANGE_PASSWORD, json!({ "input": right })).await.ok();
    user.run(ME, Value::Null).await.ok();
    assert_eq!(elsewhere.run(ME, Value::Null).await.code(), "UNAUTHENTICATED");
    let login = async |password: &str| {
        app.anonymous().run(LOGIN, json!({ "email": user.user().email, "password": password })).await
    };
    assert_eq!(login(PASSWORD).await.code(), "INVALID_CREDENTIALS");
    login(new).await.ok();
}

async fn guesses_at_ones_own_password_are_throttled(app: TestApp) {
    let user = app.as_(Role::Viewer).await;
    let change = async |current: &str| {
        let input = json!({ "currentPassword": current, "newPassword": "parsnips and turnips" });
        user.run(CHANGE_PASSWORD, json!({ "input": input })).await
    };
    for _ in 0..5 {
        assert_eq!(change("guess").await.code(), "INVALID_CREDENTIALS");
    }
    assert_eq!(change(PASSWORD).await.code(), "RATE_LIMITED");
    app.anonymous().run(LOGIN, json!({ "email": user.user().email, "password": PASSWORD })).await.ok();
    app.advance(TimeDelta::seconds(1));
    change(PASSWORD).await.ok();
}

async fn an_unknown_user_is_null_in_queries_and_an_error_in_mutations(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let nobody = "user_01h455vb4pex5vsknk084sn02q";
    let find = "query ($id: ID!) { user(id: $id) { id } }";
    assert_eq!(admin.run(find, json!({ "id": nobody })).await.ok()["user"], Value::Null);
    let found = admin.run(find, json!({ "id": admin.id() })).await.ok();
    assert_eq!(found["user"]["id"], json!(admin.id()));
    for id in ["record_01h455vb4pex5vsknk084sn02q", "42", ""] {
        assert_eq!(admin.run(find, json!({ "id": id })).await.code(), "BAD_USER_INPUT");
    }
    let response = admin.run(UPDATE_USER, json!({ "input": { "id": nobody, "name": "Nobody" } })).await;
    assert_eq!((response.code(), response.field()), ("NOT_FOUND", Some("input.id")));
}
