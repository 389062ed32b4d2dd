//! What is known of one node now: its registration, contact, inventory, agent and figures.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use arc_swap::{ArcSwap, ArcSwapOption};
use haven_model::{
    ContainerId, ContainerRef, ContainerStats, EngineInfo, Error, ErrorKind, Node, NodeMetrics, NodeName, NodeStatus,
    Result,
    error::WireError,
    node::{AgentStatus, EngineStatus},
    system::ApiVersion,
};
use jiff::Timestamp;
use tokio::sync::{Notify, mpsc, oneshot};

use super::{inventory::Inventory, record::NodeRecord};
use crate::{clock::Clock, engine::Engine, store::Versioned};

/// One node, shared by its supervisor (which writes) and everybody else.
#[derive(Debug)]
pub(crate) struct NodeState {
    pub(crate) name: NodeName,
    pub(crate) record: ArcSwap<Versioned<NodeRecord>>,
    pub(crate) inventory: Inventory,
    /// The engine, while contact lasts.
    pub(super) engine: ArcSwapOption<Box<dyn EngineHandle>>,
    pub(super) contact: Mutex<Contact>,
    pub(super) agent: Mutex<Agent>,
    pub(super) figures: Mutex<Figures>,
    pub(super) orders: mpsc::Sender<Order>,
    /// The address or the certificates changed.
    pub(super) moved: Notify,
}

/// Lets an `Arc<dyn Engine>` stand in an `ArcSwap`, which wants a sized type.
pub(super) trait EngineHandle: std::fmt::Debug + Send + Sync {
    fn engine(&self) -> Arc<dyn Engine>;
}

impl EngineHandle for Arc<dyn Engine> {
    fn engine(&self) -> Arc<dyn Engine> {
        self.clone()
    }
}

/// Contact with the engine.
#[derive(Debug, Default)]
pub(super) struct Contact {
    pub(super) connected: bool,
    pub(super) last_seen: Option<Timestamp>,
    pub(super) error: Option<WireError>,
    pub(super) api: Option<ApiVersion>,
    pub(super) info: Option<Arc<EngineInfo>>,
}

/// What the agent said last.
#[derive(Debug, Default)]
pub(super) struct Agent {
    pub(super) last_seen: Option<Timestamp>,
    /// On the clock that does not jump.
    pub(super) heard: Option<Duration>,
    pub(super) silent_after: Duration,
    /// The silence was told.
    pub(super) told_silent: bool,
}

/// What the node and its containers use.
#[derive(Debug, Default)]
pub(crate) struct Figures {
    pub(super) history: VecDeque<NodeMetrics>,
    /// The last samples of each running container, oldest first.
    pub(crate) containers: HashMap<ContainerId, VecDeque<ContainerStats>>,
    pub(super) watchdog: super::limits::Watchdog,
}

/// Something a supervisor is asked to do.
#[derive(Debug)]
pub(super) enum Order {
    /// List one container anew, and say when that is done.
    Refresh(ContainerRef, oneshot::Sender<()>),
}

impl NodeState {
    pub(super) fn new(name: NodeName, record: Versioned<NodeRecord>) -> (Arc<Self>, mpsc::Receiver<Order>) {
        let (orders, taken) = mpsc::channel(64);
        let state = Self {
            name,
            record: ArcSwap::from_pointee(record),
            inventory: Inventory::default(),
            engine: ArcSwapOption::empty(),
            contact: Mutex::default(),
            agent: Mutex::default(),
            figures: Mutex::default(),
            orders,
            moved: Notify::new(),
        };
        (Arc::new(state), taken)
    }

    pub(super) fn contact(&self) -> MutexGuard<'_, Contact> {
        self.contact.lock().expect("no panic happens under this lock")
    }

    pub(super) fn agent(&self) -> MutexGuard<'_, Agent> {
        self.agent.lock().expect("no panic happens under this lock")
    }

    pub(crate) fn figures(&self) -> MutexGuard<'_, Figures> {
        self.figures.lock().expect("no panic happens under this lock")
    }

    /// The engine, or why there is none now.
    pub(crate) fn engine(&self) -> Result<Arc<dyn Engine>> {
        if let Some(handle) = self.engine.load_full() {
            return Ok(handle.engine());
        }
        let error = self.why_not();
        Err(error.with("node", &self.name))
    }

    /// Why contact is lost.
    pub(crate) fn why_not(&self) -> Error {
        match &self.contact().error {
            Some(wire) if wire.kind == ErrorKind::Unsupported => wire.clone().into(),
            Some(wire) => {
                Error::unavailable(format!("no contact with the engine of `{}`: {}", self.name, wire.message))
            }
            None => Error::unavailable(format!("no contact with the engine of `{}` yet", self.name)),
        }
    }

    /// The node as it is shown.
    pub(crate) fn show(&self, clock: &dyn Clock) -> Node {
        let record = self.record.load();
        let now = clock.now();
        let age = |time: Option<Timestamp>| time.map(|time| now.duration_since(time).as_secs_f64().max(0.0));
        let contact = self.contact();
        let engine = EngineStatus {
            connected: contact.connected,
            last_seen: contact.last_seen,
            age: age(contact.last_seen),
            error: contact.error.clone(),
            api: contact.api,
            info: contact.info.as_deref().cloned(),
        };
        drop(contact);
        let agent = {
            let agent = self.agent();
            AgentStatus {
                reporting: agent.heard.is_some_and(|heard| clock.elapsed().saturating_sub(heard) <= agent.silent_after),
                last_seen: agent.last_seen,
                age: age(agent.last_seen),
            }
        };
        let reading = self.inventory.read();
        let status = match (engine.connected, engine.last_seen, reading.as_of) {
            (true, ..) => NodeStatus::Online,
            // Only its agent told of it, and does no more.
            (false, None, None) if agent.last_seen.is_some() && !agent.reporting => NodeStatus::Unknown,
            (false, None, None) => NodeStatus::Pending,
            _ => NodeStatus::Unknown,
        };
        let mut labels: BTreeMap<String, String> =
            engine.info.as_ref().map(|info| info.labels.clone()).unwrap_or_default();
        labels.extend(record.value.reported.clone());
        labels.extend(record.value.labels.clone());
        Node {
            name: self.name.clone(),
            address: record.value.address.clone(),
            cluster: record.value.cluster.clone(),
            status,
            engine,
            agent,
            labels,
            containers: reading.count(),
            metrics: self.figures().history.back().cloned(),
            revision: record.revision,
        }
    }
}
