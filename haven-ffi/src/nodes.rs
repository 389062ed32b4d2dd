//! Nodes: the machines of the fleet.

use std::{collections::HashMap, sync::Arc, time::SystemTime};

use haven_core::model::{self, ClusterName, NodeName};

use crate::{HavenError, Result, Secret, mirror::mirror, settled::settled};

/// The machines of the fleet.
#[derive(uniffi::Object)]
pub struct Nodes(pub(crate) haven_core::Haven);

#[uniffi::export(async_runtime = "tokio")]
impl Nodes {
    /// All nodes, ordered by name.
    pub async fn list(&self) -> Result<Vec<Node>> {
        settled(async move { Ok(self.0.nodes().list().await?.into_iter().map(Node::from).collect()) }).await
    }

    /// One node. `NotFound` where there is none of this name.
    pub async fn get(&self, node: String) -> Result<Node> {
        settled(async move { Ok(self.0.nodes().get(&NodeName::new(node)?).await?.into()) }).await
    }

    /// Registers a node by the address of its engine, which need not answer yet. `AlreadyExists` when the name is taken.
    pub async fn register(&self, spec: NodeSpec) -> Result<Node> {
        settled(async move { Ok(self.0.nodes().register_with(spec.try_into()?).await?.into()) }).await
    }

    /// Waits until a node's engine is connected, for at most 30 seconds; `Timeout` with the reason after that.
    pub async fn wait_online(&self, node: String) -> Result<Node> {
        settled(async move { Ok(self.0.nodes().wait_online(&NodeName::new(node)?).await?.into()) }).await
    }

    /// Removes a node; what runs there goes on running.
    pub async fn remove(&self, node: String) -> Result<()> {
        settled(async move { Ok(self.0.nodes().remove(&NodeName::new(node)?).await?) }).await
    }
}

/// A machine of the fleet.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Node {
    /// Its name.
    pub name: String,
    /// Where its engine answers, where that is known.
    pub address: Option<String>,
    /// The cluster it belongs to; none: it is an orphan.
    pub cluster: Option<String>,
    /// Whether it can be worked with now.
    pub status: NodeStatus,
    /// When its engine answered last.
    pub last_seen: Option<SystemTime>,
    /// Why its engine does not answer.
    pub error: Option<String>,
    /// Whether its agent reports.
    pub reporting: bool,
    /// Its labels.
    pub labels: HashMap<String, String>,
    /// Containers that run, and all of them, as last seen.
    pub containers: Count,
}

impl From<model::Node> for Node {
    fn from(node: model::Node) -> Self {
        Self {
            name: node.name.to_string(),
            address: node.address.map(|address| address.to_string()),
            cluster: node.cluster.map(|cluster| cluster.to_string()),
            status: node.status.into(),
            last_seen: node.engine.last_seen.map(SystemTime::from),
            error: node.engine.error.map(|error| error.message),
            reporting: node.agent.reporting,
            labels: node.labels.into_iter().collect(),
            containers: node.containers.into(),
        }
    }
}

mirror! {
    /// Whether a node can be worked with now.
    NodeStatus, from model::NodeStatus {
        /// Its engine is connected.
        Online,
        /// Contact is lost. What ran there most likely still runs.
        Unknown,
        /// Its engine was never reached yet.
        Pending,
    }
}

/// How many run, or are online, of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Count {
    /// Running, or online.
    pub on: u64,
    /// All.
    pub total: u64,
}

impl From<model::node::Count> for Count {
    fn from(count: model::node::Count) -> Self {
        Self { on: count.on, total: count.total }
    }
}

/// What a node shall be registered with.
#[derive(Clone, Debug, uniffi::Record)]
pub struct NodeSpec {
    /// Its name.
    pub name: String,
    /// Where its engine answers: `unix:///run/docker.sock`, `tcp://HOST:2375`, `https://HOST:2376`, `sim:`.
    pub address: String,
    /// The cluster to put it into.
    #[uniffi(default = None)]
    pub cluster: Option<String>,
    /// Labels.
    #[uniffi(default)]
    pub labels: HashMap<String, String>,
    /// What to trust and to show, for an `https://` address.
    #[uniffi(default = None)]
    pub tls: Option<TlsSpec>,
}

impl TryFrom<NodeSpec> for model::node::NodeSpec {
    type Error = HavenError;

    fn try_from(spec: NodeSpec) -> Result<Self> {
        Ok(Self {
            name: NodeName::new(spec.name)?,
            address: spec.address.parse()?,
            cluster: spec.cluster.map(ClusterName::new).transpose()?,
            labels: spec.labels.into_iter().collect(),
            tls: spec.tls.map(Into::into),
        })
    }
}

/// Certificates for an engine behind TLS, as PEM texts.
#[derive(Clone, Debug, uniffi::Record)]
pub struct TlsSpec {
    /// Authorities to trust; none: the well-known ones.
    #[uniffi(default = None)]
    pub ca: Option<String>,
    /// The client certificate.
    #[uniffi(default = None)]
    pub cert: Option<String>,
    /// Its key.
    #[uniffi(default = None)]
    pub key: Option<Arc<Secret>>,
}

impl From<TlsSpec> for model::node::TlsSpec {
    fn from(tls: TlsSpec) -> Self {
        Self { ca: tls.ca, cert: tls.cert, key: tls.key.map(|key| (&*key).into()) }
    }
}
