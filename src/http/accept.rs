//! Which media type an answer has: content negotiation by `Accept` (RFC 9110, 12.5.1).

use axum::http::{HeaderMap, header::ACCEPT};

/// How an answer is labelled. What is in it is the same; the status of a refused request is not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MediaType {
    /// `application/json`: a document that is refused is answered with 200.
    #[default]
    Json,
    /// `application/graphql-response+json`: the status says whether the request was good.
    GraphqlResponse,
}

impl MediaType {
    /// The `Content-Type` of such an answer.
    #[must_use]
    pub fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::GraphqlResponse => "application/graphql-response+json",
        }
    }
}

/// Whether a charset is UTF-8; some clients leave the hyphen out.
#[must_use]
pub fn is_utf8(charset: &str) -> bool {
    charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
}

/// What the client likes best of what there is; `None` where it takes neither.
///
/// A client that names both alike gets the type that says more; one that names none, or any, gets plain JSON.
#[must_use]
pub fn negotiate(headers: &HeaderMap) -> Option<MediaType> {
    let accepted = || headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    if accepted().all(|value| value.trim().is_empty()) {
        return Some(MediaType::Json);
    }
    let ranges = ranges(headers);
    let best = [MediaType::Json, MediaType::GraphqlResponse].into_iter().filter_map(|media| {
        let (weight, precision) = find(&ranges, media.name())?;
        Some((weight, precision, media))
    });
    // Of equals the last wins; but it is an equal only where it is named.
    let (weight, _, media) = best.max_by_key(|(weight, precision, media)| {
        (
            *weight,
            *precision,
            *precision == Precision::Exact && *media == MediaType::GraphqlResponse,
            *media == MediaType::Json,
        )
    })?;
    (weight > 0).then_some(media)
}

/// Whether the client names events that the server sends, and takes them.
#[must_use]
pub fn takes_events(headers: &HeaderMap) -> bool {
    matches!(find(&ranges(headers), "text/event-stream"), Some((1.., Precision::Exact)))
}

/// Whether the client names HTML, and likes it better than what there is: a browser that opens a page.
#[must_use]
pub fn prefers_html(headers: &HeaderMap) -> bool {
    let ranges = ranges(headers);
    let weight = |name| find(&ranges, name).map_or(0, |(weight, _)| weight);
    let names_html = matches!(find(&ranges, "text/html"), Some((_, Precision::Exact)));
    let others = [MediaType::Json, MediaType::GraphqlResponse].map(|media| weight(media.name()));
    names_html && others.into_iter().all(|other| weight("text/html") > other)
}

fn ranges(headers: &HeaderMap) -> Vec<Range<'_>> {
    let accepted = headers.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepted.flat_map(|value| value.split(',')).filter_map(Range::parse).collect()
}

/// How much the client likes the type `name`, and how exactly it says so.
fn find(ranges: &[Range<'_>], name: &str) -> Option<(u16, Precision)> {
    let covering = ranges.iter().filter(|range| range.covers(name)).max_by_key(|range| range.precision())?;
    Some((covering.weight, covering.precision()))
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Precision {
    Anything,
    Subtype,
    Exact,
}

struct Range<'a> {
    name: &'a str,
    /// In thousandths.
    weight: u16,
}

impl<'a> Range<'a> {
    /// A range that cannot be read, or asks for another charset, matches nothing.
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let mut range = Self { name: parts.next()?, weight: 1000 };
        for parameter in parts.filter(|parameter| !parameter.is_empty()) {
            let (name, value) = parameter.split_once('=')?;
            let value = value.trim().trim_matches('"');
            if name.trim().eq_ignore_ascii_case("q") {
                range.weight = parse_weight(value)?;
            } else if !name.trim().eq_ignore_ascii_case("charset") || !is_utf8(value) {
                return None;
            }
        }
        Some(range)
    }

    fn precision(&self) -> Precision {
        match self.name.split_once('/') {
            Some(("*", "*")) => Precision::Anything,
            Some((_, "*")) => Precision::Subtype,
            _ => Precision::Exact,
        }
    }

    fn covers(&self, media_type: &str) -> bool {
        match (self.precision(), self.name.split_once('/'), media_type.split_once('/')) {
            (Precision::Anything, ..) => true,
            (Precision::Subtype, Some((range, _)), Some((name, _))) => range.eq_ignore_ascii_case(name),
            _ => self.name.eq_ignore_ascii_case(media_type),
        }
    }
}

