//! Docker Engines over unix sockets, TCP and TLS.

use std::sync::Arc;

use async_trait::async_trait;
use haven_model::{NodeAddress, NodeName, Result, node::TlsSpec};

use super::Connector;
use crate::engine::{
    Engine,
    docker::{DockerEngine, DockerOptions},
};

/// Connects to Docker Engines over unix sockets, TCP and TLS.
#[derive(Clone, Debug, Default)]
pub struct DockerConnector {
    options: DockerOptions,
}

impl DockerConnector {
    /// A connector with its own time limits.
    pub fn new(options: DockerOptions) -> Self {
        Self { options }
    }
}

#[async_trait]
impl Connector for DockerConnector {
    fn serves(&self, address: &NodeAddress) -> bool {
        !matches!(address, NodeAddress::Sim)
    }

    async fn connect(&self, _node: &NodeName, address: &NodeAddress, tls: Option<&TlsSpec>) -> Result<Arc<dyn Engine>> {
        let engine = DockerEngine::at(address, tls, self.options.clone()).await?;
        Ok(Arc::new(engine))
    }
}
