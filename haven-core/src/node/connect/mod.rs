//! How an address becomes an engine.
//!
//! [`Connector`] is what a supervisor asks; there is one for Docker Engines and one for simulated ones.

#[cfg(feature = "docker")]
mod docker;
#[cfg(feature = "sim")]
mod sim;

use std::{fmt::Debug, sync::Arc};

use async_trait::async_trait;
use haven_model::{NodeAddress, NodeName, Result, node::TlsSpec};

#[cfg(feature = "docker")]
pub use docker::DockerConnector;
#[cfg(feature = "sim")]
pub use sim::SimConnector;

use crate::engine::Engine;

/// Makes engines of addresses.
#[async_trait]
pub trait Connector: Debug + Send + Sync + 'static {
    /// Whether this connector is for such addresses.
    fn serves(&self, address: &NodeAddress) -> bool;

    /// Connects to the engine of a node. Checks what it requires of the engine, and refuses with `Unsupported`.
    async fn connect(&self, node: &NodeName, address: &NodeAddress, tls: Option<&TlsSpec>) -> Result<Arc<dyn Engine>>;
}
