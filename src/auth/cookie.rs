//! A refresh token in a cookie: out of reach of a page's scripts, and sent by the browser itself. So it
//! counts only where the browser says that a page of this very server asks, or one of a configured origin beside it.

use axum::http::{
    HeaderMap, HeaderValue,
    header::{COOKIE, HOST, ORIGIN},
    request::Parts,
    uri::Authority,
};
use chrono::TimeDelta;

use crate::{
    config::{Config, Secret},
    error::{Error, ErrorCode, Result},
};

/// Browsers take a cookie of this prefix only from its own host, over HTTPS, for all paths.
const NAME: &str = "__Host-tallybook-refresh";
const SEC_FETCH_SITE: &str = "sec-fetch-site";

/// What a request says about the cookie and the page it comes from.
#[derive(Clone, Debug, Default)]
pub struct RefreshCookie {
    token: Option<Secret>,
    from_trusted_page: bool,
}

impl RefreshCookie {
    /// Reads the head of a request.
    #[must_use]
    pub fn read(parts: &Parts, config: &Config) -> Self {
        Self { token: find_token(&parts.headers), from_trusted_page: is_from_trusted_page(parts, config) }
    }

    /// The refresh token that came in the cookie, if one did.
    ///
    /// # Errors
    /// As [`RefreshCookie::check_page`].
    pub fn token(&self) -> Result<Option<&str>> {
        let Some(token) = &self.token else { return Ok(None) };
        self.check_page()?;
        Ok(Some(token.expose()))
    }

    /// Whether the request may use the cookie at all, and have it set.
    ///
    /// # Errors
    /// `FORBIDDEN` unless the browser says that the request comes from a page of this server, or of a configured origin
    /// of the same site.
    pub fn check_page(&self) -> Result<()> {
        if self.from_trusted_page {
            return Ok(());
        }
        Err(Error::new(
            ErrorCode::Forbidden,
            "The cookie works only for pages served from the same host (`Origin` must match `Host`, which a proxy has to pass through, port included), and for those of an origin of the same site that CORS_ORIGINS names. Other clients: use `refreshToken`.",
        ))
    }
}

/// The value of `Set-Cookie` that has a browser keep `token` for `lifetime`.
#[must_use]
pub fn set_cookie(token: &str, lifetime: TimeDelta) -> String {
    let seconds = lifetime.num_seconds().max(0);
    format!("{NAME}={token}; Path=/; Max-Age={seconds}; HttpOnly; Secure; SameSite=Strict")
}

/// The value of `Set-Cookie` that has a browser forget the token.
#[must_use]
pub fn clear_cookie() -> String {
    set_cookie("", TimeDelta::zero())
}

fn find_token(headers: &HeaderMap) -> Option<Secret> {
    let pairs =
        headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(';'));
    pairs.filter_map(|pair| pair.trim().split_once('=')).find(|(name, _)| *name == NAME)?.1.parse().ok()
}

