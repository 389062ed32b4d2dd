//! All nodes: who is registered, and the supervisor of each.

use std::{
    collections::BTreeMap,
    sync::{Arc, RwLock},
    time::Duration,
};

use futures_util::StreamExt as _;
use haven_model::{ContainerDetail, ContainerId, ContainerRef, Error, Node, NodeMetrics, NodeName, Result, Revision};
use tokio::sync::oneshot;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{
    NodeSettings,
    inventory::Reading,
    lastseen,
    record::NodeRecord,
    sample,
    state::{Agent, NodeState, Order},
    supervise::{Shared, Supervisor},
};
use crate::{
    engine::Engine,
    store::{Reached, Table, TableEvent, Versioned},
};

/// All nodes of the fleet.
#[derive(Debug)]
pub struct NodeService {
    pub(super) shared: Shared,
    pub(super) table: Table<NodeRecord>,
    nodes: RwLock<BTreeMap<NodeName, Entry>>,
    /// How far the watch has come. It alone removes nodes, so that what it tells late brings none back.
    pub(super) reached: Reached,
    /// Held over a change, so that those of this process do not compete.
    pub(super) turn: tokio::sync::Mutex<()>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

/// One node, and what ends its supervisor.
#[derive(Debug)]
struct Entry {
    state: Arc<NodeState>,
    stop: CancellationToken,
}

impl NodeService {
    /// Reads the registrations, starts a supervisor for each, and follows what other masters register.
    pub(crate) async fn open(
        shared: Shared,
        table: Table<NodeRecord>,
        tasks: &TaskTracker,
        stop: &CancellationToken,
    ) -> Result<Arc<Self>> {
        let (records, revision) = table.list().await?;
        let service = Arc::new(Self {
            shared,
            table,
            nodes: RwLock::default(),
            turn: tokio::sync::Mutex::default(),
            reached: Reached::new(revision),
            tasks: tasks.clone(),
            stop: stop.child_token(),
        });
        for (name, record) in records {
            service.put(&name, record, |_| true);
        }
        let (follower, mut changes) = (Arc::downgrade(&service), service.table.watch(revision));
        let stop = service.stop.clone();
        tasks.spawn(async move {
            while let Some(change) = tokio::select! { change = changes.next() => change, () = stop.cancelled() => None }
            {
                let Some(service) = follower.upgrade() else { return };
                match change {
                    Ok(change) => service.told(change),
                    Err(error) => tracing::warn!(error = %error.report(), "a registration cannot be read"),
                }
            }
        });
        let (teller, stopped) = (service.shared.teller.clone(), service.stop.clone());
        tasks.spawn(async move { teller.run(stopped).await });
        tasks.spawn(sample::run(Arc::downgrade(&service), service.stop.clone()));
        tasks.spawn(lastseen::sweep(service.shared.store.clone(), service.stop.clone()));
        Ok(service)
    }

    /// How nodes are watched.
    pub fn settings(&self) -> &NodeSettings {
        &self.shared.settings
    }

    /// All nodes, ordered by name.
    pub fn list(&self) -> Vec<Node> {
        self.states().iter().map(|state| state.show(&*self.shared.clock)).collect()
    }

    /// One node. `NotFound` when it is not registered.
    pub fn get(&self, node: &NodeName) -> Result<Node> {
        Ok(self.state(node)?.show(&*self.shared.clock))
    }

    /// What a node used, oldest first.
    pub fn history(&self, node: &NodeName) -> Result<Vec<NodeMetrics>> {
        Ok(self.state(node)?.figures().history.iter().cloned().collect())
    }

    /// The engine of a node. `NotFound` when it is not registered, `Unavailable` without contact.
    pub fn engine(&self, node: &NodeName) -> Result<Arc<dyn Engine>> {
        self.state(node)?.engine()
    }

    /// The inventory of a node.
    pub fn inventory(&self, node: &NodeName) -> Result<Reading> {
        Ok(self.state(node)?.inventory.read())
    }

    /// Everything about one container: as it was inspected while it runs and nothing happened to it since, else asked of
    /// its engine. `NotFound` when there is no such node or container, `Unavailable` without contact.
    ///
    /// The values of its environment are in it. Figures that no event tells of, as its process id is one, are as of the
    /// inspection.
    pub async fn detail(&self, node: &NodeName, id: &ContainerId) -> Result<Arc<ContainerDetail>> {
        let engine = self.state(node)?.engine()?;
        let detail = self.shared.details.get(&*engine, node, id).await;
        detail.map_err(|error| error.with("node", node).with("container", id))
    }

