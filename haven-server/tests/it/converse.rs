//! Conversations and logs as a client of any language sees them.

use futures_util::{SinkExt as _, StreamExt as _};
use haven_core::model::{ContainerSpec, ImageRef, NodeAddress, NodeName};
use reqwest::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio_tungstenite::{
    connect_async,
    tungstenite::{Error, Message, client::IntoClientRequest as _},
};

use crate::bed::{Bed, is_problem};

/// A simulated node `sim-1` with a container `box` that says a line and stays.
pub(crate) async fn with_container() -> Bed {
    let bed = Bed::new().await;
    let node = NodeName::new("sim-1").unwrap();
    bed.haven.nodes().register(&node, NodeAddress::Sim).await.unwrap();
    bed.haven.nodes().wait_online(&node).await.unwrap();
    run_box(&bed).await;
    bed
}

pub(crate) async fn run_box(bed: &Bed) {
    let command = ["sh", "-c", "echo hello; sleep 1000"].map(str::to_owned).to_vec();
    let spec = ContainerSpec { command, ..ContainerSpec::new(ImageRef::new("busybox:latest").unwrap()) };
    bed.haven.containers().run(&NodeName::new("sim-1").unwrap(), "box", spec).await.unwrap();
}

const EXEC: &str = "/api/v1/nodes/sim-1/containers/box/exec";

type Socket = tokio_tungstenite::WebSocketStream<tokio_tungstenite::MaybeTlsStream<tokio::net::TcpStream>>;

async fn open(bed: &Bed, token: Option<&str>) -> Result<Socket, Error> {
    let mut request = format!("ws://{}{EXEC}", bed.address).into_client_request().unwrap();
    if let Some(token) = token {
        request.headers_mut().insert("authorization", format!("Bearer {token}").parse().unwrap());
    }
    connect_async(request).await.map(|(socket, _)| socket)
}

async fn next(socket: &mut Socket) -> Message {
    loop {
        let message = tokio::time::timeout(std::time::Duration::from_secs(10), socket.next()).await.unwrap();
        match message.unwrap().unwrap() {
            Message::Ping(_) | Message::Pong(_) => {}
            message => return message,
        }
    }
}

async fn next_json(socket: &mut Socket) -> Value {
    serde_json::from_str(next(socket).await.to_text().unwrap()).unwrap()
}

