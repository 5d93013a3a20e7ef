//! API tokens: whom they act for, what they may do, and how they end. What each role may do through one, `access` tries.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use entity::Role;
use futures_util::future::join_all;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    books::with,
    harness::{Client, Response, TestApp},
    imports, on_both,
    viewers::within_a_moment,
};

on_both![
    a_token_acts_for_its_owner_with_the_lesser_role_of_now,
    a_token_stops_working_when_it_expires_or_is_revoked_and_when_its_owner_is_deactivated,
    a_token_is_shown_once_and_kept_as_a_hash,
    nobody_makes_a_token_that_may_do_more_than_they,
    a_user_has_a_hundred_good_tokens_at_the_most,
    users_see_and_revoke_their_own_tokens_and_admins_all,
    wrong_tokens_are_refused_and_counted_by_their_network,
    a_program_that_goes_on_with_a_revoked_token_keeps_out_nobody_else,
    it_is_known_when_and_from_where_a_token_was_last_used,
    the_trail_says_what_was_done_through_a_token,
    a_token_sends_and_fetches_files,
    through_a_token_sessions_and_other_tokens_are_not_seen,
];

const ME: &str = "{ me { id role } }";
const UPDATE: &str = "mutation ($input: UpdateUserInput!) { updateUser(input: $input) { user { id } } }";
const REVOKE: &str =
    "mutation ($id: ID!) { revokeApiToken(input: { id: $id }) { revokedApiTokenId apiToken { revokedAt } } }";
const LIST: &str = "query ($all: Boolean!) { apiTokens(ofEverybody: $all) { nodes { id owner { id } } } }";

impl Client {
    /// Creates a token of `input`, which has a name.
    pub async fn create_token(&self, input: Value) -> Response {
        let create = "mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) {
            token replayed apiToken { id name role createdAt expiresAt lastUsedAt lastUsedFrom revokedAt owner { id } } } }";
        self.run(create, json!({ "input": with(json!({ "name": "Backup" }), input) })).await
    }

    /// Another client, which acts for the same user through a new token of `role`.
    pub async fn through_token(&self, app: &TestApp, role: Role) -> Self {
        let made = self.create_token(json!({ "role": role.to_string() })).await.ok();
        let client = app.with_token(made["createApiToken"]["token"].as_str().expect("a token"));
        // Its first use is written down before anything is compared.
        client.run(ME, Value::Null).await.ok();
        let id = made["createApiToken"]["apiToken"]["id"].clone();
        within_a_moment(async { while self.token_now(&id).await["lastUsedAt"].is_null() {} }).await;
        client
    }

    async fn token_now(&self, id: &Value) -> Value {
        let query = "query ($id: ID!) { node(id: $id) { ... on ApiToken { lastUsedAt lastUsedFrom revokedAt } } }";
        self.run(query, json!({ "id": id })).await.ok()["node"].take()
    }

    async fn token_ids(&self, all: bool) -> Response {
        self.run(LIST, json!({ "all": all })).await
    }
}

/// The text and the id of a new token of `client`.
async fn made(client: &Client, input: Value) -> (String, Value) {
    let made = client.create_token(input).await.ok()["createApiToken"].take();
    (made["token"].as_str().expect("a token").to_owned(), made["apiToken"]["id"].clone())
}

async fn a_token_acts_for_its_owner_with_the_lesser_role_of_now(app: TestApp) {
    let (boss, admin) = (app.as_(Role::Admin).await, app.as_(Role::Admin).await);
    let analyst = admin.through_token(&app, Role::Analyst).await;
    let whole = admin.through_token(&app, Role::Admin).await;
    let role = async |client: &Client| client.run(ME, Value::Null).await.ok()["me"].take();
    assert_eq!(role(&analyst).await, json!({ "id": admin.id(), "role": "ANALYST" }));
    assert_eq!(role(&whole).await, json!({ "id": admin.id(), "role": "ADMIN" }));
    let record = analyst.enter(json!({})).await;
    assert_eq!(record["createdBy"]["id"], json!(admin.id()));
    assert_eq!(analyst.delete(json!({ "id": record["id"] })).await.code(), "FORBIDDEN");
    whole.delete(json!({ "id": record["id"] })).await.ok();
    // The owner becomes a viewer: so do both, with the next request.
    boss.run(UPDATE, json!({ "input": { "id": admin.id(), "role": "VIEWER" } })).await.ok();
    for client in [&analyst, &whole] {
        assert_eq!(role(client).await["role"], "VIEWER");
        assert_eq!(client.create(crate::books::an_expense(json!({}))).await.code(), "FORBIDDEN");
        assert_eq!(client.records(json!({ "filter": { "deleted": "ONLY" } })).await.code(), "FORBIDDEN");
    }
    // And back again, each up to its own role.
    boss.run(UPDATE, json!({ "input": { "id": admin.id(), "role": "ADMIN" } })).await.ok();
    assert_eq!((&role(&analyst).await["role"], &role(&whole).await["role"]), (&json!("ANALYST"), &json!("ADMIN")));
    // Also where the same request changed something before.
    let update =
        "mutation ($id: ID!) { updateUser(input: { id: $id, name: \"Other\" }) { query { me { name role } } } }";
    let changed = whole.run(update, json!({ "id": admin.id() })).await.ok()["updateUser"]["query"]["me"].take();
    assert_eq!(changed, json!({ "name": "Other", "role": "ADMIN" }));
    let create = "mutation ($input: CreateRecordInput!) { createRecord(input: $input) { query { me { role } } } }";
    let seen = analyst.run(create, json!({ "input": crate::books::an_expense(json!({})) })).await.ok();
    assert_eq!(seen["createRecord"]["query"]["me"]["role"], "ANALYST");
}

