//! The organization: what everybody may know of it, what admins change, and what its base currency is for.

use chrono::TimeDelta;
use entity::Role;
use serde_json::{Value, json};

use crate::{
    books::an_expense,
    harness::{self, Client, TestApp},
    on_both, published,
    viewers::another_that_listens,
};

on_both![
    who_is_not_signed_in_learns_what_a_sign_in_page_needs,
    who_opens_new_books_learns_that_there_is_no_admin,
    the_organization_has_a_global_id,
    an_admin_changes_what_they_name_and_nothing_else,
    of_two_changes_against_one_version_one_wins,
    what_cannot_be_is_refused,
    the_base_currency_is_meant_where_none_is_named,
    the_currencies_say_how_many_records_are_in_them,
    everybody_may_know_the_limits,
    a_record_at_the_published_limits_is_accepted_and_one_past_them_is_not,
    lists_at_the_published_limits_are_accepted_and_longer_ones_are_not,
    the_limits_are_those_of_the_settings,
    the_organization_is_remembered_until_it_changes,
    an_organization_that_was_changed_past_the_program_shows,
];

const ALL: &str =
    "{ organization { id name registration baseCurrency financialYearStart weekStart closedThrough version } }";

impl Client {
    /// Changes the organization by `input`.
    pub async fn reorganize(&self, input: Value) -> harness::Response {
        let update = "mutation ($input: UpdateOrganizationInput!) { updateOrganization(input: $input) {
            organization { name baseCurrency financialYearStart weekStart version }
        } }";
        self.run(update, json!({ "input": input })).await
    }
}

async fn who_is_not_signed_in_learns_what_a_sign_in_page_needs(app: TestApp) {
    let response = app.anonymous().run(ALL, Value::Null).await;
    assert_eq!(response.codes(), vec!["UNAUTHENTICATED"; 5]);
    let found = &response.data["organization"];
    assert_eq!((&found["name"], &found["registration"]), (&json!("Tallybook"), &json!("OPEN")));
    let public = "{ organization { explorerPath demoAccounts { email name role password } } }";
    let found = app.anonymous().run(public, Value::Null).await.ok();
    assert_eq!(found["organization"], json!({ "explorerPath": "/graphiql", "demoAccounts": [] }));
    let found = &response.data["organization"];
    for hidden in ["baseCurrency", "financialYearStart", "weekStart", "closedThrough", "version"] {
        assert!(found[hidden].is_null(), "{hidden}");
    }
    let currencies = app.anonymous().run("{ organization { currencies { code } } }", Value::Null).await;
    assert_eq!((currencies.code(), &currencies.data["organization"]["currencies"]), ("UNAUTHENTICATED", &Value::Null));

    let found = app.as_(Role::Viewer).await.run(ALL, Value::Null).await.ok()["organization"].take();
    let expected = json!({
        "id": found["id"], "name": "Tallybook", "registration": "OPEN", "baseCurrency": "USD",
        "financialYearStart": "01-01", "weekStart": "MONDAY", "closedThrough": null, "version": 1,
    });
    assert_eq!(found, expected);
}

async fn who_opens_new_books_learns_that_there_is_no_admin(app: TestApp) {
    let has_admin = async || {
        let answer = app.anonymous().run("{ organization { hasAdmin } }", Value::Null).await.ok();
        answer["organization"]["hasAdmin"] == json!(true)
    };
    assert!(!has_admin().await);
    app.as_(Role::Analyst).await;
    assert!(!has_admin().await);
    app.as_(Role::Admin).await;
    app.advance(TimeDelta::seconds(3));
    assert!(has_admin().await);
}

async fn the_organization_has_a_global_id(app: TestApp) {
    let viewer = app.as_(Role::Viewer).await;
    let id = viewer.run("{ organization { id } }", Value::Null).await.ok()["organization"]["id"].take();
    let node = "query ($id: ID!) { node(id: $id) { __typename id ... on Organization { name } } }";
    let found = viewer.run(node, json!({ "id": id })).await.ok();
    assert_eq!(found["node"], json!({ "__typename": "Organization", "id": id, "name": "Tallybook" }));
    let other = format!("organization_{}", "0".repeat(26));
    assert_eq!(viewer.run(node, json!({ "id": other })).await.ok()["node"], Value::Null);
}

