//! [`Wire`]: a connection to the program, for whoever does not send what a client library would.

use std::{net::SocketAddr, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

/// Longest that the program may leave a connection without a word.
const PATIENCE: Duration = Duration::from_secs(30);

/// A connection.
pub struct Wire(TcpStream);

impl Wire {
    /// A new connection to the program that listens on `address`.
    pub async fn connect(address: SocketAddr) -> Self {
        Self(TcpStream::connect(address).await.unwrap())
    }

    /// Sends `bytes` as they are, if the program still takes them.
    pub async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        let _ = self.0.write_all(bytes.as_ref()).await;
    }

    /// What the program sends until it closes the connection.
    pub async fn read_to_end(&mut self) -> String {
        let mut received = Vec::new();
        // A connection that is reset is closed, too.
        let _ = tokio::time::timeout(PATIENCE, self.0.read_to_end(&mut received)).await.unwrap();
        String::from_utf8_lossy(&received).into_owned()
    }

    /// Whether the program closes the connection within `time`; what it sends is dropped.
    pub async fn ends_within(&mut self, time: Duration) -> bool {
        tokio::time::timeout(time, self.0.read_to_end(&mut Vec::new())).await.is_ok()
    }

    /// Reads on until the program has sent `text`.
    pub async fn read_until(&mut self, text: &str) {
        let mut received = Vec::new();
        while !String::from_utf8_lossy(&received).contains(text) {
            let read = tokio::time::timeout(PATIENCE, self.0.read_buf(&mut received)).await.unwrap().unwrap();
            assert!(read > 0, "closed after {}", String::from_utf8_lossy(&received));
        }
    }
}

/// A POST of `body` with these headers besides the usual, after whose answer the connection closes.
pub fn post(headers: &[(&str, &str)], body: &str) -> String {
    let headers = headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect::<Vec<_>>().concat();
    format!(
        "POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nConnection: close\r\n{headers}Content-Length: {}\r\n\r\n{body}",
        body.len()
    )
}

/// The answer to the request `bytes`, which asks for the connection to be closed.
pub async fn answer_to(address: SocketAddr, bytes: &str) -> String {
    let mut wire = Wire::connect(address).await;
    wire.send(bytes).await;
    wire.read_to_end().await
}
