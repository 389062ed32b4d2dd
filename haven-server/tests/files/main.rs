//! A server whose process has no file left. In a process of its own: the bound holds for all of it.

#![allow(clippy::unwrap_used, reason = "a test panics when it is broken")]

use std::time::Duration;

use haven_core::Haven;
use haven_server::{Server, ServerOptions};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};
use tokio_util::sync::CancellationToken;

async fn is_healthy(at: std::net::SocketAddr) -> std::io::Result<bool> {
    let mut connection = TcpStream::connect(at).await?;
    connection.write_all(b"GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await?;
    let mut heard = String::new();
    connection.read_to_string(&mut heard).await?;
    Ok(heard.starts_with("HTTP/1.1 200 "))
}

#[tokio::test]
async fn a_server_without_files_takes_connections_again_once_it_has_some() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let server = Server::new(Haven::open("memory:").await.unwrap(), ServerOptions::default()).unwrap();
    let stop = CancellationToken::new();
    let serving = tokio::spawn(server.serve(listener, stop.clone()));
    assert!(is_healthy(at).await.unwrap());

    let before = getrlimit(Resource::Nofile);
    setrlimit(Resource::Nofile, Rlimit { current: Some(60), ..before }).unwrap();
    let mut held = Vec::new();
    let full = loop {
        match TcpStream::connect(at).await {
            Ok(connection) => held.push(connection),
            Err(error) => break error,
        }
    };
    assert_eq!(full.raw_os_error(), Some(rustix::io::Errno::MFILE.raw_os_error()));
    // Those that wait to be taken cannot be: the server tries, and goes on.
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(!serving.is_finished());

    held.clear();
    let again = async {
        while !is_healthy(at).await.unwrap_or(false) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), again).await.expect("connections are taken again");
    stop.cancel();
    serving.await.unwrap().unwrap();
}