async fn an_admin_changes_what_they_name_and_nothing_else(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let mut expected = json!({
        "name": "Tallybook", "baseCurrency": "USD", "financialYearStart": "01-01", "weekStart": "MONDAY", "version": 1,
    });
    let steps = [
        ("name", "  Harbour Trust ", "Harbour Trust"),
        ("baseCurrency", "GBP", "GBP"),
        ("financialYearStart", "04-06", "04-06"),
        ("weekStart", "SUNDAY", "SUNDAY"),
    ];
    for (version, (field, given, kept)) in (2..).zip(steps) {
        expected[field] = json!(kept);
        expected["version"] = json!(version);
        let updated = admin.reorganize(json!({ field: given })).await.ok();
        assert_eq!(updated["updateOrganization"]["organization"], expected);
    }
    // What changes nothing is no event.
    let unchanged = admin.reorganize(json!({ "name": "Harbour Trust", "weekStart": null })).await.ok();
    assert_eq!(unchanged["updateOrganization"]["organization"], expected);
    let trail = "{ auditEvents(filter: {entityType: ORGANIZATION}) { nodes {
        action entityId actor { id } changes { field before after }
    } } }";
    let mut trail = admin.run(trail, Value::Null).await.ok()["auditEvents"]["nodes"].take();
    let events = trail.as_array_mut().expect("events");
    assert_eq!(events.len(), 4);
    let first = events[3].take();
    assert_eq!((&first["action"], &first["actor"]["id"]), (&json!("UPDATED"), &json!(admin.id())));
    assert_eq!(first["changes"], json!([{ "field": "name", "before": "Tallybook", "after": "Harbour Trust" }]));
    assert_eq!(app.verify_journal().await.faults, [] as [String; 0]);
}

async fn of_two_changes_against_one_version_one_wins(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    admin.reorganize(json!({ "name": "One", "expectedVersion": 1 })).await.ok();
    let refused = admin.reorganize(json!({ "name": "Other", "expectedVersion": 1 })).await;
    assert_eq!((refused.code(), &refused.error()["extensions"]["currentVersion"]), ("VERSION_CONFLICT", &json!(2)));
    let found = admin.run("{ organization { name } }", Value::Null).await.ok();
    assert_eq!(found["organization"]["name"], "One");
}

async fn what_cannot_be_is_refused(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    let before = app.rows().await;
    for (field, value) in [
        ("name", " \u{200B} "),
        ("baseCurrency", "ANG"),
        ("baseCurrency", "ZZZ"),
        ("financialYearStart", "02-29"),
        ("financialYearStart", "06-31"),
        ("financialYearStart", "6-4"),
    ] {
        let refused = admin.reorganize(json!({ field: value })).await;
        assert_eq!(
            (refused.code(), &refused.error()["extensions"]["field"]),
            ("BAD_USER_INPUT", &json!(format!("input.{field}")))
        );
    }
    assert_eq!(app.rows().await, before);
}

