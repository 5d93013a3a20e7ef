//! WebSockets that speak `graphql-transport-ws`. async-graphql-axum speaks it too, with other close codes, lets an id come
//! twice, and knows neither limits nor sessions that end.

use std::{convert::Infallible, sync::Arc, time::Duration};

use async_graphql::Executor;
use axum::{
    body::Bytes,
    extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket},
};
use serde_json::{Map, Value as Json};
use tokio::{
    sync::mpsc,
    time::{Instant, timeout},
};
use uuid::Uuid;

use super::{
    KEEP_ALIVE, PATIENCE,
    operation::{Running, Told},
    protocol::{self, Closing, Received},
};
use crate::{
    auth::{Caller, End, Guest, Seat},
    error::{Error, ErrorCode},
    http::{execute::Api, refusal::Refusal, who},
    limits::MOST_OPERATIONS_PER_SOCKET,
};

/// How long a client may take until it says who it is.
const BEGINNING: Duration = Duration::from_secs(10);
/// How long a client may take to close its side.
const CLOSING: Duration = Duration::from_secs(1);
/// Why a conversation is over: what the client is told, or nothing where it is gone, or hears no more.
type Over = Option<Closing>;

/// A connection, from its opening to its end.
pub(super) struct Connection<E> {
    api: Arc<Api<E>>,
    /// Nobody in particular, until they say who they are.
    caller: Caller,
    socket: WebSocket,
    /// Whether anything came since it was last asked for a sign of life.
    was_heard: bool,
}

impl<E: Executor> Connection<E> {
    /// One that has just been opened.
    pub(super) fn new(api: Arc<Api<E>>, caller: Caller, socket: WebSocket) -> Self {
        Self { api, caller, socket, was_heard: true }
    }

    /// Serves it until it is over.
    pub(super) async fn attend(mut self, seat: Seat) {
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
                running.end(&id);
                Ok(())
            }
            Received::Subscribe { id, .. } if running.has(&id) => Err(Some(protocol::TAKEN)),
            Received::Subscribe { id, .. } if running.count() >= MOST_OPERATIONS_PER_SOCKET => {
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
        if !running.wants(&told) {
            return Ok(());
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
