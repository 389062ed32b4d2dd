//! Clusters: machines seen and driven as one.
//!
//! A cluster is a name and a description; which nodes it has stands in their registrations. `all` (every node) and
//! `orphans` (nodes without a cluster) always exist. [`ClusterService`] keeps the clusters and answers for a [`Scope`]
//! (a node, a cluster, the fleet) with a `Listing`: what the nodes hold, and what is missing as data.

mod listing;
mod place;
pub mod placement;
mod service;
mod status;
mod top;

use haven_model::{ClusterName, Error, NodeName, Page, Result};

pub use listing::Listed;
pub(crate) use place::looks_at_images;
pub use service::{ClusterChange, ClusterService};

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
pub struct Window {
    /// At most so many; none: all.
    pub limit: Option<u32>,
    /// After this `next` of an earlier page.
    pub cursor: Option<String>,
}

impl Window {
    /// The largest page.
    const MAX: u32 = 10_000;

    /// How many it may be at most.
    fn size(&self) -> Result<usize> {
        match self.limit {
            Some(limit @ 1..=Self::MAX) => Ok(limit as usize),
            Some(limit) => Err(Error::invalid(format!("`limit` is from 1 to {}, not {limit}", Self::MAX))),
            None => Ok(usize::MAX),
        }
    }

    /// Cuts a page out of what is in the order of names. The cursor is the last name.
    fn cut<T>(&self, all: impl Iterator<Item = T>, name: impl Fn(&T) -> &str) -> Result<Page<T>> {
        let size = self.size()?;
        let mut rest = all.skip_while(|item| self.cursor.as_deref().is_some_and(|last| name(item) <= last));
        let items: Vec<T> = rest.by_ref().take(size).collect();
        let next = rest.next().and(items.last()).map(|last| name(last).to_owned());
        Ok(Page { items, next })
    }
}

/// Where clusters are kept.
pub(crate) const PREFIX: &str = "clusters/";
