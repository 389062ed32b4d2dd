//! What whoever runs a server looks at: health, figures, TLS, restarts.

use std::{sync::Arc, time::Duration};

use futures_util::StreamExt as _;
use haven_core::{
    ErrorKind, Haven,
    clock::SystemClock,
    door::{Credentials, Door, Remote, RemoteOptions, ops},
    engine::Stream,
    model::{Actor, ContainerRef, Event, NodeAddress, NodeName, Secret},
    store::{Keyring, MemoryStore},
};
use haven_server::{EngineCalls, Server, ServerOptions, Tls, recorder};
use reqwest::Method;
use serde_json::json;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    bed::{Bed, PASSWORD, is_problem},
    converse::with_container,
    streams::event,
};

#[tokio::test]
async fn figures_name_nodes_store_and_journal() {
    let bed = with_container().await;
    let text = bed.get("/metrics").await.text().await.unwrap();
    for figure in [
        "haven_node_online{node=\"sim-1\"} 1",
        "haven_node_containers{node=\"sim-1\"} 1",
        "haven_inventory_age_seconds{node=\"sim-1\"}",
        "haven_inventory_stale{node=\"sim-1\"}",
        "haven_store_bytes",
        "haven_store_revision",
        "haven_journal_events",
        "haven_journal_queue",
        "haven_watch_lag_seconds",
    ] {
        assert!(text.contains(figure), "{figure}: {text}");
    }
}

#[tokio::test]
async fn calls_on_engines_are_timed_by_operation_and_node_and_every_figure_is_described() {
    let recorder = recorder().build_recorder();
    let handle = recorder.handle();
    // Other tests of this process count too, and that is well: their nodes have other names.
    metrics::set_global_recorder(recorder).unwrap();
    let store = Arc::new(MemoryStore::new(&SystemClock::default()));
    let builder = Haven::builder().store(store).keyring(Keyring::generate().unwrap()).hook(Arc::new(EngineCalls));
    let options = ServerOptions { metrics: Some(handle), ..ServerOptions::default() };
    let bed = Bed::over(builder.build().await.unwrap(), options).await.signed_in().await;
    let node = NodeName::new("timed").unwrap();
    bed.haven.nodes().register(&node, NodeAddress::Sim).await.unwrap();
    bed.haven.nodes().wait_online(&node).await.unwrap();
    let start = bed.request(Method::POST, "/api/v1/nodes/timed/containers/none/start");
    is_problem(start.send().await.unwrap(), 404, "not_found").await;
    let text = bed.get("/metrics").await.text().await.unwrap();
    for (operation, outcome) in [("containers", "ok"), ("start_container", "failed")] {
        let line = text.lines().find(|line| {
            let labels = [("node", "timed"), ("operation", operation), ("outcome", outcome)];
            line.starts_with("haven_engine_call_seconds_count{")
                && labels.iter().all(|(name, value)| line.contains(&format!("{name}=\"{value}\"")))
        });
        assert!(line.is_some_and(|line| !line.ends_with(" 0")), "{operation}: {text}");
    }
    assert!(text.contains("haven_http_requests_total{"), "{text}");
    // Summaries forget: their quantiles are nothing once a while has passed without a call.
    assert!(text.contains("# TYPE haven_engine_call_seconds histogram") && !text.contains("quantile="), "{text}");
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.is_empty()) {
        let name = line.split(['{', ' ']).next().unwrap();
        let family = ["_count", "_sum", "_bucket"].into_iter().find_map(|part| name.strip_suffix(part)).unwrap_or(name);
        for head in ["# HELP", "# TYPE"] {
            assert_eq!(text.matches(&format!("{head} {family} ")).count(), 1, "{head} of {family}: {text}");
        }
    }
}

#[tokio::test]
async fn long_answers_are_compressed_for_who_takes_that_and_streams_are_not() {
    let bed = Bed::new().await;
    for number in 1..20 {
        let body = json!({ "name": format!("web-{number}"), "address": format!("10.255.255.{number}:2375") });
        assert_eq!(bed.send(Method::POST, "/api/v1/nodes", &body).await.status(), 201);
    }
    let ask = |path: &str| bed.request(Method::GET, path).header("accept-encoding", "gzip").send();
    let long = ask("/api/v1/nodes").await.unwrap();
    assert_eq!(long.headers()["content-encoding"], "gzip");
    assert_eq!(long.headers()["vary"], "accept-encoding");
    assert_eq!(&long.bytes().await.unwrap()[..2], b"\x1f\x8b");
    assert!(bed.get("/api/v1/nodes").await.headers().get("content-encoding").is_none());
    for short in ["/api/v1/nodes/web-1", "/healthz", "/api/v1/events/stream"] {
        assert!(ask(short).await.unwrap().headers().get("content-encoding").is_none(), "{short}");
    }
}