/// `0` to `1` with up to three decimals.
fn parse_weight(text: &str) -> Option<u16> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = fraction.bytes().all(|byte| byte.is_ascii_digit());
    if !matches!(whole, "0" | "1") || fraction.len() > 3 || !digits {
        return None;
    }
    let weight = format!("{whole}{fraction:0<3}").parse().ok()?;
    (weight <= 1000).then_some(weight)
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn negotiated(accept: &[&'static str]) -> Option<MediaType> {
        let mut headers = HeaderMap::new();
        for value in accept {
            headers.append(ACCEPT, HeaderValue::from_static(value));
        }
        negotiate(&headers)
    }

    #[test]
    fn who_does_not_say_or_takes_anything_gets_json() {
        for accept in [&[][..], &[""], &["*/*"], &["application/*"], &["text/html, */*;q=0.8"], &["*/*;q=0.001"]] {
            assert_eq!(negotiated(accept), Some(MediaType::Json), "{accept:?}");
        }
    }

    #[test]
    fn the_weight_decides_then_the_precision_then_what_says_more() {
        for (accept, expected) in [
            ("application/json", MediaType::Json),
            ("application/graphql-response+json", MediaType::GraphqlResponse),
            ("Application/GraphQL-Response+JSON; charset=\"UTF-8\"", MediaType::GraphqlResponse),
            ("application/json; charset=utf8", MediaType::Json),
            ("application/json, application/graphql-response+json", MediaType::GraphqlResponse),
            ("application/graphql-response+json, application/json;q=0.9", MediaType::GraphqlResponse),
            ("application/graphql-response+json;q=0.9, application/json", MediaType::Json),
            ("application/graphql-response+json;q=0.5, */*", MediaType::Json),
            ("application/graphql-response+json, */*", MediaType::GraphqlResponse),
            ("application/json, */*", MediaType::Json),
            ("application/json;q=0, */*", MediaType::GraphqlResponse),
            ("*/*;q=0, application/json;q=0.1", MediaType::Json),
        ] {
            assert_eq!(negotiated(&[accept]), Some(expected), "{accept}");
        }
    }

    #[test]
    fn several_headers_are_one_list() {
        assert_eq!(negotiated(&["text/html", "application/graphql-response+json"]), Some(MediaType::GraphqlResponse));
    }

    #[test]
    fn a_browser_that_opens_a_page_prefers_html_and_a_program_does_not() {
        let prefers =
            |accept: &'static str| prefers_html(&HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static(accept))]));
        for accept in [
            "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
            "text/html",
            "application/json;q=0.5, Text/HTML;q=0.9",
        ] {
            assert!(prefers(accept), "{accept}");
        }
        for accept in [
            "",
            "*/*",
            "text/*",
            "text/html, */*",
            "application/json, text/html",
            "text/html, application/graphql-response+json",
            "text/html;q=0",
            "application/json, text/plain, */*",
        ] {
            assert!(!prefers(accept), "{accept}");
        }
        assert!(!prefers_html(&HeaderMap::new()));
    }

    #[test]
    fn nothing_acceptable_is_none() {
        for accept in [
            "text/html",
            "text/*",
            "application/json;q=0",
            "*/*;q=0",
            "application/json; charset=utf-16",
            "application/json; q=2",
            "application/json; q=nan",
            "nonsense",
        ] {
            assert_eq!(negotiated(&[accept]), None, "{accept}");
        }
    }
}