fn is_from_trusted_page(parts: &Parts, config: &Config) -> bool {
    let header = |name| {
        let mut values = parts.headers.get_all(name).iter();
        values.next().filter(|_| values.next().is_none()).and_then(|value| value.to_str().ok())
    };
    let Some(origin) = header(ORIGIN.as_str()) else { return false };
    let is_own = || {
        let host = parts.uri.authority().map(Authority::as_str).or_else(|| header(HOST.as_str()));
        host.is_some() && host == origin.split_once("://").map(|(_, authority)| authority)
    };
    let mut sites = parts.headers.get_all(SEC_FETCH_SITE).iter().map(HeaderValue::as_bytes);
    match (sites.next(), sites.next()) {
        (None | Some(b"same-origin"), None) => is_own(),
        // Only the browser knows that it is the same site. Another site's pages may call without the cookie.
        (Some(b"same-site"), None) => config.allows_origin(origin),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        config: Config,
    }

    fn read(uri: &str, headers: &[(&str, &str)]) -> RefreshCookie {
        read_with("", uri, headers)
    }

    fn read_with(origins: &str, uri: &str, headers: &[(&str, &str)]) -> RefreshCookie {
        let config = Cli::parse_from(["tallybook", &format!("--cors-origins={origins}")]).config;
        let request = headers.iter().fold(Request::post(uri), |request, (name, value)| request.header(*name, *value));
        RefreshCookie::read(&request.body(()).unwrap().into_parts().0, &config)
    }

    #[test]
    fn the_token_is_found_among_other_cookies() {
        let own = [("host", "books.example.org"), ("origin", "https://books.example.org")];
        let token = |cookies: &[&str]| {
            let cookies = cookies.iter().map(|cookie| ("cookie", *cookie));
            let headers: Vec<_> = own.into_iter().chain(cookies).collect();
            read("/graphql", &headers).token().unwrap().map(ToOwned::to_owned)
        };
        assert_eq!(token(&[]), None);
        assert_eq!(token(&["a=b; __Host-tallybook-refresh=x-_1; c=d"]).as_deref(), Some("x-_1"));
        assert_eq!(token(&["a=b", "__Host-tallybook-refresh=x"]).as_deref(), Some("x"));
        assert_eq!(token(&["tallybook-refresh=x; x__Host-tallybook-refresh=y"]), None);
    }

    #[test]
    fn only_pages_of_the_host_itself_may_use_the_cookie() {
        let host = ("host", "books.example.org:8443");
        let origin = ("origin", "https://books.example.org:8443");
        let allowed = |headers: &[_]| read("/graphql", headers).check_page().is_ok();
        assert!(allowed(&[host, origin]));
        assert!(allowed(&[host, origin, ("sec-fetch-site", "same-origin")]));
        assert!(read("https://books.example.org:8443/graphql", &[origin]).check_page().is_ok());
        for headers in [
            &[][..],
            &[host],
            &[origin],
            &[host, ("origin", "null")],
            &[host, ("origin", "https://books.example.org")],
            &[host, ("origin", "https://evil.example.org")],
            &[host, origin, origin],
            &[host, origin, ("sec-fetch-site", "same-site")],
            &[host, origin, ("sec-fetch-site", "cross-site")],
            &[host, origin, ("sec-fetch-site", "none")],
        ] {
            assert!(!allowed(headers), "{headers:?}");
        }
    }

    #[test]
    fn pages_of_a_configured_origin_may_use_it_only_within_the_site() {
        let host = ("host", "books.example.org");
        let (app, other) = (("origin", "https://app.example.org"), ("origin", "https://other.example.org"));
        let same_site = ("sec-fetch-site", "same-site");
        let allowed = |headers: &[_]| {
            let origins = "https://app.example.org,https://app.example.com";
            read_with(origins, "/graphql", headers).check_page().is_ok()
        };
        assert!(allowed(&[host, app, same_site]));
        assert!(allowed(&[host, ("origin", "https://books.example.org"), ("sec-fetch-site", "same-origin")]));
        for headers in [
            &[host, app][..],
            &[host, app, ("sec-fetch-site", "cross-site")],
            &[host, app, ("sec-fetch-site", "same-origin")],
            &[host, app, ("sec-fetch-site", "none")],
            &[host, app, ("sec-fetch-site", "")],
            &[host, app, same_site, ("sec-fetch-site", "cross-site")],
            &[host, app, app, same_site],
            &[host, other, same_site],
            &[host, ("origin", "http://app.example.org"), same_site],
            &[host, ("origin", "null"), same_site],
            &[host, ("origin", ""), same_site],
            &[host, same_site],
        ] {
            assert!(!allowed(headers), "{headers:?}");
        }
        assert!(read_with("", "/graphql", &[host, ("origin", ""), same_site]).check_page().is_err());
    }

    #[test]
    fn no_log_shows_the_token() {
        let cookie = read("/graphql", &[("cookie", "__Host-tallybook-refresh=hidden")]);
        assert!(!format!("{cookie:?}").contains("hidden"));
    }
}