#[tokio::test]
async fn a_program_is_talked_with_over_a_websocket() {
    let bed = with_container().await;
    let mut socket = open(&bed, Some(&bed.token)).await.unwrap();
    let first = json!({ "spec": { "command": ["sh", "-c", "cat; echo end >&2; exit 4"], "stdin": true } });
    socket.send(Message::text(first.to_string())).await.unwrap();
    assert_eq!(next_json(&mut socket).await, json!({ "opened": true }));
    socket.send(Message::binary(&b"ping\n"[..])).await.unwrap();
    assert_eq!(next(&mut socket).await.into_data(), &b"\x01ping\n"[..]);
    socket.send(Message::text(r#"{"eof":true}"#)).await.unwrap();
    assert_eq!(next(&mut socket).await.into_data(), &b"\x02end\n"[..]);
    assert_eq!(next_json(&mut socket).await, json!({ "exit_code": 4 }));
    assert!(matches!(next(&mut socket).await, Message::Close(_)));
}

#[tokio::test]
async fn what_cannot_be_is_told_and_ends_the_conversation() {
    let bed = with_container().await;
    for (first, then, kind) in [
        ("nonsense", None, "invalid"),
        (r#"{"spec":{"command":["true"]},"colour":1}"#, None, "invalid"),
        (r#"{"container":"other","spec":{"command":["true"]}}"#, None, "invalid"),
        (r#"{"spec":{"command":["cat"],"stdin":true}}"#, Some(r#"{"colour":1}"#), "invalid"),
    ] {
        let mut socket = open(&bed, Some(&bed.token)).await.unwrap();
        socket.send(Message::text(first)).await.unwrap();
        if let Some(then) = then {
            assert_eq!(next_json(&mut socket).await, json!({ "opened": true }));
            socket.send(Message::text(then)).await.unwrap();
        }
        assert_eq!(next_json(&mut socket).await["error"]["kind"], kind, "{first}");
        assert!(matches!(next(&mut socket).await, Message::Close(_)));
    }
    let Err(Error::Http(refused)) = open(&bed, None).await else { panic!("it needs sign-in") };
    assert_eq!(refused.status(), 401);
}

#[tokio::test]
async fn who_asks_for_no_websocket_is_told_to_and_who_asks_wrongly_what_is_wrong() {
    let bed = with_container().await;
    let plain = bed.get(EXEC).await;
    assert_eq!(plain.headers()["upgrade"], "websocket");
    is_problem(plain, 426, "invalid").await;
    let good = [
        ("connection", "upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ];
    let ask = |name: &str, value: &str| {
        let mut request = bed.request(Method::GET, EXEC);
        for (known, good) in good {
            let value = if known == name { value } else { good };
            request = if value.is_empty() { request } else { request.header(known, value) };
        }
        request.send()
    };
    assert_eq!(ask("", "").await.unwrap().status(), 101);
    for (name, value, status) in [
        ("sec-websocket-key", "", 400),
        ("sec-websocket-key", "short", 400),
        ("sec-websocket-version", "", 400),
        ("connection", "close", 400),
        ("sec-websocket-version", "8", 426),
        ("upgrade", "h2c", 426),
    ] {
        is_problem(ask(name, value).await.unwrap(), status, "invalid").await;
    }
}

#[tokio::test]
async fn junk_ends_only_its_own_conversation() {
    let bed = with_container().await;
    let mut other = open(&bed, Some(&bed.token)).await.unwrap();
    other.send(Message::text(r#"{"spec":{"command":["cat"],"stdin":true}}"#)).await.unwrap();
    assert_eq!(next_json(&mut other).await, json!({ "opened": true }));
    for junk in [&b"\xff\xff\xff\xff junk"[..], b"\x81\x05hello", b"\x81\xfe", b"GET / HTTP/1.1\r\n\r\n", &[0; 4096]] {
        for path in [EXEC, "/api/v1/events/stream"] {
            let mut raw = tokio::net::TcpStream::connect(bed.address).await.unwrap();
            let head = format!(
                "GET {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
                 sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
                bed.token
            );
            raw.write_all(head.as_bytes()).await.unwrap();
            let mut first = [0; 12];
            raw.read_exact(&mut first).await.unwrap();
            assert_eq!(&first[9..], if path == EXEC { b"101" } else { b"200" });
            let _ = raw.write_all(junk).await;
        }
    }
    other.send(Message::binary(&b"still here\n"[..])).await.unwrap();
    assert_eq!(next(&mut other).await.into_data(), &b"\x01still here\n"[..]);
    assert_eq!(bed.get("/healthz").await.status(), 200);
}

#[tokio::test]
async fn a_stop_ends_conversations() {
    let mut bed = with_container().await;
    let mut socket = open(&bed, Some(&bed.token)).await.unwrap();
    socket.send(Message::text(r#"{"spec":{"command":["cat"],"stdin":true}}"#)).await.unwrap();
    assert_eq!(next_json(&mut socket).await, json!({ "opened": true }));
    bed.stop.cancel();
    assert_eq!(next_json(&mut socket).await["error"]["kind"], "unavailable");
    // A client that hears that it is over leaves.
    while let Some(Ok(_)) = socket.next().await {}
    tokio::time::timeout(std::time::Duration::from_secs(5), &mut bed.serving).await.unwrap().unwrap().unwrap();
}

#[tokio::test]
async fn a_log_is_plain_text_for_who_wants_that() {
    let bed = with_container().await;
    let request = bed.request(Method::GET, "/api/v1/nodes/sim-1/containers/box/logs").header("accept", "text/plain");
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
    assert_eq!(response.text().await.unwrap(), "hello\n");
}
