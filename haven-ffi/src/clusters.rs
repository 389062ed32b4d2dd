//! Clusters: machines managed as one.

use haven_core::model::{self, ClusterName, NodeName};

use crate::{Count, Node, Result, settled::settled};

/// Machines managed as one.
#[derive(uniffi::Object)]
pub struct Clusters(pub(crate) haven_core::Haven);

#[uniffi::export(async_runtime = "tokio")]
impl Clusters {
    /// All clusters, ordered by name.
    pub async fn list(&self) -> Result<Vec<Cluster>> {
        settled(async move { Ok(self.0.clusters().list().await?.into_iter().map(Cluster::from).collect()) }).await
    }

    /// One cluster. `NotFound` where there is none of this name.
    pub async fn get(&self, cluster: String) -> Result<Cluster> {
        settled(async move { Ok(self.0.clusters().get(&ClusterName::new(cluster)?).await?.into()) }).await
    }

    /// Makes a cluster. `AlreadyExists` when the name is taken.
    #[uniffi::method(default(description = ""))]
    pub async fn create(&self, name: String, description: String) -> Result<Cluster> {
        settled(async move { Ok(self.0.clusters().create(&ClusterName::new(name)?, &description).await?.into()) }).await
    }

    /// Deletes a cluster; its nodes become orphans. `NotFound` where there is none of this name.
    pub async fn delete(&self, cluster: String) -> Result<()> {
        settled(async move { Ok(self.0.clusters().delete(&ClusterName::new(cluster)?).await?) }).await
    }

    /// Puts a node into a cluster.
    pub async fn add_node(&self, cluster: String, node: String) -> Result<Node> {
        settled(async move {
            Ok(self.0.clusters().add_node(&ClusterName::new(cluster)?, &NodeName::new(node)?).await?.into())
        })
        .await
    }

    /// Takes a node out of a cluster.
    pub async fn remove_node(&self, cluster: String, node: String) -> Result<Node> {
        settled(async move {
            Ok(self.0.clusters().remove_node(&ClusterName::new(cluster)?, &NodeName::new(node)?).await?.into())
        })
        .await
    }
}

/// Machines managed as one.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Cluster {
    /// Its name.
    pub name: String,
    /// What kind it is.
    pub kind: ClusterKind,
    /// What it is for.
    pub description: String,
    /// Its nodes: online, and all.
    pub nodes: Count,
    /// Its containers: running, and all, as last seen.
    pub containers: Count,
}

impl From<model::Cluster> for Cluster {
    fn from(cluster: model::Cluster) -> Self {
        Self {
            name: cluster.name.to_string(),
            kind: cluster.kind.into(),
            description: cluster.description,
            nodes: cluster.nodes.into(),
            containers: cluster.containers.into(),
        }
    }
}

/// What kind of cluster it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum ClusterKind {
    /// `all` and `orphans`: they always exist.
    Builtin,
    /// Haven places containers.
    Pool,
    /// A kind that is newer than this library.
    Other,
}

impl From<model::ClusterKind> for ClusterKind {
    fn from(kind: model::ClusterKind) -> Self {
        match kind {
            model::ClusterKind::Builtin => Self::Builtin,
            model::ClusterKind::Pool => Self::Pool,
            _ => Self::Other,
        }
    }
}
