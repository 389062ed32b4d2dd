//! A stop: what runs is answered, what listens hears the end.

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use haven_core::{
    Haven, Result,
    clock::SystemClock,
    engine::{Call, Hook},
    model::{ContainerSpec, ImageRef, NodeAddress, NodeName},
    store::{Keyring, MemoryStore},
};
use haven_server::ServerOptions;
use reqwest::Method;
use tokio::sync::Semaphore;

use crate::bed::Bed;

/// Holds the pauses and stops of containers until they may go on.
#[derive(Debug)]
pub(crate) struct Held {
    pub(crate) begun: Semaphore,
    pub(crate) may_end: Semaphore,
}

impl Held {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self { begun: Semaphore::new(0), may_end: Semaphore::new(0) })
    }
}

#[async_trait]
impl Hook for Held {
    async fn before(&self, call: Call<'_>) -> Result<()> {
        if matches!(call.op, "pause_container" | "stop_container") {
            self.begun.add_permits(1);
            self.may_end.acquire().await.expect("it is never closed").forget();
        }
        Ok(())
    }
}

/// A server whose node `sim-1` holds what it is asked for.
async fn held_bed() -> (Arc<Held>, Bed) {
    let held = Held::new();
    let store = Arc::new(MemoryStore::new(&SystemClock::default()));
    let builder = Haven::builder().store(store).keyring(Keyring::generate().unwrap()).hook(held.clone());
    let bed = Bed::over(builder.build().await.unwrap(), ServerOptions::default()).await.signed_in().await;
    let node = NodeName::new("sim-1").unwrap();
    bed.haven.nodes().register(&node, NodeAddress::Sim).await.unwrap();
    bed.haven.nodes().wait_online(&node).await.unwrap();
    (held, bed)
}

#[tokio::test]
async fn a_call_in_flight_is_answered_and_streams_say_why_they_end() {
    let (held, mut bed) = held_bed().await;
    let command = ["sh", "-c", "echo hello; sleep 1000"].map(str::to_owned).to_vec();
    let spec = ContainerSpec { command, ..ContainerSpec::new(ImageRef::new("busybox:latest").unwrap()) };
    bed.haven.containers().run(&NodeName::new("sim-1").unwrap(), "box", spec).await.unwrap();

    let logs = bed.request(Method::GET, "/api/v1/nodes/sim-1/containers/box/logs?follow=true");
    let mut logs = logs.header("accept", "text/plain").send().await.unwrap();
    assert_eq!(&logs.chunk().await.unwrap().unwrap()[..], b"hello\n");
    let events = bed.get("/api/v1/events/stream").await;
    let pause = bed.request(Method::POST, "/api/v1/nodes/sim-1/containers/box/pause");
    let pause = tokio::spawn(pause.send());
    held.begun.acquire().await.unwrap().forget();

    bed.stop.cancel();
    // Their bodies end, and do not break off.
    let rest = events.text().await.unwrap();
    let (_, last) = rest.split_once("event: error\ndata: ").unwrap_or_else(|| panic!("{rest}"));
    let problem: serde_json::Value = serde_json::from_str(last.trim()).unwrap();
    assert_eq!((&problem["kind"], &problem["detail"]), (&"unavailable".into(), &"the server is stopping".into()));
    assert_eq!(logs.text().await.unwrap(), "\nhaven: the server is stopping\n");
    assert!(!bed.serving.is_finished(), "a call runs");
    assert!(bed.anonymous(Method::GET, "/healthz").send().await.is_err(), "nobody else is let in");
    held.may_end.add_permits(1);
    assert_eq!(pause.await.unwrap().unwrap().status(), 200);
    (&mut bed.serving).await.unwrap().unwrap();
}

#[tokio::test]
async fn a_call_that_does_not_end_holds_a_stop_for_one_time_of_grace_only() {
    let (held, mut bed) = held_bed().await;
    let pause = bed.request(Method::POST, "/api/v1/nodes/sim-1/containers/box/pause");
    let _pause = tokio::spawn(pause.send());
    held.begun.acquire().await.unwrap().forget();
    bed.stop.cancel();
    let served = tokio::time::timeout(Duration::from_secs(9), &mut bed.serving).await;
    served.expect("it ends before Docker kills").unwrap().unwrap();
}
