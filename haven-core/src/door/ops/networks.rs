//! Networks over the fleet.

use std::{
    collections::BTreeMap,
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
};

use async_trait::async_trait;
use haven_model::{
    Actor, ClusterName, Connection, ContainerRef, Error, Listing, Network, NetworkName, NetworkSpec, NodeName, Result,
    container::DisconnectOptions, system::Pruned,
};

use super::{containers::Acted, operation};
use crate::{
    cluster::{Scope, Window},
    door::{Call, Row},
    services::Services,
};

pub(super) fn rows() -> Vec<Row> {
    vec![
        Row::call::<ListNetworks>(),
        Row::call::<CreateNetwork>(),
        Row::call::<GetNetwork>(),
        Row::call::<RemoveNetwork>(),
        Row::call::<ConnectNetwork>(),
        Row::call::<DisconnectNetwork>(),
        Row::call::<PruneNetworks>(),
    ]
}

operation! {
    /// Lists networks of a cluster, a node or the whole fleet, ordered by node, name and id: one request a node.
    "networks.list", Get "/networks", needs Read;
    #[derive(Default)]
    pub struct ListNetworks {
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
impl Call for ListNetworks {
    type Output = Listing<Network>;

    async fn run(self, services: &Services, _: &Actor) -> Result<Listing<Network>> {
        let scope = Scope::from_parts(self.cluster, self.node);
        let window = Window { limit: self.limit, cursor: self.cursor };
        services.clusters.gather(&scope, &window, |engine| async move { engine.networks().await }).await
    }
}

operation! {
    /// Makes a network on a node.
    "networks.create", Post "/nodes/{node}/networks", needs Create on Node node;
    pub struct CreateNetwork {
        /// The node.
        pub node: NodeName,
        /// What it shall be.
        pub spec: NetworkSpec,
    }
}

#[async_trait]
impl Call for CreateNetwork {
    type Output = Network;

    async fn run(self, services: &Services, _: &Actor) -> Result<Network> {
        let engine = services.nodes.engine(&self.node)?;
        engine.create_network(&self.spec).await.map_err(|error| error.with("node", &self.node))?;
        engine.network(&self.spec.name).await.map_err(|error| {
            // Whatever is wrong now, the network was made.
            Error::timeout("the network was made, but cannot be looked at").caused_by(error).with("node", &self.node)
        })
    }
}

operation! {
    /// Shows one network of a node.
    "networks.get", Get "/nodes/{node}/networks/{network}", needs Read on Node node;
    pub struct GetNetwork {
        /// The node.
        pub node: NodeName,
        /// The network.
        pub network: NetworkName,
    }
}

#[async_trait]
impl Call for GetNetwork {
    type Output = Network;

    async fn run(self, services: &Services, _: &Actor) -> Result<Network> {
        services.nodes.engine(&self.node)?.network(&self.network).await.map_err(|error| error.with("node", &self.node))
    }
}

operation! {
    /// Removes a network from a node. `conflict` when a running container is connected to it.
    "networks.remove", Delete "/nodes/{node}/networks/{network}", needs Delete on Node node;
    pub struct RemoveNetwork {
        /// The node.
        pub node: NodeName,
        /// The network.
        pub network: NetworkName,
    }
}

#[async_trait]
impl Call for RemoveNetwork {
    type Output = Acted;

    async fn run(self, services: &Services, _: &Actor) -> Result<Acted> {
        let engine = services.nodes.engine(&self.node)?;
        let outcome = engine.remove_network(&self.network).await.map_err(|error| error.with("node", &self.node))?;
        Ok(Acted { outcome })
    }
}

operation! {
    /// Connects a container to a network.
    "networks.connect", Put "/nodes/{node}/networks/{network}/containers/{container}", needs Update on Node node;
    pub struct ConnectNetwork {
        /// The node.
        pub node: NodeName,
        /// The network.
        pub network: NetworkName,
        /// The container.
        pub container: ContainerRef,
        /// Further names of the container there.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub aliases: Vec<String>,
        /// Its address there, which it keeps when it is started again; none: the engine chooses.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub ipv4_address: Option<Ipv4Addr>,
        /// Its IPv6 address there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub ipv6_address: Option<Ipv6Addr>,
        /// Addresses of the link itself.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub link_local_ips: Vec<IpAddr>,
        /// Its hardware address there.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub mac_address: Option<String>,
        /// Other containers there that it knows by a name: `CONTAINER` or `CONTAINER:ALIAS`.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub links: Vec<String>,
        /// Options of the network's driver.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        pub driver_options: BTreeMap<String, String>,
    }
}

impl ConnectNetwork {
    /// A connection with what was chosen of it.
    pub fn with(node: NodeName, container: ContainerRef, connection: Connection) -> Self {
        Self {
            node,
            container,
            network: connection.network,
            aliases: connection.aliases,
            ipv4_address: connection.ipv4_address,
            ipv6_address: connection.ipv6_address,
            link_local_ips: connection.link_local_ips,
            mac_address: connection.mac_address,
            links: connection.links,
            driver_options: connection.driver_options,
        }
    }
}

#[async_trait]
impl Call for ConnectNetwork {
    type Output = Acted;

    async fn run(self, services: &Services, _: &Actor) -> Result<Acted> {
        let engine = services.nodes.engine(&self.node)?;
        let connection = Connection {
            network: self.network,
            aliases: self.aliases,
            ipv4_address: self.ipv4_address,
            ipv6_address: self.ipv6_address,
            link_local_ips: self.link_local_ips,
            mac_address: self.mac_address,
            links: self.links,
            driver_options: self.driver_options,
        };
        let outcome = engine
            .connect_network(&self.container, &connection)
            .await
            .map_err(|error| error.with("node", &self.node))?;
        services.nodes.refresh(&self.node, &self.container).await;
        Ok(Acted { outcome })
    }
}

operation! {
    /// Disconnects a container from a network.
    "networks.disconnect", Delete "/nodes/{node}/networks/{network}/containers/{container}", needs Update on Node node;
    pub struct DisconnectNetwork {
        /// The node.
        pub node: NodeName,
        /// The network.
        pub network: NetworkName,
        /// The container.
        pub container: ContainerRef,
        /// Also when the container is gone from the engine while the network still knows of it.
        #[serde(default)]
        pub force: bool,
    }
}

#[async_trait]
impl Call for DisconnectNetwork {
    type Output = Acted;

    async fn run(self, services: &Services, _: &Actor) -> Result<Acted> {
        let engine = services.nodes.engine(&self.node)?;
        let outcome = engine
            .disconnect_network(&self.container, &self.network, &DisconnectOptions { force: self.force })
            .await
            .map_err(|error| error.with("node", &self.node))?;
        services.nodes.refresh(&self.node, &self.container).await;
        Ok(Acted { outcome })
    }
}

operation! {
    /// Removes the networks of a node that no running container is in.
    "networks.prune", Post "/nodes/{node}/prune/networks", needs Delete on Node node;
    pub struct PruneNetworks {
        /// The node.
        pub node: NodeName,
        /// Only with all of these labels: `key` or `key=value`.
        #[serde(default)]
        pub label: Vec<String>,
    }
}

#[async_trait]
impl Call for PruneNetworks {
    type Output = Pruned;

    async fn run(self, services: &Services, _: &Actor) -> Result<Pruned> {
        let engine = services.nodes.engine(&self.node)?;
        engine.prune_networks(&self.label).await.map_err(|error| error.with("node", &self.node))
    }
}
