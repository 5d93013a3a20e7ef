//! From an HTTP request to what it asks for, by the GraphQL over HTTP specification; nothing is executed here.

use async_graphql::{Value, Variables};
use axum::{
    body::{Body, to_bytes},
    extract::Query,
    http::{
        HeaderMap, Method, StatusCode, Uri,
        header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE},
        request::Parts,
    },
};
use serde::Deserialize;
use serde_json::{Map, Value as Json};

use super::{
    accept,
    persisted::Hash,
    refusal::{Refusal, bad},
};
use crate::error::{Error, ErrorCode};

/// What a client asks for.
#[derive(Debug, PartialEq)]
pub struct Input {
    /// Which document.
    pub source: Source,
    /// Which of its operations; an empty name is none.
    pub operation_name: Option<String>,
    /// The values of its variables.
    pub variables: Variables,
}

/// Where a document comes from.
#[derive(Debug, PartialEq)]
pub enum Source {
    /// It is this text.
    Text(String),
    /// It is the text with this hash, if that was sent before.
    Hash(Hash),
    /// It is this text, which may be asked for by its hash from then on.
    Both(String, Hash),
}

/// Reads a GET or a POST.
///
/// # Errors
/// 405 for another method, 413 for a body over `max_body_bytes`, 415 for one that is not JSON, else 400.
pub async fn read(parts: &Parts, body: Body, max_body_bytes: usize) -> Result<Input, Refusal> {
    match parts.method {
        Method::GET => from_uri(&parts.uri),
        Method::POST => {
            check_content(&parts.headers)?;
            let too_large = || {
                let message = format!("A request may have {max_body_bytes} bytes at most.");
                let error = Error::new(ErrorCode::QueryTooComplex, message).with("limit", max_body_bytes);
                Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, error)
            };
            let announced = parts.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse().ok());
            if announced.is_some_and(|length: usize| length > max_body_bytes) {
                return Err(too_large());
            }
            match to_bytes(body, max_body_bytes).await {
                Ok(body) => from_json(&body),
                Err(error) if is_too_long(&error) => Err(too_large()),
                Err(_) => Err(bad("The body ended before it was complete.")),
            }
        }
        _ => {
            let message = "Send a query or mutation by POST, or a query by GET.";
            Err(Refusal::method_not_allowed("GET, POST", message))
        }
    }
}

fn is_too_long(error: &axum::Error) -> bool {
    use std::error::Error as _;

    error.source().is_some_and(<dyn std::error::Error>::is::<http_body_util::LengthLimitError>)
}

/// JSON and nothing else: a page of another site can send forms and plain text without being asked.
fn check_content(headers: &HeaderMap) -> Result<(), Refusal> {
    let refuse = |message: &'static str| {
        Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, Error::new(ErrorCode::BadUserInput, message)))
    };
    if headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        return refuse("Send the body as it is, without a Content-Encoding.");
    }
    let content_type = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let (name, parameters) = content_type.split_once(';').unwrap_or((content_type, ""));
    let charset = parameters.trim().split_once('=').map(|(name, value)| (name.trim(), value.trim().trim_matches('"')));
    let is_utf8 = match charset {
        None => parameters.trim().is_empty(),
        Some((name, value)) => name.eq_ignore_ascii_case("charset") && accept::is_utf8(value),
    };
    if !name.trim().eq_ignore_ascii_case("application/json") || !is_utf8 {
        return refuse("Send the body as `Content-Type: application/json`, in UTF-8.");
    }
    Ok(())
}

fn from_json(body: &[u8]) -> Result<Input, Refusal> {
    match serde_json::from_slice(body) {
        Ok(Json::Object(members)) => from_members(members),
        Ok(Json::Array(_)) => Err(bad("Batches are not supported: send one operation per request.")),
        Ok(_) => Err(bad("The body must be a JSON object with the member `query`.")),
        Err(error) => Err(bad(format!("The body is not JSON: line {}, column {}.", error.line(), error.column()))),
    }
}

