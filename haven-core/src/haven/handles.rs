//! Typed handles over the operations, a handle a noun. Each method is one operation; see there for rules and errors.

use std::{pin::pin, time::Duration};

use bytes::Bytes;
use futures_util::{StreamExt as _, stream};

use haven_model::{
    Availability, Cluster, ClusterName, Connection, Container, ContainerDetail, ContainerId, ContainerName,
    ContainerRef, ContainerSpec, ContainerStats, ContainerUpdate, Error, ErrorKind, Event, ExecSpec, Explanation,
    Found, Image, ImageRef, Listing, Network, NetworkName, Node, NodeAddress, NodeName, NodeStatus, Outcome, Output,
    Placement, Requirements, Result, Severity, SourceSpec, SourceStatus, Volume,
    access::Invitation,
    cluster::ClusterSpec,
    container::{Change, Environment},
    image::PullProgress,
    metrics::{ContainerUse, NodeUse, TopBy},
    node::NodeSpec,
    system::Pruned,
    volume::PruneVolumes,
};
use tokio::io::AsyncWriteExt as _;

use super::Haven;
use crate::{
    door::ops::{clusters, containers, events, files, images, invitations, networks, nodes, source, top, volumes},
    engine::{Stream, Terminal},
};

macro_rules! handle {
    ($(#[$doc:meta])* $name:ident, $method:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name<'a>(&'a Haven);

        impl Haven {
            $(#[$doc])*
            pub fn $method(&self) -> $name<'_> {
                $name(self)
            }
        }
    };
}

handle!(
    /// The machines of the fleet.
    NodesHandle, nodes
);
handle!(
    /// Machines managed as one.
    ClustersHandle, clusters
);
handle!(
    /// The containers of the fleet.
    ContainersHandle, containers
);
handle!(
    /// The images of the fleet.
    ImagesHandle, images
);
handle!(
    /// The networks of the fleet.
    NetworksHandle, networks
);
handle!(
    /// The volumes of the fleet.
    VolumesHandle, volumes
);
handle!(
    /// Where the configuration of containers comes from.
    SourceHandle, source
);
handle!(
    /// What happened in the fleet.
    EventsHandle, events
);
handle!(
    /// What uses most.
    TopHandle, top
);

impl NodesHandle<'_> {
    /// All nodes, ordered by name.
    pub async fn list(&self) -> Result<Vec<Node>> {
        Ok(self.0.call(nodes::ListNodes::default()).await?.items)
    }

    /// One node.
    pub async fn get(&self, node: &NodeName) -> Result<Node> {
        self.0.call(nodes::GetNode { node: node.clone() }).await
    }

    /// Registers a node by the address of its engine.
    pub async fn register(&self, name: &NodeName, address: NodeAddress) -> Result<Node> {
        let spec = NodeSpec {
            name: name.clone(),
            address,
            cluster: None,
            labels: std::collections::BTreeMap::new(),
            tls: None,
        };
        self.register_with(spec).await
    }

    /// Registers a node with all that can be said of it.
    pub async fn register_with(&self, spec: NodeSpec) -> Result<Node> {
        self.0.call(nodes::RegisterNode(spec)).await
    }

    /// Says whether a node takes new containers.
    pub async fn set_availability(&self, node: &NodeName, availability: Availability) -> Result<Node> {
        let change = nodes::UpdateNode { availability: Some(availability), ..nodes::UpdateNode::of(node) };
        self.0.call(change).await
    }

    /// Removes a node; what runs there goes on running.
    pub async fn remove(&self, node: &NodeName) -> Result<()> {
        self.0.call(nodes::RemoveNode { node: node.clone(), revision: None }).await
    }

    /// Makes an invitation: what an agent's script is fetched with, once, to have the agents' secret in it.
    pub async fn invite(&self) -> Result<Invitation> {
        self.0.call(invitations::Invite {}).await
    }

    /// Waits until a node's engine is connected, for at most 30 seconds; `Timeout` with the reason after that.
    pub async fn wait_online(&self, node: &NodeName) -> Result<Node> {
        self.wait_online_within(node, Duration::from_secs(30)).await
    }

    /// Waits until a node's engine is connected, for at most `limit`; `Timeout` with the reason after that.
    pub async fn wait_online_within(&self, node: &NodeName, limit: Duration) -> Result<Node> {
        let begun = std::time::Instant::now();
        loop {
            let seen = self.get(node).await?;
            if seen.status == NodeStatus::Online {
                return Ok(seen);
            }
            if begun.elapsed() > limit {
                let why = seen.engine.error.map_or_else(|| "it never answered".to_owned(), |error| error.message);
                return Err(Error::timeout(format!("node `{node}` is not online: {why}")));
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl ClustersHandle<'_> {
    /// All clusters, ordered by name.
    pub async fn list(&self) -> Result<Vec<Cluster>> {
        Ok(self.0.call(clusters::ListClusters::default()).await?.items)
    }

    /// One cluster.
    pub async fn get(&self, cluster: &ClusterName) -> Result<Cluster> {
        self.0.call(clusters::GetCluster { cluster: cluster.clone() }).await
    }

    /// Makes a cluster.
    pub async fn create(&self, name: &ClusterName, description: &str) -> Result<Cluster> {
        self.0
            .call(clusters::CreateCluster(ClusterSpec {
                description: description.to_owned(),
                ..ClusterSpec::new(name.clone())
            }))
            .await
    }

    /// Makes a cluster with all that can be said of it.
    pub async fn create_with(&self, spec: ClusterSpec) -> Result<Cluster> {
        self.0.call(clusters::CreateCluster(spec)).await
    }

    /// Changes a cluster; what the operation leaves out stays.
    pub async fn update(&self, change: clusters::UpdateCluster) -> Result<Cluster> {
        self.0.call(change).await
    }

    /// Deletes a cluster; its nodes become orphans.
    pub async fn delete(&self, cluster: &ClusterName) -> Result<()> {
        self.0.call(clusters::DeleteCluster { cluster: cluster.clone(), revision: None }).await
    }

    /// Puts a node into a cluster.
    pub async fn add_node(&self, cluster: &ClusterName, node: &NodeName) -> Result<Node> {
        self.0.call(clusters::AddClusterNode { cluster: cluster.clone(), node: node.clone() }).await
    }

    /// Takes a node out of a cluster.
    pub async fn remove_node(&self, cluster: &ClusterName, node: &NodeName) -> Result<Node> {
        self.0.call(clusters::RemoveClusterNode { cluster: cluster.clone(), node: node.clone() }).await
    }

    /// Chooses the node of a cluster that takes a new container, and says why.
    pub async fn place(
        &self,
        cluster: &ClusterName,
        name: Option<&ContainerName>,
        spec: &ContainerSpec,
    ) -> Result<Placement> {
        self.place_with(cluster, name, spec, Requirements::default()).await
    }

    /// The same, with what the container asks of its node.
    pub async fn place_with(
        &self,
        cluster: &ClusterName,
        name: Option<&ContainerName>,
        spec: &ContainerSpec,
        requirements: Requirements,
    ) -> Result<Placement> {
        let (cluster, name, spec) = (cluster.clone(), name.cloned(), spec.clone());
        self.0.call(clusters::PlaceContainer { cluster, name, spec, requirements }).await
    }
}

impl ContainersHandle<'_> {
    /// All containers of the fleet, from the live inventory.
    pub async fn list(&self) -> Result<Listing<Container>> {
        self.list_with(containers::ListContainers::default()).await
    }

    /// The containers of a cluster.
    pub async fn list_in(&self, cluster: &ClusterName) -> Result<Listing<Container>> {
        self.list_with(containers::ListContainers {
            cluster: Some(cluster.clone()),
            ..containers::ListContainers::default()
        })
        .await
    }

    /// The containers that meet some conditions.
    pub async fn list_with(&self, conditions: containers::ListContainers) -> Result<Listing<Container>> {
        self.0.call(conditions).await
    }

    /// The one container of an id, beginning of an id, or name.
    pub async fn find(&self, container: &ContainerRef) -> Result<Found<Container>> {
        self.0.call(containers::FindContainer { container: container.clone(), cluster: None, node: None }).await
    }

    /// Everything about one container.
    pub async fn inspect(&self, node: &NodeName, container: &ContainerRef) -> Result<ContainerDetail> {
        self.0.call(containers::InspectContainer { node: node.clone(), container: container.clone() }).await
    }

    /// The environment of one container in the clear. It is recorded in the audit.
    pub async fn environment(&self, node: &NodeName, container: &ContainerRef) -> Result<Environment> {
        self.0.call(containers::ContainerEnvironment { node: node.clone(), container: container.clone() }).await
    }

    /// What its image and the repository say now of a container, who says what, and what it has.
    pub async fn explain(&self, node: &NodeName, container: &ContainerRef) -> Result<Explanation> {
        self.0.call(source::ExplainContainer { node: node.clone(), container: container.clone() }).await
    }

    /// Creates a container without starting it.
    pub async fn create(
        &self,
        node: &NodeName,
        name: Option<ContainerName>,
        spec: ContainerSpec,
    ) -> Result<ContainerId> {
        Ok(self.0.call(containers::CreateContainer { node: node.clone(), name, spec }).await?.id)
    }

    /// Creates a container and starts it.
    pub async fn run(&self, node: &NodeName, name: &str, spec: ContainerSpec) -> Result<ContainerId> {
        let id = self.create(node, Some(ContainerName::new(name)?), spec).await?;
        self.start(node, &(&id).into()).await.map_err(|error| match error.kind() {
            ErrorKind::Unavailable => Error::timeout("the container was created, but not started").caused_by(error),
            _ => error,
        })?;
        Ok(id)
    }

    /// Starts a container.
    pub async fn start(&self, node: &NodeName, container: &ContainerRef) -> Result<Outcome> {
        Ok(self.0.call(containers::StartContainer { node: node.clone(), container: container.clone() }).await?.outcome)
    }

    /// Stops a container.
    pub async fn stop(&self, node: &NodeName, container: &ContainerRef) -> Result<Outcome> {
        let operation = containers::StopContainer { node: node.clone(), container: container.clone(), timeout: None };
        Ok(self.0.call(operation).await?.outcome)
    }

    /// Restarts a container.
    pub async fn restart(&self, node: &NodeName, container: &ContainerRef) -> Result<Outcome> {
        let operation =
            containers::RestartContainer { node: node.clone(), container: container.clone(), timeout: None };
        Ok(self.0.call(operation).await?.outcome)
    }

    /// Removes a container, also when it runs.
    pub async fn remove(&self, node: &NodeName, container: &ContainerRef) -> Result<Outcome> {
        let operation = containers::RemoveContainer {
            node: node.clone(),
            container: container.clone(),
            force: true,
            volumes: false,
        };
        Ok(self.0.call(operation).await?.outcome)
    }

    /// Changes limits and restart policy of a container, of one that runs too.
    pub async fn update_limits(
        &self,
        node: &NodeName,
        container: &ContainerRef,
        limits: ContainerUpdate,
    ) -> Result<Outcome> {
        let (node, container) = (node.clone(), container.clone());
        Ok(self.0.call(containers::UpdateContainerLimits { node, container, limits }).await?.outcome)
    }

    /// Which files of a container are not as its image has them.
    pub async fn changes(&self, node: &NodeName, container: &ContainerRef) -> Result<Vec<Change>> {
        self.0.call(files::ContainerChanges { node: node.clone(), container: container.clone() }).await
    }

    /// A file or a folder of a container as a tar archive.
    pub async fn copy_out(&self, node: &NodeName, container: &ContainerRef, path: &str) -> Result<Stream<Bytes>> {
        let (node, container) = (node.clone(), container.clone());
        Ok(archive(self.0.converse(files::CopyOut { node, container, path: path.to_owned() }).await?))
    }

    /// Unpacks a tar archive into a folder of a container.
    pub async fn copy_in(
        &self,
        node: &NodeName,
        container: &ContainerRef,
        folder: &str,
        archive: Stream<Bytes>,
    ) -> Result<()> {
        let (node, container) = (node.clone(), container.clone());
        send(self.0.converse(files::CopyIn { node, container, folder: folder.to_owned() }).await?, archive).await
    }

    /// All files of a container as a tar archive, volumes left out.
    pub async fn export(&self, node: &NodeName, container: &ContainerRef) -> Result<Stream<Bytes>> {
        let operation = files::ExportContainer { node: node.clone(), container: container.clone() };
        Ok(archive(self.0.converse(operation).await?))
    }

    /// What a container wrote.
    pub async fn logs(&self, logs: containers::ContainerLogs) -> Result<Stream<Output>> {
        self.0.follow(logs).await
    }

    /// One sample of what a container uses.
    pub async fn stats(&self, node: &NodeName, container: &ContainerRef) -> Result<ContainerStats> {
        self.0.call(containers::GetContainerStats { node: node.clone(), container: container.clone() }).await
    }

    /// Runs a program in a container.
    pub async fn exec(&self, node: &NodeName, container: &ContainerRef, spec: ExecSpec) -> Result<Terminal> {
        self.0.converse(containers::ExecContainer { node: node.clone(), container: container.clone(), spec }).await
    }
}

impl ImagesHandle<'_> {
    /// All images of the fleet.
    pub async fn list(&self) -> Result<Listing<Image>> {
        self.0.call(images::ListImages::default()).await
    }

    /// Fetches an image to a node, and tells the progress.
    pub async fn pull(&self, node: &NodeName, image: &ImageRef) -> Result<Stream<PullProgress>> {
        self.0.follow(images::PullImage { node: node.clone(), image: image.clone() }).await
    }
}

impl NetworksHandle<'_> {
    /// All networks of the fleet.
    pub async fn list(&self) -> Result<Listing<Network>> {
        self.0.call(networks::ListNetworks::default()).await
    }

    /// Connects a container to a network, with what was chosen of the connection.
    pub async fn connect(&self, node: &NodeName, container: &ContainerRef, connection: Connection) -> Result<Outcome> {
        let operation = networks::ConnectNetwork::with(node.clone(), container.clone(), connection);
        Ok(self.0.call(operation).await?.outcome)
    }

    /// Disconnects a container from a network.
    pub async fn disconnect(
        &self,
        node: &NodeName,
        container: &ContainerRef,
        network: &NetworkName,
    ) -> Result<Outcome> {
        let (node, container, network) = (node.clone(), container.clone(), network.clone());
        Ok(self.0.call(networks::DisconnectNetwork { node, network, container, force: false }).await?.outcome)
    }

    /// Removes the networks of a node that no running container is in, and that have all of these labels.
    pub async fn prune(&self, node: &NodeName, label: Vec<String>) -> Result<Pruned> {
        self.0.call(networks::PruneNetworks { node: node.clone(), label }).await
    }
}

