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

use super::{
    inventory::{Inventory, Pool},
    record::NodeRecord,
};
use crate::{clock::Clock, engine::Engine, store::Versioned};

/// One node, shared by its supervisor (which writes) and everybody else.
#[derive(Debug)]
pub(crate) struct NodeState {
    pub(crate) name: NodeName,
    pub(crate) record: ArcSwap<Versioned<NodeRecord>>,
    pub(crate) inventory: Inventory,
    /// The engine, while contact lasts.
    pub(super) engine: ArcSwapOption<Arc<dyn Engine>>,
    pub(super) contact: Mutex<Contact>,
    pub(super) agent: Mutex<Agent>,
    pub(super) figures: Mutex<Figures>,
    pub(super) orders: mpsc::Sender<Order>,
    /// The address or the certificates changed.
    pub(super) moved: Notify,
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
    /// None: nothing since this process began.
    pub(super) last_seen: Option<Timestamp>,
    /// On the clock that does not jump: when it was heard, or expected from; none: no agent is known of.
    pub(super) heard: Option<Duration>,
    pub(super) silent_after: Duration,
    /// The silence was told.
    pub(super) told_silent: bool,
}

impl Agent {
    /// What is known at the start of a node's agent: one that reported before is expected to do so again.
    pub(super) fn expected(record: &NodeRecord, now: Duration, silent_after: Duration) -> Self {
        let reported = record.address.is_none() || !record.reported.is_empty();
        Self { heard: reported.then_some(now), silent_after, ..Self::default() }
    }

    /// Whether it has said nothing for longer than it may.
    pub(super) fn is_silent(&self, now: Duration) -> bool {
        self.heard.is_some_and(|heard| now.saturating_sub(heard) > self.silent_after)
    }

    /// Whether it reports.
    pub(super) fn is_reporting(&self, now: Duration) -> bool {
        self.last_seen.is_some() && !self.is_silent(now)
    }
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
    pub(super) fn new(
        name: NodeName,
        record: Versioned<NodeRecord>,
        agent: Agent,
        pool: Arc<Pool>,
    ) -> (Arc<Self>, mpsc::Receiver<Order>) {
        let (orders, taken) = mpsc::channel(64);
        let state = Self {
            name,
            record: ArcSwap::from_pointee(record),
            inventory: Inventory::new(pool),
            engine: ArcSwapOption::empty(),
            contact: Mutex::default(),
            agent: Mutex::new(agent),
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
        match &*self.engine.load() {
            Some(engine) => Ok(Arc::clone(engine)),
            None => Err(self.why_not().with("node", &self.name)),
        }
    }

    /// What the engine says of itself, where it did.
    pub(crate) fn info(&self) -> Option<Arc<EngineInfo>> {
        self.contact().info.clone()
    }

    /// The memory of the machine in bytes, where its engine said so.
    pub(crate) fn memory(&self) -> Option<u64> {
        self.contact().info.as_ref().map(|info| info.memory).filter(|memory| *memory > 0)
    }

    /// All labels: the engine's own, what the agent said, and those given at registration, which win.
    pub(crate) fn labels(&self) -> BTreeMap<String, String> {
        let mut labels = self.info().map(|info| info.labels.clone()).unwrap_or_default();
        let record = self.record.load();
        labels.extend(record.value.reported.clone());
        labels.extend(record.value.labels.clone());
        labels
    }

    /// Why contact is lost.
    fn why_not(&self) -> Error {
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
        let (agent, agent_is_silent) = {
            let (agent, now) = (self.agent(), clock.elapsed());
            let shown = AgentStatus {
                reporting: agent.is_reporting(now),
                last_seen: agent.last_seen,
                age: age(agent.last_seen),
            };
            (shown, agent.is_silent(now))
        };
        let reading = self.inventory.read();
        let status = match (engine.connected, engine.last_seen, reading.as_of) {
            (true, ..) => NodeStatus::Online,
            // Only its agent told of it, and does no more.
            (false, None, None) if agent_is_silent => NodeStatus::Unknown,
            (false, None, None) => NodeStatus::Pending,
            _ => NodeStatus::Unknown,
        };
        Node {
            name: self.name.clone(),
            address: record.value.address.clone(),
            cluster: record.value.cluster.clone(),
            status,
            availability: record.value.availability,
            engine,
            agent,
            labels: self.labels(),
            containers: reading.count(),
            metrics: self.figures().history.back().cloned(),
            revision: record.revision,
        }
    }
}
