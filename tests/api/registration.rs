//! Who gets an account, by registering or from an admin, and who does not.

use chrono::TimeDelta;
use entity::Role;
use futures_util::future::join_all;
use serde_json::json;
use tallybook::config::Registration;

use crate::{
    harness::{PASSWORD, Rows, TestApp},
    on_both,
};

on_both![
    whoever_registers_is_a_viewer_and_sees_their_own_account,
    an_address_registers_twenty_times_a_minute,
    nobody_registers_where_registration_is_closed,
    one_email_address_is_one_account_in_any_case,
    bad_input_is_refused_by_name_and_makes_nobody,
    nobody_registers_who_passes_for_an_admin,
    everybody_changes_their_own_name_and_nothing_else_of_their_account,
    nobody_takes_a_name_that_passes_for_an_admins,
];

const LOGIN: &str = "mutation ($email: String!, $password: String!) {
    login(input: {email: $email, password: $password}) { user { id } }
}";
const REGISTER: &str = "mutation ($input: RegisterInput!) {
    register(input: $input) { user { name email role isActive version } }
}";
const CREATE_USER: &str = "mutation ($input: CreateUserInput!) {
    createUser(input: $input) { user { id name email role isActive } }
}";
const UPDATE_USER: &str = "mutation ($input: UpdateUserInput!) {
    updateUser(input: $input) { user { name role isActive version } }
}";

const UPDATE_PROFILE: &str = "mutation ($input: UpdateProfileInput!) {
    updateProfile(input: $input) { user { name email role version } query { me { name } } }
}";

async fn whoever_registers_is_a_viewer_and_sees_their_own_account(app: TestApp) {
    let input = json!({ "email": " Ada@Example.org ", "name": " Ada  ", "password": PASSWORD });
    let data = app.anonymous().run(REGISTER, json!({ "input": input })).await.ok();
    let ada = json!({ "name": "Ada", "email": "ada@example.org", "role": "VIEWER", "isActive": true, "version": 1 });
    assert_eq!(data["register"]["user"], ada);
    app.anonymous().run(LOGIN, json!({ "email": "ADA@example.org", "password": PASSWORD })).await.ok();
}

async fn an_address_registers_twenty_times_a_minute(app: TestApp) {
    let register = async |number: i32, address: [u8; 4]| {
        let email = format!("{number}-{}@example.org", address[3]);
        let input = json!({ "email": email, "name": "N", "password": PASSWORD });
        app.anonymous().at_address(address).run(REGISTER, json!({ "input": input })).await
    };
    for number in 0..20 {
        register(number, [192, 0, 2, 1]).await.ok();
    }
    let response = register(20, [192, 0, 2, 1]).await;
    assert_eq!(response.code(), "RATE_LIMITED");
    assert_eq!(response.error()["extensions"]["retryAfter"], 60);
    register(20, [192, 0, 2, 2]).await.ok();
    app.advance(TimeDelta::seconds(60));
    register(21, [192, 0, 2, 1]).await.ok();
}

async fn nobody_registers_where_registration_is_closed(app: TestApp) {
    let before = app.rows().await;
    let closed = app.with(|config| config.registration = Some(Registration::Closed));
    let input = json!({ "email": "ada@example.org", "name": "Ada", "password": PASSWORD });
    assert_eq!(closed.anonymous().run(REGISTER, json!({ "input": input })).await.code(), "REGISTRATION_CLOSED");
    assert_eq!(app.rows().await, before);
}

async fn one_email_address_is_one_account_in_any_case(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let input = json!({ "email": admin.user().email.to_uppercase(), "name": "Ada", "password": PASSWORD });
    for response in [
        app.anonymous().run(REGISTER, json!({ "input": input })).await,
        admin.run(CREATE_USER, json!({ "input": input })).await,
    ] {
        assert_eq!((response.code(), response.field()), ("CONFLICT", Some("input.email")));
    }

    let racers = (0..10).map(|number| {
        let input = json!({ "email": "eve@example.org", "name": format!("Eve {number}"), "password": PASSWORD });
        let admin = admin.clone();
        async move { admin.run(CREATE_USER, json!({ "input": input })).await }
    });
    let made = join_all(racers).await.into_iter().filter(|response| response.errors.is_empty()).count();
    assert_eq!(made, 1);
}

async fn bad_input_is_refused_by_name_and_makes_nobody(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let before = app.rows().await;
    let good = json!({ "email": "ada@example.org", "name": "Ada", "password": PASSWORD });
    for (field, values) in [
        (
            "email",
            vec!["", "ada", "Ada <ada@example.org>", "ada@example.org\0", "a b@example.org", "a\u{200b}@example.org"],
        ),
        ("name", vec!["", "  ", "\u{200b}", "a\nb", "\u{1b}[1m", "Ada\u{202e}", &"x".repeat(101)]),
        ("password", vec!["", "seven77", "password1", "Sunshine1", "nul\0inside", &"x".repeat(129)]),
    ] {
        for value in values {
            let mut input = good.clone();
            input[field] = value.into();
            for response in [
                app.anonymous().run(REGISTER, json!({ "input": input })).await,
                admin.run(CREATE_USER, json!({ "input": input })).await,
            ] {
                assert_eq!(
                    (response.code(), response.field()),
                    ("BAD_USER_INPUT", Some(&*format!("input.{field}"))),
                    "{value:?}"
                );
            }
        }
    }
    assert_eq!(app.rows().await, before);
}

