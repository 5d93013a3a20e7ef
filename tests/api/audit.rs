//! The audit trail: what is written to it, who reads it, and what is never in it.

use chrono::TimeDelta;
use entity::Role;
use serde_json::{Value, json};

use crate::{
    harness::{Client, PASSWORD, TestApp},
    on_both,
};

on_both![
    a_users_life_is_written_down,
    a_sessions_life_is_written_down,
    a_change_of_nothing_is_no_event,
    a_refused_change_is_no_event,
    events_are_found_by_actor_entity_action_and_time,
    events_come_newest_first_in_pages,
    a_stretch_of_time_that_cannot_be_is_refused,
    a_hundred_events_take_four_statements,
    no_secret_is_in_the_trail,
    only_events_of_records_and_categories_are_found_by_their_id_below_admin,
    the_events_of_a_deleted_record_are_for_admins,
    what_an_event_was_done_to_is_found_by_an_admin,
    a_session_is_found_by_its_user_and_by_admins,
];

const REGISTER: &str = "mutation ($input: RegisterInput!) { register(input: $input) { user { id } } }";
const UPDATE_USER: &str = "mutation ($input: UpdateUserInput!) { updateUser(input: $input) { user { id } } }";
const CHANGE_PASSWORD: &str =
    "mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { user { id } } }";
const LOGIN: &str = "mutation ($email: String!, $password: String!) {
    login(input: {email: $email, password: $password}) { accessToken refreshToken }
}";
const REFRESH: &str = "mutation ($token: String!) { refreshSession(input: {refreshToken: $token}) { refreshToken } }";
const EVENTS: &str = "query ($filter: AuditFilter, $first: Int, $after: String) {
    auditEvents(filter: $filter, first: $first, after: $after) {
        nodes {
            id at action entityType entityId requestId
            actor { id name email }
            changes { field before after }
        }
        pageInfo { endCursor hasNextPage }
        totalCount
    }
}";

/// The events that `filter` means, oldest first.
async fn events(admin: &Client, filter: Value) -> Vec<Value> {
    let variables = json!({ "filter": filter, "first": 100 });
    let mut page = admin.run(EVENTS, variables).await.ok()["auditEvents"].take();
    let Value::Array(mut events) = page["nodes"].take() else { panic!("a list of events") };
    assert_eq!(page["totalCount"], events.len());
    events.reverse();
    events
}

/// What was done, by each of the `events`.
fn actions(events: &[Value]) -> Vec<&str> {
    events.iter().map(|event| event["action"].as_str().expect("an action")).collect()
}

async fn a_users_life_is_written_down(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let input = json!({ "email": "ada@example.org", "name": "Ada", "password": PASSWORD });
    let id = app.anonymous().run(REGISTER, json!({ "input": input })).await.ok()["register"]["user"]["id"].take();
    app.advance(TimeDelta::minutes(1));
    let input = json!({ "id": id, "name": "Ada", "role": "ANALYST", "isActive": false });
    admin.run(UPDATE_USER, json!({ "input": input })).await.ok();

    let events = events(&admin, json!({ "entityId": id })).await;
    assert_eq!(actions(&events), ["CREATED", "UPDATED"]);
    let [created, updated] = &events[..] else { unreachable!("two actions were compared") };
    assert_eq!(created["actor"], Value::Null);
    let fields = json!([
        { "field": "email", "before": null, "after": "ada@example.org" },
        { "field": "name", "before": null, "after": "Ada" },
        { "field": "role", "before": null, "after": "VIEWER" },
    ]);
    assert_eq!(created["changes"], fields);
    assert_eq!(updated["actor"]["id"], json!(admin.id()));
    assert_eq!((&updated["entityType"], &updated["entityId"]), (&json!("USER"), &id));
    assert_eq!(updated["at"], "2026-05-31T10:01:00Z");
    assert!(updated["requestId"].is_string());
    let differences = json!([
        { "field": "role", "before": "VIEWER", "after": "ANALYST" },
        { "field": "isActive", "before": "true", "after": "false" },
    ]);
    assert_eq!(updated["changes"], differences);
}

