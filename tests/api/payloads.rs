//! What every payload has, so that a client keeps its cache and its buttons right.

use entity::Role;
use serde_json::{Value, json};

use crate::{
    books::{an_expense, with},
    harness::{Client, TestApp},
    on_both, published,
};

on_both![
    a_payload_leads_to_all_queries_as_they_are_after_the_change,
    below_a_payload_everybody_sees_what_they_see_at_the_top,
    a_changed_record_comes_with_its_edge_in_the_list_that_it_is_in,
    what_is_gone_is_named_by_its_id,
    a_button_is_offered_where_the_mutation_would_do_it,
];

#[test]
fn every_payload_leads_to_all_queries() {
    let fields = published::fields();
    let mut mutations = fields.iter().filter(|field| field.object == "Mutation");
    let leads =
        |payload: &str| fields.iter().any(|it| it.object == payload && it.name == "query" && it.gives == "Query");
    assert!(mutations.clone().count() > 30);
    assert!(mutations.all(|mutation| leads(&mutation.gives)));
}

async fn a_payload_leads_to_all_queries_as_they_are_after_the_change(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let create = "mutation ($input: CreateRecordInput!) { createRecord(input: $input) { query {
        records { totalCount } dashboard { summary { expenses { amount } } } } } }";
    for (count, amount) in [(1, "12.50"), (2, "25.00")] {
        let payload = admin.run(create, json!({ "input": an_expense(json!({})) })).await.ok()["createRecord"].take();
        let expected = json!({ "records": { "totalCount": count }, "dashboard": { "summary": { "expenses": { "amount": amount } } } });
        assert_eq!(payload["query"], expected);
    }
    let update = "mutation ($input: UpdateUserInput!) { updateUser(input: $input) { user { name } query { me { name version } } } }";
    let payload =
        admin.run(update, json!({ "input": { "id": admin.id(), "name": "Ada" } })).await.ok()["updateUser"].take();
    assert_eq!(payload["query"]["me"], json!({ "name": "Ada", "version": 2 }));
}

async fn below_a_payload_everybody_sees_what_they_see_at_the_top(app: TestApp) {
    let analyst = app.as_(Role::Analyst).await;
    let document = "mutation ($input: CreateRecordInput!) { createRecord(input: $input) {
        record { id } query { me { id } users { nodes { id } } records(first: 101) { totalCount } } } }";
    let response = analyst.run(document, json!({ "input": an_expense(json!({})) })).await;
    assert_eq!(response.codes(), ["FORBIDDEN", "BAD_USER_INPUT"]);
    assert_eq!(response.errors[0]["path"], json!(["createRecord", "query", "users"]));
    let query = &response.data["createRecord"]["query"];
    assert_eq!(query, &json!({ "me": { "id": analyst.id() }, "users": null, "records": null }));
    assert!(response.data["createRecord"]["record"]["id"].is_string());
    // Introspection is at the top: further down it is refused, and not left out.
    let introspect = "mutation ($input: CreateRecordInput!) { createRecord(input: $input) { query { % } } }";
    for below in ["__schema { queryType { name } }", "... on Query { __type(name: \"User\") { name } }"] {
        let document = introspect.replace('%', below);
        let refused = analyst.run(&document, json!({ "input": an_expense(json!({})) })).await;
        assert_eq!(refused.code(), "BAD_USER_INPUT", "{below}");
    }
    // A mutation that needs no role leads nobody to queries that need one.
    let logout = "mutation { logout(input: {}) { query { me { id } organization { name } } } }";
    let response = app.anonymous().run(logout, Value::Null).await;
    assert_eq!(response.code(), "UNAUTHENTICATED");
    assert_eq!(response.data["logout"]["query"], json!({ "me": null, "organization": { "name": "Tallybook" } }));
}

