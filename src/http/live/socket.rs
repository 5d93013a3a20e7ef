//! WebSockets that speak `graphql-transport-ws`. async-graphql-axum speaks it too, with other close codes, lets an id come
//! twice, and knows neither limits nor sessions that end.

use std::{collections::HashMap, convert::Infallible, sync::Arc, time::Duration};

use async_graphql::{Executor, ServerError, parser::types::OperationType};
use axum::{
    body::{Body, Bytes},
    extract::{
        FromRequestParts,
        ws::{CloseFrame, Message, Utf8Bytes, WebSocket, WebSocketUpgrade},
    },
    http::{
        HeaderMap, Response, StatusCode,
        header::{HOST, ORIGIN, UPGRADE},
        request::Parts,
    },
};
use serde_json::{Map, Value as Json};
use tokio::{
    sync::mpsc,
    task::{AbortHandle, JoinSet},
    time::{Instant, timeout},
};
use tracing::Instrument;
use uuid::Uuid;

use super::{
    KEEP_ALIVE, Order, PATIENCE, Said, Subscribed,
    protocol::{self, Closing, Received},
};
use crate::{
    auth::{self, Caller, End, Guest, Seat, Viewer},
    config::Config,
    error::{Error, ErrorCode},
    http::{
        execute::Api,
        middleware::Outcome,
        refusal::{Refusal, bad},
        request::{self, Input, Source},
        response, who,
    },
    limits::MOST_OPERATIONS_PER_SOCKET,
};

/// How long a client may take until it says who it is.
const BEGINNING: Duration = Duration::from_secs(10);
/// How long a client may take to close its side.
const CLOSING: Duration = Duration::from_secs(1);
/// What a connection reads at a time, and what it keeps before it writes: there are many, and most are silent.
const BUFFER: usize = 4 * 1024;

/// Why a conversation is over: what the client is told, or nothing where it is gone, or hears no more.
type Over = Option<Closing>;

