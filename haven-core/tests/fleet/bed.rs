//! A fleet of simulated engines, on a wire that counts, cuts and holds back.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use haven_core::{
    Error, Haven, Result,
    clock::{Clock, SystemClock},
    door::ops::containers::ListContainers,
    engine::{Call, Hook, sim::SimEngine},
    model::{Container, ContainerSpec, ImageRef, NodeAddress, NodeStatus, Severity},
    node::{NodeSettings, SimConnector},
    store::MemoryStore,
};

use super::node;

/// Counts lists, and cuts events or everything.
#[derive(Debug, Default)]
pub(crate) struct Wire {
    pub(crate) lists: AtomicU64,
    pub(crate) inspections: AtomicU64,
    pub(crate) acts: AtomicU64,
    pub(crate) requests: AtomicU64,
    pub(crate) events_cut: AtomicBool,
    silent: Mutex<String>,
    /// The next event is held back for ever, and all that follow on its stream.
    pub(crate) deaf: AtomicBool,
}

impl Wire {
    /// Lets the engine of this node, and no other, answer nothing any more.
    pub(crate) fn silence(&self, node: &str) {
        node.clone_into(&mut self.silent.lock().unwrap());
    }
}

#[async_trait]
impl Hook for Wire {
    async fn before(&self, call: Call<'_>) -> Result<()> {
        self.requests.fetch_add(1, Ordering::SeqCst);
        if call.op == "containers" {
            self.lists.fetch_add(1, Ordering::SeqCst);
        }
        if call.op == "container" {
            self.inspections.fetch_add(1, Ordering::SeqCst);
        }
        if call.op.contains('_') && !call.op.starts_with("stats") {
            self.acts.fetch_add(1, Ordering::SeqCst);
        }
        let is_silent = *self.silent.lock().unwrap() == call.engine;
        if is_silent {
            std::future::pending::<()>().await;
        }
        if call.op == "events" && self.events_cut.load(Ordering::SeqCst) {
            return Err(Error::unavailable("the events are cut"));
        }
        Ok(())
    }

    async fn item(&self, call: Call<'_>) -> Result<()> {
        if call.op == "events" && self.events_cut.load(Ordering::SeqCst) {
            return Err(Error::unavailable("the events are cut"));
        }
        if call.op == "events" && self.deaf.swap(false, Ordering::SeqCst) {
            std::future::pending::<()>().await;
        }
        Ok(())
    }
}

pub(crate) struct Bed {
    pub(crate) haven: Haven,
    pub(crate) engines: SimConnector,
    pub(crate) wire: Arc<Wire>,
}

pub(crate) async fn bed(settings: NodeSettings) -> Bed {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock::default());
    let engines = SimConnector::new(clock.clone());
    let wire = Arc::new(Wire::default());
    let haven = Haven::builder()
        .store(Arc::new(MemoryStore::new(&*clock)))
        .clock(clock)
        .connector(engines.clone())
        .hook(wire.clone())
        .settings(settings)
        .build()
        .await
        .unwrap();
    Bed { haven, engines, wire }
}

impl Bed {
    pub(crate) async fn add(&self, name: &str) -> SimEngine {
        self.haven.nodes().register(&node(name), NodeAddress::Sim).await.unwrap();
        self.haven.nodes().wait_online(&node(name)).await.unwrap();
        self.engines.engine(&node(name))
    }

    pub(crate) async fn seen(&self, name: &str) -> (Vec<Container>, bool) {
        let listing = self
            .haven
            .containers()
            .list_with(ListContainers { node: Some(node(name)), ..ListContainers::default() })
            .await
            .unwrap();
        (listing.items.into_iter().map(|at| at.item).collect(), listing.stale)
    }

    pub(crate) async fn status(&self, name: &str) -> NodeStatus {
        self.haven.nodes().get(&node(name)).await.unwrap().status
    }

    /// The messages of what was said of nodes themselves.
    pub(crate) async fn said(&self, action: &str) -> Vec<String> {
        let events = self.haven.events().list(Severity::Info).await.unwrap();
        events
            .into_iter()
            .filter(|event| event.kind == "node" && event.action == action)
            .map(|event| event.message)
            .collect()
    }
}

pub(crate) fn quiet() -> NodeSettings {
    NodeSettings { relist: None, sample: None, ..NodeSettings::default() }
}

pub(crate) fn spec() -> ContainerSpec {
    ContainerSpec::new(ImageRef::new("nginx").unwrap())
}

pub(crate) fn stripped(mut containers: Vec<Container>) -> Vec<Container> {
    for container in &mut containers {
        container.status.clear();
    }
    containers.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    containers
}

/// Waits until `holds`, for at most ten seconds.
pub(crate) async fn eventually<F: Future<Output = bool>>(what: &str, holds: impl Fn() -> F) {
    for _ in 0..500 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("never: {what}");
}
