//! Who sends a request, or opens a connection.

use std::net::IpAddr;

use axum::http::request::Parts;
use chrono::{DateTime, Utc};

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
    if let Some(viewer) = &viewer {
        note(services, viewer, address);
    }
    Ok(viewer)
}

/// The user whose token `authorization` holds, which is as a header of this name, and when that expires.
///
/// # Errors
/// As [`auth::authenticate`], and `UNAUTHENTICATED` where there is no token.
pub(super) async fn guest(
    services: &Services,
    authorization: Option<&str>,
    address: Option<IpAddr>,
) -> Result<(Viewer, Option<DateTime<Utc>>)> {
    let authorization = authorization.ok_or_else(auth::unauthenticated)?;
    let (viewer, expires_at) = auth::admit(&services.door(), authorization, address).await?;
    note(services, &viewer, address);
    Ok((viewer, expires_at))
}

fn note(services: &Services, viewer: &Viewer, address: Option<IpAddr>) {
    if let Some(id) = viewer.through.api_token() {
        tokens::note_use(services, id, address);
    }
}
