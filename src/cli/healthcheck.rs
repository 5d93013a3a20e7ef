//! `tallybook healthcheck`, for where there is nothing else to ask a server with, as in a container.

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
    time::Duration,
};

use tallybook::config::Config;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time,
};

use super::complaint::{Outcome, say};

/// Longest that the server may take. It gives its database four seconds.
const PATIENCE: Duration = Duration::from_secs(5);
/// More than an answer of `/readyz` has.
const MOST_BYTES: u64 = 64 * 1024;

pub(super) async fn run(config: &Config) -> Outcome {
    let address = reachable(config.listen_addr);
    if address.port() == 0 {
        return Err("LISTEN_ADDR names no port to ask at.".into());
    }
    let answer = match time::timeout(PATIENCE, ask(address)).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(error)) => return Err(format!("No server answers at {address}: {error}").into()),
        Err(_) => return Err(format!("The server at {address} did not answer within {PATIENCE:?}.").into()),
    };
    if answer.starts_with("HTTP/1.1 200 ") {
        return say(&["The server is ready."]);
    }
    let body = answer.split_once("\r\n\r\n").map_or("", |(_, body)| body);
    Err(format!("The server at {address} is not ready: {body}").into())
}

/// Where the server is reached that listens at `address`, which may mean all addresses of this machine.
fn reachable(address: SocketAddr) -> SocketAddr {
    let host = match address.ip() {
        IpAddr::V4(all) if all.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(all) if all.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        host => host,
    };
    SocketAddr::new(host, address.port())
}

async fn ask(address: SocketAddr) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(address).await?;
    let request = format!("GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.take(MOST_BYTES).read_to_end(&mut answer).await?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_addresses_are_asked_at_the_loopback_one() {
        for (listens, asked) in
            [("0.0.0.0:80", "127.0.0.1:80"), ("[::]:80", "[::1]:80"), ("192.0.2.1:8000", "192.0.2.1:8000")]
        {
            assert_eq!(reachable(listens.parse().unwrap()).to_string(), asked);
        }
    }
}