async fn a_changed_record_comes_with_its_edge_in_the_list_that_it_is_in(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    admin.enter(json!({ "date": "2026-04-30", "notes": "behind it" })).await;
    let edges = "record { id } dated: recordEdge { cursor node { id } }
        rent: recordEdge(filter: { categories: [\"Rent\"], search: \"chairs\" }, orderBy: { field: AMOUNT }) { cursor node { id notes } }
        income: recordEdge(filter: { kind: INCOME }) { cursor }";
    let create = format!("mutation ($input: CreateRecordInput!) {{ createRecord(input: $input) {{ {edges} }} }}");
    let new = an_expense(json!({ "notes": "Office chairs", "idempotencyKey": "chairs" }));
    let payload = admin.run(&create, json!({ "input": new })).await.ok()["createRecord"].take();
    assert_eq!(payload["dated"]["node"], payload["record"]);
    assert_eq!(payload["rent"]["node"]["notes"], "Office chairs");
    assert_eq!(payload["income"], Value::Null);
    assert_eq!(admin.notes(json!({ "after": payload["dated"]["cursor"] })).await, ["behind it"]);
    let by_amount = json!({ "orderBy": { "field": "AMOUNT" }, "first": 1 });
    let listed = admin.records(with(by_amount, json!({ "filter": { "search": "chairs" } }))).await.ok();
    assert_eq!(listed["records"]["edges"][0]["cursor"], payload["rent"]["cursor"]);
    let again = admin.run(&create, json!({ "input": new })).await.ok()["createRecord"].take();
    assert_eq!(again, payload);
    // It leaves a list as it changes.
    let update = format!("mutation ($input: UpdateRecordInput!) {{ updateRecord(input: $input) {{ {edges} }} }}");
    let input = json!({ "id": payload["record"]["id"], "category": "Office", "kind": "INCOME" });
    let updated = admin.run(&update, json!({ "input": input })).await.ok()["updateRecord"].take();
    assert_eq!((&updated["rent"], updated["income"]["cursor"].is_string()), (&Value::Null, true));
    let filter = "mutation ($input: UpdateRecordInput!) { updateRecord(input: $input) { recordEdge(filter: { ids: [\"x\"] }) { cursor } } }";
    let refused = admin.run(filter, json!({ "input": { "id": payload["record"]["id"] } })).await;
    assert_eq!((refused.code(), refused.field()), ("BAD_USER_INPUT", Some("filter.ids.0")));
}

async fn what_is_gone_is_named_by_its_id(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let record = admin.enter(json!({})).await;
    let delete = "mutation ($id: ID!) { deleteRecord(input: { id: $id }) { deletedRecordId record { id } } }";
    let deleted = admin.run(delete, json!({ "id": record["id"] })).await.ok()["deleteRecord"].take();
    assert_eq!(deleted, json!({ "deletedRecordId": record["id"], "record": { "id": record["id"] } }));
    let other = app.signed_in(admin.user()).await;
    let revoke = "mutation ($id: ID!) { revokeSession(input: { id: $id }) { revokedSessionId session { id } } }";
    let id = other.session_id().expect("a session");
    let revoked = admin.run(revoke, json!({ "id": id })).await.ok()["revokeSession"].take();
    assert_eq!(revoked, json!({ "revokedSessionId": id, "session": { "id": id } }));
}

/// Each button of each record as everybody sees it, against what the mutation then says: in that order, since it changes it.
async fn a_button_is_offered_where_the_mutation_would_do_it(app: TestApp) {
    let boss = app.as_(Role::Admin).await;
    for role in [Role::Viewer, Role::Analyst, Role::Admin] {
        let client = app.as_(role).await;
        for (is_deleted, is_closed) in [(false, false), (false, true), (true, false), (true, true)] {
            for button in ["viewerCanUpdate", "viewerCanDelete", "viewerCanRestore"] {
                let date = if is_closed { "2020-01-01" } else { "2026-05-01" };
                boss.reopen(json!({ "reason": "the next record" })).await;
                let record = boss.enter(json!({ "date": date })).await;
                if is_deleted {
                    boss.delete(json!({ "id": record["id"] })).await.ok();
                }
                boss.close(json!({ "through": "2020-12-31" })).await.ok();
                let case = format!("{role:?} {button} deleted: {is_deleted} closed: {is_closed}");
                let query = format!("query ($id: ID!) {{ record(id: $id) {{ {button} }} }}");
                let shown = client.run(&query, json!({ "id": record["id"] })).await.ok()["record"].take();
                let is_done = press(&client, button, &record["id"]).await;
                if shown.is_null() {
                    assert!(is_deleted && !is_done, "{case}");
                } else {
                    assert_eq!(shown[button], json!(is_done), "{case}");
                }
            }
        }
    }
}

/// Whether the mutation behind the button did it.
async fn press(client: &Client, button: &str, id: &Value) -> bool {
    let response = match button {
        "viewerCanUpdate" => client.update(json!({ "id": id, "notes": "changed" })).await,
        "viewerCanDelete" => client.delete(json!({ "id": id })).await,
        _ => client.restore(json!({ "id": id })).await,
    };
    response.errors.is_empty()
}
