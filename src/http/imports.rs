//! `/imports/{id}/file`: where the file of an import is sent.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::{Body, BodyDataStream, Bytes},
    extract::{Extension, Path, Request, State},
    http::{Response, StatusCode, header, request::Parts},
    routing::put,
};
use entity::Role;
use futures_util::{Stream, StreamExt, stream};
use serde_json::json;
use tokio::{sync::Semaphore, time::timeout};

use super::{
    method_not_allowed,
    middleware::{Outcome, RequestId},
    response,
    who::who,
};
use crate::{
    auth::{self, Author},
    db::Operation,
    error::{Error, ErrorCode, Result},
    id::{self, Kind},
    imports::{self, Lost},
    services::Services,
};

/// How many files are received at a time; more are refused, and told when to try again.
const AT_ONCE: usize = 4;
/// Longest that a client may take for the next part of a file.
const PATIENCE: Duration = Duration::from_secs(30);
/// Longest that it may take for all of it.
const LONGEST: Duration = Duration::from_hours(1);

/// Longest that the rest of a file that was refused is taken, and the most bytes of it.
const LINGERING: Duration = Duration::from_secs(5);
const MOST_TAKEN: usize = 64 * 1024 * 1024;

struct Uploads {
    services: Services,
    places: Semaphore,
}

/// The route of uploads.
pub(super) fn routes(services: Services) -> Router {
    Router::new()
        .route("/imports/{id}/file", put(upload))
        .method_not_allowed_fallback(method_not_allowed)
        .with_state(Arc::new(Uploads { services, places: Semaphore::new(AT_ONCE) }))
}

async fn upload(
    State(uploads): State<Arc<Uploads>>,
    Extension(RequestId(request_id)): Extension<RequestId>,
    Path(id): Path<String>,
    request: Request,
) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let mut body = body.into_data_stream();
    let mut outcome = Outcome { kind: Some("upload"), ..Outcome::default() };
    let received = receive(&uploads, (&id, &request_id), &parts, &mut body, &mut outcome);
    let received = Box::pin(received).await;
    let mut response = match received {
        Ok(answer) => answer,
        Err(error) => {
            outcome.codes = vec![error.code().as_str().to_owned()];
            tokio::spawn(take_rest(body));
            response::failed(status(&error), error, &request_id)
        }
    };
    response.extensions_mut().insert(outcome);
    response
}

async fn receive(
    uploads: &Uploads,
    (id, request_id): (&str, &str),
    parts: &Parts,
    body: &mut BodyDataStream,
    outcome: &mut Outcome,
) -> Result<Response<Body>> {
    let (services, headers) = (&uploads.services, &parts.headers);
    let viewer = who(services, parts)
        .await?
        .ok_or_else(|| Error::new(ErrorCode::Unauthenticated, "Sign in, and send the access token with the file."))?;
    outcome.user = Some(viewer.user.id);
    auth::require(&viewer, Role::Analyst)?;
    let id = id::decode("id", Kind::Import, &id.into())?;
    if headers.get(header::CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity") {
        return Err(Error::bad_value("Send the file as it is, without a Content-Encoding."));
    }
    let most = services.config.max_import_bytes;
    let length = headers.get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if length.is_some_and(|length| length > most) {
        return Err(too_large(most));
    }
    let Ok(_place) = uploads.places.try_acquire() else {
        let busy = Error::new(ErrorCode::RateLimited, "Several files are being received. Try again in a moment.");
        return Err(busy.with("retryAfter", 5));
    };
    let author = Author {
        user: Some(viewer.user.id),
        request_id: Some(request_id.to_owned()),
        api_token: viewer.through.api_token(),
        import: Some(id),
    };
    let bytes = Box::pin(in_time(body));
    let upload = Box::pin(imports::upload(services, author, id, bytes, most));
    let import = Operation::of(Some(viewer.user.id)).run(upload).await.map_err(|lost| match lost {
        Lost::TooLarge => too_large(most),
        Lost::Interrupted => {
            Error::bad_value("The file ended before it was complete, or came too slowly. Send it again.")
        }
        Lost::Failed(error) => error,
    })?;
    let counts = imports::counts(&import)?;
    let answer = json!({ "id": id::encode(Kind::Import, import.id).as_str(), "size": import.size, "counts": counts });
    let mut response = Response::new(Body::from(answer.to_string()));
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    Ok(response)
}

/// Takes what a client goes on sending of a file that was refused. A connection that is closed while bytes arrive is reset,
/// and the answer can be lost with it.
async fn take_rest(mut body: BodyDataStream) {
    let rest = async {
        let mut taken = 0;
        while let Some(Ok(part)) = body.next().await
            && taken < MOST_TAKEN
        {
            taken += part.len();
        }
    };
    // However much there is left then.
    let _ = timeout(LINGERING, rest).await;
}

fn too_large(most: u64) -> Error {
    let message = format!("A file may have {most} bytes at most. Cut it in two.");
    Error::new(ErrorCode::QueryTooComplex, message).with("limit", most)
}

/// The parts of a body, for as long as each comes in time.
fn in_time<E: std::fmt::Display>(
    body: impl Stream<Item = std::result::Result<Bytes, E>> + Unpin,
) -> impl Stream<Item = std::result::Result<Bytes, String>> {
    let ends = Instant::now() + LONGEST;
    stream::unfold(body, move |mut body| async move {
        let patience = PATIENCE.min(ends.saturating_duration_since(Instant::now()));
        match timeout(patience, body.next()).await {
            Ok(None) => None,
            Ok(Some(part)) => Some((part.map_err(|error| error.to_string()), body)),
            Err(late) => Some((Err(late.to_string()), body)),
        }
    })
}

fn status(error: &Error) -> StatusCode {
    match error.code() {
        ErrorCode::Unauthenticated => StatusCode::UNAUTHORIZED,
        ErrorCode::Forbidden => StatusCode::FORBIDDEN,
        ErrorCode::NotFound => StatusCode::NOT_FOUND,
        ErrorCode::Conflict => StatusCode::CONFLICT,
        ErrorCode::QueryTooComplex => StatusCode::PAYLOAD_TOO_LARGE,
        ErrorCode::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        ErrorCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        ErrorCode::InternalServerError => StatusCode::INTERNAL_SERVER_ERROR,
        _ => StatusCode::BAD_REQUEST,
    }
}
