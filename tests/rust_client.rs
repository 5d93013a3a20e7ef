//! A Rust client made from `schema.graphql` by `graphql_client`, as another program would have one.
//!
//! That it compiles is most of the test. It owns what the schema's scalars become in Rust. It talks to no
//! server: that the operations work is for the tests of the API.

use chrono::NaiveDate;
use graphql_client::{GraphQLQuery, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;

type CurrencyCode = String;
type Date = NaiveDate;
type DateTime = chrono::DateTime<chrono::Utc>;

/// A number that is text in JSON, and never a float.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(try_from = "String", into = "String")]
struct Decimal(rust_decimal::Decimal);

impl TryFrom<String> for Decimal {
    type Error = rust_decimal::Error;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

impl From<Decimal> for String {
    fn from(number: Decimal) -> Self {
        number.0.to_string()
    }
}

/// A 64-bit integer that is text in JSON.
#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
struct BigInt(i64);

impl TryFrom<String> for BigInt {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "tests/clients/rust/operations.graphql",
    response_derives = "Debug"
)]
struct SignIn;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "tests/clients/rust/operations.graphql",
    response_derives = "Debug",
    skip_serializing_none
)]
struct CreateRecord;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "tests/clients/rust/operations.graphql",
    response_derives = "Debug",
    skip_serializing_none
)]
struct RecordPage;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "tests/clients/rust/operations.graphql",
    response_derives = "Debug, PartialEq",
    skip_serializing_none
)]
struct Figures;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "tests/clients/rust/operations.graphql",
    response_derives = "Debug",
    skip_serializing_none
)]
struct CreateToken;

#[derive(GraphQLQuery)]
#[graphql(
    schema_path = "schema.graphql",
    query_path = "tests/clients/rust/operations.graphql",
    response_derives = "Debug",
    skip_serializing_none
)]
struct Changes;

fn day(text: &str) -> Date {
    text.parse().expect("a day")
}

#[test]
fn a_page_is_asked_for_by_filter_order_and_cursor() {
    let variables = record_page::Variables {
        filter: Some(record_page::RecordFilter {
            categories: Some(vec!["Rent".to_owned()]),
            from: Some(day("2026-01-01")),
            kind: Some(record_page::RecordKind::INCOME),
            category_ids: None,
            counterparty: None,
            created_at: None,
            created_by: None,
            created_by_ids: None,
            currencies: None,
            currency: None,
            deleted: None,
            ids: None,
            import_id: None,
            max_amount: None,
            min_amount: None,
            search: None,
            to: None,
            updated_at: None,
        }),
        order_by: None,
        first: Some(20),
        after: Some("a-cursor".to_owned()),
    };
    let sent = serde_json::to_value(RecordPage::build_query(variables)).expect("JSON");
    assert_eq!(
        sent["variables"],
        json!({
            "filter": { "categories": ["Rent"], "from": "2026-01-01", "kind": "INCOME" },
            "first": 20,
            "after": "a-cursor",
        })
    );
}

#[test]
fn tokens_and_instants_are_read() {
    let input =
        sign_in::LoginInput { email: "ana@example.com".to_owned(), password: "a secret".to_owned(), cookie: None };
    let sent = serde_json::to_value(SignIn::build_query(sign_in::Variables { input })).expect("JSON");
    assert_eq!(sent["variables"]["input"]["email"], "ana@example.com");

    let answer = json!({ "data": { "login": {
        "accessToken": "an access token",
        "accessTokenExpiresAt": "2026-02-28T12:30:00Z",
        "refreshToken": "a refresh token",
        "user": { "id": "user_01h455vb4pex5vsknk084sn02q", "name": "Ana" },
    } } });
    let answer: Response<sign_in::ResponseData> = serde_json::from_value(answer).expect("a response");
    let login = answer.data.and_then(|data| data.login).expect("tokens");
    assert_eq!(login.access_token_expires_at.to_rfc3339(), "2026-02-28T12:30:00+00:00");
}

#[test]
fn variables_are_sent_exactly_and_without_what_was_not_set() {
    let input = create_record::CreateRecordInput {
        counterparty: None,
        kind: create_record::RecordKind::EXPENSE,
        amount: Decimal("90000000000.10".parse().expect("a number")),
        currency: Some("EUR".to_owned()),
        category: "Rent".to_owned(),
        date: day("2026-02-28"),
        notes: None,
        idempotency_key: Some("february".to_owned()),
    };
    let sent = serde_json::to_value(CreateRecord::build_query(create_record::Variables { input })).expect("JSON");
    assert_eq!(sent["operationName"], "CreateRecord");
    assert_eq!(
        sent["variables"],
        json!({ "input": {
            "kind": "EXPENSE",
            "amount": "90000000000.10",
            "currency": "EUR",
            "category": "Rent",
            "date": "2026-02-28",
            "idempotencyKey": "february",
        } })
    );
}

