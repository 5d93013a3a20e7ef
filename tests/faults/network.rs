//! [`Network`]: a way to `PostgreSQL` that forgets connections, as a firewall does: it tells neither end, and lets
//! nothing more through.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::{TcpListener, UnixStream},
};

use crate::postgres::Cluster;

/// The way to one server, on a port of its own.
pub struct Network {
    port: u16,
    /// How often all connections were forgotten.
    forgotten: Arc<AtomicUsize>,
}

impl Network {
    /// A way to `cluster`.
    pub async fn to(cluster: &Cluster) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let network = Self { port, forgotten: Arc::default() };
        let (socket, forgotten) = (cluster.socket(), network.forgotten.clone());
        tokio::spawn(async move {
            loop {
                let (near, _) = listener.accept().await.unwrap();
                let far = UnixStream::connect(&socket).await.unwrap();
                let (from_near, to_near) = near.into_split();
                let (from_far, to_far) = far.into_split();
                tokio::spawn(pass_on(from_near, to_far, forgotten.clone()));
                tokio::spawn(pass_on(from_far, to_near, forgotten.clone()));
            }
        });
        network
    }

    /// The database, by this way.
    pub fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }

    /// Forgets every connection that there is. New ones work.
    pub fn forget(&self) {
        self.forgotten.fetch_add(1, Ordering::SeqCst);
    }
}

/// Passes on what comes until the connection is forgotten; what comes then is lost.
async fn pass_on(mut from: impl AsyncRead + Unpin, mut to: impl AsyncWrite + Unpin, forgotten: Arc<AtomicUsize>) {
    let before = forgotten.load(Ordering::SeqCst);
    let mut bytes = vec![0; 65_536];
    while let Ok(read @ 1..) = from.read(&mut bytes).await {
        if forgotten.load(Ordering::SeqCst) == before && to.write_all(&bytes[..read]).await.is_err() {
            return;
        }
    }
    if forgotten.load(Ordering::SeqCst) > before {
        // Nobody hears that it has ended.
        std::future::pending::<()>().await;
    }
}
