//! `/exports/{id}`: fetching a file that a mutation offered.

use std::{convert::Infallible, sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, Bytes},
    extract::{Extension, Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, Response, StatusCode, header},
    routing::get,
};
use futures_util::stream;
use serde::Deserialize;
use tokio::{sync::mpsc, task::spawn_blocking, time::timeout};

use super::{
    method_not_allowed,
    middleware::{Outcome, RequestId},
    response,
};
use crate::{
    error::{Error, ErrorCode, Result},
    exports::{Desk, Offer, Spool, Ticket, unknown},
    services::Services,
};

/// Longest that a client may take for the next part of a file.
const PATIENCE: Duration = Duration::from_mins(1);
/// Longest that it may take for all of it.
const LONGEST: Duration = Duration::from_hours(1);
/// How many parts are read ahead of the client.
const AHEAD: usize = 2;

/// What stands in the query of a download's URL.
#[derive(Deserialize)]
struct Signed {
    expires: i64,
    signature: String,
}

type Presented = (Path<String>, Result<Query<Signed>, QueryRejection>);

/// The route of downloads.
pub(super) fn routes(services: Services) -> Router {
    Router::new()
        .route("/exports/{id}", get(download).head(look))
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(Arc::new(Desk::new(services)))
}

/// The file, once.
async fn download(
    State(desk): State<Arc<Desk>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    presented: Presented,
) -> Response<Body> {
    let fetched = async { Box::pin(desk.fetch(ticket(&desk, &presented)?)).await };
    match fetched.await {
        Ok((offer, spool)) => {
            let length = HeaderValue::from(spool.bytes());
            let mut response = described(&offer, in_parts(spool));
            response.headers_mut().insert(header::CONTENT_LENGTH, length);
            response
        }
        Err(error) => refused(error, &request_id),
    }
}

/// What the file is like, for those who look first: that uses nothing up.
async fn look(
    State(desk): State<Arc<Desk>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    presented: Presented,
) -> Response<Body> {
    let offer = async { desk.offer(ticket(&desk, &presented)?).await };
    match offer.await {
        // Of a length that nobody knows yet.
        Ok(offer) => described(&offer, Body::from_stream(stream::empty::<Result<Bytes, Infallible>>())),
        Err(error) => refused(error, &request_id),
    }
}

fn ticket(desk: &Desk, (Path(id), query): &Presented) -> Result<Ticket> {
    let Query(Signed { expires, signature }) = query.as_ref().map_err(|_| unknown())?;
    desk.ticket((id, *expires, signature))
}

fn described(offer: &Offer, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    let headers: &mut HeaderMap = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(offer.content_type()));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let disposition = format!("attachment; filename=\"{}\"", offer.file_name());
    if let Ok(disposition) = HeaderValue::try_from(disposition) {
        headers.insert(header::CONTENT_DISPOSITION, disposition);
    }
    let outcome = Outcome { kind: Some("download"), user: Some(offer.viewer.user.id), ..Outcome::default() };
    response.extensions_mut().insert(outcome);
    response
}

fn refused(error: Error, request_id: &str) -> Response<Body> {
    let status = match error.code() {
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::Forbidden => StatusCode::FORBIDDEN,
        ErrorCode::QueryTooComplex => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::InternalServerError => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    };
    let codes = vec![error.code().as_str().to_owned()];
    let mut response = response::failed(status, error, request_id);
    response.extensions_mut().insert(Outcome { kind: Some("download"), codes, ..Outcome::default() });
    response
}

/// The file, a part at a time. It is gone when the client has all of it, hangs up, or takes too long: then the body ends
/// before its length, which clients notice.
fn in_parts(spool: Spool) -> Body {
    let (parts, mut received) = mpsc::channel(AHEAD);
    tokio::spawn(timeout(LONGEST, send(spool, parts)));
    Body::from_stream(stream::poll_fn(move |context| received.poll_recv(context)))
}

async fn send(mut spool: Spool, parts: mpsc::Sender<Result<Bytes, Infallible>>) {
    loop {
        let read = spawn_blocking(move || {
            let part = spool.chunk();
            (spool, part)
        });
        let Ok((rest, part)) = read.await else { return };
        spool = rest;
        match part {
            Ok(part) if part.is_empty() => return,
            Ok(part) => match timeout(PATIENCE, parts.send(Ok(part.into()))).await {
                Ok(Ok(())) => {}
                _ => return,
            },
            Err(error) => {
                tracing::error!(%error, "an exported file could not be read");
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use http_body_util::BodyExt;

    use super::*;
    use crate::exports::Room;

    #[tokio::test]
    async fn the_room_of_a_file_is_free_when_the_client_has_it_or_has_gone() {
        let room = Room::new(1 << 23);
        for hangs_up in [false, true] {
            let mut spool = room.spool(&std::env::temp_dir()).unwrap();
            spool.write_all(&vec![7; 1 << 22]).unwrap();
            let mut body = in_parts(spool.rewound().unwrap());
            assert!(body.frame().await.unwrap().is_ok() && room.taken() > 0);
            if hangs_up {
                drop(body);
            } else {
                assert!(body.collect().await.unwrap().to_bytes().len() > 1 << 21);
            }
            while room.taken() > 0 {
                tokio::time::sleep(Duration::from_millis(1)).await;
            }
        }
    }
}
