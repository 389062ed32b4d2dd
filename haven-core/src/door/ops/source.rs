//! The repository that containers are configured from, and what it says of them.

use std::{collections::BTreeMap, time::Duration};

use async_trait::async_trait;
use haven_model::{
    Actor, ClusterName, ContainerName, ContainerRef, ContainerSpec, Explanation, NodeName, Result, Revision,
    SourceSpec, SourceStatus,
};

use super::operation;
use crate::{
    configuration::NewContainer,
    door::{Call, Row},
    services::Services,
};

/// How long git may take for the conversations of one look.
const LOOK: Duration = Duration::from_secs(150);

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::call::<GetSource>(),
        Row::call::<SetSource>(),
        Row::call::<RemoveSource>(),
        Row::call::<RefreshSource>(),
        Row::call::<ExplainNew>(),
        Row::call::<ExplainContainer>(),
    ]
}

operation! {
    /// Shows the repository that containers are configured from, and which version of it counts. `not_found` when none is
    /// set. Secrets show as `***`.
    "source.get", Get "/source", needs Read;
    #[derive(Default)]
    pub struct GetSource {}
}

#[async_trait]
impl Call for GetSource {
    type Output = SourceStatus;

    fn revision(status: &SourceStatus) -> Option<Revision> {
        Some(status.revision)
    }

    async fn run(self, services: &Services, _: &Actor) -> Result<SourceStatus> {
        services.configuration.status().await
    }
}

operation! {
    /// Sets the repository that containers are configured from, for all masters, and looks what is there. Where it cannot be
    /// reached it is set all the same, and the answer says why. A secret given as `***` stays as it is, where the address
    /// does too.
    "source.set", Put "/source", needs Update;
    pub struct SetSource {
        /// What it shall be.
        pub spec: SourceSpec,
        /// The revision that the change is meant for; none: whichever there is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub revision: Option<Revision>,
    }
}

#[async_trait]
impl Call for SetSource {
    type Output = SourceStatus;

    fn revision(status: &SourceStatus) -> Option<Revision> {
        Some(status.revision)
    }

    fn lasts(&self) -> Option<Duration> {
        Some(LOOK)
    }

    async fn run(self, services: &Services, _: &Actor) -> Result<SourceStatus> {
        services.configuration.set(self.spec, self.revision).await
    }
}

operation! {
    /// Forgets the repository: containers are configured by their images and by who asks for them alone. `not_found` when
    /// none is set, `conflict` when it is not at `revision` any more.
    "source.remove", Delete "/source", needs Delete;
    #[derive(Default)]
    pub struct RemoveSource {
        /// The revision that shall be removed; none: whichever there is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub revision: Option<Revision>,
    }
}

#[async_trait]
impl Call for RemoveSource {
    type Output = ();

    async fn run(self, services: &Services, _: &Actor) -> Result<()> {
        services.configuration.remove(self.revision).await
    }
}

operation! {
    /// Looks what the repository has now, on the master that answers; the others look on their period. Where it cannot be
    /// reached the last good version goes on counting, and the answer says since when and why.
    "source.refresh", Post "/source/refresh", needs Update;
    #[derive(Default)]
    pub struct RefreshSource {}
}

#[async_trait]
impl Call for RefreshSource {
    type Output = SourceStatus;

    fn revision(status: &SourceStatus) -> Option<Revision> {
        Some(status.revision)
    }

    fn lasts(&self) -> Option<Duration> {
        Some(LOOK)
    }

    async fn run(self, services: &Services, _: &Actor) -> Result<SourceStatus> {
        services.configuration.refresh().await
    }
}

operation! {
    /// Shows what a new container would be configured to be, and which label of its image, or which line of which file of
    /// the repository, says what. Nothing is made. Values of the environment show as `***`.
    "source.explain", Post "/source/explain", needs Read;
    pub struct ExplainNew {
        /// What the request for it would say, its image among that.
        pub spec: ContainerSpec,
        /// The fields that the request means as they are, though they are as usual: `restart`, `privileged`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub said: Vec<String>,
        /// The cluster it is for; none: that of the node.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub cluster: Option<ClusterName>,
        /// The node whose image counts; none: one of the cluster that has it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub node: Option<NodeName>,
        /// The labels of the image; none: those that it has on a node.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub labels: Option<BTreeMap<String, String>>,
        /// Its name.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub container: Option<ContainerName>,
    }
}

#[async_trait]
impl Call for ExplainNew {
    type Output = Explanation;

    fn lasts(&self) -> Option<Duration> {
        Some(LOOK)
    }

    async fn run(self, services: &Services, _: &Actor) -> Result<Explanation> {
        let Self { spec, said, cluster, node, labels, container } = self;
        let new = NewContainer { spec, said, cluster, node, labels, container };
        services.configuration.explain(&services.clusters, &services.nodes, &new).await
    }
}

operation! {
    /// Shows what the labels of its image and the repository say now of a container, which says what, and what it has,
    /// differences marked. Values of the environment show as `***`.
    "containers.explain", Get "/nodes/{node}/containers/{container}/explain", needs Read on Node node;
    pub struct ExplainContainer {
        /// The node it is on.
        pub node: NodeName,
        /// Its id, the beginning of its id, or its name.
        pub container: ContainerRef,
    }
}

#[async_trait]
impl Call for ExplainContainer {
    type Output = Explanation;

    fn lasts(&self) -> Option<Duration> {
        Some(LOOK)
    }

    async fn run(self, services: &Services, _: &Actor) -> Result<Explanation> {
        let Services { configuration, clusters, nodes, .. } = services;
        configuration.explain_running(clusters, nodes, &self.node, &self.container).await
    }
}
