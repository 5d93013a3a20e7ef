//! Events that the server sends: GraphQL over Server-Sent Events, with a connection for each operation.

use std::{io, sync::Arc};

use async_graphql::{Executor, Response as Executed, ServerError};
use axum::{
    body::Body,
    http::{HeaderValue, Response, StatusCode, header},
};
use futures_util::stream;
use gateway::answer;
use tokio::{sync::mpsc, time::timeout};
use tracing::Instrument;

use super::{KEEP_ALIVE, Order, PATIENCE, Said, Subscribed, too_many};
use crate::{
    auth::{Caller, Guest},
    error::Error,
    http::{execute::Api, middleware::Outcome, refusal::Refusal, response, who},
};

/// A comment of the event stream, which keeps the connection alive.
const COMMENT: &str = ":\n\n";

/// A subscription that has begun: its first answer is there.
pub(in crate::http) struct Events<E> {
    first: Said,
    subscribed: Subscribed<E>,
    guest: Guest,
}

impl<E: Executor> Events<E> {
    /// Lets whoever sends `authorization` in, and has `order` executed once.
    ///
    /// # Errors
    /// Why they may not, or why nothing was executed where the same request can succeed later.
    pub(in crate::http) async fn begin(
        api: &Arc<Api<E>>,
        caller: Caller,
        authorization: Option<&str>,
        order: Order,
        outcome: &mut Outcome,
    ) -> Result<Self, Refusal> {
        let seat = api.take_seat(caller.address)?;
        let (viewer, expires_at) = who::guest(&api.services, authorization, caller.address).await?;
        outcome.user = Some(viewer.user.id);
        let most = api.services.config.limits.max_sockets_per_user;
        let guest = seat.enter(viewer.clone(), expires_at, most).ok_or_else(|| too_many(most))?;
        let caller = Caller { viewer: Ok(Some(viewer)), ..caller };
        let mut subscribed = Subscribed::new(Arc::clone(api), order, caller);
        let first = subscribed.next().await.ok_or_else(|| Error::unavailable("a subscription without an answer"))?;
        if let Said::Failed(errors) = &first {
            outcome.note(errors);
            if errors.iter().all(super::may_pass) {
                return Err(Refusal {
                    status: Some(StatusCode::SERVICE_UNAVAILABLE),
                    allow: None,
                    errors: errors.to_vec(),
                });
            }
        }
        Ok(Self { first, subscribed, guest })
    }

    /// The response, whose body goes on until the client hangs up.
    pub(in crate::http) fn response(self) -> Response<Body> {
        let (sender, receiver) = mpsc::channel(1);
        tokio::spawn(self.send(sender).in_current_span());
        let next = async |mut receiver: mpsc::Receiver<_>| match timeout(KEEP_ALIVE, receiver.recv()).await {
            Ok(event) => Some((event?, receiver)),
            Err(_) => Some((Ok(COMMENT.to_owned()), receiver)),
        };
        response_of(Body::from_stream(stream::unfold(receiver, next)))
    }

    async fn send(mut self, sender: mpsc::Sender<Result<String, io::Error>>) {
        let mut said = self.first;
        loop {
            let (events, is_over) = match said {
                Said::Next(json) => (vec![next(&json)], false),
                Said::Failed(errors) => (failed(&errors), true),
            };
            for event in events {
                match timeout(PATIENCE, sender.send(Ok(event))).await {
                    Ok(Ok(())) => {}
                    Ok(Err(_)) => return,
                    Err(_) => {
                        tracing::info!("a reader of events was too slow, and was cut off");
                        return;
                    }
                }
            }
            if is_over {
                return;
            }
            said = tokio::select! {
                end = self.guest.ended() => {
                    // Not `complete`: there is more, for whoever comes again with a good token.
                    let _ = sender.send(Err(io::Error::other(format!("{end:?}")))).await;
                    return;
                }
                () = sender.closed() => return,
                next = self.subscribed.next() => match next {
                    Some(next) => next,
                    None => return,
                },
            };
        }
    }
}

/// The events of an operation that has one answer.
pub(in crate::http) fn only(executed: Executed, request_id: &str, max_bytes: usize) -> Response<Body> {
    let errors = response::publish(executed.errors, request_id);
    let events = match answer::write(Some(&executed.data), &errors, max_bytes) {
        Ok(json) => vec![next(&json), complete()],
        Err(refusal) => failed(&response::publish(refusal.errors, request_id)),
    };
    response_of(Body::from(events.concat()))
}

/// An event with an answer in JSON, which has no line breaks.
fn next(json: &[u8]) -> String {
    format!("event: next\ndata: {}\n\n", String::from_utf8_lossy(json))
}

/// The protocol has no event for an operation that failed: it has one answer.
fn failed(errors: &[ServerError]) -> Vec<String> {
    let json = answer::write(None, errors, usize::MAX).unwrap_or_default();
    vec![next(&json), complete()]
}

/// An event without data would not be dispatched.
fn complete() -> String {
    "event: complete\ndata:\n\n".to_owned()
}

fn response_of(body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Without it, nginx gathers events before it passes them on.
    headers.insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}