async fn a_token_stops_working_when_it_expires_or_is_revoked_and_when_its_owner_is_deactivated(app: TestApp) {
    let (boss, owner) = (app.as_(Role::Admin).await, app.as_(Role::Analyst).await);
    let works = async |text: &str| {
        let response = app.with_token(text).run(ME, Value::Null).await;
        assert!(response.errors.is_empty() || response.code() == "UNAUTHENTICATED", "{}", response.body);
        response.errors.is_empty()
    };
    let at = (app.now() + TimeDelta::seconds(90)).to_rfc3339();
    let (short, _) = made(&owner, json!({ "role": "VIEWER", "expiresAt": at })).await;
    let (long, id) = made(&owner, json!({ "role": "VIEWER" })).await;
    let (other, _) = made(&owner, json!({ "role": "VIEWER" })).await;
    assert!(works(&short).await && works(&long).await && works(&other).await);
    app.advance(TimeDelta::seconds(89));
    assert!(works(&short).await);
    app.advance(TimeDelta::seconds(1));
    assert!(!works(&short).await, "it has expired, though it was used a second ago");
    let revoked = owner.run(REVOKE, json!({ "id": id })).await.ok()["revokeApiToken"].take();
    assert_eq!(revoked["revokedApiTokenId"], id);
    assert!(revoked["apiToken"]["revokedAt"].is_string());
    assert!(!works(&long).await && works(&other).await);
    assert_eq!(owner.run(REVOKE, json!({ "id": id })).await.code(), "NOT_FOUND");
    boss.run(UPDATE, json!({ "input": { "id": owner.id(), "isActive": false } })).await.ok();
    assert!(!works(&other).await);
    boss.run(UPDATE, json!({ "input": { "id": owner.id(), "isActive": true } })).await.ok();
    assert!(works(&other).await);
}

async fn a_token_is_shown_once_and_kept_as_a_hash(app: TestApp) {
    let owner = app.as_(Role::Analyst).await;
    let input = json!({ "role": "ANALYST", "idempotencyKey": "one" });
    let first = owner.create_token(input.clone()).await.ok()["createApiToken"].take();
    let text = first["token"].as_str().expect("a token");
    assert!(text.starts_with("tallybook_") && text.len() == 58, "{text}");
    let again = owner.create_token(input).await.ok()["createApiToken"].take();
    assert_eq!((&again["token"], &again["replayed"]), (&Value::Null, &json!(true)));
    assert_eq!(again["apiToken"], first["apiToken"]);
    let rows = format!("{:?}", app.rows().await);
    assert!(rows.contains("Backup") && !rows.contains(text) && !rows.contains(&text["tallybook_".len()..]));
}

async fn nobody_makes_a_token_that_may_do_more_than_they(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let refused = analyst.create_token(json!({ "role": "ADMIN" })).await;
    assert_eq!((refused.code(), refused.field()), ("FORBIDDEN", Some("input.role")));
    for at in [app.now(), app.now() - TimeDelta::days(1)] {
        let refused = analyst.create_token(json!({ "role": "VIEWER", "expiresAt": at.to_rfc3339() })).await;
        assert_eq!((refused.code(), refused.field()), ("BAD_USER_INPUT", Some("input.expiresAt")));
    }
    assert_eq!(analyst.token_ids(false).await.ok()["apiTokens"]["nodes"], json!([]));
}

