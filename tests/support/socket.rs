//! [`Socket`]: a client of `graphql-transport-ws` over a real connection.

use std::{net::SocketAddr, time::Duration};

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    MaybeTlsStream, WebSocketStream, connect_async,
    tungstenite::{
        self, Message,
        client::IntoClientRequest,
        http::{HeaderName, HeaderValue},
    },
};

/// How long anything may take that is to happen soon.
const SOON: Duration = Duration::from_secs(20);

/// A connection, and nobody yet.
pub struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

/// What came.
#[derive(Clone, Debug, PartialEq)]
pub enum Came {
    /// A message.
    Message(Value),
    /// The connection was closed with this code.
    Closed(u16),
    /// The connection was lost.
    Lost,
}

impl Socket {
    /// Opens one at `address`, with more `headers`.
    pub async fn open(address: SocketAddr, headers: &[(&'static str, &str)]) -> Result<Self, tungstenite::Error> {
        let mut request = format!("ws://{address}/graphql").into_client_request()?;
        let protocol = [("sec-websocket-protocol", "graphql-transport-ws")];
        for (name, value) in protocol.iter().chain(headers) {
            let value = HeaderValue::from_str(value).expect("a header's value");
            request.headers_mut().insert(HeaderName::from_static(name), value);
        }
        Ok(Self(connect_async(request).await?.0))
    }

    /// One of whoever has this token, who has been let in.
    pub async fn of(address: SocketAddr, token: &str) -> Self {
        let mut socket = Self::open(address, &[]).await.expect("a socket");
        socket.introduce(token).await;
        assert_eq!(socket.next().await, Came::Message(json!({ "type": "connection_ack" })));
        socket
    }

    /// Says who it is.
    pub async fn introduce(&mut self, token: &str) {
        let payload = json!({ "authorization": format!("Bearer {token}") });
        self.send(json!({ "type": "connection_init", "payload": payload })).await;
    }

    /// Asks for an operation under `id`.
    pub async fn subscribe(&mut self, id: &str, query: &str, variables: Value) {
        let payload = json!({ "query": query, "variables": variables });
        self.send(json!({ "type": "subscribe", "id": id, "payload": payload })).await;
    }

    /// Sends a message.
    pub async fn send(&mut self, message: Value) {
        self.send_raw(Message::text(message.to_string())).await;
    }

    /// Sends whatever it is.
    pub async fn send_raw(&mut self, message: Message) {
        self.0.send(message).await.expect("an open connection");
    }

    /// What comes next.
    pub async fn next(&mut self) -> Came {
        loop {
            match timeout(SOON, self.0.next()).await.expect("something that was to come soon") {
                Some(Ok(Message::Text(text))) => return Came::Message(serde_json::from_str(&text).expect("JSON")),
                Some(Ok(Message::Close(Some(frame)))) => return Came::Closed(frame.code.into()),
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Ok(other)) => panic!("{other:?}"),
                Some(Err(_)) | None => return Came::Lost,
            }
        }
    }

    /// The payload of the next message, which is `next` of the operation `id`.
    pub async fn payload(&mut self, id: &str) -> Value {
        match self.next().await {
            Came::Message(mut message) if message["type"] == "next" && message["id"] == id => message["payload"].take(),
            other => panic!("{other:?}"),
        }
    }

    /// The codes of the errors in the next message, which is `error` of the operation `id`.
    pub async fn refusal(&mut self, id: &str) -> Vec<String> {
        match self.next().await {
            Came::Message(message) if message["type"] == "error" && message["id"] == id => {
                let errors = message["payload"].as_array().expect("errors").iter();
                errors.map(|error| error["extensions"]["code"].as_str().expect("a code").to_owned()).collect()
            }
            other => panic!("{other:?}"),
        }
    }

    /// Whether anything comes within `time`.
    pub async fn is_silent_for(&mut self, time: Duration) -> bool {
        timeout(time, self.0.next()).await.is_err()
    }
}
