//! Which clusters there are, and which nodes are in them.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use haven_model::{
    Cluster, ClusterKind, ClusterName, Error, ErrorKind, Event, Node, NodeName, Page, Result, Revision, Strategy,
    cluster::ClusterSpec,
    node::{Count, NodeFilter, NodeSpec},
};
use serde::{Deserialize, Serialize};

use super::{Scope, Window};
use crate::{
    clock::Clock,
    event::Journal,
    node::NodeService,
    store::{Expect, Key, Live, Record, Versioned},
};

/// The longest description, in bytes.
const MAX_DESCRIPTION: usize = 4096;

/// A cluster as it is stored.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ClusterRecord {
    #[serde(default)]
    description: String,
    /// Which of the nodes that can take a container takes it.
    #[serde(default)]
    strategy: Strategy,
    /// The most containers of one image on one node.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    max_count_of_instances: Option<u32>,
}

/// What to change of a cluster; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClusterChange {
    /// What it is for.
    pub description: Option<String>,
    /// Which of the nodes that can take a new container takes it.
    pub strategy: Option<Strategy>,
    /// The most containers of one image on one node; 0: as many as there is room for.
    pub max_count_of_instances: Option<u32>,
}

impl Record for ClusterRecord {
    const KIND: &'static str = "cluster";
    const VERSION: u32 = 1;
    const SEALED: bool = false;
}

/// All clusters.
#[derive(Debug)]
pub struct ClusterService {
    clusters: Live<ClusterRecord>,
    pub(super) nodes: Arc<NodeService>,
    journal: Journal,
    pub(super) clock: Arc<dyn Clock>,
}

/// Whether a cluster is `all` or `orphans`.
pub(super) fn is_builtin(cluster: &ClusterName) -> bool {
    matches!(cluster.as_str(), ClusterName::ALL | ClusterName::ORPHANS)
}

fn builtin(name: &str) -> ClusterName {
    ClusterName::new(name).expect("the names of builtin clusters are valid")
}

impl ClusterService {
    pub(crate) fn new(
        clusters: Live<ClusterRecord>,
        nodes: Arc<NodeService>,
        journal: Journal,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { clusters, nodes, journal, clock }
    }

    /// All clusters, ordered by name.
    pub fn list(&self) -> Vec<Cluster> {
        let mut clusters: BTreeMap<ClusterName, Cluster> = BTreeMap::new();
        for (name, about) in [(ClusterName::ALL, "every node"), (ClusterName::ORPHANS, "nodes without a cluster")] {
            let record = ClusterRecord { description: about.to_owned(), ..ClusterRecord::default() };
            clusters.insert(builtin(name), empty(builtin(name), ClusterKind::Builtin, record, None));
        }
        for (name, record) in &*self.clusters.all() {
            let Ok(name) = ClusterName::new(name) else { continue };
            let cluster = empty(name.clone(), ClusterKind::Pool, record.value.clone(), Some(record.revision));
            clusters.insert(name, cluster);
        }
        for state in self.nodes.states() {
            let record = state.record.load();
            let home =
                record.value.cluster.clone().filter(|cluster| clusters.contains_key(cluster) && !is_builtin(cluster));
            let reading = state.inventory.read().count();
            let online = state.engine().is_ok();
            for name in [builtin(ClusterName::ALL), home.unwrap_or_else(|| builtin(ClusterName::ORPHANS))] {
                let Some(cluster) = clusters.get_mut(&name) else { continue };
                cluster.nodes.total += 1;
                cluster.nodes.on += u64::from(online);
                cluster.containers.total += reading.total;
                cluster.containers.on += reading.on;
            }
        }
        clusters.into_values().collect()
    }

    /// A page of the clusters, ordered by name.
    pub(crate) fn page(&self, window: &Window) -> Result<Page<Cluster>> {
        window.cut(self.list().into_iter(), |cluster| cluster.name.as_str())
    }

    /// A page of the nodes of a scope that meet `filter`, ordered by name.
    pub(crate) fn nodes(&self, scope: &Scope, filter: &NodeFilter, window: &Window) -> Result<Page<Node>> {
        let nodes = self.nodes_of(scope)?.into_iter().map(|state| state.show(&*self.clock));
        window.cut(nodes.filter(|node| filter.matches(node)), |node| node.name.as_str())
    }

