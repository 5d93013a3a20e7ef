//! A file that is the same for everybody, from the binary.

use std::sync::OnceLock;

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use brotli::enc::BrotliEncoderParams;
use sha2::{Digest, Sha256};

pub const HTML: &str = "text/html; charset=utf-8";
pub const SCRIPT: &str = "text/javascript; charset=utf-8";
pub const STYLE: &str = "text/css; charset=utf-8";

/// How hard files are compressed: nearly as well as can be, in a tenth of a second for all of them together.
const QUALITY: i32 = 5;

/// What clients do with their copy of a file.
#[derive(Clone, Copy)]
pub enum Copies {
    /// They ask every time whether it is current: the name says nothing of what is in the file.
    Asked,
    /// They keep it: a file that differs has another name.
    Kept,
}

impl Copies {
    fn cache_control(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Asked => "no-cache",
            Self::Kept => "public, max-age=31536000, immutable",
        })
    }
}

/// One file, ready to be sent.
pub struct File {
    content_type: &'static str,
    tag: HeaderValue,
    policy: &'static str,
    copies: Copies,
    bytes: Bytes,
    /// The same in Brotli, once somebody took it so.
    compressed: OnceLock<Option<Bytes>>,
}

impl File {
    /// A file that loads nothing, and of which copies are asked about.
    pub fn new(content_type: &'static str, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let digest = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&bytes));
        // Weak, because the same bytes also go out compressed.
        let tag = HeaderValue::try_from(format!("W/\"{digest}\"")).unwrap_or(HeaderValue::from_static("W/\"\""));
        Self {
            content_type,
            tag,
            policy: "default-src 'none'",
            copies: Copies::Asked,
            bytes,
            compressed: OnceLock::new(),
        }
    }

    /// The same with what it may load, as a Content-Security-Policy.
    pub fn policy(self, policy: &'static str) -> Self {
        Self { policy, ..self }
    }

    pub fn copies(self, copies: Copies) -> Self {
        Self { copies, ..self }
    }

    /// The file, or 304 if the client's copy is current.
    pub fn response(&self, request: &HeaderMap) -> Response<Body> {
        let known = request.get(header::IF_NONE_MATCH).and_then(|tags| tags.to_str().ok()).unwrap_or_default();
        let is_known = known.split(',').any(|tag| tag.trim().as_bytes() == self.tag.as_bytes());
        let mut response = if is_known {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response
        } else if takes_brotli(request)
            && let Some(compressed) = self.compressed()
        {
            let mut response = Response::new(Body::from(compressed));
            response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("br"));
            response
        } else {
            // Who takes another encoding gets it from the layer around the router.
            Response::new(Body::from(self.bytes.clone()))
        };
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.insert(header::ETAG, self.tag.clone());
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
        headers.insert(header::CACHE_CONTROL, self.copies.cache_control());
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(self.policy));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        response
    }

    /// Made once, and so better than could be done for each request.
    fn compressed(&self) -> Option<Bytes> {
        let compress = || {
            let params = BrotliEncoderParams { quality: QUALITY, size_hint: self.bytes.len(), ..Default::default() };
            let mut compressed = Vec::new();
            brotli::BrotliCompress(&mut self.bytes.as_ref(), &mut compressed, &params).ok()?;
            Some(compressed.into())
        };
        self.compressed.get_or_init(compress).clone()
    }
}

/// Whether the client names Brotli, and does not refuse it.
fn takes_brotli(request: &HeaderMap) -> bool {
    let accepted = request.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).any(|encoding| {
        let mut parts = encoding.split(';').map(str::trim);
        let weight = |part: &str| part.strip_prefix("q=").and_then(|weight| weight.parse::<f32>().ok());
        parts.next().is_some_and(|name| name.eq_ignore_ascii_case("br"))
            && parts.find_map(weight).is_none_or(|weight| weight > 0.0)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_has_the_file_is_told_so() {
        let file = File::new("text/css; charset=utf-8", &b"a {}"[..]);
        let first = file.response(&HeaderMap::new());
        assert_eq!(first.status(), StatusCode::OK);
        let mut headers = HeaderMap::new();
        headers.insert(header::IF_NONE_MATCH, first.headers()[header::ETAG].clone());
        assert_eq!(file.response(&headers).status(), StatusCode::NOT_MODIFIED);
        headers.insert(header::IF_NONE_MATCH, HeaderValue::from_static("W/\"other\""));
        assert_eq!(file.response(&headers).status(), StatusCode::OK);
    }

    #[test]
    fn who_takes_brotli_gets_it() {
        let file = File::new(STYLE, "a { color: red }\n".repeat(100));
        for (accepted, expected) in [
            ("gzip, deflate, br, zstd", true),
            ("BR;q=0.5", true),
            ("br; q=0, gzip", false),
            ("br;q=0.000", false),
            ("gzip", false),
            ("*", false),
            ("", false),
        ] {
            let headers = HeaderMap::from_iter([(header::ACCEPT_ENCODING, HeaderValue::from_static(accepted))]);
            let response = file.response(&headers);
            assert_eq!(response.headers().contains_key(header::CONTENT_ENCODING), expected, "{accepted}");
            assert_eq!(response.headers()[header::VARY], "accept-encoding");
        }
        let mut read = Vec::new();
        let compressed = file.compressed().unwrap();
        brotli::BrotliDecompress(&mut compressed.as_ref(), &mut read).unwrap();
        assert!(read == file.bytes && compressed.len() < 60, "{}", compressed.len());
    }
}
