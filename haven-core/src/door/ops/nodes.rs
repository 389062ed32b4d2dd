//! Nodes: registered, listed, changed, removed; and what their agents report.

use std::{collections::BTreeMap, net::IpAddr};

use async_trait::async_trait;
use haven_model::{
    Actor, Availability, ClusterName, Node, NodeAddress, NodeMetrics, NodeName, NodeStatus, Page, Report, Result,
    Revision,
    node::{NodeFilter, NodeSpec, TlsSpec},
};

use super::operation;
use crate::{
    cluster::{Scope, Window},
    door::{Call, Row},
    node::NodeChange,
    services::Services,
};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::call::<ListNodes>(),
        Row::call::<RegisterNode>(),
        Row::call::<GetNode>(),
        Row::call::<UpdateNode>(),
        Row::call::<RemoveNode>(),
        Row::call::<ReportNode>(),
        Row::call::<NodeHistory>(),
    ]
}

operation! {
    /// Lists the nodes, ordered by name.
    "nodes.list", Get "/nodes", needs Read;
    #[derive(Default)]
    pub struct ListNodes {
        /// Only those of this cluster.
        #[serde(default)]
        pub cluster: Option<ClusterName>,
        /// Only those in this state.
        #[serde(default)]
        pub status: Option<NodeStatus>,
        /// Only with all of these labels: `key` or `key=value`.
        #[serde(default)]
        pub label: Vec<String>,
        /// At most so many, 1 to 10,000; none: all.
        #[serde(default)]
        pub limit: Option<u32>,
        /// Go on after this `next` of an earlier page.
        #[serde(default)]
        pub cursor: Option<String>,
    }
}

#[async_trait]
impl Call for ListNodes {
    type Output = Page<Node>;

    async fn run(self, services: &Services, _: &Actor) -> Result<Page<Node>> {
        let filter = NodeFilter { status: self.status, label: self.label };
        let window = Window { limit: self.limit, cursor: self.cursor };
        services.clusters.nodes(&Scope::from_parts(self.cluster, None), &filter, &window)
    }
}

operation! {
    /// Registers a node by the address of its engine. `already_exists` when the name, or the address under another
    /// name, is taken. The engine need not answer yet.
    "nodes.register", Post "/nodes", needs Create;
    pub struct RegisterNode(pub NodeSpec)
}

#[async_trait]
impl Call for RegisterNode {
    type Output = Node;

    fn revision(node: &Node) -> Option<Revision> {
        Some(node.revision)
    }

    async fn run(self, services: &Services, _: &Actor) -> Result<Node> {
        services.clusters.register_node(self.0).await
    }
}

operation! {
    /// Shows one node.
    "nodes.get", Get "/nodes/{node}", needs Read on Node node;
    pub struct GetNode {
        /// Its name.
        pub node: NodeName,
    }
}

#[async_trait]
impl Call for GetNode {
    type Output = Node;

    fn revision(node: &Node) -> Option<Revision> {
        Some(node.revision)
    }

    async fn run(self, services: &Services, _: &Actor) -> Result<Node> {
        services.nodes.get(&self.node)
    }
}

operation! {
    /// Changes a node's registration; what is left out stays. `conflict` when it is not at `revision` any more.
    "nodes.update", Patch "/nodes/{node}", needs Update on Node node;
    pub struct UpdateNode {
        /// Its name.
        pub node: NodeName,
        /// Where its engine answers.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub address: Option<NodeAddress>,
        /// All its labels, in place of the present ones.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub labels: Option<BTreeMap<String, String>>,
        /// The certificates that it is reached with, in place of the present ones.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub tls: Option<TlsSpec>,
        /// Whether it takes new containers: `active`, `pause`, or `drain` when it shall be emptied.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub availability: Option<Availability>,
        /// The revision that the change is meant for; none: whichever there is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub revision: Option<Revision>,
    }
}

impl UpdateNode {
    /// A change that changes nothing yet.
    pub fn of(node: &NodeName) -> Self {
        Self { node: node.clone(), address: None, labels: None, tls: None, availability: None, revision: None }
    }
}

#[async_trait]
impl Call for UpdateNode {
    type Output = Node;

    fn revision(node: &Node) -> Option<Revision> {
        Some(node.revision)
    }

    async fn run(self, services: &Services, _: &Actor) -> Result<Node> {
        let Self { node, address, labels, tls, availability, revision } = self;
        services.nodes.update(&node, NodeChange { address, labels, tls, availability }, revision).await
    }
}

operation! {
    /// Removes a node from the fleet. What runs on its engine goes on running. `conflict` when it is not at `revision` any
    /// more.
    "nodes.remove", Delete "/nodes/{node}", needs Delete on Node node;
    pub struct RemoveNode {
        /// Its name.
        pub node: NodeName,
        /// The revision that shall be removed; none: whichever there is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub revision: Option<Revision>,
    }
}

#[async_trait]
impl Call for RemoveNode {
    type Output = ();

    async fn run(self, services: &Services, _: &Actor) -> Result<()> {
        services.nodes.remove(&self.node, self.revision).await
    }
}

operation! {
    /// Takes an agent's report of its machine, and registers the node if it is new.
    "nodes.report", Post "/nodes/{node}/report", needs Report on Node node;
    pub struct ReportNode {
        /// The node's name.
        pub node: NodeName,
        /// What the agent says.
        pub report: Report,
        /// The address that the report came from; stands in for a loopback host in the report.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub from: Option<IpAddr>,
        /// How many seconds the report is good for, which is two intervals of the agent; it counts as silent after half
        /// as much again. None: after three times the usual interval.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub ttl: Option<u32>,
    }
}

#[async_trait]
impl Call for ReportNode {
    type Output = ();

    async fn run(self, services: &Services, _: &Actor) -> Result<()> {
        services.nodes.report(&self.node, self.report, self.from, self.ttl).await
    }
}

operation! {
    /// Shows what a node used, oldest first, as far back as it is kept.
    "nodes.metrics", Get "/nodes/{node}/metrics", needs Read on Node node;
    pub struct NodeHistory {
        /// Its name.
        pub node: NodeName,
    }
}

#[async_trait]
impl Call for NodeHistory {
    type Output = Vec<NodeMetrics>;

    async fn run(self, services: &Services, _: &Actor) -> Result<Vec<NodeMetrics>> {
        services.nodes.history(&self.node)
    }
}
