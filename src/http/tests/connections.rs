//! The router behind a socket.

use axum::http::Version;
use futures_util::future::join;
use hyper::client::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::oneshot,
};

use super::*;

#[tokio::test]
async fn both_versions_of_http_are_answered_and_the_resolver_sees_where_the_connection_comes_from() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel::<()>();
    let router = App::new(&[]).await.0;
    let stopped = async { stopped.await.unwrap() };
    let server = tokio::spawn(crate::http::serve(listener, router, stopped, Duration::from_secs(5)));
    let connect = async || TokioIo::new(TcpStream::connect(address).await.unwrap());
    let request = || {
        let request =
            Request::post(format!("http://{address}/graphql")).header(header::CONTENT_TYPE, "application/json");
        request.body(Body::from(json!({ "query": "{ caller }" }).to_string())).unwrap()
    };

    let (mut first, first_ends) = http1::handshake(connect().await).await.unwrap();
    let (mut second, second_ends) = http2::handshake(TokioExecutor::new(), connect().await).await.unwrap();
    let connections = tokio::spawn(join(first_ends, second_ends));
    for (version, response) in [
        (Version::HTTP_11, first.send_request(request()).await.unwrap()),
        (Version::HTTP_2, second.send_request(request()).await.unwrap()),
    ] {
        assert_eq!((response.version(), response.status().as_u16()), (version, 200));
        let body = response.into_body().collect().await.unwrap().to_bytes();
        assert!(String::from_utf8_lossy(&body).contains("Some(127.0.0.1)"), "{body:?}");
    }
    stop.send(()).unwrap();
    server.await.unwrap();
    connections.await.unwrap().0.unwrap();
}

#[tokio::test]
async fn shutting_down_lets_requests_in_flight_finish() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (arrived, finish) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (in_flight, finishing) = (Arc::clone(&arrived), Arc::clone(&finish));
    let wait = async move || {
        in_flight.notify_one();
        finishing.notified().await;
    };
    let router = Router::new().route("/", axum::routing::get(wait));
    let (stop, stopped) = oneshot::channel::<()>();
    let server =
        tokio::spawn(crate::http::serve(listener, router, async { stopped.await.unwrap() }, Duration::from_secs(5)));
    let client = tokio::spawn(async move {
        use tokio::io::{AsyncReadExt, AsyncWriteExt};
        let mut stream = TcpStream::connect(address).await.unwrap();
        stream.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    });
    arrived.notified().await;
    stop.send(()).unwrap();
    finish.notify_one();
    assert!(client.await.unwrap().starts_with("HTTP/1.1 200"));
    server.await.unwrap();
    assert!(TcpStream::connect(address).await.is_err(), "nobody listens any more");
}
