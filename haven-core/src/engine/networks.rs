//! Networks: made, joined, left, removed.

use std::fmt::Debug;

use async_trait::async_trait;
use haven_model::{
    Connection, ContainerRef, Network, NetworkName, NetworkSpec, Outcome, Result, container::DisconnectOptions,
    system::Pruned,
};

/// The networks of one engine.
#[async_trait]
pub trait Networks: Debug + Send + Sync + 'static {
    /// All networks, in no order; `bridge`, `host` and `none` are always there.
    async fn networks(&self) -> Result<Vec<Network>>;

    /// One network, with the running containers in it.
    async fn network(&self, network: &NetworkName) -> Result<Network>;

    /// Makes a network, and answers its id. `AlreadyExists` when the name is taken.
    async fn create_network(&self, spec: &NetworkSpec) -> Result<String>;

    /// Removes a network; one that does not exist is `AlreadySo`. `Conflict` when a running container is connected to it;
    /// `Denied` for the three that are always there.
    async fn remove_network(&self, network: &NetworkName) -> Result<Outcome>;

    /// Removes the networks that no running container is in, and that have all of these labels: `key` or `key=value`. Those
    /// that are always there stay.
    async fn prune_networks(&self, labels: &[String]) -> Result<Pruned>;

    /// Connects a container, with the addresses and names that were chosen; one that is connected is `AlreadySo`, however it
    /// is connected. A chosen address is kept when it is stopped and started.
    ///
    /// `Invalid` for an address that the network does not have, `Conflict` for one that another container has: at once when
    /// it runs, else when it is started. What is refused at once leaves it unconnected.
    async fn connect_network(&self, container: &ContainerRef, connection: &Connection) -> Result<Outcome>;

    /// Disconnects a container; one that is not connected is `AlreadySo`.
    async fn disconnect_network(
        &self,
        container: &ContainerRef,
        network: &NetworkName,
        options: &DisconnectOptions,
    ) -> Result<Outcome>;
}
