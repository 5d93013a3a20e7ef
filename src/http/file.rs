//! A file that is the same for everybody, from the binary.

use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

pub const HTML: &str = "text/html; charset=utf-8";
pub const SCRIPT: &str = "text/javascript; charset=utf-8";
pub const STYLE: &str = "text/css; charset=utf-8";

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
}

impl File {
    /// A file that loads nothing, and of which copies are asked about.
    pub fn new(content_type: &'static str, bytes: impl Into<Bytes>) -> Self {
        let bytes = bytes.into();
        let digest = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(&bytes));
        // Weak, because the same bytes also go out compressed.
        let tag = HeaderValue::try_from(format!("W/\"{digest}\"")).unwrap_or(HeaderValue::from_static("W/\"\""));
        Self { content_type, tag, policy: "default-src 'none'", copies: Copies::Asked, bytes }
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
        let mut response = Response::new(if is_known { Body::empty() } else { Body::from(self.bytes.clone()) });
        if is_known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.content_type));
        headers.insert(header::ETAG, self.tag.clone());
        headers.insert(header::CACHE_CONTROL, self.copies.cache_control());
        headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(self.policy));
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
        response
    }
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
}