/// What a JSON object with these members asks for.
///
/// # Errors
/// 400.
pub fn from_members(mut members: Map<String, Json>) -> Result<Input, Refusal> {
    let query = members.remove("query");
    let operation_name = members.remove("operationName");
    let (variables, extensions) = (members.remove("variables"), members.remove("extensions"));
    Ok(Input {
        source: source(text("query", query)?, &map("extensions", extensions)?)?,
        operation_name: text("operationName", operation_name)?.filter(|name| !name.is_empty()),
        variables: read_variables(variables)?,
    })
}

fn from_uri(uri: &Uri) -> Result<Input, Refusal> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Parameters {
        query: Option<String>,
        operation_name: Option<String>,
        variables: Option<String>,
        extensions: Option<String>,
    }
    let Query(parameters) = Query::<Parameters>::try_from_uri(uri)
        .map_err(|_| bad("The parameters of the URL cannot be read, or one of them is there twice."))?;
    let json = |name: &'static str, text: Option<String>| {
        let text = text.filter(|text| !text.is_empty());
        let json = text.map(|text| serde_json::from_str::<Json>(&text)).transpose();
        json.map_err(|_| bad(format!("`{name}` is not JSON.")))
    };
    let extensions = map("extensions", json("extensions", parameters.extensions)?)?;
    Ok(Input {
        source: source(parameters.query, &extensions)?,
        operation_name: parameters.operation_name.filter(|name| !name.is_empty()),
        variables: read_variables(json("variables", parameters.variables)?)?,
    })
}

fn source(query: Option<String>, extensions: &Map<String, Json>) -> Result<Source, Refusal> {
    match (query, Hash::find(extensions)?) {
        (Some(text), None) => Ok(Source::Text(text)),
        (None, Some(hash)) => Ok(Source::Hash(hash)),
        (Some(text), Some(hash)) => {
            hash.check(&text)?;
            Ok(Source::Both(text, hash))
        }
        (None, None) => Err(bad("`query` is missing: the text of a GraphQL document.")),
    }
}

fn text(name: &str, value: Option<Json>) -> Result<Option<String>, Refusal> {
    match value {
        None | Some(Json::Null) => Ok(None),
        Some(Json::String(text)) => Ok(Some(text)),
        Some(_) => Err(bad(format!("`{name}` must be a string."))),
    }
}

fn map(name: &str, value: Option<Json>) -> Result<Map<String, Json>, Refusal> {
    match value {
        None | Some(Json::Null) => Ok(Map::new()),
        Some(Json::Object(map)) => Ok(map),
        Some(_) => Err(bad(format!("`{name}` must be an object."))),
    }
}