async fn a_user_has_a_hundred_good_tokens_at_the_most(app: TestApp) {
    let owner = app.as_(Role::Viewer).await;
    let soon = (app.now() + TimeDelta::seconds(10)).to_rfc3339();
    let (_, id) = made(&owner, json!({ "role": "VIEWER" })).await;
    for _ in 0..99 {
        made(&owner, json!({ "role": "VIEWER", "expiresAt": soon })).await;
    }
    assert_eq!(owner.create_token(json!({ "role": "VIEWER" })).await.code(), "CONFLICT");
    owner.run(REVOKE, json!({ "id": id })).await.ok();
    made(&owner, json!({ "role": "VIEWER" })).await;
    assert_eq!(owner.create_token(json!({ "role": "VIEWER" })).await.code(), "CONFLICT");
    app.advance(TimeDelta::seconds(10));
    for _ in 0..98 {
        made(&owner, json!({ "role": "VIEWER" })).await;
    }
    let racers = join_all((0..8).map(|_| owner.create_token(json!({ "role": "VIEWER" })))).await;
    let succeeded = racers.iter().filter(|response| response.errors.is_empty()).count();
    assert_eq!(succeeded, 1);
}

async fn users_see_and_revoke_their_own_tokens_and_admins_all(app: TestApp) {
    let (owner, other, admin) =
        (app.as_(Role::Analyst).await, app.as_(Role::Analyst).await, app.as_(Role::Admin).await);
    let (_, id) = made(&owner, json!({ "role": "VIEWER" })).await;
    let (_, second) = made(&owner, json!({ "role": "VIEWER" })).await;
    let node = "query ($id: ID!) { node(id: $id) { id } }";
    for (client, is_shown) in [(&owner, true), (&other, false), (&admin, true)] {
        assert_eq!(client.run(node, json!({ "id": id })).await.ok()["node"].is_object(), is_shown);
    }
    let ids = |list: Value| {
        let nodes = list["apiTokens"]["nodes"].as_array().expect("nodes").clone();
        nodes.iter().map(|node| node["id"].clone()).collect::<Value>()
    };
    assert_eq!(ids(owner.token_ids(false).await.ok()), json!([second, id]));
    assert_eq!(ids(other.token_ids(false).await.ok()), json!([]));
    assert_eq!(ids(admin.token_ids(true).await.ok()), json!([second, id]));
    let refused = other.token_ids(true).await;
    assert_eq!((refused.code(), refused.field()), ("FORBIDDEN", Some("ofEverybody")));
    assert_eq!(other.run(REVOKE, json!({ "id": id })).await.code(), "NOT_FOUND");
    admin.run(REVOKE, json!({ "id": id })).await.ok();
    assert_eq!(ids(owner.token_ids(false).await.ok()), json!([second]));
}

/// A token of the right form.
fn nobodys_token() -> String {
    let secret = [7; 32];
    let check = &Sha256::digest(secret)[..4];
    format!("tallybook_{}", BASE64_URL_SAFE_NO_PAD.encode([&secret[..], check].concat()))
}

async fn wrong_tokens_are_refused_and_counted_by_their_network(app: TestApp) {
    let owner = app.as_(Role::Viewer).await;
    let (text, _) = made(&owner, json!({ "role": "VIEWER" })).await;
    let at = |text: &str, last: u8| app.with_token(text).at_address([192, 0, 2, last]);
    let mistyped = text.replace("tallybook_", "tallybook_A");
    let unknown = nobodys_token();
    for n in 0..20 {
        let wrong = if n % 2 == 0 { &unknown } else { &mistyped };
        assert_eq!(at(wrong, 1).run(ME, Value::Null).await.code(), "UNAUTHENTICATED", "{n}");
    }
    let refused = at(&unknown, 1).run(ME, Value::Null).await;
    assert_eq!(refused.code(), "RATE_LIMITED");
    assert!(refused.error()["extensions"]["retryAfter"].as_i64().is_some_and(|seconds| seconds > 0));
    // Sessions, and other networks, are not held up by that.
    app.signed_in(owner.user()).await.at_address([192, 0, 2, 1]).run(ME, Value::Null).await.ok();
    app.with_token(&text).at_address([198, 51, 100, 1]).run(ME, Value::Null).await.ok();
    app.advance(TimeDelta::seconds(61));
    at(&text, 1).run(ME, Value::Null).await.ok();
}

async fn a_program_that_goes_on_with_a_revoked_token_keeps_out_nobody_else(app: TestApp) {
    let owner = app.as_(Role::Viewer).await;
    let (revoked, id) = made(&owner, json!({ "role": "VIEWER" })).await;
    let (good, _) = made(&owner, json!({ "role": "VIEWER" })).await;
    owner.run(REVOKE, json!({ "id": id })).await.ok();
    let at = |text: &str| app.with_token(text).at_address([192, 0, 2, 1]);
    for n in 0..20 {
        assert_eq!(at(&revoked).run(ME, Value::Null).await.code(), "UNAUTHENTICATED", "{n}");
    }
    assert_eq!(at(&revoked).run(ME, Value::Null).await.code(), "RATE_LIMITED");
    at(&good).run(ME, Value::Null).await.ok();
    app.advance(TimeDelta::seconds(61));
    assert_eq!(at(&revoked).run(ME, Value::Null).await.code(), "UNAUTHENTICATED");
}