async fn a_sessions_life_is_written_down(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let user = app.as_(Role::Viewer).await;
    let credentials = json!({ "email": user.user().email, "password": PASSWORD });
    let login = async || app.anonymous().run(LOGIN, credentials.clone()).await.ok()["login"]["refreshToken"].take();

    let wrong = json!({ "email": user.user().email, "password": "wrong" });
    app.anonymous().run(LOGIN, wrong).await;
    let failed = events(&admin, json!({ "entityId": user.id() })).await;
    assert_eq!(actions(&failed), ["SIGN_IN_FAILED"]);
    assert_eq!(failed[0]["actor"], Value::Null);
    assert_eq!(failed[0]["changes"], json!([{ "field": "address", "before": null, "after": "127.0.0.1" }]));

    let old = login().await;
    app.anonymous().run(REFRESH, json!({ "token": old })).await.ok();
    app.advance(TimeDelta::seconds(10));
    app.anonymous().run(REFRESH, json!({ "token": old })).await;
    login().await;
    let change = json!({ "currentPassword": PASSWORD, "newPassword": "parsnips and turnips" });
    user.run(CHANGE_PASSWORD, json!({ "input": change })).await.ok();

    let events = events(&admin, json!({ "from": app.now() - TimeDelta::minutes(1) })).await;
    let expected = ["SIGN_IN_FAILED", "SIGNED_IN", "REFRESH_REUSED", "SIGNED_IN", "PASSWORD_CHANGED", "REVOKED"];
    assert_eq!(actions(&events), expected);
    assert_eq!(events[1]["entityType"], "SESSION");
    assert_eq!(events[1]["actor"]["id"], json!(user.id()));
    assert_eq!(events[2]["entityId"], events[1]["entityId"]);
    assert_eq!(events[2]["actor"], Value::Null);
    assert_eq!(events[5]["entityId"], events[3]["entityId"]);
}

async fn a_change_of_nothing_is_no_event(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let input = json!({ "id": admin.id(), "name": "Admin", "role": "ADMIN" });
    admin.run(UPDATE_USER, json!({ "input": input })).await.ok();
    assert!(events(&admin, json!({})).await.is_empty());
}

async fn a_refused_change_is_no_event(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    for input in [
        json!({ "id": admin.id(), "role": "VIEWER" }),
        json!({ "id": admin.id(), "name": "Ada", "expectedVersion": 7 }),
    ] {
        assert_eq!(admin.run(UPDATE_USER, json!({ "input": input })).await.errors.len(), 1);
    }
    assert!(events(&admin, json!({})).await.is_empty());
}

async fn events_are_found_by_actor_entity_action_and_time(app: TestApp) {
    let (admin, other) = (app.as_(Role::Admin).await, app.as_(Role::Admin).await);
    let user = app.as_(Role::Viewer).await;
    let start = app.now();
    for (who, name) in [(&admin, "A"), (&other, "B"), (&admin, "C")] {
        app.advance(TimeDelta::minutes(1));
        who.run(UPDATE_USER, json!({ "input": { "id": user.id(), "name": name } })).await.ok();
    }
    let rename = json!({ "input": { "id": other.id(), "isActive": false } });
    admin.run(UPDATE_USER, rename).await.ok();

    let minute = |minutes| start + TimeDelta::minutes(minutes);
    for (filter, count) in [
        (json!(null), 5),
        (json!({ "actor": admin.id() }), 4),
        (json!({ "actor": other.id() }), 1),
        (json!({ "actor": user.id() }), 0),
        (json!({ "entityId": user.id() }), 3),
        (json!({ "entityType": "SESSION" }), 1),
        (json!({ "action": "REVOKED" }), 1),
        (json!({ "action": "CREATED" }), 0),
        (json!({ "from": minute(2) }), 4),
        (json!({ "to": minute(2) }), 1),
        (json!({ "from": minute(2), "to": minute(3) }), 1),
        (json!({ "from": minute(3), "to": minute(3) }), 0),
        (json!({ "actor": admin.id(), "entityId": user.id(), "action": "UPDATED", "from": minute(2) }), 1),
    ] {
        assert_eq!(events(&admin, filter.clone()).await.len(), count, "{filter}");
    }
    for (filter, field) in [
        (json!({ "actor": "session_01h455vb4pex5vsknk084sn02q" }), "filter.actor"),
        (json!({ "entityId": "42" }), "filter.entityId"),
        (json!({ "from": "yesterday" }), "filter.from"),
    ] {
        let response = admin.run(EVENTS, json!({ "filter": filter })).await;
        assert_eq!((response.code(), response.field()), ("BAD_USER_INPUT", Some(field)));
    }
}