fn read_variables(value: Option<Json>) -> Result<Variables, Refusal> {
    let value = Json::Object(map("variables", value)?);
    let value = Value::from_json(value).map_err(|_| bad("`variables` is not a valid JSON value."))?;
    Ok(Variables::from_value(value))
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use serde_json::json;

    use super::*;

    const LIMIT: usize = 1024;

    async fn read_request(request: Request<Body>) -> Result<Input, u16> {
        let (parts, body) = request.into_parts();
        read(&parts, body, LIMIT).await.map_err(|refusal| refusal.status.unwrap().as_u16())
    }

    async fn post(content_type: &str, body: impl Into<Body>) -> Result<Input, u16> {
        let request = Request::post("/graphql").header(CONTENT_TYPE, content_type);
        read_request(request.body(body.into()).unwrap()).await
    }

    async fn get(query: &str) -> Result<Input, u16> {
        read_request(Request::get(format!("/graphql?{query}")).body(Body::empty()).unwrap()).await
    }

    #[tokio::test]
    async fn a_post_has_a_query_and_may_have_a_name_and_variables() {
        let body = json!({"query": "{ a }", "operationName": "A", "variables": {"n": 1}, "extensions": {}, "more": 1});
        let expected = Input {
            source: Source::Text("{ a }".to_owned()),
            operation_name: Some("A".to_owned()),
            variables: Variables::from_json(json!({"n": 1})),
        };
        assert_eq!(post("application/json", body.to_string()).await, Ok(expected));
        let nulls = json!({"query": "{ a }", "operationName": null, "variables": null, "extensions": null});
        let expected =
            Input { source: Source::Text("{ a }".to_owned()), operation_name: None, variables: Variables::default() };
        assert_eq!(post("application/json; charset=UTF-8", nulls.to_string()).await, Ok(expected));
    }

    #[tokio::test]
    async fn members_of_the_wrong_type_are_400() {
        for body in [
            json!({}),
            json!({"query": null}),
            json!({"query": 1}),
            json!({"query": "{ a }", "operationName": {}}),
            json!({"query": "{ a }", "variables": "{}"}),
            json!({"query": "{ a }", "variables": []}),
            json!({"query": "{ a }", "extensions": 0}),
            json!([{"query": "{ a }"}]),
            json!("{ a }"),
        ] {
            assert_eq!(post("application/json", body.to_string()).await, Err(400), "{body}");
        }
        for body in ["", "{ \"not", "{\"query\": \"\u{0}\"}"] {
            assert_eq!(post("application/json", body).await, Err(400), "{body}");
        }
        assert_eq!(post("application/json", vec![b'"', 0xFF, b'"']).await, Err(400));
    }

    #[tokio::test]
    async fn deeply_nested_json_is_400_and_not_the_end_of_the_process() {
        let body = format!("{{\"query\": \"{{ a }}\", \"variables\": {}", "[".repeat(900));
        assert_eq!(post("application/json", body).await, Err(400));
    }

    #[tokio::test]
    async fn only_json_in_utf8_is_read() {
        for content_type in [
            "",
            "text/plain",
            "application/graphql",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/json; charset=latin1",
            "application/json; charset=utf-16",
            "application/json; charset=utf",
            "application/json; charset=\"\"",
            "application/json; boundary=x",
            "application/jsonp",
        ] {
            assert_eq!(post(content_type, "{}").await, Err(415), "{content_type}");
        }
        for charset in ["utf-8", "UTF-8", "utf8", "Utf8", "\"UTF-8\"", "\"utf8\""] {
            let content_type = format!("application/json; charset={charset}");
            assert!(post(&content_type, "{\"query\": \"{ a }\"}").await.is_ok(), "{content_type}");
        }
        let compressed = Request::post("/graphql").header(CONTENT_TYPE, "application/json");
        let compressed = compressed.header(CONTENT_ENCODING, "gzip").body(Body::empty()).unwrap();
        assert_eq!(read_request(compressed).await, Err(415));
    }

    #[tokio::test]
    async fn a_body_over_the_limit_is_413_announced_or_not() {
        let body = json!({"query": "a".repeat(LIMIT)}).to_string();
        assert_eq!(post("application/json", body.clone()).await, Err(413));
        let streamed = Body::from_stream(futures_util::stream::iter([Ok::<_, std::io::Error>(body)]));
        assert_eq!(post("application/json", streamed).await, Err(413));
        let announced = Request::post("/graphql").header(CONTENT_TYPE, "application/json");
        let announced = announced.header(CONTENT_LENGTH, "9999999").body(Body::empty()).unwrap();
        assert_eq!(read_request(announced).await, Err(413));
    }

    #[tokio::test]
    async fn a_get_has_its_parameters_in_the_url() {
        let input = get("query=%7B%20a%20%7D&operationName=A&variables=%7B%22n%22%3A1%7D&other=1").await.unwrap();
        assert_eq!(input.source, Source::Text("{ a }".to_owned()));
        assert_eq!(input.operation_name.as_deref(), Some("A"));
        assert_eq!(input.variables, Variables::from_json(json!({"n": 1})));
        assert_eq!(get("query=a&operationName=&variables=").await.unwrap().operation_name, None);
        for query in ["", "query=a&variables=x", "query=a&variables=[]", "query=a&extensions=1", "query=a&query=b"] {
            assert_eq!(get(query).await, Err(400), "{query}");
        }
    }

    #[tokio::test]
    async fn other_methods_are_405() {
        for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::HEAD] {
            let request = Request::builder().method(method).uri("/graphql").body(Body::empty()).unwrap();
            assert_eq!(read_request(request).await, Err(405));
        }
    }
}
