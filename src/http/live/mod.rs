//! Subscriptions: over WebSockets, and as events that the server sends.
//!
//! Each answer of a subscription is executed as a query is, with its limits, its turn and its place among the statements;
//! [`Subscribed`] knows when the next one is due. A slow reader has no answers waiting: what it does not take is not executed.

use std::{net::IpAddr, sync::Arc, time::Duration};

use async_graphql::{Executor, ServerError, Value, Variables};
use axum::body::Bytes;
use gateway::{answer, code};
use sha2::{Digest, Sha256};

use super::{
    execute::{Api, Asker},
    middleware::Outcome,
    refusal::Refusal,
    response,
};
use crate::{
    auth::{Caller, Seat, Viewer},
    error::{Error, ErrorCode},
    feed::{Bookmark, Mark},
};

pub(super) mod events;
mod flights;
pub(super) mod handshake;
mod operation;
mod protocol;
mod socket;
mod subscribed;

pub(super) use flights::Flights;
use subscribed::Subscribed;

/// How long to wait after an answer that could not be given for the moment.
const REST: Duration = Duration::from_secs(1);
/// How long a reader may take for one answer. A slower one is cut off, and goes on where it was.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often a silent connection gets a sign of life. Proxies close one that is silent for longer.
const KEEP_ALIVE: Duration = Duration::from_secs(25);

/// What somebody wants to have executed.
#[derive(Debug)]
pub(super) struct Order {
    text: String,
    operation_name: Option<String>,
    variables: Variables,
    /// The same for all that ask for the same.
    digest: [u8; 32],
}

impl Order {
    /// The operation called `operation_name` of the document `text`, or the only one.
    pub(super) fn new(text: &str, operation_name: Option<String>, variables: Variables) -> Self {
        let mut digest = Sha256::new();
        for part in [text, operation_name.as_deref().unwrap_or_default(), &Value::from(variables.clone()).to_string()] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        Self { text: text.to_owned(), operation_name, variables, digest: digest.finalize().into() }
    }
}

/// What came of one execution; the same for all who asked for the same.
#[derive(Clone, Debug)]
enum Answer {
    /// An answer in JSON, or nothing to say; and where the subscription stands after it.
    Given(Option<Bytes>, Mark),
    /// The operation failed as a whole.
    Failed(Arc<[ServerError]>),
}

/// What a subscriber is told.
#[derive(Debug)]
pub(super) enum Said {
    /// An answer in JSON.
    Next(Bytes),
    /// Why there are no more.
    Failed(Arc<[ServerError]>),
}

impl<E: Executor> Api<E> {
    /// What all have in common who get the same answers to `order` as `viewer` does; `None` where nobody else does.
    fn sharing(&self, order: &Order, viewer: Option<&Viewer>) -> Option<Vec<u8>> {
        let viewer = viewer?;
        let document = self.gateway.read(&order.text).ok()?;
        let operation = document.choose(order.operation_name.as_deref(), order.variables.clone()).ok()?;
        // What somebody sees of themselves, others do not.
        let is_own = self.gateway.selects(&operation, |ty, field| match ty {
            "User" => !matches!(field, "id" | "name" | "__typename"),
            "Session" | "ApiToken" => true,
            _ => false,
        });
        let is_session = viewer.through.session().is_some();
        (!is_own).then(|| format!("{:?} {is_session}", viewer.user.role).into_bytes())
    }

    /// Executes a subscription once, from `cursor` on.
    async fn next_answer(&self, order: &Order, caller: Caller, cursor: Option<String>) -> Answer {
        let (bookmark, request_id) = (Arc::new(Bookmark::new(cursor)), caller.request_id.clone());
        let longest = self.services.config.request_timeout;
        let mut outcome = Outcome::default();
        let executed = self.execute_order(order, caller, Some(bookmark.clone()), &mut outcome);
        let executed = tokio::time::timeout(longest, executed).await.unwrap_or_else(|_| Err(too_long().into()));
        match executed {
            Ok(said) => Answer::Given(said, bookmark.mark()),
            Err(refusal) => Answer::Failed(response::publish(refusal.errors, &request_id).into()),
        }
    }

    /// Executes `order` for `caller`; gives the answer in JSON.
    ///
    /// # Errors
    /// Why nothing was executed; also where a subscription's field failed, or a part of it did for the moment: a null there
    /// would pass for an object that is gone.
    async fn execute_order(
        &self,
        order: &Order,
        caller: Caller,
        bookmark: Option<Arc<Bookmark>>,
        outcome: &mut Outcome,
    ) -> Result<Option<Bytes>, Refusal> {
        let request_id = caller.request_id.clone();
        let is_subscription = bookmark.is_some();
        let document = self.gateway.read(&order.text)?;
        let operation = document.choose(order.operation_name.as_deref(), order.variables.clone())?;
        outcome.set(&operation);
        let executed = self.carry_out(operation, Asker::Guest(caller), bookmark, outcome).await?;
        let Some(executed) = executed else { return Ok(None) };
        let errors = response::publish(executed.errors, &request_id);
        outcome.note(&errors);
        let has_failed = errors.iter().any(may_pass) || !errors.is_empty() && is_nothing(&executed.data);
        if is_subscription && has_failed {
            return Err(Refusal { status: None, allow: None, errors });
        }
        let json = answer::write(Some(&executed.data), &errors, self.services.config.limits.max_answer_bytes)?;
        Ok(Some(json.into()))
    }
}

/// Whether a subscription's field is null.
fn is_nothing(data: &Value) -> bool {
    match data {
        Value::Object(fields) => fields.values().all(|value| *value == Value::Null),
        _ => *data == Value::Null,
    }
}

/// Whether the same can succeed in a moment.
fn may_pass(error: &ServerError) -> bool {
    let codes = [ErrorCode::Unavailable, ErrorCode::RateLimited].map(ErrorCode::as_str);
    code(error).is_some_and(|code| codes.contains(&code))
}

/// The error of an answer that took too long.
fn too_long() -> Error {
    let message = "The answer took longer than the server allows. Ask for less, or try again in a moment.";
    Error::new(ErrorCode::Unavailable, message)
}

/// The error of somebody who has as many connections as one may.
fn too_many(most: usize) -> Error {
    let message = format!("You have {most} connections open already, which is as many as one user may. Close one.");
    Error::new(ErrorCode::RateLimited, message).with("limit", most).with("retryAfter", 5)
}

/// The error of a server with as many connections as it has room for.
fn full() -> Error {
    Error::new(ErrorCode::Unavailable, "The server has as many connections as it can hold. Try again in a moment.")
        .with("retryAfter", 5)
}

impl<E: Executor> Api<E> {
    /// A place for a connection of somebody at `address`.
    ///
    /// # Errors
    /// `UNAVAILABLE` where there is none, or the server stops.
    fn take_seat(&self, address: Option<IpAddr>) -> Result<Seat, Error> {
        self.services.connected.take_seat(address).ok_or_else(full)
    }
}
