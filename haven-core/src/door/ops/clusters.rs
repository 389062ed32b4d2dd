//! Clusters: made, described, given nodes and relieved of them, removed.

use async_trait::async_trait;
use haven_model::{Actor, Cluster, ClusterName, Node, NodeName, Result, Revision, cluster::ClusterSpec};

use super::operation;
use crate::{
    door::{Call, Row},
    services::Services,
};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::call::<ListClusters>(),
        Row::call::<CreateCluster>(),
        Row::call::<GetCluster>(),
        Row::call::<UpdateCluster>(),
        Row::call::<DeleteCluster>(),
        Row::call::<AddClusterNode>(),
        Row::call::<RemoveClusterNode>(),
    ]
}

operation! {
    /// Lists the clusters, ordered by name; `all` and `orphans` are always there.
    "clusters.list", Get "/clusters", needs Read;
    #[derive(Default)]
    pub struct ListClusters {}
}

#[async_trait]
impl Call for ListClusters {
    type Output = Vec<Cluster>;

    async fn run(self, services: &Services, _: &Actor) -> Result<Vec<Cluster>> {
        Ok(services.clusters.list())
    }
}

operation! {
    /// Makes a cluster. `already_exists` when the name is taken.
    "clusters.create", Post "/clusters", needs Create;
    pub struct CreateCluster(pub ClusterSpec)
}

#[async_trait]
impl Call for CreateCluster {
    type Output = Cluster;

    fn revision(cluster: &Cluster) -> Option<Revision> {
        cluster.revision
    }

    async fn run(self, services: &Services, _: &Actor) -> Result<Cluster> {
        services.clusters.create(self.0).await
    }
}

operation! {
    /// Shows one cluster.
    "clusters.get", Get "/clusters/{cluster}", needs Read on Cluster cluster;
    pub struct GetCluster {
        /// Its name.
        pub cluster: ClusterName,
    }
}

#[async_trait]
impl Call for GetCluster {
    type Output = Cluster;

    fn revision(cluster: &Cluster) -> Option<Revision> {
        cluster.revision
    }

    async fn run(self, services: &Services, _: &Actor) -> Result<Cluster> {
        services.clusters.get(&self.cluster)
    }
}

operation! {
    /// Describes a cluster anew. `conflict` when it is not at `revision` any more.
    "clusters.update", Patch "/clusters/{cluster}", needs Update on Cluster cluster;
    pub struct UpdateCluster {
        /// Its name.
        pub cluster: ClusterName,
        /// What it is for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub description: Option<String>,
        /// The revision that the change is meant for; none: whichever there is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub revision: Option<Revision>,
    }
}

#[async_trait]
impl Call for UpdateCluster {
    type Output = Cluster;

    fn revision(cluster: &Cluster) -> Option<Revision> {
        cluster.revision
    }

    async fn run(self, services: &Services, _: &Actor) -> Result<Cluster> {
        services.clusters.update(&self.cluster, self.description, self.revision).await
    }
}

operation! {
    /// Deletes a cluster; its nodes become orphans. `denied` for `all` and `orphans`, `conflict` when it is not at
    /// `revision` any more.
    "clusters.delete", Delete "/clusters/{cluster}", needs Delete on Cluster cluster;
    pub struct DeleteCluster {
        /// Its name.
        pub cluster: ClusterName,
        /// The revision that shall be deleted; none: whichever there is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub revision: Option<Revision>,
    }
}

#[async_trait]
impl Call for DeleteCluster {
    type Output = ();

    async fn run(self, services: &Services, _: &Actor) -> Result<()> {
        services.clusters.delete(&self.cluster, self.revision).await
    }
}

operation! {
    /// Puts a node into a cluster, out of the one it was in.
    "clusters.add_node", Put "/clusters/{cluster}/nodes/{node}", needs Update on Cluster cluster;
    pub struct AddClusterNode {
        /// The cluster.
        pub cluster: ClusterName,
        /// The node.
        pub node: NodeName,
    }
}

#[async_trait]
impl Call for AddClusterNode {
    type Output = Node;

    async fn run(self, services: &Services, _: &Actor) -> Result<Node> {
        services.clusters.add_node(&self.cluster, &self.node).await
    }
}

operation! {
    /// Takes a node out of a cluster. `conflict` when it is in another.
    "clusters.remove_node", Delete "/clusters/{cluster}/nodes/{node}", needs Update on Cluster cluster;
    pub struct RemoveClusterNode {
        /// The cluster.
        pub cluster: ClusterName,
        /// The node.
        pub node: NodeName,
    }
}

#[async_trait]
impl Call for RemoveClusterNode {
    type Output = Node;

    async fn run(self, services: &Services, _: &Actor) -> Result<Node> {
        services.clusters.remove_node(&self.cluster, &self.node).await
    }
}
