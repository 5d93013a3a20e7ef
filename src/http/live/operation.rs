//! Operations over a WebSocket: each runs in a task of its own, and says what it has to say by way of the connection.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Executor, ServerError, parser::types::OperationType};
use axum::body::Bytes;
use serde_json::{Map, Value as Json};
use tokio::{
    sync::mpsc,
    task::{AbortHandle, JoinSet},
    time::{Instant, timeout},
};
use tracing::Instrument;

use super::{Order, Said, Subscribed, protocol};
use crate::{
    auth::{self, Caller, Viewer},
    error::Error,
    http::{
        execute::Api,
        middleware::Outcome,
        refusal::Refusal,
        request::{self, Input, Source},
        response,
    },
};

/// What an operation has to say.
pub(super) struct Told {
    serial: u64,
    id: String,
    /// A message of the protocol.
    pub(super) text: String,
    is_last: bool,
}

/// The operations that a connection has running.
#[derive(Default)]
pub(super) struct Running {
    tasks: JoinSet<()>,
    by_id: HashMap<String, (u64, AbortHandle)>,
    /// The serial number of the last one.
    last: u64,
}

impl Running {
    /// Whether one is called `id`.
    pub(super) fn has(&self, id: &str) -> bool {
        self.by_id.contains_key(id)
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.by_id.len()
    }

    /// Ends the one called `id`, if there is one.
    pub(super) fn end(&mut self, id: &str) {
        if let Some((_, task)) = self.by_id.remove(id) {
            task.abort();
        }
    }

    /// Whether the client still wants what was `told`: it may have completed the operation meanwhile.
    pub(super) fn wants(&mut self, told: &Told) -> bool {
        let is_wanted = self.by_id.get(&told.id).is_some_and(|(serial, _)| *serial == told.serial);
        if is_wanted && told.is_last {
            self.by_id.remove(&told.id);
        }
        is_wanted
    }

    /// Starts what `payload` asks for, called `id`.
    pub(super) fn start<E: Executor>(
        &mut self,
        api: Arc<Api<E>>,
        id: String,
        payload: Map<String, Json>,
        caller: Caller,
        sender: mpsc::Sender<Told>,
    ) {
        // Those that are over.
        while self.tasks.try_join_next().is_some() {}
        self.last += 1;
        let serial = self.last;
        let teller = Teller { sender, serial, id: id.clone() };
        let span = tracing::info_span!("operation", request_id = %caller.request_id);
        let task = self.tasks.spawn(operate(api, payload, caller, teller).instrument(span));
        self.by_id.insert(id, (serial, task));
    }
}

/// Says what an operation has to say.
struct Teller {
    sender: mpsc::Sender<Told>,
    serial: u64,
    id: String,
}

impl Teller {
    async fn tell(&self, text: String, is_last: bool) {
        let told = Told { serial: self.serial, id: self.id.clone(), text, is_last };
        // Where nobody listens any more, this task is about to be dropped.
        let _ = self.sender.send(told).await;
    }

    async fn fail(&self, errors: &[ServerError]) {
        self.tell(protocol::error(&self.id, &errors), true).await;
    }
}

/// Executes an operation that came over a connection.
async fn operate<E: Executor>(api: Arc<Api<E>>, payload: Map<String, Json>, caller: Caller, teller: Teller) {
    let begun = Instant::now();
    let mut outcome = Outcome::default();
    let request_id = caller.request_id.clone();
    let mut subscribed = match start(&api, payload, caller, &mut outcome).await {
        Ok(Started::Subscribed(subscribed)) => subscribed,
        Ok(Started::Whole(json)) => {
            outcome.log(begun.elapsed());
            teller.tell(protocol::next(&teller.id, &json), false).await;
            return teller.tell(protocol::complete(&teller.id), true).await;
        }
        Err(refusal) => {
            let errors = response::publish(refusal.errors, &request_id);
            outcome.note(&errors);
            outcome.log(begun.elapsed());
            return teller.fail(&errors).await;
        }
    };
    let mut said = subscribed.next().await;
    if let Some(Said::Failed(errors)) = &said {
        outcome.note(errors);
    }
    outcome.log(begun.elapsed());
    loop {
        match said {
            Some(Said::Next(json)) => teller.tell(protocol::next(&teller.id, &json), false).await,
            Some(Said::Failed(errors)) => return teller.fail(&errors).await,
            None => return teller.tell(protocol::complete(&teller.id), true).await,
        }
        said = subscribed.next().await;
    }
}

/// What became of an operation that came over a connection.
enum Started<E> {
    /// The whole answer.
    Whole(Bytes),
    /// It is a subscription.
    Subscribed(Box<Subscribed<E>>),
}

async fn start<E: Executor>(
    api: &Arc<Api<E>>,
    payload: Map<String, Json>,
    caller: Caller,
    outcome: &mut Outcome,
) -> Result<Started<E>, Refusal> {
    let caller = api.still_there(caller).await?;
    outcome.user = caller.viewer.as_ref().ok().and_then(Option::as_ref).map(|viewer| viewer.user.id);
    let Input { source, operation_name, variables } = request::from_members(payload)?;
    let text = api.text(&source)?;
    let document = api.gateway.read(&text)?;
    let operation = document.choose(operation_name.as_deref(), variables.clone())?;
    outcome.set(&operation);
    let is_subscription = operation.definition.ty == OperationType::Subscription;
    let order = Order::new(&text, operation_name, variables);
    if is_subscription {
        return Ok(Started::Subscribed(Box::new(Subscribed::new(Arc::clone(api), order, caller))));
    }
    let longest = api.services.config.request_timeout;
    let executed = timeout(longest, api.execute_order(&order, caller, None, outcome)).await;
    let json = executed.map_err(|_| super::too_long())??.unwrap_or_default();
    if let Source::Both(_, hash) = &source {
        api.gateway.persist(hash.key(), &document);
    }
    Ok(Started::Whole(json))
}

impl<E: Executor> Api<E> {
    /// `caller` with the rights that they have now.
    ///
    /// # Errors
    /// `UNAUTHENTICATED` where they have none any more.
    async fn still_there(&self, caller: Caller) -> Result<Caller, Error> {
        let Viewer { user, through } = caller.viewer()?;
        let viewer = auth::find_viewer(&self.services.door(), user.id, through.id()).await?;
        Ok(Caller { viewer: Ok(Some(viewer.ok_or_else(auth::unauthenticated)?)), ..caller })
    }
}
