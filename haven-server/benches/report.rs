//! How many reports one core takes: the agents' door beside a bare axum handler that parses the same JSON.
//!
//! Both are served by a runtime of one thread over loopback, to the same client, in turns; the figure is the median of
//! the turns with its spread. The door shall take at least half of what the bare handler takes.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a bench prints, and panics when it is broken")]

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    sync::mpsc,
    thread,
    time::{Duration, Instant},
};

use axum::{Json, Router, routing::post};
use haven_core::{Haven, model::Report, model::Secret};
use haven_server::{Server, ServerOptions};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

const TURNS: usize = 7;
const TURN: Duration = Duration::from_secs(2);
const CLIENTS: usize = 4;
const NODES: usize = 10;

fn main() {
    let (door, bare) = (serve(true), serve(false));
    let (mut with_door, mut without) = (Vec::new(), Vec::new());
    for _ in 0..TURNS {
        with_door.push(ask(door));
        without.push(ask(bare));
    }
    let (door, bare) = (figures(&mut with_door), figures(&mut without));
    println!("reports a second, the agents' door: {door:?} (least, median, most)");
    println!("reports a second, a bare handler:   {bare:?}");
    println!("share: {:.2} (at least 0.5)", door.1 / bare.1);
}

fn figures(turns: &mut [f64]) -> (f64, f64, f64) {
    turns.sort_by(f64::total_cmp);
    (turns[0].round(), turns[turns.len() / 2].round(), turns[turns.len() - 1].round())
}

/// Serves on a thread of its own.
fn serve(door: bool) -> SocketAddr {
    let (tell, told) = mpsc::channel();
    thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            tell.send(listener.local_addr().unwrap()).unwrap();
            if door {
                let haven = Haven::open("memory:").await.unwrap();
                let options = ServerOptions { agent_secret: Some(Secret::new("s")), ..ServerOptions::default() };
                let server = Server::new(haven, options).unwrap();
                server.serve(listener, CancellationToken::new()).await.unwrap();
            } else {
                let take = |Json(report): Json<Report>| async move { drop(std::hint::black_box(report)) };
                let router = Router::new().route("/discovery/nodes/{name}", post(take));
                axum::serve(listener, router).await.unwrap();
            }
        });
    });
    told.recv().unwrap()
}

/// How many reports a second it takes, from some clients that each wait for their answer.
fn ask(address: SocketAddr) -> f64 {
    let clients: Vec<_> = (0..CLIENTS).map(|client| thread::spawn(move || report(address, client))).collect();
    let reports: usize = clients.into_iter().map(|client| client.join().unwrap()).sum();
    reports as f64 / TURN.as_secs_f64()
}

fn report(address: SocketAddr, client: usize) -> usize {
    let mut connection = TcpStream::connect(address).unwrap();
    connection.set_nodelay(true).unwrap();
    let requests: Vec<Vec<u8>> = (0..NODES).map(|node| request(client * NODES + node)).collect();
    let (begun, mut done) = (Instant::now(), 0);
    let mut answer = [0; 4096];
    while begun.elapsed() < TURN {
        connection.write_all(&requests[done % NODES]).unwrap();
        let mut length = 0;
        while !answer[..length].ends_with(b"\r\n\r\n") {
            let read = connection.read(&mut answer[length..]).unwrap();
            assert!(read > 0, "the server closed the connection");
            length += read;
            assert!(
                answer.starts_with(b"HTTP/1.1 200") || length < 12,
                "{}",
                String::from_utf8_lossy(&answer[..length])
            );
        }
        done += 1;
    }
    done
}

/// A report as the original's script sends it, with ten containers, four disks and four interfaces.
fn request(number: usize) -> Vec<u8> {
    // An address belongs to one node. Nobody answers there, which costs little.
    let (node, port) = (format!("node-{number}"), number + 1);
    let containers: Vec<String> = (0..10)
        .map(|i| format!(r#"{{"id":"{i:064x}","name":"web-{i}","image":"nginx:1.27","labels":{{"a":"b"}}}}"#))
        .collect();
    let disks: Vec<String> = (0..4).map(|i| format!(r#""/mnt/{i}":{{"total":1000000,"used":{i}}}"#)).collect();
    let net: Vec<String> = (0..4).map(|i| format!(r#""eth{i}":{{"bytesOut":{i},"bytesIn":1}}"#)).collect();
    let body = format!(
        r#"{{"time":"2016-11-16T15:44:24.266000","id":"{node}","name":"{node}","address":"127.0.0.1:{port}","labels":{{"zone":"a"}},
        "containers":[{}],"system":{{"cpuLoad":12.5,"memory":{{"total":8,"available":5,"used":3}},"disks":{{{}}},"net":{{{}}}}}}}"#,
        containers.join(","),
        disks.join(","),
        net.join(",")
    );
    let head = "content-type: application/json\r\nx-auth-node: s";
    let length = body.len();
    format!(
        "POST /discovery/nodes/{node}?ttl=120 HTTP/1.1\r\nhost: x\r\n{head}\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .into_bytes()
}