impl VolumesHandle<'_> {
    /// All volumes of the fleet.
    pub async fn list(&self) -> Result<Listing<Volume>> {
        self.0.call(volumes::ListVolumes::default()).await
    }

    /// Removes volumes of a node that no container has, with their data.
    pub async fn prune(&self, node: &NodeName, options: PruneVolumes) -> Result<Pruned> {
        let PruneVolumes { label, all } = options;
        self.0.call(volumes::PruneVolumes { node: node.clone(), label, all }).await
    }
}

impl EventsHandle<'_> {
    /// The newest events of some severity and above, oldest first.
    pub async fn list(&self, severity: Severity) -> Result<Vec<Event>> {
        let operation = events::ListEvents { severity: Some(severity), ..events::ListEvents::default() };
        Ok(self.0.call(operation).await?.items)
    }

    /// Each event from now on.
    pub async fn follow(&self) -> Result<Stream<Event>> {
        self.0.follow(events::FollowEvents::default()).await
    }
}

impl TopHandle<'_> {
    /// The nodes that use most.
    pub async fn nodes(&self, by: TopBy) -> Result<Vec<NodeUse>> {
        self.0.call(top::TopNodes { by, ..top::TopNodes::default() }).await
    }

    /// The containers that use most.
    pub async fn containers(&self, by: TopBy) -> Result<Listing<ContainerUse>> {
        self.0.call(top::TopContainers { by, ..top::TopContainers::default() }).await
    }
}

