//! GraphiQL: the page and all that it loads, from the binary. No other host is asked for anything.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Router,
    extract::{Extension, Path},
    http::HeaderMap,
    routing::get,
};

use super::{
    file::{File, HTML, SCRIPT, STYLE},
    middleware::RequestId,
    not_found,
};
use crate::organization::EXPLORER;

const PAGE: &[u8] = include_bytes!("../../assets/graphiql/index.html");
/// What the page may load.
const POLICY: &str = include_str!("../../assets/graphiql/content-security-policy.txt").trim_ascii();

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

/// The page and its assets.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let file = |content_type, bytes| File::new(content_type, bytes).policy(POLICY);
    let page = Arc::new(file(HTML, PAGE));
    let assets: HashMap<_, _> = ASSETS.map(|(name, content_type, bytes)| (name, file(content_type, bytes))).into();
    let assets = Arc::new(assets);
    Router::new().route(EXPLORER, get(async move |headers: HeaderMap| page.response(&headers))).route(
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
                if target == "/" {
                    continue;
                }
                let name = target.strip_prefix("/assets/").unwrap_or_else(|| panic!("{target} is no asset"));
                assert!(ASSETS.iter().any(|(known, ..)| *known == name), "{name}");
            }
        }
    }
}