#[test]
fn a_dashboard_is_read_exactly() {
    let variables = figures::Variables { filter: None, interval: figures::TrendInterval::MONTH };
    let sent = serde_json::to_value(Figures::build_query(variables)).expect("JSON");
    assert_eq!(sent["variables"], json!({ "interval": "MONTH" }));

    let money = |minor_units: &str| json!({ "minorUnits": minor_units });
    let answer = json!({ "data": { "dashboard": {
        "currency": "EUR",
        "summary": {
            "recordCount": 2,
            "income": money("9000000000001"),
            "expenses": money("0"),
            "net": money("9000000000001"),
        },
        "trends": [{ "from": "2026-02-01", "to": "2026-02-28", "net": { "amount": "90000000000.01" } }],
    } } });
    let answer: Response<figures::ResponseData> = serde_json::from_value(answer).expect("a response");
    let dashboard = answer.data.and_then(|data| data.dashboard).expect("a dashboard");
    assert_eq!(dashboard.currency, "EUR");
    assert_eq!(dashboard.summary.net.minor_units, BigInt(9_000_000_000_001));
    let trends = dashboard.trends.expect("trends");
    assert_eq!(trends[0].from, day("2026-02-01"));
    assert_eq!(String::from(trends[0].net.amount.clone()), "90000000000.01");
}

#[test]
fn a_token_of_its_own_is_asked_for() {
    let input = create_token::CreateApiTokenInput {
        name: "Nightly report".to_owned(),
        role: create_token::Role::VIEWER,
        expires_at: Some("2027-01-01T00:00:00Z".parse().expect("an instant")),
        idempotency_key: None,
    };
    let sent = serde_json::to_value(CreateToken::build_query(create_token::Variables { input })).expect("JSON");
    assert_eq!(
        sent["variables"],
        json!({ "input": { "name": "Nightly report", "role": "VIEWER", "expiresAt": "2027-01-01T00:00:00Z" } })
    );
}

#[test]
fn what_changed_is_read_and_what_is_gone() {
    let variables = changes::Variables { after: Some("a cursor".to_owned()) };
    let sent = serde_json::to_value(Changes::build_query(variables)).expect("JSON");
    assert_eq!(sent["variables"], json!({ "after": "a cursor" }));

    let line = json!({
        "__typename": "FinancialRecord",
        "ownCategoryId": "category_01h455vb4pex5vsknk084sn02q",
        "id": "record_01h455vb4pex5vsknk084sn02q",
        "kind": "EXPENSE",
        "date": "2026-02-28",
        "notes": "",
        "version": 2,
        "createdAt": "2026-02-28T12:30:00Z",
        "amount": { "amount": "12.50", "currency": "EUR", "minorUnits": "1250" },
        "category": { "id": "category_01h455vb4pex5vsknk084sn02q", "name": "Rent" },
    });
    let answer = json!({ "data": { "changes": {
        "nodes": [
            { "id": "record_01h455vb4pex5vsknk084sn02q", "node": line },
            { "id": "record_01h455vb4pex5vsknk084sn02r", "node": null },
        ],
        "pageInfo": { "endCursor": "a cursor", "hasNextPage": false },
    } } });
    let answer: Response<changes::ResponseData> = serde_json::from_value(answer).expect("a response");
    let page = answer.data.and_then(|data| data.changes).expect("changes");
    let nodes = page.nodes.expect("nodes");
    let Some(changes::ChangesChangesNodesNode::FinancialRecord(record)) = &nodes[0].node else {
        panic!("{:?}", nodes[0].node)
    };
    let amount = record.line.amount.as_ref().expect("an amount");
    assert_eq!(
        (&amount.minor_units, record.own_category_id.as_str()),
        (&BigInt(1250), record.line.category.id.as_str())
    );
    assert!(nodes[1].node.is_none());
}

#[test]
fn an_error_is_read_with_its_code() {
    let answer = json!({
        "data": { "dashboard": null },
        "errors": [{ "message": "Sign in first.", "path": ["dashboard"], "extensions": { "code": "UNAUTHENTICATED" } }],
    });
    let answer: Response<figures::ResponseData> = serde_json::from_value(answer).expect("a response");
    let error = answer.errors.and_then(|errors| errors.into_iter().next()).expect("an error");
    assert_eq!(error.extensions.expect("extensions")["code"], "UNAUTHENTICATED");
    assert_eq!(answer.data.expect("data").dashboard, None);
}
