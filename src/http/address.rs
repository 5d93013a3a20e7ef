//! The address that a request came from, as far as it can be trusted.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::ConnectInfo,
    http::{HeaderMap, request::Parts},
};

/// The client's address: the peer's, or what the outermost of our own `proxies` saw.
///
/// Every proxy appends its client's address to `X-Forwarded-For`, so that the last `proxies` entries
/// are ours and all before them are the client's own words.
#[must_use]
pub fn find(parts: &Parts, proxies: usize) -> Option<IpAddr> {
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|ConnectInfo(peer)| peer.ip());
    let address = if proxies == 0 { peer } else { forwarded(&parts.headers, proxies).or(peer) };
    address.map(|address| address.to_canonical())
}

fn forwarded(headers: &HeaderMap, proxies: usize) -> Option<IpAddr> {
    let entries: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|it| it.split(','))
        .collect();
    let entry = entries.get(entries.len().checked_sub(proxies)?)?.trim();
    entry.parse().ok().or_else(|| entry.parse::<SocketAddr>().ok().map(|address| address.ip()))
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    fn found(forwarded: &[&str], proxies: usize) -> String {
        let mut request = Request::get("/").extension(ConnectInfo(SocketAddr::from(([10, 0, 0, 1], 4711))));
        for value in forwarded {
            request = request.header("x-forwarded-for", *value);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        find(&parts, proxies).unwrap().to_string()
    }

    #[test]
    fn without_proxies_the_header_is_not_believed() {
        assert_eq!(found(&["1.2.3.4"], 0), "10.0.0.1");
    }

    #[test]
    fn with_proxies_the_entry_of_the_outermost_counts_and_what_the_client_wrote_does_not() {
        assert_eq!(found(&["6.6.6.6, 1.2.3.4"], 1), "1.2.3.4");
        assert_eq!(found(&["6.6.6.6", "1.2.3.4", "10.0.0.9"], 2), "1.2.3.4");
        assert_eq!(found(&["[2001:db8::1]:443"], 1), "2001:db8::1");
        assert_eq!(found(&["::ffff:1.2.3.4"], 1), "1.2.3.4");
    }

    #[test]
    fn who_did_not_come_through_the_proxies_is_the_peer() {
        assert_eq!(found(&[], 1), "10.0.0.1");
        assert_eq!(found(&["1.2.3.4"], 2), "10.0.0.1");
        assert_eq!(found(&["unknown"], 1), "10.0.0.1");
    }
}