async fn it_is_known_when_and_from_where_a_token_was_last_used(app: TestApp) {
    let owner = app.as_(Role::Viewer).await;
    let (text, id) = made(&owner, json!({ "role": "VIEWER" })).await;
    let client = |last: u8| app.with_token(&text).at_address([192, 0, 2, last]);
    let used = |at: &str, from: &str| json!({ "lastUsedAt": at, "lastUsedFrom": from, "revokedAt": null });
    let first = used("2026-05-31T10:00:00Z", "192.0.2.1");
    client(1).run(ME, Value::Null).await.ok();
    within_a_moment(async { while owner.token_now(&id).await != first {} }).await;
    app.advance(TimeDelta::minutes(9));
    client(2).run(ME, Value::Null).await.ok();
    app.advance(TimeDelta::minutes(2));
    assert_eq!(owner.token_now(&id).await, first);
    client(3).run(ME, Value::Null).await.ok();
    let second = used("2026-05-31T10:11:00Z", "192.0.2.3");
    within_a_moment(async { while owner.token_now(&id).await != second {} }).await;
}

async fn the_trail_says_what_was_done_through_a_token(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let client = admin.through_token(&app, Role::Analyst).await;
    let id = admin.token_ids(false).await.ok()["apiTokens"]["nodes"][0]["id"].take();
    let record = client.enter(json!({})).await;
    admin.update(json!({ "id": record["id"], "notes": "by hand" })).await.ok();
    let history =
        "query ($id: ID!) { record(id: $id) { history { nodes { action actor { id } via { __typename id } } } } }";
    let shown = async |who: &Client| {
        who.run(history, json!({ "id": record["id"] })).await.ok()["record"]["history"]["nodes"].take()
    };
    let by_hand = json!({ "action": "UPDATED", "actor": { "id": admin.id() }, "via": null });
    let through = |via: Value| json!({ "action": "CREATED", "actor": { "id": admin.id() }, "via": via });
    let token = json!({ "__typename": "ApiToken", "id": id });
    assert_eq!(shown(&admin).await, json!([by_hand, through(token)]));
    assert_eq!(shown(&app.as_(Role::Viewer).await).await, json!([by_hand, through(Value::Null)]));
    admin.run(REVOKE, json!({ "id": id })).await.ok();
    let trail = "query ($id: ID!) { auditEvents(filter: { entityId: $id }) { nodes { action entityType changes { field after } } } }";
    let events = admin.run(trail, json!({ "id": id })).await.ok()["auditEvents"]["nodes"].take();
    let made = json!([{ "field": "name", "after": "Backup" }, { "field": "role", "after": "ANALYST" }]);
    assert_eq!(
        events,
        json!([
            { "action": "REVOKED", "entityType": "API_TOKEN", "changes": [] },
            { "action": "CREATED", "entityType": "API_TOKEN", "changes": made }
        ])
    );
    assert_eq!(app.verify_journal().await.faults, [] as [String; 0]);
}

async fn a_token_sends_and_fetches_files(app: TestApp) {
    let owner = app.as_(Role::Analyst).await;
    let client = owner.through_token(&app, Role::Analyst).await;
    let import = client.create_import(imports::input()).await.ok()["createImport"]["import"].take();
    app.send_file(&client, &import["uploadPath"], imports::FILE).await;
    client.commit_import(json!({ "id": import["id"] })).await.ok();
    let url = client.export_url(json!({ "format": "CSV" })).await;
    assert_eq!(app.fetch(&url).await.status(), 200);
    let url = client.export_url(json!({ "format": "CSV" })).await;
    let id = owner.token_ids(false).await.ok()["apiTokens"]["nodes"][0]["id"].take();
    owner.run(REVOKE, json!({ "id": id })).await.ok();
    assert_eq!(app.fetch(&url).await.status(), 403);
}

async fn through_a_token_sessions_and_other_tokens_are_not_seen(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let (_, other) = made(&admin, json!({ "role": "VIEWER" })).await;
    let client = admin.through_token(&app, Role::Admin).await;
    let own = admin.token_ids(false).await.ok()["apiTokens"]["nodes"][0]["id"].take();
    let nodes = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }";
    let ids = json!([admin.session_id(), other, own]);
    assert_eq!(client.run(nodes, json!({ "ids": ids })).await.ok()["nodes"], json!([null, null, { "id": own }]));
    // A token ends no session, its owner's neither.
    let logout = "mutation { logout(input: { everywhere: true }) { loggedOut } }";
    assert_eq!(client.run(logout, Value::Null).await.ok()["logout"]["loggedOut"], false);
    admin.run(ME, Value::Null).await.ok();
}
