//! Connections: accepting them, limiting the time for each request's head, and letting them finish at the end.

use std::{future::Future, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{Router, extract::ConnectInfo, http::Request, serve::Listener};
use hyper::{body::Incoming, service::service_fn};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::{
        conn::auto::Builder,
        graceful::{GracefulShutdown, Watcher},
    },
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::Notify,
    time,
};
use tower::ServiceExt;

/// Longest that a new connection may take until its first request's head is there: a client connects to ask something.
const FIRST_HEAD: Duration = Duration::from_secs(10);
/// Longest that it may take for each of the others, from the answer before. Proxies keep idle connections for up to
/// 60 s, and would lose a request on one that was closed before.
const NEXT_HEAD: Duration = Duration::from_secs(75);

/// The most requests at once over one connection of HTTP/2.
const MOST_STREAMS: u32 = 32;

/// Serves until `shutdown`, then lets requests in flight finish, but not for longer than `timeout`.
pub async fn serve(mut listener: TcpListener, router: Router, shutdown: impl Future<Output = ()>, timeout: Duration) {
    let mut builder = Builder::new(TokioExecutor::new());
    builder.http1().timer(TokioTimer::new()).header_read_timeout(NEXT_HEAD);
    builder.http2().timer(TokioTimer::new()).keep_alive_interval(NEXT_HEAD).max_concurrent_streams(MOST_STREAMS);
    let connections = GracefulShutdown::new();
    let mut shutdown = pin!(shutdown);
    loop {
        let (stream, peer) = tokio::select! {
            accepted = Listener::accept(&mut listener) => accepted,
            () = &mut shutdown => break,
        };
        let (builder, router, watcher) = (builder.clone(), router.clone(), connections.watcher());
        tokio::spawn(async move { attend(&builder, router, (stream, peer), watcher).await });
    }
    drop(listener);
    if time::timeout(timeout, connections.shutdown()).await.is_err() {
        tracing::warn!("requests were still running at the end of the shutdown timeout; they are dropped");
    }
}

/// Answers what comes over a connection, until it ends, or nothing has come for too long.
async fn attend(
    builder: &Builder<TokioExecutor>,
    router: Router,
    (stream, peer): (TcpStream, SocketAddr),
    watcher: Watcher,
) {
    let first = Arc::new(Notify::new());
    let seen = first.clone();
    let service = service_fn(move |mut request: Request<Incoming>| {
        seen.notify_one();
        request.extensions_mut().insert(ConnectInfo(peer));
        router.clone().oneshot(request)
    });
    let mut connection = pin!(watcher.watch(builder.serve_connection_with_upgrades(TokioIo::new(stream), service)));
    // hyper's limit for heads begins once it knows which version of HTTP this is, which a client need never say.
    let has_asked = tokio::select! {
        _ = connection.as_mut() => return,
        first = time::timeout(FIRST_HEAD, first.notified()) => first.is_ok(),
    };
    if has_asked {
        // However it ends: the client has gone, or has itself to blame.
        let _ = connection.await;
    }
}
