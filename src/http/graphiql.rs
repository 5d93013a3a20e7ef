//! GraphiQL: the page and all that it loads, from the binary. No other host is asked for anything.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{Extension, Path},
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
    routing::get,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use super::{middleware::RequestId, not_found};

const PAGE: &[u8] = include_bytes!("../../assets/graphiql/index.html");
const POLICY: &str = include_str!("../../assets/content-security-policy.txt");

const HTML: &str = "text/html; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const STYLE: &str = "text/css; charset=utf-8";

/// What the page loads from `/assets/`, with its type.
const ASSETS: [(&str, &str, &[u8]); 12] = [
    ("app.css", STYLE, include_bytes!("../../assets/graphiql/app.css")),
    ("app.js", SCRIPT, include_bytes!("../../assets/graphiql/app.js")),
    ("favicon.svg", "image/svg+xml", include_bytes!("../../assets/graphiql/favicon.svg")),
    ("session.js", SCRIPT, include_bytes!("../../assets/graphiql/session.js")),
    ("starter-tabs.js", SCRIPT, include_bytes!("../../assets/graphiql/starter-tabs.js")),
    ("storage.js", SCRIPT, include_bytes!("../../assets/graphiql/storage.js")),
    ("graphiql-plugin-explorer.css", STYLE, include_bytes!("../../assets/vendor/graphiql-plugin-explorer.css")),
    ("graphiql-plugin-explorer.umd.js", SCRIPT, include_bytes!("../../assets/vendor/graphiql-plugin-explorer.umd.js")),
    ("graphiql.min.css", STYLE, include_bytes!("../../assets/vendor/graphiql.min.css")),
    ("graphiql.min.js", SCRIPT, include_bytes!("../../assets/vendor/graphiql.min.js")),
    ("react-dom.production.min.js", SCRIPT, include_bytes!("../../assets/vendor/react-dom.production.min.js")),
    ("react.production.min.js", SCRIPT, include_bytes!("../../assets/vendor/react.production.min.js")),
];

/// One file, ready to be sent.
struct File {
    content_type: &'static str,
    tag: HeaderValue,
    bytes: &'static [u8],
}

impl File {
    fn new(content_type: &'static str, bytes: &'static [u8]) -> Self {
        let digest = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(bytes));
        // Weak, because the same bytes also go out compressed.
        let tag = HeaderValue::try_from(format!("W/\"{digest}\"")).unwrap_or(HeaderValue::from_static("W/\"\""));
        Self { content_type, tag, bytes }
    }

    /// The file, or 304 if the client's copy is current. File names carry no version, so clients have to ask every time.
    fn response(&self, request: &HeaderMap) -> Response<Body> {
        let known = request.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok()).unwrap_or_default();
        let is_known = known.split(',').any(|tag| tag.trim().as_bytes() == self.tag.as_bytes());
        let mut response = Response::new(if is_known { Body::empty() } else { Body::from(self.bytes) });
        if is_known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.insert(header::ETAG, self.tag.clone());
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY.trim_ascii()));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        response
    }
}

/// The page at `/` and its assets.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let page = Arc::new(File::new(HTML, PAGE));
    let assets: HashMap<_, _> = ASSETS.map(|(name, content_type, bytes)| (name, File::new(content_type, bytes))).into();
    let assets = Arc::new(assets);
    Router::new().route("/", get(async move |headers: HeaderMap| page.response(&headers))).route(
        "/assets/{name}",
        get(async move |Path(name): Path<String>, id: Extension<RequestId>, headers: HeaderMap| {
            match assets.get(name.as_str()) {
                Some(file) => file.response(&headers),
                None => not_found(id).await,
            }
        }),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_the_page_names_is_served_and_nothing_comes_from_elsewhere() {
        let page = std::str::from_utf8(PAGE).unwrap();
        for attribute in ["src=\"", "href=\""] {
            for rest in page.split(attribute).skip(1) {
                let target = rest.split('"').next().unwrap();
                let name = target.strip_prefix("/assets/").unwrap_or_else(|| panic!("{target} is no asset"));
                assert!(ASSETS.iter().any(|(known, ..)| *known == name), "{name}");
            }
        }
        assert!(POLICY.starts_with("default-src 'none'"));
    }

    #[test]
    fn who_has_the_file_is_told_so() {
        let file = File::new(STYLE, b"a {}");
        let first = file.response(&HeaderMap::new());
        assert_eq!(first.status(), StatusCode::OK);
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_NONE_MATCH, first.headers()[header::ETAG].clone());
        assert_eq!(file.response(&headers).status(), StatusCode::NOT_MODIFIED);
        headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static("W/\"other\""));
        assert_eq!(file.response(&headers).status(), StatusCode::OK);
    }
}