#[tokio::test]
async fn a_server_of_ones_own_authority_is_trusted_where_that_is_said() {
    let rcgen::CertifiedKey { cert, signing_key } =
        rcgen::generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let tls = Tls { cert: cert.pem(), key: Secret::new(signing_key.serialize_pem()) };
    let bed = Bed::open(ServerOptions { tls: Some(tls), ..ServerOptions::default() }).await;
    let url = format!("https://{}", bed.address);
    let credentials = Credentials::Password { user: "admin".to_owned(), password: Secret::new(PASSWORD) };
    let options = RemoteOptions { credentials, ..RemoteOptions::default() };
    let refused = Remote::connect(&url, options.clone()).await.unwrap_err();
    assert_eq!(refused.kind(), haven_core::ErrorKind::Unavailable);
    let remote = Remote::connect(&url, RemoteOptions { ca: Some(cert.pem()), ..options }).await.unwrap();
    let haven = Haven::through(Door::Remote(remote.into()), Actor::system());
    assert!(haven.nodes().list().await.unwrap().is_empty());
}

#[tokio::test]
async fn a_stream_of_events_outlives_a_restart_of_the_server() {
    let bed = Bed::new().await;
    let behind = crate::door::behind(&bed).await;
    let cursor = behind.call(ops::events::ListEvents::default()).await.unwrap().cursor;
    let kind = Some("test".to_owned());
    let follow = ops::events::FollowEvents { kind, after: Some(cursor), ..ops::events::FollowEvents::default() };
    let mut events = behind.follow(follow).await.unwrap();
    bed.haven.services().unwrap().journal.record(event("before"));
    assert_eq!(events.next().await.unwrap().unwrap().action, "before");
    goes_on_after_a_restart(bed, events).await;
}

#[tokio::test]
async fn a_stream_of_events_outlives_a_restart_also_before_its_first_event() {
    let bed = Bed::new().await;
    let behind = crate::door::behind(&bed).await;
    let follow = ops::events::FollowEvents { kind: Some("test".to_owned()), ..ops::events::FollowEvents::default() };
    let events = behind.follow(follow).await.unwrap();
    goes_on_after_a_restart(bed, events).await;
}

async fn goes_on_after_a_restart(mut bed: Bed, mut events: Stream<Event>) {
    let journal = &bed.haven.services().unwrap().journal;
    bed.stop.cancel();
    (&mut bed.serving).await.unwrap().unwrap();
    journal.record(event("meanwhile"));
    let listener = TcpListener::bind(bed.address).await.unwrap();
    let stop = CancellationToken::new();
    let _stop = stop.clone().drop_guard();
    let server = Server::new(bed.haven.clone(), ServerOptions::default()).unwrap();
    tokio::spawn(server.serve(listener, stop));
    journal.record(event("after"));
    for action in ["meanwhile", "after"] {
        let event = tokio::time::timeout(Duration::from_secs(20), events.next()).await.unwrap();
        assert_eq!(event.unwrap().unwrap().action, action);
    }
}

#[tokio::test]
async fn a_stream_that_a_stop_cuts_is_not_taken_for_one_that_ended() {
    let mut bed = with_container().await;
    let behind = crate::door::behind(&bed).await;
    let (node, container) = (NodeName::new("sim-1").unwrap(), ContainerRef::new("box").unwrap());
    let stats = ops::containers::FollowContainerStats { node: node.clone(), container: container.clone() };
    let mut stats = behind.follow(stats).await.unwrap();
    let logs = ops::containers::ContainerLogs::of(&node, &container);
    let mut logs = behind.follow(ops::containers::ContainerLogs { follow: true, ..logs }).await.unwrap();
    bed.stop.cancel();
    (&mut bed.serving).await.unwrap().unwrap();
    macro_rules! last {
        ($stream:ident) => {{
            let mut last = None;
            while let Some(item) = $stream.next().await {
                last = Some(item.map(drop));
            }
            last.unwrap().unwrap_err()
        }};
    }
    for error in [last!(stats), last!(logs)] {
        assert_eq!((error.kind(), error.message()), (ErrorKind::Unavailable, "the server is stopping"));
    }
}
