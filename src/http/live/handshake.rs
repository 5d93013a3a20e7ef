//! Which requests for a WebSocket are granted.

use std::sync::Arc;

use async_graphql::Executor;
use axum::{
    body::Body,
    extract::{FromRequestParts, ws::WebSocketUpgrade},
    http::{
        HeaderMap, Response, StatusCode,
        header::{HOST, ORIGIN, UPGRADE},
        request::Parts,
    },
};
use tracing::Instrument;

use super::{protocol, socket::Connection};
use crate::{
    config::Config,
    error::{Error, ErrorCode},
    http::{
        execute::Api,
        refusal::{Refusal, bad},
    },
};

/// What a connection reads at a time, and what it keeps before it writes: there are many, and most are silent.
const BUFFER: usize = 4 * 1024;

/// Whether somebody wants to open a WebSocket.
pub(in crate::http) fn is_asked_for(headers: &HeaderMap) -> bool {
    headers.get(UPGRADE).is_some_and(|protocol| protocol.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Opens one, if it may be opened.
pub(in crate::http) async fn open<E: Executor>(
    api: Arc<Api<E>>,
    parts: &mut Parts,
    request_id: &str,
) -> Result<Response<Body>, Refusal> {
    if !is_welcome(&parts.headers, &api.services.config) {
        let message = "Pages of this origin may not connect. CORS_ORIGINS names those that may.";
        return Err(Refusal::new(StatusCode::FORBIDDEN, Error::new(ErrorCode::Forbidden, message)));
    }
    let caller = api.nobody(parts, request_id);
    let upgrade = WebSocketUpgrade::from_request_parts(parts, &()).await.map_err(|rejection| {
        let message = format!("A WebSocket cannot be opened with this request: {}", rejection.body_text());
        Refusal::new(rejection.status(), Error::new(ErrorCode::BadUserInput, message))
    })?;
    let upgrade = upgrade.protocols([protocol::NAME]);
    if upgrade.selected_protocol().is_none() {
        return Err(bad("The server speaks `graphql-transport-ws` over WebSockets, and nothing else."));
    }
    let seat = api.take_seat(caller.address)?;
    let most_bytes = api.services.config.limits.max_body_bytes;
    let upgrade = upgrade.read_buffer_size(BUFFER).write_buffer_size(BUFFER);
    let upgrade = upgrade.max_message_size(most_bytes).max_frame_size(most_bytes);
    let attend = |socket| Connection::new(api, caller, socket).attend(seat).in_current_span();
    Ok(upgrade.on_upgrade(attend))
}

/// Whether the page that opens a connection, if it is one, is of this server or of an origin that may call.
fn is_welcome(headers: &HeaderMap, config: &Config) -> bool {
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let own = origin.split_once("://").map(|(_, authority)| authority);
    config.allows_origin(origin) || own.is_some_and(|own| host.is_some_and(|host| host.eq_ignore_ascii_case(own)))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        config: Config,
    }

    #[test]
    fn pages_of_this_server_and_of_configured_origins_may_connect_and_programs_may() {
        let config = Cli::parse_from(["tallybook", "--cors-origins", "https://app.example.org"]).config;
        let is_welcome = |origin: &'static str| {
            let headers = [(HOST, "books.example.org:8443"), (ORIGIN, origin)];
            let headers = headers.into_iter().filter(|(_, value)| !value.is_empty());
            is_welcome(&headers.map(|(name, value)| (name, HeaderValue::from_static(value))).collect(), &config)
        };
        for origin in
            ["", "https://app.example.org", "https://books.example.org:8443", "https://Books.example.org:8443"]
        {
            assert!(is_welcome(origin), "{origin}");
        }
        for origin in
            ["null", "https://books.example.org", "https://evil.example", "books.example.org:8443", "https://"]
        {
            assert!(!is_welcome(origin), "{origin}");
        }
    }
}
