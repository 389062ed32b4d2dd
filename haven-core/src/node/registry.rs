//! Registering, changing and removing nodes: one transaction each.
//!
//! An index of addresses, `addresses/ADDRESS`, keeps two nodes from having the same engine, without a race.

use std::{collections::BTreeMap, time::Duration};

use bytes::Bytes;
use haven_model::{
    Availability, Error, ErrorKind, Event, Node, NodeAddress, NodeName, Result, Revision,
    node::{NodeSpec, TlsSpec},
};

use super::{lastseen::LastSeen, record::NodeRecord, service::NodeService};
use crate::store::{Expect, Key, Versioned, Write};

/// Where the index is.
const ADDRESSES: &str = "addresses/";
/// The most labels of a node, and the longest, key and value together.
const MAX_LABELS: usize = 256;
const MAX_LABEL: usize = 4096;
/// All labels of a node together: they are in every list of nodes.
const MAX_ALL_LABELS: usize = 32 * 1024;
/// How long a change waits for those before it.
const TURN: Duration = Duration::from_secs(10);

/// What to change of a registration; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NodeChange {
    /// Where its engine answers.
    pub address: Option<NodeAddress>,
    /// All its labels.
    pub labels: Option<BTreeMap<String, String>>,
    /// What to trust and to show.
    pub tls: Option<TlsSpec>,
    /// Whether it takes new containers.
    pub availability: Option<Availability>,
}

impl NodeService {
    /// Registers a node, if what `checks` say of its cluster holds. `AlreadyExists` when the name, or the address under
    /// another name, is taken.
    pub(crate) async fn register(&self, spec: NodeSpec, checks: Vec<(Key, Expect)>) -> Result<Node> {
        check_labels(&spec.labels)?;
        let record = NodeRecord {
            address: Some(spec.address),
            cluster: spec.cluster,
            labels: spec.labels,
            reported: BTreeMap::new(),
            availability: Availability::Active,
            tls: spec.tls,
        };
        self.insert(&spec.name, record, checks).await?;
        self.get(&spec.name)
    }

    pub(super) async fn insert(
        &self,
        name: &NodeName,
        record: NodeRecord,
        mut checks: Vec<(Key, Expect)>,
    ) -> Result<()> {
        checks.push((self.table.key(name.as_str())?, Expect::Absent));
        let mut writes = vec![self.table.put_write(name.as_str(), &record, None)?];
        if let Some(index) = record.address.as_ref().map(index_key).transpose()?.flatten() {
            checks.push((index.clone(), Expect::Absent));
            writes.push(Write::Put(index, Bytes::from(name.to_string())));
        }
        let revision = match self.shared.store.txn(&checks, &writes).await {
            Err(error) if error.kind() == ErrorKind::Conflict => return Err(self.taken(name, &record, error).await),
            done => done?,
        };
        let cluster = record.cluster.clone();
        self.written(name, Versioned::made(record, revision));
        self.tell(name, cluster, "register", "registered");
        Ok(())
    }

    /// Says which of the checks of a registration did not hold.
    async fn taken(&self, name: &NodeName, record: &NodeRecord, error: Error) -> Error {
        if let Ok(Some(_)) = self.table.find(name.as_str()).await {
            return Error::new(ErrorKind::AlreadyExists, format!("a node `{name}` is registered already"));
        }
        if let Some(index) = record.address.as_ref().and_then(|address| index_key(address).ok().flatten())
            && let Ok(Some(owner)) = self.shared.store.get(&index).await
        {
            return taken_by_another(record, &owner.value);
        }
        error
    }

    /// Changes a registration. `Conflict` when it is not at `revision` any more.
    pub async fn update(&self, node: &NodeName, change: NodeChange, revision: Option<Revision>) -> Result<Node> {
        let NodeChange { address, labels, tls, availability } = change;
        if let Some(labels) = &labels {
            check_labels(labels)?;
        }
        let before = self
            .change(node, revision, |record| {
                let mut record = record.clone();
                if let Some(address) = &address {
                    record.address = Some(address.clone());
                }
                if let Some(labels) = &labels {
                    record.labels.clone_from(labels);
                }
                if let Some(tls) = &tls {
                    record.tls = Some(tls.clone());
                }
                record.availability = availability.unwrap_or(record.availability);
                Ok((record, Vec::new()))
            })
            .await?;
        let cluster = self.state(node)?.record.load().value.cluster.clone();
        if address.is_some() || labels.is_some() || tls.is_some() {
            self.tell(node, cluster.clone(), "update", "registration changed");
        }
        if let (Some(before), Some(availability)) = (before, availability)
            && before.availability != availability
        {
            self.tell(node, cluster, "availability", &format!("set to {availability}"));
        }
        self.get(node)
    }

