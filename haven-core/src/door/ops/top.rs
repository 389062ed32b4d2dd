//! What uses most: the dashboard's first question.

use async_trait::async_trait;
use haven_model::{
    Actor, ClusterName, Listing, NodeName, Result,
    metrics::{ContainerUse, NodeUse, TopBy},
};

use super::operation;
use crate::{
    cluster::Scope,
    door::{Call, Row},
    services::Services,
};

pub(super) fn rows() -> Vec<Row> {
    vec![Row::call::<TopNodes>(), Row::call::<TopContainers>()]
}

operation! {
    /// Lists the nodes that use most, first those that use more.
    "top.nodes", Get "/top/nodes", needs Read;
    #[derive(Default)]
    pub struct TopNodes {
        /// Only of this cluster.
        #[serde(default)]
        pub cluster: Option<ClusterName>,
        /// Most of what.
        #[serde(default)]
        pub by: TopBy,
        /// At most so many; none: all.
        #[serde(default)]
        pub limit: Option<u32>,
    }
}

#[async_trait]
impl Call for TopNodes {
    type Output = Vec<NodeUse>;

    async fn run(self, services: &Services, _: &Actor) -> Result<Vec<NodeUse>> {
        services.clusters.top_nodes(&Scope::from_parts(self.cluster, None), self.by, self.limit)
    }
}

operation! {
    /// Lists the containers that use most, first those that use more.
    ///
    /// `missing` names the nodes of which nothing is known now.
    "top.containers", Get "/top/containers", needs Read;
    #[derive(Default)]
    pub struct TopContainers {
        /// Only of this cluster.
        #[serde(default)]
        pub cluster: Option<ClusterName>,
        /// Only of this node.
        #[serde(default)]
        pub node: Option<NodeName>,
        /// Most of what.
        #[serde(default)]
        pub by: TopBy,
        /// At most so many; none: all.
        #[serde(default)]
        pub limit: Option<u32>,
    }
}

#[async_trait]
impl Call for TopContainers {
    type Output = Listing<ContainerUse>;

    async fn run(self, services: &Services, _: &Actor) -> Result<Listing<ContainerUse>> {
        services.clusters.top_containers(&Scope::from_parts(self.cluster, self.node), self.by, self.limit)
    }
}
