//! Taking an agent's report: against a bare axum handler that reads the same JSON, each on one core.

use std::{
    net::SocketAddr,
    sync::Arc,
    time::{Duration, Instant},
};

use bytes::Bytes;
use futures_util::future::join_all;
use haven::{
    Haven,
    clock::{Clock, SystemClock},
    model::{Report, Secret},
    server::{Server, ServerOptions},
    store::MemoryStore,
};
use http_body_util::Full;
use hyper::Request;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;

use super::{
    load::Wire,
    ratio::{ROUNDS, print},
};

const CONNECTIONS: usize = 8;
const REPORTS_A_ROUND: usize = 500;

/// Runs a server on a thread of its own: one core.
fn on_one_core<F: Future<Output = ()>>(work: impl FnOnce(std::net::TcpListener) -> F + Send + 'static) -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.set_nonblocking(true).expect("a socket");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(work(listener));
    });
    address
}

pub async fn reports() {
    let haven = on_one_core(|listener| async {
        let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
        let store = Arc::new(MemoryStore::new(&*clock));
        let haven = Haven::builder().store(store).clock(clock).build().await.expect("a fleet in memory");
        let options = ServerOptions { agent_secret: Some(Secret::new("bench")), ..ServerOptions::default() };
        let server = Server::new(haven, options).expect("a server");
        let listener = TcpListener::from_std(listener).expect("a listener");
        server.serve(listener, CancellationToken::new()).await.expect("served");
    });
    let bare = on_one_core(|listener| async {
        let handler = |axum::Json(report): axum::Json<Report>| async move {
            std::hint::black_box(report);
        };
        let router = axum::Router::new().route("/discovery/nodes/{name}", axum::routing::post(handler));
        let listener = TcpListener::from_std(listener).expect("a listener");
        axum::serve(listener, router).await.expect("served");
    });
    tokio::time::sleep(Duration::from_millis(300)).await;
    let mut ours = connect(haven).await;
    let mut theirs = connect(bare).await;
    round(&mut ours).await;
    round(&mut theirs).await;
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push((round(&mut ours).await, round(&mut theirs).await));
    }
    print("a report taken, one core / bare axum and JSON", &rounds, "at most 2");
}

async fn connect(address: SocketAddr) -> Vec<Wire> {
    let mut wires = Vec::new();
    for _ in 0..CONNECTIONS {
        let stream = TcpStream::connect(address).await.expect("a connection");
        stream.set_nodelay(true).expect("a socket");
        wires.push(Wire::over(stream).await);
    }
    wires
}

/// The time of one report, when every connection sends its share.
async fn round(wires: &mut [Wire]) -> Duration {
    let begun = Instant::now();
    join_all(wires.iter_mut().enumerate().map(|(node, wire)| async move {
        for _ in 0..REPORTS_A_ROUND {
            wire.send(request(node)).await;
        }
    }))
    .await;
    begun.elapsed() / u32::try_from(wires.len() * REPORTS_A_ROUND).expect("a small number")
}

fn request(node: usize) -> Request<Full<Bytes>> {
    let body = format!(
        r#"{{"time":"2026-11-24T10:00:00.123+00:00","name":"node-{node}","address":"10.0.0.{node}:2375","labels":{{"zone":"a","rack":"12"}},
        "system":{{"cpuLoad":12.5,"memory":{{"total":8589934592,"used":4294967296,"available":4294967296}},
        "disks":{{"/":{{"total":100000000000,"used":40000000000}},"/home":{{"total":1,"used":1}}}},
        "net":{{"eth0":{{"bytesIn":123456789,"bytesOut":987654321}},"docker0":{{"bytesIn":1,"bytesOut":2}}}}}}}}"#
    );
    Request::post(format!("/discovery/nodes/node-{node}?ttl=120"))
        .header("host", "bench")
        .header("content-type", "application/json")
        .header("x-auth-node", "bench")
        .body(Full::from(body))
        .expect("a valid request")
}
