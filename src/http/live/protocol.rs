//! The messages of `graphql-transport-ws`, and the codes that its connections are closed with.

use axum::body::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

/// The name of the protocol.
pub(super) const NAME: &str = "graphql-transport-ws";

/// Why a connection is closed: the code, and what is said.
pub(super) type Closing = (u16, &'static str);

pub(super) const GOING_AWAY: Closing = (1001, "The server stops");
pub(super) const TOO_LARGE: Closing = (1009, "The message is too large");
pub(super) const TRY_LATER: Closing = (1013, "Try again later");
pub(super) const TOO_MANY_SOCKETS: Closing = (1013, "Too many connections of one user");
pub(super) const INVALID: Closing = (4400, "Invalid message");
pub(super) const UNAUTHORIZED: Closing = (4401, "Unauthorized");
pub(super) const EXPIRED: Closing = (4401, "The token has expired");
pub(super) const FORBIDDEN: Closing = (4403, "Forbidden");
pub(super) const TOO_LATE: Closing = (4408, "Connection initialisation timeout");
pub(super) const TAKEN: Closing = (4409, "Subscriber already exists");
pub(super) const TOO_MANY_BEGINNINGS: Closing = (4429, "Too many initialisation requests");

/// What a client sends.
#[derive(Deserialize, Debug, PartialEq)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Received {
    /// It begins, and may say who it is.
    ConnectionInit {
        /// What it says.
        payload: Option<Map<String, Json>>,
    },
    /// It wants to know whether the server is there.
    Ping {},
    /// It answers a `ping`.
    Pong {},
    /// It wants an operation to be executed.
    Subscribe {
        /// What it calls the operation.
        id: String,
        /// The request.
        payload: Map<String, Json>,
    },
    /// It wants no more of an operation.
    Complete {
        /// What it calls the operation.
        id: String,
    },
}

impl Received {
    /// The message in `text`, if it is one.
    pub(super) fn read(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// The value of `authorization` in what a client says of itself, in any case.
pub(super) fn authorization(said: &Map<String, Json>) -> Option<&str> {
    said.iter().find(|(name, _)| name.eq_ignore_ascii_case("authorization"))?.1.as_str()
}

/// `connection_ack`.
pub(super) fn acknowledged() -> String {
    json!({ "type": "connection_ack" }).to_string()
}

/// `pong`.
pub(super) fn pong() -> String {
    json!({ "type": "pong" }).to_string()
}

/// `next`, with an answer in JSON.
pub(super) fn next(id: &str, answer: &Bytes) -> String {
    let answer = String::from_utf8_lossy(answer);
    format!(r#"{{"id":{},"type":"next","payload":{answer}}}"#, Json::from(id))
}

/// `error`, with a list of errors.
pub(super) fn error(id: &str, errors: &impl serde::Serialize) -> String {
    json!({ "id": id, "type": "error", "payload": errors }).to_string()
}

/// `complete`.
pub(super) fn complete(id: &str) -> String {
    json!({ "id": id, "type": "complete" }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_read_as_the_protocol_has_them() {
        let map = |json: Json| json.as_object().cloned().unwrap();
        for (text, message) in [
            (r#"{"type":"connection_init"}"#, Received::ConnectionInit { payload: None }),
            (r#"{"type":"connection_init","payload":null}"#, Received::ConnectionInit { payload: None }),
            (
                r#"{"payload":{"a":1},"type":"connection_init"}"#,
                Received::ConnectionInit { payload: Some(map(json!({ "a": 1 }))) },
            ),
            (r#"{"type":"ping","payload":{"any":1}}"#, Received::Ping {}),
            (r#"{"type":"pong"}"#, Received::Pong {}),
            (r#"{"id":"1","type":"complete"}"#, Received::Complete { id: "1".to_owned() }),
            (
                r#"{"id":"1","type":"subscribe","payload":{"query":"{ a }"}}"#,
                Received::Subscribe { id: "1".to_owned(), payload: map(json!({ "query": "{ a }" })) },
            ),
        ] {
            assert_eq!(Received::read(text), Some(message), "{text}");
        }
        for text in [
            "",
            "null",
            "[]",
            "{}",
            r#"{"type":"start"}"#,
            r#"{"type":"subscribe","id":"1"}"#,
            r#"{"type":"subscribe","id":1,"payload":{}}"#,
            r#"{"type":"complete"}"#,
            r#"{"type":"connection_init","payload":"token"}"#,
            &"[".repeat(100_000),
        ] {
            assert_eq!(Received::read(text), None, "{text}");
        }
    }

    #[test]
    fn a_name_that_a_client_gives_cannot_leave_its_place() {
        let message = next("\"}\n", &Bytes::from_static(br#"{"data":null}"#));
        assert_eq!(
            serde_json::from_str::<Json>(&message).unwrap(),
            json!({ "id": "\"}\n", "type": "next", "payload": { "data": null } })
        );
    }
}