async fn events_come_newest_first_in_pages(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    for number in 0..12 {
        app.advance(TimeDelta::seconds(number % 2));
        admin.run(UPDATE_USER, json!({ "input": { "id": admin.id(), "name": format!("N{number}") } })).await.ok();
    }
    let first = admin.run(EVENTS, json!({})).await.ok()["auditEvents"].take();
    let after = &first["pageInfo"]["endCursor"];
    let rest = admin.run(EVENTS, json!({ "after": after })).await.ok()["auditEvents"].take();
    assert_eq!((&first["totalCount"], &rest["totalCount"]), (&json!(12), &json!(12)));
    assert_eq!((&first["pageInfo"]["hasNextPage"], &rest["pageInfo"]["hasNextPage"]), (&json!(true), &json!(false)));
    let pages = [first, rest];
    let nodes = pages.iter().flat_map(|page| page["nodes"].as_array().expect("a list"));
    let names: Vec<_> = nodes.map(|node| node["changes"][0]["after"].as_str().expect("a name")).collect();
    let expected: Vec<_> = (0..12).rev().map(|number| format!("N{number}")).collect();
    assert_eq!(names, expected);
}

async fn a_stretch_of_time_that_cannot_be_is_refused(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    for (filter, field) in [
        (json!({ "from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z" }), "filter.from"),
        (json!({ "from": "1066-10-14T00:00:00Z" }), "filter.from"),
        (json!({ "to": "9999-01-01T00:00:00Z" }), "filter.to"),
    ] {
        let response = admin.run(EVENTS, json!({ "filter": filter })).await;
        assert_eq!((response.code(), response.field()), ("BAD_USER_INPUT", Some(field)));
    }
}

async fn a_hundred_events_take_four_statements(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    for number in 0..100 {
        let who = if number % 2 == 0 { admin.clone() } else { app.as_(Role::Admin).await };
        who.run(UPDATE_USER, json!({ "input": { "id": who.id(), "name": format!("N{number}") } })).await.ok();
    }
    let list = "{ auditEvents(first: 100) { nodes { action changes { after } actor { id name email } } } }";
    admin.run("{ auditEvents { totalCount } }", Value::Null).await.ok();
    let (response, statements) = app.statements_of(admin.run(list, Value::Null)).await;
    assert_eq!(response.ok()["auditEvents"]["nodes"].as_array().map(Vec::len), Some(100));
    // What waits for its position, the page, the names in it, the actors.
    assert_eq!(statements.len(), 4, "{statements:#?}");
}

async fn no_secret_is_in_the_trail(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let input = json!({ "email": "ada@example.org", "name": "Ada", "password": PASSWORD });
    app.anonymous().run(REGISTER, json!({ "input": input })).await.ok();
    let credentials = json!({ "email": "ada@example.org", "password": PASSWORD });
    let data = app.anonymous().run(LOGIN, credentials).await.ok();
    let access = data["login"]["accessToken"].as_str().expect("an access token");
    let change = json!({ "currentPassword": PASSWORD, "newPassword": "parsnips and turnips" });
    app.with_token(access).run(CHANGE_PASSWORD, json!({ "input": change })).await.ok();

    let seen = format!("{:?} {:?}", app.rows().await["audit_events"], events(&admin, json!({})).await);
    let refresh = data["login"]["refreshToken"].as_str().expect("a refresh token");
    for secret in [PASSWORD, "parsnips and turnips", "$2b$", access, refresh] {
        assert!(!seen.contains(secret), "{secret}");
    }
}

