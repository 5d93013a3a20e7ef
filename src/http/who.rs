//! Who sends a request.

use axum::http::request::Parts;

use super::address;
use crate::{
    auth::{self, Arrival, Viewer},
    error::Result,
    services::Services,
    tokens,
};

/// The user whose token the request carries, if it carries one.
///
/// # Errors
/// As [`auth::authenticate`].
pub(super) async fn who(services: &Services, parts: &Parts) -> Result<Option<Viewer>> {
    let address = address::find(parts, services.config.trusted_proxies.into());
    let viewer = auth::authenticate(&services.door(), Arrival { headers: &parts.headers, address }).await?;
    if let Some(id) = viewer.as_ref().and_then(|viewer| viewer.through.api_token()) {
        tokens::note_use(services, id, address);
    }
    Ok(viewer)
}