    /// Changes a record in one transaction, trying again when somebody else was faster and no revision was asked for.
    /// `edit` answers the new record and what else must hold. Answers what the record was, where it is not any more.
    pub(crate) async fn change(
        &self,
        node: &NodeName,
        revision: Option<Revision>,
        edit: impl Fn(&NodeRecord) -> Result<(NodeRecord, Vec<(Key, Expect)>)>,
    ) -> Result<Option<NodeRecord>> {
        // Nothing was asked of the store yet: who has waited for long enough may as well say that it did not happen.
        let waited = |_| Error::unavailable("other changes of nodes are waiting for the store");
        let _turn = tokio::time::timeout(TURN, self.turn.lock()).await.map_err(waited)?;
        for _ in 0..8 {
            let current = self.table.get(node.as_str()).await?.ok_or_else(|| Error::not_found("node", node))?;
            refuse_changed(node, current.revision, revision)?;
            let (record, mut checks) = edit(&current.value)?;
            if record == current.value {
                return Ok(None);
            }
            checks.push((self.table.key(node.as_str())?, Expect::At(current.revision)));
            let mut writes = vec![self.table.put_write(node.as_str(), &record, Some(&current))?];
            if record.address != current.value.address {
                if let Some(index) = current.value.address.as_ref().map(index_key).transpose()?.flatten() {
                    writes.push(Write::Delete(index));
                }
                if let Some(index) = record.address.as_ref().map(index_key).transpose()?.flatten() {
                    checks.push((index.clone(), Expect::Absent));
                    writes.push(Write::Put(index, Bytes::from(node.to_string())));
                }
            }
            match self.shared.store.txn(&checks, &writes).await {
                Ok(revision) => {
                    let before = current.value.clone();
                    self.written(node, current.changed(record, revision));
                    return Ok(Some(before));
                }
                Err(error) if error.kind() == ErrorKind::Conflict => {
                    if let Some(index) = record.address.as_ref().map(index_key).transpose()?.flatten()
                        && let Some(owner) = self.shared.store.get(&index).await?
                        && owner.value != node.as_str().as_bytes()
                    {
                        return Err(taken_by_another(&record, &owner.value));
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Err(Error::conflict(format!("node `{node}` is being changed by others all the time")))
    }

    /// Removes a node, also one whose record cannot be read. What runs on its engine goes on running. `Conflict` when it
    /// is not at `revision` any more.
    pub async fn remove(&self, node: &NodeName, revision: Option<Revision>) -> Result<()> {
        for _ in 0..8 {
            let found = self.table.find(node.as_str()).await?;
            let (current, record) = found.ok_or_else(|| Error::not_found("node", node))?;
            refuse_changed(node, current, revision)?;
            let checks = [(self.table.key(node.as_str())?, Expect::At(current))];
            let mut writes = vec![Write::Delete(self.table.key(node.as_str())?)];
            let cluster = if let Ok(record) = record {
                let index = record.value.address.as_ref().map(index_key).transpose()?.flatten();
                writes.extend(index.map(Write::Delete));
                record.value.cluster
            } else {
                writes.extend(self.indexed(node).await?.map(Write::Delete));
                None
            };
            match self.shared.store.txn(&checks, &writes).await {
                Ok(revision) => {
                    self.reached.wait(revision).await;
                    self.tell(node, cluster, "remove", "removed");
                    return LastSeen::new(self.shared.store.clone(), node)?.forget().await;
                }
                Err(error) if error.kind() == ErrorKind::Conflict => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::conflict(format!("node `{node}` is being changed by others all the time")))
    }

    /// The key of the index that leads to a node, where its record does not say which.
    async fn indexed(&self, node: &NodeName) -> Result<Option<Key>> {
        let indices = self.shared.store.list(&Key::new(ADDRESSES)?).await?.entries;
        Ok(indices.into_iter().find(|index| index.value == node.as_str().as_bytes()).map(|index| index.key))
    }

    pub(super) fn tell(&self, node: &NodeName, cluster: Option<haven_model::ClusterName>, action: &str, what: &str) {
        self.shared.tell(Event {
            node: Some(node.clone()),
            cluster,
            ..Event::new(self.shared.clock.now(), "node", node.as_str(), action, format!("node {node}: {what}"))
        });
    }
}

fn refuse_changed(node: &NodeName, current: Revision, revision: Option<Revision>) -> Result<()> {
    if revision.is_some_and(|revision| revision != current) {
        return Err(Error::conflict(format!("node `{node}` was changed since")).with("revision", current));
    }
    Ok(())
}

fn taken_by_another(record: &NodeRecord, owner: &[u8]) -> Error {
    let address = record.address.as_ref().map(ToString::to_string).unwrap_or_default();
    let owner = String::from_utf8_lossy(owner);
    Error::new(ErrorKind::AlreadyExists, format!("the engine at `{address}` is registered as node `{owner}` already"))
}

/// The key that says which node has an address; none for addresses that many may have.
fn index_key(address: &NodeAddress) -> Result<Option<Key>> {
    match address {
        NodeAddress::Sim => Ok(None),
        address => Key::new(format!("{ADDRESSES}{address}")).map(Some),
    }
}

pub(super) fn check_labels(labels: &BTreeMap<String, String>) -> Result<()> {
    if labels.len() > MAX_LABELS {
        return Err(Error::invalid(format!("a node has at most {MAX_LABELS} labels, not {}", labels.len())));
    }
    let size: usize = labels.iter().map(|(key, value)| key.len() + value.len()).sum();
    if size > MAX_ALL_LABELS {
        return Err(Error::invalid(format!("the labels of a node have at most {MAX_ALL_LABELS} bytes, not {size}")));
    }
    for (key, value) in labels {
        if key.is_empty() || key.len() + value.len() > MAX_LABEL {
            let shown: String = key.chars().take(64).collect();
            return Err(Error::invalid(format!(
                "the label `{}` is empty or longer than {MAX_LABEL} bytes",
                shown.escape_debug()
            )));
        }
    }
    Ok(())
}