    /// Reads one container anew, so that who changed it sees the change; gives up after a second.
    pub async fn refresh(&self, node: &NodeName, container: &ContainerRef) {
        let Ok(state) = self.state(node) else { return };
        match state.inventory.read().resolve(container) {
            Some(id) => self.shared.details.changed(node, &id),
            None => self.shared.details.forget(node),
        }
        let (done, wait) = oneshot::channel();
        if state.orders.try_send(Order::Refresh(container.clone(), done)).is_ok() {
            let _ = tokio::time::timeout(Duration::from_secs(1), wait).await;
        }
    }

    pub(crate) fn state(&self, node: &NodeName) -> Result<Arc<NodeState>> {
        let nodes = self.nodes.read().expect("no panic happens under this lock");
        nodes.get(node).map(|entry| entry.state.clone()).ok_or_else(|| Error::not_found("node", node))
    }

    pub(crate) fn states(&self) -> Vec<Arc<NodeState>> {
        let nodes = self.nodes.read().expect("no panic happens under this lock");
        nodes.values().map(|entry| entry.state.clone()).collect()
    }

    /// Takes a change as the watch tells it.
    fn told(&self, change: TableEvent<NodeRecord>) {
        let revision = match change {
            TableEvent::Put(name, record) => {
                let revision = record.revision;
                self.put(&name, record, |_| true);
                revision
            }
            TableEvent::Deleted(name, revision) => {
                self.keep(revision, |known, _| known != name);
                revision
            }
            TableEvent::Resynced { records, unreadable, revision } => {
                // Where the store was set back, what it told before counts no more, though it is newer.
                let until = revision.max(self.reached.revision());
                let there: BTreeMap<&str, Revision> =
                    records.iter().map(|(name, record)| (name.as_str(), record.revision)).collect();
                self.keep(until, |name, known| match there.get(name) {
                    Some(revision) => *revision >= known,
                    None => unreadable.iter().any(|unreadable| unreadable == name),
                });
                for (name, record) in records {
                    self.put(&name, record, |_| true);
                }
                revision
            }
        };
        self.reached.reach(revision);
    }

    /// Takes a registration that was just written, before the watch tells it; unless the watch has gone past it and a
    /// node that is not there was removed again.
    pub(super) fn written(&self, name: &NodeName, record: Versioned<NodeRecord>) {
        self.put(name.as_str(), record, |revision| self.reached.revision() < revision);
    }

    /// Takes a registration; one that is older than known is passed over, a new one is taken if `is_news`.
    fn put(&self, name: &str, record: Versioned<NodeRecord>, is_news: impl Fn(Revision) -> bool) {
        let Ok(name) = NodeName::new(name) else { return tracing::warn!(name, "a registration has no valid name") };
        let mut nodes = self.nodes.write().expect("no panic happens under this lock");
        if let Some(entry) = nodes.get(&name) {
            let known = entry.state.record.load_full();
            if known.revision >= record.revision {
                return;
            }
            let moved = known.value.address != record.value.address || known.value.tls != record.value.tls;
            entry.state.record.store(Arc::new(record));
            if moved {
                entry.state.moved.notify_one();
            }
            return;
        }
        if !is_news(record.revision) {
            return;
        }
        let agent = Agent::expected(&record.value, self.shared.clock.elapsed(), self.settings().agent_interval * 3);
        let (state, orders) = NodeState::new(name.clone(), record, agent, self.shared.pool.clone());
        let stop = self.stop.child_token();
        let supervisor = Supervisor {
            shared: self.shared.clone(),
            state: state.clone(),
            orders,
            stop: stop.clone(),
            closing: self.stop.clone(),
            listening: None,
            last_seen: None,
            unsaved: false,
        };
        self.tasks.spawn(supervisor.run());
        nodes.insert(name, Entry { state, stop });
    }

    /// Ends the nodes that are not kept, by name and revision, but for those registered after `revision`.
    fn keep(&self, revision: Revision, is_kept: impl Fn(&str, Revision) -> bool) {
        let mut nodes = self.nodes.write().expect("no panic happens under this lock");
        nodes.retain(|name, entry| {
            let known = entry.state.record.load().revision;
            let stays = known > revision || is_kept(name.as_str(), known);
            if !stays {
                entry.stop.cancel();
                self.shared.journal.forget(name);
            }
            stays
        });
    }
}