    /// One cluster.
    pub fn get(&self, cluster: &ClusterName) -> Result<Cluster> {
        let found = self.list().into_iter().find(|known| known.name == *cluster);
        found.ok_or_else(|| Error::not_found("cluster", cluster))
    }

    /// Makes a cluster.
    pub async fn create(&self, spec: ClusterSpec) -> Result<Cluster> {
        check_description(&spec.description)?;
        let taken = || Error::new(ErrorKind::AlreadyExists, format!("a cluster `{}` exists already", spec.name));
        if is_builtin(&spec.name) {
            return Err(taken());
        }
        if self.clusters.table().get(spec.name.as_str()).await?.is_none() {
            // Of an earlier cluster of this name, whose deletion was cut short.
            self.orphan(&spec.name).await?;
        }
        let record = ClusterRecord {
            description: spec.description.clone(),
            strategy: spec.strategy,
            max_count_of_instances: spec.max_count_of_instances.filter(|most| *most > 0),
        };
        let revision = match self.clusters.table().create(spec.name.as_str(), &record).await {
            Err(error) if matches!(error.kind(), ErrorKind::AlreadyExists | ErrorKind::Conflict) => return Err(taken()),
            done => done?,
        };
        self.clusters.shows(revision).await;
        self.tell(&spec.name, "create", "created");
        self.get(&spec.name)
    }

    /// Changes what a cluster is for, and how containers are placed on its nodes.
    pub async fn update(
        &self,
        cluster: &ClusterName,
        change: ClusterChange,
        revision: Option<Revision>,
    ) -> Result<Cluster> {
        refuse_builtin(cluster, "changed")?;
        if change != ClusterChange::default() {
            let ClusterChange { description, strategy, max_count_of_instances } = change;
            check_description(description.as_deref().unwrap_or_default())?;
            let (revision, told) = loop {
                let current = self.stored(cluster).await?;
                let known = &current.value;
                let record = ClusterRecord {
                    description: description.clone().unwrap_or_else(|| known.description.clone()),
                    strategy: strategy.unwrap_or(known.strategy),
                    max_count_of_instances: match max_count_of_instances {
                        Some(most) => Some(most).filter(|most| *most > 0),
                        None => known.max_count_of_instances,
                    },
                };
                if revision.is_some_and(|revision| revision != current.revision) {
                    return Err(Error::conflict(format!("cluster `{cluster}` was changed since"))
                        .with("revision", current.revision));
                }
                match self.clusters.table().update(cluster.as_str(), &current, &record).await {
                    // Who asked for no revision has the last word; it takes as many tries as others are faster.
                    Err(error) if error.kind() == ErrorKind::Conflict && revision.is_none() => {}
                    done => break (done?, what_changed(known, &record)),
                }
            };
            self.clusters.shows(revision).await;
            self.tell(cluster, "update", &told);
        }
        self.get(cluster)
    }

    /// Deletes a cluster; its nodes become orphans. `Conflict` when it is not at `revision` any more.
    pub async fn delete(&self, cluster: &ClusterName, revision: Option<Revision>) -> Result<()> {
        refuse_builtin(cluster, "deleted")?;
        let current = self.stored(cluster).await?;
        if revision.is_some_and(|revision| revision != current.revision) {
            return Err(
                Error::conflict(format!("cluster `{cluster}` was changed since")).with("revision", current.revision)
            );
        }
        // The cluster goes first, so that no node joins while its nodes leave; a node that still names it is an orphan.
        let deleted = self.clusters.table().delete(cluster.as_str(), Some(current.revision)).await;
        let revision = match deleted {
            Err(error) if error.kind() == ErrorKind::Conflict && revision.is_none() => {
                // Somebody else was faster: deleted it, or described it anew.
                let current = self.stored(cluster).await?;
                self.clusters.table().delete(cluster.as_str(), Some(current.revision)).await?
            }
            done => done?,
        };
        self.clusters.shows(revision).await;
        self.tell(cluster, "delete", "deleted");
        if let Err(error) = self.orphan(cluster).await {
            tracing::warn!(%cluster, error = %error.report(), "some nodes still name the deleted cluster");
        }
        Ok(())
    }

