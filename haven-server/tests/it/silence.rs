//! Clients that say nothing, too little, or are too many.

use std::{sync::Arc, time::Duration};

use haven_core::model::Secret;
use haven_server::{ServerOptions, Tls};
use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::bed::Bed;

const HEALTH: &[u8] = b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";

fn impatient() -> ServerOptions {
    ServerOptions { patience: Duration::from_millis(300), ..ServerOptions::default() }
}

/// A server's certificate, and a client that trusts it.
fn encrypted() -> (Tls, tokio_rustls::TlsConnector) {
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(vec!["localhost".to_owned()]).unwrap();
    let tls = Tls { cert: cert.pem(), key: Secret::new(signing_key.serialize_pem()) };
    let mut roots = rustls::RootCertStore::empty();
    roots.add(cert.der().clone()).unwrap();
    let config = rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    (tls, tokio_rustls::TlsConnector::from(Arc::new(config)))
}

/// Says something, and reads until the server ends the connection.
async fn left_alone(mut connection: impl AsyncRead + AsyncWrite + Unpin, said: &[u8]) -> String {
    connection.write_all(said).await.unwrap();
    connection.flush().await.unwrap();
    let mut heard = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(30), connection.read_to_end(&mut heard)).await;
    // However it is ended, it is.
    let _ = ended.expect("the server ends it");
    String::from_utf8_lossy(&heard).into_owned()
}

#[tokio::test]
async fn a_client_that_falls_silent_is_let_go() {
    let bed = Bed::open(impatient()).await;
    let report = b"POST /discovery/nodes/x HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n{";
    for (said, status) in [
        (&b""[..], None),
        (b"G", None),
        (b"GET /healthz HTTP/1.1\r\nho", None),
        (HEALTH, Some("200")),
        (report, Some("408")),
    ] {
        let heard = left_alone(TcpStream::connect(bed.address).await.unwrap(), said).await;
        assert_ne!(heard.split(' ').nth(1), status.xor(Some("200")), "{heard}");
        assert!(status.is_none_or(|status| heard.split(' ').nth(1) == Some(status)), "{heard}");
    }
    assert_eq!(bed.anonymous(reqwest::Method::GET, "/healthz").send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn a_client_that_falls_silent_behind_tls_is_let_go() {
    let (tls, connector) = encrypted();
    let bed = Bed::open(ServerOptions { tls: Some(tls), ..impatient() }).await;
    // Before and within the handshake.
    for said in [&b""[..], b"\x16\x03\x01\x02\x00\x01", HEALTH] {
        left_alone(TcpStream::connect(bed.address).await.unwrap(), said).await;
    }
    // After it: nothing, half a head, a whole request.
    for (said, status) in [(&b""[..], ""), (b"GET /hea", ""), (HEALTH, " 200 ")] {
        let stream = TcpStream::connect(bed.address).await.unwrap();
        let stream = connector.connect(ServerName::try_from("localhost").unwrap(), stream).await.unwrap();
        let heard = left_alone(stream, said).await;
        assert!(heard.contains(status), "{heard}");
    }
}

#[tokio::test]
async fn http_2_is_not_spoken_also_not_within_tls() {
    // The preface of a client, with empty settings: whoever speaks it answers with settings of its own.
    let prefaced = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";
    let plain = Bed::open(ServerOptions::default()).await;
    assert_eq!(left_alone(TcpStream::connect(plain.address).await.unwrap(), prefaced).await, "");
    let (tls, connector) = encrypted();
    let bed = Bed::open(ServerOptions { tls: Some(tls), ..ServerOptions::default() }).await;
    let stream = TcpStream::connect(bed.address).await.unwrap();
    let stream = connector.connect(ServerName::try_from("localhost").unwrap(), stream).await.unwrap();
    assert_eq!(left_alone(stream, prefaced).await, "");
}

async fn healthy(connection: &mut TcpStream) -> std::io::Result<bool> {
    connection.write_all(HEALTH).await?;
    let mut first = [0; 12];
    connection.read_exact(&mut first).await?;
    Ok(first.ends_with(b"200"))
}

#[tokio::test]
async fn connections_beyond_the_bound_are_closed_and_a_place_that_is_left_is_taken() {
    let bed = Bed::open(ServerOptions { max_connections: 2, ..ServerOptions::default() }).await;
    let mut held = Vec::new();
    for _ in 0..2 {
        let mut connection = TcpStream::connect(bed.address).await.unwrap();
        assert!(healthy(&mut connection).await.unwrap());
        held.push(connection);
    }
    let mut further = TcpStream::connect(bed.address).await.unwrap();
    assert!(healthy(&mut further).await.is_err());
    drop(held.pop());
    let taken = async {
        while !healthy(&mut TcpStream::connect(bed.address).await.unwrap()).await.unwrap_or(false) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), taken).await.expect("the place is free again");
}

#[tokio::test]
async fn who_announces_much_and_sends_little_keeps_no_agent_out() {
    let bed = Bed::open(ServerOptions::default()).await;
    let mut slow = Vec::new();
    for number in 0..20 {
        let mut connection = TcpStream::connect(bed.address).await.unwrap();
        let head =
            format!("POST /discovery/nodes/slow{number} HTTP/1.1\r\nhost: x\r\ncontent-length: 8388608\r\n\r\n{{");
        connection.write_all(head.as_bytes()).await.unwrap();
        slow.push(connection);
    }
    tokio::time::sleep(Duration::from_millis(200)).await;
    let honest =
        b"POST /discovery/nodes/honest HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}";
    let heard = left_alone(TcpStream::connect(bed.address).await.unwrap(), honest).await;
    assert!(heard.starts_with("HTTP/1.1 200"), "{heard}");
}
