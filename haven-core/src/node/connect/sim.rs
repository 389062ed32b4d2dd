//! Simulated engines, in this process.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use async_trait::async_trait;
use haven_model::{NodeAddress, NodeName, Result, node::TlsSpec};

use super::Connector;
use crate::{
    clock::Clock,
    engine::{
        Engine,
        sim::{SimEngine, SimOptions},
    },
};

/// Answers simulated engines: one a node, made when it is first asked for.
#[derive(Clone, Debug)]
pub struct SimConnector {
    clock: Arc<dyn Clock>,
    engines: Arc<Mutex<BTreeMap<NodeName, SimEngine>>>,
}

impl SimConnector {
    /// Engines that live by `clock`.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, engines: Arc::default() }
    }

    /// The engine of a node, for looking at it or making things happen there.
    pub fn engine(&self, node: &NodeName) -> SimEngine {
        let mut engines = self.engines.lock().expect("no panic happens under this lock");
        engines
            .entry(node.clone())
            .or_insert_with(|| {
                SimEngine::new(self.clock.clone(), SimOptions { name: node.to_string(), ..SimOptions::default() })
            })
            .clone()
    }
}

#[async_trait]
impl Connector for SimConnector {
    fn serves(&self, address: &NodeAddress) -> bool {
        matches!(address, NodeAddress::Sim)
    }

    async fn connect(&self, node: &NodeName, _: &NodeAddress, _: Option<&TlsSpec>) -> Result<Arc<dyn Engine>> {
        Ok(Arc::new(self.engine(node)))
    }
}