    /// Lets every node forget a cluster that is not there.
    async fn orphan(&self, cluster: &ClusterName) -> Result<()> {
        for state in self.nodes.states() {
            if state.record.load().value.cluster.as_ref() != Some(cluster) {
                continue;
            }
            let left = self.nodes.change(&state.name, None, |record| {
                let mut record = record.clone();
                record.cluster.take_if(|home| home == cluster);
                Ok((record, Vec::new()))
            });
            match left.await {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                done => drop(done?),
            }
        }
        Ok(())
    }

    /// Registers a node, in a cluster where it names one. `NotFound` when that does not exist, `AlreadyExists` when the name,
    /// or the address under another name, is taken.
    pub async fn register_node(&self, spec: NodeSpec) -> Result<Node> {
        let checks = match &spec.cluster {
            Some(cluster) => vec![self.exists(cluster).await?],
            None => Vec::new(),
        };
        self.nodes.register(spec, checks).await
    }

    /// Puts a node into a cluster, out of the one it was in.
    pub async fn add_node(&self, cluster: &ClusterName, node: &NodeName) -> Result<Node> {
        let mut tries = 0;
        let before = loop {
            tries += 1;
            // Looked at anew each time: the cluster may have changed, and still be there.
            let check = self.exists(cluster).await?;
            let changed = self.nodes.change(node, None, |record| {
                let mut record = record.clone();
                record.cluster = Some(cluster.clone());
                Ok((record, vec![check.clone()]))
            });
            match changed.await {
                Err(error) if error.kind() == ErrorKind::Conflict && tries < 4 => {}
                done => break done?,
            }
        };
        if let Some(before) = before {
            if let Some(left) = before.cluster {
                self.tell(&left, "remove_node", &format!("node {node} removed"));
            }
            self.tell(cluster, "add_node", &format!("node {node} added"));
        }
        self.nodes.get(node)
    }

    /// Takes a node out of a cluster.
    pub async fn remove_node(&self, cluster: &ClusterName, node: &NodeName) -> Result<Node> {
        if is_builtin(cluster) {
            return Err(Error::invalid(format!(
                "no node can be taken out of `{cluster}`: which it has follows from the other clusters"
            )));
        }
        self.nodes
            .change(node, None, |record| {
                let mut record = record.clone();
                match record.cluster.take() {
                    Some(home) if home == *cluster => Ok((record, Vec::new())),
                    Some(home) => {
                        Err(Error::conflict(format!("node `{node}` is in cluster `{home}`, not in `{cluster}`")))
                    }
                    None => Err(Error::conflict(format!("node `{node}` is in no cluster"))),
                }
            })
            .await?;
        self.tell(cluster, "remove_node", &format!("node {node} removed"));
        self.nodes.get(node)
    }

    /// The nodes of a cluster. `NotFound` when there is no such cluster.
    pub fn members(&self, cluster: &ClusterName) -> Result<BTreeSet<NodeName>> {
        let states = self.nodes.states();
        if cluster.as_str() == ClusterName::ALL {
            return Ok(states.iter().map(|state| state.name.clone()).collect());
        }
        let clusters = self.clusters.all();
        let is_orphan = cluster.as_str() == ClusterName::ORPHANS;
        if !is_orphan && !clusters.contains_key(cluster.as_str()) {
            return Err(Error::not_found("cluster", cluster));
        }
        let belongs = |home: Option<&ClusterName>| match home.filter(|home| clusters.contains_key(home.as_str())) {
            Some(home) => home == cluster,
            None => is_orphan,
        };
        Ok(states
            .iter()
            .filter(|state| belongs(state.record.load().value.cluster.as_ref()))
            .map(|state| state.name.clone())
            .collect())
    }