async fn only_events_of_records_and_categories_are_found_by_their_id_below_admin(app: TestApp) {
    let (admin, viewer) = (app.as_(Role::Admin).await, app.as_(Role::Viewer).await);
    admin.run(UPDATE_USER, json!({ "input": { "id": admin.id(), "name": "Ada" } })).await.ok();
    let create = "mutation ($input: CreateRecordInput!) { createRecord(input: $input) { record { id } } }";
    let input = json!({ "kind": "EXPENSE", "amount": "1.00", "category": "Rent", "date": "2026-05-01" });
    admin.run(create, json!({ "input": input })).await.ok();
    let node = "query ($id: ID!) { node(id: $id) { id ... on AuditEvent { entityType actor { name } } } }";
    for event in events(&admin, json!({})).await {
        let id = json!({ "id": event["id"] });
        assert_eq!(admin.run(node, id.clone()).await.ok()["node"]["id"], event["id"]);
        let shown = viewer.run(node, id).await.ok()["node"].take();
        assert_eq!(shown.is_null(), event["entityType"] == "USER", "{event}");
    }
}

async fn what_an_event_was_done_to_is_found_by_an_admin(app: TestApp) {
    let (admin, other) = (app.as_(Role::Admin).await, app.as_(Role::Analyst).await);
    let record = admin.enter(json!({})).await;
    admin.rename(json!({ "id": record["category"]["id"], "name": "Lodging" })).await.ok();
    admin.delete(json!({ "id": record["id"] })).await.ok();
    admin.run(UPDATE_USER, json!({ "input": { "id": other.id(), "isActive": false } })).await.ok();
    let node = "query ($id: ID!) { node(id: $id) { __typename id } }";
    let mut types = Vec::new();
    for event in events(&admin, json!({})).await {
        let found = admin.run(node, json!({ "id": event["entityId"] })).await.ok()["node"].take();
        assert_eq!(found["id"], event["entityId"], "{event}");
        types.push(found["__typename"].as_str().expect("a type").to_owned());
    }
    types.sort();
    types.dedup();
    assert_eq!(types, ["Category", "FinancialRecord", "Session", "User"]);
}

async fn a_session_is_found_by_its_user_and_by_admins(app: TestApp) {
    let (admin, owner, other) = (app.as_(Role::Admin).await, app.as_(Role::Viewer).await, app.as_(Role::Analyst).await);
    let node = "query ($id: ID!) { node(id: $id) { id ... on Session { isCurrent } } }";
    for (client, shown) in [(&admin, json!(false)), (&owner, json!(true)), (&other, Value::Null)] {
        let found = client.run(node, json!({ "id": owner.session_id() })).await.ok()["node"].take();
        assert_eq!(found["isCurrent"], shown, "{found}");
    }
}

async fn the_events_of_a_deleted_record_are_for_admins(app: TestApp) {
    let (admin, analyst) = (app.as_(Role::Admin).await, app.as_(Role::Analyst).await);
    let create = "mutation ($input: CreateRecordInput!) { createRecord(input: $input) { record { id } } }";
    let input = json!({ "kind": "EXPENSE", "amount": "1.00", "category": "Rent", "date": "2026-05-01" });
    let record = analyst.run(create, json!({ "input": input })).await.ok()["createRecord"]["record"]["id"].take();
    let event = events(&admin, json!({ "entityId": record })).await[0]["id"].clone();
    let is_shown = async |client: &Client| {
        let node = client.run("query ($id: ID!) { node(id: $id) { id } }", json!({ "id": event })).await;
        !node.ok()["node"].is_null()
    };
    for (change, is_there) in [("deleteRecord", false), ("restoreRecord", true)] {
        let change = format!("mutation ($id: ID!) {{ {change}(input: {{id: $id}}) {{ record {{ id }} }} }}");
        admin.run(&change, json!({ "id": record })).await.ok();
        assert_eq!((is_shown(&analyst).await, is_shown(&admin).await), (is_there, true));
    }
}
