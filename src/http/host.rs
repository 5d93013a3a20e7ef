//! Which host a request was sent to, where that has to be this machine.
//!
//! A page elsewhere can have its own name resolve to 127.0.0.1 (DNS rebinding). The browser then takes this server for
//! the page's own, and no rule about other origins applies; only the name in `Host` tells.

use std::{net::IpAddr, sync::Arc};

use axum::{
    body::Body,
    extract::{Extension, Request, State},
    http::{HeaderMap, Response, StatusCode, Uri, header::HOST, uri::Authority},
    middleware::Next,
};

use super::{middleware::RequestId, response};
use crate::{
    config::Config,
    error::{Error, ErrorCode},
};

/// What proxies add to a request.
const FORWARDED: [&str; 6] =
    ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via"];

/// Where the server is meant for this machine only, refuses a request under another machine's name, and one that a
/// proxy passed on: anybody may have sent it.
pub async fn check(
    State(config): State<Arc<Config>>,
    Extension(id): Extension<RequestId>,
    request: Request,
    next: Next,
) -> Response<Body> {
    if !config.is_private() {
        return next.run(request).await;
    }
    if let Some(header) = FORWARDED.into_iter().find(|header| request.headers().contains_key(*header)) {
        let message = format!(
            "This server only accepts requests from this machine, and `{header}` says that a proxy passed this one on. If the server is behind a proxy, set TRUSTED_PROXIES."
        );
        return response::failed(StatusCode::FORBIDDEN, Error::new(ErrorCode::Forbidden, message), &id.0);
    }
    if is_for_this_machine(request.uri(), request.headers()) {
        return next.run(request).await;
    }
    let message = "This server only accepts requests to localhost or an IP address. If it is behind a proxy, set TRUSTED_PROXIES.";
    response::failed(StatusCode::MISDIRECTED_REQUEST, Error::new(ErrorCode::Forbidden, message), &id.0)
}

/// True for `localhost`, for IP addresses (no web page can choose what they resolve to), and for a request without a
/// host, which no browser sends.
fn is_for_this_machine(uri: &Uri, headers: &HeaderMap) -> bool {
    let names = headers.get_all(HOST).iter().map(|value| Authority::try_from(value.as_bytes()).ok());
    uri.authority().cloned().map(Some).into_iter().chain(names).all(|name| {
        let Some(name) = name else { return false };
        let host = name.host().trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
        host == "localhost" || host.ends_with(".localhost") || host.parse::<IpAddr>().is_ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_local(uri: &str, hosts: &[&str]) -> bool {
        let headers = hosts.iter().map(|host| (HOST, host.parse().unwrap())).collect();
        is_for_this_machine(&uri.parse().unwrap(), &headers)
    }

    #[test]
    fn names_of_this_machine_and_addresses_are_local_and_other_names_are_not() {
        for host in ["localhost", "LocalHost:8000", "books.localhost:8000", "127.0.0.1:8000", "[::1]:8000", "10.0.0.1"]
        {
            assert!(is_local("/graphql", &[host]), "{host}");
            assert!(is_local(&format!("http://{host}/graphql"), &[]), "{host}");
        }
        assert!(is_local("/graphql", &[]));
        for host in ["evil.example", "localhost.evil.example:8000", "notlocalhost", "", "a b", "127.0.0.1.evil.example"]
        {
            assert!(!is_local("/graphql", &[host]), "{host}");
        }
        assert!(!is_local("/graphql", &["localhost", "evil.example"]));
        assert!(!is_local("http://evil.example/graphql", &["localhost"]));
    }
}