    /// The nodes of a scope, ordered by name.
    pub(super) fn nodes_of(&self, scope: &Scope) -> Result<Vec<Arc<crate::node::NodeState>>> {
        let members = match scope {
            Scope::All => return Ok(self.nodes.states()),
            Scope::Node(node) => return Ok(vec![self.nodes.state(node)?]),
            Scope::Cluster(cluster) => self.members(cluster)?,
            Scope::NodeOf(node, cluster) => {
                if !self.members(cluster)?.contains(node) {
                    return Err(Error::new(
                        ErrorKind::NotFound,
                        format!("node `{node}` is not in cluster `{cluster}`"),
                    ));
                }
                BTreeSet::from([node.clone()])
            }
        };
        Ok(self.nodes.states().into_iter().filter(|state| members.contains(&state.name)).collect())
    }

    /// A check that a cluster exists and is still what it is now. `NotFound` when it does not exist.
    async fn exists(&self, cluster: &ClusterName) -> Result<(Key, Expect)> {
        if is_builtin(cluster) {
            return Err(Error::invalid(format!(
                "`{cluster}` cannot be given nodes: which it has follows from the other clusters"
            )));
        }
        let current = self.stored(cluster).await?;
        Ok((self.clusters.table().key(cluster.as_str())?, Expect::At(current.revision)))
    }

    /// A cluster as the store has it now, to be changed.
    async fn stored(&self, cluster: &ClusterName) -> Result<Versioned<ClusterRecord>> {
        let found = self.clusters.table().get(cluster.as_str()).await?;
        found.ok_or_else(|| Error::not_found("cluster", cluster))
    }

    fn tell(&self, cluster: &ClusterName, action: &str, what: &str) {
        self.journal.record(Event {
            cluster: Some(cluster.clone()),
            ..Event::new(self.clock.now(), "cluster", cluster.as_str(), action, format!("cluster {cluster}: {what}"))
        });
    }
}

fn empty(name: ClusterName, kind: ClusterKind, record: ClusterRecord, revision: Option<Revision>) -> Cluster {
    let ClusterRecord { description, strategy, max_count_of_instances } = record;
    let (nodes, containers) = (Count::default(), Count::default());
    Cluster { name, kind, description, strategy, max_count_of_instances, nodes, containers, revision }
}

/// What a change changed, in words.
fn what_changed(before: &ClusterRecord, after: &ClusterRecord) -> String {
    let mut told = Vec::new();
    if before.strategy != after.strategy {
        told.push(format!("strategy {}", after.strategy));
    }
    if before.max_count_of_instances != after.max_count_of_instances {
        told.push(match after.max_count_of_instances {
            Some(most) => format!("at most {most} containers of an image on one node"),
            None => "any number of containers of an image on one node".to_owned(),
        });
    }
    if before.description != after.description || told.is_empty() {
        told.insert(0, "described anew".to_owned());
    }
    told.join(", ")
}

fn refuse_builtin(cluster: &ClusterName, what: &str) -> Result<()> {
    if is_builtin(cluster) {
        return Err(Error::new(ErrorKind::Denied, format!("`{cluster}` always exists and cannot be {what}")));
    }
    Ok(())
}

fn check_description(description: &str) -> Result<()> {
    if description.len() > MAX_DESCRIPTION {
        return Err(Error::invalid(format!(
            "a description has at most {MAX_DESCRIPTION} bytes, not {}",
            description.len()
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cluster_of_before_spreads_without_a_limit() {
        let record: ClusterRecord = serde_json::from_str(r#"{"description":"shops"}"#).unwrap();
        assert_eq!((record.strategy, record.max_count_of_instances), (Strategy::Spread, None));
        assert_eq!(record.description, "shops");
    }

    #[test]
    fn what_was_changed_is_told() {
        let before = ClusterRecord::default();
        let told = |after: ClusterRecord| what_changed(&before, &after);
        assert_eq!(told(before.clone()), "described anew");
        assert_eq!(told(ClusterRecord { description: "x".into(), ..before.clone() }), "described anew");
        let limited = ClusterRecord { strategy: Strategy::Binpack, max_count_of_instances: Some(2), ..before.clone() };
        assert_eq!(told(limited), "strategy binpack, at most 2 containers of an image on one node");
    }
}
