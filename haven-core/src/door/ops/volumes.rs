//! Volumes over the fleet.

use std::time::Duration;

use async_trait::async_trait;
use haven_model::{
    Actor, ClusterName, Listing, NodeName, Result, Volume, VolumeName, VolumeSpec, system::Pruned, volume,
};

use super::{containers::Acted, operation};
use crate::{
    cluster::{Scope, Window},
    door::{Call, Row},
    services::Services,
};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::call::<ListVolumes>(),
        Row::call::<CreateVolume>(),
        Row::call::<GetVolume>(),
        Row::call::<RemoveVolume>(),
        Row::call::<PruneVolumes>(),
    ]
}

operation! {
    /// Lists volumes of a cluster, a node or the whole fleet, ordered by node, name and id: one request a node.
    "volumes.list", Get "/volumes", needs Read;
    #[derive(Default)]
    pub struct ListVolumes {
        /// Only of this cluster.
        #[serde(default)]
        pub cluster: Option<ClusterName>,
        /// Only of this node.
        #[serde(default)]
        pub node: Option<NodeName>,
        /// At most so many, 1 to 10,000; none: all.
        #[serde(default)]
        pub limit: Option<u32>,
        /// Go on after this `next` of an earlier page.
        #[serde(default)]
        pub cursor: Option<String>,
    }
}

#[async_trait]
impl Call for ListVolumes {
    type Output = Listing<Volume>;

    async fn run(self, services: &Services, _: &Actor) -> Result<Listing<Volume>> {
        let scope = Scope::from_parts(self.cluster, self.node);
        let window = Window { limit: self.limit, cursor: self.cursor };
        services.clusters.gather(&scope, &window, |engine| async move { engine.volumes().await }).await
    }
}

operation! {
    /// Makes a volume on a node; one that is there already is left as it is.
    "volumes.create", Post "/nodes/{node}/volumes", needs Create on Node node;
    pub struct CreateVolume {
        /// The node.
        pub node: NodeName,
        /// What it shall be.
        pub spec: VolumeSpec,
    }
}

#[async_trait]
impl Call for CreateVolume {
    type Output = Acted;

    async fn run(self, services: &Services, _: &Actor) -> Result<Acted> {
        let engine = services.nodes.engine(&self.node)?;
        let outcome = engine.create_volume(&self.spec).await.map_err(|error| error.with("node", &self.node))?;
        Ok(Acted { outcome })
    }
}

operation! {
    /// Shows one volume of a node.
    "volumes.get", Get "/nodes/{node}/volumes/{volume}", needs Read on Node node;
    pub struct GetVolume {
        /// The node.
        pub node: NodeName,
        /// The volume.
        pub volume: VolumeName,
    }
}

#[async_trait]
impl Call for GetVolume {
    type Output = Volume;

    async fn run(self, services: &Services, _: &Actor) -> Result<Volume> {
        services.nodes.engine(&self.node)?.volume(&self.volume).await.map_err(|error| error.with("node", &self.node))
    }
}

operation! {
    /// Removes a volume from a node, with its data. `conflict` when a container uses it.
    "volumes.remove", Delete "/nodes/{node}/volumes/{volume}", needs Delete on Node node;
    pub struct RemoveVolume {
        /// The node.
        pub node: NodeName,
        /// The volume.
        pub volume: VolumeName,
    }
}

#[async_trait]
impl Call for RemoveVolume {
    type Output = Acted;

    async fn run(self, services: &Services, _: &Actor) -> Result<Acted> {
        let engine = services.nodes.engine(&self.node)?;
        let outcome = engine.remove_volume(&self.volume).await.map_err(|error| error.with("node", &self.node))?;
        Ok(Acted { outcome })
    }
}

operation! {
    /// Removes the volumes of a node that no container has, with their data: those that nobody named.
    "volumes.prune", Post "/nodes/{node}/prune/volumes", needs Delete on Node node;
    pub struct PruneVolumes {
        /// The node.
        pub node: NodeName,
        /// Only with all of these labels: `key` or `key=value`.
        #[serde(default)]
        pub label: Vec<String>,
        /// Also those that somebody named.
        #[serde(default)]
        pub all: bool,
    }
}

#[async_trait]
impl Call for PruneVolumes {
    type Output = Pruned;

    fn lasts(&self) -> Option<Duration> {
        // An engine measures them, each file by itself.
        Some(Duration::from_secs(300))
    }

    async fn run(self, services: &Services, _: &Actor) -> Result<Pruned> {
        let engine = services.nodes.engine(&self.node)?;
        let options = volume::PruneVolumes { label: self.label, all: self.all };
        engine.prune_volumes(&options).await.map_err(|error| error.with("node", &self.node))
    }
}