async fn the_base_currency_is_meant_where_none_is_named(app: TestApp) {
    let (admin, analyst) = (app.as_(Role::Admin).await, app.as_(Role::Analyst).await);
    analyst.enter(json!({ "amount": "7.00" })).await;
    admin.reorganize(json!({ "baseCurrency": "EUR" })).await.ok();
    let entered = analyst.enter(json!({ "amount": "12.00" })).await;
    assert_eq!(entered["amount"]["currency"], "EUR");
    let query = "{ dashboard { currency summary { expenses { amount } } }
        records { summary { recordCount expenses { amount currency } } }
        small: records(filter: {maxAmount: \"20\"}) { totalCount } }";
    let found = analyst.run(query, Value::Null).await.ok();
    assert_eq!(found["dashboard"]["currency"], "EUR");
    assert_eq!(found["dashboard"]["summary"]["expenses"]["amount"], "12.00");
    assert_eq!(found["records"]["summary"]["expenses"], json!({ "amount": "12.00", "currency": "EUR" }));
    assert_eq!(found["small"]["totalCount"], 1);
}

async fn the_currencies_say_how_many_records_are_in_them(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    for (currency, amount) in [("JPY", "5"), ("JPY", "6"), ("BHD", "1.234")] {
        admin.enter(json!({ "currency": currency, "amount": amount })).await;
    }
    let gone = admin.enter(json!({ "currency": "USD" })).await;
    admin.delete(json!({ "id": gone["id"] })).await.ok();
    let query = "{ organization { used: currencies(inUse: true) { code name fractionDigits recordCount } currencies { code } } }";
    let found = app.as_(Role::Viewer).await.run(query, Value::Null).await.ok()["organization"].take();
    let expected = json!([
        { "code": "BHD", "name": "Bahraini Dinar", "fractionDigits": 3, "recordCount": 1 },
        { "code": "JPY", "name": "Yen", "fractionDigits": 0, "recordCount": 2 },
    ]);
    assert_eq!(found["used"], expected);
    let all = found["currencies"].as_array().expect("currencies");
    let has = |code: &str| all.iter().any(|currency| currency["code"] == code);
    assert!(all.len() > 150 && has("USD") && has("XCG") && !has("ANG"), "{}", all.len());
}

/// What the server of `app` publishes of its limits, to somebody who is not signed in.
async fn limits(app: &TestApp) -> Value {
    let of_limits = published::fields().into_iter().filter(|field| field.object == "Limits");
    let names: Vec<_> = of_limits.map(|field| field.name).collect();
    let query = format!("{{ organization {{ limits {{ {} }} }} }}", names.join(" "));
    app.anonymous().run(&query, Value::Null).await.ok()["organization"]["limits"].take()
}

fn number(limits: &Value, name: &str) -> usize {
    let limit = limits[name].as_u64().unwrap_or_else(|| panic!("{name}: {limits}"));
    limit.try_into().expect("a limit that fits")
}

async fn everybody_may_know_the_limits(app: TestApp) {
    let found = limits(&app).await;
    let limits = found.as_object().expect("limits");
    assert!(limits.len() > 20 && limits.values().all(|limit| !limit.is_null()), "{found}");
}

async fn a_record_at_the_published_limits_is_accepted_and_one_past_them_is_not(app: TestApp) {
    let (analyst, limits) = (app.as_(Role::Analyst).await, limits(&app).await);
    for (field, limit) in
        [("notes", "maxNotesLength"), ("counterparty", "maxCounterpartyLength"), ("category", "maxCategoryNameLength")]
    {
        let most = number(&limits, limit);
        // Neither bytes nor the halves of UTF-16 are counted.
        analyst.create(an_expense(json!({ field: "\u{1D11E}".repeat(most) }))).await.ok();
        let refused = analyst.create(an_expense(json!({ field: "x".repeat(most + 1) }))).await;
        assert_eq!(refused.error()["extensions"]["field"], format!("input.{field}"));
        assert_eq!(refused.error()["extensions"]["maxLength"], most, "{field}");
    }
    let most: i64 = limits["maxMinorUnits"].as_str().and_then(|text| text.parse().ok()).expect("an amount");
    // A yen has no decimal places.
    let yen = |amount: i64| an_expense(json!({ "currency": "JPY", "amount": amount.to_string() }));
    for (accepted, refused) in [(most, most + 1), (-most, -most - 1)] {
        analyst.create(yen(accepted)).await.ok();
        assert_eq!(analyst.create(yen(refused)).await.code(), "BAD_USER_INPUT");
    }
    for (limit, past) in [("minDate", "1899-12-31"), ("maxDate", "2200-01-01")] {
        analyst.create(an_expense(json!({ "date": limits[limit] }))).await.ok();
        assert_eq!(analyst.create(an_expense(json!({ "date": past }))).await.code(), "BAD_USER_INPUT");
    }
}

async fn lists_at_the_published_limits_are_accepted_and_longer_ones_are_not(app: TestApp) {
    let (analyst, limits) = (app.as_(Role::Analyst).await, limits(&app).await);
    let most = number(&limits, "maxRecordsAtOnce");
    let many = async |count: usize| {
        let create = "mutation ($input: CreateRecordsInput!) { createRecords(input: $input) { createdCount } }";
        let input = json!({ "records": vec![an_expense(json!({})); count], "dryRun": true });
        analyst.run(create, json!({ "input": input })).await
    };
    many(most).await.ok();
    assert_eq!(many(most + 1).await.error()["extensions"]["maxItems"], most);

    let most = number(&limits, "maxPageSize");
    let page = async |first: usize| {
        analyst.run("query ($first: Int) { records(first: $first) { nodes { id } } }", json!({ "first": first })).await
    };
    page(most).await.ok();
    assert_eq!(page(most + 1).await.error()["extensions"]["max"], most);

    let most = number(&limits, "maxSearchLength");
    let search = async |length: usize| {
        let query = "query ($search: String) { categories(search: $search) { nodes { id } } }";
        analyst.run(query, json!({ "search": "x".repeat(length) })).await
    };
    search(most).await.ok();
    assert_eq!(search(most + 1).await.error()["extensions"]["maxLength"], most);
}

async fn the_limits_are_those_of_the_settings(app: TestApp) {
    let app = app.with(|config| {
        config.max_import_bytes = 5_000_000_000;
        config.limits.max_body_bytes = 20_000;
        config.limits.max_query_depth = 7;
        config.limits.max_sockets_per_user = 3;
        // More than any `Int`.
        config.limits.max_query_cost = 4_000_000_000;
    });
    let found = limits(&app).await;
    assert_eq!(found["maxImportBytes"], "5000000000");
    assert_eq!(found["maxRequestBytes"], "20000");
    assert_eq!(found["maxSocketsPerUser"], 3);
    assert_eq!((&found["maxQueryDepth"], &found["maxQueryCost"]), (&json!(7), &json!(i32::MAX)));
    let refused = app.anonymous().run(&format!("{{ errorCodes }} #{}", "x".repeat(20_000)), Value::Null).await;
    assert_eq!((refused.code(), &refused.error()["extensions"]["limit"]), ("QUERY_TOO_COMPLEX", &json!(20_000)));
}

async fn the_organization_is_remembered_until_it_changes(app: TestApp) {
    let (admin, viewer) = (app.as_(Role::Admin).await, app.as_(Role::Viewer).await);
    let query = "{ organization { name baseCurrency closedThrough } }";
    viewer.run(query, Value::Null).await.ok();
    let (response, statements) = app.statements_of(viewer.run(query, Value::Null)).await;
    response.ok();
    assert_eq!(statements, Vec::<String>::new());
    admin.reorganize(json!({ "name": "Harbour Trust" })).await.ok();
    admin.close(json!({ "through": "2026-03-31" })).await.ok();
    let found = viewer.run(query, Value::Null).await.ok();
    let expected = json!({ "name": "Harbour Trust", "baseCurrency": "USD", "closedThrough": "2026-03-31" });
    assert_eq!(found["organization"], expected);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_server_on_postgresql_is_told_of_a_new_base_currency() {
    harness::on_postgres(another_server_is_told).await;
}

async fn another_server_is_told(app: TestApp) {
    let other = another_that_listens(&app).await;
    let admin = app.as_(Role::Admin).await;
    let there = other.with_token(app.as_(Role::Analyst).await.token());
    for currency in ["EUR", "JPY", "GBP", "CHF"] {
        admin.reorganize(json!({ "baseCurrency": currency })).await.ok();
        // At once: it is not acknowledged before the other server knows.
        let entered = there.create(an_expense(json!({ "amount": "3" }))).await.ok()["createRecord"]["record"].take();
        assert_eq!(entered["amount"]["currency"], currency);
    }
}

async fn an_organization_that_was_changed_past_the_program_shows(app: TestApp) {
    let admin = app.as_(Role::Admin).await;
    admin.close(json!({ "through": "2026-03-31" })).await.ok();
    assert_eq!(app.verify_journal().await.faults, [] as [String; 0]);
    let open = "UPDATE organization SET closed_through = NULL";
    sea_orm::ConnectionTrait::execute_unprepared(app.db().read(), open).await.expect("a change past the program");
    let faults = app.verify_journal().await.faults;
    assert!(faults.len() == 1 && faults[0].starts_with("The organization "), "{faults:?}");
}
