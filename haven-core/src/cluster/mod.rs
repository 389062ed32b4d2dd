//! Clusters: machines seen and driven as one.
//!
//! A cluster is a name and a description; which nodes it has stands in their registrations. `all` (every node) and
//! `orphans` (nodes without a cluster) always exist. [`ClusterService`] keeps the clusters and answers for a [`Scope`]
//! (a node, a cluster, the fleet) with a `Listing`: what the nodes hold, and what is missing as data.

mod listing;
mod service;
mod status;
mod top;

use haven_model::{ClusterName, NodeName};

pub use listing::Listed;
pub use service::ClusterService;

/// Which machines an operation is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Every node.
    All,
    /// The nodes of a cluster.
    Cluster(ClusterName),
    /// One node.
    Node(NodeName),
    /// One node, if it is in this cluster.
    NodeOf(NodeName, ClusterName),
}

impl Scope {
    /// The scope that two optional conditions mean together.
    pub fn from_parts(cluster: Option<ClusterName>, node: Option<NodeName>) -> Self {
        match (cluster, node) {
            (None, None) => Self::All,
            (Some(cluster), None) => Self::Cluster(cluster),
            (None, Some(node)) => Self::Node(node),
            (Some(cluster), Some(node)) => Self::NodeOf(node, cluster),
        }
    }
}

/// Which part of a list to answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Page {
    /// At most so many; none: all.
    pub limit: Option<u32>,
    /// After this `next` of an earlier page.
    pub cursor: Option<String>,
}

/// Where clusters are kept.
pub(crate) const PREFIX: &str = "clusters/";
