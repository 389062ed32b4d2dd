//! Clusters: made, described, given nodes and relieved of them, removed.

use async_trait::async_trait;
use haven_model::{
    Actor, Cluster, ClusterName, ContainerName, ContainerSpec, Node, NodeName, Page, Placement, Requirements, Result,
    Revision, Strategy, cluster::ClusterSpec,
};

use super::operation;
use crate::{
    cluster::{ClusterChange, Window},
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
        Row::call::<PlaceContainer>(),
    ]
}

operation! {
    /// Lists the clusters, ordered by name; `all` and `orphans` are always there.
    "clusters.list", Get "/clusters", needs Read;
    #[derive(Default)]
    pub struct ListClusters {
        /// At most so many, 1 to 10,000; none: all.
        #[serde(default)]
        pub limit: Option<u32>,
        /// Go on after this `next` of an earlier page.
        #[serde(default)]
        pub cursor: Option<String>,
    }
}

#[async_trait]
impl Call for ListClusters {
    type Output = Page<Cluster>;

    async fn run(self, services: &Services, _: &Actor) -> Result<Page<Cluster>> {
        services.clusters.page(&Window { limit: self.limit, cursor: self.cursor })
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
    /// Changes a cluster; what is left out stays. `conflict` when it is not at `revision` any more.
    "clusters.update", Patch "/clusters/{cluster}", needs Update on Cluster cluster;
    pub struct UpdateCluster {
        /// Its name.
        pub cluster: ClusterName,
        /// What it is for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub description: Option<String>,
        /// Which of the nodes that can take a new container takes it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub strategy: Option<Strategy>,
        /// The most containers of one image on one node; 0: as many as there is room for.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub max_count_of_instances: Option<u32>,
        /// The revision that the change is meant for; none: whichever there is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub revision: Option<Revision>,
    }
}

impl UpdateCluster {
    /// A change that changes nothing yet.
    pub fn of(cluster: &ClusterName) -> Self {
        let cluster = cluster.clone();
        Self { cluster, description: None, strategy: None, max_count_of_instances: None, revision: None }
    }
}

#[async_trait]
impl Call for UpdateCluster {
    type Output = Cluster;

    fn revision(cluster: &Cluster) -> Option<Revision> {
        cluster.revision
    }

    async fn run(self, services: &Services, _: &Actor) -> Result<Cluster> {
        let Self { cluster, description, strategy, max_count_of_instances, revision } = self;
        let change = ClusterChange { description, strategy, max_count_of_instances };
        services.clusters.update(&cluster, change, revision).await
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

operation! {
    /// Chooses the node of a cluster that takes a new container, and says why. Without a node in the answer there is none
    /// that can take it. Nothing is made or reserved: who asks at the same time may be told the same node.
    "clusters.place", Post "/clusters/{cluster}/place", needs Read on Cluster cluster;
    pub struct PlaceContainer {
        /// The cluster.
        pub cluster: ClusterName,
        /// The container's name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub name: Option<ContainerName>,
        /// What it shall be.
        pub spec: ContainerSpec,
        /// What it asks of its node, besides what its environment (`constraint:zone==a`) and labels say.
        #[serde(default, skip_serializing_if = "Requirements::is_empty")]
        pub requirements: Requirements,
    }
}

#[async_trait]
impl Call for PlaceContainer {
    type Output = Placement;

    async fn run(self, services: &Services, _: &Actor) -> Result<Placement> {
        services.clusters.place(&self.cluster, self.name.as_ref(), &self.spec, self.requirements).await
    }
}
