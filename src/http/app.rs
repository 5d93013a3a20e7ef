//! The app: its page and all that it loads, from the binary. `web/` has its sources, and builds what is in `assets/app/`.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{Extension, Path},
    http::{HeaderMap, Method, Response},
    routing::get,
};
use rust_embed::RustEmbed;

use super::{
    accept,
    file::{Copies, File, HTML, SCRIPT, STYLE},
    middleware::RequestId,
    not_found,
};

/// What the page may load: nothing from another host, and no script or style that is not a file.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const PAGE: &str = "index.html";

#[derive(RustEmbed)]
#[folder = "assets/app"]
struct Built;

/// The app's page, at every path that nothing else is at, for the app shows pages of its own there; and what it loads.
pub fn routes<S: Clone + Send + Sync + 'static>() -> Router<S> {
    let files = Built::iter().filter_map(|name| Some((name.clone().into_owned(), file(&name)?)));
    let app = App(Arc::new(files.collect()));
    Router::new().route("/", get(page)).route("/assets/app/{name}", get(asset)).fallback(visited).layer(Extension(app))
}

/// What was built, by name.
#[derive(Clone)]
struct App(Arc<HashMap<String, File>>);

async fn page(app: Extension<App>, id: Extension<RequestId>, headers: HeaderMap) -> Response<Body> {
    asset(Path(PAGE.to_owned()), app, id, headers).await
}

/// The page for a browser that visits a path; for others there is nothing there.
async fn visited(method: Method, app: Extension<App>, id: Extension<RequestId>, headers: HeaderMap) -> Response<Body> {
    let is_visit = method == Method::GET && accept::prefers_html(&headers);
    if is_visit { page(app, id, headers).await } else { not_found(id).await }
}

/// A file that the page names.
async fn asset(
    Path(name): Path<String>,
    app: Extension<App>,
    id: Extension<RequestId>,
    headers: HeaderMap,
) -> Response<Body> {
    match app.0.0.get(&name) {
        Some(file) => file.response(&headers),
        None => not_found(id).await,
    }
}

/// A file that was built. All names but the page's have a digest of what is in the file.
fn file(name: &str) -> Option<File> {
    let embedded = Built::get(name)?;
    let (content_type, copies) = match name.rsplit('.').next()? {
        "html" => (HTML, Copies::Asked),
        "js" => (SCRIPT, Copies::Kept),
        "css" => (STYLE, Copies::Kept),
        "svg" => ("image/svg+xml", Copies::Kept),
        _ => return None,
    };
    Some(File::new(content_type, embedded.data.into_owned()).policy(POLICY).copies(copies))
}