async fn nobody_registers_who_passes_for_an_admin(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let rename = json!({ "input": { "id": admin.id(), "name": "Adam Okafor" } });
    admin.run(UPDATE_USER, rename).await.ok();
    let register = async |email: &str, name: &str, password: &str| {
        let input = json!({ "email": email, "name": name, "password": password });
        app.anonymous().run(REGISTER, json!({ "input": input })).await
    };
    let before = without_counters(&app).await;
    for name in ["Adam Okafor", "ADAM  okafor", "Adam 0kafor", "Adarn Okafor"] {
        let response = register("eve@example.org", name, PASSWORD).await;
        assert_eq!((response.code(), response.field()), ("CONFLICT", Some("input.name")), "{name:?}");
    }
    for (email, name, password, field) in [
        ("eve@example.org", "Аdam Okafor", PASSWORD, "input.name"),
        ("еve@example.org", "Eve", PASSWORD, "input.email"),
        ("\"eve\"@example.org", "Eve", PASSWORD, "input.email"),
        ("evelyn@example.org", "Eve", "evelyn@example.org", "input.password"),
        ("evelyn@example.org", "Eve", "Evelyn the 1st", "input.password"),
        ("eve@example.org", "Eve Adams", "eve adams 2026", "input.password"),
        ("eve@example.org", "Eve", "Tallybook 2026", "input.password"),
    ] {
        let response = register(email, name, password).await;
        assert_eq!((response.code(), response.field()), ("BAD_USER_INPUT", Some(field)), "{email} {name} {password}");
    }
    assert_eq!(without_counters(&app).await, before);
    register("eve@example.org", "Eve", PASSWORD).await.ok();
    // Two people of one name are no deception where an admin enters them.
    let input = json!({ "email": "adam@example.org", "name": "Adam Okafor", "password": PASSWORD, "role": "VIEWER" });
    admin.run(CREATE_USER, json!({ "input": input })).await.ok();
}

async fn everybody_changes_their_own_name_and_nothing_else_of_their_account(app: TestApp) {
    for role in [Role::Viewer, Role::Analyst, Role::Admin] {
        let client = app.as_(role).await;
        let input = json!({ "name": "  Grace Hopper ", "expectedVersion": 1 });
        let payload = client.run(UPDATE_PROFILE, json!({ "input": input })).await.ok()["updateProfile"].take();
        let user =
            json!({ "name": "Grace Hopper", "email": client.user().email, "role": role.to_string(), "version": 2 });
        assert_eq!(payload, json!({ "user": user, "query": { "me": { "name": "Grace Hopper" } } }));
        let before = app.rows().await;
        let late = client.run(UPDATE_PROFILE, json!({ "input": { "name": "Eve", "expectedVersion": 1 } })).await;
        assert_eq!((late.code(), &late.error()["extensions"]["currentVersion"]), ("VERSION_CONFLICT", &json!(2)));
        let none = client.run(UPDATE_PROFILE, json!({ "input": { "name": "\u{200b}" } })).await;
        assert_eq!((none.code(), none.field()), ("BAD_USER_INPUT", Some("input.name")));
        let same = client.run(UPDATE_PROFILE, json!({ "input": { "name": "Grace Hopper" } })).await.ok();
        assert_eq!(same["updateProfile"]["user"]["version"], 2);
        assert_eq!(app.rows().await, before);
    }
}

async fn nobody_takes_a_name_that_passes_for_an_admins(app: TestApp) {
    let (admin, viewer) = (app.as_(Role::Admin).await, app.as_(Role::Viewer).await);
    admin.run(UPDATE_PROFILE, json!({ "input": { "name": "Adam Okafor" } })).await.ok();
    let before = app.rows().await;
    for name in ["Adam Okafor", "ADAM  okafor", "Adarn Okafor"] {
        let response = viewer.run(UPDATE_PROFILE, json!({ "input": { "name": name } })).await;
        assert_eq!((response.code(), response.field()), ("CONFLICT", Some("input.name")), "{name:?}");
    }
    assert_eq!(app.rows().await, before);
    // Their own name in another case is no deception.
    admin.run(UPDATE_PROFILE, json!({ "input": { "name": "ADAM OKAFOR" } })).await.ok();
    // Somebody who got such a name from an admin can save a form that repeats it.
    let rename = json!({ "input": { "id": viewer.id(), "name": "Adam Okafor" } });
    admin.run(UPDATE_USER, rename).await.ok();
    viewer.run(UPDATE_PROFILE, json!({ "input": { "name": "Adam Okafor" } })).await.ok();
}

async fn without_counters(app: &TestApp) -> Rows {
    let mut rows = app.rows().await;
    rows.remove("throttles");
    rows
}