impl SourceHandle<'_> {
    /// The repository, and which version of it counts. `NotFound` when none is set.
    pub async fn get(&self) -> Result<SourceStatus> {
        self.0.call(source::GetSource {}).await
    }

    /// Sets the repository, and looks what is there.
    pub async fn set(&self, spec: SourceSpec) -> Result<SourceStatus> {
        self.0.call(source::SetSource { spec, revision: None }).await
    }

    /// Forgets the repository.
    pub async fn remove(&self) -> Result<()> {
        self.0.call(source::RemoveSource { revision: None }).await
    }

    /// Looks what the repository has now.
    pub async fn refresh(&self) -> Result<SourceStatus> {
        self.0.call(source::RefreshSource {}).await
    }

    /// What a new container would be configured to be, and who says what of it.
    pub async fn explain(&self, new: source::ExplainNew) -> Result<Explanation> {
        self.0.call(new).await
    }
}

/// An archive that a conversation tells, to its end; one that breaks off ends with an error.
fn archive(told: Terminal) -> Stream<Bytes> {
    let Terminal { output, input, control } = told;
    stream::unfold(Some((output, input, control)), |state| async move {
        let (mut output, input, control) = state?;
        match output.next().await {
            Some(Ok(piece)) => Some((Ok(piece.bytes), Some((output, input, control)))),
            Some(Err(error)) => Some((Err(error), None)),
            None => control.exit_code().await.err().map(|error| (Err(error), None)),
        }
    })
    .boxed()
}

/// Writes an archive into a conversation, and waits until it is taken.
async fn send(taking: Terminal, mut archive: Stream<Bytes>) -> Result<()> {
    let Terminal { mut output, mut input, control } = taking;
    let write = async {
        while let Some(piece) = archive.next().await {
            // What went wrong on the other side is told there.
            if input.write_all(&piece?).await.is_err() {
                return Ok(());
            }
        }
        let _ = input.shutdown().await;
        Ok::<_, Error>(())
    };
    let read = async {
        while let Some(said) = output.next().await {
            said?;
        }
        control.exit_code().await
    };
    let (mut write, mut read) = (pin!(write), pin!(read));
    tokio::select! {
        written = &mut write => written?,
        // It is over before all was written: with an error, or with an archive that has more behind its end.
        taken = &mut read => return taken.map(drop),
    }
    read.await.map(drop)
}
