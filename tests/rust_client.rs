//! A Rust client made from `schema.graphql` by `graphql_client`, as another program would have one.
//!
//! That it compiles is most of the test. It owns the types that the schema's scalars become in Rust; it runs
//! nothing against a server, which is the part of the API tests.

use chrono::{DateTime as Instant, NaiveDate, Utc};
use graphql_client::{GraphQLQuery, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;

type Date = NaiveDate;
type DateTime = Instant<Utc>;
type CurrencyCode = String;

/// A number that is text in JSON, and never a float.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
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
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(try_from = "String")]
struct BigInt(i64);

impl TryFrom<String> for BigInt {
    type Error = std::num::ParseIntError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse().map(Self)
    }
}

macro_rules! operations {
    ($($name:ident),*) => {$(
        #[derive(GraphQLQuery)]
        #[graphql(
            schema_path = "schema.graphql",
            query_path = "tests/clients/rust/operations.graphql",
            variables_derives = "Debug",
            response_derives = "Debug, PartialEq",
            skip_serializing_none
        )]
        struct $name;
    )*};
}

operations!(SignIn, CreateRecord, RecordPage, Figures);