/// Whether somebody wants to open a WebSocket.
pub(in crate::http) fn is_asked_for(headers: &HeaderMap) -> bool {
    headers.get(UPGRADE).is_some_and(|protocol| protocol.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Opens one, if it may be opened.
pub(in crate::http) async fn open<E: Executor>(
    api: Arc<Api<E>>,
    parts: &mut Parts,
    request_id: &str,
) -> Result<Response<Body>, Refusal> {
    if !is_welcome(&parts.headers, &api.services.config) {
        let message = "Pages of this origin may not connect. CORS_ORIGINS names those that may.";
        return Err(Refusal::new(StatusCode::FORBIDDEN, Error::new(ErrorCode::Forbidden, message)));
    }
    let caller = api.nobody(parts, request_id);
    let upgrade = WebSocketUpgrade::from_request_parts(parts, &()).await.map_err(|rejection| {
        let message = format!("A WebSocket cannot be opened with this request: {}", rejection.body_text());
        Refusal::new(rejection.status(), Error::new(ErrorCode::BadUserInput, message))
    })?;
    let upgrade = upgrade.protocols([protocol::NAME]);
    if upgrade.selected_protocol().is_none() {
        return Err(bad("The server speaks `graphql-transport-ws` over WebSockets, and nothing else."));
    }
    let seat = api.take_seat(caller.address)?;
    let most_bytes = api.services.config.limits.max_body_bytes;
    let upgrade = upgrade.read_buffer_size(BUFFER).write_buffer_size(BUFFER);
    let upgrade = upgrade.max_message_size(most_bytes).max_frame_size(most_bytes);
    let attend = |socket| Connection { api, caller, socket, was_heard: true }.attend(seat).in_current_span();
    Ok(upgrade.on_upgrade(attend))
}

/// Whether the page that opens a connection, if it is one, is of this server or of an origin that may call.
fn is_welcome(headers: &HeaderMap, config: &Config) -> bool {
    let Some(origin) = headers.get(ORIGIN) else { return true };
    let Ok(origin) = origin.to_str() else { return false };
    let host = headers.get(HOST).and_then(|host| host.to_str().ok());
    let own = origin.split_once("://").map(|(_, authority)| authority);
    config.allows_origin(origin) || own.is_some_and(|own| host.is_some_and(|host| host.eq_ignore_ascii_case(own)))
}

struct Connection<E> {
    api: Arc<Api<E>>,
    /// Nobody in particular, until they say who they are.
    caller: Caller,
    socket: WebSocket,
    /// Whether anything came since it was last asked for a sign of life.
    was_heard: bool,
}

/// What an operation has to say.
struct Told {
    serial: u64,
    id: String,
    text: String,
    is_last: bool,
}

/// The operations that a connection has running.
#[derive(Default)]
struct Running {
    tasks: JoinSet<()>,
    by_id: HashMap<String, (u64, AbortHandle)>,
    /// How many there have been.
    count: u64,
}

impl<E: Executor> Connection<E> {
    async fn attend(mut self, seat: Seat) {
        let begun = Instant::now();
        let Err(over) = self.converse(seat).await;
        let (code, reason) = over.unwrap_or_default();
        if over.is_some() {
            let frame = CloseFrame { code, reason: reason.into() };
            let said = timeout(PATIENCE, self.socket.send(Message::Close(Some(frame)))).await;
            // A connection with unread messages would be reset, and the client would not hear why.
            let heard = async { while let Some(Ok(_)) = self.socket.recv().await {} };
            if matches!(said, Ok(Ok(()))) && timeout(CLOSING, heard).await.is_err() {
                tracing::debug!("a client did not close its side");
            }
        }
        tracing::info!(
            user = self.caller.viewer().ok().map(|viewer| tracing::field::display(viewer.user.id)),
            code = over.map(|(code, _)| code),
            reason,
            duration_ms = begun.elapsed().as_secs_f64() * 1_000.0,
            "a socket was closed"
        );
    }

    async fn converse(&mut self, seat: Seat) -> Result<Infallible, Over> {
        let mut guest = self.begin(seat).await?;
        let (sender, mut told) = mpsc::channel(1);
        let mut running = Running::default();
        let mut beat = tokio::time::interval(KEEP_ALIVE);
        beat.reset();
        loop {
            tokio::select! {
                end = guest.ended() => return Err(Some(match end {
                    End::Expired => protocol::EXPIRED,
                    End::Revoked => protocol::FORBIDDEN,
                    End::Stopping => protocol::GOING_AWAY,
                })),
                text = self.receive() => self.obey(&text?, &mut running, &sender).await?,
                Some(told) = told.recv() => self.tell(told, &mut running).await?,
                _ = beat.tick() => {
                    if !std::mem::take(&mut self.was_heard) {
                        return Err(None);
                    }
                    self.send(Message::Ping(Bytes::new())).await?;
                }
            }
        }
    }

    /// Waits until the client says who it is, and lets it in.
    async fn begin(&mut self, seat: Seat) -> Result<Guest, Over> {
        let said = timeout(BEGINNING, self.introduction()).await.map_err(|_| Some(protocol::TOO_LATE))??;
        let authorization = said.as_ref().and_then(protocol::authorization);
        let refused = match authorization {
            None => protocol::UNAUTHORIZED,
            Some(_) => protocol::FORBIDDEN,
        };
        let known = who::guest(&self.api.services, authorization, self.caller.address).await;
        let (viewer, expires_at) = known.map_err(|error| match error.code() {
            ErrorCode::Unauthenticated => Some(refused),
            _ => Some(protocol::TRY_LATER),
        })?;
        self.caller.viewer = Ok(Some(viewer.clone()));
        let most = self.api.services.config.limits.max_sockets_per_user;
        let guest = seat.enter(viewer, expires_at, most).ok_or(Some(protocol::TOO_MANY_SOCKETS))?;
        self.say(protocol::acknowledged()).await?;
        Ok(guest)
    }

    async fn introduction(&mut self) -> Result<Option<Map<String, Json>>, Over> {
        loop {
            match Received::read(&self.receive().await?).ok_or(Some(protocol::INVALID))? {
                Received::ConnectionInit { payload } => return Ok(payload),
                Received::Ping {} => self.say(protocol::pong()).await?,
                Received::Subscribe { .. } => return Err(Some(protocol::UNAUTHORIZED)),
                Received::Pong {} | Received::Complete { .. } => {}
            }
        }
    }

    /// The next message.
    async fn receive(&mut self) -> Result<Utf8Bytes, Over> {
        loop {
            let message = self.socket.recv().await.ok_or(None)?;
            self.was_heard = true;
            match message {
                Ok(Message::Text(text)) => return Ok(text),
                Ok(Message::Binary(_)) => return Err(Some(protocol::INVALID)),
                Ok(Message::Ping(_) | Message::Pong(_)) => {}
                Ok(Message::Close(_)) => return Err(None),
                Err(error) => return Err(is_too_large(error).then_some(protocol::TOO_LARGE)),
            }
        }
    }

    async fn obey(&mut self, text: &str, running: &mut Running, sender: &mpsc::Sender<Told>) -> Result<(), Over> {
        match Received::read(text).ok_or(Some(protocol::INVALID))? {
            Received::ConnectionInit { .. } => Err(Some(protocol::TOO_MANY_BEGINNINGS)),
            Received::Ping {} => self.say(protocol::pong()).await,
            Received::Pong {} => Ok(()),
            Received::Complete { id } => {
                if let Some((_, task)) = running.by_id.remove(&id) {
                    task.abort();
                }
                Ok(())
            }
            Received::Subscribe { id, .. } if running.by_id.contains_key(&id) => Err(Some(protocol::TAKEN)),
            Received::Subscribe { id, .. } if running.by_id.len() >= MOST_OPERATIONS_PER_SOCKET => {
                let message = format!(
                    "A connection can have {MOST_OPERATIONS_PER_SOCKET} operations running. Complete one first."
                );
                let error = Error::new(ErrorCode::RateLimited, message).with("limit", MOST_OPERATIONS_PER_SOCKET);
                self.say(protocol::error(&id, &Refusal::from(error).errors)).await
            }
            Received::Subscribe { id, payload } => {
                let caller = Caller { request_id: Uuid::now_v7().to_string(), ..self.caller.clone() };
                running.start(Arc::clone(&self.api), id, payload, caller, sender.clone());
                Ok(())
            }
        }
    }

    async fn tell(&mut self, told: Told, running: &mut Running) -> Result<(), Over> {
        // What the client has completed meanwhile, it does not want any more.
        if running.by_id.get(&told.id).is_none_or(|(serial, _)| *serial != told.serial) {
            return Ok(());
        }
        if told.is_last {
            running.by_id.remove(&told.id);
        }
        self.say(told.text).await
    }

    async fn say(&mut self, text: String) -> Result<(), Over> {
        self.send(Message::Text(text.into())).await
    }

    async fn send(&mut self, message: Message) -> Result<(), Over> {
        match timeout(PATIENCE, self.socket.send(message)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(None),
            Err(_) => {
                tracing::info!("a reader of a socket was too slow, and was cut off");
                Err(None)
            }
        }
    }
}

fn is_too_large(error: axum::Error) -> bool {
    let error = error.into_inner();
    matches!(error.downcast_ref(), Some(tungstenite::Error::Capacity(_)))
}

impl Running {
    fn start<E: Executor>(
        &mut self,
        api: Arc<Api<E>>,
        id: String,
        payload: Map<String, Json>,
        caller: Caller,
        sender: mpsc::Sender<Told>,
    ) {
        // Those that are over.
        while self.tasks.try_join_next().is_some() {}
        self.count += 1;
        let serial = self.count;
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

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Cli {
        #[command(flatten)]
        config: Config,
    }

    #[test]
    fn pages_of_this_server_and_of_configured_origins_may_connect_and_programs_may() {
        let config = Cli::parse_from(["tallybook", "--cors-origins", "https://app.example.org"]).config;
        let is_welcome = |origin: &'static str| {
            let headers = [(HOST, "books.example.org:8443"), (ORIGIN, origin)];
            let headers = headers.into_iter().filter(|(_, value)| !value.is_empty());
            is_welcome(&headers.map(|(name, value)| (name, HeaderValue::from_static(value))).collect(), &config)
        };
        for origin in
            ["", "https://app.example.org", "https://books.example.org:8443", "https://Books.example.org:8443"]
        {
            assert!(is_welcome(origin), "{origin}");
        }
        for origin in
            ["null", "https://books.example.org", "https://evil.example", "books.example.org:8443", "https://"]
        {
            assert!(!is_welcome(origin), "{origin}");
        }
    }
}
